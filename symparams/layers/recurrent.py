"""Recurrent layers: a cell run over a sequence, stacked and in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION
from symparams.layers.recurrent_cells import (
    GATES,
    RESET_AFTER,
    UNITS_OR_CELL,
    Cell,
    GRUCell,
    LSTMCell,
    ProjectedLSTMCell,
    RNNCell,
    features,
)
from symparams.model.arguments import COUNT, RATE, argument, switch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    layer_class,
    symbol,
)
from symparams.model.tensor import BOTH, Tensor
from symparams.model.work import Work

_LISTED = 8  # so many layers have their tensors listed one by one
_ABOVE = "1 …"  # all layers above the first, where they are not listed


@layer_class
class Recurrent(Layer):
    """What all recurrent layers have in common."""

    family: ClassVar = "Recurrent layers"
    reads: ClassVar = "features"
    by_hand: ClassVar = (
        "all layers above the first are taken together, and both directions: 2·(one(D) + (n - 1)·one(2·U))"
    )

    units: Formula | Cell = argument(COUNT, "units: the outputs of a step", told=True)
    sequences: bool | None = argument(
        switch("sequences"),
        "whether every step is given out, as always in PyTorch",
        None,
        keyword=True,
        weightless=True,
        tacit=False,
    )
    last: bool = argument(
        switch("last"),
        "whether only the last step is given out, as by default in Keras",
        False,
        keyword=True,
        weightless=True,
        tacit=False,
    )
    bidirectional: bool = argument(
        switch("bidirectional"),
        "whether a second one reads backwards, its outputs beside the first one's",
        False,
        keyword=True,
    )
    layers: Formula = argument(
        COUNT,
        "layers: how many, each on the outputs of the one below",
        ONE,
        short="num_layers",
        keyword=True,
        told=True,
    )
    bias: bool = argument(switch(), "whether the units have biases", True, keyword=True, told=True)
    dropout: Formula = argument(
        RATE, "share of numbers that are switched off in training", ZERO, keyword=True, told=True
    )
    activation: str = argument(
        ACTIVATION, "function of the new content; PyTorch has tanh", "tanh", keyword=True, told=True
    )

    def is_stock(self, *arriving: Incoming) -> bool:
        """Keras has several layers as so many layers in a row."""
        return Layer.is_stock(self, *arriving) and (arriving[0].convention == "torch" or number(self.layers) == 1)

    @property
    def stored_as(self) -> str:
        """What Keras calls it in a wrapper: lstm."""
        return self.kind

    def cell(self) -> Cell:
        """What it does at one step."""
        raise NotImplementedError

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        cell = self._checked(x)
        steps = self._every_step(x)
        one_way = cell.output(x.convention)
        n_out = 2 * one_way if self.bidirectional else one_way
        return Rules(
            output=(x.sequence(), Axis(x.last_name, n_out)) if steps else (Axis("features", n_out),),
            tensors=tuple(self._tensors(cell, x)),
            written=self._total(lambda D: cell.parameters(D, x.convention), x),
            because=cell.why(x.convention) + self._structure(),
            shape_because=_shape_because(cell.giver, steps, self.bidirectional),
            channels_are="outputs" if self.bidirectional or isinstance(cell, ProjectedLSTMCell) else "units",
            requires=self.requirements(cell, x),
            differs=cell.difference(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        (x,) = arriving
        cell = self.cell()
        besides = cell.besides(x.convention)
        if number(self.layers) != 1:
            besides = besides.times(self._n())
        if self.bidirectional:
            besides = besides.times(2)
        step = replace(besides, macs=self._total(lambda D: cell.macs(D, x.convention), x))
        return replace(
            step.times(symbol("T", x.shape[0], "steps", incoming=True)), because="every step uses each weight once"
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def requirements(self, cell: Cell, x: Incoming) -> tuple[Requirement, ...]:
        """What the sizes must fulfil."""
        return ()

    def _checked(self, x: Incoming) -> Cell:
        """The cell, if the input and the convention suit it."""
        if len(x.shape) != 2:
            raise LayerError(f"needs an input of shape (T, features), but {x} arrives{_hint(x)}")
        if self.sequences and self.last:
            raise LayerError("cannot give out every step and only the last one; leave out `sequences` or `last`")
        cell = self.cell()
        cell.check(x.convention)
        return cell

    def _every_step(self, x: Incoming) -> bool:
        if self.sequences is not None:
            return self.sequences
        return x.convention == "torch" and not self.last

    # -------------------------------------------------------------- layers and directions

    def _n(self) -> Symbol:
        return symbol("n", self.layers, "layers")

    def _between(self, x: Incoming) -> Formula:
        """What arrives at the layers above the first."""
        below = self.cell().output(x.convention)
        return 2 * below if self.bidirectional else below

    def _total(self, one: Callable[[Formula], Formula], x: Incoming) -> Formula:
        """The rule of one cell, over all layers and directions."""
        rule = one(features(x))
        if number(self.layers) != 1:
            rule = rule + (self._n() - 1) * one(self._between(x))
        return 2 * rule if self.bidirectional else rule

    def _tensors(self, cell: Cell, x: Incoming) -> Iterator[Tensor]:
        first, above = features(x), self._between(x)
        known = number(self.layers)
        floors: list[tuple[str, Formula, Formula | None]] = [("0", first, None)]
        if isinstance(known, int) and known <= _LISTED:
            floors += [(str(i), above, None) for i in range(1, known)]
        else:
            floors.append((_ABOVE, above, self._n() - 1))
        T = symbol("T", x.shape[0], "steps", incoming=True)
        for floor, D, copies in floors:
            for backwards in (False, True) if self.bidirectional else (False,):
                for each in cell.tensors(D, x.convention):
                    name = self._name(each.name, floor, backwards, x)
                    stored = self._stored(cell, each.stored.name, floor, backwards, x)
                    used = replace(each, uses=T).called(name, stored)
                    yield used if copies is None else used.repeated(copies)

    def _name(self, name: str, floor: str, backwards: bool, x: Incoming) -> str:
        if x.convention == "torch":
            return f"{name}_l{floor}{'_reverse' if backwards else ''}"
        direction = ("backward " if backwards else "forward ") if self.bidirectional else ""
        if number(self.layers) == 1:
            return direction + name
        place = "layer 1" if floor == "0" else "layers 2 …" if floor == _ABOVE else f"layer {int(floor) + 1}"
        return f"{place} {direction}{name}"

    def _stored(self, cell: Cell, name: str, floor: str, backwards: bool, x: Incoming) -> str:
        """Keras has a layer for each floor and, in a wrapper, for each direction; PyTorch numbers the floors."""
        place = "*" if floor == _ABOVE else floor
        if x.convention == "torch":
            return f"{name}_l{place}{'_reverse' if backwards else ''}"
        direction = f"{'backward' if backwards else 'forward'}_{self.stored_as}." if self.bidirectional else ""
        return f"{'' if number(self.layers) == 1 else f'{place}.'}{direction}{cell.stored_as}{name}"

    def _structure(self) -> str:
        """The clauses on layers and directions."""
        above = "; the layers above the first see the outputs of the layer below" if number(self.layers) != 1 else ""
        return above + (
            "; a second layer beside each, with weights of its own, reads backwards" if self.bidirectional else ""
        )


def _shape_because(giver: str, steps: bool, both: bool) -> str:
    numbers = f"every {giver} gives one number{' in each direction' if both else ''}"
    return f"{numbers} at every step, so the length stays" if steps else f"only the last step is given out; {numbers}"


def _hint(x: Incoming) -> str:
    if len(x.shape) == 1:
        before = "give the layer before it `sequences`" if x.convention == "keras" else "leave out `last` before it"
        return f"; {before}, or put an embedding before it"
    return "; timedistributed(flatten) makes one row of numbers of each step"


# ---------------------------------------------------------------- the layers


@layer_class
class RNN(Recurrent):
    """A simple recurrent layer: (D + U)·U + U parameters in Keras, (D + H)·H + 2·H in PyTorch.

    It runs over (T, D) and gives (U), or (T, U) with `sequences`; in PyTorch always (T, H), the last step alone with
    `last`. The length T does not count. rnn(lstmcell(64)) is Keras's RNN of a cell. Further layers (PyTorch's
    num_layers; in Keras so many layers in a row) have (H + H)·H + 2·H each. Elman, Finding Structure in Time, 1990.
    """

    units: Formula | Cell = argument(UNITS_OR_CELL, "units: the outputs of a step; or the cell of each step", told=True)

    names: ClassVar = ("rnn", "SimpleRNN")
    stock: ClassVar = BOTH
    title: ClassVar = "Simple recurrent layer"
    example: ClassVar = "input(10, 32) -> rnn(64)"

    @property
    def stored_as(self) -> str:
        return "rnn" if isinstance(self.units, Cell) else "simple_rnn"

    def cell(self) -> Cell:
        if not isinstance(self.units, Cell):
            return RNNCell(self.units, bias=self.bias, activation=self.activation)
        if number(self.layers) != 1:
            raise LayerError("has layers only with units; rnn(stackedcells(…, …)) stacks cells")
        if not self.bias or self.activation != "tanh":
            raise LayerError("takes the bias and the activation from its cell; give them to the cell")
        return self.units

    def _name(self, name: str, floor: str, backwards: bool, x: Incoming) -> str:
        if not isinstance(self.units, Cell):
            return Recurrent._name(self, name, floor, backwards, x)
        return (("backward " if backwards else "forward ") if self.bidirectional else "") + name


@layer_class
class LSTM(Recurrent):
    """A long short-term memory: 4·((D + U)·U + U) parameters in Keras, 4·((D + H)·H + 2·H) in PyTorch.

    It runs over (T, D) and gives (U), or (T, U) with `sequences`; in PyTorch always (T, H), the last step alone with
    `last`. The length T does not count. With PyTorch's projection to P outputs: 4·((D + P)·H + 2·H) + H·P. Further
    layers (PyTorch's num_layers; in Keras so many layers in a row) see the outputs below in place of D features.
    `bidirectional` doubles the parameters and the outputs. Hochreiter and Schmidhuber, Long Short-Term Memory, 1997.
    """

    projection: Formula | None = argument(
        COUNT, "outputs that a matrix makes of the units; PyTorch only", None, short="proj_size", keyword=True
    )
    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)

    names: ClassVar = ("lstm",)
    stock: ClassVar = BOTH
    title: ClassVar = "Long short-term memory"
    example: ClassVar = "input(10, 32) -> lstm(64, sequences) -> lstm(64)"

    def cell(self) -> Cell:
        assert isinstance(self.units, Formula)
        units, bias, function, gates = self.units, self.bias, self.activation, self.recurrent_activation
        if self.projection is None:
            return LSTMCell(units, bias=bias, activation=function, recurrent_activation=gates)
        return ProjectedLSTMCell(
            units, projection=self.projection, bias=bias, activation=function, recurrent_activation=gates
        )

    def requirements(self, cell: Cell, x: Incoming) -> tuple[Requirement, ...]:
        if not isinstance(cell, ProjectedLSTMCell):
            return ()
        if x.convention == "keras":
            raise LayerError("has no projection in Keras; `convention torch` has it")
        H, P = cell.unit(x.convention), cell.output(x.convention)
        texts = [shown(number(size) or size, PLAIN) for size in (P, H)]
        return (
            Requirement(
                H, ">=", P + 1, lambda: f"the projection ({texts[0]}) must be smaller than the units ({texts[1]})"
            ),
        )


@layer_class
class GRU(Recurrent):
    """A gated recurrent unit: 3·((D + U)·U + 2·U) parameters in both frameworks.

    It runs over (T, D) and gives (U), or (T, U) with `sequences`; in PyTorch always (T, H), the last step alone with
    `last`. The length T does not count. With reset_after=no (Keras; the original form) there is one bias for each unit
    and gate: 3·((D + U)·U + U). Further layers (PyTorch's num_layers; in Keras so many layers in a row) see the outputs
    below in place of D features. `bidirectional` doubles the parameters and the outputs. Cho et al., Learning Phrase
    Representations using RNN Encoder-Decoder, 2014.
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)
    reset_after: bool = argument(switch(), RESET_AFTER, True, keyword=True)

    names: ClassVar = ("gru",)
    stock: ClassVar = BOTH
    title: ClassVar = "Gated recurrent unit"
    example: ClassVar = "input(10, 32) -> gru(64)"

    def cell(self) -> Cell:
        assert isinstance(self.units, Formula)
        return GRUCell(
            self.units,
            bias=self.bias,
            activation=self.activation,
            recurrent_activation=self.recurrent_activation,
            reset_after=self.reset_after,
        )
