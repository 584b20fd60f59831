"""The normal form of sizes and counts: a short sum of products.

It maps products of atoms to coefficients. An atom is a symbol, a floor, a power with letters in its exponent, a
minimum, or a bracket such as (H - 2) that is better left standing. Known integers never come here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from symparams import limits
from symparams.algebra.evaluation import whole
from symparams.algebra.formula import (
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Value,
    add,
    product,
)
from symparams.algebra.order import atom_key, product_key
from symparams.errors import LimitError, SymparamsError

Coefficient: TypeAlias = "int | Fraction"
Monomial: TypeAlias = "tuple[tuple[Formula, int], ...]"  # (atom, exponent) pairs in conventional order
Poly: TypeAlias = "Mapping[Monomial, Coefficient]"  # no zero coefficients; {} is 0

UNIT: Monomial = ()

_ADDED_AT_ONCE = 24  # terms that are added up in one step of the allowance


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
            before = result.get(monomial)
            summed = whole(coefficient if before is None else before + coefficient)
            if summed:
                result[monomial] = limits.checked(summed)
            elif before is not None:
                del result[monomial]
    if len(result) > _ADDED_AT_ONCE:
        limits.spend(len(result) // 4)
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
    (mono_p, coefficient_p), (mono_q, coefficient_q) = as_term(p), as_term(q)
    return {join(mono_p, mono_q): limits.checked(whole(coefficient_p * coefficient_q))}


def as_term(p: Poly) -> tuple[Monomial, Coefficient]:
    """p as one product: a sum becomes a bracket with its common number and its common letters taken out."""
    if len(p) == 1:
        return next(iter(p.items()))
    content = common_number(p)
    inside = p if content == 1 else scaled(p, 1 / Fraction(content))
    shared = _common_letters(p)
    if not shared:
        return ((formula_of(inside), 1),), content
    inverse = tuple((atom, -e) for atom, e in shared)
    return join(shared, ((formula_of({join(m, inverse): c for m, c in inside.items()}), 1),)), content


def _common_letters(p: Poly) -> Monomial:
    """The letters that stand in every term."""
    first, *others = p
    common = {atom: e for atom, e in first if isinstance(atom, Symbol)}
    for mono in others:
        if not common:
            break
        exponents = dict(mono)
        common = {atom: min(e, exponents[atom]) for atom, e in common.items() if exponents.get(atom, 0) > 0}
    return tuple((atom, e) for atom, e in common.items() if e > 0)


def common_number(p: Poly) -> Coefficient:
    """The number that can be taken out of all coefficients; it carries the sign of the leading term."""
    top = math.gcd(*(c.numerator for c in p.values()))
    bottom = math.lcm(*(c.denominator for c in p.values()))
    return whole(Fraction(top if max(p.values()) > 0 else -top, bottom))


_SORTED_AT_ONCE = 8  # factors that are put in order in one step of the allowance


def join(left: Monomial, right: Monomial) -> Monomial:
    """The product of two products."""
    if not left or not right:
        return left or right
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    if len(exponents) > _SORTED_AT_ONCE:
        limits.spend(len(exponents) // _SORTED_AT_ONCE)
    return tuple(sorted(((a, e) for a, e in exponents.items() if e), key=atom_key))


def quotient(top: Poly, bottom: Poly) -> Poly:
    """top / bottom; a sum that does not divide stays a bracket."""
    if not bottom:
        raise SymparamsError("division by zero")
    if is_constant(bottom):
        return scaled(top, 1 / Fraction(bottom[UNIT]))
    mono, coefficient = as_term(bottom)
    inverse = tuple((atom, -exponent) for atom, exponent in mono)
    each = {join(m, inverse): whole(Fraction(c) / coefficient) for m, c in top.items()}
    if len(each) <= 1 or all(exponent > 0 for m in each for _, exponent in m):
        return each
    mono_top, coefficient_top = as_term(top)
    return {join(mono_top, inverse): whole(Fraction(coefficient_top) / coefficient)}


def raised(base: Poly, exponent: Poly) -> Poly:
    """base to the power of exponent."""
    if is_constant(exponent):
        times_ = exponent.get(UNIT, 0)
        if not isinstance(times_, int) or abs(times_) > limits.DIGITS:
            raise SymparamsError(f"an exponent must be a whole number of at most {limits.DIGITS:,}")
        if is_constant(base):
            return constant(limits.power(base.get(UNIT, 0), times_))
        mono, coefficient = as_term(base)
        powered = tuple((atom, e * times_) for atom, e in mono) if times_ else UNIT
        return {powered: limits.power(coefficient, times_)}
    rest = {m: c for m, c in exponent.items() if m}
    fixed = raised(base, constant(exponent.get(UNIT, 0)))
    number = base.get(UNIT, 0) if is_constant(base) else 0
    if isinstance(number, Fraction) and number > 0:
        return quotient(raised(constant(number.numerator), exponent), raised(constant(number.denominator), exponent))
    if number == 1:
        return constant(1)
    if isinstance(number, int) and 1 < number <= _FACTORED and all(isinstance(c, int) for c in rest.values()):
        return times(fixed, {_power_of_primes(number, rest): 1})
    atom = Power(formula_of(base), formula_of(rest))
    return times(fixed, {((atom, 1),): 1})


_FACTORED = 1_000_000  # numbers up to this are taken apart where they are raised to a letter


def _power_of_primes(number: int, exponent: Poly) -> Monomial:
    """12^(2i + j) as 2^i to the 4th, 3^i to the 2nd, 2^j to the 2nd and 3^j: equal powers have one form."""
    factors: Monomial = UNIT
    for prime, multiplicity in _primes(number).items():
        for mono, coefficient in exponent.items():
            atom = Power(Number(prime), formula_of({mono: 1}))
            factors = join(factors, ((atom, multiplicity * int(coefficient)),))
    return factors


def _primes(number: int) -> dict[int, int]:
    exponents: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            exponents[divisor] = exponents.get(divisor, 0) + 1
            number //= divisor
        divisor += 1
    if number > 1:
        exponents[number] = exponents.get(number, 0) + 1
    return exponents


def expanded_product(p: Poly, q: Poly) -> Poly:
    """p · q, multiplied out term by term."""
    limits.spend(len(p) * len(q))
    return plus({join(m, n): whole(c * d)} for m, c in p.items() for n, d in q.items())


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
    above = _powers((atom, e) for atom, e in mono if e > 0)
    below = _powers((atom, -e) for atom, e in mono if e < 0)
    size, above = _into_power(Fraction(coefficient if coefficient > 0 else -coefficient), above)
    if size.numerator != 1 or not above:
        above.insert(0, Number(size.numerator))
    if size.denominator != 1:
        below = _with_number(size.denominator, below)
    top = above[0] if len(above) == 1 else Product(tuple(above))
    if below:
        top = Quotient(top, below[0] if len(below) == 1 else Product(tuple(below)))
    return top if coefficient > 0 else Negative(top)


def _into_power(size: Fraction, above: list[Formula]) -> tuple[Fraction, list[Formula]]:
    """A number beside a power of it as part of the exponent: 4·2^n is 2^(n + 2), 3·2^i/4 is 3·2^(i - 2)."""
    for place, factor in enumerate(above):
        if isinstance(factor, Power) and isinstance(factor.base, Number):
            rest, more = _taken_out(size, int(factor.base.value))
            if more < 0 or (more and rest == 1):
                raised_by = add(factor.exponent, Number(more) if more > 0 else Negative(Number(-more)))
                return rest, [*above[:place], Power(factor.base, raised_by), *above[place + 1 :]]
    return size, above


def _taken_out(size: Fraction, base: int) -> tuple[Fraction, int]:
    """(rest, n) with size = rest·base^n."""
    exponent = 0
    while base > 1 and size.numerator % base == 0:
        size, exponent = size / base, exponent + 1
    while base > 1 and size.denominator % base == 0:
        size, exponent = size * base, exponent - 1
    return size, exponent


def divisor_of(p: Poly) -> Formula:
    """The normal form as it stands under a fraction line: 2·2^i is 2^(i + 1) there."""
    if len(p) != 1:
        return formula_of(p)
    ((mono, coefficient),) = p.items()
    if not isinstance(coefficient, int) or coefficient < 2 or any(e < 0 for _, e in mono):
        return formula_of(p)
    return product(_with_number(coefficient, _powers(mono)))


def _with_number(number: int, below: list[Formula]) -> list[Formula]:
    """The factors under a fraction line with a number before them: 2·2^i is 2^(i + 1) there."""
    for place, factor in enumerate(below):
        if isinstance(factor, Power) and isinstance(factor.base, Number) and isinstance(factor.base.value, int):
            base, more = factor.base.value, 0
            while base > 1 and number % base == 0:
                number, more = number // base, more + 1
            if number == 1:
                raised_by = Power(factor.base, add(factor.exponent, Number(more)))
                return [*below[:place], raised_by, *below[place + 1 :]]
            number *= base**more
    return [Number(number), *below]


def _powers(factors: Iterable[tuple[Formula, int]]) -> list[Formula]:
    """The factors as they are shown: powers of numbers with one exponent become one, 2^i·2^i·3^i is 12^i."""
    powers: list[Formula] = []
    bases: dict[Formula, int] = {}  # exponent: place in powers
    for atom, e in factors:
        if isinstance(atom, Power) and isinstance(atom.base, Number) and isinstance(atom.base.value, int):
            base = atom.base.value**e
            place = bases.setdefault(atom.exponent, len(powers))
            if place < len(powers):
                before = powers[place]
                assert isinstance(before, Power)
                assert isinstance(before.base, Number)
                powers[place] = Power(Number(int(before.base.value) * base), atom.exponent)
            else:
                powers.append(Power(Number(base), atom.exponent))
        else:
            powers.append(_power(atom, e))
    return powers


def _power(atom: Formula, exponent: int) -> Formula:
    return atom if exponent == 1 else Power(atom, Number(exponent))
