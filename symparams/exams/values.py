"""Rules with the numbers of a variant: bound to their symbols, or written in place of them."""

from __future__ import annotations

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import mapped


def bound(rule: Formula, point: Point) -> Formula:
    """The rule with its symbols bound to their numbers at a point; letters that have none there stay."""
    if not point:
        return rule

    def leaf_bound(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or isinstance(leaf.value, Number):
            return leaf
        if leaf.value is not None:
            return Symbol(leaf.name, _worth(leaf.value, point), leaf.meaning, leaf.incoming)
        return Symbol(leaf.name, Number(point[leaf.name])) if leaf.name in point else leaf

    return mapped(rule, leaf_bound)


def written(rule: Formula, point: Point) -> Formula:
    """The rule with numbers in place of all its symbols: what is written after the rule."""
    return mapped(rule, lambda leaf: written_leaf(leaf, point))


def written_leaf(leaf: Formula, point: Point) -> Formula:
    """The number that a symbol stands for; a letter that has none, and a number, as it is."""
    if not isinstance(leaf, Symbol):
        return leaf
    if leaf.value is None:
        return Number(point[leaf.name]) if leaf.name in point else leaf
    return leaf.value if isinstance(leaf.value, Number) else _worth(leaf.value, point)


def _worth(value: Formula, point: Point) -> Formula:
    """What a symbol stands for: a number, or a formula with letters that have no value there."""
    try:
        return as_formula(at(value, point))
    except KeyError:
        return as_formula(simplified(bound(value, point)))
