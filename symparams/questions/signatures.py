"""What formulas give at admissible points, by which wrong answers are recognized; equality needs a little more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symparams.algebra.equality import same
from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, as_formula
from symparams.algebra.simplification import simplified
from symparams.errors import LimitError, SymparamsError
from symparams.misconceptions.task import Task
from symparams.model.network import Network
from symparams.questions.points import number_from, points

Signature: TypeAlias = "tuple[int | Fraction, ...]"  # what an answer gives at the points, axis by axis

_POINTS = 12  # where formulas are compared
_FURTHER = 24  # where they are compared once more, if algebra cannot tell
_FAR = 100_000  # how large the letters may be there


class Signatures:
    """Compares formulas in the letters of a network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.points = points(network, _POINTS)
        self._copies: dict[int, tuple[Point, ...]] = {}

    @cached_property
    def far(self) -> tuple[Point, ...]:
        """Points with large values, where a ⌊H/1000⌋ that was added is seen."""
        return points(self.network, _FURTHER, _FAR)

    def of_task(self, task: Task) -> tuple[Point, ...]:
        """The points, with numbers for the copies that a layer stands for."""
        if not task.node.repeats:
            return self.points
        if task.index not in self._copies:
            self._copies[task.index] = with_copies(task, self.points)
        return self._copies[task.index]

    def equal(self, task: Task | None, one: Sequence[Formula], other: Sequence[Formula]) -> bool:
        """Whether two answers are equal for all values that the network accepts."""
        near = self.points if task is None else self.of_task(task)
        given = signature(one, near)
        if len(one) != len(other) or given is None or given != signature(other, near):
            return False
        if near == ({},) or all(map(self._same, one, other)):
            return True
        far = self.far if task is None else with_copies(task, self.far)
        return signature(one, far) == signature(other, far)

    def _same(self, one: Formula, other: Formula) -> bool:
        """Whether algebra shows that two formulas are equal; it cannot always."""
        facts = self.network.facts
        try:
            return same(simplified(one, facts), simplified(other, facts), facts)
        except SymparamsError:
            return False


def with_copies(task: Task, points: Sequence[Point]) -> tuple[Point, ...]:
    """Points with a number for each letter that counts the copies of a layer."""
    if not task.node.repeats:
        return tuple(points)
    complete_points = []
    for i, point in enumerate(points):
        known = dict(point)
        for repeat in task.node.repeats:
            first, last = (int(at(as_formula(end), known)) for end in (repeat.first, repeat.last))
            known[repeat.variable] = first + number_from(f"{repeat.variable}/{i}") % max(last - first + 1, 1)
        complete_points.append(known)
    return tuple(complete_points)


def signature(answer: Iterable[Formula], points: Sequence[Point]) -> Signature | None:
    """What an answer gives at the points; None if it gives nothing at one of them; LimitError if it grows too large."""
    try:
        return tuple(at(formula, point) for formula in answer for point in points)
    except LimitError:
        raise
    except SymparamsError:
        return None


def signature_of_rules(rules: Iterable[Formula], points: Sequence[Point]) -> Signature | None:
    """The same of rules that were edited: one that grows too large gives nothing, as does a letter of other copies."""
    try:
        return signature(rules, points)
    except (LimitError, KeyError):
        return None
