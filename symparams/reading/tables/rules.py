"""The rules of our layers as functions of whole numbers: what a table's equations are solved with.

A layer is asked once with letters in place of its numbers, and its formulas are kept; solving an equation then only
puts numbers in. So no rule is written a second time here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import (
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    as_formula,
    total,
)
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE, key
from symparams.model.layer import Incoming, Layer, Rules
from symparams.model.tensor import Convention

Argument: TypeAlias = "int | str | bool | tuple[Argument, ...] | Inner | None"
Arguments: TypeAlias = "tuple[tuple[str, Argument], ...]"
Shape: TypeAlias = "tuple[int, ...]"
Outcome: TypeAlias = "tuple[Shape, int, int]"  # output shape, parameters, those among them that training never sets
_Values: TypeAlias = "tuple[int, ...]"
_Compiled: TypeAlias = Callable[[_Values], int]


class Allowance:
    """How many times more layers may be asked in a search."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


_allowance: ContextVar[Allowance | None] = ContextVar("_allowance", default=None)
_ASKED = 12_000  # times that layers may be asked about one table


@contextmanager
def allowance() -> Iterator[None]:
    """One table, whose rows share an allowance; when it is used up, rows are no longer solved."""
    token = _allowance.set(Allowance(_ASKED))
    try:
        yield
    finally:
        _allowance.reset(token)


def used_up() -> bool:
    """Whether nothing more may be asked."""
    here = _allowance.get()
    return here is not None and here.left < 0


# What a layer raises that is asked with letters, or with what it does not take.
_REFUSED = (SymparamsError, TypeError, ValueError, AttributeError, AssertionError, KeyError, IndexError)


class Inner(NamedTuple):
    """A layer as the argument of another."""

    call: str
    arguments: Arguments


class _Structure(NamedTuple):
    """The same with marks in place of whole numbers."""

    call: str
    arguments: tuple[tuple[str, object], ...]


class _NotWholeError(Exception):
    """A division that does not come out whole."""


def outcome(name: str, arguments: Arguments, arriving: tuple[Shape, ...], convention: Convention) -> Outcome | None:
    """What a layer gives; None where it does not take these."""
    here = _allowance.get()
    if here is not None:
        here.left -= 1
    if CATALOGUE[key(name)].layer.inputs == "one" and len(arriving) != 1:
        return None
    numbers: list[int] = []
    structure = tuple([(k, value if k in _AXES else _lettered(value, numbers)) for k, value in arguments])
    letters = len(numbers)
    ranks = tuple(map(len, arriving))
    for shape in arriving:
        numbers += shape
    compiled = _with_letters(name, structure, letters, ranks, convention)
    if compiled is None:
        return _with_numbers(name, arguments, arriving, convention)
    values = tuple(numbers)
    sizes, count, fixed = compiled
    try:
        shape = tuple([size(values) for size in sizes])
        return (shape, count(values), fixed(values)) if min(shape, default=1) > 0 else None
    except (_NotWholeError, ZeroDivisionError):
        return None


_LETTER = object()
_AXES = frozenset(
    {"axis", "order", "start", "end", "axes", "shared"}
)  # arguments that number axes, whose values decide


def _lettered(value: Argument, numbers: list[int]) -> object:
    """A value with a mark in place of each whole number, which is noted."""
    if isinstance(value, Inner):
        inside = tuple([(k, v if k in _AXES else _lettered(v, numbers)) for k, v in value.arguments])
        return _Structure(value.call, inside)
    if isinstance(value, tuple):
        return tuple([_lettered(part, numbers) for part in value])
    if isinstance(value, int) and not isinstance(value, bool):
        numbers.append(value)
        return _LETTER
    return value


