"""Sums over copies whose number is a letter: in closed form where there is one, else as a sum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symparams.algebra.equality import expanded, shortened
from symparams.algebra.evaluation import whole
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    ONE,
    Formula,
    Function,
    Number,
    Power,
    Product,
    Symbol,
    Value,
    as_formula,
    symbols,
)
from symparams.algebra.normal_form import (
    UNIT,
    Coefficient,
    Monomial,
    Poly,
    constant,
    expanded_product,
    formula_of,
    minus,
    plus,
    raised,
    times,
    value_of,
)
from symparams.algebra.simplification import poly, simplified
from symparams.algebra.substitution import replaced

_DEGREE = 20  # the highest power of the running letter that is summed in closed form


@dataclass(frozen=True, slots=True)
class Repeat:
    """Copies of a block of which one stands for all."""

    variable: str  # the letter that counts the copies: i
    first: Formula  # its value in the first of them
    last: Formula  # its value in the last
    count: Value  # how many there are: last - first + 1
    runs: bool  # whether sizes inside depend on the letter

    @property
    def symbol(self) -> Symbol:
        """The letter, as a value."""
        return Symbol(self.variable)


def over(value: Value, repeats: Sequence[Repeat], facts: Facts) -> Value:
    """The sum of a value over all copies; `repeats` from the outermost to the innermost."""
    for repeat in reversed(repeats):
        value = _summed(value, repeat, facts)
    return value


def over_shown(formula: Formula, repeats: Sequence[Repeat]) -> Formula:
    """The same sum as it is written, nothing computed: (N - 1)·(…), or a sum over i."""
    for repeat in reversed(repeats):
        if mentions(formula, repeat.variable):
            formula = Function("sum", (formula, repeat.symbol, repeat.first, repeat.last))
        else:
            formula = Product((as_formula(repeat.count), formula)) if repeat.count != 1 else formula
    return formula


def mentions(value: Value, name: str) -> bool:
    """Whether a letter stands in a value."""
    return isinstance(value, Formula) and any(s.name == name and s.value is None for s in symbols(value))


def up_to(value: Value, ratio: Formula, repeat: Repeat, facts: Facts) -> Value:
    """The sum of value·ratio^(copy - first) over the copies before copy i, where i is the letter of the copies."""
    done = repeat.symbol - repeat.first
    if value == 0:
        return 0
    if not mentions(value, repeat.variable):
        times_ = done if ratio == ONE else (ratio**done - 1) / (ratio - 1)
        return simplified(as_formula(value) * times_, facts)
    term = as_formula(value) if ratio == ONE else as_formula(value) * ratio**done
    used = {s.name for part in (term, repeat.first) for s in symbols(part)}
    letter = next(name for name in _RUNNING if name not in used)
    before = Repeat(letter, repeat.first, repeat.symbol - 1, simplified(done, facts), True)
    outside, inside = _apart(poly(replaced(term, repeat.variable, before.symbol), facts), letter)
    return value_of(times(outside, poly(as_formula(_summed(inside, before, facts)), facts)))


_RUNNING = (*"tuvwxyzabcdefghijklmnopqrs", *(f"t_{n}" for n in range(1_000)))  # letters for what a sum runs over


def _apart(p: Poly, letter: str) -> tuple[Poly, Value]:
    """p as a product of what does not change with a letter, and the rest."""
    if len(p) != 1:
        return constant(1), value_of(p)
    ((mono, coefficient),) = p.items()
    inside = tuple(f for f in mono if mentions(f[0], letter))
    return {tuple(f for f in mono if f not in inside): coefficient}, value_of({inside: 1})


def _summed(value: Value, repeat: Repeat, facts: Facts) -> Value:
    if value == 0:
        return 0
    if not mentions(value, repeat.variable):
        if isinstance(value, int) and isinstance(repeat.count, int):
            return value * repeat.count
        return shortened(value_of(times(poly(as_formula(repeat.count), facts), poly(as_formula(value), facts))), facts)
    closed: list[Poly] = []
    left: dict[Monomial, Coefficient] = {}
    for mono, coefficient in expanded(poly(as_formula(value), facts), facts).items():
        inside = tuple(f for f in mono if mentions(f[0], repeat.variable))
        outside = tuple(f for f in mono if f not in inside)
        closed_form = _closed(inside, repeat, facts)
        if closed_form is None:
            left[mono] = coefficient
        else:
            closed.append(expanded_product(closed_form, {outside: coefficient}))
    if left:
        rest = Function("sum", (formula_of(left), repeat.symbol, repeat.first, repeat.last))
        closed.append({((rest, 1),): 1})
    return shortened(value_of(plus(closed)), facts)


def _closed(inside: Monomial, repeat: Repeat, facts: Facts) -> Poly | None:
    """The sum of i^n·r^i from first to last; None for other shapes."""
    degree, ratio = 0, Fraction(1)
    for atom, exponent in inside:
        if atom == repeat.symbol and 0 < exponent <= _DEGREE:
            degree = exponent
            continue
        base = _ratio(atom, repeat.variable)
        if base is None:
            return None
        ratio *= base**exponent
    first, after = poly(repeat.first, facts), plus((poly(repeat.last, facts), constant(1)))
    if ratio == 1:
        return minus(_power_sum(degree, after), _power_sum(degree, first)) if degree else minus(after, first)
    along = _along(degree, ratio)
    return minus(_at(along, ratio, after), _at(along, ratio, first))


def _ratio(atom: Formula, variable: str) -> Fraction | None:
    """r if the atom is r^i for a number r."""
    if not isinstance(atom, Power) or not isinstance(atom.base, Number):
        return None
    exponent = poly(atom.exponent)
    ((mono, times_),) = exponent.items() if len(exponent) == 1 else ((UNIT, 0),)
    if mono != ((Symbol(variable), 1),) or not isinstance(times_, int) or abs(times_) > _DEGREE:
        return None
    return Fraction(atom.base.value) ** times_


def _power_sum(degree: int, x: Poly) -> Poly:
    """0^n + 1^n + … + (x - 1)^n by Bernoulli's numbers."""
    bernoulli: list[Fraction] = []
    for m in range(degree + 1):
        known = sum((math.comb(m + 1, j) * b for j, b in enumerate(bernoulli)), Fraction(0))
        bernoulli.append(Fraction(1 if m == 0 else 0) - known / (m + 1) if m else Fraction(1))
    terms = [Fraction(0)] + [
        Fraction(math.comb(degree + 1, degree + 1 - e)) * bernoulli[degree + 1 - e] / (degree + 1)
        for e in range(1, degree + 2)
    ]
    return _polynomial(terms, x)


