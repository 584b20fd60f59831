"""A written formula that is right but for one of its numbers: 4,608·100 + 100 where 3,872 features arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number
from symparams.misconceptions.task import Task
from symparams.questions.as_written import is_formula, leaves, numbers_in, with_numbers

_LEAST = 2  # a 1 in a formula may be anything


class Replaced(NamedTuple):
    """A number that stands where another one belongs."""

    written: int  # as it stands in the formula
    right: int  # what belongs there
    meaning: str  # what that counts: input features


def replaced(task: Task, answer: Sequence[Formula]) -> Replaced | None:
    """The only number of a written formula that has to be another size of the layer for the formula to be right."""
    if len(answer) != 1 or len(task.values) != 1 or not is_formula(answer[0]):
        return None
    right = task.values[0]
    written = [leaf.value for leaf in numbers_in(answer[0])]
    found: list[Replaced] = []
    for letter in leaves(task.rules[0]).values():
        size = number(letter)
        if not isinstance(size, int) or not letter.meaning:
            continue
        for one in {n for n in written if isinstance(n, int) and n >= _LEAST}:
            if one != size:
                others = iter([Number(size) if n == one else Number(n) for n in written])
                if number(with_numbers(answer[0], others)) == right:
                    found.append(Replaced(one, size, letter.meaning))
    return found[0] if len(found) == 1 else None
