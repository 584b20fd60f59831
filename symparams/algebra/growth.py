"""How a size changes from copy to copy of a block: a guess from the first copies, which the caller proves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from symparams.algebra.equality import same
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ONE, Formula, Function, Number, Power, Quotient, Symbol, Value, as_formula
from symparams.algebra.normal_form import UNIT, Poly, constant, formula_of, is_constant, minus, plus, quotient, scaled
from symparams.algebra.simplification import floor_parts, is_floor, poly, simplified
from symparams.algebra.substitution import replaced
from symparams.algebra.sums import Repeat, mentions, up_to
from symparams.errors import SymparamsError

_FACTORS = (2, 3, 4)  # by which known numbers are tried to shrink


def law(
    values: Sequence[Value], step: Value | None, index: Symbol, first: Formula, facts: Facts
) -> tuple[Formula, bool] | None:
    """The size that arrives at copy `index`, and whether it holds from the first copy or from the second.

    `values` arrive at the first copies, one after the other; `step` is what a copy makes, written with its letter.
    """
    for candidate in _candidates(values, step, index, first, facts):
        fits = [_equals(candidate, index, plus_number(first, i), v, facts) for i, v in enumerate(values)]
        if all(fits[1:]):
            return as_formula(candidate), fits[0]
    return None


def _equals(candidate: Value, index: Symbol, copy: Formula, value: Value, facts: Facts) -> bool:
    try:
        return same(at(candidate, index, copy, facts), value, facts)
    except SymparamsError:  # 1/i for i = 0
        return False


def at(value: Value, index: Symbol, copy: Formula, facts: Facts) -> Value:
    """A size that depends on the number of the copy, for one copy."""
    return simplified(replaced(value, index.name, copy), facts) if isinstance(value, Formula) else value


def plus_number(formula: Formula, more: int) -> Formula:
    """formula + more, computed."""
    return as_formula(simplified(formula + more))


def _candidates(
    values: Sequence[Value], step: Value | None, index: Symbol, first: Formula, facts: Facts
) -> Iterator[Value]:
    yield values[0]
    if step is not None and isinstance(step, Formula):
        yield simplified(replaced(step, index.name, index - 1), facts)
    yield values[1]
    if isinstance(step, Formula) and mentions(step, index.name):
        more = formula_of(minus(poly(step, facts), poly(as_formula(values[0]), facts)))  # what copy i adds
        repeat = Repeat(index.name, first, first, 1, True)
        yield simplified(as_formula(values[0]) + as_formula(up_to(more, ONE, repeat, facts)), facts)
    for skipped in (0, 1):  # copies before the law holds
        start = values[skipped]
        done = simplified(index - first - skipped)
        yield _steady(start, values[skipped + 1], done, facts)
        yield from _scaled(start, values[skipped + 1], done, facts)
        yield from _affine(values[skipped:], done, facts)
        yield from _rounded(start, values[skipped + 1], done, facts)


def _steady(start: Value, following: Value, done: Value, facts: Facts) -> Value:
    """The same amount more in each copy."""
    difference = minus(poly(as_formula(following), facts), poly(as_formula(start), facts))
    return simplified(as_formula(start) + formula_of(difference) * as_formula(done), facts)


def _scaled(start: Value, following: Value, done: Value, facts: Facts) -> Iterator[Value]:
    """Multiplied by the same whole number in each copy."""
    if start == 0:
        return
    ratio = quotient(poly(as_formula(following), facts), poly(as_formula(start), facts))
    if is_constant(ratio) and isinstance(ratio.get(UNIT, 0), int) and ratio.get(UNIT, 0) > 1:
        yield simplified(as_formula(start) * Power(as_formula(ratio[UNIT]), as_formula(done)), facts)


def _affine(values: Sequence[Value], done: Value, facts: Facts) -> Iterator[Value]:
    """Multiplied by the same whole number, and the same amount more, in each copy: n, 2n + 1, 4n + 3."""
    if len(values) < 3:
        return
    one, other = (minus(poly(as_formula(b), facts), poly(as_formula(a), facts)) for a, b in pairwise(values[:3]))
    ratio = quotient(other, one) if one else {}
    if is_constant(ratio) and isinstance(ratio.get(UNIT, 0), int) and ratio.get(UNIT, 0) > 1:
        power = Power(as_formula(ratio[UNIT]), as_formula(done))
        yield simplified(as_formula(values[0]) + formula_of(one) * (power - 1) / (ratio[UNIT] - 1), facts)


def _rounded(start: Value, following: Value, done: Value, facts: Facts) -> Iterator[Value]:
    """Divided by the same number in each copy, rounded: ⌊(n + e)/s⌋ again and again is one floor."""
    times = as_formula(done)
    if isinstance(start, int) and isinstance(following, int):
        for by in _FACTORS:
            power = Power(Number(by), times)
            if following == start // by:
                yield simplified(Function("floor", (Quotient(as_formula(start), power),)), facts)
            if following == -(-start // by):
                yield simplified(Function("ceil", (Quotient(as_formula(start), power),)), facts)
        return
    (top, bottom), (top_after, bottom_after) = _fraction(start, facts), _fraction(following, facts)
    ratio = quotient(bottom_after, bottom)
    factor = ratio.get(UNIT, 0) if is_constant(ratio) else 0
    if not isinstance(factor, int) or factor < 2:
        return
    added = quotient(minus(top_after, top), bottom)  # e
    power = Power(Number(factor), times)
    beyond = formula_of(scaled(added, Fraction(1, factor - 1))) * (power - 1)  # e·(s^t - 1)/(s - 1)
    yield simplified(
        Function("floor", (Quotient(formula_of(top) + formula_of(bottom) * beyond, formula_of(bottom) * power),)), facts
    )
    if formula_of(added) == Number(factor - 1):  # then it is ⌈n/s^t⌉
        yield simplified(Function("ceil", (Quotient(as_formula(start), power),)), facts)


def _fraction(value: Value, facts: Facts) -> tuple[Poly, Poly]:
    """A size as the top and bottom of its floor."""
    p = poly(as_formula(value), facts)
    ((mono, coefficient),) = p.items() if len(p) == 1 else ((UNIT, 0),)
    if coefficient == 1 and len(mono) == 1 and mono[0][1] == 1 and is_floor(mono[0][0]):
        return floor_parts(mono[0][0])
    return plus((p,)), constant(1)
