"""The other way round: which value of an argument gives a count?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symparams.algebra.evaluation import Evaluator, Exact, Point, at, compiled, number
from symparams.algebra.formula import Formula, Number, Symbol, symbols
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.solving import grows
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.exams.candidates import Candidate
from symparams.exams.choosing import FEWEST
from symparams.exams.course import Course
from symparams.exams.describable import is_describable
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import params
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType, Content, Question, Wrong
from symparams.exams.told import values

Counting: TypeAlias = "Callable[[int], Exact]"

_TRIED = 4096  # the largest value that is looked for
_UNKNOWN = Symbol("=")  # stands for it in rules: no letter is called so


@dataclass(kw_only=True)
class Inverse(Computed):
    """One symbol of the rule is unknown, the count is given."""

    unknown: Symbol  # what is asked for, free
    names: tuple[str, ...]  # the symbols of the rule that it stands for

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        rule = self.rules[0]
        value = next(at(s.value, point) for s in symbols(rule) if s.name in self.names and s.value is not None)
        count = _counting(self._freed(rule), point)
        if not isinstance(value, int) or value < 1 or not count(value - 1) < count(value) < count(value + 1):
            return None
        wrong = list(self._others(point, value, count))
        options = self.options((value,), wrong, number, seed, point) if self.answer_type == "choice" else ()
        if options and len(options) < FEWEST:
            return None
        return self.made((value,), options, [w for w in wrong if w.made], point)

    def near(self, key: Content, known: Sequence[Wrong], point: Point | None) -> Iterable[Wrong]:
        return ()  # values near by are among those that are known

    def told(self, point: Point) -> frozenset[int]:
        """The symbols of the rule that are known, and the count."""
        (rule,) = self.rules
        given = [s for s in symbols(rule) if s.meaning and s.name not in self.names]
        return frozenset(values([rule, *given], point))

    def _freed(self, rule: Formula) -> Evaluator:
        """A rule as a function of the letters and of the unknown."""
        return compiled(freed(rule, _UNKNOWN, self.names))

    @cached_property
    def _wrong(self) -> list[tuple[Candidate, Evaluator]]:
        """The single mistakes, each with its rule."""
        return [(c, self._freed(c.rules[0])) for c in self.candidates if len(c.made) == 1]

    def _others(self, point: Point, value: int, count: Counting) -> Iterator[Wrong]:
        """Values that a wrong rule gives, and values near by."""
        seen = {value}
        for c, rule in self._wrong:
            solution = _solved(_counting(rule, point), count(value))
            if solution is not None and solution not in seen:
                seen.add(solution)
                yield Wrong((solution,), c.made[0].credit, c.made)
        steps = (value + 1, 2 * value, value - 1, value + 2, value // 2, value - 2, value + 3, value - 3, value + 4)
        for near in steps:
            if near > 0 and near not in seen:
                seen.add(near)
                yield Wrong((near,), Fraction(0), remark=f"that would give `{count(near)}`")


def _counting(rule: Evaluator, point: Point) -> Counting:
    """What a rule gives for a value of the unknown."""
    letters = dict(point)

    def count(value: int) -> Exact:
        letters[_UNKNOWN.name] = value
        return rule(letters)

    return count


def _solved(wrong: Counting, count: Exact) -> int | None:
    """The value for which a wrong rule gives the count; None if there is none that is whole."""
    low, high = 1, _TRIED
    try:
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if wrong(middle) >= count else (middle + 1, high)
        return low if wrong(low) == count else None
    except (SymparamsError, KeyError):
        return None


def freed(rule: Formula, unknown: Symbol, names: tuple[str, ...]) -> Formula:
    """The rule with the symbols of these names unknown."""
    return mapped(rule, lambda leaf: unknown if isinstance(leaf, Symbol) and leaf.name in names else leaf)


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for plan in params.plans(course, "number"):
        assert isinstance(plan, Computed)
        assert plan.node is not None
        if not is_describable(course.tasks.of(course.network.index(plan.node.name), "params")):
            continue
        (rule,) = plan.rules
        for unknown, names in unknowns(rule):
            if grows(freed(rule, unknown, names), unknown.name):
                yield Inverse(
                    kind="inverse",
                    course=course,
                    answer_type=answer_type,
                    difficulty=min(5, plan.difficulty + 2),
                    node=plan.node,
                    ranges=plan.ranges,
                    local=True,
                    rules=plan.rules,
                    mistakes=plan.mistakes,
                    unknown=unknown,
                    names=names,
                    more={"unknown": unknown.name, "names": names, "symbol": unknown},
                )


_SIDES = {2: "side of the square kernel", 3: "side of the cubic kernel"}  # what k is, by the axes of the kernel


def unknowns(rule: Formula) -> Iterator[tuple[Symbol, tuple[str, ...]]]:
    """What can be asked for: the arguments of the layer in its rule; a square kernel by one letter, k."""
    symbols_by_name = {s.name: s for s in symbols(rule) if s.value is not None and not s.incoming and s.meaning}
    kernels = [s for name, s in symbols_by_name.items() if name.startswith("k_")]
    square = len(kernels) > 1 and len({shown(s.value, SOURCE) for s in kernels if s.value is not None}) == 1
    if square:
        if (number(kernels[0]) or 2) > 1:
            yield Symbol("k", meaning=_SIDES[len(kernels)]), tuple(s.name for s in kernels)
        symbols_by_name = {name: s for name, s in symbols_by_name.items() if s not in kernels}
    for name, s in symbols_by_name.items():
        if not isinstance(s.value, Number) or s.value.value > 1:
            yield Symbol(name, meaning=s.meaning), (name,)


inverse = Kind(
    "inverse",
    "the value of an argument that gives a number of parameters",
    60,
    ("number", "choice"),
    _plans,
    usual=True,
)
