"""What must hold for the formulas of a layer to be valid: errors for numbers, conditions for letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from symparams.algebra.equality import opened, reduced, same, smallest_letter, without_floor
from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    CHANNELS,
    Formula,
    Function,
    Number,
    Quotient,
    Symbol,
    Value,
    as_formula,
    parts,
    symbols,
)
from symparams.algebra.normal_form import (
    UNIT,
    Monomial,
    Poly,
    common_number,
    formula_of,
    is_constant,
    minus,
    plus,
    quotient,
    scaled,
    value_of,
)
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.rounding import cleared
from symparams.algebra.simplification import at_least_zero, below_zero, bounds, poly, simplified
from symparams.algebra.substitution import replaced
from symparams.algebra.sums import Repeat
from symparams.errors import LayerError
from symparams.model.arguments import Argument, Range, arguments_of
from symparams.model.layer import Layer, Requirement


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for the formulas to be valid: H >= 19, or g divides C."""

    left: Formula  # what must be so large, or divide
    relation: str  # ">=" or "divides" (left divides right)
    right: Formula  # what it is compared with, or what is divided
    slack: Poly | None = field(default=None, compare=False)  # what must be at least 0, for ">="
    copies: tuple[Repeat, ...] = ()  # of which brackets it must hold in every copy, the outermost first


def required(requirement: Requirement, facts: Facts) -> list[Condition]:
    """Nothing if it surely holds, an error if it surely does not, else the condition."""
    left, right = simplified(requirement.left, facts), simplified(requirement.right, facts)
    if requirement.relation == ">=" and isinstance(left, int) and isinstance(right, int):
        if left < right:
            raise LayerError(requirement.otherwise())
        return []
    if requirement.relation == "multiple":
        if isinstance(left, int) and isinstance(right, int):
            if right < 1 or left % right:
                raise LayerError(requirement.otherwise())
            return []
        return _divides(as_formula(left), as_formula(right), facts)
    difference = without_floor(minus(poly(as_formula(left), facts), poly(as_formula(right), facts)))
    if below_zero(difference, facts):
        raise LayerError(requirement.otherwise())
    return [] if at_least_zero(difference, facts) else [_at_least(difference)]


def positive(what: str, value: Value, least: int, facts: Facts) -> list[Condition]:
    """A value is at least 1, or at least 0."""
    if isinstance(value, int) and value >= least:
        return []
    size = poly(as_formula(value), facts)
    factors: list[Poly] = [size]
    if len(size) == 1:  # a product is positive if all its factors are
        ((mono, coefficient),) = size.items()
        if coefficient > 0:
            factors = [{((atom, 1),): 1} for atom, exponent in mono if exponent > 0]
    conditions: list[Condition] = []
    for factor in factors:
        inside = opened(factor)
        difference = without_floor(minus(inside, {UNIT: least}))
        if below_zero(difference, facts):
            raise LayerError(f"{what} {shown(value, PLAIN)}, but must be at least {least}")
        lowest = bounds(inside, facts)[0]
        if lowest is not None and lowest > least - 1:  # whole, so at least `least`
            continue
        if not at_least_zero(difference, facts):
            conditions.append(_at_least(difference))
    return conditions


def _at_least(slack: Poly) -> Condition:
    """slack >= 0, as a bound on its letter if it has only one, without a common number."""
    slack = reduced(scaled(slack, 1 / abs(Fraction(common_number(slack)))))
    letter = smallest_letter(slack)
    if letter is not None:
        return Condition(letter[0], ">=", as_formula(letter[1]), slack)
    left = {m: c for m, c in slack.items() if c > 0}
    right = {m: -c for m, c in slack.items() if c < 0}
    return Condition(formula_of(left), ">=", formula_of(right), slack)


def unless_certain(slack: Poly, facts: Facts, where: str) -> list[Condition]:
    """slack >= 0 as a condition, nothing if it is certain, an error if it cannot be."""
    if below_zero(slack, facts):
        raise LayerError(f"{where}: no values of the letters fit every copy" if where else "there are no copies")
    return [] if at_least_zero(slack, facts) else [_at_least(slack)]


def tightest(slack: Poly, repeat: Repeat, facts: Facts) -> tuple[Formula, ...]:
    """The copies in which slack >= 0 is hardest to fulfil: the first, the last, or either if it may rise and fall."""
    later = poly(replaced(formula_of(slack), repeat.variable, repeat.symbol + 1), facts)
    growth = minus(later, slack)
    if at_least_zero(growth, facts):
        return (repeat.first,)
    if at_least_zero(scaled(growth, -1), facts):
        return (repeat.last,)
    return (repeat.first, repeat.last)


def implies(one: Condition, other: Condition, facts: Facts) -> bool:
    """Whether a condition makes another one needless."""
    if one.slack is None or other.slack is None:
        return one == other
    ratios = {Fraction(c) / one.slack[m] for m, c in other.slack.items() if m and one.slack.get(m, 0) * c > 0}
    return one == other or any(
        at_least_zero(minus(other.slack, scaled(one.slack, ratio)), facts) for ratio in sorted({Fraction(1), *ratios})
    )


_Term: TypeAlias = "tuple[Monomial, bool] | Condition | None"  # with whether it is added; None: a letter of a fact


def _terms(condition: Condition, facts: Facts) -> set[_Term]:
    """Where two conditions have none of these in common, neither can imply the other.

    Bounds of a sum are sums of bounds, so without a term to cancel nothing becomes certain that was not; a fact such as
    H >= W may cancel others, but only between conditions on its letters.
    """
    if condition.slack is None:
        return {condition}
    terms: set[_Term] = {(mono, c > 0) for mono, c in condition.slack.items() if mono}
    compared = {s for fact in facts.at_least_zero for s in symbols(fact)}
    return terms | ({None} if not compared.isdisjoint(symbols(formula_of(condition.slack))) else set())


