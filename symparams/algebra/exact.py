"""Exact arithmetic on formulas whose symbols are all known: Python integers stay Python integers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symparams import limits
from symparams.algebra.formula import Formula, Function, Negative, Number, Power, Product, Quotient, Sum, Symbol, parts
from symparams.errors import SymparamsError


def number(formula: Formula) -> int | Fraction | None:
    """The exact value of a formula without free symbols; None if there is one. Worked out once for each node."""
    try:
        return formula._value
    except AttributeError:
        pass
    value = _evaluated(formula)
    object.__setattr__(formula, "_value", value)
    return value


def _evaluated(formula: Formula) -> int | Fraction | None:
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Symbol):
        return None if formula.value is None else number(formula.value)
    below = []
    for part in parts(formula):
        known = number(part)
        if known is None:
            return None
        below.append(known)
    return limits.checked(whole(_OPERATIONS[type(formula)](formula, below)))


def _product(values: list[int | Fraction]) -> int | Fraction:
    result: int | Fraction = 1
    for value in values:
        result = limits.checked(result * value)
    return result


def _power_of(base: int | Fraction, exponent: int | Fraction) -> int | Fraction:
    if not isinstance(exponent, int):
        raise SymparamsError("an exponent must be a whole number")
    return limits.power(base, exponent)


# What each kind of node does with the values of its parts.
_OPERATIONS: dict[type[Formula], Callable[[Any, list[int | Fraction]], int | Fraction]] = {
    Sum: lambda f, values: sum(values),
    Negative: lambda f, values: -values[0],
    Product: lambda f, values: _product(values),
    Quotient: lambda f, values: divided(values[0], values[1]),
    Power: lambda f, values: _power_of(values[0], values[1]),
    Function: lambda f, values: FUNCTIONS[f.name](*values),
}


def divided(top: int | Fraction, bottom: int | Fraction) -> int | Fraction:
    """top / bottom, exactly; division by zero is an error."""
    if bottom == 0:
        raise SymparamsError("division by zero")
    if isinstance(top, int) and isinstance(bottom, int):
        rounded, rest = divmod(top, bottom)
        return Fraction(top, bottom) if rest else rounded
    return whole(Fraction(top) / bottom)


def _modulo(top: int | Fraction, bottom: int | Fraction) -> int | Fraction:
    if bottom == 0:
        raise SymparamsError("division by zero")
    return top % bottom


FUNCTIONS: dict[str, Callable[..., int | Fraction]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "mod": _modulo,
}


def whole(value: int | Fraction) -> int | Fraction:
    """The same number, an int where it is one."""
    return value if isinstance(value, int) or value.denominator != 1 else value.numerator


def at(formula: Formula, letters: Mapping[str, int]) -> int | Fraction:
    """The exact value of a formula whose free symbols have these values; an error where it has none."""
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Symbol):
        return letters[formula.name] if formula.value is None else at(formula.value, letters)
    if isinstance(formula, Function) and formula.name == "sum":
        return _sum_at(formula, letters)
    below = []
    for part in parts(formula):
        leaf = (part.value or part) if isinstance(part, Symbol) else part
        below.append(leaf.value if isinstance(leaf, Number) else at(leaf, letters))
    return limits.checked(whole(_OPERATIONS[type(formula)](formula, below)))


def _sum_at(series: Function, letters: Mapping[str, int]) -> int | Fraction:
    term, letter, first, last = series.arguments
    assert isinstance(letter, Symbol)
    ends = range(int(at(first, letters)), int(at(last, letters)) + 1)
    return sum(at(term, {**letters, letter.name: i}) for i in ends)
