"""What a document lists of a network: its layers, its letters, and the rules with what they count."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.formula import Formula, Symbol, Value
from symparams.model.derived import Counts
from symparams.model.layer import Shape
from symparams.model.network import Node
from symparams.quantities.layer_derivations import AxisSize, LayerDerivations
from symparams.quantities.layer_quantities import LayerQuantity
from symparams.quantities.quantity import Quantity


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """A layer of the network as a document shows it."""

    node: Node  # where it stands in the network
    number: int  # its place among the layers, from 1
    account: LayerDerivations  # what is said of it and of equal layers
    inputs: tuple[str, ...]  # names of the layers that feed it
    arriving: tuple[Shape, ...]  # the shapes that it is fed
    origin: tuple[str, str]  # what its input channels are: ("filters", "conv_1")
    before: str | None  # an earlier layer that is the same on the same input
    first: bool  # whether no layer before it gives the same reason for its count
    first_shape: bool  # whether no layer before it gives the same reason for its shape
    first_floor: bool  # whether it is the first whose size keeps a floor

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def heading(self) -> str:
        return self.node.layer.title

    @property
    def shape(self) -> Shape:
        return self.node.shape

    @property
    def counts(self) -> Counts:
        return self.node.counts

    @property
    def all_counts(self) -> Counts:
        """The counts of all copies that the layer stands for."""
        return self.node.all_counts

    @property
    def is_marker(self) -> bool:
        """Whether it only says how sizes change from copy to copy."""
        return self.node.kind == "copies"

    @property
    def is_input(self) -> bool:
        return self.node.layer.inputs == "none"

    @property
    def has_parameters(self) -> bool:
        return self.node.derived.counts.params != 0

    @property
    def keeps_shape(self) -> bool:
        return len(self.arriving) > 0 and self.shape == self.arriving[0]

    @property
    def because(self) -> str:
        return self.node.derived.rules.because

    @property
    def shape_because(self) -> str:
        return self.node.derived.rules.shape_because

    @property
    def differs(self) -> str:
        return self.node.derived.rules.differs


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the network, free or with a value."""

    symbol: Symbol
    value: Value | None  # None: free
    meaning: str  # what it is where it first stands: "filters"
    layer: str | None  # the layer where it first stands; None for the input
    others: bool  # whether it stands in other layers too


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule and the layers that it counts, for the textbook style."""

    heading: str  # what its layers are called: Convolution
    rule: Formula  # for the parameters, in reading order
    because: str  # one sentence on the rule
    symbols: tuple[Symbol, ...]  # those of the rule, in reading order
    layers: tuple[LayerEntry, ...]


@dataclass(frozen=True, slots=True)
class SizeDefinition:
    """A rule for an output size and where it is used, for the textbook style."""

    heading: str  # what its layers are called: Convolution
    symbol: Symbol  # what the rule gives: H_out
    rule: Formula  # for the size, in reading order
    because: str  # one sentence on the rule
    cases: tuple[tuple[LayerEntry, AxisSize], ...]  # every axis that it gives, with its layer


@dataclass(frozen=True, slots=True)
class MeasureDefinition:
    """A rule for a further quantity and the layers that have it, for the textbook style."""

    measure: Quantity  # the quantity
    heading: str  # what its layers are called, with a colon; empty if the reason is not a layer's own
    rule: Formula
    because: str  # one sentence on the rule
    symbols: tuple[Symbol, ...]  # those of the rule that have a meaning
    layers: tuple[tuple[LayerEntry, LayerQuantity], ...]  # each with its own steps
