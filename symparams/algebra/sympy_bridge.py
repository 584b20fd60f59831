"""The one module that loads sympy: formulas as sympy expressions, and what sympy is asked to do."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

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
    Value,
    as_formula,
    parts,
)
from symparams.algebra.normal_form import Poly

if TYPE_CHECKING:
    import sympy

Terms: TypeAlias = "dict[tuple[int, ...], int]"  # by the exponents of the letters: the coefficient


@cache
def _sympy() -> Any:
    """Sympy itself, loaded when the first letter asks for it: it costs more than everything else together."""
    import sympy  # noqa: PLC0415

    return sympy


def to_sympy(value: Value) -> sympy.Expr:
    """A value as a sympy expression, known symbols by their values; every letter is a positive integer."""
    return _converted(value, written=False)


def exact(value: Value) -> Any:
    """A number as an int, an expression with letters as one of sympy."""
    return value if isinstance(value, int) else to_sympy(value)


def as_written(formula: Formula) -> sympy.Expr:
    """The formula as it stands, nothing computed: a known symbol keeps its name, `named` gives it."""
    return _converted(formula, written=True)


def _converted(value: Value, written: bool) -> sympy.Expr:
    if not isinstance(value, Formula):
        return _sympy().Rational(value)

    def node(kind: str, *arguments: Any) -> Any:
        return getattr(_sympy(), kind)(*arguments, evaluate=not written)

    below = [_converted(part, written) for part in parts(value)]
    match value:
        case Number(number):
            return _sympy().Rational(number)
        case Symbol(name, known):
            return letter(name) if known is None else named(value) if written else _converted(known, written)
        case Sum():
            return node("Add", *below)
        case Negative(Number(number)):
            return _sympy().Rational(-number)
        case Negative():
            return node("Mul", -1, *below)
        case Product():
            return node("Mul", *below)
        case Quotient():
            return node("Mul", below[0], node("Pow", below[1], -1))
        case Power():
            return node("Pow", *below)
        case Function("sum"):
            return _sympy().Sum(below[0], tuple(below[1:]))
        case Function(name):
            return node(_FUNCTIONS[name], *below)
    raise AssertionError(value)


def named(symbol: Symbol) -> sympy.Symbol:
    """A known symbol of a rule: of its name alone, for it may stand for any number; a letter that it is itself."""
    return letter(symbol.name) if symbol.value in (None, Symbol(symbol.name)) else _sympy().Symbol(symbol.name)


@lru_cache(1000)
def letter(name: str) -> sympy.Symbol:
    """The sympy symbol of a letter."""
    return _sympy().Symbol(name, integer=True, positive=True)


# The language's functions under sympy's names.
_FUNCTIONS = {"floor": "floor", "ceil": "ceiling", "min": "Min", "max": "Max", "mod": "Mod"}


def from_sympy(expression: Any) -> Formula:
    """A sympy expression as a formula; raises ValueError for what the language does not have."""
    sympy = _sympy()
    if expression.is_Rational:
        value = Fraction(int(expression.p), int(expression.q))
        return as_formula(value.numerator if value.denominator == 1 else value)
    if expression.is_Symbol:
        return Symbol(expression.name)
    parts = tuple(from_sympy(a) for a in expression.args)
    if expression.is_Add:
        return Sum(parts)
    if expression.is_Mul:
        return Product(parts)
    if expression.is_Pow:
        inverse = expression.exp.is_Integer and expression.exp < 0
        return Quotient(Number(1), Power(parts[0], Number(-int(expression.exp)))) if inverse else Power(*parts)
    for name, theirs in _FUNCTIONS.items():
        if isinstance(expression, getattr(sympy, theirs)):
            return Function(name, parts)
    raise ValueError(str(expression))


def factor_list(terms: Terms) -> tuple[int, list[tuple[Terms, int]]]:
    """A number and the irreducible factors of a polynomial, by the exponents of its letters, the simplest first."""
    generators = _sympy().symbols(f"x0:{len(next(iter(terms)))}")
    content, factors = _sympy().Poly(terms, *generators, domain="ZZ").factor_list()
    return int(content), [({exponents: int(c) for exponents, c in factor.terms()}, e) for factor, e in factors]


def _exponents(mono: tuple[tuple[Formula, int], ...], place: dict[Formula, int], count: int) -> list[int]:
    row = [0] * count
    for atom, exponent in mono:
        row[place[atom]] = exponent
    return row


def _from_sympy(factor: Any, atoms: list[Formula]) -> Poly:
    return {
        tuple((atom, e) for atom, e in zip(atoms, exponents, strict=True) if e): int(c)
        for exponents, c in factor.terms()
    }


def cancelled(top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
    """top/bottom in lowest terms, for normal forms with whole coefficients and no letter below a fraction bar."""
    atoms = list(dict.fromkeys(atom for mono in (*top, *bottom) for atom, _ in mono))
    generators = _sympy().symbols(f"x0:{len(atoms)}")
    place = {atom: i for i, atom in enumerate(atoms)}
    both = [
        _sympy().Poly({tuple(_exponents(m, place, len(atoms))): c for m, c in p.items()}, *generators, domain="ZZ")
        for p in (top, bottom)
    ]
    above, below = both[0].cancel(both[1], include=True)
    return _from_sympy(above, atoms), _from_sympy(below, atoms)
