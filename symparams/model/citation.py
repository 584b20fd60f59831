"""Where a rule comes from: a place in a work of the bibliography."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

DOCUMENTATION = "documentation"  # in place of a key: the pages of the frameworks' classes that are the layer


@dataclass(frozen=True, slots=True)
class Citation:
    """A work that states a rule, and where in it."""

    key: str  # of the work in the bibliography: dumoulin2016
    place: str = ""  # where the rule stands in it, "Relationship 15"; "": no single place


Cited: TypeAlias = "Mapping[str, tuple[Citation, ...]]"  # by quantity: shape, params, macs …


def found_in(works: str = "", **further: str) -> Cited:
    """Where the rules of a layer are found: `found_in("dosovitskiy2021 Eq. (1)", macs="kaplan2020 Table 1")`.

    The first works are those of its shape and its parameters. Each is the key of a work and the place in it, several
    with semicolons between them, the first one first.
    """
    rules = {"shape": works, "params": works} if works else {}
    return {quantity: citations(named) for quantity, named in {**rules, **further}.items()}


def citations(works: str) -> tuple[Citation, ...]:
    """The works that a line names, in its order."""
    return tuple(Citation(*work.strip().split(" ", 1)) for work in works.split(";"))
