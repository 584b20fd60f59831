"""The one evaluator: exact values of formulas. Python integers stay Python integers.

`number` is for formulas that are all numbers, `compiled` for those with letters, which are evaluated at many points;
both do at every node what `_OPERATIONS` says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from symparams import limits
from symparams.algebra.formula import Formula, Function, Negative, Number, Power, Product, Quotient, Sum, Symbol, parts
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError

Exact: TypeAlias = "int | Fraction"
Point: TypeAlias = "Mapping[str, int]"  # a value for every letter
Evaluator: TypeAlias = "Callable[[Mapping[str, int]], Exact]"


def number(formula: Formula) -> Exact | None:
    """The exact value of a formula without free symbols; None if there is one. Worked out once for each node."""
    try:
        return formula._value
    except AttributeError:
        pass
    value = _evaluated(formula)
    object.__setattr__(formula, "_value", value)
    return value


def _evaluated(formula: Formula) -> Exact | None:
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


def at(formula: Formula, letters: Point) -> Exact:
    """The exact value of a formula whose free symbols have these values; an error where it has none."""
    known = number(formula)
    return limits.checked(whole(compiled(formula)(letters) if known is None else known))


# ---------------------------------------------------------------- what nodes do with the values of their parts


def _product(values: Sequence[Exact]) -> Exact:
    result: Exact = 1
    for value in values:
        result *= value
        if type(result) is not int or not -limits.SMALL < result < limits.SMALL:
            limits.checked(result)
    return result


def _power(base: Exact, exponent: Exact) -> Exact:
    if not isinstance(exponent, int):
        raise SymparamsError("an exponent must be a whole number")
    return limits.power(base, exponent)


def divided(top: Exact, bottom: Exact) -> Exact:
    """top / bottom, exactly; division by zero is an error."""
    if bottom == 0:
        raise SymparamsError("division by zero")
    if isinstance(top, int) and isinstance(bottom, int):
        rounded, rest = divmod(top, bottom)
        return Fraction(top, bottom) if rest else rounded
    return whole(Fraction(top) / bottom)


def _modulo(top: Exact, bottom: Exact) -> Exact:
    if bottom == 0:
        raise SymparamsError("division by zero")
    return top % bottom


FUNCTIONS: dict[str, Callable[..., Exact]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "mod": _modulo,
}

_OPERATIONS: dict[type[Formula], Callable[[Any, Sequence[Exact]], Exact]] = {
    Sum: lambda f, values: sum(values),
    Negative: lambda f, values: -values[0],
    Product: lambda f, values: _product(values),
    Quotient: lambda f, values: divided(values[0], values[1]),
    Power: lambda f, values: _power(values[0], values[1]),
    Function: lambda f, values: FUNCTIONS[f.name](*values),
}


def whole(value: Exact) -> Exact:
    """The same number, an int where it is one."""
    return value if isinstance(value, int) or value.denominator != 1 else value.numerator


# ---------------------------------------------------------------- functions of letters


@lru_cache(8192)
def compiled(formula: Formula) -> Evaluator:
    """A function of the values of the letters; it raises SymparamsError where the formula has no value."""
    return _compiled(formula)


def _compiled(formula: Formula) -> Evaluator:
    known = number(formula)
    if known is not None:
        return lambda letters: known
    match formula:
        case Symbol(name, None):
            return lambda letters: letters[name]
        case Symbol(_, Formula() as inner):
            return _compiled(inner)
        case Function("sum", (term, Symbol(name), first, last)):
            return _series(_compiled(term), name, _compiled(first), _compiled(last))
        case Function("floor", (Quotient(top, bottom),)):
            return _floored(_compiled(top), _compiled(bottom))
        case Product(factors) if any(isinstance(f, Number) and isinstance(f.value, Fraction) for f in factors):
            return _shared(factors)
    operation = _OPERATIONS[type(formula)]
    below = [_compiled(part) for part in parts(formula)]
    match below:
        case [inside]:
            return lambda letters: operation(formula, (inside(letters),))
        case [left, right] if isinstance(formula, Sum):
            return lambda letters: left(letters) + right(letters)
        case [left, right] if isinstance(formula, Product):
            return lambda letters: limits.checked(left(letters) * right(letters))
    return lambda letters: operation(formula, [part(letters) for part in below])


def _series(term: Evaluator, name: str, first: Evaluator, last: Evaluator) -> Evaluator:
    """The term added up for a letter from first to last; every copy is a step of work."""

    def added(letters: Point) -> Exact:
        copies = range(int(first(letters)), int(last(letters)) + 1)
        limits.spend(max(copies.stop - copies.start, 0))
        return sum(term({**letters, name: i}) for i in copies)

    return added


def _floored(top: Evaluator, bottom: Evaluator) -> Evaluator:
    """⌊a/b⌋ without a fraction between."""

    def rounded(letters: Point) -> Exact:
        divisor = bottom(letters)
        if divisor == 0:
            raise SymparamsError("division by zero")
        return top(letters) // divisor

    return rounded


def _shared(factors: Sequence[Formula]) -> Evaluator:
    """A share of a product: divided once, at the end, where it mostly comes out whole."""
    share, rest = Fraction(1), []
    for factor in factors:
        if isinstance(factor, Number) and isinstance(factor.value, Fraction):
            share *= factor.value
        else:
            rest.append(_compiled(factor))
    top, bottom = share.numerator, share.denominator
    return lambda letters: divided(top * _product([part(letters) for part in rest]), bottom)


class RuleGroups:
    """Groups of rules, such as a right one and the wrong ones beside it, evaluated at one point after another.

    What their symbols stand for is worked out once for all of them.
    """

    def __init__(self, groups: Iterable[Sequence[Formula]]) -> None:
        self._names: dict[Formula, str] = {}  # what symbols stand for, each under a name that no letter has
        self._groups = [tuple(_compiled(mapped(rule, self._leaf)) for rule in group) for group in groups]
        self._values = [(name, _compiled(value)) for value, name in self._names.items()]

    def _leaf(self, leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or leaf.value is None or isinstance(leaf.value, Number):
            return leaf
        return Symbol(self._names.setdefault(leaf.value, f"={len(self._names)}"))

    def at(self, point: Point) -> list[tuple[Exact, ...] | None]:
        """What each group gives; None where one of its rules gives nothing, or has a letter that is not drawn."""
        known = dict(point)
        for name, value in self._values:
            numbers = _given((value,), point)
            if numbers is not None:
                known[name] = numbers[0]  # type: ignore[assignment]
        return [_given(group, known) for group in self._groups]


def _given(rules: tuple[Evaluator, ...], point: Point) -> tuple[Exact, ...] | None:
    try:
        return tuple([whole(rule(point)) for rule in rules])
    except (SymparamsError, KeyError):
        return None
