"""Edits of a rule: parts left out, put in or exchanged; what is left stays in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import is_
from typing import TypeAlias

from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Function,
    Negative,
    Number,
    Operand,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    multiply,
    parts,
    product,
    rebuilt,
    total,
)

Test: TypeAlias = Callable[[Formula], bool]


def named(*names: str) -> Test:
    """Whether a node is a symbol with one of these names."""
    return lambda node: isinstance(node, Symbol) and node.name in names


PADDING = named("p", "p_d", "p_h", "p_w")  # a padding on both sides, by the letters that rules have for it


def rounds(node: Formula) -> bool:
    """Whether a node is a floor or a ceiling."""
    return isinstance(node, Function) and node.name in ("floor", "ceil")


def rewritten(rule: Formula, change: Callable[[Formula], Formula | None]) -> Formula:
    """The tree with every node for which `change` says something replaced by that, from the top down."""
    new = change(rule)
    if new is not None:
        return new
    below = parts(rule)
    if not below:
        return rule
    again = tuple([rewritten(part, change) for part in below])
    return rule if all(map(is_, again, below)) else tidy(rebuilt(rule, again))


def tidy(node: Formula) -> Formula:
    """A node without factors 1 and terms 0 that an edit left behind."""
    match node:
        case Product(factors):
            kept = [f for f in factors if f != ONE]
            return ZERO if ZERO in kept else product(kept)
        case Sum(terms):
            kept = [t for t in terms if t != ZERO and t != Negative(ZERO)]
            return total(kept)
        case Quotient(top, bottom) if bottom == ONE or top == ZERO:
            return top
        case Power(base, exponent) if exponent == ONE or base == ONE:
            return base
    return node


def without_factor(rule: Formula, left_out: Test) -> Formula | None:
    """The rule with these factors left out: k·k·C_in → k·k, 2·C_in → 2; C_in/g goes whole. None if there is none."""

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product):
            return None
        kept = [f for f in node.factors if not (left_out(f) or (isinstance(f, Quotient) and left_out(f.top)))]
        if len(kept) == len(node.factors):
            return None
        return tidy(product(rewritten(f, change) for f in kept))

    return changed(rule, rewritten(rule, change))


def without_term(rule: Formula, left_out: Test) -> Formula | None:
    """The rule with these terms of sums left out: (k·k·C_in + 1)·C_out → k·k·C_in·C_out. None if there is none."""

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Sum):
            return None
        kept = [t for t in node.terms if not left_out(t)]
        if len(kept) == len(node.terms) or not kept:
            return None
        return total(rewritten(t, change) for t in kept)

    return changed(rule, _flattened(rewritten(rule, change)))


def _flattened(rule: Formula) -> Formula:
    """Products in products laid flat, where a sum lost its brackets."""
    below = tuple(map(_flattened, parts(rule)))
    if not below:
        return rule
    if isinstance(rule, Product):
        flat = below[0]
        for factor in below[1:]:
            flat = multiply(flat, factor)
        return flat
    return rebuilt(rule, below)


def exchanged(rule: Formula, old: Test, new: Operand | Callable[[Formula], Formula]) -> Formula | None:
    """The rule with nodes replaced: by one formula, or by what a function makes of each. None if there is none."""

    def change(node: Formula) -> Formula | None:
        if not old(node):
            return None
        if callable(new):
            return new(node)
        return new if isinstance(new, Formula) else Number(new)

    return changed(rule, rewritten(rule, change))


@lru_cache(1024)  # the size of the image, for one, is put into the same rule at every layer
def bound(rule: Formula, name: str, value: Formula, meaning: str | None = None) -> Formula | None:
    """The rule whose symbol of that name has another value: the rule is right, what is put in is not."""

    def other(node: Formula) -> Formula:
        assert isinstance(node, Symbol)
        return Symbol(node.name, value, node.meaning if meaning is None else meaning, node.incoming)

    return exchanged(rule, named(name), other)


def bound_where(rule: Formula, wanted: Test, value: Formula) -> Formula | None:
    """The rule whose symbols that are wanted have another value."""

    def other(node: Formula) -> Formula:
        assert isinstance(node, Symbol)
        return Symbol(node.name, value, node.meaning, node.incoming)

    return exchanged(rule, wanted, other)


def changed(before: Formula, after: Formula) -> Formula | None:
    """The edited rule; None if the edit changed nothing."""
    return None if after == before else after


def some(*edited: Formula | None) -> Iterable[Formula]:
    """The edits that changed something."""
    return (rule for rule in edited if rule is not None)
