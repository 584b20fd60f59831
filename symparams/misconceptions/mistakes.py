"""The wrong answers to a task: one misconception, one carried on from earlier layers, or two at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice

from symparams import extensions
from symparams.algebra.formula import Formula, Value, size_and_depth
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.layers.spelling import Spelling
from symparams.misconceptions.doubles import Rules, joined
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.forms import Filled, editing
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.roles import offers
from symparams.misconceptions.spatial_mistakes import unmoved
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import COUNTS, Subject, Task, Tasks, on_other_input
from symparams.model.derived import Derived, known
from symparams.model.layer import Incoming, Layer, Shape
from symparams.model.network import Network

_CONCERNING: dict[tuple[object, ...], tuple[Misconception, ...]] = {}  # by kind, quantity and extensions in use
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


@dataclass(frozen=True, slots=True)
class _Output:
    """The output of a layer on the right input."""

    task: Task  # of giving its shape
    right: Believed
    wrong: dict[Misconception, Believed]  # what those think of it that change it


@dataclass(slots=True)
class _Beliefs:
    """What a student who makes a mistake about sizes all along has wrong."""

    known: int  # the layers up to here are worked out; those before the first mistake are right
    counts: bool = False  # whether counts of parameters can be wrong because of it
    wrong: dict[int, Believed] = field(default_factory=dict)  # by the indices of layers


class Mistakes:
    """The wrong answers to tasks on a network, worked out when they are asked for and then kept."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self._singles: dict[tuple[int, str, tuple[str, ...]], tuple[Mistake, ...]] = {}
        self._slips: dict[tuple[int, str], tuple[Mistake, ...]] = {}
        self._outputs: list[_Output] = []
        self._beliefs: dict[Misconception, _Beliefs] = {}

    @property
    def network(self) -> Network:
        return self.tasks.network

    def singles(self, task: Task) -> tuple[Mistake, ...]:
        """One misconception each."""
        key = (task.index, task.quantity, task.axes)
        if key not in self._singles:
            self._singles[key] = _singles(task)
        return self._singles[key]

    def slips(self, task: Task) -> tuple[Mistake, ...]:
        """One misconception each, without the questions misread: nobody misreads a question layer by layer."""
        key = (task.index, task.quantity)
        if key not in self._slips:
            self._slips[key] = _singles(task, misread=False)
        return self._slips[key]

    def pairs(self, task: Task) -> Iterator[Mistake]:
        """Two misconceptions at once, each pair in one order."""
        sensible = _sensible(task)
        for first in self.singles(task):
            subjects = tuple(task.subjects(first.rules))
            for second in sensible[sensible.index(first.made[0]) + 1 :]:
                of_both = _shapes(task, first, second) if task.quantity == "shape" else _edited(second, subjects)
                for rules in of_both:
                    yield Mistake((*first.made, second), rules)

    def slips_together(self, task: Task) -> Iterator[tuple[tuple[Misconception, ...], Filled | Formula]]:
        """Two misconceptions at once in a term of a sum, each pair in one order, the likeliest first."""
        sensible = [m for m in _sensible(task) if m.credit]
        places = {m: i for i, m in enumerate(sensible)}
        later = [m for m in sensible if not m.whole and any(True for _ in _of_right(m, task))]
        brought = {m: m.brings(task.right[0]) for m in later if m.brings is not None}
        for first in self.slips(task):
            (subject,) = task.subjects(first.rules)
            by_form = editing(subject)
            for second in (m for m in later if places[m] > places[first.made[0]]):
                formal = second.formal and by_form is not None
                filled = by_form.made(second, _ways, brought.get(second, ())) if formal else None
                for rule in _ways(second, subject) if filled is None else filled:
                    yield (*first.made, second), rule

    # ------------------------------------------------------------ what is carried on

    def carried(self, task: Task) -> Iterator[Mistake]:
        """Misconceptions about sizes made in the layers before; what is asked is right for what they give."""
        if task.quantity == "field":
            return
        for misconception in self.turning(task.index):
            rules = self.carried_by(misconception, task)
            if rules is not None:
                yield Mistake((misconception,), rules, carried=True)

    def turning(self, index: int) -> list[Misconception]:
        """The misconceptions about sizes that make an output wrong, that of a layer or of one before it."""
        self._look_up_to(index)
        known = [m for m in CATALOGUE.values() if m in self._beliefs]
        others = [m for m in self._beliefs if m.name not in CATALOGUE]
        return sorted([*known, *others], key=lambda m: -m.credit)

    def may_miscount(self, misconception: Misconception, quantity: str) -> bool:
        """Whether a misconception about sizes may make a quantity of a later layer wrong; few are worked out."""
        return quantity not in COUNTS or self._beliefs[misconception].counts

    @cached_property
    def _unmoved(self) -> list[bool]:
        """By layer: whether a wrong size along a spatial axis of its output changes no parameters behind it."""
        return unmoved(self.network.nodes)

    def carried_by(self, misconception: Misconception, task: Task) -> tuple[Formula, ...] | None:
        """The rules of a task on what this misconception makes arrive; None if that is nothing else."""
        derived = self.believed(misconception, task.index).derived
        if derived is None or derived is task.derived:
            return None
        other = on_other_input(task, derived)
        return other.rules if other.axes == task.axes else None

    def believed(self, misconception: Misconception, index: int) -> Believed:
        """What a student with this misconception thinks of a layer."""
        self._look_up_to(index)
        beliefs = self._beliefs.get(misconception)
        if beliefs is None:
            return self._outputs[index].right
        for i in range(beliefs.known, index + 1):
            wrong = self._believed(misconception, beliefs.wrong, i)
            if wrong is not None:
                beliefs.wrong[i] = wrong
        beliefs.known = max(beliefs.known, index + 1)
        return beliefs.wrong.get(index, self._outputs[index].right)

    def _look_up_to(self, index: int) -> None:
        """Have the outputs of the layers up to one."""
        for i in range(len(self._outputs), index + 1):
            self._outputs.append(self._output(i))

    def _output(self, index: int) -> _Output:
        """The output of a layer on the right input, and who begins to be wrong there."""
        task = self.tasks.of(index, "shape")
        wrong = {}
        for misconception in _worth_a_try(type(task.derived.layer), "shape") if task.derived.arriving else ():
            if not misconception.credit:  # nobody goes on from a misread line
                break
            believed = _mistaken(misconception, task)
            if believed.shape != task.derived.shape:
                wrong[misconception] = believed
                beliefs = self._beliefs.setdefault(misconception, _Beliefs(index))
                beliefs.counts |= not (self._unmoved[index] and _is_along_space(misconception, task))
        return _Output(task, Believed(task.derived, task.derived.shape), wrong)

    def _believed(self, misconception: Misconception, before: Mapping[int, Believed], index: int) -> Believed | None:
        """What is thought of a layer on the wrong outputs of those before; None if that is right."""
        output, nodes = self._outputs[index], self.network.nodes
        inputs = nodes[index].inputs
        if not any(j in before and before[j].shape != nodes[j].shape for j in inputs):
            return output.wrong.get(misconception)
        right = (nodes[j].derived.leaving for j in inputs)
        shapes = (before[j].shape if j in before else nodes[j].shape for j in inputs)
        arriving = (replace(x, shape=shape) for x, shape in zip(right, shapes, strict=True) if shape is not None)
        derived = _on(nodes[index].derived, tuple(arriving), self.network)
        if derived is None:
            return Believed(None, None)
        if misconception not in _worth_a_try(type(derived.layer), "shape"):
            return Believed(derived, derived.shape)
        return _mistaken(misconception, on_other_input(output.task, derived))


