"""Values that were searched for, as the template of searches sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import Formula, as_formula
from symparams.documents.letter_values import LetterValues
from symparams.documents.solution import Solution
from symparams.questions.findings import Finding, Row


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

    def gap(self, row: Row) -> int:
        """How many more a row has than exactly the target; 0 where that says nothing."""
        if not self.is_exact or row.fulfils or not isinstance(row.count, int):
            return 0
        return row.count - self.finding.target.amount
