"""A formula along a residue class of a letter, as a polynomial: floors by numbers become polynomials there."""

from __future__ import annotations

from fractions import Fraction
from math import floor, lcm
from typing import TypeAlias

from symparams.algebra.formula import Formula, Function, Negative, Number, Power, Product, Quotient, Sum, Symbol, parts
from symparams.algebra.polynomials import DEGREE, added, multiplied


class NoPolynomialError(Exception):
    """A formula that is no polynomial on residue classes."""


class FinerError(Exception):
    """The residue classes must be this many times finer."""

    def __init__(self, times: int) -> None:
        self.times = times


def along(formula: Formula, letter: str, period: int, rest: int) -> list[int | Fraction]:
    """The formula at period·m + rest as a polynomial in m."""
    return _along(formula, letter, period, rest, {})


_Known: TypeAlias = "dict[Formula, list[int | Fraction]]"


def _along(formula: Formula, letter: str, period: int, rest: int, known: _Known) -> list[int | Fraction]:
    """The same; sizes stand in one another, and each is worked out once."""
    if formula not in known:
        known[formula] = _along_parts(formula, letter, period, rest, known)
    return known[formula]


def _along_parts(formula: Formula, letter: str, period: int, rest: int, known: _Known) -> list[int | Fraction]:
    match formula:
        case Number(value):
            return [value] if value else []
        case Symbol(name, None):
            if name != letter:
                raise NoPolynomialError
            return [rest, period]
        case Symbol(_, value):
            assert value is not None
            return _along(value, letter, period, rest, known)
        case Negative(term):
            return [-c for c in _along(term, letter, period, rest, known)]
        case Function("floor" | "ceil" as name, (inside,)):
            sign = 1 if name == "floor" else -1
            return [sign * c for c in _floored([sign * c for c in _along(inside, letter, period, rest, known)])]
    below = [_along(part, letter, period, rest, known) for part in parts(formula)]
    match formula:
        case Sum():
            total: list[int | Fraction] = []
            for p in below:
                total = added(total, p)
            return _trimmed(total)
        case Product():
            return _product(below)
        case Quotient():
            return [c / Fraction(_constant(below[1])) for c in below[0]]
        case Power():
            return _raised(below[0], _constant(below[1]))
        case Function("mod"):
            bottom = Fraction(_constant(below[1]))
            whole = _floored([c / bottom for c in below[0]])
            return _trimmed(added(below[0], [-bottom * c for c in whole]))
    raise NoPolynomialError


def _product(factors: list[list[int | Fraction]]) -> list[int | Fraction]:
    result: list[int | Fraction] = [1]
    for p in factors:
        result = _trimmed(multiplied(result, p))
        if len(result) > 2 * DEGREE:
            raise NoPolynomialError
    return result


def _raised(base: list[int | Fraction], exponent: int | Fraction) -> list[int | Fraction]:
    if not isinstance(exponent, int) or exponent < 0 or exponent > DEGREE:
        raise NoPolynomialError
    return _product([base] * exponent)


def _constant(p: list[int | Fraction]) -> int | Fraction:
    if len(p) != 1:  # a letter, or 0
        raise NoPolynomialError
    return p[0]


def _floored(p: list[int | Fraction]) -> list[int | Fraction]:
    """⌊p⌋, where all that depends on m is whole."""
    times = lcm(*(Fraction(c).denominator for c in p[1:]))
    if times > 1:
        raise FinerError(times)
    return _trimmed([floor(p[0]), *p[1:]]) if p else p


def _trimmed(p: list[int | Fraction]) -> list[int | Fraction]:
    while p and not p[-1]:
        p = p[:-1]
    return p
