"""The normal form of sizes and counts: a short sum of products in which floors have collapsed.

A normal form maps products of atoms to coefficients. An atom is a symbol, a floor, a power with letters in its
exponent, a minimum, or a bracket such as (H - 2) that is better left standing. Known integers never come here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from symparams import limits
from symparams.errors import LimitError, SymparamsError
from symparams.facts import NOTHING_KNOWN, Facts
from symparams.formula import (
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
    weight,
)
from symparams.order import atom_key, product_key

Coefficient: TypeAlias = "int | Fraction"
Monomial: TypeAlias = "tuple[tuple[Formula, int], ...]"  # (atom, exponent) pairs in conventional order
Poly: TypeAlias = "Mapping[Monomial, Coefficient]"  # no zero coefficients; {} is 0

UNIT: Monomial = ()


def simplified(formula: Formula, facts: Facts = NOTHING_KNOWN) -> Value:
    """The value of a formula: an exact number if all symbols are known, else its normal form."""
    known = number(formula)
    if known is not None:
        return known
    value = value_of(poly(formula, facts))
    if isinstance(value, Formula) and weight(value)[1] > limits.DEPTH:
        raise LimitError("the formulas here are nested too deeply to be read")
    return value


def number(formula: Formula) -> int | Fraction | None:
    """The exact value of a formula without free symbols; None if there is one."""
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
    Function: lambda f, values: _FUNCTIONS[f.name](*values),
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


_FUNCTIONS: dict[str, Callable[..., int | Fraction]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "mod": _modulo,
}


def whole(value: int | Fraction) -> int | Fraction:
    """The same number, an int where it is one."""
    return value.numerator if value.denominator == 1 else value


# ---------------------------------------------------------------- formula -> normal form


def poly(formula: Formula, facts: Facts = NOTHING_KNOWN) -> Poly:
    """The normal form of a formula, brackets around sums kept."""
    limits.spend()
    match formula:
        case Number(value):
            return constant(value)
        case Symbol(name, value):
            if value is None:
                value = facts.equal.get(name)
            return {((Symbol(name), 1),): 1} if value is None else poly(value, facts)
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
        case Function(name, arguments):
            return _function(name, [poly(a, facts) for a in arguments], facts)
    raise AssertionError(formula)


def constant(value: int | Fraction) -> Poly:
    """A number as a normal form."""
    return {UNIT: whole(value)} if value else {}


def is_constant(p: Poly) -> bool:
    """Whether a normal form has no letters."""
    return not p or (len(p) == 1 and UNIT in p)


def plus(several: Iterable[Poly]) -> dict[Monomial, Coefficient]:
    """The sum of normal forms."""
    result: dict[Monomial, Coefficient] = {}
    for p in several:
        for monomial, coefficient in p.items():
            summed = whole(result.get(monomial, 0) + coefficient)
            if summed:
                result[monomial] = limits.checked(summed)
            else:
                result.pop(monomial, None)
    if len(result) > limits.TERMS:
        raise LimitError(f"a sum here has more than {limits.TERMS:,} terms, which is the limit")
    return result


def scaled(p: Poly, factor: Coefficient) -> dict[Monomial, Coefficient]:
    """factor · p."""
    return {m: limits.checked(whole(c * factor)) for m, c in p.items()} if factor else {}


def minus(p: Poly, q: Poly) -> dict[Monomial, Coefficient]:
    """p - q."""
    return plus((p, scaled(q, -1)))


def times(p: Poly, q: Poly) -> Poly:
    """p · q; a number is multiplied into a bracket, a letter is not."""
    if is_constant(p):
        return scaled(q, p.get(UNIT, 0))
    if is_constant(q):
        return scaled(p, q.get(UNIT, 0))
    (mono_p, coefficient_p), (mono_q, coefficient_q) = _as_term(p), _as_term(q)
    return {join(mono_p, mono_q): limits.checked(whole(coefficient_p * coefficient_q))}


def _as_term(p: Poly) -> tuple[Monomial, Coefficient]:
    """p as one product: a sum becomes a bracket with its common number taken out."""
    if len(p) == 1:
        return next(iter(p.items()))
    content = common_number(p)
    return ((formula_of(scaled(p, 1 / Fraction(content))), 1),), content


def common_number(p: Poly) -> Coefficient:
    """The number that can be taken out of all coefficients; it carries the sign of the leading term."""
    top = math.gcd(*(c.numerator for c in p.values()))
    bottom = math.lcm(*(c.denominator for c in p.values()))
    return whole(Fraction(top if max(p.values()) > 0 else -top, bottom))


def join(left: Monomial, right: Monomial) -> Monomial:
    """The product of two products."""
    if not left or not right:
        return left or right
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return tuple(sorted(((a, e) for a, e in exponents.items() if e), key=atom_key))


def quotient(top: Poly, bottom: Poly) -> Poly:
    """top / bottom; a sum that does not divide stays a bracket."""
    if not bottom:
        raise SymparamsError("division by zero")
    if is_constant(bottom):
        return scaled(top, 1 / Fraction(bottom[UNIT]))
    mono, coefficient = _as_term(bottom)
    inverse = tuple((atom, -exponent) for atom, exponent in mono)
    each = {join(m, inverse): whole(Fraction(c) / coefficient) for m, c in top.items()}
    if len(each) <= 1 or all(exponent > 0 for m in each for _, exponent in m):
        return each
    mono_top, coefficient_top = _as_term(top)
    return {join(mono_top, inverse): whole(Fraction(coefficient_top) / coefficient)}


def raised(base: Poly, exponent: Poly) -> Poly:
    """base to the power of exponent."""
    if is_constant(exponent):
        times_ = exponent.get(UNIT, 0)
        if not isinstance(times_, int) or abs(times_) > limits.DIGITS:
            raise SymparamsError(f"an exponent must be a whole number of at most {limits.DIGITS:,}")
        if is_constant(base):
            return constant(limits.power(base.get(UNIT, 0), times_))
        mono, coefficient = _as_term(base)
        powered = tuple((atom, e * times_) for atom, e in mono) if times_ else UNIT
        return {powered: limits.power(coefficient, times_)}
    rest = {m: c for m, c in exponent.items() if m}
    fixed = constant(exponent.get(UNIT, 0))
    atom = Power(formula_of(base), formula_of(rest))
    return times(raised(base, fixed), {((atom, 1),): 1})


def _function(name: str, arguments: list[Poly], facts: Facts) -> Poly:
    if all(map(is_constant, arguments)):
        return constant(_FUNCTIONS[name](*(a.get(UNIT, 0) for a in arguments)))
    if name == "mod":
        return _modulo_poly(arguments[0], arguments[1], facts)
    return _extreme(name, arguments, facts)


def _modulo_poly(top: Poly, bottom: Poly, facts: Facts) -> Poly:
    if not bottom:
        raise SymparamsError("division by zero")
    floor_part = floored(*_cleared(top, bottom), facts)
    rest = minus(top, times(floor_part, bottom))
    if is_constant(rest):
        return rest
    return {((Function("mod", (formula_of(top), formula_of(bottom))), 1),): 1}


def _extreme(name: str, arguments: list[Poly], facts: Facts) -> Poly:
    """min or max, without the arguments that can never be it."""
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
        return _cleared(poly(formula.top, facts), poly(formula.bottom, facts))
    return _cleared(poly(formula, facts), {UNIT: 1})


def _cleared(top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
    """top/bottom, fractions inside either multiplied away; the bottom is one product."""
    if not bottom:
        raise SymparamsError("division by zero")
    mono, coefficient = _as_term(bottom)
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


def _rounded(name: str, top: Poly, bottom: Poly, facts: Facts) -> Poly:
    """⌊top/bottom⌋ or ⌈top/bottom⌉ = ⌊(top + bottom - 1)/bottom⌋."""
    return floored(top if name == "floor" else plus((top, bottom, constant(-1))), bottom, facts)


def floored(top: Poly, bottom: Poly, facts: Facts) -> Poly:
    """⌊top/bottom⌋ as one floor: inner floors collapse, whole parts come out, known remainders remove it."""
    for _ in range(limits.NESTING):  # each pass removes one inner floor
        inner = [m for m, c in top.items() if c == 1 and len(m) == 1 and m[0][1] == 1 and _is_floor(m[0][0])]
        if len(inner) != 1:
            break
        inside = _floor_parts(inner[0][0][0])
        rest = {m: c for m, c in top.items() if m != inner[0]}
        top = plus((inside[0], _expanded_product(inside[1], rest)))
        bottom = _expanded_product(inside[1], bottom)
    if not is_constant(bottom):
        return _symbolic_floor(top, bottom)
    return _integer_floor(top, int(bottom[UNIT]), facts)


def _expanded_product(p: Poly, q: Poly) -> Poly:
    limits.spend(len(p) * len(q))
    return plus({join(m, n): whole(c * d)} for m, c in p.items() for n, d in q.items())


def _is_floor(atom: Formula) -> bool:
    return isinstance(atom, Function) and atom.name in ("floor", "ceil")


def _floor_parts(atom: Formula) -> tuple[Poly, Poly]:
    """top and bottom of a floor atom; ⌈a/b⌉ is ⌊(a + b - 1)/b⌋."""
    assert isinstance(atom, Function)
    top, bottom = _ratio(atom.arguments[0], NOTHING_KNOWN)
    return (top, bottom) if atom.name == "floor" else (plus((top, bottom, constant(-1))), bottom)


def _symbolic_floor(top: Poly, bottom: Poly) -> Poly:
    """⌊top/bottom⌋ with letters below: multiples of the bottom come out."""
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
    atom = Function("floor", (Quotient(formula_of(inside), formula_of(bottom)),))
    return plus((outside, {((atom, 1),): 1}))


def _integer_floor(top: Poly, bottom: int, facts: Facts) -> Poly:
    outside: dict[Monomial, Coefficient] = {}
    inside: dict[Monomial, Coefficient] = {}
    offset: Coefficient = top.get(UNIT, 0)
    for m, c in top.items():
        if not m:
            continue
        modulus, remainder = _remainder(m, facts)
        if c * modulus % bottom == 0:  # c·x = c·(x - r) + c·r, and c·(x - r) is a multiple of bottom
            outside[m] = divided(c, bottom)
            outside[UNIT] = outside.get(UNIT, 0) - Fraction(c * remainder, bottom)
            offset += c * remainder
        else:
            inside[m] = c
    if not inside:
        return plus((outside, constant(offset // bottom)))
    shared = math.gcd(bottom, *(int(c) for c in inside.values()))
    inside = {m: c // shared for m, c in inside.items()}
    inside_top = plus((inside, constant(offset // shared)))
    return absorbed(plus((outside, floor_atom(inside_top, bottom // shared))))


def _remainder(mono: Monomial, facts: Facts) -> tuple[int, int]:
    """(m, r) with product % m == r; (1, 0) says nothing."""
    if len(mono) == 1 and mono[0][1] == 1 and isinstance(mono[0][0], Symbol):
        return facts.remainder.get(mono[0][0].name, (1, 0))
    modulus = 1
    for atom, exponent in mono:
        m, r = facts.remainder.get(atom.name, (1, 0)) if isinstance(atom, Symbol) else (1, 0)
        modulus *= m**exponent if r == 0 and exponent > 0 else 1
    return modulus, 0


def floor_atom(top: Poly, bottom: int) -> Poly:
    """⌊top/bottom⌋ as an atom; ⌊(n + d - 1)/d⌋ is written ⌈n/d⌉."""
    if bottom == 1:
        return top
    if top.get(UNIT, 0) == bottom - 1:
        rest = {m: c for m, c in top.items() if m}
        return {((Function("ceil", (Quotient(formula_of(rest), Number(bottom)),)), 1),): 1}
    return {((Function("floor", (Quotient(formula_of(top), Number(bottom)),)), 1),): 1}


def absorbed(p: Poly) -> Poly:
    """⌊a/b⌋ + e as ⌊(a + b·e)/b⌋, for numbers b and e."""
    if len(p) != 2 or not isinstance(p.get(UNIT), int):
        return p
    mono, coefficient = next((m, c) for m, c in p.items() if m)
    if coefficient != 1 or len(mono) != 1 or mono[0][1] != 1 or not _is_floor(mono[0][0]):
        return p
    top, bottom = _floor_parts(mono[0][0])
    if not is_constant(bottom):
        return p
    return floor_atom(plus((top, scaled(bottom, p[UNIT]))), int(bottom[UNIT]))


def as_one_floor(value: Value) -> Value:
    """A size with a single floor and whole terms beside it, all under the floor: ⌊H/2⌋ - k as ⌊(H - 2k)/2⌋."""
    if not isinstance(value, Sum):
        return value
    p = poly(value)
    floors = [m for m in p if any(_is_floor(atom) for atom, _ in m)]
    rest = {m: c for m, c in p.items() if m not in floors}
    if len(floors) != 1 or p[floors[0]] != 1 or len(floors[0]) != 1 or floors[0][0][1] != 1:
        return value
    top, bottom = _floor_parts(floors[0][0][0])
    if not is_constant(bottom) or any(c.denominator != 1 or any(e < 0 for _, e in m) for m, c in rest.items()):
        return value
    return value_of(floor_atom(plus((top, _expanded_product(bottom, rest))), int(bottom[UNIT])))


# ---------------------------------------------------------------- bounds and equality


def bounds(p: Poly, facts: Facts) -> tuple[Fraction | None, Fraction | None]:
    """The smallest and largest value that p can have; None where there is no bound."""
    limits.spend(len(p))
    lowest: Fraction | None = Fraction(0)
    highest: Fraction | None = Fraction(0)
    for mono, c in p.items():
        low, high = Fraction(1), Fraction(1)  # of the product; None would be unbounded
        unbounded = False
        for atom, exponent in mono:
            atom_low, atom_high = _atom_bounds(atom, facts)
            if atom_low is None or atom_low < 0 or exponent < 0:
                return None, None
            low *= atom_low**exponent
            unbounded = unbounded or atom_high is None
            high *= (atom_high or 0) ** exponent
        ends = (low * c, None if unbounded else high * c)
        down, up = ends if c > 0 else (ends[1], ends[0])
        lowest = None if lowest is None or down is None else lowest + down
        highest = None if highest is None or up is None else highest + up
    return lowest, highest


def _atom_bounds(atom: Formula, facts: Facts) -> tuple[Fraction | None, Fraction | None]:
    if isinstance(atom, Symbol):
        high = facts.upper.get(atom.name)
        return Fraction(facts.lower.get(atom.name, 1)), None if high is None else Fraction(high)
    if isinstance(atom, Function) and atom.name in ("floor", "ceil"):
        ends = bounds(poly(atom.arguments[0], facts), facts)
        low, high_ = (None if e is None else Fraction(_FUNCTIONS[atom.name](e)) for e in ends)
        return low, high_
    if isinstance(atom, Power):
        return Fraction(1), None
    return bounds(poly(atom, facts), facts) if isinstance(atom, Sum) else (None, None)


def at_least_zero(p: Poly, facts: Facts) -> bool:
    """Whether p >= 0 is certain, by the bounds of its letters or by a fact."""
    lowest = bounds(p, facts)[0]
    if lowest is not None:
        return lowest >= 0
    for fact in facts.at_least_zero:
        lowest = bounds(minus(p, poly(fact)), facts)[0]
        if lowest is not None and lowest >= 0:
            return True
    return False


def below_zero(p: Poly, facts: Facts) -> bool:
    """Whether p < 0 is certain."""
    highest = bounds(p, facts)[1]
    return highest is not None and highest < 0


def without_floor(p: Poly) -> Poly:
    """q with p >= 0 just when q >= 0, where q has one floor less for each that could go.

    For whole e, floor(a/b) + e >= 0 is a + b*e >= 0.
    """
    for _ in range(limits.NESTING):
        floors = [m for m, c in p.items() if c == 1 and len(m) == 1 and m[0][1] == 1 and _is_floor(m[0][0])]
        rest = {m: c for m, c in p.items() if not floors or m != floors[0]}
        if len(floors) != 1 or any(c.denominator != 1 for c in rest.values()):
            return p
        top, bottom = _floor_parts(floors[0][0][0])
        p = plus((top, _expanded_product(bottom, rest)))
    return p


def smallest_letter(p: Poly) -> tuple[Symbol, int] | None:
    """(x, n) if p >= 0 means x >= n for a single letter x; None if it does not come down to that."""
    rest = [(m, c) for m, c in p.items() if m]
    if len(rest) != 1 or rest[0][1] < 0 or len(rest[0][0]) != 1 or rest[0][0][0][1] != 1:
        return None
    ((atom, _),), coefficient = rest[0]
    return (atom, math.ceil(-Fraction(p.get(UNIT, 0)) / coefficient)) if isinstance(atom, Symbol) else None


def largest_letter(p: Poly) -> tuple[Symbol, int] | None:
    """(x, n) if p >= 0 means x <= n for a single letter x; None if it does not come down to that."""
    rest = [(m, c) for m, c in p.items() if m]
    if len(rest) != 1 or rest[0][1] > 0 or len(rest[0][0]) != 1 or rest[0][0][0][1] != 1:
        return None
    ((atom, _),), coefficient = rest[0]
    return (atom, math.floor(Fraction(p.get(UNIT, 0)) / -coefficient)) if isinstance(atom, Symbol) else None


def same(left: Value, right: Value, facts: Facts = NOTHING_KNOWN) -> bool:
    """Whether two values are equal for all values of their letters."""
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return left == right
    return left == right or not expanded(minus(poly(as_formula(left), facts), poly(as_formula(right), facts)), facts)


def expanded(p: Poly, facts: Facts = NOTHING_KNOWN) -> Poly:
    """p with all brackets multiplied out and every floor's constant made smaller than its divisor."""
    result: Poly = {}
    for mono, c in p.items():
        term: Poly = {UNIT: c}
        for atom, exponent in mono:
            inner = _opened(atom, facts)
            for _ in range(exponent if inner is not None else 0):
                term = _expanded_product(term, inner or {})
            if inner is None:
                term = _expanded_product(term, {((atom, exponent),): 1})
        result = plus((result, term))
    return result


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
    if _is_floor(atom):
        top, bottom = _floor_parts(atom)
        if is_constant(bottom):
            low = plus((top, constant(top.get(UNIT, 0) % bottom[UNIT] - top.get(UNIT, 0))))
            kept = Function("floor", (Quotient(formula_of(low), formula_of(bottom)),))
            return plus(({((kept, 1),): 1}, constant(top.get(UNIT, 0) // bottom[UNIT])))
    return None


# ---------------------------------------------------------------- normal form -> formula


def value_of(p: Poly) -> Value:
    """A normal form as a value: a number if it is one."""
    return whole(p.get(UNIT, 0)) if is_constant(p) else formula_of(p)


def formula_of(p: Poly) -> Formula:
    """The normal form as a formula, in the field's conventional order, no minus in front if it can be helped."""
    order = sorted(p, key=lambda m: product_key(m, p[m] < 0))
    if len(order) > 1 and p[order[0]] < 0 and p.get(UNIT, 0) > 0:
        order = [UNIT, *order[:-1]]
    terms = tuple(_term(m, p[m]) for m in order)
    return Sum(terms) if len(terms) > 1 else terms[0] if terms else Number(0)


def _term(mono: Monomial, coefficient: int | Fraction) -> Formula:
    above = [_power(atom, e) for atom, e in mono if e > 0]
    below = [_power(atom, -e) for atom, e in mono if e < 0]
    size = Fraction(coefficient if coefficient > 0 else -coefficient)
    if size.numerator != 1 or not above:
        above.insert(0, Number(size.numerator))
    if size.denominator != 1:
        below.insert(0, Number(size.denominator))
    top = above[0] if len(above) == 1 else Product(tuple(above))
    if below:
        top = Quotient(top, below[0] if len(below) == 1 else Product(tuple(below)))
    return top if coefficient > 0 else Negative(top)


def _power(atom: Formula, exponent: int) -> Formula:
    return atom if exponent == 1 else Power(atom, Number(exponent))
