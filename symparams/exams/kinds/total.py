"""The number of parameters of a whole network."""

from __future__ import annotations

from collections.abc import Iterator

from symparams import limits
from symparams.algebra.exact import number
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.plan import Computed, Plan, candidates
from symparams.exams.question import AnswerType
from symparams.misconceptions.mistakes import Mistake


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    limits.begin_work(len(course.network.nodes))
    total = course.total("params")
    ranges = course.drawn((total.sum,))
    if ranges is None or number(total.sum) == 0:
        return
    counted = sum(value != 0 for value in total.values)
    yield Computed(
        kind="total",
        course=course,
        answer_type=answer_type,
        difficulty=max(2, min(5, 1 + counted)),
        ranges=course.ranges if ranges else {},
        rules=(total.sum,),
        candidates=candidates(course, mistakes(course, "params"), (total.sum,)),
    )


def mistakes(course: Course, quantity: str) -> Iterator[Mistake]:
    """Every misconception made wherever it can be made, then a single layer counted wrongly."""
    total = course.total(quantity)
    for terms in total.everywhere():
        yield Mistake((terms[0].made,), (total.with_terms(terms),))
    for term in total.wrong_terms():
        yield Mistake((term.made,), (total.with_terms([term]),))


total = Kind("total", "the number of parameters of the network", 40, ("number", "choice"), _plans)
