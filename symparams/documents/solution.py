"""Everything a document can say about a network, worked out once; templates only choose and arrange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symparams.algebra.formula import Formula, Symbol, Value, as_formula, symbols
from symparams.algebra.notation import PLAIN, shown
from symparams.algebra.shortest_form import shortest
from symparams.algebra.simplification import simplified
from symparams.algebra.sums import over_shown
from symparams.documents.entries import Definition, LayerEntry, Letter, MeasureDefinition, SizeDefinition
from symparams.errors import SymparamsError, nearest
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import arguments_of
from symparams.model.conditions import Condition
from symparams.model.derived import Counts, Derived
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.quantities.layer_derivations import AxisSize, LayerDerivations, rounds
from symparams.quantities.layer_quantities import USUAL, LayerQuantity, NetworkQuantities, sum_of
from symparams.quantities.quantity import Settings


@dataclass(frozen=True)
class Solution:
    """The worked solution of a network."""

    network: Network
    quantities: tuple[str, ...] = USUAL  # names of those that are derived
    only: tuple[str, ...] = ()  # names of the layers to show; empty: all
    settings: Settings = Settings()  # types and policies for the further quantities
    _accounts: dict[Derived, LayerDerivations] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        return self.network.title

    @property
    def convention(self) -> str:
        return self.network.convention

    @cached_property
    def every(self) -> tuple[LayerEntry, ...]:
        """All layers, in reading order."""
        return tuple(self._entries())

    @cached_property
    def layers(self) -> tuple[LayerEntry, ...]:
        """The layers to show."""
        if not self.only:
            return self.every
        names = list(self.network.names)
        for name in self.only:
            if name not in names:
                near = nearest(name, names)
                raise SymparamsError(f"there is no layer `{name}`{near or '; the layers are ' + _some(names)}")
        return tuple(entry for entry in self.every if entry.name in self.only)

    def _entries(self) -> Iterator[LayerEntry]:
        nodes = self.network.nodes
        seen: dict[Derived, str] = {}
        explained: set[str] = set()
        for i, node in enumerate(nodes, start=1):
            derived = node.derived
            account = self._accounts.get(derived)
            if account is None:
                account = self._accounts[derived] = LayerDerivations(derived)
            feeding = [nodes[j] for j in node.inputs]
            floor = any(rounds(v) for v in node.shape) and any(rounds(a.value) for a in account.axes)
            yield LayerEntry(
                node,
                i,
                account,
                tuple(n.name for n in feeding),
                tuple(n.shape for n in feeding),
                _origin(node, feeding[0]) if feeding else ("", ""),
                seen.get(derived),
                derived.rules.because not in explained,
                derived.rules.shape_because not in explained,
                floor and "floor" not in explained,
            )
            explained |= {"floor"} if floor else set()
            seen.setdefault(derived, node.name)
            explained |= {derived.rules.because, derived.rules.shape_because}

    @property
    def counts(self) -> Counts:
        return self.network.counts

    @cached_property
    def total(self) -> Value:
        """The number of parameters, factored or collected, whichever is shorter."""
        return shortest(self.counts.params, self.network.facts)

    @cached_property
    def totals(self) -> Counts:
        """All totals, each in its shortest form."""
        c = self.counts
        trainable = self.total if c.non_trainable == 0 else shortest(c.trainable, self.network.facts)
        weights, biases, fixed = (shortest(v, self.network.facts) for v in (c.weights, c.biases, c.non_trainable))
        return Counts(weights, biases, self.total, trainable, fixed)

    @property
    def has_copies(self) -> bool:
        """Whether a layer stands for several copies."""
        return any(node.repeats for node in self.network.nodes)

    @cached_property
    def has_statistics(self) -> bool:
        """Whether some parameters are measured, not trained."""
        return any(t.kind == "statistic" for e in self.every for t in e.node.derived.rules.counted)

    @cached_property
    def total_sum(self) -> Formula:
        """The sum over the layers; in a long one equal terms are taken together."""
        counted = (e for e in self.every if e.counts.params != 0)
        return sum_of(over_shown(as_formula(e.counts.params), e.node.repeats) for e in counted)

    @cached_property
    def measurements(self) -> NetworkQuantities:
        """The quantities beside shapes and parameters."""
        return NetworkQuantities(self.network, self.quantities, self.settings)

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """Every letter that the user wrote, with what it stands for."""
        meanings = self._meanings()
        return tuple(
            Letter(
                Symbol(name),
                None if value is None else simplified(value, self.network.facts),
                *meanings.get(name, ("", None, False)),
            )
            for name, value in self.network.symbols.items()
        )

    def _meanings(self) -> dict[str, tuple[str, str | None, bool]]:
        """For every letter: what it is, the layer where it first stands (None: the input), whether others follow."""
        uses: dict[Layer, list[Node]] = {}
        for node in self.network.nodes:
            uses.setdefault(node.layer, []).append(node)
        meanings: dict[str, tuple[str, str | None, bool]] = {}
        for node, *others in uses.values():
            for letter, what in _letters(node, self._axes(node)):
                where = node.name if node.layer.inputs != "none" or self.has_several_inputs else None
                before = meanings.setdefault(letter, (what, where, bool(others)))
                meanings[letter] = (*before[:2], before[2] or before[1] != where)
        for node in (node for node in self.network.nodes if node.kind != "copies"):
            for repeat in node.repeats:
                for one in symbols(as_formula(repeat.count)):
                    meanings.setdefault(one.name, ("number of copies", node.name, False))
        return meanings

    def _axes(self, node: Node) -> tuple[str, ...]:
        """What the axes of an input are called, as the layer that reads it has them."""
        if node.layer.inputs == "none" and len(node.shape) == 1:
            place = self.network.nodes.index(node)
            reader = next((other for other in self.network.nodes if place in other.inputs), node)
            if reader.derived.rules.output[0].name == "length" and reader.shape[0] == node.shape[0]:
                return ("length",)
        return node.derived.leaving.axis_names()

    @property
    def has_several_inputs(self) -> bool:
        """Whether "the input" would be ambiguous."""
        return sum(node.layer.inputs == "none" for node in self.network.nodes) > 1

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.network.conditions

    @property
    def has_letters(self) -> bool:
        return any(value is None for value in self.network.symbols.values())

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """The rules with parameters, each with its layers, in order of appearance."""
        groups: dict[tuple[str, str], list[LayerEntry]] = {}
        for entry in self.layers:
            if entry.has_parameters and entry.node.shared is None:
                pattern = (entry.heading, _pattern(entry.account.params.rule))
                groups.setdefault(pattern, []).append(entry)
        return tuple(
            Definition(
                heading,
                entries[0].account.params.rule,
                entries[0].because,
                tuple(known.symbol for known in entries[0].account.values),
                tuple(entries),
            )
            for (heading, _), entries in groups.items()
        )

    @cached_property
    def sizes(self) -> tuple[SizeDefinition, ...]:
        """The rules for output sizes, each with the axes that it gives, in order of appearance."""
        groups: dict[tuple[str, str], list[tuple[LayerEntry, AxisSize]]] = {}
        for entry in self.layers:
            for axis in entry.account.axes:
                if axis.like is None and entry.before is None:
                    groups.setdefault((entry.heading, _pattern(axis.rule)), []).append((entry, axis))
        return tuple(
            SizeDefinition(
                heading, cases[0][1].symbol, cases[0][1].derivation.rule, cases[0][0].shape_because, tuple(cases)
            )
            for (heading, _), cases in groups.items()
        )

    @cached_property
    def measures(self) -> tuple[MeasureDefinition, ...]:
        """The rules of the further quantities, each with its layers, in order of appearance."""
        groups: dict[tuple[str, str, str], list[tuple[LayerEntry, LayerQuantity]]] = {}
        for measure in self.measurements.chosen:
            for entry in self.layers:
                quantity = self.measurements.named(measure.name, entry.node)
                if quantity is not None:
                    heading = f"{entry.heading}: " if measure.by_layer else ""
                    pattern = (measure.name, heading, _pattern(quantity.derivation.rule))
                    groups.setdefault(pattern, []).append((entry, quantity))
        return tuple(
            MeasureDefinition(
                cases[0][1].measure,
                heading,
                cases[0][1].derivation.rule,
                cases[0][1].because,
                tuple(s for s in cases[0][1].derivation.symbols if s.meaning),
                tuple(cases),
            )
            for (_, heading, _), cases in groups.items()
        )

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol of a rule that is shown, once, with its meaning."""
        rules = [(d.cases[0][0].account, d.cases[0][1].derivation) for d in self.sizes if "shape" in self.quantities]
        if "params" in self.quantities:
            rules += [(d.layers[0].account, d.layers[0].account.params) for d in self.definitions]
        meanings: dict[str, dict[str, None]] = {}  # every meaning of a letter, in order: k is a window and a kernel
        for account, rule in rules:
            for known in account.known(rule):
                meanings.setdefault(known.symbol.name, {})[known.symbol.meaning] = None
        for symbol in (s for definition in self.measures for s in definition.symbols):
            meanings.setdefault(symbol.name, {})[symbol.meaning] = None
        return tuple(Symbol(name, meaning=" or ".join(several)) for name, several in meanings.items())


def _origin(node: Node, feeding: Node) -> tuple[str, str]:
    """What the channels or features that a layer reads are; nothing where it reads another axis."""
    x = node.derived.arriving[0]
    axis = len(x.shape) - 1 if node.layer.reading == "features" else x.channel_axis
    steps = isinstance(node.layer, TimeDistributed)  # reads behind its first axis
    return feeding.origin if steps or feeding.origin_axis == axis else ("", "")


def _letters(node: Node, axes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The letters among the arguments of a layer, each with what it is: ("k", "kernel size")."""
    for argument in arguments_of(type(node.layer)):
        value = getattr(node.layer, argument.name)
        for i, size in enumerate(value if isinstance(value, tuple) else (value,)):
            meaning = argument.meaning.partition(":")[0] if node.inputs else axes[i]
            for letter in symbols(size) if isinstance(size, Formula) else ():
                yield letter.name, meaning if isinstance(size, Symbol) else f"letter in the {meaning}"


def _pattern(rule: Formula) -> str:
    return shown(rule, PLAIN)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
