"""Where a rule comes from: a place in a work of the bibliography."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Citation:
    """A work that states a rule, and where in it."""

    key: str  # of the work in the bibliography: dumoulin2016
    place: str = ""  # where the rule stands in it, "Relationship 15"; "": no single place


Cited: TypeAlias = "Mapping[str, tuple[Citation, ...]]"  # by quantity: shape, params, macs …
