"""What the values of a config mean: sizes, switches, functions, each checked where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from symparams.layers.activation import FUNCTIONS
from symparams.reading.json_places import Value

_GATED = "gated-"
FORMULAS = frozenset(("size", "count", "labels"))  # kinds whose default may be a formula

# What conditions see: a number, several, yes or no, a word.
Meaning: TypeAlias = "int | float | tuple[int, ...] | bool | str"

# The library's names of activations that are another form of a function, or that the language calls otherwise.
_FORMS = {
    "gelu": ("gelu_10", "gelu_accurate", "gelu_fast", "gelu_new", "gelu_python", "gelu_python_tanh",
             "gelu_pytorch_tanh", "quick_gelu"),
    "relu": ("relu2",),
}  # fmt: skip
_FUNCTIONS = {
    **{name.casefold(): word for word, names in FUNCTIONS.items() for name in (word, *names)},
    **{name: word for word, names in _FORMS.items() for name in names},
}


def _number(value: Value, least: int) -> int | None:
    plain = value.plain
    return plain if isinstance(plain, int) and not isinstance(plain, bool) and plain >= least else None


def _size(value: Value) -> int | None:
    return _number(value, 1)


def _count(value: Value) -> int | None:
    return _number(value, 0)


def _ratio(value: Value) -> float | None:
    plain = value.plain
    return plain if isinstance(plain, int | float) and not isinstance(plain, bool) and plain > 0 else None


def _scale(value: Value) -> float | None:
    return 0.0 if value.plain == 0 and not isinstance(value.plain, bool) else _ratio(value)


def _switch(value: Value) -> bool | None:
    return value.plain if isinstance(value.plain, bool) else False if value.plain is None else None


def _function(value: Value) -> str | None:
    return _FUNCTIONS.get(value.plain.casefold()) if isinstance(value.plain, str) else None


def _gate(value: Value) -> str | None:
    if not isinstance(value.plain, str):
        return None
    function = _FUNCTIONS.get(value.plain.removeprefix(_GATED).casefold())
    return function and (_GATED if value.plain.startswith(_GATED) else "") + function


def _sizes(value: Value) -> tuple[int, ...] | None:
    parts = value.plain
    if not isinstance(parts, list) or not parts:
        return None
    numbers = [_size(part) for part in parts]
    return tuple(n for n in numbers if n is not None) if None not in numbers else None


def _pair(value: Value) -> tuple[int, ...] | None:
    if not isinstance(value.plain, list):
        size = _size(value)
        return None if size is None else (size, size)
    found = _sizes(value)
    return found if found is not None and len(found) == 2 else None


def _labels(value: Value) -> int | None:
    return len(value.plain) if isinstance(value.plain, dict) else _count(value)


KINDS: Mapping[str, tuple[Callable[[Value], Meaning | None], str]] = {
    "size": (_size, "is a whole number of at least 1"),
    "count": (_count, "is a whole number of at least 0"),
    "ratio": (_ratio, "is a number above 0"),
    "scale": (_scale, "is a number of at least 0"),
    "switch": (_switch, "is true or false"),
    "function": (_function, "is the name of an activation such as gelu, silu or relu"),
    "gate": (_gate, "is the name of an activation, with gated- before it where the part has a gate"),
    "sizes": (_sizes, "is a list of whole numbers of at least 1"),
    "pair": (_pair, "is a whole number of at least 1, or a list of two"),
    "labels": (_labels, "is an object with one entry for each label, or how many there are"),
}


def read_default(kind: str, text: str) -> Meaning:
    """What a file of a family says of a key that is not given, where it is no formula."""
    if kind == "switch":
        return text == "yes"
    if kind in ("sizes", "pair"):
        parts = tuple(int(part) for part in text.split(","))
        return parts * 2 if kind == "pair" and len(parts) == 1 else parts
    return float(text) if kind in ("ratio", "scale") else text
