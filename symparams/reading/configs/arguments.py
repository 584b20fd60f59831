"""Values of a config -> arguments of a call: what decides shapes and counts, under Keras's names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from symparams.algebra.formula import Number, as_formula
from symparams.errors import Place, Source, Span, SymparamsError
from symparams.layers import CATALOGUE, key, with_extensions
from symparams.model.framework import FrameworkClass, Parameter
from symparams.reading.configs.tables import Table
from symparams.reading.configs.yaml_values import Unread
from symparams.reading.usual import is_usual
from symparams.sources import records as r

CHANNELS_FIRST = (("data_format", "channels_first"), ("dim_ordering", "th"))  # what says so
_OF_EVERY_LAYER = frozenset(("name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_dtype"))
_MANY = 64  # values in a list that are passed on


def arguments(kind: str, config: Table, source: Source, at: Span) -> Iterator[r.Argument]:
    """The arguments that a config gives a layer of a class, in Keras's order, but for those that change nothing."""
    known = _parameters(kind, frozenset(config))
    order = {name: i for i, name in enumerate(known or ())}
    for name, value in sorted(config.items(), key=lambda item: order.get(item[0], len(order))):
        if name in _OF_EVERY_LAYER or value is None or not name.isidentifier():
            continue
        if known is not None and (name, value) not in CHANNELS_FIRST:
            parameter = known.get(name)
            if parameter is None or not (parameter.argument or parameter.told) or is_usual(kind, parameter, value):
                continue
            if parameter.told and isinstance(value, list) and len(value) == 1:
                value = value[0]  # an axis, which some versions of Keras list
            if parameter.told and value == -1:
                continue
        place = config.places.get(name, at)
        given = word(value) if name.endswith("activation") else raw(value)
        if given is not None:
            yield r.Argument(name, given, place)
        elif isinstance(value, Unread):
            message = f"{name} is an object of Python here, which is not made; a number or a word would do"
            raise SymparamsError(message, Place(source, *place))


def is_known(kind: str) -> bool:
    """Whether a layer of that class is in the catalogue."""
    return key(kind) in with_extensions(CATALOGUE, [kind])


def known_names() -> list[str]:
    """The classes of Keras in the catalogue."""
    calls = (call for entry in CATALOGUE.values() for call in entry.layer.calls if call.framework != "torch")
    return list(dict.fromkeys(name for call in calls for name in call.names))


@cache
def _parameters(kind: str, names: frozenset[str]) -> Mapping[str, Parameter] | None:
    """What a class of Keras takes, by name: of that Keras whose names a config has; None where it is not said."""
    entry = CATALOGUE.get(key(kind))
    calls: tuple[FrameworkClass, ...] = () if entry is None else entry.layer.calls
    every = [
        {parameter.name: parameter for parameter in one.parameters()}
        for one in calls
        if one.framework != "torch" and kind in one.names
    ]
    return max(every, key=lambda known: len(names & known.keys()), default=None)


def raw(value: Any) -> r.RawValue | None:
    """A value as it stands in records; None where it is nothing that a layer could need."""
    if isinstance(value, bool):
        return r.TRUE if value else r.FALSE
    if isinstance(value, int):
        return as_formula(value)
    if isinstance(value, float):
        return Number(Fraction(repr(value))) if math.isfinite(value) and value >= 0 else None
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list) and len(value) <= _MANY:
        parts = [r.NONE if part is None else raw(part) for part in value]
        return None if any(part is None for part in parts) else tuple(parts)
    return None


def quoted(text: str) -> str | None:
    """A text between quotes; None where it cannot stand there."""
    return None if '"' in text or "\\" in text or not text.isprintable() else f'"{text}"'


def word(value: Any) -> str | None:
    """The name of an activation, which Keras 2 and 3 also store as a layer or a function."""
    while isinstance(value, dict):
        inside = value.get("config")
        is_function = value.get("class_name") == "function" and isinstance(inside, (str, dict))
        value = inside if is_function else value.get("class_name") or value.get("name")
    return quoted(value.rpartition(">")[2]) if isinstance(value, str) else None
