"""What the templates of an appendix ask for beside what all templates have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.appendices.canonical import SETTINGS, Features
from symparams.appendices.record import Appendix, NetworkSection, Totals

_CELL = 40  # characters that a cell has room for
Setting = tuple[str, object]  # what is otherwise, and how


def settings(root: Features, other: Features) -> list[Setting]:
    """How the settings of a formula differ from those of the numbered one."""
    found: list[Setting] = [("is", SETTINGS[what]) for what in SETTINGS if what in root.letters - other.letters]
    found += [(what, True) for what in SETTINGS if what in other.letters - root.letters]
    if root.axes != other.axes and root.at_positions == other.at_positions:
        found.append(("axes", other.axes))
    names = (("bias", "bias"), ("rounded_up", "up"), ("at_positions", "positions"), ("memory", "memory"))
    found += [(what, getattr(other, name)) for name, what in names if getattr(root, name) != getattr(other, name)]
    if root.terms != other.terms:
        found.append(("terms", other.terms))
    return found or [("shape", True)]


def halved(group: tuple[str, Sequence[Sequence[str]]]) -> tuple[str, list[list[str]]]:
    """The rows of a group in two halves, one beside the other."""
    heading, rows = group
    half = (len(rows) + 1) // 2
    empty = [""] * len(rows[0])
    return heading, [[*row, *(rows[half + i] if half + i < len(rows) else empty)] for i, row in enumerate(rows[:half])]


def too_long(value: Formula) -> bool:
    """Whether a formula does not fit into a cell."""
    return len(shown(value, PLAIN)) > _CELL


def lettered(totals: Totals) -> list[tuple[str, Formula]]:
    """The totals that have letters, each behind its word."""
    every = (("parameters", totals.params), ("MACs", totals.macs), ("activations", totals.activations))
    return [(word, value) for word, value in every if isinstance(value, Formula)]


class Extremes(NamedTuple):
    """The networks with the fewest and the most parameters."""

    fewest: NetworkSection
    most: NetworkSection
    times: int  # how often the fewest go into the most, rounded


def extremes(appendix: Appendix) -> Extremes | None:
    """Those of an appendix, among networks without letters; None where there are not two."""
    counted = [(n.totals.params, n) for n in appendix.sections if isinstance(n.totals.params, int) and n.totals.params]
    if len({params for params, _ in counted}) < 2:
        return None
    (few, fewest), (many, most) = (end(counted, key=lambda one: one[0]) for end in (min, max))
    return Extremes(fewest, most, round(many / few))
