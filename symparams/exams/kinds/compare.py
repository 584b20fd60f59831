"""Two designs compared: the same network with other values, or two networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.evaluation import Evaluator, Point, compiled
from symparams.algebra.formula import Formula, as_formula
from symparams.exams.choosing import FEWEST
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.total import mistakes
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType, Question, Wrong

_MARK = "'"  # behind the letters of the second design


@dataclass(kw_only=True)
class Designs(Computed):
    """How many more parameters the larger of two designs has."""

    other: Course  # the second design

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        first = {name: value for name, value in point.items() if not name.endswith(_MARK)}
        second = {name[: -len(_MARK)]: value for name, value in point.items() if name.endswith(_MARK)}
        second = {**self.other.resting, **second}
        if not self.other.accepts(second) or (self.other is self.course and first == second):
            return None
        counts = self._counts[0](first), self._counts[1](second)
        gap = counts[1] - counts[0]
        if gap <= 0:
            return None
        wrong = list(self._wrong(first, second, gap))
        options = self.options((gap,), wrong, number, seed, point) if self.answer_type == "choice" else ()
        if options and len(options) < FEWEST:
            return None
        rules: tuple[Formula, ...] = (as_formula(counts[1]) - as_formula(counts[0]),)
        more = {**self.more, "first": first, "second": second, "counts": counts, "other": self.other}
        return Question(
            self.kind, self.answer_type, self.course, None, "params", point, (gap,), rules, ("",), options,
            () if options else tuple(wrong), self.difficulty, self.identity(point), more=more,
        )  # fmt: skip

    @cached_property
    def _counts(self) -> tuple[Evaluator, Evaluator]:
        return compiled(self.course.total("params").sum), compiled(self.other.total("params").sum)

    @cached_property
    def _pairs(self) -> list[tuple[Wrong, Evaluator, Evaluator]]:
        """The misconceptions that are possible in both, made everywhere, with the totals that they give."""
        by_name = [
            {m.made[0].name: m for m in mistakes(course, "params") if not m.layers}
            for course in (self.course, self.other)
        ]
        return [
            (Wrong((), m.made[0].credit, m.made), compiled(m.rules[0]), compiled(by_name[1][name].rules[0]))
            for name, m in by_name[0].items()
            if name in by_name[1]
        ]

    def _wrong(self, first: Point, second: Point, gap: object) -> Iterator[Wrong]:
        seen = {gap}
        for wrong, one, other in self._pairs:
            value = other(second) - one(first)
            if value not in seen:
                seen.add(value)
                yield Wrong((value,), wrong.credit, wrong.made)


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    other = course.rival or course
    if course.open_letters or other.open_letters or (other is course and not course.ranges):
        return
    ranges: Mapping[str, object] = course.ranges | {name + _MARK: values for name, values in other.ranges.items()}
    yield Designs(
        kind="compare",
        course=course,
        answer_type=answer_type,
        difficulty=4,
        ranges=ranges,  # type: ignore[arg-type]
        rules=(),
        other=other,
        more={"with": other.identity if other is not course else ""},
    )


compare = Kind(
    "compare", "how many more parameters one of two designs has", 85, ("number", "choice"), _plans, usual=True,
    needs="a letter with a range, or a second network",
)  # fmt: skip
