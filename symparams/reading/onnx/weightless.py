"""The bytes of an ONNX file -> the same without the numbers of its weights; they are skipped, not read.

A file of protobuf is a row of fields, each a number, a kind and a value; a value that is a message is such a row again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from symparams.errors import LimitError, SymparamsError

_KEPT = 4_096  # bytes of the values of a tensor that are kept: sizes and factors, no weights
_FIELDS = 400_000  # that are looked at
_BYTES = 1 << 25  # of what is left
_NESTING = 50

_VARINT, _FIXED64, _BYTES_OF, _FIXED32 = 0, 1, 2, 5
_WIDTH = {_FIXED64: 8, _FIXED32: 4}


class _Message(NamedTuple):
    """A kind of message: which of its fields are messages with tensors in them, and which are left out."""

    inside: Mapping[int, str]
    values: frozenset[int] = frozenset()  # fields that hold the values of a tensor
    without: frozenset[int] = frozenset()


_MESSAGES = {  # the numbers are those of onnx.proto
    "model": _Message({7: "graph"}, without=frozenset({6, 14, 20, 25})),
    "graph": _Message({1: "node", 5: "tensor"}, without=frozenset({10, 14, 15, 16})),
    "node": _Message({5: "attribute"}, without=frozenset({6, 9})),
    "attribute": _Message({5: "tensor", 6: "graph", 10: "tensor", 11: "graph"}, frozenset({7, 8, 9}), frozenset({13})),
    "tensor": _Message({}, frozenset({4, 5, 6, 7, 9, 10, 11}), frozenset({12, 13, 16})),
}


def without_weights(data: memoryview, name: str) -> bytes:
    """A model of ONNX without long values; raises SymparamsError where the bytes are none."""
    return _Copy(data, name).message("model", 0, len(data), 0)


class _Copy:
    """Copies fields, one after the other."""

    def __init__(self, data: memoryview, name: str) -> None:
        self.data = data
        self.name = name
        self.fields = 0
        self.left = _BYTES

    def message(self, kind: str, start: int, end: int, depth: int) -> bytes:
        """The fields between two places, as those of a kind of message."""
        if depth > _NESTING:
            raise LimitError(f"{self.name}: its graphs are nested more than {_NESTING} deep, which is the limit")
        about, kept = _MESSAGES[kind], bytearray()
        while start < end:
            self.spend()
            tag, value = self.varint(start, end)
            field, wire = tag >> 3, tag & 7
            behind = self.behind(value, end, wire)
            if field in about.without or (wire == _BYTES_OF and field in about.values and behind - value > _KEPT):
                start = behind
                continue
            inner = about.inside.get(field)
            if wire == _BYTES_OF and inner is not None and behind - value > _KEPT:
                first = self.varint(value, end)[1]
                content = self.message(inner, first, behind, depth + 1)
                kept += bytes(self.data[start:value]) + _varint(len(content)) + content
            else:
                self.keep(behind - start)
                kept += self.data[start:behind]
            start = behind
        return bytes(kept)

    def behind(self, start: int, end: int, wire: int) -> int:
        """Where a value ends."""
        if wire == _VARINT:
            behind = self.varint(start, end)[1]
        elif wire == _BYTES_OF:
            length, first = self.varint(start, end)
            behind = first + length
        else:
            behind = start + _WIDTH.get(wire, end + 1)
        if behind > end:
            raise self.damaged(start)
        return behind

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """A number in groups of seven bits, and where it ends."""
        number = shift = 0
        while at < end and shift < 70:
            byte = self.data[at]
            at += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number, at
            shift += 7
        raise self.damaged(at)

    def spend(self) -> None:
        self.fields += 1
        if self.fields > _FIELDS:
            raise LimitError(
                f"{self.name}: the file has more than {_FIELDS:,} parts beside its weights, which is the limit"
            )

    def keep(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise LimitError(
                f"{self.name}: beside its weights the file is larger than {_BYTES >> 20} MiB, which is the limit"
            )

    def damaged(self, at: int) -> SymparamsError:
        return SymparamsError(f"{self.name}: this is no ONNX file, or a damaged one, from byte {at:,} on")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes((*found, number))
