"""Everything a document can say about a network, worked out once; templates only choose and arrange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from symparams.algebra.choices import Choices
from symparams.algebra.formula import Formula, Sum, Symbol, Value, as_formula
from symparams.algebra.shortest_form import shortest
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import without_values
from symparams.algebra.sums import over_shown
from symparams.documents.definitions import (
    Definition,
    MeasureDefinition,
    SizeDefinition,
    measure_rules,
    parameter_rules,
    size_rules,
    symbols_of,
)
from symparams.documents.entries import Figure, LayerEntry, Letter, QuantityTotal, Reason
from symparams.documents.labels import Labels, slug
from symparams.documents.letters import letters_in, names_in
from symparams.documents.reasons import reasons_of
from symparams.documents.repeated_layers import RepeatedFigure, Told, figures_of, told
from symparams.documents.totals import Total, statistics_of, total_of
from symparams.model.conditions import Condition, formulas_of
from symparams.model.derived import Counts, Derived
from symparams.model.network import Network
from symparams.model.sentence import Text, changed
from symparams.model.sentence import pattern as pattern_of
from symparams.quantities.layer_derivations import LayerDerivations, rounds
from symparams.quantities.layer_quantities import USUAL, NetworkQuantities, sum_of
from symparams.quantities.named_layers import layers_named
from symparams.quantities.quantity import Quantity
from symparams.quantities.settings import Settings
from symparams.quantities.totals import amount

if TYPE_CHECKING:
    from symparams.figures.scene import Scene

Relation: TypeAlias = tuple[Formula, str, Formula]  # a left side, its sign, a right side
Given: TypeAlias = tuple[str, Choices] | Relation  # a letter and the values that it may take, or a fact

_FEW = 3  # layers without parameters that are named
_MANY = 500  # layers that are shown one by one, whatever repeats: ten pages of a table


@dataclass(frozen=True)
class Solution:
    """The worked solution of a network."""

    network: Network  # which it is about
    quantities: tuple[str, ...] = USUAL  # names of those that are derived
    only: tuple[str, ...] = ()  # names of the layers to show; empty: all
    settings: Settings = Settings()  # types and policies for the further quantities
    slug: str = ""  # what tells its labels from those of other networks; empty: made of its title
    numbered: int = 0  # how many numbered rules stand before it in the same document
    by: str = ""  # what subtotals are for: kind or macro; empty: there are none
    detail: bool = False  # whether short answers on receptive fields say jump and offset, too
    pictures: bool = False  # whether the network, and windows on small inputs, are shown as pictures
    all_layers: bool = False  # whether each layer of a long network is shown, not each block that repeats once
    _accounts: dict[Derived, LayerDerivations] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """What the source calls the network; empty where it does not."""
        return self.network.title

    @property
    def convention(self) -> str:
        """Whose counts are meant: keras or torch."""
        return self.network.convention

    @cached_property
    def figure(self) -> Scene | None:
        """The network as a picture, where pictures are wanted."""
        if not self.pictures:
            return None
        from symparams.figures.figure import figure  # noqa: PLC0415 - what draws is not always needed

        return figure(self.network)

    def window(self, *entries: LayerEntry) -> Scene | None:
        """Where windows stand, if pictures are wanted: those of the first of these layers whose sizes are small."""
        if not self.pictures:
            return None
        from symparams.figures.window_view import window_figure  # noqa: PLC0415 - what draws is not always needed
        from symparams.figures.windows import windows_of  # noqa: PLC0415

        small = next((entry.node for entry in entries if windows_of(entry.node) is not None), None)
        return None if small is None else window_figure(small)

    @cached_property
    def every(self) -> tuple[LayerEntry, ...]:
        """All layers, in reading order."""
        return tuple(self._entries())

    @cached_property
    def layers(self) -> tuple[LayerEntry, ...]:
        """The layers to show."""
        if not self.only:
            return self.every
        asked = {self.network.index(node.name) for name in self.only for node in layers_named(self.network, name)}
        return tuple(self._entry(i, None, True, True, self._joins(i)) for i in sorted(asked))  # all is said of each

    @cached_property
    def shown(self) -> tuple[Told, ...]:
        """The layers to show; of a network with many each block that repeats once, and together what repeats it."""
        if self.only or self.all_layers or len(self.every) <= _MANY:
            return self.layers
        return told(self.every, self.network.facts)

    @cached_property
    def shown_alone(self) -> tuple[LayerEntry, ...]:
        """The layers to show that have a place of their own."""
        return tuple(one for one in self.shown if isinstance(one, LayerEntry))

    @property
    def is_folded(self) -> bool:
        """Whether layers that repeat others are shown together."""
        return len(self.shown_alone) < len(self.shown)

    @property
    def without_parameters(self) -> tuple[str, ...]:
        """The names of the layers that have no parameters, where they are few; inputs are no layers."""
        nodes = (n for n in self.network.nodes if n.layer.inputs != "none" and n.kind != "copies" and not n.shared)
        names = tuple(node.name for node in nodes if node.counts.params == 0)
        return names if len(names) <= _FEW else ()

    def _entries(self) -> Iterator[LayerEntry]:
        seen: dict[Derived, str] = {}
        explained: set[str] = set()
        for i, node in enumerate(self.network.nodes):
            derived, floor = node.derived, self._joins(i)
            because, shape_because = map(pattern_of, (derived.rules.because, derived.rules.shape_reason))
            first, first_shape = because not in explained, shape_because not in explained
            yield self._entry(i, seen.get(derived), first, first_shape, floor and "floor" not in explained)
            explained |= {because, shape_because, *(["floor"] if floor else [])}
            seen.setdefault(derived, node.name)

    def _entry(self, i: int, before: str | None, first: bool, first_shape: bool, first_floor: bool) -> LayerEntry:
        """The layer with that index."""
        node = self.network.nodes[i]
        feeding = [self.network.nodes[j] for j in node.inputs]
        names, shapes = tuple(n.name for n in feeding), tuple(n.shape for n in feeding)
        account = self._account(node.derived)
        return LayerEntry(
            node, i + 1, account, names, shapes, before, first, first_shape, first_floor, self.measurements
        )

    def _account(self, derived: Derived) -> LayerDerivations:
        account = self._accounts.get(derived)
        if account is None:
            account = self._accounts[derived] = LayerDerivations(derived)
        return account

    def _joins(self, i: int) -> bool:
        """Whether a floor in a size of a layer was joined with what stands beside or inside it."""
        node = self.network.nodes[i]
        axes = self._account(node.derived).axes if any(map(rounds, node.shape)) else ()
        return any(axis.joined for axis in axes)

    @property
    def counts(self) -> Counts:
        """The totals, as they come out."""
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
        others = (c.weights, c.biases, c.non_trainable, c.statistics)
        weights, biases, fixed, measured = (shortest(v, self.network.facts) for v in others)
        return Counts(weights, biases, self.total, trainable, fixed, measured)

    def total_of(self, quantity: str) -> Total:
        """How the total of a quantity comes out, with what layers have together by kind or by macro."""
        what = amount(quantity, self.settings)
        value = self.total if quantity == "params" else shortest(what.of_network(self.network), self.network.facts)
        return total_of(self.every, what, value, self.by, self.network.facts)

    @cached_property
    def statistics(self) -> Value:
        """The parameters that are measured, not trained; a convention may count none."""
        return statistics_of(self.every, self.network.facts)

    @property
    def weights(self) -> Value:
        """The weights without what is measured."""
        return shortest(simplified(as_formula(self.counts.weights) - self.statistics), self.network.facts)

    @property
    def has_copies(self) -> bool:
        """Whether a layer stands for several copies."""
        return any(node.repeats for node in self.network.nodes)

    @cached_property
    def has_statistics(self) -> bool:
        """Whether some parameters are measured, not trained."""
        return any(entry.has_statistics for entry in self.every)

    @cached_property
    def total_sum(self) -> Formula:
        """The sum over the layers; in a long one equal terms are taken together."""
        counted = (e for e in self.every if e.counts.params != 0)
        return sum_of(over_shown(as_formula(e.counts.params), e.node.repeats) for e in counted)

    @property
    def total_lines(self) -> list[Formula]:
        """The sum over the layers and the total, where that is another line."""
        is_other = self.total != 0 and isinstance(self.total_sum, Sum) and self.total_sum != self.total
        return [self.total_sum, *([as_formula(self.total)] if is_other else [])]

    @cached_property
    def measurements(self) -> NetworkQuantities:
        """The quantities beside shapes and parameters."""
        return NetworkQuantities(self.network, self.quantities, self.settings)

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """Every letter that the user wrote, with what it stands for."""
        return letters_in(self.network, self.settings.batch, bool(self.measurements.chosen))

    def letters_of(self, entry: LayerEntry) -> tuple[Letter, ...]:
        """The free letters among the sizes and settings of a layer."""
        derived = entry.node.derived
        sizes = [
            *derived.shape,
            *(size for x in derived.arriving for size in x.shape),
            *map(itemgetter(1), formulas_of(derived.layer)),
            *(end for repeat in entry.repeats for end in (repeat.first, repeat.last, repeat.count)),
        ]
        fields = self.measurements.fields_of(entry.number - 1) if self.measurements.has_fields else ""
        if not isinstance(fields, str):
            sizes += (size for one in fields for size in (one.field.size, *one.field.made_of))
        names = {name for size in sizes if isinstance(size, Formula) for name in names_in(size)} | {self.settings.batch}
        return tuple(letter for letter in self.letters if letter.value is None and letter.symbol.name in names)

    @property
    def has_several_inputs(self) -> bool:
        """Whether "the input" would be ambiguous."""
        return self.network.inputs > 1

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What must hold so that the network, or the layers to show, can be built."""
        return (
            self.network.conditions_of([entry.node for entry in self.layers]) if self.only else self.network.conditions
        )

    @property
    def has_letters(self) -> bool:
        """Whether a letter has no value."""
        return any(letter.value is None for letter in self.letters)

    @property
    def given(self) -> list[Given]:
        """What is given: letters with the values that they may take, then the facts of `where`."""
        return [*self.network.ranges.items(), *self.network.stated]

    @property
    def bounds(self) -> list[Relation]:
        """The conditions under which the formulas hold, but for those that something is divided."""
        return [(c.left, c.relation, c.right) for c in self.conditions if c.relation != "divides"]

    @property
    def divisions(self) -> list[Condition]:
        """The conditions that one number divides another."""
        return [c for c in self.conditions if c.relation == "divides"]

    @property
    def differences(self) -> list[Text]:
        """How the conventions differ, for the layers that are shown, each once: in letters, which hold for all."""
        return list(dict.fromkeys(changed(entry.differs, without_values) for entry in self.layers if entry.differs))

    # ------------------------------------------------------------ further quantities

    def figures(self, measure: Quantity) -> list[Figure]:
        """Every layer that has some of a further quantity."""
        return self._figures(measure, self.layers)

    def shown_figures(self, measure: Quantity) -> Sequence[Figure | RepeatedFigure]:
        """The same of those that are shown, and of what repeats them."""
        return figures_of(self.shown, measure)

    def _figures(self, measure: Quantity, layers: Iterable[LayerEntry]) -> list[Figure]:
        found = ((entry, self.measurements.named(measure.name, entry.node)) for entry in layers)
        return [Figure(entry, quantity) for entry, quantity in found if quantity is not None]

    def in_all_copies(self, entry: Told, measure: Quantity) -> Value:
        """What a layer has of a further quantity in all its copies."""
        if not isinstance(entry, LayerEntry):
            return entry.amount(measure).value
        quantity = self.measurements.named(measure.name, entry.node)
        return 0 if quantity is None else quantity.together

    @cached_property
    def further_totals(self) -> list[QuantityTotal]:
        """The total of every further quantity, and how it comes out."""
        m = self.measurements
        return [QuantityTotal(one, m.total(one), m.total_sum(one)) for one in m.chosen]

    @property
    def further_columns(self) -> list[tuple[Quantity | None, ...]]:
        """The further quantities, as many as go into a table; None is the receptive field."""
        every = (*self.measurements.chosen, *([None] if self.measurements.has_fields else []))
        wide = 2 if self.has_letters else 4
        return [every[start : start + wide] for start in range(0, len(every), wide)]

    @cached_property
    def reasons(self) -> Mapping[tuple[int, str], Reason]:
        """What has to be said of each quantity of each layer, by the layer's number and the quantity's name."""
        return reasons_of(self.layers, bool(self.only))

    # ------------------------------------------------------------ rules, each with what it counts

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.slug or slug(self.title))

    @cached_property
    def sizes(self) -> tuple[SizeDefinition, ...]:
        """The rules for output sizes, each with the axes that it gives, in order of appearance."""
        return size_rules(self.shown_alone, self._labels, self.numbered)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """The rules with parameters, each with its layers, in order of appearance."""
        before = len(self.sizes) if "shape" in self.quantities else 0
        return parameter_rules(self.shown_alone, self._labels, self.numbered + before)

    @cached_property
    def measures(self) -> tuple[MeasureDefinition, ...]:
        """The rules of the further quantities, each with its layers, in order of appearance."""
        before = len(self.sizes) if "shape" in self.quantities else 0
        before += len(self.definitions) if "params" in self.quantities else 0
        figures = [
            figure for measure in self.measurements.chosen for figure in self._figures(measure, self.shown_alone)
        ]
        return measure_rules(figures, self._labels, self.numbered + before)

    @property
    def equations(self) -> int:
        """How many numbered rules a textbook shows."""
        shapes = len(self.sizes) if "shape" in self.quantities else 0
        return shapes + (len(self.definitions) if "params" in self.quantities else 0) + len(self.measures)

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol of a rule that is shown, once, with its meaning."""
        sizes = self.sizes if "shape" in self.quantities else ()
        definitions = self.definitions if "params" in self.quantities else ()
        fields = [entry.fields for entry in self.layers] if self.measurements.has_fields else []
        return symbols_of(sizes, definitions, self.measures, fields)

    @property
    def rule_letters(self) -> list[str]:
        """What the rules give that are shown and have a letter: P, the parameters."""
        return ["P"] if "params" in self.quantities else []

    @property
    def rule_symbols(self) -> list[Symbol]:
        """The symbols of the rules, but for a P that is what they give."""
        return [symbol for symbol in self.symbols if symbol.name != "P" or not self.rule_letters]