def _along(degree: int, ratio: Fraction) -> list[Fraction]:
    """The polynomial Q with r·Q(i + 1) - Q(i) = i^n: then the terms i^n·r^i add up to differences of r^i·Q(i)."""
    coefficients = [Fraction(0)] * (degree + 1)
    for k in range(degree, -1, -1):
        above = sum((coefficients[j] * math.comb(j, k) for j in range(k + 1, degree + 1)), Fraction(0))
        coefficients[k] = ((1 if k == degree else 0) - ratio * above) / (ratio - 1)
    return coefficients


def _at(along: Sequence[Fraction], ratio: Fraction, x: Poly) -> Poly:
    """r^x·Q(x)."""
    powered = raised(constant(ratio.numerator), x) if ratio.numerator != 1 else {UNIT: 1}
    if ratio.denominator != 1:
        below = raised(constant(ratio.denominator), x)
        powered = expanded_product(powered, {tuple((a, -e) for a, e in m): 1 / Fraction(c) for m, c in below.items()})
    return expanded_product(powered, _polynomial(along, x))


def _polynomial(coefficients: Sequence[Fraction], x: Poly) -> Poly:
    result: Poly = {}
    for coefficient in reversed(coefficients):
        result = plus((expanded_product(result, x), constant(whole(coefficient))))
    return result
