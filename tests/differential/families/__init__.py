"""Every file of this folder is collected: it defines `FAMILY`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from tests.differential.family import Family


@cache
def families() -> dict[str, Family]:
    """The families by name."""
    found = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        family = importlib.import_module(f"{__name__}.{module}").FAMILY
        assert isinstance(family, Family), module
        found[family.name] = family
    return found
