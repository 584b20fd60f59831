"""What stands in YAML for a value: words, numbers, and numbers that numpy has wrapped; no other object of a tag."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, NamedTuple

from symparams import limits

_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False, "yes": True, "no": False}
_INTEGER = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_LISTS = ("!!python/tuple", "!!seq", "!!set")
_TEXTS = ("!!python/unicode", "!!python/str", "!!str")
_PLAIN = ("!!int", "!!float", "!!bool", "!!null", "!!map", "!!python/long", "!!python/int", "!!python/float")
_SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_DTYPE = re.compile(r"[<>=|]?([iuf])([1248])")


class Unread(NamedTuple):
    """A Python object that a tag would make."""

    tag: str


class _Whole(NamedTuple):
    """The type of a number of numpy."""

    size: int
    signed: bool


def tagged(tag: str, value: Any) -> Any:
    """The value that a tag says; without a tag, what a plain word means."""
    if not tag:
        return _meant(value)
    if tag in _TEXTS:
        return "" if value is None else str(value)
    if tag in _LISTS:
        return value if isinstance(value, list) else []
    if tag in _PLAIN:
        return value
    if tag == "!!binary":
        return _decoded(value)
    if tag.startswith("!!python/object") and tag.endswith(("numpy.dtype", ":dtype")):
        return _dtype(value)
    if tag.startswith("!!python/object") and tag.endswith(_SCALARS):
        return _number(tag, value)
    return Unread(tag)


def _meant(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if _INTEGER.fullmatch(text) and len(text) <= limits.DIGITS:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) and len(text) < limits.DIGITS else text


def _decoded(value: Any) -> Any:
    try:
        return base64.b64decode("".join(str(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _dtype(value: Any) -> Any:
    args = value.get("args") if isinstance(value, dict) else value
    found = _DTYPE.fullmatch(args[0]) if isinstance(args, list) and args and isinstance(args[0], str) else None
    return Unread("numpy.dtype") if found is None or found[1] == "f" else _Whole(int(found[2]), found[1] == "i")


def _number(tag: str, value: Any) -> Any:
    """A whole number that numpy has wrapped: its type and its bytes, the lowest first."""
    parts = value.get("args") if isinstance(value, dict) else value
    if isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], _Whole):
        kind, data = parts
        if isinstance(data, str):  # Python 2 wrote the bytes as a text where they are characters
            data = data.encode("latin-1", "replace")
        if isinstance(data, bytes) and len(data) == kind.size:
            return int.from_bytes(data, "little", signed=kind.signed)
    return Unread(tag)
