"""A module of PyTorch -> the call of its class that makes it, from its own attributes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symparams.algebra.formula import Number, as_formula
from symparams.errors import Span
from symparams.layers import CATALOGUE, key
from symparams.model.framework import FrameworkClass
from symparams.reading.usual import is_usual
from symparams.sources import records as r

HERE = Span(0)
_CONTAINERS = ("Transformer",)  # classes made of others, which are followed into them


def is_leaf(module: Any) -> bool:
    """Whether a module is one layer of the catalogue, or keeps parameters and nothing that has any."""
    return class_of(module) is not None or is_own(module)


def is_own(module: Any) -> bool:
    """Whether a module of a class of the user's has parameters, and none in modules inside of it."""
    if type(module).__module__.startswith("torch.nn."):
        return False
    own = list(module.parameters(recurse=False))
    return bool(own) and len(own) == len(list(module.parameters()))


def class_of(module: Any) -> FrameworkClass | None:
    """The class of PyTorch that computes what a module does; a class of one's own may stand between."""
    for one in type(module).__mro__:
        if one.__module__.startswith("torch.nn."):
            is_same = getattr(type(module), "forward", None) is getattr(one, "forward", None)
            return _called(one.__name__) if is_same and not one.__name__.startswith(_CONTAINERS) else None
    return None


def _called(name: str) -> FrameworkClass | None:
    entry = CATALOGUE.get(key(name))
    for one in () if entry is None else entry.layer.calls:
        if one.framework == "torch" and name in one.names:
            return one
    return None


def module_call(module: Any, called: FrameworkClass) -> r.Call:
    """`nn.Conv2d(…)`."""
    name = next(one.__name__ for one in type(module).__mro__ if one.__name__ in called.names)
    return r.Call(f"nn.{name.removeprefix('Lazy')}", tuple(_arguments(module, called)), HERE)


def _arguments(module: Any, called: FrameworkClass) -> Iterator[r.Argument]:
    for parameter in called.parameters():
        if not parameter.argument and not parameter.told:
            continue
        value = getattr(module, parameter.name, None)
        if parameter.name in ("kdim", "vdim") and value == getattr(module, "embed_dim", None):
            continue
        if parameter.name in ("bias", "add_bias_kv"):
            value = _has(module, parameter.name)
        found = None if is_usual(called.names[0], parameter, _listed(value)) else raw(value)
        if found is not None:
            yield r.Argument(parameter.name, found, HERE)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _has(module: Any, name: str) -> bool | None:
    """Whether a module has biases: it keeps them, or what says so."""
    keeps = {"bias": ("bias", "in_proj_bias"), "add_bias_kv": ("bias_k",)}[name]
    for one in keeps:
        if hasattr(module, one):
            value = getattr(module, one)
            return value if isinstance(value, bool) else value is not None
    return None


def raw(value: Any) -> r.RawValue | None:
    """A value of Python as it stands in records; None where nothing can be said."""
    if isinstance(value, bool):
        return r.TRUE if value else r.FALSE
    if isinstance(value, int):
        return as_formula(value)
    if isinstance(value, float):
        return Number(Fraction(repr(value))) if math.isfinite(value) and value >= 0 else None
    if isinstance(value, str):
        return f'"{value}"' if value.isidentifier() else None
    if isinstance(value, (tuple, list)):
        parts = [raw(part) for part in value]
        return None if any(part is None for part in parts) else tuple(parts)
    return None
