"""What a student is asked for: one quantity of a layer, with its right rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, wraps
from typing import Any, Protocol, TypeAlias, TypeVar

from symparams.algebra.equality import collected
from symparams.algebra.formula import ZERO, Formula, Value, as_formula
from symparams.errors import SymparamsError
from symparams.model.derived import Derived
from symparams.model.layer import Incoming, Layer, Outgoing, Rules
from symparams.model.network import Network, Node
from symparams.model.tensor import Convention, Tensor
from symparams.quantities.counts import COUNTS as PARTS
from symparams.quantities.derivation import Derivation, derive
from symparams.quantities.field import State, fields
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.settings import Settings

COUNTS = ("params", *PARTS)
ASKED = (*COUNTS, "shape", *(name for name in QUANTITY_RULES if name not in PARTS), "field")


Kept: TypeAlias = "dict[object, Any]"  # by what worked it out


@lru_cache(1024)
def _kept(
    derived: Derived, quantity: str, axes: tuple[str, ...], settings: Settings, in_place: tuple[bool, ...]
) -> Kept:
    """Where edits of equal layers on equal inputs note what they give."""
    return {}


@dataclass(frozen=True)
class Task:
    """A quantity of a layer in its network."""

    network: Network  # that the layer stands in
    index: int  # of the layer
    quantity: str  # one of ASKED
    axes: tuple[str, ...]  # what each number of the answer belongs to: height, width, channels; ("",) for one number
    rules: tuple[Formula, ...]  # the right rule of each, in reading order
    settings: Settings  # types and policies
    derived: Derived  # the layer on what arrives; on what a student believes to arrive, where that is carried on

    @property
    def node(self) -> Node:
        return self.network.nodes[self.index]

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The right answer."""
        return tuple(collected(rule, self.network.facts) for rule in self.rules)

    def subjects(self, rules: tuple[Formula, ...] | None = None) -> Iterator[Subject]:
        """One subject for each number of the answer, with its right rule or one that is edited already."""
        for axis, rule in zip(self.axes, rules or self.rules, strict=True):
            yield Subject(self, axis, rule)

    @cached_property
    def right(self) -> tuple[Subject, ...]:
        """The subjects with the right rules."""
        return tuple(self.subjects())

    @cached_property
    def kept(self) -> Kept:
        """Kept for all tasks that are the same as far as this layer goes; a receptive field depends on others."""
        if self.quantity == "field":
            return {}
        in_place = (self.node.frozen, self.node.shared is None, self.node.generated)
        return _kept(self.derived, self.quantity, self.axes, self.settings, in_place)

    @cached_property
    def brought(self) -> Kept:
        """Which letters of other layers edits of its rules put in; kept for this layer in its place."""
        return {}

    def derivations(
        self, rules: tuple[Formula, ...] | None = None, axes: tuple[str, ...] = ()
    ) -> tuple[Derivation, ...]:
        """How the answer comes out by these rules, or by the right ones; `axes` where they are for other axes."""
        facts = self.network.facts
        pairs = zip(axes or self.axes, rules or self.rules, strict=True)
        return tuple(derive(self.quantity, axis, rule, collected(rule, facts), facts) for axis, rule in pairs)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a misconception edits: one rule of a task, and everything that the student may look at."""

    task: Task  # whose rule it is
    axis: str  # height, width, channels …; empty where the answer is one number
    rule: Formula  # the rule to edit
    kept: Kept = field(default_factory=dict, init=False, repr=False, compare=False)  # what looks at it gave

    @property
    def quantity(self) -> str:
        return self.task.quantity

    @property
    def network(self) -> Network:
        return self.task.network

    @property
    def layer(self) -> Layer:
        return self.task.derived.layer

    @property
    def x(self) -> Incoming:
        """What arrives first; an input layer has nothing that arrives."""
        return self.task.derived.arriving[0]

    @property
    def arriving(self) -> tuple[Incoming, ...]:
        return self.task.derived.arriving

    @property
    def out(self) -> Outgoing:
        return self.task.derived.out

    @property
    def rules(self) -> Rules:
        """What the layer says of itself."""
        return self.task.derived.rules

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The tensors that are counted."""
        return self.rules.counted

    @property
    def convention(self) -> Convention:
        return self.network.convention

    @property
    def before(self) -> Iterator[Node]:
        """The layers before it along its first input, the nearest first."""
        inputs = self.task.node.inputs
        while inputs:
            node = self.network.nodes[inputs[0]]
            yield node
            inputs = node.inputs


class _Keeping(Protocol):
    @property
    def kept(self) -> Kept: ...


_Seen = TypeVar("_Seen", bound=_Keeping)
_Found = TypeVar("_Found")


def once(look: Callable[[_Seen], _Found]) -> Callable[[_Seen], _Found]:
    """A look at a subject, or at a layer, that many edits take: what it gives is kept there."""

    @wraps(look)
    def kept(seen: _Seen) -> _Found:
        if look not in seen.kept:
            seen.kept[look] = look(seen)
        remembered: _Found = seen.kept[look]
        return remembered

    return kept


class Tasks:
    """Everything that can be asked about a network."""

    def __init__(self, network: Network, settings: Settings | None = None) -> None:
        self.network = network
        self.settings = settings or Settings()

    def of(self, index: int, quantity: str) -> Task:
        """The task of giving a quantity of the layer at an index."""
        node = self.network.nodes[index]
        axes, rules = (
            self._fields(index) if quantity == "field" else _of_node(node, node.derived, quantity, self.settings)
        )
        return Task(self.network, index, quantity, axes, rules, self.settings, node.derived)

    @cached_property
    def _states(self) -> list[State]:
        return fields(self.network)

    def _fields(self, index: int) -> tuple[tuple[str, ...], tuple[Formula, ...]]:
        state = self._states[index]
        if isinstance(state, str) or not state:
            word = "is the whole input" if state == "everywhere" else "has no size of its own"
            raise SymparamsError(f"the receptive field of {self.network.nodes[index].name} {word}")
        return tuple(f.axis for f in state), tuple(f.rules[0] if f.rules else as_formula(f.size) for f in state)


def on_other_input(known: Task, derived: Derived) -> Task:
    """The same task, where a student believes that something else arrives."""
    axes, rules = _of_node(known.node, derived, known.quantity, known.settings)
    if known.quantity == "shape" and len(known.axes) < len(known.node.derived.out.axes) == len(axes):
        kept = [(axis, rule) for axis, rule in zip(axes, rules, strict=True) if axis in known.axes]
        axes, rules = tuple(axis for axis, _ in kept), tuple(rule for _, rule in kept)
    return Task(known.network, known.index, known.quantity, axes, rules, known.settings, derived)


def _of_node(
    node: Node, derived: Derived, quantity: str, settings: Settings
) -> tuple[tuple[str, ...], tuple[Formula, ...]]:
    if quantity == "shape":
        names = derived.out.axes
        sizes = [axis.size for axis in derived.rules.output] if derived.arriving else map(as_formula, derived.shape)
        return tuple(names), tuple(sizes)
    if quantity not in ASKED:
        QUANTITY_RULES.ask(quantity)
    if quantity in QUANTITY_RULES:
        return ("",), (QUANTITY_RULES[quantity].rule(replace(node, derived=derived), settings),)
    if quantity != "params":
        raise SymparamsError(f"there is no quantity `{quantity[:60]}`; the choices are {', '.join(ASKED)}")
    return ("",), (ZERO if node.shared is not None else derived.rules.parameters,)
