"""What a layer does with each size that arrives: its rules once more, with a mark around every size and argument.

A size that comes out alone has been passed on; several in one have been added or multiplied; without any it is the
layer's own, and made of its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Number, Symbol, Value, as_formula, symbols
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import mapped
from symparams.errors import LayerError
from symparams.model.arguments import arguments_of
from symparams.model.derived import Derived
from symparams.model.layer import Incoming, Layer, Rules
from symparams.model.outside import is_outside, rules_of


class Mark(NamedTuple):
    """Which size has arrived."""

    among: int  # of which input
    axis: int  # along which axis of it


_SIGN, _ARGUMENT = "@", "#"  # what marks begin with, of sizes and of arguments: no letter of the language does


def sizes_made(derived: Derived) -> tuple[Formula, ...]:
    """The sizes of the output as the layer makes them, with marks for those that arrive."""
    return tuple(axis.size for axis in _marked_rules(derived).output)


@lru_cache(512)
def marks_passed(derived: Derived) -> tuple[Mark | None, ...]:
    """For each size of the output the one that is passed on as it; none where the layer makes the size."""
    return tuple(mark_of(size) for size in sizes_made(derived))


@lru_cache(512)
def named_marks(derived: Derived) -> Mapping[str, Mark]:
    """The sizes that have arrived by the letters that the rules have for them."""
    rules = _marked_rules(derived)
    every = (*(axis.size for axis in rules.output), *(size for tensor in rules.tensors for size in tensor.sizes))
    marks = ((one.name, mark_of(one)) for size in every for one in symbols(size))
    return MappingProxyType({name: mark for name, mark in marks if mark is not None})


def mark_of(formula: Formula) -> Mark | None:
    """The size that has been passed on, if a size is nothing else."""
    if not isinstance(formula, Symbol):
        return None
    if formula.name.startswith(_SIGN):
        among, _, axis = formula.name[1:].partition(".")
        return Mark(int(among), int(axis))
    return None if formula.value is None else mark_of(formula.value)


def argument_in(formula: Formula) -> str:
    """The argument of the layer that a size is made of, by its keyword; of several the first; empty: none."""
    for one in symbols(formula):
        if one.name.startswith(_ARGUMENT):
            return one.name[1:]
        if one.value is not None and (found := argument_in(one.value)):
            return found
    return ""


def marks_in(formula: Formula) -> Iterator[Mark]:
    """The sizes that have arrived and stand in a formula."""
    for one in symbols(formula):
        mark = mark_of(one)
        if mark is not None:
            yield mark
        elif one.value is not None and not isinstance(one.value, Number):
            yield from marks_in(one.value)


def values_put_in(formula: Formula) -> Formula:
    """The formula with the values of all symbols, also of marks."""
    return mapped(formula, _value)


def _value(leaf: Formula) -> Formula:
    while isinstance(leaf, Symbol) and leaf.value is not None:
        leaf = leaf.value
    return leaf


# ---------------------------------------------------------------- the rules on marks


def _mark(among: int, axis: int, size: Value) -> Symbol:
    return Symbol(f"{_SIGN}{among}.{axis}", as_formula(size))


@lru_cache(512)
def _marked_rules(derived: Derived) -> Rules:
    for ones in (True, False):  # sizes of 1 are compared with 1 by layers that repeat what has them
        try:
            rules = _rules(derived, tuple(_marked(x, i, ones) for i, x in enumerate(derived.arriving)))
        except LayerError:
            continue
        if _is_same(rules, derived):
            return rules if ones else _in_place(rules, derived, ones)
    return _in_place(derived.rules, derived, True)


def _marked(x: Incoming, among: int, ones: bool) -> Incoming:
    return replace(
        x, shape=tuple(_mark(among, i, size) if ones or size != 1 else size for i, size in enumerate(x.shape))
    )


def _rules(derived: Derived, arriving: tuple[Incoming, ...]) -> Rules:
    layer = _with_marks(derived.layer)
    return rules_of(layer, arriving, derived.facts) if is_outside(layer) else layer.rules(*arriving)


def _with_marks(layer: Layer) -> Layer:
    """The layer with marks around its arguments, and around those of a layer inside it."""

    def marked(name: str, value: object) -> object:
        if isinstance(value, Layer):
            return _with_marks(value)
        if isinstance(value, tuple):
            return tuple(marked(name, one) for one in value)
        return Symbol(f"{_ARGUMENT}{name}", value) if isinstance(value, Formula) else value

    given = {argument.name: getattr(layer, argument.name) for argument in arguments_of(type(layer))}
    return replace(layer, **{name: marked(name, value) for name, value in given.items()})


def _is_same(rules: Rules, derived: Derived) -> bool:
    """Whether marks have changed nothing."""
    sizes = [simplified(axis.size, derived.facts) for axis in rules.output]
    return len(sizes) == len(derived.shape) and all(
        same(size, known, derived.facts) for size, known in zip(sizes, derived.shape, strict=True)
    )


def _in_place(rules: Rules, derived: Derived, every: bool) -> Rules:
    """The rules with marks for sizes, or for those of 1, that are as large at the same axis of the first input."""
    before = derived.arriving[0].shape if derived.arriving else ()
    if len(before) != len(derived.shape) or derived.layer.reading == "new":
        return rules
    output = list(rules.output)
    for i, (axis, old, new) in enumerate(zip(rules.output, before, derived.shape, strict=True)):
        if old == new and (every or new == 1) and not any(symbols(axis.size)):
            output[i] = replace(axis, size=_mark(0, i, old))
    return replace(rules, output=tuple(output))
