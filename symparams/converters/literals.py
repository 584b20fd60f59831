"""Values of the engine -> literals of Python."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer


class OpenSizeError(ValueError):
    """A size is a letter, which code cannot have."""


def plain(value: Any) -> Any:
    """A value of an argument as Python has it; raises OpenSizeError where a letter stands in it."""
    if isinstance(value, Formula):
        known = number(value)
        if known is None:
            raise OpenSizeError
        return float(known) if isinstance(known, Fraction) else known
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value


def plain_fields(layer: Layer) -> dict[str, Any]:
    """All arguments of a layer as Python has them."""
    return {argument.name: plain(getattr(layer, argument.name)) for argument in arguments_of(type(layer))}


def short(value: Any) -> Any:
    """Equal sizes as one: (3, 3) is 3."""
    if isinstance(value, tuple) and value and all(one == value[0] for one in value):
        return short(value[0])
    return value


def literal(value: Any) -> str:
    """The text of a value."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def call(name: str, /, *positional: Any, **named: Any) -> str:
    """name(1, 2, key=3)."""
    given = [literal(value) for value in positional]
    given += [f"{key}={literal(value)}" for key, value in named.items()]
    return f"{name}({', '.join(given)})"
