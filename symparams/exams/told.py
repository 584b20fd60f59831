"""What a stem says already: the numbers in it, among which the answer must not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.errors import SymparamsError
from symparams.exams.course import CODE, Course
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer
from symparams.model.network import Node

_NUMBER = re.compile(r"\d+")


def numbers_of_layer(node: Node, point: Point) -> frozenset[int]:
    """The numbers in a sentence on a layer alone: its arguments, and the sizes of its input."""
    sizes = (as_formula(size) for x in node.derived.arriving for size in x.shape)
    return frozenset((*values(_formulas(node.layer), point), *values(sizes, point)))


def numbers_of_network(course: Course, point: Point) -> frozenset[int]:
    """The numbers in a network that is shown, in whichever way; code of PyTorch also says what each layer receives."""
    point = {**course.resting, **point}
    shown = course.text(point)
    if course.show in CODE and not course.open_letters:
        shown += course.code(point)
    worked_out = values([formula for node in course.network.nodes for formula in _compound(node)], point)
    return frozenset((*map(int, _NUMBER.findall(shown)), *worked_out))


def numbers_of_summary(course: Course, point: Point, blank: Node | None) -> frozenset[int]:
    """The numbers in a summary table, all but the one that is left blank."""
    nodes = course.network.nodes
    every = [as_formula(size) for node in nodes for size in node.shape]
    every += [as_formula(node.counts.params) for node in nodes if node is not blank]
    return frozenset(values(every, point))


def values(formulas: Iterator[Formula] | list[Formula], point: Point) -> Iterator[int]:
    """Those of some formulas that are whole numbers at a point."""
    for formula in formulas:
        try:
            value = at(formula, point)
        except (SymparamsError, KeyError):
            continue
        if isinstance(value, int):
            yield value


@lru_cache(maxsize=4096)
def _compound(node: Node) -> tuple[Formula, ...]:
    """The arguments of a layer that are worked out for a table: 2*F, 2^4."""
    return tuple(f for f in _formulas(node.layer) if not isinstance(f, (Number, Symbol)))


def _formulas(value: object) -> Iterator[Formula]:
    """The formulas in the arguments of a layer, numbers too."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, Layer):
        for argument in arguments_of(type(value)):
            yield from _formulas(getattr(value, argument.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _formulas(one)
