"""Counting a layer unit by unit, as an answer does: what one filter has, and how many filters there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    ONE,
    Formula,
    Number,
    Product,
    Quotient,
    Sum,
    Value,
    as_formula,
    parts,
    rebuilt,
    total,
)
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in
from symparams.model.layer import Rules, Unit
from symparams.model.tensor import Sizes, Tensor, flat


class UnitCount(NamedTuple):
    """The parameters of a layer, or of a part of it, as those of one unit, and how many units there are."""

    where: str  # in which part of the layer: "in each direction"; empty for all of it

    plural: str  # what the units are called: filters
    each: Formula  # what one has, values put in: 3·3·32 + 1
    each_value: Value  # the same, worked out: 289
    many: Formula  # how many there are, values put in: 3·32
    many_value: Value  # the same, worked out: 96
    product: Formula  # all together: 63·289
    value: Value  # the same, worked out: 18,207


def counts_by_unit(rules: Rules, facts: Facts) -> tuple[UnitCount, ...]:
    """What one unit of each kind has and how many there are; () where the tensors do not have them in common."""
    if not rules.counted:
        return ()
    counts = [
        _count(unit, [t for t in rules.counted if t.name in unit.tensors or not unit.tensors], facts)
        for unit in rules.counted_by
    ]
    return tuple(count for count in counts if count is not None) if all(counts) else ()


def _count(unit: Unit, tensors: Sequence[Tensor], facts: Facts) -> UnitCount | None:
    one = _each(unit, tensors) if unit.each is None else unit.each
    if one is None:
        return None
    each = _with_values(one)
    many = _with_values(unit.many if unit.copies == ONE else flat((unit.copies, unit.many)))
    values = tuple(simplified(one, facts) for one in (each, many))
    together = Product((as_formula(values[1]), as_formula(values[0])))
    value = simplified(together, facts)
    return UnitCount(unit.where, unit.plural, each, values[0], many, values[1], together, value)


def _each(unit: Unit, tensors: Sequence[Tensor]) -> Formula | None:
    """What one unit has of these tensors; None where they do not have the units in common."""
    bodies = [_without(t, _factors((unit.many,))) for t in tensors]
    if not bodies or not all(body is not None for body in bodies):
        return None
    return _added(body for body in bodies if body is not None)


def _factors(sizes: Sizes) -> list[Formula]:
    return [f for size in sizes for f in (size.factors if isinstance(size, Product) else (size,)) if number(f) != 1]


def _without(t: Tensor, units: list[Formula]) -> Formula | None:
    """The sizes of a tensor but for those that count the units; None where it does not have them all."""
    sizes = _factors(t.sizes)
    for unit in units:
        if unit not in sizes:
            return None
        sizes.reverse()  # the last that is like it: outputs stand behind inputs
        sizes.remove(unit)
        sizes.reverse()
    return flat(sizes)


def _added(bodies: Iterator[Formula]) -> Formula:
    """The sum of what the tensors have for a unit, single numbers taken together at the end."""
    every = list(bodies)
    ones = sum(body == ONE for body in every)
    return total([*(body for body in every if body != ONE), *([Number(ones)] if ones else [])])


def by_units(counts: Sequence[UnitCount]) -> Formula:
    """All parameters as so many units times what one has: 4·(512·512 + 512)."""
    terms = (flat((count.many, count.each)) if count.many != ONE else count.each for count in counts)
    return total(part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,)))


def without_quotients(formula: Formula) -> Formula:
    """The formula with quotients of known numbers worked out where they are whole: 3·3·16 for 3·3·64/4."""
    below = parts(formula)
    if isinstance(formula, Quotient):
        known = number(formula)
        return Number(known) if isinstance(known, int) else formula
    if isinstance(formula, Product) and any(isinstance(f, Quotient) for f in below):
        below = tuple(g for f in below for g in _last_divided(f))
    return rebuilt(formula, tuple(map(without_quotients, below))) if below else formula


def _last_divided(factor: Formula) -> Sizes:
    """The factors of a quotient of a product, the divisor under the last of them."""
    if isinstance(factor, Quotient) and isinstance(factor.top, Product):
        *others, last = factor.top.factors
        return (*others, Quotient(last, factor.bottom))
    return (factor,)


def _with_values(formula: Formula) -> Formula:
    while can_put_in(formula):
        formula = put_in(formula)
    return without_quotients(formula)
