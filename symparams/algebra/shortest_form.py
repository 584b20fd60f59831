"""Totals with letters: collected or factored, whichever is shorter."""

from __future__ import annotations

from contextlib import suppress

from symparams.algebra import factoring
from symparams.algebra.equality import expanded
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Value,
    as_formula,
    product,
    size_and_depth,
)
from symparams.algebra.normal_form import UNIT, Monomial, Poly, formula_of, join, scaled, value_of
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.order import atom_key
from symparams.algebra.simplification import poly
from symparams.errors import LimitError


def shortest(value: Value, facts: Facts) -> Value:
    """The value in the shortest of its forms; a known number as it is."""
    if not isinstance(value, Formula):
        return value
    collected = poly(value, facts)
    forms = [value_of(collected)]
    if size_and_depth(value)[0] <= _READABLE:
        with suppress(LimitError):  # a form with so many terms is not the shortest
            open_ = expanded(collected, facts)
            forms.append(value_of(open_))
            as_product = factored(open_) if small(open_) else None
            if as_product is not None:
                forms.append(as_product)
    return min(forms, key=lambda form: len(shown(form, PLAIN)))


_READABLE = 200  # leaves of a total that other forms are tried for


def small(p: Poly) -> bool:
    """Whether factoring is quick."""
    degree = max((sum(abs(e) for _, e in m) for m in p), default=0)
    return len(p) <= 60 and degree <= 12 and len({atom for m in p for atom, _ in m}) <= 8


def factored(p: Poly) -> Formula | None:
    """A sum as a product; None where that makes nothing clearer."""
    factorization = factoring.factored({_ordered(m): c for m, c in p.items()})
    if factorization is None:
        return None
    content, factors = _without_minus(*factorization)
    outside: Monomial = UNIT
    brackets: list[Formula] = []
    for factor, exponent in factors:
        base = formula_of({_ordered(m): c for m, c in factor.items()})
        if len(factor) == 1:
            ((mono, _),) = factor.items()
            outside = join(outside, tuple((atom, e * exponent) for atom, e in mono))
        else:
            brackets.append(base if exponent == 1 else Power(base, Number(exponent)))
    if len(brackets) + len(outside) < 2:
        return None  # a number taken out of one bracket makes nothing clearer
    if not brackets:
        return None
    first = value_of({outside: abs(content)})
    head = first.factors if isinstance(first, Product) else () if first == 1 else (as_formula(first),)
    whole = product((*head, *brackets))
    return whole if content > 0 else Negative(whole)


def _without_minus(content: int, factors: list[tuple[Poly, int]]) -> tuple[int, list[tuple[Poly, int]]]:
    """The same product, a minus before it put into a bracket that has one: U(2 - D - U)."""
    if content < 0:
        for i, (factor, exponent) in enumerate(factors):
            if exponent == 1 and min(factor.values()) < 0:
                return -content, [*factors[:i], (scaled(factor, -1), 1), *factors[i + 1 :]]
    return content, factors


def _ordered(mono: Monomial) -> Monomial:
    return tuple(sorted(mono, key=atom_key))
