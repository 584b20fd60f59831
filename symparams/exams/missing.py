"""Why there is no question of a kind, in the words of a message."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.errors import listed
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.selection import Selected, levels_in


def why_missing(selected: Selected, courses: Sequence[Course], variants: int, available: int) -> str:
    """Why a kind has no question; `available` is the most variants that one of its questions has."""
    if not selected.every and selected.unmarked:
        return f"this format cannot mark answers of the type {listed(selected.unmarked, 'or')}"
    if not selected.every:
        return none_at_all(selected.kind, courses)
    if not selected.here:
        names = dict.fromkeys("the whole network" if p.node is None else p.node.name for p in selected.every)
        return f"only {_some(list(names))} can be asked about"
    if not selected.faded:
        return "the solutions have no steps to leave out"
    if not selected.fitting:
        return f"all are of level {levels_in(selected.faded)}"
    if variants > 1:
        return f"none has {variants:,} variants; the most is {available:,}"
    return "no values were found with which it can be asked"


def none_at_all(kind: Kind, courses: Sequence[Course]) -> str:
    """Why networks have no question of a kind."""
    letters = list(dict.fromkeys(letter for course in courses for letter in course.open_letters))
    have = "has no value and no range" if len(letters) == 1 else "have no values and no ranges"
    open_ = f"{listed(letters[:_LISTED])} {have}" if letters else ""
    needed = f"that takes {kind.needs}" if kind.needs else ""
    return "; ".join(filter(None, (needed, open_))) or "there is nothing to ask in this network"


_LISTED = 8  # so many names stand in a message


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + " …" if len(names) > _LISTED else listed(names)
