"""A mistake that gives an answer, beside the right way: which steps are the same and where the ways part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import NamedTuple, get_args

from symparams.algebra.formula import Formula, Value, as_formula, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.answer import LayerAnswer
from symparams.documents.solution import Solution
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.totals import layer_counted_twice, layer_left_out
from symparams.quantities.derivation import Derivation, StepKind
from symparams.quantities.layer_derivations import Known, LayerDerivations
from symparams.questions.diagnosis import Diagnosis
from symparams.questions.explanations import Arriving, Changed, Match

_SHOWN = 6  # layers that are listed


class Line(NamedTuple):
    """A step of both ways."""

    kind: StepKind  # rule, substitution, arithmetic or result
    begins: bool  # whether it is the first of its kind
    wrong: Formula | None  # none where this way has fewer steps
    right: Formula | None  # the same of the right way
    parts: bool  # whether the ways part here


@dataclass(frozen=True)
class Sides:
    """How one number, or several alike, come out both ways."""

    axes: tuple[str, ...]  # height, width …; () for the only number
    lines: tuple[Line, ...]  # the steps of both ways
    wrong: Derivation  # the wrong way
    right: Derivation  # the right one
    wrong_known: dict[str, Known]  # the symbols of the wrong way with their values
    right_known: dict[str, Known]  # those of the right one

    @property
    def known(self) -> list[Known]:
        """The symbols of both ways with their values."""
        return list((self.wrong_known | self.right_known).values())

    @property
    def other_values(self) -> list[tuple[Known, Value]]:
        """What was put in for a letter that has another value, and that value."""
        wrong, right = self.wrong_known, self.right_known
        return [(wrong[n], right[n].value) for n in right if n in wrong and wrong[n].value != right[n].value]


@dataclass(frozen=True)
class MatchSection:
    """A mistake, or two, that give the answer."""

    match: Match  # what was found out
    diagnosis: Diagnosis  # of which it is a part

    @property
    def some_terms(self) -> tuple[Changed, ...]:
        """Of a total, the first layers that were counted wrongly."""
        return self.match.terms[:_SHOWN]

    @property
    def more_terms(self) -> int:
        """How many more there are."""
        return max(len(self.match.terms) - _SHOWN, 0)

    @property
    def _gaps(self) -> list[int]:
        """By how much each term of a total is too small, where all are known, few, and wrong to the same side; by how
        much each of two mistakes makes a number too small.
        """
        if self.match.between is not None:
            values = (self.diagnosis.value[0], self.match.between, self.match.wrong[0].value)
            known = [value for value in values if isinstance(value, int)]
            steps = [one - other for one, other in pairwise(known)] if len(known) == len(values) else []
            return steps if all(step > 0 for step in steps) or all(step < 0 for step in steps) else []
        terms = self.match.terms[: _SHOWN + 1]
        gaps = [t.right - t.wrong for t in terms if isinstance(t.right, int) and isinstance(t.wrong, int)]
        alike = all(gap > 0 for gap in gaps) or all(gap < 0 for gap in gaps)
        return gaps if alike and len(gaps) == len(terms) <= _SHOWN else []

    @property
    def gaps(self) -> Formula | None:
        """The sum of these: 512 + 10; None where there is none."""
        return total(as_formula(abs(gap)) for gap in self._gaps) if self._gaps else None

    @property
    def corrected(self) -> Formula:
        """The wrong total with what it lacks, or without what it has too many: 406,528 + 522."""
        parts = self._gaps if self.of_each else [self.gap]
        corrected = as_formula(self.match.wrong[0].value)
        for one in map(abs, parts):
            corrected = corrected + as_formula(one) if self.gap > 0 else corrected - as_formula(one)
        return corrected

    @property
    def of_each(self) -> list[tuple[Misconception, int]]:
        """Two mistakes in one number, each with by how much it makes it too small; [] of others."""
        gaps = self._gaps if self.match.between is not None else []
        return list(zip(self.match.made, gaps, strict=True)) if len(gaps) == len(self.match.made) else []

    @property
    def gap(self) -> int:
        """How many are missing; below zero: too many."""
        return sum(self._gaps)

    @property
    def is_of_whole_layers(self) -> bool:
        """Whether whole layers were left out or counted twice, not counted wrongly."""
        return any(made in (layer_left_out, layer_counted_twice) for made in self.match.made)

    @cached_property
    def only_term(self) -> LayerAnswer | None:
        """Of a total, what there is to say of the only layer that was counted wrongly."""
        if len(self.match.terms) != 1 or self.diagnosis.quantity != "params" or self.match.or_in:
            return None
        solution = Solution(self.diagnosis.network, ("params",), (self.match.terms[0].layer,))
        return LayerAnswer(solution, solution.layers[0], "params")

    @property
    def some_others(self) -> tuple[str, ...]:
        """The first layers where the same mistake gives the same."""
        return self.match.or_in[:_SHOWN]

    @property
    def more_others(self) -> int:
        """How many more there are."""
        return max(len(self.match.or_in) - _SHOWN, 0)

    @property
    def some_way(self) -> tuple[Arriving, ...]:
        """The first layers with a wrong output before the one that was asked for."""
        return self.match.way[:_SHOWN]

    @property
    def more_way(self) -> int:
        """How many more there are."""
        return max(len(self.match.way) - _SHOWN, 0)

    @property
    def kept(self) -> list[str]:
        """The axes of a shape whose sizes are right all the same."""
        pairs = zip(self.match.wrong, self.diagnosis.right, strict=False)
        return [r.axis for w, r in pairs if w.axis == r.axis and w.value == r.value]

    def sides(self, symbols: bool = True) -> list[Sides]:
        """The numbers that came out wrong, those that come out alike together; `symbols`: with the rules."""
        groups: dict[tuple[object, ...], list[tuple[str, Derivation, Derivation, tuple[Line, ...]]]] = {}
        for wrong, right in zip(self.match.wrong, self.diagnosis.right, strict=False):
            if wrong.axis == right.axis and wrong.value != right.value:
                lines = _lines(wrong, right, symbols)
                key = tuple((line.kind, told_apart(line.wrong), told_apart(line.right), line.parts) for line in lines)
                groups.setdefault(key, []).append((right.axis, wrong, right, lines))
        return [self._sides(tuple(some[0] for some in alike), *alike[0][1:]) for alike in groups.values()]

    def _sides(self, axes: tuple[str, ...], wrong: Derivation, right: Derivation, lines: tuple[Line, ...]) -> Sides:
        known = (self._known(wrong), self._known(right))
        return Sides(named_axes(axes, self.diagnosis), lines, wrong, right, *known)

    def _known(self, derivation: Derivation) -> dict[str, Known]:
        node = self.diagnosis.node
        return {k.symbol.name: k for k in LayerDerivations(node.derived).known(derivation)} if node is not None else {}


def _lines(wrong: Derivation, right: Derivation, symbols: bool) -> tuple[Line, ...]:
    """The steps of both ways; one that prints like the one before is left out."""
    lines: list[Line] = []
    parted = False
    for kind in get_args(StepKind):
        for mine, theirs in zip_longest(wrong.of_kind(kind), right.of_kind(kind)):
            one, two = told_apart(mine), told_apart(theirs)
            if not lines or (one, two) != (told_apart(lines[-1].wrong), told_apart(lines[-1].right)):
                here = not parted and one != two
                parted = parted or here
                lines.append(Line(kind, not lines or lines[-1].kind != kind, mine, theirs, here))
    kept = [line for line in lines if symbols or line.kind != "rule"]
    if not symbols and kept and not any(line.parts for line in kept):
        kept[0] = kept[0]._replace(parts=told_apart(kept[0].wrong) != told_apart(kept[0].right))
    return tuple(kept)


def told_apart(formula: Formula | None) -> str:
    """What tells formulas apart for a reader."""
    return "" if formula is None else shown(formula, PLAIN)


def named_axes(axes: tuple[str, ...], diagnosis: Diagnosis) -> tuple[str, ...]:
    """Axes, where it has to be said which ones."""
    return axes if any(axes) and len(diagnosis.right) > 1 else ()
