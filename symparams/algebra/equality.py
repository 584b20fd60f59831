"""Normal forms compared and rearranged: equal or not, under one floor, as a bound on a letter."""

from __future__ import annotations

import math
from fractions import Fraction

from symparams import limits
from symparams.algebra.facts import NOTHING_KNOWN, Facts
from symparams.algebra.formula import (
    Formula,
    Function,
    Number,
    Quotient,
    Sum,
    Symbol,
    Value,
    as_formula,
    parts,
    size_and_depth,
)
from symparams.algebra.normal_form import (
    UNIT,
    Coefficient,
    Monomial,
    Poly,
    as_term,
    constant,
    expanded_product,
    formula_of,
    is_constant,
    minus,
    plus,
    raised,
    times,
    value_of,
)
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.rounding import floor_atom
from symparams.algebra.simplification import floor_parts, is_floor, is_whole, lone_floor, poly, simplified
from symparams.errors import LimitError


def same(left: Value, right: Value, facts: Facts = NOTHING_KNOWN) -> bool:
    """Whether two values are equal for all values of their letters."""
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return left == right
    return left == right or not expanded(minus(poly(as_formula(left), facts), poly(as_formula(right), facts)), facts)


def collected(formula: Formula, facts: Facts = NOTHING_KNOWN) -> Value:
    """The simplified formula, the brackets of a sum opened where that is shorter: 2(N + 1) - N as N + 2.

    A product of brackets stays one: F(9C + 1).
    """
    return shortened(simplified(formula, facts), facts)


def shortened(value: Value, facts: Facts = NOTHING_KNOWN) -> Value:
    """A simplified value in the form that `collected` gives."""
    if not isinstance(value, Formula) or size_and_depth(value)[0] > _READABLE:
        return value
    if not (_nests(value) or _has_several_floors(value)):
        return value
    p = poly(value, facts)
    try:
        if len(p) == 1:
            return value_of(_with_collected_brackets(p, facts))
        open_ = expanded(p, facts)
    except LimitError:  # a form with so many terms is not the shortest
        return value
    forms = [value, value_of(open_)]
    if len(open_) > 1:
        mono, coefficient = as_term(open_)
        forms.append(value_of({mono: coefficient}))
    return min(forms, key=lambda form: len(shown(form, PLAIN)))


def _nests(formula: Formula, inside: bool = False) -> bool:
    """Whether a sum stands in a sum, floors apart."""
    if isinstance(formula, (Function, Number, Symbol)):
        return False
    if isinstance(formula, Sum):
        if inside:
            return True
        inside = True
    return any(_nests(part, inside) for part in parts(formula))


def _has_several_floors(formula: Formula) -> bool:
    """Whether terms of a sum have floors that may turn out to be alike: ⌊(d + 31)/16⌋ + ⌊(d + 15)/16⌋."""
    if not isinstance(formula, Sum):
        return False
    return sum(any(isinstance(f, Function) for f in (term, *parts(term))) for term in formula.terms) > 1


_READABLE = 200  # leaves of a formula that other forms are tried for


def _with_collected_brackets(p: Poly, facts: Facts) -> Poly:
    """A product, the brackets in it collected."""
    ((mono, coefficient),) = p.items()
    result: Poly = {UNIT: coefficient}
    for atom, exponent in mono:
        inner = collected(atom, facts) if isinstance(atom, Sum) else atom
        factor: Poly = (
            {((atom, exponent),): 1} if inner == atom else raised(poly(as_formula(inner)), constant(exponent))
        )
        result = times(result, factor)
    return result


def expanded(p: Poly, facts: Facts = NOTHING_KNOWN) -> Poly:
    """p with all brackets multiplied out and what every floor holds of its divisor made less than once."""
    return plus(_expanded_term(mono, c, facts) for mono, c in p.items())


def _expanded_term(mono: Monomial, coefficient: Coefficient, facts: Facts) -> Poly:
    term: Poly = {UNIT: coefficient}
    for atom, exponent in mono:
        inner = _opened(atom, facts)
        for _ in range(exponent if inner is not None else 0):
            term = expanded_product(term, inner or {})
        if inner is None:
            term = expanded_product(term, {((atom, exponent),): 1})
    return term


