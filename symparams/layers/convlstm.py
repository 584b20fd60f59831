"""The convolutional LSTM."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula, product
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import LayerError, spatial_axes_of
from symparams.layers.activation import ACTIVATION, effort
from symparams.layers.filters import positions_share
from symparams.layers.sizes import spatial_axes
from symparams.layers.sliding import Sliding
from symparams.layers.window import Window
from symparams.model.arguments import COUNT, SIZES, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras
from symparams.model.layer import UNKNOWN, Axis, Incoming, Outgoing, Reading, Rules, Sight, Unit, layer_class, symbol
from symparams.model.padded import Padded
from symparams.model.sentence import say, together
from symparams.model.tensor import tensor
from symparams.model.work import Work


@layer_class
class ConvLSTM(Sliding):
    """An LSTM over images whose gates and cell candidate are convolutions: 4·F·(k_h·k_w·(C + F) + 1) parameters.

    Each gate convolves the C channels of the input, as a convolution with this stride and padding does, and the F
    channels of the state, which keeps its size (same padding, stride 1). The input is (T, H, W, C); the output is the
    last state, or with `sequences` all T of them. A layer of Keras; PyTorch has none. Beside the multiply-accumulates a
    step takes, for each number of the state, 4 additions that join both convolutions, 4 for the biases, 3
    multiplications and 1 addition for the cell, 3 sigmoids and 2 activations.
    """

    filters: Formula = argument(COUNT, "filters: the channels of the state and of the output", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    sequences: bool = argument(
        switch("sequences"), "whether the state of every time step is returned", False, keyword=True
    )
    activation: str = argument(ACTIVATION, "function on the cell and on its input", "tanh", keyword=True, told=True)
    rank: Formula | None = argument(
        COUNT, "spatial axes of the input, which a name such as ConvLSTM2D says", None, keyword=True
    )

    names: ClassVar = ("convlstm", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
    presets: ClassVar = {f"ConvLSTM{rank}D": {"rank": as_formula(rank)} for rank in (1, 2, 3)}
    ranked: ClassVar = False  # the time steps are an axis more
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
            "filters! kernel_size:kernel! strides:stride padding -data_format dilation_rate:dilation activation "
            "-recurrent_activation use_bias:bias -{kernel,recurrent,bias}_initializer -unit_forget_bias "
            "-{kernel,recurrent,bias,activity}_regularizer -{kernel,recurrent,bias}_constraint -dropout "
            "-recurrent_dropout -seed return_sequences:sequences -return_state -go_backwards -stateful",
        ),
    )
    cited: ClassVar = found_in(shape="shi2015 Eq. (3)", params="shi2015 Eq. (3); documentation")
    title: ClassVar = "Convolutional LSTM"
    noun: ClassVar = "ConvLSTM"  # what it is called in a sentence
    family: ClassVar = "Recurrent layers"
    described: ClassVar = ()  # its kernel has an axis less than its input
    example: ClassVar = "input(10, 64, 64, 1) -> convlstm(40, 3, same, sequences)"

    @property
    def at_each_step(self) -> Reading:
        return "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        step = self._step(x)
        window = self._input_window(step)
        k, C, F = window.sizes(), self._C(step), self._F()
        axes = (*window.axes(), Axis("channels", F))
        uses = product([self._T(x), *(axis.size for axis in window.axes())])
        gates = as_formula(4)
        gate = partial(tensor, "keras", parts=(gates,), outputs=(F,), uses=uses)
        return Rules(
            output=(Axis("steps", self._T(x)), *axes) if self.sequences else axes,
            tensors=(
                gate("kernel", kernel=k, inputs=(C,)),
                gate("recurrent kernel", kernel=k, states=(F,)),
                *([gate("bias", kind="bias")] if self.bias else []),
            ),
            because=say(
                "the input gate, the forget gate, the output gate and the cell candidate are convolutions of "
                "{F filters} each. A filter has one {block} block for the input and one {state} block for the previous "
                "state" + (", plus one bias" if self.bias else "; there are no biases"),
                F=F,
                block=(*k, C),
                state=(*k, F),
            ),
            shape_because=together(
                window.reason(),
                "The state of every time step is returned"
                if self.sequences
                else "Only the state of the last time step is returned",
                say("It has {F channels}, one for each filter of a gate", F=F),
                between=". ",
            ),
            channels_are="filters",
            unit=Unit("filters", gates * F),
            ignores=(
                *(
                    []
                    if number(self._T(x)) == 1
                    else [say("the {T time steps} do not matter: every time step uses the same weights", T=self._T(x))]
                ),
                *positions_share(step, "filter"),
            ),
            requires=(*window.requires(), *self.not_both()),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        (x,) = arriving
        step = self._step(x)
        k, C, F = self._input_window(step).sizes(), self._C(step), self._F()
        T, places = self._T(x), out.spatial() if not self.sequences else self._places(out)
        states = product([T, *places, F])
        gates = as_formula(4)
        work = Work(
            macs=product([T, *places, gates, F, *k]) * (C + F),
            additions=(9 if self.bias else 5) * states,
            multiplications=3 * states,
            exponentials=3 * states,
            because=say(
                "each time step computes {=values values}, each the sum of {=products products} of the input and the "
                "previous state; the sequence has {T time steps}",
                values=product([*places, gates, F]),
                products=product(k) * (C + F),
                T=T,
            ),
        )
        return work.plus(effort(self.activation, 2 * states))

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self._input_window(self._step(arriving[0])).padded()

    def reach(self, *arriving: Incoming) -> Sight:
        """With every time step the state sees a kernel further."""
        return UNKNOWN

    def _step(self, x: Incoming) -> Incoming:
        if x.convention == "torch":
            raise LayerError("PyTorch has no convolutional LSTM; it is Keras's")
        if len(x.shape) not in (3, 4, 5):
            raise LayerError(
                f"needs an input of shape (T, L, C), (T, H, W, C) or (T, D, H, W, C), but the input is {x}"
            )
        step = Incoming(x.shape[1:], x.convention)
        arrived = len(spatial_axes(step))
        if self.rank is not None and number(self.rank) != arrived:
            wanted = spatial_axes_of(shown(self.rank, SOURCE))
            raise LayerError(f"is for {wanted} in addition to the time steps, but {x} has {arrived}")
        return step

    def _input_window(self, step: Incoming) -> Window:
        return self.window(step, self.kernel)

    def _places(self, out: Outgoing) -> tuple[Formula, ...]:
        return tuple(out.size(axis) for axis in out.axes[1:-1])

    def _T(self, x: Incoming) -> Formula:
        return symbol("T", x.shape[0], "time steps", incoming=True)

    def _C(self, step: Incoming) -> Formula:
        return symbol("C", step.channels, "input channels", incoming=True)

    def _F(self) -> Formula:
        return symbol("F", self.filters, "filters")
