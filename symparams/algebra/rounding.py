"""Rounding down a ratio of normal forms: fractions cleared, whole parts taken out, the rest in lowest terms."""

from __future__ import annotations

import math
from fractions import Fraction

from symparams import limits
from symparams.algebra.evaluation import whole
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Function, Number, Power, Quotient, Symbol, product
from symparams.algebra.normal_form import (
    UNIT,
    Coefficient,
    Monomial,
    Poly,
    as_term,
    divisor_of,
    formula_of,
    join,
    plus,
)
from symparams.algebra.order import atom_key
from symparams.errors import SymparamsError


def cleared(top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
    """top/bottom, fractions inside either multiplied away; the bottom is one product."""
    if not bottom:
        raise SymparamsError("division by zero")
    mono, coefficient = as_term(bottom)
    scale = math.lcm(coefficient.denominator, *(c.denominator for c in top.values()))
    deepest: dict[Formula, int] = {}
    for m in (mono, *top):
        for atom, exponent in m:
            deepest[atom] = min(deepest.get(atom, 0), exponent)
    missing = tuple(sorted(((atom, -e) for atom, e in deepest.items() if e < 0), key=atom_key))
    if coefficient < 0:
        scale = -scale
    return {join(m, missing): whole(c * scale) for m, c in top.items()}, {
        join(mono, missing): whole(coefficient * scale)
    }


_STEPS = 40  # of the allowance, for a ratio whose bottom has letters


def symbolic_floor(top: Poly, bottom: Poly) -> Poly:
    """⌊top/bottom⌋ with letters below: multiples of the bottom come out."""
    limits.spend(_STEPS)
    ((mono, scale),) = bottom.items()
    outside: dict[Monomial, Coefficient] = {}
    inside: dict[Monomial, Coefficient] = {}
    inverse = tuple((atom, -e) for atom, e in mono)
    for m, c in top.items():
        reduced = join(m, inverse)
        if c % scale == 0 and all(e > 0 for _, e in reduced):
            outside[reduced] = c // scale
        else:
            inside[m] = c
    if not inside:
        return outside
    atom = Function("floor", (_reduced(inside, mono, int(scale)),))
    return plus((outside, {((atom, 1),): 1}))


def _reduced(top: Poly, mono: Monomial, scale: int) -> Formula:
    """top/(scale·mono) without common numbers; 2H/2^i is H/2^(i - 1)."""
    shared = math.gcd(scale, *(int(c) for c in top.values()))
    top, scale = {m: whole(Fraction(c, shared)) for m, c in top.items()}, scale // shared
    for place, (atom, exponent) in enumerate(mono):
        if scale == 1 and exponent == 1 and isinstance(atom, Power) and isinstance(atom.base, Number):
            base, times_ = int(atom.base.value), 0
            while base > 1 and any(top) and all(c % base == 0 for c in top.values()):
                top, times_ = {m: c // base for m, c in top.items()}, times_ + 1
            if times_:
                others = [*mono[:place], *mono[place + 1 :]]
                lowered = Power(atom.base, atom.exponent - times_)
                divisor = product([lowered, *([formula_of({tuple(others): 1})] if others else [])])
                return Quotient(formula_of(top), divisor)
    return Quotient(formula_of(top), divisor_of({mono: scale}))


def remainder(mono: Monomial, facts: Facts) -> tuple[int, int]:
    """(m, r) with product % m == r; (1, 0) says nothing."""
    if len(mono) == 1 and mono[0][1] == 1 and isinstance(mono[0][0], Symbol):
        return facts.remainder.get(mono[0][0].name, (1, 0))
    modulus = 1
    for atom, exponent in mono:
        m, r = facts.remainder.get(atom.name, (1, 0)) if isinstance(atom, Symbol) else (1, 0)
        modulus *= m**exponent if r == 0 and exponent > 0 else 1
    return modulus, 0


def floor_atom(top: Poly, bottom: int) -> Poly:
    """⌊top/bottom⌋ as an atom; ⌊(n + d - 1)/d⌋ is written ⌈n/d⌉ where nothing is subtracted."""
    if bottom == 1:
        return top
    if top.get(UNIT, 0) == bottom - 1 and all(c > 0 for c in top.values()):
        rest = {m: c for m, c in top.items() if m}
        return {((Function("ceil", (Quotient(formula_of(rest), Number(bottom)),)), 1),): 1}
    return {((Function("floor", (Quotient(formula_of(top), Number(bottom)),)), 1),): 1}
