"""Formulas made into functions, for evaluating one at many points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from symparams import limits
from symparams.algebra.exact import FUNCTIONS, at, divided
from symparams.algebra.formula import (
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    parts,
)
from symparams.errors import SymparamsError

Exact: TypeAlias = "int | Fraction"
Evaluator: TypeAlias = "Callable[[Mapping[str, int]], Exact]"


def compiled(formula: Formula) -> Evaluator:
    """A function of the values of the letters; it raises SymparamsError where the formula has no value."""
    match formula:
        case Number(value):
            return lambda letters: value
        case Symbol(name, None):
            return lambda letters: letters[name]
        case Symbol(_, inner):
            assert inner is not None
            return compiled(inner)
        case Function("sum"):
            return lambda letters: at(formula, letters)
    below = [compiled(part) for part in parts(formula)]
    known = [part.value if isinstance(part, Number) else None for part in parts(formula)]
    if all(value is not None for value in known):
        fixed = at(formula, {})
        return lambda letters: fixed
    match formula:
        case Sum():
            return _sum(below)
        case Negative():
            (inside,) = below
            return lambda letters: -inside(letters)
        case Product():
            shares = [value for value in known if isinstance(value, Fraction)]
            if shares:
                rest = [part for part, value in zip(below, known, strict=True) if not isinstance(value, Fraction)]
                return _scaled(Fraction(math.prod(shares)), _product(rest) if len(rest) > 1 else rest[0])
            return _product(below)
        case Quotient():
            top, bottom = below
            return lambda letters: divided(top(letters), bottom(letters))
        case Power():
            return _power(*below)
        case Function("floor", (Quotient(),)):
            return _floor(formula)
        case Function(name):
            function = FUNCTIONS[name]
            return lambda letters: function(*(part(letters) for part in below))
    raise AssertionError(formula)


def _sum(terms: list[Evaluator]) -> Evaluator:
    if len(terms) == 2:
        first, second = terms
        return lambda letters: first(letters) + second(letters)
    return lambda letters: sum([term(letters) for term in terms])


_SMALL = 1 << 64  # far from the limit on digits


def _product(factors: list[Evaluator]) -> Evaluator:
    if len(factors) == 2:
        first, second = factors

        def two(letters: Mapping[str, int]) -> Exact:
            value = first(letters) * second(letters)
            return value if -_SMALL < value < _SMALL else limits.checked(value)

        return two

    def several(letters: Mapping[str, int]) -> Exact:
        value = math.prod([factor(letters) for factor in factors])
        return value if -_SMALL < value < _SMALL else limits.checked(value)

    return several


def _scaled(share: Fraction, product: Evaluator) -> Evaluator:
    """A share of a product: divided once, at the end, where it mostly comes out whole."""
    top, bottom = share.numerator, share.denominator
    return lambda letters: divided(top * product(letters), bottom)


def _power(base: Evaluator, exponent: Evaluator) -> Evaluator:
    def of(letters: Mapping[str, int]) -> Exact:
        times = exponent(letters)
        if not isinstance(times, int):
            raise SymparamsError("an exponent must be a whole number")
        return limits.power(base(letters), times)

    return of


def _floor(formula: Formula) -> Evaluator:
    """⌊a/b⌋ without a fraction between."""
    assert isinstance(formula, Function)
    (inside,) = formula.arguments
    assert isinstance(inside, Quotient)
    top, bottom = compiled(inside.top), compiled(inside.bottom)

    def of(letters: Mapping[str, int]) -> Exact:
        divisor = bottom(letters)
        if divisor == 0:
            raise SymparamsError("division by zero")
        return top(letters) // divisor

    return of
