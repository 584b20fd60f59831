"""The formats by name; the module of one is loaded when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from symparams.errors import SymparamsError, listed, nearest
from symparams.exports.export import Export

# Where each format is: the module here, and its class.
EXPORTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "markdown": ("markdown", "Markdown"),
        "json": ("json", "Json"),
        "latex": ("latex", "Latex"),
        "moodle": ("moodle", "Moodle"),
        "gift": ("gift", "Gift"),
        "qti12": ("qti12", "Qti12"),
        "qti21": ("qti21", "Qti21"),
        "prairielearn": ("prairielearn", "PrairieLearn"),
        "anki": ("anki", "Anki"),
    }
)


def export(name: str) -> Export:
    """The format of this name."""
    if name not in EXPORTS:
        raise SymparamsError(
            f"there is no format `{name}` for questions; there are {listed(list(EXPORTS))}{nearest(name, EXPORTS)}"
        )
    module, class_ = EXPORTS[name]
    format_ = getattr(importlib.import_module(f"symparams.exports.{module}"), class_)()
    assert isinstance(format_, Export)
    return format_
