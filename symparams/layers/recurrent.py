"""Recurrent layers: a cell run over a sequence, stacked and in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION
from symparams.layers.cell import EACH_WAY, UNITS_OR_CELL, Cell
from symparams.layers.recurrent_cells import GATES, RESET_AFTER, GRUCell, LSTMCell, ProjectedLSTMCell, RNNCell
from symparams.layers.recurrent_sentences import hint, shape_because
from symparams.layers.recurrent_stack import Stack, steps
from symparams.model.arguments import COUNT, RATE, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
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
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import BOTH
from symparams.model.work import Work

_SAME_WEIGHTS = "every step uses the same weights, so more steps only mean more computation"


@layer_class
class Recurrent(Layer):
    """What all recurrent layers have in common."""

    family: ClassVar = "Recurrent layers"
    reads: ClassVar = "features"
    noun: ClassVar[str] = "recurrent layer"  # what it is called in a sentence
    by_hand: ClassVar = (
        "all layers above the first are counted together, and so are both directions: 2·(one(D) + (n - 1)·one(2·U))"
    )

    units: Formula | Cell = argument(COUNT, "units: the outputs of a step", told=True)
    sequences: bool | None = argument(
        switch("sequences"),
        "whether the output of every step is returned, as always in PyTorch",
        None,
        keyword=True,
        weightless=True,
        tacit=False,
    )
    last: bool = argument(
        switch("last"),
        "whether only the output of the last step is returned, as by default in Keras",
        False,
        keyword=True,
        weightless=True,
        tacit=False,
    )
    bidirectional: bool = argument(
        switch("bidirectional"),
        "whether a second one processes the sequence in reverse, its outputs concatenated with the first one's",
        False,
        keyword=True,
    )
    layers: Formula = argument(
        COUNT,
        "layers: how many are stacked, each on the outputs of the one below",
        ONE,
        short="num_layers",
        keyword=True,
        told=True,
    )
    bias: bool = argument(switch(), "whether the units have biases", True, keyword=True, told=True)
    dropout: Formula = argument(
        RATE, "dropout rate: the fraction of values set to zero in training", ZERO, keyword=True, told=True
    )
    activation: str = argument(
        ACTIVATION, "activation of the candidate state; PyTorch has tanh", "tanh", keyword=True, told=True
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
        every = self.every_step(x)
        stack = self._stack(cell, x)
        n_out, each = stack.output(), EACH_WAY if self.bidirectional else ""
        parameters = stack.total(lambda D: cell.parameters(D, x.convention))
        return Rules(
            output=(x.sequence(), Axis(x.last_name, n_out, each)) if every else (Axis("features", n_out, each),),
            tensors=tuple(stack.tensors()),
            written=parameters,
            because=stack.why(),
            shape_because=shape_because(cell, every, self.bidirectional, x.convention),
            channels_are="outputs" if self.bidirectional or isinstance(cell, ProjectedLSTMCell) else "units",
            requires=self.requirements(cell, x),
            differs=cell.difference(x.convention, stack.copies, parameters),
            differs_by_argument=cell.differs_by_argument(x.convention),
            units=tuple(stack.units()),
            ignores=self._ignored(x),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        (x,) = arriving
        cell = self.cell()
        stack = self._stack(cell, x)
        besides = cell.besides(x.convention)
        if stack.several:
            besides = besides.times(stack.n)
        if self.bidirectional:
            besides = besides.times(2)
        step = replace(besides, macs=stack.total(lambda D: cell.macs(D, x.convention)))
        T = steps(x)
        because = say(
            f"in {'the only step' if number(T) == 1 else 'each of the {T steps}'} every weight is multiplied once: "
            "{=products products}",
            T=T,
            products=step.macs or ZERO,
        )
        return replace(step.times(T), because=because)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def requirements(self, cell: Cell, x: Incoming) -> tuple[Requirement, ...]:
        """What the sizes must fulfil."""
        return ()

    def _checked(self, x: Incoming) -> Cell:
        """The cell, if the input and the convention suit it."""
        if len(x.shape) != 2:
            raise LayerError(f"needs an input of shape (T, features), not {x}{hint(x)}")
        if self.sequences and self.last:
            raise LayerError("cannot return every step and only the last one; leave out `sequences` or `last`")
        cell = self.cell()
        cell.check(x.convention)
        return cell

    def every_step(self, x: Incoming) -> bool:
        """Whether the outputs of all steps are returned, not only that of the last one."""
        if self.sequences is not None:
            return self.sequences
        return x.convention == "torch" and not self.last

    def _ignored(self, x: Incoming) -> tuple[Text, ...]:
        repeated: Text = f"the number of steps does not matter: {_SAME_WEIGHTS}"
        if isinstance(x.shape[0], int):
            repeated = say(f"the {{T steps}} do not matter: {_SAME_WEIGHTS}", T=steps(x))
        rate = "the dropout rate does not matter: dropout has no weights"
        return (*([] if x.shape[0] == 1 else [repeated]), *([] if number(self.dropout) == 0 else [rate]))

    def _stack(self, cell: Cell, x: Incoming) -> Stack:
        numbered = not isinstance(self.units, Cell)
        return Stack(cell, x, self.layers, self.bidirectional, self.noun, self.stored_as, numbered)


# ---------------------------------------------------------------- the layers


@layer_class
class RNN(Recurrent):
    """A simple recurrent layer: (D + U)·U + U parameters in Keras, (D + H)·H + 2·H in PyTorch.

    It maps (T, D) to (U), or to (T, U) with `sequences`; in PyTorch always to (T, H), only the last step with
    `last`. The length T does not count. rnn(lstmcell(64)) is Keras's RNN of a cell. Further layers (PyTorch's
    num_layers; in Keras so many layers in a row) have (H + H)·H + 2·H each.
    """

    units: Formula | Cell = argument(UNITS_OR_CELL, "units: the outputs of a step; or the cell of each step", told=True)

    names: ClassVar = ("rnn", "SimpleRNN")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "RNN",
            "cell:units! return_sequences:sequences -return_state -go_backwards -stateful -unroll "
            "-zero_output_for_mask",
        ),
        torch(
            "RNN",
            "input_size~features hidden_size:units! num_layers:layers nonlinearity:activation bias -batch_first "
            "dropout bidirectional -device -dtype",
        ),
        keras(
            "SimpleRNN",
            "units! activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-{kernel,recurrent,bias,activity}_regularizer -{kernel,recurrent,bias}_constraint dropout "
            "-recurrent_dropout return_sequences:sequences -return_state -go_backwards -stateful -unroll -seed",
        ),
        keras1(
            "SimpleRNN",
            "output_dim:units! -init -inner_init activation -{W,U,b}_regularizer -dropout_W -dropout_U * "
            "return_sequences:sequences -return_state -go_backwards -stateful -unroll -consume_less",
        ),
    )
    cited: ClassVar = found_in(params="elman1990; documentation")
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


@layer_class
class LSTM(Recurrent):
    """A long short-term memory: 4·((D + U)·U + U) parameters in Keras, 4·((D + H)·H + 2·H) in PyTorch.

    It maps (T, D) to (U), or to (T, U) with `sequences`; in PyTorch always to (T, H), only the last step with
    `last`. The length T does not count. With PyTorch's projection to P outputs: 4·((D + P)·H + 2·H) + H·P. Further
    layers (PyTorch's num_layers; in Keras so many layers in a row) see the outputs of the layer below in place of D
    features. `bidirectional` doubles the parameters and the outputs.
    """

    projection: Formula | None = argument(
        COUNT,
        "projection size: the outputs of a step, smaller than the units; PyTorch only",
        None,
        short="proj_size",
        keyword=True,
    )
    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)

    names: ClassVar = ("lstm",)
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "LSTM",
            "units! activation recurrent_activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-unit_forget_bias -{kernel,recurrent,bias,activity}_regularizer -{kernel,recurrent,bias}_constraint "
            "dropout -recurrent_dropout -seed return_sequences:sequences -return_state -go_backwards -stateful "
            "-unroll -use_cudnn",
        ),
        torch(
            "LSTM",
            "input_size~features hidden_size:units! num_layers:layers bias -batch_first dropout bidirectional "
            "proj_size:projection?0 -device -dtype",
        ),
        keras1(
            "LSTM",
            "output_dim:units! -init -inner_init -forget_bias_init activation "
            "inner_activation:recurrent_activation=hardsigmoid -{W,U,b}_regularizer -dropout_W -dropout_U * "
            "return_sequences:sequences -return_state -go_backwards -stateful -unroll -consume_less",
        ),
    )
    cited: ClassVar = found_in(params="hochreiter1997; gers2000; documentation")
    title: ClassVar = "Long short-term memory"
    noun: ClassVar = "LSTM"
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

    It maps (T, D) to (U), or to (T, U) with `sequences`; in PyTorch always to (T, H), only the last step with
    `last`. The length T does not count. With reset_after=no (Keras; the original form) there is one bias for each
    unit and gate: 3·((D + U)·U + U). Further layers (PyTorch's num_layers; in Keras so many layers in a row) see
    the outputs of the layer below in place of D features. `bidirectional` doubles the parameters and the outputs.
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)
    reset_after: bool = argument(switch(), RESET_AFTER, True, keyword=True)

    names: ClassVar = ("gru",)
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "GRU",
            "units! activation recurrent_activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-{kernel,recurrent,bias,activity}_regularizer -{kernel,recurrent,bias}_constraint dropout "
            "-recurrent_dropout -seed return_sequences:sequences -return_state -go_backwards -stateful -unroll "
            "reset_after -use_cudnn",
        ),
        torch(
            "GRU",
            "input_size~features hidden_size:units! num_layers:layers bias -batch_first dropout bidirectional "
            "-device -dtype",
        ),
        keras1(
            "GRU",
            "output_dim:units! -init -inner_init activation inner_activation:recurrent_activation=hardsigmoid "
            "-{W,U,b}_regularizer -dropout_W -dropout_U * return_sequences:sequences -return_state -go_backwards "
            "-stateful -unroll -consume_less reset_after=no",
        ),
    )
    cited: ClassVar = found_in(params="cho2014 §2.3; documentation")
    title: ClassVar = "Gated recurrent unit"
    noun: ClassVar = "GRU"
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
