"""One network through a whole paper: parts that build on one another, from the sizes to the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import Exact, Point, at
from symparams.algebra.formula import Formula, as_formula
from symparams.errors import SymparamsError
from symparams.exams.candidates import Candidate, candidates
from symparams.exams.chain import Cut, chained, following, part_letter
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.kinds.total import by_layer, mistakes
from symparams.exams.plan import Plan
from symparams.exams.possible import PossibleTotals
from symparams.exams.question import AnswerType, Question, StoryPart, Wrong
from symparams.exams.told import numbers_of_network
from symparams.exams.values import bound
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Task
from symparams.model.network import Network, Node
from symparams.quantities.layer_quantities import sum_of
from symparams.questions.points import number_from

_STORIES = 24  # of one network
_SIZES, _COUNTS = 2, 3  # so many parts on sizes and on layers with parameters, at most
_KNOWN = 8  # wrong answers that a part knows


@dataclass(frozen=True, slots=True)
class _Step:
    """What one part asks of a layer."""

    index: int  # of the layer
    axes: tuple[int, ...]  # the places of the sizes that are asked for, which are equal; (): its parameters
    gives: object = field(compare=False)  # the right answer, by which no two parts are alike


@dataclass(frozen=True)
class _Ready:
    """A part before its values are drawn."""

    node: Node | None  # None: the whole network
    axes: tuple[str, ...]  # what the number is the size of; (): it is a number of parameters
    rule: Formula  # in the letters of the network
    own: Formula  # the same, in the letters of earlier parts too
    wrong: tuple[tuple[Candidate, Formula | None], ...]  # what goes wrong, and the same in the letters of earlier parts


@dataclass(kw_only=True)
class Story(Plan):
    """Parts on one network, the last of them its total."""

    steps: tuple[_Step, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        return tuple(self.course.network.nodes[step.index].name for step in self.steps)

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        parts: list[StoryPart] = []
        right: dict[str, int] = {}  # by the letters of the parts
        for place, ready in enumerate(self._ready or ()):
            part = _part(place, ready, {**point, **right}, point)
            if part is None:
                return None
            if part.node is None:
                part = part._replace(mistakes=tuple(self._possible.among(part.mistakes, point)))
            parts.append(part)
            right[part_letter(place).name] = part.value
        if not parts or self.told(point).intersection(part.value for part in parts):
            return None
        more = {**self.more, "parts": tuple(parts)}
        return Question(
            "story", "number", self.course, None, "params", point, (parts[-1].value,), (parts[-1].rule,), ("",), (), (),
            self.difficulty, self.identity(point), more=more, worth=Fraction(len(parts)),
        )  # fmt: skip

    @cached_property
    def _possible(self) -> PossibleTotals:
        return PossibleTotals(self.course)

    @cached_property
    def _ready(self) -> list[_Ready] | None:
        """The parts; None where the network cannot be cut there."""
        nodes = self.course.network.nodes
        cuts = {s.index: Cut(s.axes, part_letter(at)) for at, s in enumerate(self.steps) if s.axes}
        try:
            cut, own = chained(self.course, cuts)
            ready = [self._of_layer(step, cut, own[step.index]) for step in self.steps]
        except SymparamsError:
            return None
        counted = {s.index: part_letter(at) for at, s in enumerate(self.steps) if not s.axes}
        terms: list[Formula] = []
        for i, node in enumerate(nodes):
            if node.layer.inputs != "none":
                terms.append(counted.get(i) or as_formula(cut.tasks.of(own[i], "params").values[0]))
        total = self.course.total("params")
        rule = by_layer(total, ())
        wrong = candidates(self.course, mistakes(self.course, "params"), (rule,))
        ready.append(_Ready(None, (), rule, sum_of(t for t in terms if t != as_formula(0)), _alone(wrong)))
        return ready

    def _of_layer(self, step: _Step, cut: Mistakes, index: int) -> _Ready:
        quantity = "shape" if step.axes else "params"
        task = self.course.tasks.of(step.index, quantity)
        there = cut.tasks.of(index, quantity)
        axis = step.axes[0] if step.axes else 0
        pairs = _paired(self.course, task, cut, there, axis)
        names = tuple(task.axes[place] for place in step.axes)
        return _Ready(task.node, names, task.rules[axis], there.rules[axis], pairs)


def _part(place: int, ready: _Ready, all_values: Mapping[str, int], point: Point) -> StoryPart | None:
    """The part with the values of a variant; None where it would be no good question."""
    value = _value(ready.rule, point)
    if not isinstance(value, int) or value < 1 or _value(ready.own, all_values) != value:
        return None
    wrong: dict[Exact, Wrong] = {}
    for candidate, own in ready.wrong:
        gives = _value(candidate.rules[0], point)
        if gives == value and len(candidate.made) == 1:
            return None
        if gives is None or gives == value or gives in wrong or len(wrong) == _KNOWN:
            continue
        follows = following(own, point) if own is not None and _value(own, all_values) == gives else None
        wrong[gives] = Wrong(
            (gives,), candidate.credit, candidate.made, candidate.rules, False, candidate.layers, follows=follows
        )
    mark = f"({part_letter(place).name[1:]})"
    rule = bound(ready.rule, point)
    return StoryPart(mark, ready.node, ready.axes, rule, value, following(ready.own, point), tuple(wrong.values()))


def _value(rule: Formula, values: Mapping[str, int]) -> Exact | None:
    """What a rule gives; None where it gives nothing."""
    try:
        return at(rule, values)
    except (SymparamsError, KeyError, ZeroDivisionError):
        return None


def _paired(
    course: Course, task: Task, cut: Mistakes, there: Task, axis: int
) -> tuple[tuple[Candidate, Formula | None], ...]:
    """The mistakes of a task along an axis, each beside the same one in the network that is cut."""
    own: dict[object, list[Formula]] = {}
    for mistake in cut.singles(there):
        own.setdefault(mistake.made, []).append(mistake.rules[axis])
    beside: dict[Formula, Formula] = {}
    along = []
    for mistake in course.mistakes.singles(task):
        rule = mistake.rules[axis]
        if own.get(mistake.made):
            beside.setdefault(rule, own[mistake.made].pop(0))
        along.append(type(mistake)(mistake.made, (rule,)))
    found = candidates(course, along, (task.rules[axis],))
    return tuple((candidate, beside.get(candidate.rules[0])) for candidate in found)


def _alone(found: Sequence[Candidate]) -> tuple[tuple[Candidate, Formula | None], ...]:
    return tuple((candidate, None) for candidate in found)


# ---------------------------------------------------------------- which parts


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    nodes = course.network.nodes
    if course.is_unrolled or any(node.repeats for node in nodes) or course.drawn((course.total("params").sum,)) is None:
        return
    shown = numbers_of_network(course, {})
    sizes, counts = ([s for s in steps(course) if s.gives not in shown] for steps in (_size_steps, _count_steps))
    told: set[tuple[_Step, ...]] = set()
    for story in range(4 * _STORIES):
        steps = _steps(sizes, counts, story)
        if len(steps) < 2 or steps in told or len(told) == _STORIES:
            continue
        told.add(steps)
        yield Story(
            kind="story",
            course=course,
            answer_type=answer_type,
            difficulty=4,
            ranges=course.ranges,
            steps=steps,
            more={"steps": " ".join(f"{nodes[s.index].name}{'.size' if s.axes else ''}" for s in steps)},
        )


def _size_steps(course: Course) -> Iterator[_Step]:
    """The layers that change sizes, all in the same way, so that one number says them, and that nothing passes by."""
    furthest = 0  # the last layer that is fed by one before
    fed = _fed(course.network)
    for i, node in enumerate(course.network.nodes):
        passed_by, furthest = furthest > i, max(furthest, fed[i])
        arriving = node.derived.arriving
        if passed_by or node.layer.inputs == "none" or len(arriving) != 1 or node.shared is not None:
            continue
        task = course.tasks.of(i, "shape")
        if course.drawn(task.rules) is None:
            continue
        spatial = tuple(at for at, axis in enumerate(task.axes) if axis not in ("channels", "features"))
        axes = spatial or tuple(range(len(task.axes)))
        alike = len({task.values[at] for at in axes}) == 1
        changes = len(task.axes) == len(node.shape) and all(task.values[at] not in arriving[0].shape for at in axes)
        given = not spatial and node.derived.counts.params != 0  # the features of a dense layer stand in the network
        if alike and changes and not given:
            yield _Step(i, axes, task.values[axes[0]])


def _fed(network: Network) -> list[int]:
    """For each layer the last one that it feeds."""
    last = list(range(len(network.nodes)))
    for i, node in enumerate(network.nodes):
        for j in node.inputs:
            last[j] = i
    return last


def _count_steps(course: Course) -> Iterator[_Step]:
    """The layers with parameters."""
    for i, node in enumerate(course.network.nodes):
        if node.layer.inputs != "none" and node.shared is None and node.counts.params != 0:
            yield _Step(i, (), node.counts.params)


def _steps(sizes: Sequence[_Step], counts: Sequence[_Step], story: int) -> tuple[_Step, ...]:
    """Some of both, in the order of the network: the last size, and what has parameters behind it, among them."""
    behind = [step for step in counts if sizes and step.index > sizes[-1].index]
    counted = _some(behind, 1, story)
    counted += _some(
        [step for step in counts if step not in counted], story % _COUNTS + 1 - len(counted), story, counted
    )
    chosen = [*sizes[-1:], *_some(sizes[:-1], _SIZES - 1, story), *counted]
    return tuple(sorted(chosen, key=lambda step: (step.index, not step.axes)))


def _some(steps: Sequence[_Step], most: int, story: int, besides: Sequence[_Step] = ()) -> list[_Step]:
    """So many steps at most, no two of which have the same answer."""
    taken = {step.gives for step in besides}
    found: list[_Step] = []
    for step in sorted(steps, key=lambda step: number_from("story", story, step.index, step.axes)):
        if len(found) < most and step.gives not in taken:
            taken.add(step.gives)
            found.append(step)
    return found


story = Kind(
    "story", "parts that build on one another, from sizes to the total", 95, ("number",), _plans,
    recounted=True, parts=True, needs="layers with parameters whose letters all have values or ranges, and no copies",
    heading="Step by step: {}",
)  # fmt: skip