def _worth_a_try(kind: type[Layer], quantity: str) -> tuple[Misconception, ...]:
    """The misconceptions that may concern a quantity of a kind of layers, those beside it in an extension too."""
    key = (kind, quantity, extensions.in_use())
    if key not in _CONCERNING:
        others = extensions.beside("misconception", kind.__module__, ("quantity", quantity))
        every = sorted([*CATALOGUE.values(), *others], key=lambda m: -m.credit)
        _CONCERNING[key] = tuple(m for m in every if m.concerns(kind, quantity))
    return _CONCERNING[key]


def _sensible(task: Task) -> tuple[Misconception, ...]:
    """Those among them whose tensors the layer has."""
    concerning, has = _worth_a_try(type(task.derived.layer), task.quantity), offers(task.derived)
    kinds = task.network.kinds
    return tuple(
        m for m in concerning if (m.needs is None or m.needs in has) and (not m.beside or _stands_in(kinds, m.beside))
    )


@lru_cache(256)
def _stands_in(kinds: frozenset[type[Layer]], wanted: tuple[type[Layer], ...]) -> bool:
    """Whether one of these kinds is in a network, or a framework's name that may mean it."""
    return any(issubclass(kind, (*wanted, Spelling)) for kind in kinds)


def _singles(task: Task, *, misread: bool = True) -> tuple[Mistake, ...]:
    """The wrong rules, each under the likeliest misconception that gives it; equal layers on equal inputs share them.

    Only what looks at other layers too is tried again at each of them.
    """
    here = [m for m in _sensible(task) if m.credit or misread]
    rules_around = {m: rules for m in here if m.around and (rules := tuple(_edited(m, task.right)))}
    key = (_singles, misread, tuple(rules_around.items()), extensions.in_use())
    if key not in task.kept:
        task.kept[key] = tuple(_without_doubles(task, here, rules_around))
    kept: tuple[Mistake, ...] = task.kept[key]
    return kept


