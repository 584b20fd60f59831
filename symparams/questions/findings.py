"""What is found where a number of parameters, or a budget, is asked for: the values of a letter, with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.numbersets import NumberSet, points
from symparams.model.network import Network
from symparams.questions.equations import Equation
from symparams.questions.targets import Target

SHOWN = 20  # solutions that are checked and shown one by one


class Build(Protocol):
    """The network with values for some letters."""

    def __call__(self, values: Mapping[str, Formula], /, *, without_ranges: bool = False) -> Network: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A value, or a pair of values, with what it gives."""

    values: tuple[int, ...]  # one for each letter
    count: Value  # the quantity there
    fulfils: bool  # whether that is what is wanted


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer, and how it comes out."""

    network: Network  # with the letters open; with 1 for them where there is no formula
    letters: tuple[Symbol, ...]  # what is searched for: one, or two
    target: Target  # what was asked for
    lines: tuple[Formula, ...]  # the sum over the layers and what it gives; () where there is no formula
    equations: tuple[Equation, ...]  # the way to the answer; () where there is none to show
    numbers: NumberSet  # the values of the only letter; of the first of two
    rows: tuple[Row, ...]  # solutions and their neighbors, in order
    depends: bool  # whether the quantity depends on what is asked for
    grows: bool  # whether it is certain that the quantity grows with the letter
    tried: int | None  # up to where values were tried; None if nothing can be missing
    more: bool = False  # whether there are solutions beyond the rows
    free: tuple[Symbol, ...] = ()  # letters that were asked for, too, on which the quantity does not depend
    outside: NumberSet = points([])  # values of the only letter that fit but for its range, the first of them

    @property
    def fitting(self) -> tuple[Row, ...]:
        """The rows that fulfil the target."""
        return tuple(row for row in self.rows if row.fulfils)
