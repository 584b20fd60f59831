"""The options of a choice, so that neither the place of the key tells it apart, nor its rank among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeAlias

from symparams.algebra.evaluation import at
from symparams.algebra.formula import Formula, as_formula
from symparams.algebra.notation import shown, size
from symparams.algebra.notations import PLAIN
from symparams.algebra.solving import letters_of
from symparams.errors import SymparamsError
from symparams.exams.draws import shuffled
from symparams.exams.likeness import unlike
from symparams.exams.question import Content, Option, Wrong
from symparams.questions.points import number_from

FEWEST, USUAL, MOST = 4, 4, 5  # options of a choice
_BESIDE = 3  # answers near the right one, beside those that are needed, from which those are taken that do not tell it
_POINTS, _LARGE = 3, 1_000  # where formulas are compared: at so many points, whose values are at least so large

Weight: TypeAlias = "tuple[int | Fraction, ...]"  # by which options are ranked
More: TypeAlias = Callable[[], Iterable[Wrong]]  # wrong answers that are near, for where too few are known


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a choice stands in the row of those choices on a network whose options are of one sort.

    They are taken in blocks. In each the key has every place once and every rank once, in an order that only the row
    decides, so that over an exam no place and no rank comes more often than another.
    """

    number: int  # in the row, from 0
    row: int  # a number that decides what is left to luck

    @property
    def wanted(self) -> int:
        """How many options it should have: in each block USUAL times that many, and MOST times MOST."""
        return USUAL if self.number % (USUAL + MOST) < USUAL else MOST

    def place(self, count: int) -> int:
        """Where the key stands among so many options."""
        return self._once("place", count)

    def rank(self, count: int) -> int:
        """How many options should be larger than the key."""
        return self._once("rank", count)

    def luck(self, *words: object) -> int:
        """A number for everything else."""
        return number_from(self.row, self.number, *words)

    def _once(self, what: str, count: int) -> int:
        block, at = divmod(self.number, USUAL + MOST)
        if count == self.wanted:
            at -= 0 if count == USUAL else USUAL
        else:  # fewer are known
            block, at = divmod(self.number, count)
        return shuffled(count, number_from(self.row, what, count, block))[at]


def options(key: Content, mistakes: Sequence[Wrong], turn: Turn, more: More = tuple) -> tuple[Option, ...]:
    """The key among wrong answers, the likeliest preferred."""
    wrong = _chosen(key, mistakes, turn, more)
    place = turn.place(len(wrong) + 1)
    others = [Option(w.content, w) for w in wrong]
    return (*others[:place], Option(key, None), *others[place:])


def _chosen(key: Content, mistakes: Sequence[Wrong], turn: Turn, more: More) -> list[Wrong]:
    """Wrong answers in any order, so many of them larger than the key as its rank says, as far as that can be had."""
    above = turn.rank(turn.wanted)
    below = turn.wanted - 1 - above
    larger, smaller = _sides(key, mistakes, above, below, more)
    missing_above, missing_below = max(0, above - len(larger)), max(0, below - len(smaller))
    above, below = min(len(larger), above + missing_below), min(len(smaller), below + missing_above)
    chosen = unlike(key, larger, above, smaller, below, turn.luck("taken"), text)
    return [chosen[i] for i in shuffled(len(chosen), turn.luck("order"))]


def _sides(
    key: Content, mistakes: Sequence[Wrong], above: int, below: int, more: More
) -> tuple[list[Wrong], list[Wrong]]:
    """The wrong answers that are larger than the key, and the others; no two say the same."""
    larger: list[Wrong] = []
    smaller: list[Wrong] = []
    seen, room = _says(key), _BESIDE if not isinstance(key, str) else 0
    for wrong in _one_after_another(mistakes, more, lambda: len(larger) < above or len(smaller) < below, room):
        side, needed = (larger, above) if weight(wrong.content) > weight(key) else (smaller, below)
        is_spare = not wrong.made and len(side) >= needed + room  # what is only near is taken where it is needed
        says = _says(wrong.content)
        if plausible(wrong.content) and seen.isdisjoint(says) and not is_spare:
            seen |= says
            side.append(wrong)
    return larger, smaller


def _one_after_another(
    mistakes: Sequence[Wrong], more: More, lacking: Callable[[], bool], room: int
) -> Iterator[Wrong]:
    """The known ones; then those that are near until there are enough, and so many behind them."""
    yield from mistakes
    for wrong in more() if lacking() else ():
        yield wrong
        if not lacking():
            room -= 1
            if room < 0:
                return


def _says(content: Content) -> set[object]:
    """What no other option may say."""
    is_written = isinstance(content, str) or any(isinstance(v, Formula) for v in content)
    return {text(content), value(content)} if is_written else {content}


def text(content: Content) -> str:
    """What is read where an answer stands among others."""
    if isinstance(content, str):
        return content.casefold()
    return size(content, PLAIN) if len(content) > 1 else shown(content[0], PLAIN)


def value(content: Content) -> object:
    """What equal answers have in common, however they are written: of formulas what they give at some points."""
    if isinstance(content, str) or not any(isinstance(v, Formula) for v in content):
        return content
    formulas = list(map(as_formula, content))
    names = dict.fromkeys(name for formula in formulas for name in letters_of(formula))
    points = [{name: _LARGE + number_from(name, i) % _LARGE for name in names} for i in range(_POINTS)]
    try:
        return tuple(at(formula, point) for point in points for formula in formulas)
    except (SymparamsError, ZeroDivisionError):  # too large, or no value there: then only its text tells
        return text(content)


def weight(content: Content) -> Weight:
    """How large an answer is: a number, how many values a shape has; of what is no number, how long it is."""
    if isinstance(content, str):
        return (len(content),)
    numbers = [value for value in content if isinstance(value, (int, Fraction))]
    if len(numbers) < len(content):
        return (len(text(content)),)
    return (prod(numbers), *numbers)


def plausible(content: Content) -> bool:
    """Whether an answer looks like one: whole and positive."""
    return isinstance(content, str) or all(
        not isinstance(v, (int, Fraction)) or (isinstance(v, int) and v > 0) for v in content
    )
