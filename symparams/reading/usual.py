"""Arguments of a framework's call that say nothing: those whose value is meant where none is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from symparams.algebra.formula import as_formula
from symparams.layers import CATALOGUE, key
from symparams.model.arguments import arguments_of
from symparams.model.framework import Parameter


def is_usual(kind: str, parameter: Parameter, value: Any) -> bool:
    """Whether a value is the one that is meant where none is given."""
    if parameter.default or parameter.required or parameter.name == "pool_size":  # which its strides lean on
        return False
    if parameter.nothing and str(value) == parameter.nothing:
        return True
    argument = _by_name(kind).get(parameter.argument)
    default = None if argument is None else argument.default
    if isinstance(value, list) and value and all(one == value[0] for one in value):
        value = value[0]
    if default == ():  # settings of an activation, 0 where there are none
        return bool(value == 0)
    if default == "valid" and value == 0:
        return True
    if isinstance(default, tuple) and len(default) == 1:
        default = default[0]
    if isinstance(value, bool) or isinstance(default, bool):
        return value is default
    if isinstance(value, int):
        return default == as_formula(value)
    return isinstance(value, str) and value == default


@cache
def _by_name(kind: str) -> Mapping[str, Any]:
    return {argument.name: argument for argument in arguments_of(CATALOGUE[key(kind)].layer)}
