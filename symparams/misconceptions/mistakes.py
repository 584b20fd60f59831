"""The wrong answers to a task: one misconception, one carried on from earlier layers, or two at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from symparams import extensions
from symparams.algebra.formula import Formula
from symparams.algebra.simplification import simplified
from symparams.misconceptions.beliefs import Beliefs
from symparams.misconceptions.doubles import Rules, joined
from symparams.misconceptions.forms import Filled, editing
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.task import Task, Tasks, on_other_input
from symparams.misconceptions.trying import edited, of_right, sensible, ways_of
from symparams.model.network import Network

Around: TypeAlias = "Mapping[Misconception, tuple[tuple[Formula, ...], ...]]"  # what each makes of the right rules


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A wrong way to answer a task."""

    made: tuple[Misconception, ...]  # one, or two that are made in this order
    rules: tuple[Formula, ...]  # the wrong rules, one for each number of the answer
    carried: bool = False  # whether it was made in earlier layers and the rest follows from it
    layers: tuple[str, ...] = ()  # of a total: the layers where it was made; (): wherever it can be made
    axes: tuple[str, ...] = ()  # what the numbers belong to; (): to what is asked for
    between: tuple[Formula, ...] = ()  # of two: the rules with the first alone


class Mistakes:
    """The wrong answers to tasks on a network, worked out when they are asked for and then kept."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self._singles: dict[tuple[int, str, tuple[str, ...]], tuple[Mistake, ...]] = {}
        self._slips: dict[tuple[int, str], tuple[Mistake, ...]] = {}
        self._around: dict[tuple[int, str, bool], Around] = {}
        self.beliefs = Beliefs(tasks)

    @property
    def network(self) -> Network:
        return self.tasks.network

    def singles(self, task: Task) -> tuple[Mistake, ...]:
        """One misconception each."""
        key = (task.index, task.quantity, task.axes)
        if key not in self._singles:
            self._singles[key] = _singles(task, self.around(task))
        return self._singles[key]

    def slips(self, task: Task) -> tuple[Mistake, ...]:
        """One misconception each, without the questions misread: nobody misreads a question layer by layer."""
        key = (task.index, task.quantity)
        if key not in self._slips:
            self._slips[key] = _singles(task, self.around(task, misread=False), misread=False)
        return self._slips[key]

    def around(self, task: Task, *, misread: bool = True) -> Around:
        """What those make of the right rules that look at other layers too; equal layers have others around them."""
        key = (task.index, task.quantity, misread)
        if key not in self._around:
            looking = (m for m in sensible(task) if m.around and (m.credit or misread))
            every = ((m, tuple(edited(m, task.right))) for m in looking)
            self._around[key] = {m: rules for m, rules in every if rules}
        return self._around[key]

    def pairs(self, task: Task) -> Iterator[Mistake]:
        """Two misconceptions at once, each pair in one order."""
        every = sensible(task)
        for first in self.singles(task):
            if len(first.rules) != len(task.axes):  # another layer's answer, which has more numbers
                continue
            subjects = tuple(task.subjects(first.rules))
            for second in every[every.index(first.made[0]) + 1 :]:
                of_both = _shapes(task, first, second) if task.quantity == "shape" else edited(second, subjects)
                for rules in of_both:
                    yield Mistake((*first.made, second), rules, between=first.rules)

    def slips_together(self, task: Task) -> Iterator[tuple[tuple[Misconception, ...], Filled | Formula]]:
        """Two misconceptions at once in a term of a sum, each pair in one order, the likeliest first.

        Who makes a second mistake could have made it alone.
        """
        every, around = [m for m in sensible(task) if m.credit], self.around(task, misread=False)
        places = {m: i for i, m in enumerate(every)}
        alone = (m for m in every if (m in around if m.around else of_right(m, task)))
        later = [m for m in alone if not m.whole]
        for first in self.slips(task):
            (subject,) = task.subjects(first.rules)
            by_form = editing(subject)
            for second in (m for m in later if places[m] > places[first.made[0]]):
                filled = None
                if by_form is not None and second.formal:
                    filled = by_form.made(second, ways_of)
                for rule in ways_of(second, subject) if filled is None else filled:
                    yield (*first.made, second), rule

    # ------------------------------------------------------------ what is carried on

    def carried(self, task: Task) -> Iterator[Mistake]:
        """Misconceptions about sizes made in the layers before; what is asked is right for what they give."""
        if task.quantity == "field":
            return
        for misconception in self.beliefs.turning(task.index):
            rules = self.carried_by(misconception, task)
            if rules is not None:
                yield Mistake((misconception,), rules, carried=True)

    def carried_by(self, misconception: Misconception, task: Task) -> tuple[Formula, ...] | None:
        """The rules of a task on what this misconception makes arrive; None if that is nothing else."""
        derived = self.beliefs.believed(misconception, task.index).derived
        if derived is None or derived is task.derived:
            return None
        other = on_other_input(task, derived)
        return other.rules if other.axes == task.axes else None


def _singles(task: Task, around: Around, *, misread: bool = True) -> tuple[Mistake, ...]:
    """The wrong rules, each under the likeliest misconception that gives it; equal layers on equal inputs share them.

    Only what looks at other layers too is tried again at each of them.
    """
    key = (_singles, misread, tuple(around.items()), extensions.in_use())
    if key not in task.kept:
        here = [m for m in sensible(task) if m.credit or misread]
        task.kept[key] = tuple(_without_doubles(task, here, around))
    kept: tuple[Mistake, ...] = task.kept[key]
    return kept


def _without_doubles(task: Task, here: Iterable[Misconception], around: Around) -> Iterator[Mistake]:
    seen = {task.rules}
    for misconception in here:
        for rules in around.get(misconception, ()) if misconception.around else of_right(misconception, task):
            if rules not in seen:
                seen.add(rules)
                yield Mistake((misconception,), rules)


def _shapes(task: Task, first: Mistake, second: Misconception) -> Iterator[tuple[Formula, ...]]:
    """A shape with two mistakes; a question that is misread is not answered wrongly besides."""

    def same(one: Formula, other: Formula) -> bool:
        return simplified(one, task.network.facts) == simplified(other, task.network.facts)

    for alone in of_right(second, task) if first.made[0].credit and second.credit else ():

        def orders(alone: tuple[Formula, ...] = alone) -> tuple[Iterator[Rules], Iterator[Rules]]:
            return (
                edited(second, tuple(task.subjects(first.rules))),
                edited(first.made[0], tuple(task.subjects(alone))),
            )

        rules = joined(task.rules, first.rules, alone, orders, same)
        if rules is not None:
            yield rules
