"""Convolutions: full, depthwise and separable, over one, two or three spatial axes."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, product
from symparams.errors import LayerError
from symparams.layers.activation import activated
from symparams.layers.filters import ONE_CHANNEL, filter_by_channel, filter_of, so_many, sums
from symparams.layers.sizes import known, spatial_axes
from symparams.layers.sliding import Sliding
from symparams.model.arguments import COUNT, SIZES, argument, padding
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    Axis,
    Incoming,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.padded import Padded
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Sizes, Tensor, biases, tensor
from symparams.model.work import Work

# Parts of the arguments of Keras 1.
_KERAS_1 = "-{W,b,activity}_regularizer -{W,b}_constraint bias"
_KERAS_1D = "nb_filter:filters! filter_length:kernel! -init activation -weights border_mode:padding"
_KERAS_2D = "nb_filter:filters! nb_row:kernel! nb_col:kernel! -init activation -weights border_mode:padding"


@layer_class
class Convolution(Sliding):
    """Slides filters over the input: (k_h·k_w·C_in/g + 1)·C_out parameters.

    Each of the C_out filters spans the whole kernel in all C_in channels (of its group) and has one bias. The output is
    ⌊(n + 2p - (d(k - 1) + 1))/s⌋ + 1 along every axis, ⌈n/s⌉ with same padding. Keras and PyTorch count alike.
    """

    filters: Formula = argument(COUNT, "filters: the output channels", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    padding: str | tuple[Formula, ...] = argument(
        padding("same", "valid", "causal"),
        "padding: positions on each side",
        "valid",
        short="p",
        keyword=True,
        told=True,
    )
    groups: Formula = argument(
        COUNT, "number of groups: channels of different groups do not mix", ONE, short="g", keyword=True, told=True
    )

    names: ClassVar = (
        "conv", "Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D",
        "LazyConv1d", "LazyConv2d", "LazyConv3d",
    )  # fmt: skip
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D",
            "filters! kernel_size:kernel! strides:stride padding -data_format dilation_rate:dilation groups "
            "activation use_bias:bias -{kernel,bias}_initializer -{kernel,bias,activity}_regularizer "
            "-{kernel,bias}_constraint",
        ),
        torch(
            "Conv1d Conv2d Conv3d",
            "in_channels~channels out_channels:filters! kernel_size:kernel! stride padding dilation groups bias "
            "-padding_mode -device -dtype",
        ),
        torch(
            "LazyConv1d LazyConv2d LazyConv3d",
            "out_channels:filters! kernel_size:kernel! stride padding dilation groups bias -padding_mode -device "
            "-dtype",
        ),
        keras1("Convolution1D Conv1D", f"{_KERAS_1D} subsample_length:stride {_KERAS_1}"),
        keras1("AtrousConvolution1D", f"{_KERAS_1D} subsample_length:stride atrous_rate:dilation {_KERAS_1}"),
        keras1("Convolution2D Conv2D", f"{_KERAS_2D} subsample:stride -dim_ordering {_KERAS_1}"),
        keras1(
            "AtrousConvolution2D AtrousConv2D",
            f"{_KERAS_2D} subsample:stride atrous_rate:dilation -dim_ordering {_KERAS_1}",
        ),
        keras1(
            "Convolution3D Conv3D",
            "nb_filter:filters! kernel_dim1:kernel! kernel_dim2:kernel! kernel_dim3:kernel! -init activation "
            "-weights border_mode:padding subsample:stride -dim_ordering -{W,b,activity}_regularizer "
            "-{W,b}_constraint bias",
        ),
    )
    cited: ClassVar = found_in(
        shape="dumoulin2016 Relationship 15",
        params="lecun1998 §II-B; krizhevsky2012 §3.5 (groups)",
        macs="howard2017 Eq. (2)",
    )
    title: ClassVar = "Convolution"
    at_any_size: ClassVar = True
    family: ClassVar = "Convolution"
    example: ClassVar = "input(28, 28, 1) -> conv(32, 3x3, relu)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        window = self.window(x, self.kernel)
        k = window.sizes()
        C_in = x.C_in()
        C_out = symbol("C_out", self.filters, "filters")
        grouped = number(self.groups) != 1
        g = symbol("g", self.groups, "groups")
        return Rules(
            output=x.arranged(window.axes(), Axis("channels", C_out)),
            tensors=(
                tensor(x.convention, "kernel", kernel=k, inputs=(C_in / g if grouped else C_in,), outputs=(C_out,)),
                *([biases(x.convention, C_out)] if self.bias else []),
            ),
            because=filter_of(k, C_in / g if grouped else C_in, grouped, self.bias),
            shape_because=lambda: together(window.reason(), ONE_CHANNEL, between=". "),
            size_because=window.reason,
            channels_are="filters",
            unit=Unit("filters", C_out),
            ignores=self.ignored(x, "filter"),
            requires=(
                *window.requires(),
                *(self.not_both() if x.convention == "keras" else ()),
                *(whole_groups(C_in, C_out, g) if grouped else ()),
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because=sums(out.numbers(), self._block(arriving[0])),
        )
        return activated(work, self.activation, out)

    def _block(self, x: Incoming) -> Formula:
        """How many weights a filter has."""
        seen = x.C_in() if number(self.groups) == 1 else x.C_in() / symbol("g", self.groups, "groups")
        return product((*self.window(x, self.kernel).sizes(), seen))

    def reach(self, *arriving: Incoming) -> Sight:
        return self.window(arriving[0], self.kernel).reach()

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self.window(arriving[0], self.kernel).padded()


def whole_groups(C_in: Formula, C_out: Formula, g: Formula) -> tuple[Requirement, ...]:
    """The groups divide the channels on both sides."""

    def message(what: str, count: Formula) -> str:
        groups = known(g)
        return f"{groups} groups do not divide {what} ({known(count)})"

    return (
        Requirement(C_in, "multiple", g, lambda: message("the input channels", C_in)),
        Requirement(C_out, "multiple", g, lambda: message("the filters", C_out)),
    )


def _two_at_most(x: Incoming, what: str) -> None:
    if x.convention == "keras" and len(spatial_axes(x)) > 2:
        raise LayerError(f"Keras has no {what}")


@layer_class
class Depthwise(Sliding):
    """Filters each channel by itself: (k_h·k_w + 1)·C_in·m parameters, C_in·m channels.

    Channels are not mixed, so each kernel has no factor C_in; there are C_in·m kernels. In
    PyTorch this is a convolution with groups = C_in.
    """

    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    multiplier: Formula = argument(
        COUNT, "depth multiplier: output channels for each input channel", ONE, short="m", keyword=True, told=True
    )

    names: ClassVar = ("depthwise", "DepthwiseConv1D", "DepthwiseConv2D", "DepthwiseConv", "dwconv")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "DepthwiseConv1D DepthwiseConv2D",
            "kernel_size:kernel! strides:stride padding depth_multiplier:multiplier -data_format "
            "dilation_rate:dilation activation use_bias:bias -{depthwise,bias}_initializer "
            "-{depthwise,bias,activity}_regularizer -{depthwise,bias}_constraint",
        ),
    )
    cited: ClassVar = found_in(
        shape="dumoulin2016 Relationship 15", params="howard2017 §3.1", macs="howard2017 Eq. (4)"
    )
    title: ClassVar = "Depthwise convolution"
    at_any_size: ClassVar = True
    family: ClassVar = "Convolution"
    example: ClassVar = "input(112, 112, 32) -> depthwise(3x3, same)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        _two_at_most(x, "depthwise convolution over three axes; write conv(channels, k, groups=channels)")
        window = self.window(x, self.kernel)
        k = window.sizes()
        C_in = x.C_in()
        m = symbol("m", self.multiplier, "depth multiplier")
        channels = C_in if number(self.multiplier) == 1 else C_in * m
        return Rules(
            output=x.arranged(window.axes(), Axis("channels", channels)),
            tensors=(
                _by_channel(x, k, channels, m),
                *([biases(x.convention, channels)] if self.bias else []),
            ),
            because=filter_by_channel(k, C_in, m, self.bias),
            shape_because=lambda: together(
                window.reason(),
                say(f"Each input channel produces {so_many(m, 'output channels')}", m=m),
                between=". ",
            ),
            size_because=window.reason(),
            channels_are="channels",
            unit=Unit("output channels", channels),
            ignores=self.ignored(x, "kernel"),
            requires=window.requires(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because=sums(out.numbers(), product(self.window(arriving[0], self.kernel).sizes())),
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> Sight:
        return self.window(arriving[0], self.kernel).reach()

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self.window(arriving[0], self.kernel).padded()


def _by_channel(x: Incoming, k: Sizes, channels: Formula, m: Formula, stored: str = "") -> Tensor:
    """The kernels of a convolution of each channel by itself."""
    shape = (channels, ONE, *k) if x.convention == "torch" else (*k, x.C_in(), m)
    return tensor(x.convention, "depthwise kernel", kernel=k, outputs=(channels,), stored=stored, shape=shape)


@layer_class
class Separable(Sliding):
    """A depthwise convolution and then a 1x1 convolution: k_h·k_w·C_in·m + (C_in·m + 1)·C_out parameters.

    Only the second step has biases. Keras calls this SeparableConv2D; PyTorch writes it as two layers.
    """

    filters: Formula = argument(COUNT, "filters: the output channels", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size: of the depthwise step", told=True)
    multiplier: Formula = argument(
        COUNT,
        "depth multiplier: channels between the steps, for each input channel",
        ONE,
        short="m",
        keyword=True,
        told=True,
    )

    names: ClassVar = (
        "separable", "SeparableConv1D", "SeparableConv2D", "SeparableConv",
        "SeparableConvolution1D", "SeparableConvolution2D",
    )  # fmt: skip
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D",
            "filters! kernel_size:kernel! strides:stride padding -data_format dilation_rate:dilation "
            "depth_multiplier:multiplier activation use_bias:bias -{depthwise,pointwise,bias}_initializer "
            "-{depthwise,pointwise,bias,activity}_regularizer -{depthwise,pointwise,bias}_constraint",
        ),
        keras1(
            "SeparableConvolution2D SeparableConv2D",
            "nb_filter:filters! nb_row:kernel! nb_col:kernel! -init activation -weights border_mode:padding "
            "subsample:stride depth_multiplier:multiplier -dim_ordering "
            "-{depthwise,pointwise,b,activity}_regularizer -{depthwise,pointwise,b}_constraint bias",
        ),
    )
    cited: ClassVar = found_in(
        shape="dumoulin2016 Relationship 15", params="chollet2017; howard2017 §3.1", macs="howard2017 Eq. (5)"
    )
    title: ClassVar = "Separable convolution"
    at_any_size: ClassVar = True
    family: ClassVar = "Convolution"
    example: ClassVar = "input(112, 112, 32) -> separable(64, 3x3, same)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        _two_at_most(
            x, "separable convolution over three axes; write conv(channels, k, groups=channels) -> conv(filters, 1)"
        )
        window = self.window(x, self.kernel)
        k = window.sizes()
        C_in = x.C_in()
        C_out = symbol("C_out", self.filters, "filters")
        m = symbol("m", self.multiplier, "depth multiplier")
        between = C_in if number(self.multiplier) == 1 else C_in * m
        return Rules(
            output=x.arranged(window.axes(), Axis("channels", C_out)),
            tensors=(
                _by_channel(x, k, between, m, "depthwise_kernel"),
                tensor(
                    x.convention,
                    "pointwise kernel",
                    inputs=(between,),
                    outputs=(C_out,),
                    shape=(*(ONE for _ in k), between, C_out),
                ),
                *([biases(x.convention, C_out)] if self.bias else []),
            ),
            because=say(
                f"the first step filters each input channel by itself, with {so_many(m, 'kernels')} of size {{k}}. "
                "The second step is a convolution with kernel size 1 that mixes the channels: each filter has one "
                "weight for each channel of the first step"
                + (" and one bias; the first step has no biases" if self.bias else "; neither step has biases"),
                m=m,
                k=k,
                between=between,
            ),
            shape_because=lambda: together(window.reason(), ONE_CHANNEL, between=". "),
            size_because=window.reason,
            channels_are="filters",
            ignores=self.ignored(x, "kernel"),
            requires=window.requires(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because=self._two_steps(out, arriving[0]),
        )
        return activated(work, self.activation, out)

    def _two_steps(self, out: Outgoing, x: Incoming) -> Text:
        between = (
            x.C_in() if number(self.multiplier) == 1 else x.C_in() * symbol("m", self.multiplier, "depth multiplier")
        )
        return say(
            "the first step computes {=middle values} with {=taps products} each, within one channel. The second step "
            "computes {=values output values} with {=between products} each, one for each channel",
            middle=product((*out.spatial(), between)),
            taps=product(self.window(x, self.kernel).sizes()),
            values=out.numbers(),
            between=between,
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return self.window(arriving[0], self.kernel).reach()

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self.window(arriving[0], self.kernel).padded()
