"""The megabytes that a tool prints under its table, as their template sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.formula import Formula, Number, Power, Product, Quotient, Value, as_formula, total
from symparams.algebra.significant import significant
from symparams.questions.printed_sizes import Kind, PrintedSize, PrintedSizes

_SHOWN = 8  # rows whose values are added up one by one
_BYTES = 4  # of a float32 number


class Line(NamedTuple):
    """One line and the calculation that gives it."""

    kind: Kind  # what it counts
    product: Formula  # numbers times bytes, divided by the bytes of a megabyte
    value: Formula  # as it is printed


@dataclass(frozen=True)
class PrintedSizesDocument:
    """Sizes in megabytes, with what each of them counts."""

    sizes: PrintedSizes  # what was found out

    @property
    def unit(self) -> Formula:
        """The bytes of a megabyte, as a power."""
        return Power(Number(1024), Number(2)) if self.sizes.unit == 1 << 20 else Number(self.sizes.unit)

    @property
    def values(self) -> Value:
        """How many output values are counted."""
        return sum(self.sizes.rows)

    @property
    def sum_of_rows(self) -> Formula | None:
        """The values of each row added up; None where there are many rows, or one."""
        rows = self.sizes.rows
        return total(map(as_formula, rows)) if 1 < len(rows) <= _SHOWN else None

    @property
    def one_way(self) -> Formula:
        """The same number of megabytes without the gradients."""
        return significant(Fraction(_BYTES * sum(self.sizes.rows), self.sizes.unit))[0]

    @property
    def first(self) -> Line | None:
        """The line that is asked about, the outputs where several are; None: the sum of the lines."""
        asked = [one for one in self.lines if one.kind in self.sizes.asked]
        return next((one for one in asked if one.kind == "outputs"), asked[0] if asked else None)

    @property
    def lines(self) -> Iterator[Line]:
        """The lines that count numbers."""
        for one in self.sizes.lines:
            if one.kind != "all":
                yield Line(one.kind, self._product(one), _printed(one))

    @property
    def others(self) -> list[Line]:
        """The lines beside the one that is asked about."""
        first = self.first
        return [one for one in self.lines if first is None or one.kind != first.kind]

    @property
    def together(self) -> tuple[Formula, Formula] | None:
        """What the lines add up to, as a sum and as it is printed; None where that is not printed."""
        whole = self.sizes.line("all")
        if whole is None:
            return None
        return total(_printed(one) for one in self.sizes.lines if one.kind != "all"), _printed(whole)

    def _product(self, one: PrintedSize) -> Formula:
        twice = [Number(2)] if one.kind == "outputs" else []
        return Quotient(Product((*twice, Number(one.values), Number(_BYTES))), self.unit)


def _printed(one: PrintedSize) -> Formula:
    return Number(one.printed.numerator if one.printed.denominator == 1 else one.printed)
