"""The limits that guard the machine against hostile or broken input."""

from __future__ import annotations

from contextvars import ContextVar
from fractions import Fraction

from symparams.errors import LimitError, SymparamsError

SOURCE_BYTES = 1 << 20
BANK_BYTES = 1 << 28  # of a bank of questions that is read
ANSWERS_BYTES = 1 << 25  # of a table of answers
LAYERS = 100_000
NESTING = 100
DIGITS = 1_000
ARGUMENTS = 1_000  # between two brackets
LETTERS = 1_000  # in a network
VALUES = 10**18  # of a letter with a range
CHOICES = 10_000  # values of a range that cannot be kept as first, last and step
TRIED_LAYERS = 1_000  # layers of copies in copies that are tried to see how sizes change
EXPRESSION = 1_000  # numbers and symbols in an expression, values put in
SIZE = 300  # numbers and symbols in a size that layers hand on
DEPTH = 24  # how deep a simplified formula may be nested
TERMS = 2_000  # terms of a sum

_BITS = int(DIGITS * 3.3219281) + 1  # an integer of DIGITS digits has at most so many bits
_SMALL = 1 << 64  # far from the limit


_WORK = 100_000  # steps of algebra that a network may take, and
_WORK_PER_LAYER = 1_000  # for each of its layers
_left: ContextVar[int] = ContextVar("_left", default=10**9)


def begin_work(layers: int = 0) -> None:
    """Give the algebra a new allowance: when a network is built, and when a solution is written."""
    _left.set(_WORK + _WORK_PER_LAYER * layers)


def allow_layer() -> None:
    """Add what one more layer may need."""
    _left.set(_left.get() + _WORK_PER_LAYER)


def spend(amount: int = 1) -> None:
    """Take steps from the allowance; formulas that grow without end stop here."""
    left = _left.get() - amount
    _left.set(left)
    if left < 0:
        raise LimitError("the formulas here grow too large to be worked out")


_SEARCH = 30_000  # steps that a search may take before it says how far it came
_BEYOND = 2 * _SEARCH  # the same where it cannot say so
_unsearched: ContextVar[int] = ContextVar("_unsearched", default=10**9)


def begin_search() -> None:
    """Give a search a new allowance."""
    _unsearched.set(_SEARCH)


def searched(steps: int) -> None:
    """Take steps from the allowance of a search; one that goes far beyond it ends with an error."""
    left = _unsearched.get() - steps
    _unsearched.set(left)
    if left < -_BEYOND:
        raise LimitError("a search through so many values would take too long")


def search_is_over() -> bool:
    """Whether the allowance is used up: the search ends with what it has."""
    return _unsearched.get() < 0


def checked(value: int | Fraction) -> int | Fraction:
    """`value`, unless it has more than 1,000 digits."""
    if -_SMALL < value < _SMALL and isinstance(value, int):
        return value
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _BITS:
        raise LimitError(f"a number here has more than {DIGITS:,} digits, which is the limit")
    return value


def power(base: int | Fraction, exponent: int) -> int | Fraction:
    """base ** exponent, refused by size before it is computed."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if bits * abs(exponent) > _BITS:
        raise LimitError(f"a power here has more than {DIGITS:,} digits, which is the limit")
    if exponent < 0:
        if base == 0:
            raise SymparamsError("0 cannot be raised to a negative power")
        return checked(Fraction(1) / Fraction(base) ** -exponent)
    return checked(base**exponent)
