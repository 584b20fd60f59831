"""Two networks side by side, as the template of comparisons sees them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.formula import Formula, Negative, Quotient, Symbol, Value, as_formula
from symparams.documents.letter_values import LetterValues
from symparams.documents.solution import Given, Solution
from symparams.questions.comparison import Comparison, Side, significant


class Compared(NamedTuple):
    """One of the two networks."""

    side: Side  # with its `letter`, `title`, `symbol`, `lines` and `total`
    solution: Solution  # of its network
    number_of_layers: int  # in its network
    value: Value | None  # its total with the values that were given; None where there are none
    given: list[Given]  # what is given for it alone
    others: list[tuple[Symbol, Value]]  # letters that have another value in the other network


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
        return Compared(
            side,
            solution,
            len(side.network.nodes),
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
        c = self.comparison
        if c.sign != -1:
            return c.difference.term if isinstance(c.difference, Negative) else -c.difference
        return c.difference

    @property
    def order(self) -> list[LetterValues]:
        """For which values of the only letter A has fewer, as many, more; empty where that is not known."""
        o = self.comparison.order
        return [] if o is None else [LetterValues(o.letter, numbers) for numbers in (o.fewer, o.equal, o.more)]

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
        """A number to three digits."""
        return Rounded(*significant(value))
