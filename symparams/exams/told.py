"""What a stem says already: the numbers in it, among which the answer must not be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    written, compound = _of_course(course)
    in_code = _NUMBER.findall(course.code(point)) if course.show in CODE and not course.open_letters else ()
    drawn = (point[name] for name in course.pieces[1::2])
    return written.union(drawn, map(int, in_code), values(compound, point))


def numbers_of_summary(course: Course, point: Point, blank: Node | None) -> frozenset[int]:
    """The numbers in a summary table, all but the one that is left blank."""
    nodes = course.network.nodes
    every = [as_formula(size) for node in nodes for size in node.shape]
    every += [as_formula(node.counts.params) for node in nodes if node is not blank]
    return frozenset(values(every, point))


def values(formulas: Iterable[Formula], point: Point) -> Iterator[int]:
    """Those of some formulas that are whole numbers at a point."""
    for formula in formulas:
        try:
            value = at(formula, point)
        except (SymparamsError, KeyError):
            continue
        if isinstance(value, int):
            yield value


@lru_cache(maxsize=16)
def _of_course(course: Course) -> tuple[frozenset[int], tuple[Formula, ...]]:
    """The numbers in the text of a network beside its letters, and what a table works out of these: 2*F, 2^4."""
    written = _NUMBER.findall(" ".join(course.pieces[::2]))
    every = (f for node in course.network.nodes for f in _formulas(node.layer))
    compound = dict.fromkeys(f for f in every if not isinstance(f, (Number, Symbol)))
    return frozenset(map(int, written)), tuple(compound)


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
