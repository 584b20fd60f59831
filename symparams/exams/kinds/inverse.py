"""The other way round: which value of an argument gives a count?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symparams.algebra.compiling import Evaluator, compiled
from symparams.algebra.exact import number
from symparams.algebra.formula import Formula, Number, Symbol, mapped, symbols
from symparams.algebra.notation import SOURCE, shown
from symparams.algebra.solving import grows
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import params
from symparams.exams.plan import FEWEST, Computed, Plan
from symparams.exams.question import AnswerType, Question, Wrong
from symparams.questions.points import Point

_TRIED = 4096  # the largest value that is looked for


@dataclass(kw_only=True)
class Inverse(Computed):
    """One symbol of the rule is unknown, the count is given."""

    unknown: Symbol  # what is asked for, free
    free: Formula  # the rule with the unknown in it

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        value = self._at_unknown(point)
        count = self._count(point, value)
        if value < 1 or not self._count(point, value - 1) < count < self._count(point, value + 1):
            return None
        mistakes = list(self._others(point, value, count))
        options = self.options((value,), mistakes, number, seed) if self.answer_type == "choice" else ()
        if options and len(options) < FEWEST:
            return None
        return self.made((value,), options, [w for w in mistakes if w.made], point)

    @cached_property
    def _known(self) -> Evaluator:
        return compiled(next(s.value for s in symbols(self.rules[0]) if s.name in self.more["names"] and s.value))

    @cached_property
    def _rule(self) -> Evaluator:
        return compiled(self.free)

    def _at_unknown(self, point: Point) -> int:
        value = self._known(point)
        return value if isinstance(value, int) else 0

    def _count(self, point: Point, value: int) -> int | Fraction:
        return self._rule({**point, self.unknown.name: value})

    def _others(self, point: Point, value: int, count: int | Fraction) -> Iterator[Wrong]:
        """Values that a wrong rule gives, and values near by."""
        seen = {value}
        for c in self.candidates:
            wrong = compiled(freed(c.rules[0], self.unknown, self.more["names"]))
            found = _solved(wrong, point, self.unknown.name, count)
            if found is not None and found not in seen and len(c.made) == 1:
                seen.add(found)
                yield Wrong((found,), c.made[0].credit, c.made, c.rules)
        for near in (value + 1, 2 * value, value - 1, value + 2, value // 2, value - 2):
            if near > 0 and near not in seen:
                seen.add(near)
                yield Wrong((near,), Fraction(0), remark=f"that would give {self._count(point, near):,}")


def _solved(rule: Evaluator, point: Point, name: str, count: int | Fraction) -> int | None:
    """The value for which a wrong rule gives the count; None if there is none that is whole."""
    low, high = 1, _TRIED
    try:
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if rule({**point, name: middle}) >= count else (middle + 1, high)
        return low if rule({**point, name: low}) == count else None
    except SymparamsError:
        return None


def freed(rule: Formula, unknown: Symbol, names: tuple[str, ...]) -> Formula:
    """The rule with the symbols of these names unknown."""
    return mapped(rule, lambda leaf: unknown if isinstance(leaf, Symbol) and leaf.name in names else leaf)


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for plan in params.plans(course, "number"):
        assert isinstance(plan, Computed)
        (rule,) = plan.rules
        for unknown, names in unknowns(rule):
            free = freed(rule, unknown, names)
            if grows(free, unknown.name):
                yield Inverse(
                    kind="inverse",
                    course=course,
                    answer_type=answer_type,
                    difficulty=min(5, plan.difficulty + 2),
                    node=plan.node,
                    ranges=plan.ranges,
                    local=True,
                    rules=plan.rules,
                    candidates=plan.candidates,
                    unknown=unknown,
                    free=free,
                    more={"unknown": unknown.name, "names": names, "free": free, "symbol": unknown},
                )


def unknowns(rule: Formula) -> Iterator[tuple[Symbol, tuple[str, ...]]]:
    """What can be asked for: the arguments of the layer in its rule; a square kernel by one letter, k."""
    found = {s.name: s for s in symbols(rule) if s.value is not None and not s.incoming and s.meaning}
    kernels = [s for name, s in found.items() if name.startswith("k_")]
    square = len(kernels) > 1 and len({shown(s.value, SOURCE) for s in kernels if s.value is not None}) == 1
    if square:
        if (number(kernels[0]) or 2) > 1:
            yield Symbol("k", meaning="kernel size"), tuple(s.name for s in kernels)
        found = {name: s for name, s in found.items() if s not in kernels}
    for name, s in found.items():
        if not isinstance(s.value, Number) or s.value.value > 1:
            yield Symbol(name, meaning=s.meaning), (name,)


inverse = Kind(
    "inverse", "the value of an argument that gives a number of parameters", 60, ("number", "choice"), _plans
)
