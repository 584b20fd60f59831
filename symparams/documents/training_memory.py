"""The memory that training needs for parameters, gradients and the optimizer, as its template sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.formula import Formula, Number, Product, Value, as_formula, symbols, total
from symparams.algebra.significant import significant
from symparams.algebra.simplification import simplified
from symparams.documents.entries import Letter
from symparams.documents.solution import Solution
from symparams.quantities.quantity import size_in_bytes
from symparams.quantities.settings import BYTES, STATES, Settings
from symparams.quantities.totals import amount
from symparams.reading.inquiry import Inquiry

_UNITS = ("kB", "MB", "GB", "TB", "PB")
_DIGITS = 4  # of a number of megabytes


class Bytes(NamedTuple):
    """A number of bytes and the calculation that gives it."""

    product: Formula  # parameters × numbers for each × bytes of each
    value: Value  # in bytes
    many: int  # how many numbers there are for each parameter; 0: not equally many for all, or of several sizes
    decimal: Formula | None  # the same in units of 1000; None where it is small, or has letters
    unit: str  # of these: MB
    binary: str  # the same in units of 1024: 27.4 MiB; empty where there is no such number


class Trained(NamedTuple):
    """What one optimizer needs."""

    optimizer: str  # one of STATES
    training: Bytes  # parameters, gradients and what the optimizer keeps
    checkpoint: Bytes  # parameters and what the optimizer keeps


@dataclass(frozen=True)
class TrainingMemory:
    """How many bytes the parameters of a network need, saved and in training."""

    solution: Solution  # of the network
    inquiry: Inquiry  # with the optimizers and the type of numbers that the question tells
    says_counts: bool = True  # whether it is said how the number of parameters comes out

    @property
    def size(self) -> int:
        """Bytes of a number."""
        return BYTES[self.inquiry.dtype]

    @property
    def trainable(self) -> Value:
        """How many parameters are trained."""
        return self.solution.counts.trainable

    @property
    def is_trained_whole(self) -> bool:
        """Whether every parameter is trained."""
        return self.solution.counts.non_trainable == 0

    @property
    def letters(self) -> list[Letter]:
        """The letters in the number of parameters."""
        used = {one.name for one in symbols(as_formula(self.solution.counts.params))}
        return [letter for letter in self.solution.letters if letter.symbol.name in used]

    @property
    def has_copies(self) -> bool:
        """Whether the optimizer keeps a copy of each parameter in another type."""
        return self.size < BYTES["float32"]

    @property
    def saved(self) -> Bytes:
        """The parameters alone."""
        return self._bytes("none", has_gradients=False)

    @property
    def each(self) -> Iterator[Trained]:
        """What each optimizer needs, in the order of how much that is."""
        for name in self.inquiry.optimizers:
            yield Trained(name, self._bytes(name), self._bytes(name, has_gradients=False))

    def _bytes(self, optimizer: str, *, has_gradients: bool = True) -> Bytes:
        """What there is for the parameters; the quantity `memory` where gradients are among them."""
        network, settings = self.solution.network, Settings(dtype=self.inquiry.dtype, optimizer=optimizer)
        value = amount("memory", settings).of_network(network)
        is_saved = optimizer == "none"
        if not is_saved and not has_gradients:
            value = simplified(as_formula(value) - _times(self.trainable, self.size), network.facts)
        gradients = int(has_gradients and not is_saved)
        kept = 0 if is_saved else STATES[optimizer] + self.has_copies
        many = 1 + gradients + kept
        if is_saved or (self.is_trained_whole and not self.has_copies):
            product = _times(network.counts.params, many, self.size)
        else:
            many = 0
            own = max(self.size, BYTES["float32"])  # the bytes of what an optimizer keeps
            each = [*([Number(self.size)] * gradients), *([_times(kept, own)] if kept else [])]
            product = (
                Product((as_formula(network.counts.params), total([Number(self.size), *each])))
                if self.is_trained_whole
                else total(
                    [_times(network.counts.params, self.size), Product((as_formula(self.trainable), total(each)))]
                )
            )
        decimal, unit = _decimal(value)
        return Bytes(product, value, many, decimal, unit, size_in_bytes(value))


def _times(value: Value, *factors: int) -> Formula:
    """A product of numbers of which 1 is not written."""
    return Product((as_formula(value), *(Number(n) for n in factors if n != 1 or len(factors) == 1)))


def _decimal(value: Value) -> tuple[Formula | None, str]:
    """A number of bytes in a unit that is a power of 1000."""
    if not isinstance(value, int) or value < 1000:
        return None, ""
    power = min((len(str(value)) - 1) // 3, len(_UNITS))
    return significant(Fraction(value, 1000**power), _DIGITS)[0], _UNITS[power - 1]
