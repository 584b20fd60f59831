"""A row of the summary table left blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from symparams.algebra.formula import Formula
from symparams.exams.candidates import Candidate, all_mistakes, candidates
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import params
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType

_ROWS = 24  # of a table that is still shown


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    if len(course.network.nodes) > _ROWS or course.open_letters or any(n.repeats for n in course.network.nodes):
        return
    for plan in params.plans(course, answer_type):
        assert isinstance(plan, Computed)
        assert plan.node is not None
        if plan.local:  # here the network is shown, so its mistakes can be made
            plan = replace(
                plan, mistakes=partial(_candidates, course, course.network.index(plan.node.name), plan.rules)
            )
        level = min(5, plan.difficulty + (1 if plan.local else 0))
        yield replace(plan, kind="blank", local=False, summary=True, difficulty=level, ranges=course.ranges)


def _candidates(course: Course, index: int, rules: tuple[Formula, ...]) -> tuple[Candidate, ...]:
    return candidates(course, all_mistakes(course, index, "params"), rules)


blank = Kind(
    "blank", "a cell of the summary table that is left blank", 50, ("number", "choice"), _plans,
    usual=True, recounted=True,
    needs=f"a network of at most {_ROWS} layers, all of whose letters have values or ranges",
)  # fmt: skip
