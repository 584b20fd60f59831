"""True or false: statements on a layer with its settings, decided by computing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import Point
from symparams.algebra.solving import letters_of
from symparams.exams.candidates import all_mistakes
from symparams.exams.course import Course
from symparams.exams.describable import is_describable
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import is_plain
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Option, Question, Wrong
from symparams.exams.statements import Matter, is_stated_of, matters
from symparams.misconceptions.mistakes import Mistake
from symparams.model.derived import Derived
from symparams.questions.points import number_from


@dataclass(kw_only=True)
class Truth(Plan):
    """A statement on a layer."""

    row = "statements"

    stated: Matter

    @property
    def form(self) -> tuple[object, ...]:
        told = self.stated.form in ("scaled", "output")  # these say something else of everything that they name
        return (*super().form, self.stated.form, self.stated.name if told else "")

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        is_true = self.in_turn(number, seed).place(2) == 0
        luck = number_from(*self.words, *(point[name] for name in self.ranges))
        said = self.stated.said(point, is_true, luck, self._mistakes)
        if said is None:
            return None
        key, other = ("True", "False") if is_true else ("False", "True")
        options = {key: Option(key, None), other: Option(other, Wrong(other, Fraction(0), said.made))}
        return Question(
            "truth", "choice", self.course, self.node, self.stated.task.quantity, point, key, (), (),
            (options["True"], options["False"]), (), self.difficulty, self.identity(point, is_true), self.local,
            {**self.more, "is_true": is_true, "said": said},
        )  # fmt: skip

    @cached_property
    def _mistakes(self) -> Sequence[Mistake]:
        """Those that can be made by somebody who sees what is shown."""
        task = self.stated.task
        every = all_mistakes(self.course, task.index, task.quantity, local=self.local, enough=0)
        return [mistake for mistake in every if len(mistake.made) == 1 and not mistake.carried]


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    """For each layer in turn one of its statements, then for each another one."""
    seen: set[Derived] = set()
    rows: list[list[Matter]] = []
    for i, node in enumerate(course.network.nodes):
        if is_stated_of(node) and node.derived not in seen:
            seen.add(node.derived)
            rows.append(matters(course, i))
    for turn in range(max(map(len, rows), default=0)):
        for i, row in enumerate(rows):
            if turn < len(row):
                yield from _plan(course, row[(i + turn) % len(row)], answer_type)


def _plan(course: Course, matter: Matter, answer_type: AnswerType) -> Iterator[Plan]:
    ranges = {n: v for n, v in course.ranges.items() if any(n in letters_of(rule) for rule in matter.rules)}
    local = matter.form != "larger" and is_plain(matter.task) and is_describable(matter.task)
    if course.is_unrolled and not local:
        return
    yield Truth(
        kind="truth",
        course=course,
        answer_type=answer_type,
        difficulty=min(5, matter.level + (not local)),
        node=matter.task.node,
        quantity=matter.task.quantity,
        ranges=ranges,
        local=local,
        stated=matter,
        more={"form": matter.form, "name": matter.name},
    )


truth = Kind("truth", "whether a statement is true", 90, ("choice",), _plans, usual=True)
