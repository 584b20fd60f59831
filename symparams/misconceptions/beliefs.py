"""What a student thinks of a network who makes a mistake about sizes all along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import Formula, Value, size_and_depth
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.spatial_mistakes import unmoved
from symparams.misconceptions.task import COUNTS, Task, Tasks, on_other_input
from symparams.misconceptions.trying import of_right, sensible, ways_of, worth_a_try
from symparams.model.derived import Derived, known
from symparams.model.layer import Incoming, Shape
from symparams.model.network import Network


@dataclass(frozen=True, slots=True)
class Believed:
    """What such a student thinks of one layer."""

    derived: Derived | None  # the layer on what is believed to arrive; None where nobody can go on
    shape: Shape | None  # its output as the student has it; None if that is no shape


class Beliefs:
    """What is thought of the layers of a network, by misconception; worked out when it is asked for."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._outputs: list[Task] = []  # of giving the shape of each layer, on the right input
        self._turning: dict[Misconception, int] = {}  # by the first layer whose output each makes wrong
        self._looked = 0  # how many layers were looked at for that
        self._wrong: dict[Misconception, dict[int, Believed]] = {}  # by the index of a layer: what is not right
        self._known: dict[Misconception, int] = {}  # how many layers of that are worked out

    @property
    def network(self) -> Network:
        return self._tasks.network

    def turning(self, index: int, quantity: str = "shape") -> list[Misconception]:
        """The misconceptions that make an output wrong, that of a layer or of one before it.

        Of a quantity that adds up, only those that may make it wrong in a later layer; few do that to a count.
        """
        if quantity in COUNTS:
            return _in_order(self._miscounting)
        for i in range(self._looked, index + 1):
            for misconception in self._tried(i):
                if misconception not in self._turning and self._own(misconception, i) is not None:
                    self._turning[misconception] = i
        self._looked = max(self._looked, index + 1)
        return _in_order([m for m, first in self._turning.items() if first <= index])

    @cached_property
    def _miscounting(self) -> list[Misconception]:
        """Those that make a size wrong on which a count depends; where none does, only channels are looked at."""
        found: list[Misconception] = []
        for i, still in enumerate(unmoved(self.network.nodes)):
            for misconception in self._tried(i):
                if misconception in found or (still and not self._edits_channels(misconception, i)):
                    continue
                if self._own(misconception, i) is not None:
                    found.append(misconception)
        return found

    def believed(self, misconception: Misconception, index: int) -> Believed:
        """What a student with this misconception thinks of a layer."""
        wrong = self._wrong.setdefault(misconception, {})
        for i in range(self._known.get(misconception, 0), index + 1):
            one = self._believed(misconception, wrong, i)
            if one is not None:
                wrong[i] = one
        self._known[misconception] = max(self._known.get(misconception, 0), index + 1)
        if index in wrong:
            return wrong[index]
        derived = self.network.nodes[index].derived
        return Believed(derived, derived.shape)

    def _output(self, index: int) -> Task:
        for i in range(len(self._outputs), index + 1):
            self._outputs.append(self._tasks.of(i, "shape"))
        return self._outputs[index]

    def _tried(self, index: int) -> Iterable[Misconception]:
        """The misconceptions about its output with which somebody goes on; nobody does from a misread line."""
        task = self._output(index)
        return (m for m in sensible(task) if m.credit) if task.derived.arriving else ()

    def _edits_channels(self, misconception: Misconception, index: int) -> bool:
        """Whether a misconception edits the channels of an output."""
        task = self._output(index)
        return bool(ways_of(misconception, task.right[task.derived.leaving.channel_axis]))

    def _own(self, misconception: Misconception, index: int) -> Believed | None:
        """What is thought of a layer on the right input; None if that is right."""
        task = self._output(index)
        if not task.derived.arriving or misconception not in worth_a_try(type(task.derived.layer), "shape"):
            return None
        believed = _mistaken(misconception, task)
        return None if believed.shape == task.derived.shape else believed

    def _believed(self, misconception: Misconception, before: Mapping[int, Believed], index: int) -> Believed | None:
        """What is thought of a layer on the wrong outputs of those before; None if that is right."""
        nodes = self.network.nodes
        inputs = nodes[index].inputs
        if not any(j in before and before[j].shape != nodes[j].shape for j in inputs):
            return self._own(misconception, index)
        right = (nodes[j].derived.leaving for j in inputs)
        shapes = (before[j].shape if j in before else nodes[j].shape for j in inputs)
        arriving = tuple(
            Incoming(shape, x.convention, x.is_sequence)
            for x, shape in zip(right, shapes, strict=True)
            if shape is not None
        )
        derived = _on(nodes[index].derived, arriving, self.network)
        if derived is None:
            return Believed(None, None)
        if misconception not in worth_a_try(type(derived.layer), "shape"):
            return Believed(derived, derived.shape)
        return _mistaken(misconception, on_other_input(self._output(index), derived))


def _in_order(misconceptions: Sequence[Misconception]) -> list[Misconception]:
    """The likeliest first; those of extensions behind others that are as likely."""
    ours = [m for m in CATALOGUE.values() if m in misconceptions]
    others = [m for m in misconceptions if m.name not in CATALOGUE]
    return sorted([*ours, *others], key=lambda m: -m.credit)


def _on(derived: Derived, arriving: tuple[Incoming, ...], network: Network) -> Derived | None:
    """The layer on other inputs; None if it does not accept them."""
    if len(arriving) != len(derived.arriving):
        return None
    try:
        shapes, read = tuple(x.shape for x in arriving), tuple(x.is_sequence for x in arriving)
        return known(derived.layer, shapes, network.convention, network.facts, read, derived.laid_out)
    except SymparamsError:
        return None


def _mistaken(misconception: Misconception, task: Task) -> Believed:
    """What is thought of a layer where its shape is worked out with a misconception."""
    if misconception.around:
        return Believed(task.derived, _wrong_shape(misconception, task))
    if (_mistaken, misconception) not in task.kept:
        task.kept[_mistaken, misconception] = _wrong_shape(misconception, task)
    return Believed(task.derived, task.kept[_mistaken, misconception])


def _wrong_shape(misconception: Misconception, task: Task) -> Shape | None:
    """The right shape where the misconception changes nothing; None if what comes out is no shape."""
    wrong = next(iter(of_right(misconception, task)), None)
    if wrong is None:
        return task.derived.shape
    try:
        shape = tuple(simplified(rule, task.network.facts) for rule in wrong)
    except SymparamsError:  # a number that breaks a limit is nobody's mistake
        return None
    return shape if all(map(_is_believable, shape)) else None


_LARGEST = 10**100  # of a wrong size that somebody goes on with
_LONGEST = 60  # numbers and letters in it


def _is_believable(size: Value) -> bool:
    """Whether a wrong size is one that somebody could go on with."""
    if isinstance(size, Formula):
        return size_and_depth(size)[0] <= _LONGEST
    return isinstance(size, int) and 0 < size < _LARGEST