def opened(p: Poly) -> Poly:
    """A lone bracket as the sum inside it."""
    ((mono, coefficient),) = p.items() if len(p) == 1 else ((UNIT, 0),)
    return (
        poly(mono[0][0])
        if coefficient == 1 and len(mono) == 1 and mono[0][1] == 1 and isinstance(mono[0][0], Sum)
        else p
    )


def _opened(atom: Formula, facts: Facts) -> Poly | None:
    """What a bracket or floor is as a sum; None for an atom that stays."""
    if isinstance(atom, Sum):
        return expanded(poly(atom, facts), facts)
    if is_floor(atom):
        top, bottom = floor_parts(atom)
        if len(bottom) == 1:
            ((mono, divisor),) = bottom.items()
            times_, rest = divmod(top.get(mono, 0), divisor)
            low = plus(({m: c for m, c in top.items() if m != mono}, {mono: rest} if rest else {}))
            if is_constant(bottom):
                return plus((floor_atom(low, int(divisor)), constant(times_)))
            kept = Function("floor", (Quotient(formula_of(low), formula_of(bottom)),))
            return plus(({((kept, 1),): 1}, constant(times_)))
    return None


def as_one_floor(value: Value) -> Value:
    """A size with a single floor and whole terms beside it, all under the floor: ⌊H/2⌋ - k as ⌊(H - 2k)/2⌋."""
    if not isinstance(value, Sum):
        return value
    p = poly(value)
    floors = [m for m in p if any(is_floor(atom) for atom, _ in m)]
    rest = {m: c for m, c in p.items() if m not in floors}
    if len(floors) != 1 or p[floors[0]] != 1 or len(floors[0]) != 1 or floors[0][0][1] != 1:
        return value
    top, bottom = floor_parts(floors[0][0][0])
    if not is_constant(bottom) or any(c.denominator != 1 or any(e < 0 for _, e in m) for m, c in rest.items()):
        return value
    return value_of(floor_atom(plus((top, expanded_product(bottom, rest))), int(bottom[UNIT])))


def without_floor(p: Poly) -> Poly:
    """q with p >= 0 just when q >= 0, where q has one floor less for each that could go.

    For whole e, floor(a/b) + e >= 0 is a + b*e >= 0.
    """
    for _ in range(limits.NESTING):
        floor = lone_floor(p)
        rest = {m: c for m, c in p.items() if m != floor}
        if floor is None or any(c.denominator != 1 for c in rest.values()):
            return p
        top, bottom = floor_parts(floor[0][0])
        p = plus((top, expanded_product(bottom, rest)))
    return p


def reduced(p: Poly) -> Poly:
    """q with p >= 0 just when q >= 0, without a common factor: 9a - 9b - 1 as a - b - 1."""
    rest = {m: c for m, c in p.items() if m}
    if not rest or not is_whole(rest):
        return p
    shared = math.gcd(*(int(c) for c in rest.values()))
    return plus(
        ({m: int(c) // shared for m, c in rest.items()}, constant(math.floor(p.get(UNIT, 0) / Fraction(shared))))
    )


def smallest_letter(p: Poly) -> tuple[Symbol, int] | None:
    """(x, n) if p >= 0 means x >= n for a single letter x; None if it does not come down to that."""
    only = _only_letter(p)
    return (only[0], math.ceil(only[1])) if only is not None and only[2] else None


def largest_letter(p: Poly) -> tuple[Symbol, int] | None:
    """(x, n) if p >= 0 means x <= n for a single letter x; None if it does not come down to that."""
    only = _only_letter(p)
    return (only[0], math.floor(only[1])) if only is not None and not only[2] else None


def _only_letter(p: Poly) -> tuple[Symbol, Fraction, bool] | None:
    """(x, where p is zero, whether p rises with x) if p is a multiple of one letter and a number."""
    rest = [(m, c) for m, c in p.items() if m]
    if len(rest) != 1 or len(rest[0][0]) != 1 or rest[0][0][0][1] != 1:
        return None
    ((atom, _),), coefficient = rest[0]
    return (atom, -Fraction(p.get(UNIT, 0)) / coefficient, coefficient > 0) if isinstance(atom, Symbol) else None
