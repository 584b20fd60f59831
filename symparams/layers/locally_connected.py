"""Locally connected layers: a convolution whose positions share no weights."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.formula import ONE, ZERO, Formula
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, activated
from symparams.layers.filters import ONE_CHANNEL
from symparams.layers.sliding import ONE_EACH
from symparams.layers.window import Window
from symparams.model.arguments import COUNT, SIZES, argument, padding, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1
from symparams.model.layer import (
    OUTPUT_LETTERS,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    layer_class,
    symbol,
)
from symparams.model.padded import Padded
from symparams.model.sentence import together
from symparams.model.tensor import tensor
from symparams.model.work import Work


@layer_class
class LocallyConnected(Layer):
    """Slides over the input as a convolution does, with other weights at every position.

    (k_h·k_w·C_in + 1)·C_out·H_out·W_out parameters: each output value has a kernel and a bias of its own. The output
    size is that of a convolution. Keras 2 had it as LocallyConnected1D and LocallyConnected2D, Keras 3 has not.
    """

    filters: Formula = argument(COUNT, "filters: the output channels", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    stride: tuple[Formula, ...] = argument(
        SIZES, "stride: how far the kernel moves", ONE_EACH, short="s", keyword=True, told=True
    )
    padding: str = argument(
        padding("same", "valid"), "padding: on both sides", "valid", short="p", keyword=True, told=True
    )
    bias: bool = argument(switch(), "whether each output value has a bias", True, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True, told=True)

    names: ClassVar = ("locallyconnected", "LocallyConnected1D", "LocallyConnected2D")
    calls: ClassVar = (
        keras(
            "LocallyConnected1D LocallyConnected2D",
            "filters! kernel_size:kernel! strides:stride padding -data_format activation use_bias:bias "
            "-{kernel,bias}_initializer -{kernel,bias,activity}_regularizer -{kernel,bias}_constraint "
            "-implementation",
        ),
        keras1(
            "LocallyConnected1D",
            "nb_filter:filters! filter_length:kernel! -init activation -weights border_mode:padding "
            "subsample_length:stride -{W,b,activity}_regularizer -{W,b}_constraint bias",
        ),
        keras1(
            "LocallyConnected2D",
            "nb_filter:filters! nb_row:kernel! nb_col:kernel! -init activation -weights border_mode:padding "
            "subsample:stride -dim_ordering -{W,b,activity}_regularizer -{W,b}_constraint bias",
        ),
    )
    cited: ClassVar = found_in(shape="dumoulin2016 Relationship 6", params="lecun1989")
    title: ClassVar = "Locally connected layer"
    family: ClassVar = "Convolution"
    example: ClassVar = "input(28, 28, 1) -> LocallyConnected2D(32, 3)"
    reads: ClassVar = "channels"

    def window(self, x: Incoming, kernel: tuple[Formula, ...]) -> Window:
        """The kernel as it slides over x."""
        return Window(x, kernel, self.stride, self.padding)

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if x.convention == "torch":
            raise LayerError("PyTorch has no locally connected layer; it was Keras 2's")
        if len(x.spatial) > 2:
            raise LayerError("Keras had no locally connected layer over three axes")
        window = self.window(x, self.kernel)
        C_in, C_out = x.C_in(), symbol("C_out", self.filters, "filters")
        axes = window.axes()
        places = [symbol(OUTPUT_LETTERS[a.name], simplified(a.size), f"output {a.name}") for a in axes]
        outputs = (C_out, *places)
        kernel = tensor(x.convention, "kernel", kernel=window.sizes(), inputs=(C_in,), outputs=outputs, uses=ONE)
        return Rules(
            output=x.arranged(axes, Axis("channels", C_out)),
            tensors=(
                kernel,
                *([tensor(x.convention, "bias", outputs=outputs, kind="bias", uses=ONE)] if self.bias else []),
            ),
            because="each filter has separate weights at every output position: a kernel over all input channels"
            + (" and a bias" if self.bias else ", and no bias"),
            shape_because=together(window.reason(), ONE_CHANNEL, between=". "),
            size_because=window.reason(),
            channels_are="filters",
            requires=window.requires(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because="each weight belongs to one output position, so it is multiplied once",
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> Sight:
        return self.window(arriving[0], self.kernel).reach()

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self.window(arriving[0], self.kernel).padded()
