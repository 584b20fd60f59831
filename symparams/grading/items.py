"""An item analysis: how difficult each question was, how well it tells students apart, and who gave which answer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt, lcm
from typing import TypeAlias

from symparams.grading.marks import Answer, ClassMarks

Thirds: TypeAlias = tuple[int, int, int]  # of the class by their points for the other questions: top, middle, bottom
_HUNDREDTHS = 100  # to which discrimination is rounded


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer, and who gave it."""

    answer: Answer  # of the first one who gave it
    count: int
    thirds: Thirds


@dataclass(frozen=True, slots=True)
class Item:
    """What the answers to a question say about it."""

    number: int  # from 1
    answered: int  # students who wrote something
    right: int  # students whose answer is right
    difficulty: Fraction | None  # the share of the points that the class got: 1 is the easiest; None without answers
    discrimination: Fraction | None  # corrected item-total correlation, in hundredths; None where nothing varies
    drawn: tuple[Drawn, ...]  # the different answers, those that most gave first


class ItemAnalysis:
    """The questions of an exam in the light of what a class answered; an answer that is not marked does not count."""

    def __init__(self, marks: ClassMarks) -> None:
        self.marks = marks
        every = [answer.mark.points for answer in marks.answers] or [Fraction(0)]
        scale = lcm(*(points.denominator for points in every))
        # The points of each student for each question, as whole numbers.
        self._points = [[int(answer.mark.points * scale) for answer in student.answers] for student in marks.students]
        self._totals = [sum(points) for points in self._points]
        self._scale = scale

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """One for each question."""
        return tuple(map(self._item, range(len(self.marks.bank.numbered))))

    @cached_property
    def reliability(self) -> Fraction | None:
        """Cronbach's alpha: how far the questions agree about who knows more; None where it is not defined."""
        count = len(self.marks.bank.numbered)
        total = _spread(self._totals)
        if count < 2 or not total:
            return None
        each = sum(_spread([points[at] for points in self._points]) for at in range(count))
        return Fraction(count, count - 1) * (1 - Fraction(each, total))

    def _item(self, at: int) -> Item:
        answers = [student.answers[at] for student in self.marks.students]
        marked = [i for i, answer in enumerate(answers) if answer.mark.outcome != "unclear"]
        points = [self._points[i][at] for i in marked]
        rest = [self._totals[i] - self._points[i][at] for i in marked]
        most = sum(answers[i].asked.points for i in marked) * self._scale
        return Item(
            at + 1,
            sum(answer.mark.outcome != "empty" for answer in answers),
            sum(answer.mark.outcome == "right" for answer in answers),
            Fraction(sum(points)) / most if most else None,
            correlation(points, rest),
            self._drawn([answers[i] for i in marked], rest),
        )

    def _drawn(self, answers: Sequence[Answer], rest: Sequence[int]) -> tuple[Drawn, ...]:
        """The different answers, each with the thirds of the class that gave it."""
        ordered = sorted(rest)
        first: dict[tuple[int, str], Answer] = {}
        thirds: dict[tuple[int, str], list[int]] = {}
        for answer, points in zip(answers, rest, strict=True):
            if answer.mark.outcome == "empty":
                continue
            key = (answer.variant, answer.mark.chosen or answer.text)
            first.setdefault(key, answer)
            thirds.setdefault(key, [0, 0, 0])[_third(points, ordered)] += 1
        drawn = [Drawn(first[key], sum(counts), (counts[0], counts[1], counts[2])) for key, counts in thirds.items()]
        return tuple(sorted(drawn, key=lambda d: (d.answer.variant, -d.count, d.answer.mark.chosen or d.answer.text)))


def _third(points: int, ordered: Sequence[int]) -> int:
    """0 for the top third of a class, 2 for the bottom third; students with equal points are in the same third."""
    below_and_half_of_equal = bisect_left(ordered, points) + bisect_right(ordered, points)  # twice that
    share = Fraction(below_and_half_of_equal, 2 * len(ordered))
    return 0 if share > Fraction(2, 3) else 2 if share < Fraction(1, 3) else 1


def _spread(values: Sequence[int]) -> int:
    """The variance of values, times the square of their number."""
    return len(values) * sum(value * value for value in values) - sum(values) ** 2


def correlation(one: Sequence[int], other: Sequence[int]) -> Fraction | None:
    """Pearson's correlation, rounded to hundredths; None where one of both does not vary."""
    spread = _spread(one) * _spread(other)
    if not spread:
        return None
    shared = len(one) * sum(a * b for a, b in zip(one, other, strict=True)) - sum(one) * sum(other)
    # The square root of a fraction, rounded half up: no step that is not exact.
    twice = isqrt((2 * _HUNDREDTHS * shared) ** 2 // spread)
    rounded = Fraction((twice + 1) // 2, _HUNDREDTHS)
    return -rounded if shared < 0 else rounded
