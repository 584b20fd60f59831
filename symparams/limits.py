"""The limits that guard the machine against hostile or broken input."""

from __future__ import annotations

from fractions import Fraction

from symparams.errors import LimitError, SymparamsError

SOURCE_BYTES = 1 << 20
LAYERS = 100_000
NESTING = 100
DIGITS = 1_000

_BITS = int(DIGITS * 3.3219281) + 1  # an integer of DIGITS digits has at most so many bits


def checked(value: int | Fraction) -> int | Fraction:
    """`value`, unless it has more than 1,000 digits."""
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
