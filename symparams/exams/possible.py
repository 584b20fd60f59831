"""Wrong totals that can be made with the values of a variant: a letter that is 1 makes some mistakes impossible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Number
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.question import Content, Wrong

_KEPT = 32  # sets of letters for which the wrong totals are kept

_Rules = dict[tuple[str, tuple[str, ...]], list[Formula]]  # by a misconception and the layers that are named


class PossibleTotals:
    """The wrong totals of a network where some of its drawn letters are 1.

    One head, one group or a stride of 1 leaves nothing to be mistaken about, so that a mistake that was made in such a
    layer as long as a letter stood there is another one there, or none.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._rules: dict[tuple[str, ...], _Rules] = {}

    def among(self, wrong: Sequence[Wrong], point: Point) -> list[Wrong]:
        """Those that come out in the network with these letters, too."""
        ones = tuple(name for name in self.course.ranges if point.get(name) == 1)
        if not ones or self.course.is_unrolled:  # layers of the network that is unrolled have other names
            return list(wrong)
        if ones not in self._rules:
            if len(self._rules) == _KEPT:
                self._rules.clear()
            self._rules[ones] = _with_ones(self.course, ones)
        return [w for w in wrong if _gives(self._rules[ones], w, point)]


def _with_ones(course: Course, ones: Sequence[str]) -> _Rules:
    given = {**course.given, **{name: Number(1) for name in ones}}
    total = Course(course.source, course.settings, given, course.catalogue).total("params")
    rules: _Rules = defaultdict(list)
    for terms in total.everywhere():
        rules[terms[0].made.name, ()].append(total.with_terms(terms))
    for term in total.wrong_terms():
        rules[term.made.name, (total.node(term.index).name,)].append(total.with_terms((term,)))
    return rules


def _gives(rules: _Rules, wrong: Wrong, point: Point) -> bool:
    found = rules.get((wrong.made[0].name, wrong.layers), ())
    return any(wrong.content == _content(rule, point) for rule in found)


def _content(rule: Formula, point: Point) -> Content:
    try:
        return (at(rule, point),)
    except (SymparamsError, KeyError):
        return ()
