"""What a document lists of a network: its layers and its letters."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from symparams.algebra.formula import Formula, Sum, Symbol, Value, as_formula, total
from symparams.algebra.sums import Repeat, over, over_shown
from symparams.documents.size_way import SizeWay, size_way
from symparams.documents.tensor_groups import TensorGroup, grouped
from symparams.model.derived import Counts
from symparams.model.layer import Shape
from symparams.model.network import Node
from symparams.model.provenance import Origin, names_read, origin, origins, symbol_origin
from symparams.model.sentence import Text
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_derivations import AxisSize, Known, LayerDerivations, rounds
from symparams.quantities.layer_quantities import FieldSteps, LayerQuantity, NetworkQuantities
from symparams.quantities.padding import PaddingSteps, padding_of
from symparams.quantities.quantity import Quantity


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """A layer of the network as a document shows it."""

    node: Node  # where it stands in the network
    number: int  # its place among the layers, from 1
    account: LayerDerivations  # what is said of it and of equal layers
    inputs: tuple[str, ...]  # names of the layers that feed it
    arriving: tuple[Shape, ...]  # the shapes that it is fed
    before: str | None  # an earlier layer that is the same on the same input
    first: bool  # whether no layer before it gives the same reason for its count
    first_shape: bool  # whether no layer before it gives the same reason for its shape
    first_floor: bool  # whether it is the first whose size keeps a floor
    measurements: NetworkQuantities  # the quantities beside shapes and parameters

    @property
    def is_repetition(self) -> bool:
        """False: it is one layer, not several that repeat others."""
        return False

    @property
    def name(self) -> str:
        """What the layer is called: conv_1."""
        return self.node.name

    @property
    def kind(self) -> str:
        """The word of the language for it: conv."""
        return self.node.kind

    @property
    def heading(self) -> str:
        """What layers of its kind are called: Convolution."""
        return self.node.layer.heading

    @property
    def shape(self) -> Shape:
        """The sizes of its output."""
        return self.node.shape

    @property
    def counts(self) -> Counts:
        """What it adds to the totals, of one copy."""
        return self.node.counts

    @property
    def all_counts(self) -> Counts:
        """The counts of all copies that the layer stands for."""
        return self.node.all_counts

    @property
    def shared(self) -> str | None:
        """The layer whose weights it uses once more; none for weights of its own."""
        return self.node.shared

    @property
    def frozen(self) -> bool:
        """Whether its parameters are not trained."""
        return self.node.frozen

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """The brackets in which it stands for several copies, from the outermost to the innermost."""
        return self.node.repeats

    @property
    def is_marker(self) -> bool:
        """Whether it only says how sizes change from copy to copy."""
        return self.node.kind == "copies"

    @property
    def is_input(self) -> bool:
        """Whether it hands in data and reads no layer."""
        return self.node.layer.inputs == "none"

    @property
    def has_parameters(self) -> bool:
        """Whether it has any, its own or shared."""
        return self.node.derived.counts.params != 0

    @property
    def keeps_shape(self) -> bool:
        """Whether its output has the shape of its first input."""
        return len(self.arriving) > 0 and self.shape == self.arriving[0]

    @property
    def reduces(self) -> bool:
        """Whether its output has fewer values than its input, as far as both are known."""
        numbers = [[size for size in shape if isinstance(size, int)] for shape in (self.arriving[0], self.shape)]
        known = len(numbers[0]) == len(self.arriving[0]) and len(numbers[1]) == len(self.shape)
        return known and prod(numbers[1]) < prod(numbers[0])

    @property
    def is_only_input(self) -> bool:
        """Whether it is the input of a network that has no other."""
        return self.is_input and sum(node.layer.inputs == "none" for node in self.measurements.network.nodes) == 1

    @property
    def because(self) -> Text:
        """One clause on the rule for its parameters."""
        return self.node.derived.rules.because

    @property
    def shape_because(self) -> Text:
        """One clause on the rule for its output."""
        return self.node.derived.rules.shape_reason

    @property
    def differs(self) -> Text:
        """How the conventions differ for it; empty where they do not."""
        return self.node.derived.rules.differs

    @property
    def wondered(self) -> Text:
        """The same, where readers of one framework alone wonder about it."""
        rules = self.node.derived.rules
        return rules.differs if rules.differs_by_argument else ""

    @property
    def has_statistics(self) -> bool:
        """Whether some of its parameters are measured, not trained."""
        return any(t.kind == "statistic" for t in self.node.derived.rules.counted)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where each size of what arrives comes from."""
        return origins(self.measurements.network, self.node)

    @property
    def has_known_image(self) -> bool:
        """Whether it reads one image or volume of known sizes."""
        return (
            len(self.arriving) == 1 and len(self.arriving[0]) > 2 and all(isinstance(n, int) for n in self.arriving[0])
        )

    @property
    def reads(self) -> tuple[Origin, ...]:
        """Where the channels or features of each of its inputs come from."""
        network, node = self.measurements.network, self.node
        named = (
            (among, axis, name)
            for among in range(len(node.inputs))
            for axis, name in enumerate(names_read(node.derived, among))
        )
        places = {among: axis for among, axis, name in named if name in ("channels", "features")}
        return tuple(origin(network, node, axis, among) for among, axis in places.items())

    @property
    def changes(self) -> SizeWay | None:
        """How the spatial sizes change on the way to its output."""
        return size_way(self.measurements.network, self.number - 1)

    @property
    def changes_before(self) -> SizeWay | None:
        """The same for what it reads: of the first input, whose sizes the others share."""
        return size_way(self.measurements.network, self.node.inputs[0], listed=True) if self.node.inputs else None

    @property
    def laid_out(self) -> Origin | None:
        """Where the row of features comes from that it reads, if they have been laid out in it."""
        reads = self.reads
        if len(self.arriving) != 1 or len(self.arriving[0]) != 1 or not reads:
            return None
        (read,) = reads
        return read if read.made == "rule" and len(self.measurements.network.node(read.source).shape) == 1 else None

    @property
    def collapsed(self) -> Text:
        """How a layer on the way to the row of features that it reads makes one value of each channel; else empty."""
        reads = self.reads
        if len(self.arriving) != 1 or len(self.arriving[0]) != 1 or len(reads) != 1:
            return ""
        nodes = map(self.measurements.network.node, reads[0].through)
        one = next((n for n in nodes if len(n.shape) == 1 and len(n.derived.arriving[0].shape) > 1), None)
        return "" if one is None else one.derived.rules.shape_reason

    @property
    def changes_laid_out(self) -> SizeWay | None:
        """How the spatial sizes change on the way to what has been laid out in that row."""
        network, read = self.measurements.network, self.laid_out
        return None if read is None else size_way(network, network.node(read.source).inputs[0])

    def origin_of(self, known: Known) -> Origin | None:
        """Where channels or features come from that a symbol of its rules stands for; none for other sizes."""
        found = symbol_origin(self.measurements.network, self.node, known.symbol)
        return found if found is not None and found.axis in ("channels", "features") else None

    def known(self, derivation: Derivation) -> tuple[Known, ...]:
        """The symbols of a derivation with their values."""
        return self.account.known(derivation)

    def alike(self, axis: AxisSize) -> list[AxisSize]:
        """The axes whose sizes come out in the same way as that of one before."""
        return [other for other in self.account.axes if other.like == axis.axis]

    def rounding(self, axis: AxisSize) -> str:
        """What has to be said of a floor: that it is given away, or which function was joined: floor, ceil."""
        if not isinstance(axis.value, Formula):
            return ""
        if rounds(axis.rule) and not rounds(axis.value) and self.measurements.network.facts.remainder:
            return "given away"
        if not self.first_floor or axis.joined is None:
            return ""
        return axis.joined.name

    @property
    def tensor_groups(self) -> list[TensorGroup]:
        """Its tensors, those of one kind and size together: the kernels of query, key and value."""
        return grouped(self.account.tensors)

    @property
    def tensor_sum(self) -> Formula:
        """What its tensors have together: 4·262,144 + 4·512."""
        return total([group.all_numbers for group in self.tensor_groups])

    def derivation_of(self, quantity: str) -> Derivation:
        """How a quantity comes out that it has some of."""
        if quantity == "params":
            return self.account.params
        found = self.measurements.named(quantity, self.node)
        assert found is not None
        return found.derivation

    @property
    def quantities(self) -> tuple[LayerQuantity, ...]:
        """What it has of the further quantities."""
        return self.measurements.of(self.node)

    @property
    def lacking(self) -> tuple[tuple[Quantity, str], ...]:
        """The further quantities of which it has nothing, each with the reason."""
        return self.measurements.lacking(self.node)

    @property
    def padding(self) -> tuple[PaddingSteps, ...]:
        """The positions that it adds before and after its input, an axis each."""
        return padding_of(self.node)

    @property
    def fields(self) -> tuple[FieldSteps, ...] | str:
        """The receptive field at its output, an axis each; or a word: everywhere, unknown, as before."""
        steps = self.measurements.fields_of(self.number - 1)
        known = isinstance(steps, str) and any(self.measurements.states[i] == steps for i in self.node.inputs)
        return "as before" if known else steps

    @property
    def field_sizes(self) -> Shape | str:
        """The size of its receptive field along each axis; or a word: everywhere, unknown."""
        steps = self.measurements.fields_of(self.number - 1)
        return steps if isinstance(steps, str) else tuple(one.field.size for one in steps)

    @property
    def copies(self) -> Value:
        """How many copies it stands for; in nested brackets all of them."""
        return over(1, self.node.repeats, self.node.derived.facts)

    def of_all_copies(self, value: Value) -> Formula:
        """What all copies have of something, as it is written: (N − 1)·(9F + 1)·F."""
        return over_shown(as_formula(value), self.node.repeats)