@lru_cache(4096)
def _with_letters(
    name: str, structure: tuple[tuple[str, object], ...], letters: int, ranks: tuple[int, ...], convention: Convention
) -> tuple[tuple[_Compiled, ...], _Compiled, _Compiled] | None:
    """Functions for the output sizes and the counts; None where the layer must know its numbers."""
    named = iter([Symbol(f"x{i}") for i in range(letters + sum(ranks))])
    values = {k: value if k in _AXES else _formulas(value, lambda: next(named)) for k, value in structure}
    shapes = [tuple(next(named) for _ in range(rank)) for rank in ranks]
    try:
        layer = _layer(name, values)
        rules = layer.rules(*(Incoming(shape, convention) for shape in shapes))
        sizes = tuple(_function(axis.size) for axis in rules.output)
        return sizes, _function(rules.parameters), _function(_fixed(rules))
    except _REFUSED:
        return None


@lru_cache(4096)
def _with_numbers(
    name: str, arguments: Arguments, arriving: tuple[Shape, ...], convention: Convention
) -> Outcome | None:
    try:
        layer = _layer(name, {k: value if k in _AXES else _formulas(value, None) for k, value in arguments})
        rules = layer.rules(*(Incoming(shape, convention) for shape in arriving))
        shape = tuple(number(axis.size) for axis in rules.output)
        count, fixed = number(rules.parameters), number(_fixed(rules))
    except _REFUSED:
        return None
    sizes = tuple([size for size in shape if isinstance(size, int)])
    if isinstance(count, int) and isinstance(fixed, int) and len(sizes) == len(shape):
        return sizes, count, fixed
    return None


def _fixed(rules: Rules) -> Formula:
    return total(tensor.size for tensor in rules.counted if tensor.fixed)


def _layer(name: str, values: Mapping[str, object]) -> Layer:
    entry = CATALOGUE[key(name)]
    return entry.layer(**{**entry.preset, **values})


def _formulas(value: object, letter: Callable[[], Formula] | None) -> object:
    if value is _LETTER:
        assert letter is not None
        return letter()
    if isinstance(value, (Inner, _Structure)):
        return _layer(value.call, {k: v if k in _AXES else _formulas(v, letter) for k, v in value.arguments})
    if isinstance(value, tuple):
        return tuple(_formulas(part, letter) for part in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return as_formula(value)
    return value


def _function(formula: Formula) -> _Compiled:
    """A formula in the letters x0, x1 … as a function of their values."""
    match formula:
        case Number(value):
            if not isinstance(value, int):
                raise AssertionError
            return lambda _: value
        case Symbol(name, None):
            index = int(name[1:])
            return lambda values: values[index]
        case Symbol(_, bound):
            assert bound is not None
            return _function(bound)
        case Sum(terms):
            parts = tuple(map(_function, terms))
            return lambda values: sum([part(values) for part in parts])
        case Negative(term):
            inner = _function(term)
            return lambda values: -inner(values)
        case Product(factors):
            return _product(tuple(map(_function, factors)))
        case Quotient(top, bottom):
            return _quotient(_function(top), _function(bottom))
        case Power(base, exponent):
            below, above = _function(base), _function(exponent)
            return lambda values: below(values) ** min(above(values), 16)
        case Function(name, arguments):
            return _applied(name, arguments)
    raise AssertionError(formula)


def _product(parts: tuple[_Compiled, ...]) -> _Compiled:
    def product(values: _Values) -> int:
        result = 1
        for part in parts:
            result *= part(values)
        return result

    return product


def _quotient(top: _Compiled, bottom: _Compiled) -> _Compiled:
    def quotient(values: _Values) -> int:
        whole, rest = divmod(top(values), bottom(values))
        if rest:
            raise _NotWholeError
        return whole

    return quotient


def _applied(name: str, arguments: tuple[Formula, ...]) -> _Compiled:
    if name in ("floor", "ceil") and isinstance(arguments[0], Quotient):
        top, bottom = _function(arguments[0].top), _function(arguments[0].bottom)
        if name == "floor":
            return lambda values: top(values) // bottom(values)
        return lambda values: -(-top(values) // bottom(values))
    parts = tuple(map(_function, arguments))
    if name in ("floor", "ceil"):
        return parts[0]
    if name in ("min", "max"):
        chosen = min if name == "min" else max
        return lambda values: chosen(part(values) for part in parts)
    if name == "mod":
        return lambda values: parts[0](values) % parts[1](values)
    raise AssertionError(name)
