"""Worked solutions whose last steps are left out, to be filled in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from string import ascii_lowercase

from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.substitution import mapped
from symparams.documents.typesetting import Typesetter
from symparams.exams.question import Question

_MARK = "□"  # stands before the letter of a blank until the line is written


@dataclass(frozen=True, slots=True)
class Blank:
    """A number that is left out."""

    mark: str  # (a)
    value: int


@dataclass(frozen=True, slots=True)
class Faded:
    """A worked solution with blanks."""

    lines: list[str]
    blanks: tuple[Blank, ...]


def faded(question: Question, typesetter: Typesetter) -> Faded:
    """The steps of a solution; in the last ones every number that is new is left out, and always the result.

    The result need not be new: 9 + 0 = 9.
    """
    (derivation,) = question.derivations
    steps = [step.expression for step in derivation.steps]
    last = len(steps) - 1
    first = min(max(1, len(steps) - question.fade), last)
    blanks: list[Blank] = []
    lines: list[str] = []
    for i, step in enumerate(steps):
        known = Counter(_numbers(steps[i - 1])) if i < last else Counter()
        line = _without(step, known, blanks) if i >= first else step
        text = typesetter.broken(line)
        for blank in blanks:
            text = text.replace(_symbol(typesetter, blank.mark), typesetter.blank(blank.mark))
        if not lines or lines[-1] != text:
            lines.append(text)
    return Faded(lines, tuple(blanks))


def _symbol(typesetter: Typesetter, mark: str) -> str:
    return typesetter.formula(Symbol(_MARK + mark[1:-1]))


def _without(step: Formula, known: Counter[int], blanks: list[Blank]) -> Formula:
    """The step with a blank for each number that is not known; each number that is known is used up once."""

    def change(leaf: Formula) -> Formula:
        if not isinstance(leaf, Number) or not isinstance(leaf.value, int):
            return leaf
        if known[leaf.value] > 0:
            known[leaf.value] -= 1
            return leaf
        blanks.append(Blank(f"({ascii_lowercase[len(blanks) % 26]})", leaf.value))
        return Symbol(_MARK + blanks[-1].mark[1:-1])

    return mapped(step, change)


def _numbers(formula: Formula) -> list[int]:
    numbers: list[int] = []

    def note(leaf: Formula) -> Formula:
        if isinstance(leaf, Number) and isinstance(leaf.value, int):
            numbers.append(leaf.value)
        return leaf

    mapped(formula, note)
    return numbers