def _without_doubles(
    task: Task, here: Iterable[Misconception], around: Mapping[Misconception, Iterable[tuple[Formula, ...]]]
) -> Iterator[Mistake]:
    seen = {task.rules}
    for misconception in here:
        for rules in around.get(misconception, ()) if misconception.around else _of_right(misconception, task):
            if rules not in seen:
                seen.add(rules)
                yield Mistake((misconception,), rules)


def _of_right(misconception: Misconception, task: Task) -> Iterable[tuple[Formula, ...]]:
    """What a misconception makes of the right rules; equal layers on equal inputs share it."""
    if misconception.around:
        return _edited(misconception, task.right)
    if misconception not in task.kept:
        by_form = editing(task.right[0]) if misconception.formal and len(task.right) == 1 else None
        filled = None if by_form is None else by_form.made(misconception, _ways)
        rules = _edited(misconception, task.right) if filled is None else ((one.rule,) for one in filled)
        task.kept[misconception] = tuple(rules)
    wrong_rules: tuple[tuple[Formula, ...], ...] = task.kept[misconception]
    return wrong_rules


def _edited(misconception: Misconception, subjects: Sequence[Subject]) -> Iterator[tuple[Formula, ...]]:
    """The rules as a misconception changes them; where it changes several, all in the same way."""
    ways = [_ways(misconception, subject) for subject in subjects]
    if not any(ways):
        return
    for i in range(max(map(len, ways))):
        yield tuple(way[min(i, len(way) - 1)] if way else s.rule for way, s in zip(ways, subjects, strict=True))


def _shapes(task: Task, first: Mistake, second: Misconception) -> Iterator[tuple[Formula, ...]]:
    """A shape with two mistakes; a question that is misread is not answered wrongly besides."""

    def same(one: Formula, other: Formula) -> bool:
        return simplified(one, task.network.facts) == simplified(other, task.network.facts)

    for alone in _of_right(second, task) if first.made[0].credit and second.credit else ():

        def orders(alone: tuple[Formula, ...] = alone) -> tuple[Iterator[Rules], Iterator[Rules]]:
            return (
                _edited(second, tuple(task.subjects(first.rules))),
                _edited(first.made[0], tuple(task.subjects(alone))),
            )

        rules = joined(task.rules, first.rules, alone, orders, same)
        if rules is not None:
            yield rules


def _ways(misconception: Misconception, subject: Subject) -> list[Formula]:
    """The wrong rules that can be worked out, the likeliest."""
    if misconception.whole and not intact(subject):
        return []
    try:
        rules = list(islice(misconception.edit(subject), _WAYS))
    except SymparamsError:
        return []
    except Exception as error:
        if not extensions.reported(error):
            raise
        return []
    if not rules:
        return rules
    if not all(isinstance(rule, Formula) for rule in rules):
        origin = extensions.whose(misconception.edit.__module__)
        extensions.tell(f"{origin}: the edit of `{misconception.name}` gives something other than formulas")
        return []
    return [rule for rule in rules if rule != subject.rule]


def _is_along_space(misconception: Misconception, task: Task) -> bool:
    """Whether a misconception edits nothing but sizes along spatial axes."""
    channels = task.derived.leaving.channel_axis
    return all(rules[channels] == task.rules[channels] for rules in _of_right(misconception, task))


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
    wrong = next(iter(_of_right(misconception, task)), None)
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
