"""The number of parameters of a whole network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.evaluation import Exact, Point, number
from symparams.algebra.formula import Formula, Symbol
from symparams.exams.candidates import candidates
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.plan import Computed, Plan
from symparams.exams.possible import PossibleTotals
from symparams.exams.question import AnswerType, Wrong
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.totals import Total, WrongTerm
from symparams.quantities.layer_quantities import sum_of


@dataclass(kw_only=True)
class WholeCount(Computed):
    """How many parameters a network has."""

    def drawn(self, point: Point) -> tuple[tuple[Exact, ...], list[Wrong]] | None:
        found = super().drawn(point)
        return None if found is None else (found[0], self._possible.among(found[1], point))

    @cached_property
    def _possible(self) -> PossibleTotals:
        return PossibleTotals(self.course)


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    total = course.total("params")
    rule = by_layer(total, ())
    ranges = course.drawn((rule,))
    if ranges is None or number(rule) == 0:
        return
    counted = sum(value != 0 for value in total.values)
    yield WholeCount(
        kind="total",
        course=course,
        answer_type=answer_type,
        difficulty=max(2, min(5, 1 + counted)),
        ranges=course.ranges if ranges else {},
        rules=(rule,),
        mistakes=lambda: candidates(course, mistakes(course, "params"), (rule,)),
    )


def by_layer(total: Total, wrong: Sequence[WrongTerm]) -> Formula:
    """The sum with a symbol for what each layer has, so that a number a layer is put in."""
    rules = {term.index: term.rule for term in wrong}
    terms = (Symbol(f"P_{i}", rules.get(i, term.rule)) for i, term in enumerate(total.terms))
    return sum_of(term for term in terms if number(term) != 0)


def mistakes(
    course: Course, quantity: str, added: Callable[[Total, Sequence[WrongTerm]], Formula] = by_layer
) -> Iterator[Mistake]:
    """Every misconception made wherever it can be made, then a single layer counted wrongly; `added` adds them up."""
    total = course.total(quantity)
    for terms in total.everywhere():
        yield Mistake((terms[0].made,), (added(total, terms),))
    for term in () if course.is_unrolled else total.wrong_terms():
        where = (total.node(term.index).name,)
        yield Mistake((term.made,), (added(total, [term]),), layers=where)


total = Kind(
    "total", "the number of parameters of the network", 40, ("number", "choice"), _plans, usual=True, recounted=True
)
