"""Two networks side by side, as the template of comparisons sees them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Quotient, Symbol, Value, as_formula, total
from symparams.algebra.order import atom_key
from symparams.algebra.significant import significant
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.documents.entries import Letter
from symparams.documents.letter_values import LetterValues
from symparams.documents.solution import Given, Solution
from symparams.questions.comparison import Comparison, Side
from symparams.questions.layer_amounts import LayerAmount


class Compared(NamedTuple):
    """One of the two networks."""

    side: Side  # with its `letter`, `title`, `symbol`, `lines` and `total`
    solution: Solution  # of its network
    number_of_layers: int  # in its network, inputs not counted
    shown: list[LayerAmount]  # what its layers have; of many the first, or those that have most
    others: list[LayerAmount]  # what the other layers have
    value: Value | None  # its total with the values that were given; None where there are none
    given: list[Given]  # what is given for it alone
    differing: list[tuple[Symbol, Value]]  # letters that have another value in the other network

    @property
    def value_of_others(self) -> Value:
        """What the layers beside those that are shown have."""
        return simplified(total(as_formula(amount.value) for amount in self.others), self.side.network.facts)

    @property
    def sum(self) -> Formula:
        """What the layers have, added up."""
        rest = [as_formula(self.value_of_others)] if self.others else []
        return total([*(as_formula(amount.value) for amount in self.shown), *rest])


class Rounded(NamedTuple):
    """A number to few digits."""

    value: Formula  # with its decimals
    exact: bool  # whether nothing was lost


@dataclass(frozen=True)
class ComparisonDocument:
    """Two networks, A and B, with difference and ratio of a quantity."""

    comparison: Comparison  # what was found out

    @property
    def sides(self) -> tuple[Compared, Compared]:
        """The two networks."""
        one, other = self.comparison.sides
        return self._compared(0, one, other), self._compared(1, other, one)

    def _compared(self, index: int, side: Side, beside: Side) -> Compared:
        c = self.comparison
        solution, values = Solution(side.network), side.network.symbols
        others = beside.network.symbols
        shown, left_out = _apart(side.amounts)
        return Compared(
            side,
            solution,
            side.layers,
            shown,
            left_out,
            None if c.values is None else c.values[index],
            [given for given in solution.given if given not in Solution(beside.network).given],
            [(Symbol(n), v) for n, v in values.items() if v is not None and n in others and others[n] != v],
        )

    @property
    def given(self) -> list[Given]:
        """What is given for both."""
        one, other = (Solution(side.network).given for side in self.comparison.sides)
        return [given for given in one if given in other]

    @property
    def has_letters(self) -> bool:
        """Whether a total depends on letters."""
        return any(isinstance(total, Formula) for total in self.comparison.totals)

    @property
    def letters(self) -> list[Letter]:
        """The letters on which the totals depend, each with what it is where it first stands."""
        told = {x for total in self.comparison.totals for x in letters_of(as_formula(total))}
        every = (letter for side in self.comparison.sides for letter in Solution(side.network).letters)
        first = {letter.symbol: letter for letter in reversed([*every]) if letter.value is None}
        return [first[letter] for letter in sorted(first, key=_place) if letter.name in told]

    @property
    def gap(self) -> Formula:
        """The second total minus the first, by their letters: P_B − P_A."""
        one, other = self.comparison.sides
        return other.symbol - one.symbol

    @property
    def quotient(self) -> Formula:
        """The first total over the second, by their letters."""
        one, other = self.comparison.sides
        return Quotient(one.symbol, other.symbol)

    @property
    def more(self) -> Value:
        """How many more one of them has, where it is certain which."""
        return self.comparison.larger_minus_smaller

    @property
    def larger_gap(self) -> Formula:
        """The larger total minus the smaller one, by their letters, where it is certain which is larger."""
        one, other = self.comparison.sides
        return one.symbol - other.symbol if self.comparison.verdict.sign == 1 else self.gap

    @property
    def order(self) -> list[LetterValues]:
        """For which values of the only letter A has fewer, as many, more; empty where that is not known."""
        o = self.comparison.verdict.order
        return [] if o is None else [LetterValues(o.letter, numbers) for numbers in (o.fewer, o.equal, o.more)]

    @property
    def to_one(self) -> Rounded | None:
        """How often the smaller total goes into the larger one, rounded; None where one is 0 or has letters."""
        first, second = self.comparison.values or self.comparison.totals
        if isinstance(first, Formula) or isinstance(second, Formula) or 0 in (first, second):
            return None
        ratio = Fraction(max(first, second)) / Fraction(min(first, second))
        return Rounded(*significant(ratio, max(len(str(int(ratio))), 1) if ratio > _TO_ONE else 4))

    @property
    def is_first_larger(self) -> bool:
        """Whether the first total, a number, is the larger one."""
        first, second = self.comparison.values or self.comparison.totals
        return not isinstance(first, Formula) and not isinstance(second, Formula) and first > second

    @property
    def shares(self) -> Formula | None:
        """The ratio as a sum of fractions; None where it does not come apart."""
        cancelled = self.comparison.cancelled
        return None if cancelled is None or not cancelled.shares else total(cancelled.shares)

    @property
    def ratio_of_shares(self) -> Fraction | None:
        """What these fractions add up to, where they are numbers."""
        value = None if self.shares is None else number(self.shares)
        return None if value is None else Fraction(value)

    @property
    def is_ratio_known(self) -> bool:
        """Whether the ratio is a number."""
        return not isinstance(self.comparison.ratio, Formula)

    @property
    def has_decimals(self) -> bool:
        """Whether the ratio is a number that is not whole."""
        return isinstance(self.comparison.ratio, Fraction)

    @property
    def given_values(self) -> list[tuple[Symbol, Formula]]:
        """The values that were put in afterwards."""
        return [(Symbol(name), value) for name, value in self.comparison.given.items()]

    @property
    def ratio_of_values(self) -> Quotient:
        """The totals as a fraction, with the values that were given."""
        assert self.comparison.values is not None
        return Quotient(*map(as_formula, self.comparison.values))

    @property
    def hold_alike(self) -> bool:
        """Whether the formulas of both hold under the same conditions."""
        one, other = (side.network.conditions for side in self.comparison.sides)
        return one == other

    def rounded(self, value: Fraction) -> Rounded:
        """A number to four digits."""
        return Rounded(*significant(value))


def _place(letter: Symbol) -> tuple[int, int, str, str]:
    return atom_key((letter, 1))


_TO_ONE = 3  # a ratio above is rounded to a whole number: 8 to 1
_LISTED = 6  # layers of a network that are gone through one by one, equal ones once
_MOST = 3  # of more the largest


def _apart(amounts: list[LayerAmount]) -> tuple[list[LayerAmount], list[LayerAmount]]:
    """Those that are shown, in order, and the others."""
    if len(amounts) <= _LISTED:
        return amounts, []
    known = all(isinstance(amount.value, int) for amount in amounts)
    largest = sorted(amounts, key=lambda amount: -amount.value if isinstance(amount.value, int) else 0)
    shown = largest[:_MOST] if known else amounts[:_MOST]
    return [a for a in amounts if a in shown], [a for a in amounts if a not in shown]
