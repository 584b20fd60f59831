"""Which plans are asked for: of which kinds and types, of which levels, about which layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symparams import limits
from symparams.errors import SymparamsError, listed, nearest
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType
from symparams.quantities.named_layers import layers_named


@dataclass(frozen=True)
class Selected:
    """The plans of one kind, or of one of its types, that is asked for."""

    name: str  # as it is asked for: params, or params:choice
    kind: Kind
    unmarked: tuple[AnswerType, ...]  # types of answers asked for that the format cannot mark
    every: tuple[Plan, ...]  # of the other types
    here: tuple[Plan, ...]  # those about the layers that are asked for
    faded: tuple[Plan, ...]  # those whose solutions have steps to leave out, where these are asked for
    fitting: tuple[Plan, ...]  # those of the levels that are asked for


def kind_named(text: str) -> tuple[Kind, tuple[AnswerType, ...]]:
    """A kind and the types of answers asked for: `params`, or `params:choice`."""
    name, _, wanted = text.partition(":")
    kind = KINDS.ask(name)
    if kind is None:
        near = nearest(name, KINDS.names()) or f"; the choices are {', '.join(KINDS.names())}"
        raise SymparamsError(f"there is no kind of question `{name[:60]}`{near}")
    types = tuple(t for t in kind.types if not wanted or t == wanted)
    if not types:
        raise SymparamsError(
            f"questions of the kind {name} are answered by {listed(kind.types, 'or')}, not {wanted[:60]}"
        )
    return kind, types


class Selection:
    """What is asked for of some networks."""

    def __init__(
        self,
        courses: Sequence[Course],
        *,
        layers: Sequence[str],
        without: Sequence[str],
        levels: tuple[int, int],
        fade: int,
        types: frozenset[AnswerType],
    ) -> None:
        self._courses = courses
        self._only = nodes_named(courses, layers) if layers else None
        self._not = nodes_named(courses, without)
        self._levels = levels
        self._fade = fade
        self._types = types

    def of_kinds(self, names: Sequence[str]) -> Iterator[Selected]:
        """The plans of these kinds, each of a kind and type only where it is named first."""
        asked: set[tuple[str, AnswerType]] = set()
        for name in names:
            kind, types = kind_named(name)
            new = [t for t in types if (kind.name, t) not in asked]
            asked |= {(kind.name, t) for t in new}
            if new:
                yield self._of(name, kind, new)

    def _of(self, name: str, kind: Kind, types: Sequence[AnswerType]) -> Selected:
        every = tuple(
            plan for course in self._courses for t in types if t in self._types for plan in plans_of(kind, course, t)
        )
        here = tuple(filter(self._is_here, every))
        faded = tuple(plan for plan in here if not self._fade or (plan.answer_type == "number" and kind.fades))
        low, high = self._levels
        fitting = tuple(plan for plan in faded if low <= plan.difficulty <= high)
        return Selected(name, kind, tuple(t for t in types if t not in self._types), every, here, faded, fitting)

    def _is_here(self, plan: Plan) -> bool:
        """Whether a plan is about a layer that is asked about; one about the whole network only where none is named."""
        named = {(plan.course, name) for name in plan.layers}
        return (self._only is None or bool(named and named <= self._only)) and not named & self._not


def nodes_named(courses: Sequence[Course], names: Sequence[str]) -> frozenset[tuple[Course, str]]:
    """The layers that names mean, in whichever of the networks they are; an error if one is in none."""
    found: set[tuple[Course, str]] = set()
    for name in names:
        errors: list[SymparamsError] = []
        for course in courses:
            try:
                found |= {(course, node.name) for node in layers_named(course.network, name)}
            except SymparamsError as error:
                errors.append(error)
        if len(errors) == len(courses):
            raise errors[0]
    return frozenset(found)


def plans_of(kind: Kind, course: Course, answer_type: AnswerType) -> list[Plan]:
    """All plans of a kind on a network."""
    with limits.work(len(course.network.nodes)):
        plans = list(kind.plans(course, answer_type))
    if not all(isinstance(plan, Plan) and plan.kind == kind.name for plan in plans):
        raise SymparamsError(f"the kind of question {kind.name} makes plans under another name")
    return plans


def levels_in(plans: Sequence[Plan]) -> str:
    """The levels of plans: 3, or 2 to 4."""
    found = sorted({plan.difficulty for plan in plans})
    return str(found[0]) if len(found) == 1 else f"{found[0]} to {found[-1]}"
