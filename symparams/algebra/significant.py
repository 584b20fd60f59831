"""Numbers to so many significant digits: 0.551, 2.5·10^(-31)."""

from __future__ import annotations

from fractions import Fraction

from symparams.algebra.formula import Formula, Number, Power, Product, as_formula


def significant(value: Fraction, digits: int = 4) -> tuple[Formula, bool]:
    """A positive number to so many digits, and whether that is exact: 0.551, 2.5·10^(-31)."""
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    if value < Fraction(10) ** exponent:
        exponent -= 1
    rounded = _halves_up(value, digits - 1 - exponent)
    if rounded >= Fraction(10) ** (exponent + 1):
        exponent += 1
    if -5 <= exponent <= 8:
        return Number(rounded.numerator if rounded.denominator == 1 else rounded), rounded == value
    first = rounded / Fraction(10) ** exponent
    power = Power(Number(10), as_formula(exponent))
    head = Number(first.numerator if first.denominator == 1 else first)
    return (power if first == 1 else Product((head, power))), rounded == value


def _halves_up(value: Fraction, places: int) -> Fraction:
    scale = Fraction(10) ** places
    return Fraction((value * scale * 2 + 1) // 2) / scale