class Figure(NamedTuple):
    """What a layer has of a further quantity."""

    entry: LayerEntry  # the layer
    quantity: LayerQuantity  # how it comes out, and what all copies have


@dataclass(frozen=True, slots=True)
class QuantityTotal:
    """What all layers have of a further quantity."""

    measure: Quantity  # which quantity
    value: Value  # in its shortest form
    sum: Formula  # over the layers

    @property
    def lines(self) -> list[Formula]:
        """The sum and the total, where they are two lines; else none."""
        if not isinstance(self.sum, Sum) or self.sum == self.value:
            return []
        return [self.sum, *([as_formula(self.value)] if self.value != 0 else [])]


@dataclass(frozen=True, slots=True)
class Reason:
    """What has to be said of the rule for a further quantity of a layer."""

    because: Text  # one clause on it; empty where it has been given
    known: tuple[Known, ...]  # its symbols with their values; () where the rule has been shown


class Computed(NamedTuple):
    """A number that a rule gives."""

    lefts: tuple[tuple[str, str], ...]  # what comes out: a letter and the name of its layer, for each that is the same
    derivation: Derivation  # how it comes out
    is_word: bool = False  # whether what comes out is called by a word instead of a letter: MACs


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the network, free or with a value."""

    symbol: Symbol  # as it is printed
    value: Value | None  # None: free
    meaning: str  # what it is where it first stands: "filters"
    layer: str | None  # the layer where it first stands; None for the input
    others: bool  # whether it stands in other layers too
