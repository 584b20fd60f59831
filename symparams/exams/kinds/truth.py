"""True or false: statements on what the layers of a network have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from symparams.algebra.evaluation import Point
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Option, Question, Wrong
from symparams.misconceptions.misconception import Misconception
from symparams.model.derived import Derived

_ASKED = ("params", "shape", "macs")


@dataclass(kw_only=True)
class Truth(Plan):
    """A statement that is the belief behind a misconception, or what mends it."""

    row = "statements"

    about: Misconception

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        is_true = self.in_turn(number, seed).place(2) == 0
        key, other = ("True", "False") if is_true else ("False", "True")
        wrong = Wrong(other, Fraction(0), (self.about,) if is_true else (), remark=self.about.repair)
        options = {key: Option(key, None), other: Option(other, wrong)}
        return Question(
            "truth", "choice", self.course, None, "", {}, key, (), (), (options["True"], options["False"]), (),
            self.difficulty, self.identity({}, is_true), more={**self.more, "is_true": is_true},
        )  # fmt: skip


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for about in concerning(course):
        if about.general:
            yield Truth(
                kind="truth",
                course=course,
                answer_type=answer_type,
                difficulty=1,
                about=about,
                more={"about": about, "name": about.name},
            )


def concerning(course: Course) -> list[Misconception]:
    """The misconceptions with a claim that somebody can have about this network, in the order of its layers."""
    misconceptions: dict[str, Misconception] = {}
    seen: set[Derived] = set()
    for i, node in enumerate(course.network.nodes):
        if node.layer.inputs == "none" or node.derived in seen:
            continue
        seen.add(node.derived)
        for quantity in _ASKED:
            try:
                mistakes = course.mistakes.singles(course.tasks.of(i, quantity))
            except SymparamsError:
                continue
            for mistake in mistakes:
                if mistake.made[0].claim:
                    misconceptions.setdefault(mistake.made[0].name, mistake.made[0])
    return list(misconceptions.values())


truth = Kind("truth", "whether a statement is true", 90, ("choice",), _plans, usual=True)
