"""A student claims a number: where is the mistake?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import Evaluator, Point, compiled
from symparams.errors import SymparamsError
from symparams.exams.choosing import FEWEST
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import params, shape
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType, Content, Question, Wrong
from symparams.misconceptions.families import CATALOGUE

_MOST = 3  # mistakes that are asked for in one layer


@dataclass(kw_only=True)
class Claimed(Computed):
    """A wrong answer is given, the mistake is asked for."""

    row = "names"

    which: int  # of the single mistakes, the one that is made

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        drawn = self.drawn(point)
        if drawn is None:
            return None
        key, mistakes = drawn
        singles = [w for w in mistakes if len(w.made) == 1 and not w.carried]
        if self.which >= len(singles):
            return None
        made = singles[self.which]
        options = self.options(made.made[0].name, list(self._others(made, singles, point)), number, seed)
        if len(options) < FEWEST:
            return None
        return replace(
            self.made(key, options, (), point),
            key=made.made[0].name,
            more={"claimed": made.content, "made": made, "which": self.which},
        )

    def _others(self, made: Wrong, singles: list[Wrong], point: Point) -> Iterator[Wrong]:
        """Other mistakes: those that give another answer here, then those that cannot be made here."""
        names = {made.made[0].name, *self._giving(made.content, point)}
        for wrong in singles:
            if wrong.made[0].name not in names:
                names.add(wrong.made[0].name)
                given = f"`{wrong.content[0]}`" if len(wrong.content) == 1 else "another shape"
                remark = f"that mistake would give {given}"
                yield Wrong(wrong.made[0].name, Fraction(0), wrong.made, wrong.rules, remark=remark)
        for other in CATALOGUE.values():
            if self.quantity in other.quantities and other.name not in names and other.name not in self._possible:
                names.add(other.name)
                yield Wrong(other.name, Fraction(0), remark="that mistake cannot be made here")

    @cached_property
    def _ways(self) -> tuple[tuple[str, tuple[Evaluator, ...]], ...]:
        """Every way to make one mistake in this layer or before it, also those that give the same everywhere."""
        assert self.node is not None
        index = self.course.network.index(self.node.name)
        mistakes = self.course.alone(index) if self.local else self.course.mistakes
        task = mistakes.tasks.of(len(mistakes.network.nodes) - 1 if self.local else index, self.quantity)
        every = (*mistakes.singles(task), *mistakes.carried(task))
        return tuple((m.made[0].name, tuple(map(compiled, m.rules))) for m in every)

    @cached_property
    def _possible(self) -> frozenset[str]:
        return frozenset(name for name, _ in self._ways)

    def _giving(self, claimed: Content, point: Point) -> Iterator[str]:
        """The mistakes that give the claimed answer in one of their ways: none of them may be a wrong option."""
        for name, evaluators in self._ways:
            with suppress(SymparamsError, KeyError):
                if tuple(of(point) for of in evaluators) == claimed:
                    yield name


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for kind in (params, shape):
        for plan in kind.plans(course, kind.types[0]):
            assert isinstance(plan, Computed)
            for which in range(_MOST):
                yield Claimed(
                    kind="mistake",
                    course=course,
                    answer_type="choice",
                    difficulty=min(5, plan.difficulty + 1),
                    node=plan.node,
                    quantity=plan.quantity,
                    ranges=plan.ranges,
                    local=plan.local,
                    rules=plan.rules,
                    axes=plan.axes,
                    mistakes=plan.mistakes,
                    which=which,
                    more={"which": which},
                )


mistake = Kind("mistake", "the mistake in a claimed answer", 80, ("choice",), _plans, usual=True)
