"""Messages about sizes that do not fit, as frameworks print them, and the code with the size that arrives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from symparams.errors import Span
from symparams.reading.python.damaged import Edit, Text, whole
from symparams.reading.python.mending import mended


class Mismatch(NamedTuple):
    """What a framework says of a size that does not fit."""

    of: Literal["features", "channels", "size", "normalized"]  # which size; the last one, which is normalized
    arrives: int  # what arrives; of two sizes of the same axis the first
    expected: int  # what the layer was made for; of two sizes the second
    gives: int | None  # how many channels or features the layer gives; None where the message does not say it
    axis: int | None  # of two sizes the axis that they stand on, from 0, the batch being the first
    at: Span  # where the message stands
    shape: tuple[int, ...] = ()  # what arrives, without the batch; (): the message does not say it


_PAIR = r"[(\[]\s?\d+\s?(?:x|,)\s?(\d+)\s?[)\]]"
_MATRICES = re.compile(
    rf"(?:mat1 and mat2 shapes cannot be multiplied|size mismatch, m1:|shapes)[^\n\d]{{0,40}}"
    rf"(?:\(\s?\d+x(\d+) and (\d+)x(\d+)\s?\)|{_PAIR}[^\n]{{1,20}}?[(\[]\s?(\d+)\s?(?:x|,)\s?(\d+)\s?[)\]])"
)
_CHANNELS = re.compile(
    r"(?:weight of size \[(\d+), \d+[\d, ]*\], )?expected input\s?\[([\d, ]+)\] to have (\d+) channels, "
    r"but got (\d+) channels"
)
_AXIS = re.compile(
    r"expected axis -?\d+ of input shape to have value (\d+),?\s+but received input with shape "
    r"[(\[][^()\[\]\n]{0,60}?(\d+),?\s?[)\]]"
)
_INPUT_SIZE = re.compile(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)")
_STATISTICS = re.compile(r"running_mean should contain (\d+) elements not (\d+)")
_NORMALIZED = re.compile(
    r"normalized_shape=\[([\d, ]+)\], expected input with shape \[\*, ?[\d, ]+\], but got input of size ?\[([\d, ]+)\]"
)
_TENSORS = re.compile(
    r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at (?:non-singleton )?dimension (\d)"
)


def mismatches(text: str) -> Iterator[Mismatch]:
    """The messages in a text, in its order for each kind; they may be broken into lines."""
    text = re.sub(r"\n(?!\s*\n)", " ", text)
    for found in _MATRICES.finditer(text):
        arrives, expected, gives = (int(n) for n in found.groups() if n is not None)
        yield Mismatch("features", arrives, expected, gives, None, Span(*found.span()))
    for found in _CHANNELS.finditer(text):
        expected, shape = int(found[3]), tuple(map(int, re.findall(r"\d+", found[2])))
        first = expected if found[1] is None else int(found[1])  # that of a transposed convolution is what it reads
        gives_ = None if first == expected else first
        yield Mismatch("channels", int(found[4]), expected, gives_, None, Span(*found.span()), shape[1:])
    for pattern in (_AXIS, _INPUT_SIZE):
        for found in pattern.finditer(text):
            yield Mismatch("features", int(found[2]), int(found[1]), None, None, Span(*found.span()))
    for found in _STATISTICS.finditer(text):
        yield Mismatch("channels", int(found[1]), int(found[2]), None, None, Span(*found.span()))
    for found in _NORMALIZED.finditer(text):
        told, shape = (tuple(map(int, re.findall(r"\d+", numbers))) for numbers in found.groups())
        yield Mismatch("normalized", shape[-1], told[-1], None, None, Span(*found.span()), shape[1:])
    for found in _TENSORS.finditer(text):
        yield Mismatch("size", int(found[1]), int(found[2]), None, int(found[3]), Span(*found.span()))


_PLACES = {  # where a layer says what it is made for, and under which name
    "Linear": (0, "in_features"),
    "Conv1d": (0, "in_channels"),
    "Conv2d": (0, "in_channels"),
    "Conv3d": (0, "in_channels"),
    "ConvTranspose1d": (0, "in_channels"),
    "ConvTranspose2d": (0, "in_channels"),
    "ConvTranspose3d": (0, "in_channels"),
    "BatchNorm1d": (0, "num_features"),
    "BatchNorm2d": (0, "num_features"),
    "BatchNorm3d": (0, "num_features"),
    "LSTM": (0, "input_size"),
    "GRU": (0, "input_size"),
    "RNN": (0, "input_size"),
}
_GIVING = ("out_features", "out_channels", "hidden_size")


def fitted(text: str, mismatch: Mismatch) -> Text | None:
    """The code with the size that arrives in the only layer that says the other one; None if there is no such layer.

    `text` has blanks in place of everything else. The change is noted as a repair.
    """
    code = whole(text)
    found = mended(code)
    if found is None or mismatch.of in ("size", "normalized"):
        return None
    spans = found.spans()
    places = [place for place in map(_place, ast.walk(found.tree)) if place is not None]
    meant = [(name, at) for name, at, said, gives in places if said == mismatch.expected and _fits(gives, mismatch)]
    if len(meant) != 1:
        return None
    name, at = meant[0]
    what = f"`{name}` is read as {mismatch.arrives:,}, as many {mismatch.of} as arrive, not as {mismatch.expected:,}"
    span = spans(at)
    return code.edited([Edit(span.start, span.end, str(mismatch.arrives))], what, changes=True)


def _fits(gives: int | None, mismatch: Mismatch) -> bool:
    return gives is None or mismatch.gives is None or gives == mismatch.gives


def _place(node: ast.AST) -> tuple[str, ast.expr, int | None, int | None] | None:
    """Of a call of a layer the name of its first size, where this stands, what it is, and what the layer gives."""
    if not isinstance(node, ast.Call):
        return None
    kind = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if kind not in _PLACES:
        return None
    index, name = _PLACES[kind]
    keywords = {one.arg: one.value for one in node.keywords}
    at = node.args[index] if len(node.args) > index else keywords.get(name)
    given = node.args[1] if len(node.args) > 1 else next(filter(None, map(keywords.get, _GIVING)), None)
    return None if at is None else (name, at, _number(at), None if given is None else _number(given))


def _number(node: ast.expr) -> int | None:
    """What an expression of numbers comes to; None for any other."""
    match node:
        case ast.Constant(int() as value):
            return value
        case ast.BinOp(left, ast.Mult() | ast.Add() | ast.Sub() | ast.FloorDiv() as sign, right):
            one, other = _number(left), _number(right)
            if one is None or other is None or (other == 0 and isinstance(sign, ast.FloorDiv)):
                return None
            return {
                ast.Mult: one * other,
                ast.Add: one + other,
                ast.Sub: one - other,
                ast.FloorDiv: one // max(other, 1),
            }[type(sign)]
    return None
