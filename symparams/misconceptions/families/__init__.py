"""The catalogue of misconceptions, one module a family; a new one is collected by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from symparams.misconceptions.misconception import Misconception

_FIRST = ("biases", "channels", "sharing")  # the families that students ask about most; the others by their names


def _collected() -> dict[str, Misconception]:
    """By their names, the likeliest first: slips, then wrong ideas, then questions misread, each family together."""
    modules = sorted((m.name for m in pkgutil.iter_modules(__path__)), key=lambda name: (name not in _FIRST, name))
    every = [value for module in modules for value in vars(importlib.import_module(f"{__name__}.{module}")).values()]
    known = [value for value in every if isinstance(value, Misconception)]
    return {value.name: value for value in sorted(known, key=lambda value: -value.credit)}


CATALOGUE: Mapping[str, Misconception] = MappingProxyType(_collected())
