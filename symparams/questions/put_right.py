"""A written formula with the one thing changed that makes it right: 3·3·24·40 + 40 for 3·3·3·40 + 40."""

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

Kind: TypeAlias = Literal["in place of", "without", "without adding", "with"]
_FEWEST = 3  # numbers of a formula: with fewer, a change says nothing about how it was meant
_MOST = 24  # numbers of a formula that is looked at
_LEAST = 2  # a 1 in a formula may be anything


class PutRight(NamedTuple):
    """A formula that one change makes right."""

    kind: Kind  # a number in place of another, without a factor, without a number that is added, with a further factor
    written: int  # the number in whose place another one stands, or that goes; 0: only one is added
    right: int  # the number that belongs there, or the further factor; 0: one only goes
    formula: Formula  # the formula as it was written, with that change


def put_right(task: Task, answer: Sequence[Formula]) -> PutRight | None:
    """The first change of one number of a written formula that makes it the rule of the layer; None if none does."""
    if len(answer) != 1 or len(task.values) != 1 or not is_formula(answer[0]) or any(True for _ in symbols(answer[0])):
        return None
    written, right = answer[0], task.values[0]
    if not isinstance(right, int) or not _FEWEST <= sum(1 for _ in numbers_in(written)) <= _MOST:
        return None
    sizes, letters = list(dict.fromkeys(_sizes(task.rules[0]))), letters_for(task)
    for one in chain(_replaced(written, sizes), _less(written), _more(written, sizes)):
        with suppress(SymparamsError):  # a number as an exponent may be too much
            if number(one.formula) == right and has_form(one.formula, task.rules[0], letters):
                return one
    return None


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
                yield PutRight("in place of", int(own), size, with_numbers(written, others))


def _less(formula: Formula) -> Iterator[PutRight]:
    """Without one factor of a product, or without one number of a sum."""
    below = parts(formula)
    kind: Kind = "without" if isinstance(formula, Product) else "without adding"
    for i, one in enumerate(below) if isinstance(formula, (Product, Sum)) and len(below) > 1 else ():
        if isinstance(one, Number) and _counts(one):
            rest = (*below[:i], *below[i + 1 :])
            yield PutRight(kind, int(one.value), 0, rebuilt(formula, rest) if len(rest) > 1 else rest[0])
    for i, one in enumerate(below):
        for other in _less(one):
            yield other._replace(formula=rebuilt(formula, (*below[:i], other.formula, *below[i + 1 :])))


def _more(formula: Formula, sizes: Sequence[int]) -> Iterator[PutRight]:
    """With a further factor in one of its products, or at one number of a sum."""
    below = parts(formula)
    for size in sizes if isinstance(formula, Product) else ():
        yield PutRight("with", 0, size, rebuilt(formula, (*below, Number(size))))
    for i, one in enumerate(below):
        alone = isinstance(formula, Sum) and isinstance(one, Number)
        others = (PutRight("with", 0, n, Product((Number(n), one))) for n in sizes) if alone else _more(one, sizes)
        for other in others:
            yield other._replace(formula=rebuilt(formula, (*below[:i], other.formula, *below[i + 1 :])))


def _counts(leaf: Number) -> bool:
    return isinstance(leaf.value, int) and leaf.value >= _LEAST
