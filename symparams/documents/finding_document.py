"""Values that were searched for, as the template of searches sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import Formula, Symbol, Value, as_formula
from symparams.algebra.solving import value_for
from symparams.documents.letter_values import LetterValues
from symparams.documents.solution import Solution
from symparams.questions.findings import Finding, Row

_FEW = 3  # numbers whose neighbors are shown


@dataclass(frozen=True)
class FindingDocument:
    """The values of one or two letters that meet a target."""

    finding: Finding  # what was found out

    @cached_property
    def solution(self) -> Solution:
        """The solution of the network."""
        return Solution(self.finding.network)

    @property
    def values(self) -> LetterValues:
        """The values of the only letter that meet the target."""
        return LetterValues(self.finding.letters[0], self.finding.numbers)

    @property
    def outside(self) -> LetterValues:
        """The values of the only letter that would do but for its range."""
        return LetterValues(self.finding.letters[0], self.finding.outside)

    @property
    def constant(self) -> Formula:
        """What the quantity is always, where it does not depend on what is asked for."""
        x = self.finding
        return as_formula(x.rows[0].count if x.rows else x.lines[-1] if x.lines else 0)

    @property
    def is_exact(self) -> bool:
        """Whether exactly the target is wanted, not at most or at least."""
        return self.finding.target.relation == "=="

    @property
    def asked(self) -> list[Symbol]:
        """The letters that were asked for, those that do not matter last."""
        return [*self.finding.letters, *self.finding.free]

    @property
    def is_solved(self) -> bool:
        """Whether the equation was solved, or shown to have no solution, step by step."""
        x = self.finding
        return bool(x.equations) and (x.equations[-1].left == x.letters[0] or bool(x.equations[-1].note))

    @property
    def beside(self) -> list[tuple[int, Value]]:
        """What single numbers that fit and their neighbors give; () where there are more than a few."""
        x = self.finding
        fitting = [row.values[0] for row in x.rows if row.fulfils]
        if not self.is_exact or not x.lines or len(x.letters) != 1 or not 0 < len(fitting) <= _FEW:
            return [(row.values[0], row.count) for row in x.rows[:_FEW]]
        near = sorted({n + d for n in fitting for d in (-1, 0, 1) if n + d > 0})
        counts = [(n, value_for(x.lines[-1], x.letters[0].name, n)) for n in near]
        return [(n, count) for n, count in counts if count is not None]

    def gap(self, row: Row) -> int:
        """How many more a row has than exactly the target; 0 where that says nothing."""
        if not self.is_exact or row.fulfils or not isinstance(row.count, int):
            return 0
        return row.count - self.finding.target.amount
