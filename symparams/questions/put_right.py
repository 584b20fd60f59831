"""A written formula with the one or two changes that make it right: 3·3·24·40 + 40 for 3·3·3·40 + 40."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Product, Sum, Symbol, parts, rebuilt, symbols
from symparams.errors import SymparamsError
from symparams.misconceptions.task import Task
from symparams.questions.as_written import has_form, is_formula, numbers_in, with_numbers
from symparams.questions.letters import letters_for

Kind: TypeAlias = Literal["in place of", "without", "without adding", "with", "adding"]
_FEWEST = 3  # numbers of a formula: with fewer, a change says nothing about how it was meant
_MOST = 24  # numbers of a formula that is looked at
_FEW = 6  # numbers of a formula of which two changes are tried
_LEAST = 2  # a 1 in a formula may be anything


class Change(NamedTuple):
    """One thing in a formula that is otherwise."""

    kind: Kind  # another number, no such factor, no such number in a sum, a further factor, a further term
    written: Formula | None  # the number in whose place another one stands, or that goes; None: something is added
    right: Formula | None  # the number that belongs there, the further factor or term; None: one only goes


class PutRight(NamedTuple):
    """A formula that one change makes right, or two."""

    changes: tuple[Change, ...]  # what is otherwise
    formula: Formula  # the formula as it was written, so changed


def put_right(task: Task, answer: Sequence[Formula], two: bool = False) -> PutRight | None:
    """The first change of one number of a written formula that makes it the rule of the layer; None if none does.

    `two`: two changes are tried where one is not enough.
    """
    if len(answer) != 1 or len(task.values) != 1 or not is_formula(answer[0]) or any(True for _ in symbols(answer[0])):
        return None
    written, right = answer[0], task.values[0]
    many = sum(1 for _ in numbers_in(written))
    if not isinstance(right, int) or not _FEWEST <= many <= _MOST:
        return None
    sizes, letters = list(dict.fromkeys(_sizes(task.rules[0]))), letters_for(task)
    for found in chain(_once(written, sizes), _twice(written, sizes) if two and many <= _FEW else ()):
        with suppress(SymparamsError):  # a number as an exponent may be too much
            if number(found.formula) == right and has_form(found.formula, task.rules[0], letters):
                return found
    return None


def _once(written: Formula, sizes: Sequence[int]) -> Iterator[PutRight]:
    yield from chain(_replaced(written, sizes), _less(written), _more(written, sizes))
    yield from _added(written, [Number(n) for n in sizes])


def _twice(written: Formula, sizes: Sequence[int]) -> Iterator[PutRight]:
    """Two changes, of which the first takes or replaces a number; a term that is added can be a product of two."""
    terms = [*map(Number, sizes), *(Product((Number(a), Number(b))) for a in sizes for b in sizes if a <= b)]
    for first in chain(_less(written), _replaced(written, sizes)):
        formula = first.formula
        replaced = _replaced(formula, sizes) if first.changes[0].right is None else ()
        for second in chain(_less(formula), _more(formula, sizes), _added(formula, terms), replaced):
            yield PutRight((*first.changes, *second.changes), second.formula)


def _sizes(rule: Formula) -> Iterator[int]:
    """The numbers that stand in a rule, and the values of its letters, those that they are worked out from too."""
    for leaf in numbers_in(rule):
        if isinstance(leaf.value, int) and leaf.value >= _LEAST:
            yield leaf.value
    for letter in symbols(rule):
        value = number(letter)
        if isinstance(value, int) and value >= _LEAST:
            yield value
        if isinstance(letter.value, Formula) and not isinstance(letter.value, (Number, Symbol)):
            yield from _sizes(letter.value)


def _replaced(written: Formula, sizes: Sequence[int]) -> Iterator[PutRight]:
    """With another number in one place, the last one first, or wherever the same one stands."""
    leaves = list(numbers_in(written))
    for size in sizes:
        for own in dict.fromkeys(leaf.value for leaf in leaves if _counts(leaf) and leaf.value != size):
            places = [i for i, leaf in enumerate(leaves) if leaf.value == own]
            for some in [[i] for i in reversed(places)] + ([places] if len(places) > 1 else []):
                others = iter([Number(size) if i in some else leaf for i, leaf in enumerate(leaves)])
                change = Change("in place of", Number(own), Number(size))
                yield PutRight((change,), with_numbers(written, others))


def _less(formula: Formula) -> Iterator[PutRight]:
    """Without one factor of a product, or without one number of a sum."""
    below = parts(formula)
    kind: Kind = "without" if isinstance(formula, Product) else "without adding"
    for i, one in enumerate(below) if isinstance(formula, (Product, Sum)) and len(below) > 1 else ():
        if isinstance(one, Number) and _counts(one):
            for gone in {1, below.count(one)}:  # one of them, or all of 26·26
                rest = [other for j, other in enumerate(below) if other != one or (gone == 1 and j != i)]
                if rest and i == below.index(one):
                    said = Product((one,) * gone) if gone > 1 else one
                    less = rebuilt(formula, tuple(rest)) if len(rest) > 1 else rest[0]
                    yield PutRight((Change(kind, said, None),), less)
    for i, one in enumerate(below):
        yield from _inside(formula, i, _less(one))


def _more(formula: Formula, sizes: Sequence[int]) -> Iterator[PutRight]:
    """With a further factor in one of its products, or at one number of a sum."""
    below = parts(formula)
    for size in sizes if isinstance(formula, Product) else ():
        yield PutRight((Change("with", None, Number(size)),), rebuilt(formula, (*below, Number(size))))
    for i, one in enumerate(below):
        is_term = isinstance(formula, Sum)
        yield from _inside(formula, i, _times(one, sizes) if is_term and isinstance(one, Number) else _more(one, sizes))


def _times(one: Number, sizes: Sequence[int]) -> Iterator[PutRight]:
    """A number with a further factor, the smaller one first: 2·60, 7·100."""
    for size in map(Number, sizes):
        both = (size, one) if size.value < one.value else (one, size)
        yield PutRight((Change("with", None, size),), Product(both))


def _added(formula: Formula, terms: Sequence[Formula]) -> Iterator[PutRight]:
    """With a further term, as a part of one of its sums or behind all of it."""
    for term in terms if not isinstance(formula, Number) else ():
        yield PutRight((Change("adding", None, term),), formula + term)
    for i, one in enumerate(parts(formula)):
        if isinstance(one, (Sum, Product)):
            yield from _inside(formula, i, (found for found in _added(one, terms) if isinstance(one, Sum)))


def _inside(formula: Formula, place: int, changed: Iterator[PutRight]) -> Iterator[PutRight]:
    """The formula with one of its parts so changed."""
    below = parts(formula)
    for other in changed:
        yield other._replace(formula=rebuilt(formula, (*below[:place], other.formula, *below[place + 1 :])))


def _counts(leaf: Number) -> bool:
    return isinstance(leaf.value, int) and leaf.value >= _LEAST
