"""What is found out about an answer, as the template of diagnoses sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from symparams.algebra.evaluation import number
from symparams.algebra.formula import (
    Formula,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    Value,
    as_formula,
    parts,
)
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.documents.answer import LayerAnswer
from symparams.documents.match_section import MatchSection, named_axes, told_apart
from symparams.documents.missing_tensors import Missing, missing_tensors
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from symparams.misconceptions.task import Tasks
from symparams.model.layer import OUTPUT_LETTERS
from symparams.quantities.backward_field import WayBack
from symparams.quantities.derivation import Derivation
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.quantities.totals import TOTALS, TotalQuantity, amount
from symparams.questions.convolved_back import OneSizeForTwo, one_size_for_two
from symparams.questions.diagnosis import Diagnosis
from symparams.questions.put_right import PutRight, put_right
from symparams.questions.refitted import Setting, refitted
from symparams.questions.replaced import Replaced, replaced
from symparams.questions.right_for import RightFor, right_for
from symparams.reading.inquiry import Inquiry

_WRITTEN = 60  # characters of a formula that is repeated as it was typed
_SHORT = 24  # characters of an answer that a heading has room for


class Axes(NamedTuple):
    """A right derivation, once for all axes that come out alike."""

    axes: tuple[str, ...]  # height, width …; () where there is only one number
    derivation: Derivation  # the steps


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

    @property
    def multiplies(self) -> bool:
        """Whether the answer multiplies what a total of several layers adds."""
        is_product = isinstance(self.given, Product) and isinstance(self.value, int)
        return (
            self.diagnosis.layer is None
            and is_product
            and len(self.solution.total_of(self.diagnosis.quantity).parts) > 1
        )

    @cached_property
    def missing(self) -> Missing | None:
        """The tensors that a number of parameters is too small by."""
        gap = self.gap if self.diagnosis.quantity == "params" and self.diagnosis.node is not None else None
        return None if gap is None or gap >= 0 else missing_tensors(self.own.listed, -gap)

    @cached_property
    def right_for(self) -> RightFor | None:
        """Which other layer has the answer that is wrong for this one."""
        return right_for(self.diagnosis)

    @cached_property
    def one_size_for_two(self) -> OneSizeForTwo | None:
        """The convolution that makes one size of the right and of the wrong one, where this layer goes its way back."""
        return None if self.diagnosis.correct else one_size_for_two(self.diagnosis)

    @cached_property
    def matches(self) -> list[MatchSection]:
        """What explains the answer, the likeliest first; of those that count the same terms as wrong, the first."""
        return [MatchSection(self.diagnosis.matches[i], self.diagnosis) for i in self._kept]

    @cached_property
    def _kept(self) -> list[int]:
        """The places of these among all that explain it."""
        places: dict[object, int] = {}
        for i, match in enumerate(self.diagnosis.matches):
            terms = tuple((term.layer, term.wrong) for term in match.terms)
            places.setdefault(terms or i, i)
        return list(places.values())

    @cached_property
    def replaced(self) -> Replaced | None:
        """The number that makes a written formula wrong, where no single mistake does."""
        d = self.diagnosis
        if d.layer is None or d.correct or len(self.matches) == 1:
            return None
        return replaced(Tasks(d.network, d.settings).of(d.network.index(d.layer), d.quantity), d.answer)

    @cached_property
    def put_right(self) -> PutRight | None:
        """The written formula with the one change that makes it right, where that is not told otherwise."""
        d = self.diagnosis
        if d.layer is None or d.correct or self.has_sizes or self.replaced is not None or not self.is_written_out:
            return None
        task = Tasks(d.network, d.settings).of(d.network.index(d.layer), d.quantity)
        return put_right(task, d.answer, two=not d.matches and self.right_for is None)

    @cached_property
    def refitted(self) -> tuple[Setting, ...]:
        """With which settings on the way the layer would have the shape of the answer, where no one of its own does."""
        d = self.diagnosis
        explained = any(not match.carried for match in d.matches)
        if d.quantity != "shape" or d.correct or d.node is None or self.right_for is not None or explained:
            return ()
        given = dict(zip((one.axis for one in d.right), self.sizes, strict=False))
        sizes = zip(d.node.derived.out.axes, d.node.shape, strict=True)
        return refitted(d.network, d.node, tuple(given.get(axis, size) for axis, size in sizes))

    @property
    def cropping(self) -> int:
        """How many positions Keras would have to cut off on each side to get from an output back to the input's shape;
        0 where that is not the answer.
        """
        d = self.diagnosis
        if not self.refitted or d.node is None or d.node.derived.convention != "keras":
            return 0
        first = d.network.nodes[0].shape
        more = {
            (a - b if isinstance(a, int) and isinstance(b, int) else -1) for a, b in zip(d.value, first, strict=False)
        }
        sides = sorted(more - {0})
        is_input = tuple(self.sizes) == first and len(first) == len(d.value) and d.value[-1] == first[-1]
        return sides[0] // 2 if is_input and len(sides) == 1 and sides[0] > 0 == sides[0] % 2 else 0

    @cached_property
    def as_sum(self) -> WayBack | None:
        """The way back that is told as a sum over the layers too: of a field for which a sum was written."""
        d = self.diagnosis
        if d.quantity != "field" or d.correct or len({*d.answer}) != 1 or not isinstance(self.given, Sum):
            return None
        ways = [] if isinstance(self.own.fields, str) else [way for _, way in self.own.back]
        (way,) = ways if len(ways) == 1 else (None,)
        return way if way is not None and all(isinstance(step.inputs, int) for step in way.steps) else None

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
        gives = () if apart is None else [apart.gives[i] for i in self._kept]
        for given, match in zip(gives, self.matches, strict=apart is not None):
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
            texts = tuple(dict.fromkeys(told_apart(step.expression) for step in derivation.steps))
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
