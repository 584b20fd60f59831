"""A calculation line by line, as its template sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from symparams.algebra.formula import Formula, Number, total
from symparams.quantities.totals import amount
from symparams.questions.line_by_line import Calculated, Calculation


class Group(NamedTuple):
    """Wrong lines that are alike: the same number where the same would be right."""

    layers: tuple[str, ...]  # their names
    value: int  # what is written for each
    right: int  # what each has


@dataclass(frozen=True)
class CalculationDocument:
    """A calculation line by line, with what is wrong in it."""

    calculation: Calculation  # what was found out

    @property
    def plural(self) -> str:
        """What the lines count: parameters."""
        return amount(self.calculation.quantity).plural

    @property
    def groups(self) -> list[Group]:
        """The wrong lines, equal ones together, in the order of the text."""
        alike: dict[tuple[int, int], list[str]] = {}
        for line in self.calculation.wrong:
            alike.setdefault((line.value, line.right), []).append(line.layer)
        return [Group(tuple(layers), *numbers) for numbers, layers in alike.items()]

    @property
    def is_all(self) -> bool:
        """Whether every line is wrong."""
        return len(self.calculation.wrong) == len(self.calculation.lines)

    @property
    def gap(self) -> int:
        """How far the lines are off together."""
        return abs(self.calculation.excess)

    @property
    def gaps(self) -> Formula:
        """The gap as a sum over the wrong lines, those first that make it."""
        sign = 1 if self.calculation.excess > 0 else -1
        terms = [sign * line.excess for line in self.calculation.wrong]
        ordered = sorted(terms, key=lambda term: term < 0)
        return total(Number(abs(term)) if term > 0 else -Number(abs(term)) for term in ordered)

    @property
    def same_mistakes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The layer in whose line a mistake is explained, and those in whose lines it is made again."""
        first: dict[object, Calculated] = {}
        again: dict[str, list[str]] = {}
        for line in self.calculation.wrong:
            if line not in self.calculation.repeated:
                first[line.mistake] = line
            else:
                again.setdefault(first[line.mistake].layer, []).append(line.layer)
        yield from ((layer, tuple(others)) for layer, others in again.items())
