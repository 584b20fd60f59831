"""Totals with letters: collected or factored, whichever is shorter."""

from __future__ import annotations

from symparams.algebra import sympy_bridge
from symparams.algebra.comparing import expanded
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Power, Product, Sum, Value, size_and_depth
from symparams.algebra.normal import UNIT, Monomial, Poly, formula_of, join, value_of
from symparams.algebra.notation import PLAIN, shown
from symparams.algebra.order import atom_key
from symparams.algebra.simplifying import poly, simplified


def shortest(value: Value, facts: Facts) -> Value:
    """The value in the shortest of its forms; a known number as it is."""
    if not isinstance(value, Formula):
        return value
    collected = poly(value, facts)
    forms = [value_of(collected)]
    if size_and_depth(value)[0] <= _READABLE:
        open_ = expanded(collected, facts)
        forms.append(value_of(open_))
        product = factored(open_) if small(open_) else None
        if product is not None:
            forms.append(product)
    return min(forms, key=lambda form: len(shown(form, PLAIN)))


def shorter(formula: Formula, facts: Facts) -> Value:
    """The simplified formula, its brackets multiplied out where that is shorter: 2(N + 1) - N as N + 2."""
    known = simplified(formula, facts)
    if not isinstance(known, Formula):
        return known
    collected = poly(known, facts)
    if not any(isinstance(atom, Sum) for mono in collected for atom, _ in mono):
        return known
    open_ = value_of(expanded(collected, facts))
    return min((known, open_), key=lambda form: len(shown(form, PLAIN)))


_READABLE = 200  # leaves of a total that other forms are tried for


def small(p: Poly) -> bool:
    """Whether factoring is quick."""
    degree = max((sum(abs(e) for _, e in m) for m in p), default=0)
    return len(p) <= 60 and degree <= 12 and len({atom for m in p for atom, _ in m}) <= 8


def factored(p: Poly) -> Formula | None:
    """A sum as a product; None where that makes nothing clearer."""
    found = sympy_bridge.factored({_ordered(m): c for m, c in p.items()})
    if found is None:
        return None
    content, factors = found
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
    first = value_of({outside: content})
    if first == 1:
        return Product(tuple(brackets)) if len(brackets) > 1 else brackets[0]
    head = first.factors if isinstance(first, Product) else (first if isinstance(first, Formula) else Number(first),)
    return Product((*head, *brackets)) if brackets else None


def _ordered(mono: Monomial) -> Monomial:
    return tuple(sorted(mono, key=atom_key))
