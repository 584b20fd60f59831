"""The kinds of questions, one module each; a new one is collected by itself."""

from __future__ import annotations

import importlib
import pkgutil

from symparams.exams.kind import Kind
from symparams.extensions import Open


def _collected() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Kind):
                kinds[value.name] = value
    return dict(sorted(kinds.items(), key=lambda pair: pair[1].order))


KINDS = Open("kind", _collected())