def strongest(conditions: Iterable[Condition], facts: Facts) -> tuple[Condition, ...]:
    """All conditions but those that others imply."""
    kept: dict[int, Condition] = {}
    having: dict[_Term, list[int]] = {}  # which of them have a term
    for i, condition in enumerate(conditions):
        terms = _terms(condition, facts)
        others = sorted({n for term in terms for n in having.get(term, ()) if n in kept})
        if not any(implies(kept[n], condition, facts) for n in others):
            for n in others:
                if implies(condition, kept[n], facts):
                    del kept[n]
            kept[i] = condition
            for term in terms:
                having.setdefault(term, []).append(i)
    return tuple(kept.values())


def contradiction(conditions: Iterable[Condition], facts: Facts) -> tuple[Condition, Condition] | None:
    """Two conditions of which no value of the letters fulfils both: a term of one is taken away in the other."""
    having: dict[tuple[Monomial, bool], list[Condition]] = {}
    for condition in conditions:
        slack = condition.slack or {}
        for other in dict.fromkeys(c for mono, factor in slack.items() for c in having.get((mono, factor < 0), ())):
            if below_zero(plus((slack, other.slack or {})), facts):
                return other, condition
        for mono, factor in slack.items():
            having.setdefault((mono, factor > 0), []).append(condition)
    return None


def formulas_of(layer: Layer) -> Iterator[tuple[Argument, Formula]]:
    """Every formula among the arguments of a layer, with its argument."""
    for argument in arguments_of(type(layer)):
        pending = [getattr(layer, argument.name)]
        while pending:
            value = pending.pop()
            if isinstance(value, tuple):
                pending.extend(value)
            elif isinstance(value, Layer):
                yield from formulas_of(value)
            elif isinstance(value, Formula) and not isinstance(value, Number):
                yield argument, value


def _whole_divisions(formula: Formula, facts: Facts, rounded: bool = False) -> list[Condition]:
    """What every division in an argument needs to come out whole, if it is not rounded, and to be one at all."""
    if isinstance(formula, Symbol):
        inside = None if formula.name == CHANNELS else formula.value
        return [] if inside is None else _whole_divisions(inside, facts, rounded)
    rounds = isinstance(formula, Function) and formula.name in ("floor", "ceil")
    conditions = [c for part in parts(formula) for c in _whole_divisions(part, facts, rounded or rounds)]
    if isinstance(formula, Quotient) and number(formula) is None:
        top, bottom = as_formula(simplified(formula.top, facts)), as_formula(simplified(formula.bottom, facts))
        conditions += [] if rounded else _divides(top, bottom, facts)
        if not isinstance(bottom, Number):
            conditions += positive("the divisor would be", bottom, 1, facts)
    return conditions


def allowed(argument: Argument, formula: Formula, facts: Facts) -> list[Condition]:
    """What an argument with letters needs to be whole and not too small."""
    least, within = argument.kind.least, argument.kind.within
    conditions = _whole_divisions(formula, facts, rounded=least is None)
    if within is not None:
        return conditions + _inside(argument, formula, within, facts)
    if least is None or number(formula) is not None:
        return conditions
    if not any(c.relation == "divides" for c in conditions):
        conditions += _whole_value(formula, facts)
    return conditions + positive(f"{argument.name} would be", simplified(formula, facts), least, facts)


def _inside(argument: Argument, formula: Formula, within: Range, facts: Facts) -> list[Condition]:
    """What a number with letters, whole or not, needs to lie in a range."""
    if number(formula) is not None:
        return []
    top, bottom = cleared(poly(formula, facts), {UNIT: 1})
    beyond = [minus(minus(top, scaled(bottom, within.least)), {UNIT: int(within.open)})]
    if within.most is not None:
        beyond.append(minus(scaled(bottom, within.most), top))
    conditions: list[Condition] = []
    for slack in map(without_floor, beyond):
        if below_zero(slack, facts):
            raise LayerError(f"{argument.name} must be {argument.kind.expects}, not {shown(formula, PLAIN)}")
        if not at_least_zero(slack, facts):
            conditions.append(_at_least(slack))
    return conditions


def _whole_value(formula: Formula, facts: Facts) -> list[Condition]:
    """What a value with fractions in it, such as 0.5·H, needs to be whole."""
    p = poly(formula, facts)
    scale = lcm(*(c.denominator for c in p.values()))
    return [] if scale == 1 else _divides(formula_of(scaled(p, scale)), Number(scale), facts)


def _divides(top: Formula, bottom: Formula, facts: Facts) -> list[Condition]:
    """bottom | top, unless that is known."""
    known_top, known_bottom = number(top), number(bottom)
    if known_bottom == 0:
        raise LayerError("division by zero")
    if isinstance(known_top, int) and isinstance(known_bottom, int):
        if known_top % known_bottom:
            raise LayerError(f"the division {known_top}/{known_bottom} does not come out whole")
        return []
    if (top, bottom) in facts.whole:
        return []
    ratio = quotient(poly(top, facts), poly(bottom, facts))
    if all(c.denominator == 1 and all(e > 0 for _, e in m) for m, c in ratio.items()):
        return []
    rounded = simplified(Function("floor", (Quotient(top, bottom),)), facts)
    if not is_constant(ratio) and same(rounded, value_of(ratio), facts):
        return []
    return [Condition(bottom, "divides", top)]
