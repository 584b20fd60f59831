"""The wrong answers to a task: one misconception, one carried on from earlier layers, or two at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from symparams.algebra.formula import Formula
from symparams.algebra.simplifying import simplified
from symparams.errors import SymparamsError
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.task import Subject, Task, Tasks, on_other_input
from symparams.model.layer import Shape
from symparams.model.network import Derived, Network

_WAYS = 6  # ways to make one mistake in one layer that are looked at


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong way to answer a task."""

    made: tuple[Misconception, ...]  # one, or two that are made in this order
    rules: tuple[Formula, ...]  # the wrong rules, one for each number of the answer
    carried: bool = False  # whether it was made in earlier layers and the rest follows from it
    layers: tuple[str, ...] = ()  # of a total: the layers where it was made; (): wherever it can be made
    axes: tuple[str, ...] = ()  # what the numbers belong to; (): to what is asked for


@dataclass(frozen=True, slots=True)
class Believed:
    """What a student who makes a mistake about sizes all along thinks of one layer."""

    derived: Derived | None  # the layer on what is believed to arrive; None where nobody can go on
    shape: Shape | None  # its output as the student has it; None if that is no shape


class Mistakes:
    """The wrong answers to tasks on a network, worked out when they are asked for and then kept."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self._singles: dict[tuple[int, str, tuple[str, ...]], tuple[Mistake, ...]] = {}
        self._beliefs: dict[str, tuple[Believed, ...]] = {}

    @property
    def network(self) -> Network:
        return self.tasks.network

    def singles(self, task: Task) -> tuple[Mistake, ...]:
        """One misconception each."""
        key = (task.index, task.quantity, task.axes)
        if key not in self._singles:
            self._singles[key] = tuple(_singles(task))
        return self._singles[key]

    def carried(self, task: Task) -> Iterator[Mistake]:
        """Misconceptions about sizes made in the layers before; what is asked is right for what they give."""
        if task.quantity == "field":
            return
        for misconception in CATALOGUE.values():
            if "shape" in misconception.quantities and misconception.credit > 0:  # nobody goes on from a misread line
                rules = self.carried_by(misconception, task)
                if rules is not None:
                    yield Mistake((misconception,), rules, carried=True)

    def carried_by(self, misconception: Misconception, task: Task) -> tuple[Formula, ...] | None:
        """The rules of a task on what this misconception makes arrive; None if that is nothing else."""
        derived = self.believed(misconception)[task.index].derived
        if derived is None or derived is task.derived:
            return None
        other = on_other_input(task, derived)
        return other.rules if other.axes == task.axes else None

    def pairs(self, task: Task) -> Iterator[Mistake]:
        """Two misconceptions at once, each pair in one order."""
        order = {name: i for i, name in enumerate(CATALOGUE)}
        later = [m for m in CATALOGUE.values() if task.quantity in m.quantities]
        for first in self.singles(task):
            for second in later:
                if order[second.name] > order[first.made[0].name]:
                    for rules in _edited(second, task, first.rules):
                        yield Mistake((*first.made, second), rules)

    def believed(self, misconception: Misconception) -> tuple[Believed, ...]:
        """What a student with this misconception thinks of every layer."""
        name = misconception.name
        if name not in self._beliefs:
            self._beliefs[name] = tuple(_believed(self.tasks, misconception))
        return self._beliefs[name]


def _singles(task: Task) -> Iterator[Mistake]:
    seen = {task.rules}
    for misconception in CATALOGUE.values():
        if task.quantity in misconception.quantities:
            for rules in _edited(misconception, task, task.rules):
                if rules not in seen:
                    seen.add(rules)
                    yield Mistake((misconception,), rules)


def _edited(misconception: Misconception, task: Task, rules: tuple[Formula, ...]) -> Iterator[tuple[Formula, ...]]:
    """The rules as a misconception changes them; where it changes several, all in the same way."""
    ways = [_ways(misconception, subject) for subject in task.subjects(rules)]
    for i in range(max(map(len, ways), default=0)):
        yield tuple(way[min(i, len(way) - 1)] if way else rule for way, rule in zip(ways, rules, strict=True))


def _ways(misconception: Misconception, subject: Subject) -> list[Formula]:
    """The wrong rules that can be worked out, the likeliest."""
    try:
        return [rule for rule in islice(misconception.edit(subject), _WAYS) if rule != subject.rule]
    except SymparamsError:
        return []


def _believed(tasks: Tasks, misconception: Misconception) -> Iterator[Believed]:
    """Layer by layer, each on the wrong outputs of those before."""
    network = tasks.network
    shapes: list[Shape | None] = []
    for i, node in enumerate(network.nodes):
        derived: Derived | None = node.derived
        arriving = [shapes[j] for j in node.inputs]
        if any(shape != network.nodes[j].shape for shape, j in zip(arriving, node.inputs, strict=True)):
            derived = _on(node.derived, [shape for shape in arriving if shape is not None], network)
        shapes.append(None if derived is None else _wrong_shape(tasks, i, derived, misconception))
        yield Believed(derived, shapes[-1])


def _on(derived: Derived, arriving: list[Shape], network: Network) -> Derived | None:
    """The layer on other inputs; None if it does not accept them."""
    if len(arriving) != len(derived.arriving):
        return None
    try:
        return network.derived(derived.layer, tuple(arriving))
    except SymparamsError:
        return None


def _wrong_shape(tasks: Tasks, index: int, derived: Derived, misconception: Misconception) -> Shape | None:
    """The output of a layer as the student has it; None if it is no shape."""
    if not derived.arriving:
        return derived.shape
    task = tasks.of(index, "shape")
    if derived is not task.derived:
        task = on_other_input(task, derived)
    wrong = next(_edited(misconception, task, task.rules), None)
    if wrong is None:
        return derived.shape
    shape = tuple(simplified(rule, tasks.network.facts) for rule in wrong)
    known = [size for size in shape if not isinstance(size, Formula)]
    return shape if all(isinstance(size, int) and size > 0 for size in known) else None
