"""A network: layers, what feeds them, and what each says about what it is fed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import NamedTuple

from symparams.algebra.choices import Choices
from symparams.algebra.equality import without_floor
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.normal_form import formula_of
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import poly
from symparams.algebra.substitution import replaced
from symparams.algebra.sums import Repeat, mentions, over
from symparams.errors import SymparamsError
from symparams.frozen import Frozen
from symparams.model.conditions import Condition, contradiction, strongest, tightest, unless_certain
from symparams.model.derived import NO_PARAMETERS, Counts, Derived, added_over
from symparams.model.layer import Layer, Shape
from symparams.model.tensor import Convention


class MacroUse(NamedTuple):
    """Where a network uses a macro."""

    text: str  # as it is written: block(64, 2)
    number: int  # what tells it from other uses


@dataclass(frozen=True, slots=True)
class Node:
    """A layer in its place in the network."""

    name: str  # as given with `as`, or kind and counter
    inputs: tuple[int, ...]  # the nodes that feed it, by index
    derived: Derived  # what its layer says about what arrives
    shared: str | None  # the layer whose weights it uses again, which are counted there
    frozen: bool  # whether its parameters are kept from training
    macro: MacroUse | None = None  # the outermost use of a macro in which it stands
    repeats: tuple[Repeat, ...] = ()  # the copies that it stands for, outermost first; (): only itself
    brackets: tuple[int, ...] = ()  # where each of these brackets starts, the index of its first layer
    within: tuple[str, ...] = ()  # the macros, and the names of uses and brackets, in which it stands
    generated: bool = False  # whether a layer of the network attends causally, so that text can be generated
    told: tuple[Condition, ...] = ()  # what must hold besides, since its call says which input arrives

    @property
    def layer(self) -> Layer:
        return self.derived.layer

    @property
    def kind(self) -> str:
        return self.derived.layer.kind

    @property
    def shape(self) -> Shape:
        return self.derived.shape

    @property
    def counts(self) -> Counts:
        """What one copy of it has."""
        if self.shared is not None:
            return NO_PARAMETERS
        counts = self.derived.counts
        return replace(counts, trainable=0, non_trainable=counts.params) if self.frozen else counts

    @property
    def all_counts(self) -> Counts:
        """What all copies of it have together."""
        counts = self.counts
        if not self.repeats or counts is NO_PARAMETERS:
            return counts
        every = [getattr(counts, f.name) for f in fields(Counts)]
        summed = {value: over(value, self.repeats, self.derived.facts) for value in every}
        return Counts(*(summed[value] for value in every))


@dataclass(frozen=True)
class Network:
    """The layers of a network in reading order, which do not change; a Builder builds it."""

    convention: Convention  # whose counts are meant
    facts: Facts  # what `where` and `range` say of the letters
    nodes: tuple[Node, ...]  # in reading order
    title: str = ""  # as the text has it; empty where it has none
    symbols: Frozen[str, Formula | None] = Frozen()  # every letter, with its value if known
    stated: tuple[tuple[Formula, str, Formula], ...] = ()  # the facts of `where`: left, relation, right
    ranges: Frozen[str, Choices] = Frozen()  # letters that take only these values

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in fields(self)))

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, object]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # without what was worked out of these

    @cached_property
    def _names(self) -> dict[str, int]:
        return {node.name: i for i, node in enumerate(self.nodes)}

    def node(self, name: str) -> Node:
        """The layer of that name; raises KeyError."""
        return self.nodes[self._names[name]]

    def index(self, name: str) -> int:
        """Where the layer of that name stands; raises KeyError."""
        return self._names[name]

    @property
    def names(self) -> Iterator[str]:
        return iter(self._names)

    @cached_property
    def counts(self) -> Counts:
        """The totals over all layers."""
        every = [(node.counts, node.repeats) for node in self.nodes if node.counts is not NO_PARAMETERS]

        def summed(name: str) -> Value:
            return added_over(((getattr(counts, name), repeats) for counts, repeats in every), self.facts)

        weights, biases, params, fixed = map(summed, ("weights", "biases", "params", "non_trainable"))
        trainable, measured = (params, 0) if fixed == 0 else map(summed, ("trainable", "statistics"))
        return Counts(weights, biases, params, trainable, fixed, measured)

    @cached_property
    def shares_weights(self) -> bool:
        """Whether a layer uses the weights of another one."""
        return any(node.shared is not None for node in self.nodes)

    @cached_property
    def kinds(self) -> frozenset[type[Layer]]:
        """The classes of its layers."""
        return frozenset(type(node.layer) for node in self.nodes)

    @cached_property
    def inputs(self) -> int:
        """How many layers data comes in at."""
        return sum(node.layer.inputs == "none" for node in self.nodes)

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """For every layer the input layer that its first input comes from, by index."""
        origins: list[int] = []
        for i, node in enumerate(self.nodes):
            origins.append(origins[node.inputs[0]] if node.inputs else i)
        return tuple(origins)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions but those that others imply."""
        return self.conditions_of(self.nodes)

    def conditions_of(self, nodes: Iterable[Node]) -> tuple[Condition, ...]:
        """The same for some of its layers."""
        kinds = {(node.derived, node.repeats, node.told): node for node in nodes}
        every = (c for node in kinds.values() for c in (*self._copies(node.repeats), *self._at_the_ends(node)))
        return strongest(every, self.facts)

    def _at_the_ends(self, node: Node) -> Iterator[Condition]:
        """What the layer needs; a size that changes from copy to copy must do where it is tightest.

        A divisor that changes must divide in every copy.
        """
        pending = [*node.derived.conditions, *node.told]
        for repeat in reversed(node.repeats):
            for condition in pending[:]:
                if condition.slack is not None and mentions(formula_of(condition.slack), repeat.variable):
                    pending.remove(condition)
                    for end in tightest(condition.slack, repeat, node.derived.facts):
                        slack = poly(replaced(formula_of(condition.slack), repeat.variable, end), self.facts)
                        pending += unless_certain(without_floor(slack), self.facts, node.name)
        for condition in pending:
            sides = (condition.left, condition.right)
            changing = tuple(r for r in node.repeats if any(mentions(side, r.variable) for side in sides))
            yield replace(condition, copies=changing) if changing else condition

    def _copies(self, repeats: Sequence[Repeat]) -> Iterator[Condition]:
        """There are at least 0 copies."""
        for repeat in repeats:
            if not any(mentions(repeat.count, outer.variable) for outer in repeats):
                yield from unless_certain(poly(as_formula(repeat.count), self.facts), self.facts, "")

    def check_conditions(self) -> None:
        """Raise SymparamsError if no value of the letters fits all layers."""
        against = contradiction(self.conditions, self.facts)
        if against is not None:
            texts = [f"{shown(c.left, SOURCE)} >= {shown(c.right, SOURCE)}" for c in against]
            raise SymparamsError(f"no values of the letters fit all layers: {' and '.join(texts)}")
