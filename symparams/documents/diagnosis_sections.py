"""What is found out about an answer, as the template of diagnoses sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple, get_args

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Negative, Number, Quotient, Symbol, Value, as_formula, parts, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.documents.answer import LayerAnswer
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from symparams.model.layer import OUTPUT_LETTERS
from symparams.quantities.derivation import Derivation, StepKind
from symparams.quantities.layer_derivations import Known, LayerDerivations
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.quantities.totals import TOTALS, TotalQuantity, amount
from symparams.questions.diagnosis import Diagnosis
from symparams.questions.explanations import Arriving, Changed, Match
from symparams.questions.right_for import RightFor, right_for
from symparams.reading.inquiry import Inquiry

_SHOWN = 6  # layers that are listed
_WRITTEN = 60  # characters of a formula that is repeated as it was typed
_SHORT = 24  # characters of an answer that a heading has room for


class Line(NamedTuple):
    """A step of both ways."""

    kind: StepKind  # rule, substitution, arithmetic or result
    begins: bool  # whether it is the first of its kind
    wrong: Formula | None  # none where this way has fewer steps
    right: Formula | None  # the same of the right way
    parts: bool  # whether the ways part here


class Axes(NamedTuple):
    """A right derivation, once for all axes that come out alike."""

    axes: tuple[str, ...]  # height, width …; () where there is only one number
    derivation: Derivation  # the steps


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
        """By how much each term of a total is too small, where all are known, few, and wrong to the same side."""
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
        wrong, gap = as_formula(self.match.wrong[0].value), as_formula(abs(self.gap))
        return wrong + gap if self.gap > 0 else wrong - gap

    @property
    def gap(self) -> int:
        """How many are missing; below zero: too many."""
        return sum(self._gaps)

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
                key = tuple((line.kind, _text(line.wrong), _text(line.right), line.parts) for line in lines)
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
            one, two = _text(mine), _text(theirs)
            if not lines or (one, two) != (_text(lines[-1].wrong), _text(lines[-1].right)):
                here = not parted and one != two
                parted = parted or here
                lines.append(Line(kind, not lines or lines[-1].kind != kind, mine, theirs, here))
    kept = [line for line in lines if symbols or line.kind != "rule"]
    if not symbols and kept and not any(line.parts for line in kept):
        kept[0] = kept[0]._replace(parts=_text(kept[0].wrong) != _text(kept[0].right))
    return tuple(kept)


def _text(formula: Formula | None) -> str:
    """What tells formulas apart for a reader."""
    return "" if formula is None else shown(formula, PLAIN)


def named_axes(axes: tuple[str, ...], diagnosis: Diagnosis) -> tuple[str, ...]:
    """Axes, where it has to be said which ones."""
    return axes if any(axes) and len(diagnosis.right) > 1 else ()


@dataclass(frozen=True)
class DiagnosisDocument:
    """An answer, right or wrong, with the mistakes that explain it."""

    diagnosis: Diagnosis  # what was found out
    style: str  # steps, formula, lesson, table or textbook
    inquiry: Inquiry = Inquiry()  # what is asked beside the number

    @cached_property
    def solution(self) -> Solution:
        """The solution of the network."""
        d = self.diagnosis
        return Solution(d.network, (d.quantity,), () if d.layer is None else (d.layer,), d.settings)

    @cached_property
    def own(self) -> LayerAnswer:
        """The short answer for the layer that was asked about."""
        return LayerAnswer(self.solution, self.solution.layers[0], self.diagnosis.quantity, self.inquiry)

    @cached_property
    def right_for(self) -> RightFor | None:
        """Which other layer has the answer that is wrong for this one."""
        return right_for(self.diagnosis)

    @cached_property
    def matches(self) -> list[MatchSection]:
        """What explains the answer, the likeliest first."""
        return [MatchSection(match, self.diagnosis) for match in self.diagnosis.matches]

    @property
    def is_rounded(self) -> bool:
        """Whether the answer is only about what the mistakes give."""
        given = number(self.given) if not self.has_sizes else None
        return given is not None and any(match.match.wrong[0].value != given for match in self.matches)

    @property
    def apart(self) -> Iterator[tuple[Value, list[MatchSection]]]:
        """What the further question would be answered with, and what each answer would mean."""
        apart = self.diagnosis.apart
        by_value: dict[Value, list[MatchSection]] = {}
        for given, match in zip(() if apart is None else apart.gives, self.matches, strict=apart is not None):
            by_value.setdefault(self.worked(given), []).append(match)
        yield from by_value.items()

    # ------------------------------------------------------------ what was asked and answered

    @property
    def has_sizes(self) -> bool:
        """Whether the answer is a shape or a receptive field, not a single number."""
        return self.diagnosis.quantity in ("shape", "field")

    @property
    def measure(self) -> Quantity | None:
        """The further quantity that was asked for; none for parameters, shapes and receptive fields."""
        return QUANTITY_RULES.get(self.diagnosis.quantity)

    @property
    def what(self) -> TotalQuantity | None:
        """What was asked for; none for shapes and receptive fields."""
        return self.total_of(self.diagnosis.quantity)

    def total_of(self, quantity: str) -> TotalQuantity | None:
        """A quantity that adds up over the layers; none for another."""
        return amount(quantity, self.diagnosis.settings) if quantity in TOTALS else None

    def has_copies(self, layer: str | None) -> bool:
        """Whether a layer stands for several copies."""
        return layer is not None and bool(self.diagnosis.network.node(layer).repeats)

    @property
    def is_short(self) -> bool:
        """Whether the answer has room in a heading."""
        return sum(len(shown(given, PLAIN)) for given in self.diagnosis.answer) <= _SHORT

    @property
    def given(self) -> Formula:
        """The only number of the answer, as it was typed."""
        return self.diagnosis.answer[0]

    @property
    def is_written_out(self) -> bool:
        """Whether it was typed as a calculation with numbers that is short enough to be repeated."""
        if self.is_number or letters_of(self.given):
            return False
        return isinstance(self.value, int) and len(shown(self.given, PLAIN)) <= _WRITTEN

    @property
    def needs_note(self) -> bool:
        """Whether the note says more than the verdict shows: not where sizes were typed, which stand in it."""
        return bool(self.diagnosis.note) and not (self.has_sizes and not any(map(letters_of, self.diagnosis.answer)))

    @property
    def is_number(self) -> bool:
        """Whether it was typed as a number: 630, 12.5, −5/3."""
        return isinstance(self.given, (Number, Negative, Quotient)) and all(
            isinstance(part, Number) for part in parts(self.given)
        )

    @property
    def value(self) -> Value:
        """The only number of the answer, worked out."""
        return self.worked(self.given)

    @property
    def sizes(self) -> tuple[Value, ...]:
        """The numbers of the answer; those without letters worked out."""
        return tuple(given if letters_of(given) else self.worked(given) for given in self.diagnosis.answer)

    def worked(self, given: Formula) -> Value:
        """A number of an answer, worked out as far as that can be."""
        try:
            known = number(given)
            value = simplified(given, self.diagnosis.network.facts) if known is None else known
        except SymparamsError:
            return given
        return value if isinstance(value, (int, Formula)) else _fraction(value)

    @property
    def letters(self) -> list[Symbol]:
        """The letters that the right answer depends on, where the answer has none."""
        d = self.diagnosis
        if any(letters_of(given) for given in d.answer):
            return []
        return [Symbol(n) for n in d.network.symbols if any(n in letters_of(as_formula(v)) for v in d.value)]

    @property
    def gap(self) -> int | None:
        """How many too many the answer is; none where that is no number."""
        right = self.diagnosis.value[0]
        if self.has_sizes or not isinstance(self.value, int) or not isinstance(right, int):
            return None
        return self.value - right

    # ------------------------------------------------------------ how it comes out

    @property
    def right(self) -> list[Axes]:
        """The right derivations, those of axes that come out alike once."""
        groups: dict[tuple[str, ...], list[Derivation]] = {}
        for derivation in self.diagnosis.right:
            texts = tuple(dict.fromkeys(_text(step.expression) for step in derivation.steps))
            groups.setdefault(texts, []).append(derivation)
        return [Axes(named_axes(tuple(d.axis for d in some), self.diagnosis), some[0]) for some in groups.values()]

    def symbol_of(self, derivation: Derivation) -> Symbol:
        """What stands on the left of an equation for a size."""
        return Symbol("r" if derivation.quantity == "field" else OUTPUT_LETTERS.get(derivation.axis, "n_out"))


def _fraction(value: Fraction) -> Formula:
    """12.5 as a decimal, 1/3 as a fraction."""
    rest = value.denominator
    for p in (2, 5):
        while rest % p == 0:
            rest //= p
    if rest == 1 and value > 0:
        return Number(value)
    sides = as_formula(abs(value.numerator)), as_formula(value.denominator)
    return -Quotient(*sides) if value < 0 else Quotient(*sides)
