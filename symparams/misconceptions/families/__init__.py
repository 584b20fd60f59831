"""The catalogue of misconceptions, one module a family; a new one is collected by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from symparams.misconceptions.misconception import Misconception

_LAST = ("misread",)  # families that explain an answer only where no other does


def _collected() -> dict[str, Misconception]:
    found: dict[str, Misconception] = {}
    modules = (m.name for m in pkgutil.iter_modules(__path__))
    for module in sorted(modules, key=lambda name: (name in _LAST, name)):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, Misconception):
                found[value.name] = value
    return found


CATALOGUE: Mapping[str, Misconception] = MappingProxyType(_collected())
