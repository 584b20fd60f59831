"""The wrong answers that a question may have, before its values are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symparams import limits
from symparams.algebra.evaluation import Exact, Point, RuleGroups
from symparams.algebra.formula import Formula
from symparams.exams.course import Course
from symparams.exams.credit import share_of
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake

USUAL = 8  # single mistakes that are enough, so that pairs are not looked for
_MOST = 16  # that are looked at for one question, besides single ones


@dataclass(frozen=True)
class Candidate:
    """A wrong answer before its values are drawn."""

    made: tuple[Misconception, ...]
    rules: tuple[Formula, ...]
    carried: bool = False  # as in Mistake
    layers: tuple[str, ...] = ()  # as in Mistake

    @cached_property
    def credit(self) -> Fraction:
        """What its mistakes earn."""
        return share_of(self.made)


def candidates(course: Course, mistakes: Iterable[Mistake], rules: tuple[Formula, ...]) -> tuple[Candidate, ...]:
    """Mistakes that differ from the right rules and from one another somewhere."""
    with limits.work(len(course.network.nodes)):
        return tuple(_apart(mistakes, rules, course.points))


def _apart(mistakes: Iterable[Mistake], rules: tuple[Formula, ...], points: Sequence[Point]) -> list[Candidate]:
    seen = {_gives(rules, points)}
    kept: list[Candidate] = []
    for mistake in mistakes:
        gives = _gives(mistake.rules, points)
        if gives not in seen and None not in gives:
            seen.add(gives)
            single = len(mistake.made) == 1 and not mistake.carried and not mistake.layers
            if len(kept) >= _MOST and not single:  # of single ones all: none may give the right answer by luck
                break
            kept.append(Candidate(mistake.made, mistake.rules, mistake.carried, mistake.layers))
    return kept


def _gives(rules: tuple[Formula, ...], points: Sequence[Point]) -> tuple[tuple[Exact, ...] | None, ...]:
    together = RuleGroups([rules])
    return tuple(together.at(point)[0] for point in points)


def all_mistakes(
    course: Course, index: int, quantity: str, *, local: bool = False, enough: int = USUAL
) -> Iterator[Mistake]:
    """The single mistakes of a task, those that are carried on, and pairs where these are too few.

    Where the question is `local` they are those of somebody who sees nothing but the layer and what arrives.
    """
    mistakes = course.alone(index) if local else course.mistakes
    task = mistakes.tasks.of(len(mistakes.network.nodes) - 1 if local else index, quantity)
    count = 0
    for mistake in (*mistakes.singles(task), *mistakes.carried(task)):
        count += 1
        yield mistake
    if count < enough:
        yield from mistakes.pairs(task)
