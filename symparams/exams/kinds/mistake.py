"""A student claims a number: where is the mistake?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import Evaluator, Point, compiled
from symparams.errors import SymparamsError
from symparams.exams.candidates import Candidate
from symparams.exams.choosing import FEWEST
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import params, shape
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType, Content, Question, Wrong
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from symparams.questions.points import number_from

_MOST = 3  # mistakes that are asked for in one layer


@dataclass(kw_only=True)
class Claimed(Computed):
    """A wrong answer is given, the mistake is asked for."""

    row = "names"

    start: int  # the place of the first mistake that is asked for, among those that can be made in this layer
    which: int  # how many places behind it the one stands that is made

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The wrong answers that can be told from what is shown."""
        every = tuple(self.mistakes())
        if self.local or not self.course.is_long:
            return every
        seen = self._up_to_here
        return tuple(c for c in every if len(c.made) > 1 or c.carried or (c.made, c.rules) in seen)

    @cached_property
    def _up_to_here(self) -> set[tuple[object, object]]:
        """The mistakes of somebody who does not see the layers behind this one, as a long table leaves them out."""
        assert self.node is not None
        network = self.course.network
        index = network.index(self.node.name)
        mistakes = Mistakes(Tasks(replace(network, nodes=network.nodes[: index + 1]), self.course.settings))
        found = mistakes.singles(mistakes.tasks.of(index, self.quantity))
        return {(m.made, m.rules) for m in found}

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        drawn = self.drawn(point)
        if drawn is None:
            return None
        key, mistakes = drawn
        singles = [w for w in mistakes if len(w.made) == 1 and not w.carried]
        names = list(dict.fromkeys(c.made[0].name for c in self.candidates if len(c.made) == 1 and not c.carried))
        if self.which >= len(names):
            return None
        name = names[(self.start + self.which) % len(names)]
        made = next((w for w in singles if w.made[0].name == name), None)
        if made is None:
            return None
        others = list(self._others(made, singles, point))
        luck = number_from(seed, *self.words, number) % max(len(others), 1)  # else a rare mistake would be the key
        options = self.options(made.made[0].name, others[luck:] + others[:luck], number, seed)
        if len(options) < FEWEST:
            return None
        return replace(
            self.made(key, options, (), point),
            key=made.made[0].name,
            more={"claimed": made.content, "made": made, "which": self.which},
        )

    def _others(self, made: Wrong, singles: list[Wrong], point: Point) -> Iterator[Wrong]:
        """Other mistakes that can be made in this layer, which give another answer here."""
        names = {made.made[0].name, *self._giving(made.content, point)}
        for wrong in singles:
            if wrong.made[0].name not in names:
                names.add(wrong.made[0].name)
                given = f"`{wrong.content[0]}`" if len(wrong.content) == 1 else "another shape"
                remark = f"that mistake would give {given}"
                yield Wrong(wrong.made[0].name, Fraction(0), wrong.made, wrong.rules, remark=remark)

    @cached_property
    def _ways(self) -> tuple[tuple[str, tuple[Evaluator, ...]], ...]:
        """Every way to make one mistake in this layer or before it, also those that give the same everywhere."""
        assert self.node is not None
        index = self.course.network.index(self.node.name)
        mistakes = self.course.alone(index) if self.local else self.course.mistakes
        task = mistakes.tasks.of(len(mistakes.network.nodes) - 1 if self.local else index, self.quantity)
        every = (*mistakes.singles(task), *mistakes.carried(task))
        return tuple((m.made[0].name, tuple(map(compiled, m.rules))) for m in every)

    def _giving(self, claimed: Content, point: Point) -> Iterator[str]:
        """The mistakes that give the claimed answer in one of their ways: none of them may be a wrong option."""
        for name, evaluators in self._ways:
            with suppress(SymparamsError, KeyError):
                if tuple(of(point) for of in evaluators) == claimed:
                    yield name


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for kind in (params, shape):
        for i, plan in enumerate(kind.plans(course, kind.types[0])):
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
                    start=i * _MOST,  # so that layers that are alike are mistaken in other ways
                    which=which,
                    more={"which": which},
                )


mistake = Kind("mistake", "the mistake in a claimed answer", 80, ("choice",), _plans, usual=True)
