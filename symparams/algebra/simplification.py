"""Formula -> normal form, with all floors collapsed that can be, and what is certain about its value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from symparams import limits
from symparams.algebra.evaluation import FUNCTIONS, Exact, divided, number
from symparams.algebra.facts import NOTHING_KNOWN, Facts
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
    size_and_depth,
)
from symparams.algebra.normal_form import (
    UNIT,
    Coefficient,
    Monomial,
    Poly,
    constant,
    divisor_of,
    expanded_product,
    formula_of,
    is_constant,
    minus,
    plus,
    quotient,
    raised,
    scaled,
    times,
    value_of,
)
from symparams.algebra.rounding import cleared, floor_atom, remainder, symbolic_floor
from symparams.algebra.substitution import replaced
from symparams.errors import LimitError, SymparamsError


def simplified(formula: Formula, facts: Facts = NOTHING_KNOWN) -> Value:
    """The value of a formula: an exact number if all symbols are known, else its normal form."""
    known = number(formula)
    if known is not None:
        return known
    value = value_of(poly(formula, facts))
    if isinstance(value, Formula) and size_and_depth(value)[1] > limits.DEPTH:
        raise LimitError("the formulas here are nested too deeply to be read")
    return value


def poly(formula: Formula, facts: Facts = NOTHING_KNOWN) -> Poly:
    """The normal form of a formula, brackets around sums kept."""
    if isinstance(formula, _PARTS_KEPT):
        return _kept_poly(formula, facts)
    return _poly(formula, facts)


def _poly(formula: Formula, facts: Facts) -> Poly:
    limits.spend()
    match formula:
        case Number(value):
            return constant(value)
        case Symbol(name, value):
            if value is None:
                value = facts.equal.get(name)
            return {((Symbol(name), 1),): 1} if value is None else _poly_of_value(value, facts)
        case Sum(terms):
            return absorbed(plus(poly(t, facts) for t in terms))
        case Negative(term):
            return scaled(poly(term, facts), -1)
        case Product(factors):
            result: Poly = {UNIT: 1}
            for factor in factors:
                result = times(result, poly(factor, facts))
            return result
        case Quotient(top, bottom):
            return quotient(poly(top, facts), poly(bottom, facts))
        case Power(base, exponent):
            return raised(poly(base, facts), poly(exponent, facts))
        case Function("floor" | "ceil" as name, (argument,)):
            return _rounded(name, *_ratio(argument, facts), facts)
        case Function("sum", (term, Symbol() as letter, first, last)):
            return _series(term, letter, simplified(first, facts), simplified(last, facts), facts)
        case Function(name, arguments):
            return _function(name, [poly(a, facts) for a in arguments], facts)
    raise AssertionError(formula)


def _poly_of_value(value: Formula, facts: Facts) -> Poly:
    """The normal form of what a symbol stands for: a size that arrives stands in many rules."""
    if isinstance(value, Number):
        return constant(value.value)
    return poly(value, facts)


_kept_poly = lru_cache(8192)(_poly)  # equal parts stand in many formulas
_PARTS_KEPT = (Sum, Product, Quotient, Power, Function)


def _function(name: str, arguments: list[Poly], facts: Facts) -> Poly:
    if all(map(is_constant, arguments)):
        return constant(FUNCTIONS[name](*(a.get(UNIT, 0) for a in arguments)))
    if name == "mod":
        return _modulo_poly(arguments[0], arguments[1], facts)
    return _extreme(name, arguments, facts)


def _series(term: Formula, letter: Symbol, first: Value, last: Value, facts: Facts) -> Poly:
    """A written-out sum: added up if its ends are known."""
    if isinstance(first, int) and isinstance(last, int):
        return plus(poly(replaced(term, letter.name, as_formula(i)), facts) for i in range(first, last + 1))
    inside = formula_of(poly(term, facts))
    return {((Function("sum", (inside, letter, as_formula(first), as_formula(last))), 1),): 1}


def _modulo_poly(top: Poly, bottom: Poly, facts: Facts) -> Poly:
    if not bottom:
        raise SymparamsError("division by zero")
    floor_part = floored(*cleared(top, bottom), facts)
    rest = minus(top, times(floor_part, bottom))
    if is_constant(rest):
        return rest
    return {((Function("mod", (formula_of(top), formula_of(bottom))), 1),): 1}


def _extreme(name: str, arguments: list[Poly], facts: Facts) -> Poly:
    """min or max, without the arguments that can never be it."""
    limits.spend(10)  # the bounds of what stands inside are worked out for each comparison
    sign = 1 if name == "max" else -1
    kept: list[Poly] = []
    for p in arguments:
        if any(at_least_zero(scaled(minus(q, p), sign), facts) for q in kept):
            continue
        kept = [q for q in kept if not at_least_zero(scaled(minus(p, q), sign), facts)] + [p]
    if len(kept) == 1:
        return kept[0]
    ordered = tuple(sorted((formula_of(p) for p in kept), key=repr))
    return {((Function(name, ordered), 1),): 1}


# ---------------------------------------------------------------- floors


def _ratio(formula: Formula, facts: Facts) -> tuple[Poly, Poly]:
    """A formula as top/bottom with whole coefficients and no negative exponents."""
    if isinstance(formula, Quotient):
        return cleared(poly(formula.top, facts), poly(formula.bottom, facts))
    return cleared(poly(formula, facts), {UNIT: 1})


def _rounded(name: str, top: Poly, bottom: Poly, facts: Facts) -> Poly:
    """⌊top/bottom⌋ or ⌈top/bottom⌉ = ⌊(top + bottom - 1)/bottom⌋; that takes whole numbers above and below."""
    if not (is_whole(top) and is_whole(bottom)):
        ratio = formula_of(top) if bottom == {UNIT: 1} else Quotient(formula_of(top), divisor_of(bottom))
        return {((Function(name, (ratio,)), 1),): 1}
    return floored(top if name == "floor" else plus((top, bottom, constant(-1))), bottom, facts)


def is_whole(p: Poly) -> bool:
    """Whether p is a whole number whatever its letters are."""
    return all(c.denominator == 1 and all(e > 0 and _is_whole_atom(atom) for atom, e in m) for m, c in p.items())


@lru_cache(4096)
def _is_whole_atom(atom: Formula) -> bool:
    match atom:
        case Symbol() | Function("floor" | "ceil"):
            return True
        case Power(base, exponent):
            return is_whole(poly(base)) and is_whole(poly(exponent)) and all(c > 0 for c in poly(exponent).values())
        case Function(_, arguments):
            return all(is_whole(poly(a)) for a in arguments)
        case Sum():
            return is_whole(poly(atom))
    return False


def floored(top: Poly, bottom: Poly, facts: Facts) -> Poly:
    """⌊top/bottom⌋ as one floor: inner floors collapse, whole parts come out, known remainders remove it."""
    for _ in range(limits.NESTING):  # each pass removes one inner floor
        inner = lone_floor(top)
        if inner is None:
            break
        inside = floor_parts(inner[0][0])
        rest = {m: c for m, c in top.items() if m != inner}
        top = plus((inside[0], expanded_product(inside[1], rest)))
        bottom = expanded_product(inside[1], bottom)
    if not is_constant(bottom):
        return symbolic_floor(top, bottom)
    return _integer_floor(top, int(bottom[UNIT]), facts)


@lru_cache(4096)
def is_floor(atom: Formula) -> bool:
    """Whether an atom is ⌊…⌋ or ⌈…⌉ of a ratio of whole numbers."""
    if not isinstance(atom, Function) or atom.name not in ("floor", "ceil"):
        return False
    return all(map(is_whole, _ratio(atom.arguments[0], NOTHING_KNOWN)))


def lone_floor(p: Poly) -> Monomial | None:
    """The term that is just a floor, if there is exactly one."""
    floors = [m for m, c in p.items() if c == 1 and len(m) == 1 and m[0][1] == 1 and is_floor(m[0][0])]
    return floors[0] if len(floors) == 1 else None


@lru_cache(4096)
def floor_parts(atom: Formula) -> tuple[Poly, Poly]:
    """top and bottom of a floor atom; ⌈a/b⌉ is ⌊(a + b - 1)/b⌋."""
    assert isinstance(atom, Function)
    top, bottom = _ratio(atom.arguments[0], NOTHING_KNOWN)
    return (top, bottom) if atom.name == "floor" else (plus((top, bottom, constant(-1))), bottom)


def _integer_floor(top: Poly, bottom: int, facts: Facts) -> Poly:
    outside: dict[Monomial, Coefficient] = {}
    inside: dict[Monomial, Coefficient] = {}
    offset: Coefficient = top.get(UNIT, 0)
    for m, c in top.items():
        if not m:
            continue
        modulus, rest = remainder(m, facts)
        if c * modulus % bottom == 0:  # c·x = c·(x - r) + c·r, and c·(x - r) is a multiple of bottom
            outside[m] = divided(c, bottom)
            outside[UNIT] = outside.get(UNIT, 0) - Fraction(c * rest, bottom)
            offset += c * rest
        else:
            inside[m] = c
    if not inside:
        return plus((outside, constant(offset // bottom)))
    shared = math.gcd(bottom, *(int(c) for c in inside.values()))
    inside = {m: c // shared for m, c in inside.items()}
    inside_top = plus((inside, constant(offset // shared)))
    return absorbed(plus((outside, floor_atom(inside_top, bottom // shared))))


def absorbed(p: Poly) -> Poly:
    """⌊a/b⌋ + e as ⌊(a + b·e)/b⌋, for numbers b and e."""
    if len(p) != 2 or not isinstance(p.get(UNIT), int):
        return p
    mono, coefficient = next((m, c) for m, c in p.items() if m)
    if coefficient != 1 or len(mono) != 1 or mono[0][1] != 1 or not is_floor(mono[0][0]):
        return p
    top, bottom = floor_parts(mono[0][0])
    if not is_constant(bottom):
        return p
    return floor_atom(plus((top, scaled(bottom, p[UNIT]))), int(bottom[UNIT]))


# ---------------------------------------------------------------- bounds


_LEAST_POWER = 20  # a power is bounded below by at most this power of its base

Bounds: TypeAlias = "tuple[Exact | None, Exact | None]"  # smallest and largest; None where there is no bound


def bounds(p: Poly, facts: Facts) -> Bounds:
    """The smallest and largest value that p can have."""
    limits.spend(len(p))
    lowest: Exact | None = 0
    highest: Exact | None = 0
    for mono, c in p.items():
        low, high = _product_bounds(mono, facts)
        if low is None:
            return None, None
        ends = (low * c, None if high is None else high * c)
        down, up = ends if c > 0 else (ends[1], ends[0])
        lowest = None if lowest is None or down is None else lowest + down
        highest = None if highest is None or up is None else highest + up
    return lowest, highest


def _product_bounds(mono: Monomial, facts: Facts) -> Bounds:
    """The range of a product of atoms that are not negative; (None, None) if one may be."""
    low: Exact = 1
    high: Exact = 1
    unbounded = False
    for atom, exponent in mono:
        smallest, largest = _atom_bounds(atom, facts)
        if smallest is None or smallest < 0 or (exponent < 0 and smallest == 0):
            return None, None
        if exponent < 0:
            smallest, largest = (0 if largest is None else 1 / Fraction(largest)), 1 / Fraction(smallest)
        power = abs(exponent)
        low *= smallest if power == 1 else smallest**power
        if largest is None:
            unbounded = True
        else:
            high *= largest if power == 1 else largest**power
    return low, None if unbounded else high


@lru_cache(8192)
def _atom_bounds(atom: Formula, facts: Facts) -> Bounds:
    match atom:
        case Symbol(name):
            return facts.lower.get(name, 1), facts.upper.get(name)
        case Function("floor" | "ceil" as name, (argument,)):
            low, high = bounds(poly(argument, facts), facts)
            ends = [None if end is None else FUNCTIONS[name](end) for end in (low, high)]
            return ends[0], ends[1]
        case Function("mod", (_, bottom)):
            low, high = bounds(poly(bottom, facts), facts)
            return (0, high) if low is not None and low > 0 else (None, None)
        case Function("min" | "max" as name, arguments):
            lows, highs = zip(*(bounds(poly(a, facts), facts) for a in arguments), strict=True)
            return _extreme_of(name, lows, low=True), _extreme_of(name, highs, low=False)
        case Power(base, exponent):
            base_low, exponent_low = bounds(poly(base, facts), facts)[0], bounds(poly(exponent, facts), facts)[0]
            if base_low is None or base_low < 1 or exponent_low is None or exponent_low < 0:
                return None, None
            return base_low ** min(math.floor(exponent_low), _LEAST_POWER), None
        case Sum():
            return bounds(poly(atom, facts), facts)
    return None, None


def _extreme_of(name: str, ends: Sequence[Exact | None], low: bool) -> Exact | None:
    """The bound of a minimum or maximum from the bounds of its arguments."""
    known = [end for end in ends if end is not None]
    enough = len(known) == len(ends) or (known and (name == "max") == low)
    return (max if name == "max" else min)(known) if enough and known else None


def at_least_zero(p: Poly, facts: Facts) -> bool:
    """Whether p >= 0 is certain, by the bounds of its letters or by a fact."""
    lowest = bounds(p, facts)[0]
    if lowest is not None and lowest >= 0:
        return True
    beyond = (bounds(minus(p, poly(fact)), facts)[0] for fact in facts.at_least_zero)
    return any(rest is not None and rest >= 0 for rest in beyond)


def below_zero(p: Poly, facts: Facts) -> bool:
    """Whether p < 0 is certain."""
    highest = bounds(p, facts)[1]
    return highest is not None and highest < 0
