"""Pooling: a window, or the whole feature map, is reduced to one value."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, as_formula, product
from symparams.errors import LayerError, listed
from symparams.layers.sizes import known, spatial_axes
from symparams.layers.spatial_letters import channels_kept, input_sizes
from symparams.layers.window import Window
from symparams.model.arguments import FACTORS, PADDING, SIZES, argument, switch
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
    nothing_to_learn,
)
from symparams.model.padded import Padded
from symparams.model.sentence import together
from symparams.model.work import Work


@layer_class
class Pooling(Layer):
    """What pooling layers have: a window that is reduced to one value."""

    family: ClassVar = "Pooling"
    reads: ClassVar = "channels"
    at_any_size: ClassVar = True

    size: tuple[Formula, ...] = argument(SIZES, "window size", (as_formula(2),), told=True)
    stride: tuple[Formula, ...] | None = argument(
        SIZES,
        "stride: how far the window moves; the window size if not given",
        None,
        short="s",
        keyword=True,
        told=True,
    )
    padding: str | tuple[Formula, ...] = argument(
        PADDING, "padding: positions on each side", "valid", short="p", keyword=True, told=True
    )
    ceil: bool = argument(switch("ceil"), "whether sizes are rounded up (PyTorch)", False, keyword=True)

    does: ClassVar[str] = ""

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if self.ceil and x.convention == "keras":
            raise LayerError(
                "Keras pooling never rounds up; same padding gives ceil(n / s), or choose convention torch"
            )
        if isinstance(self.padding, str) and self.padding != "valid" and x.convention == "torch":
            raise LayerError(f"PyTorch pools with a number as padding, not {self.padding}")
        window = self.window(x)
        return nothing_to_learn(
            x.arranged(window.axes(), channels_kept(x)),
            self.does,
            lambda: together(
                window.reason(),
                "Each channel is pooled by itself, so the number of channels stays the same",
                between=". ",
            ),
            size_because=window.reason(),
            requires=window.requires(),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return self.window(arriving[0]).reach()

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return self.window(arriving[0]).padded()

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return product((*out.sizes(), *self.window(arriving[0]).sizes()))

    def window(self, x: Incoming) -> Window:
        """The window as it slides over x."""
        return Window(x, self.size, self.stride, self.padding, up=self.ceil, word="window")


@layer_class
class MaxPooling(Pooling):
    """Takes the largest value of each window: ⌊(n + 2p - k)/s⌋ + 1 along every axis, no parameters.

    The stride is the size of the window unless given. PyTorch can round up (`ceil`): a last window that would start in
    the padding on the right is left out. It can also spread the window: d(k - 1) + 1 takes the place of k.
    """

    dilation: tuple[Formula, ...] = argument(
        SIZES,
        "dilation: the distance between positions of a window (PyTorch)",
        (ONE,),
        short="d",
        keyword=True,
        told=True,
    )

    names: ClassVar = (
        "maxpool", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D",
            "pool_size:size strides:stride padding -data_format",
        ),
        torch(
            "MaxPool1d MaxPool2d MaxPool3d",
            "kernel_size:size! stride padding dilation -return_indices ceil_mode:ceil",
        ),
        keras1("MaxPooling1D", "pool_length:size stride border_mode:padding"),
        keras1("MaxPooling2D MaxPooling3D", "pool_size:size strides:stride border_mode:padding -dim_ordering"),
    )
    cited: ClassVar = found_in(shape="dumoulin2016 Relationship 7; documentation")
    title: ClassVar = "Max pooling"
    example: ClassVar = "input(24, 24, 63) -> maxpool(2)"
    does: ClassVar = "max pooling only takes the largest value of each window"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if x.convention == "keras" and any(number(d) != 1 for d in self.dilation):
            raise LayerError("Keras pooling has no dilation; it is PyTorch's")
        return Pooling.rules(self, x)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=(product(self.window(arriving[0]).sizes()) - 1) * out.numbers())

    def window(self, x: Incoming) -> Window:
        """The window as it slides over x."""
        return Window(x, self.size, self.stride, self.padding, self.dilation, up=self.ceil, word="window")


@layer_class
class AveragePooling(Pooling):
    """Averages each window: ⌊(n + 2p - k)/s⌋ + 1 along every axis, no parameters.

    Over three axes PyTorch wants the window to fit into the input without its padding.
    """

    names: ClassVar[tuple[str, ...]] = (
        "avgpool", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D",
            "pool_size:size strides:stride padding -data_format",  # Keras 3 demands the size, Keras 2 does not
        ),
        torch("AvgPool1d", "kernel_size:size! stride padding ceil_mode:ceil -count_include_pad"),
        torch(
            "AvgPool2d AvgPool3d",
            "kernel_size:size! stride padding ceil_mode:ceil -count_include_pad -divisor_override",
        ),
        keras1("AveragePooling1D", "pool_length:size stride border_mode:padding"),
        keras1("AveragePooling2D AveragePooling3D", "pool_size:size strides:stride border_mode:padding -dim_ordering"),
    )
    cited: ClassVar = found_in(shape="dumoulin2016 Relationship 7; documentation")
    title: ClassVar = "Average pooling"
    example: ClassVar = "input(28, 28, 6) -> avgpool(2)"
    does: ClassVar = "average pooling only averages the values of each window"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        rules = Pooling.rules(self, x)
        if x.convention == "keras" or len(x.spatial) != 3:
            return rules
        parts = zip(spatial_axes(x), input_sizes(x), self.window(x).sizes(), strict=True)
        whole = [Requirement(n, ">=", k, partial(_smaller, name, n, k)) for (name, _, _), n, k in parts]
        return replace(rules, requires=(*rules.requires, *whole))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sum over the window and one division, for each output value."""
        additions = (product(self.window(arriving[0]).sizes()) - 1) * out.numbers()
        return Work(additions=additions, multiplications=out.numbers())


def _smaller(name: str, n: Formula, k: Formula) -> str:
    size, window = (known(f) for f in (n, k))
    return (
        f"the {name} {size} is smaller than the window {window}; over three axes PyTorch does not average such a window"
    )


@layer_class
class PowerPooling(Layer):
    """Takes the p-th root of the sum of the p-th powers of each window: ⌊(n - k)/s⌋ + 1 along every axis.

    No parameters. With p = 1 it is a sum, with a large p nearly the maximum. A layer of PyTorch.
    """

    norm: tuple[Formula, ...] = argument(FACTORS, "power: p, of the p-th powers and the p-th root")
    size: tuple[Formula, ...] = argument(SIZES, "window size", told=True)
    stride: tuple[Formula, ...] | None = argument(
        SIZES,
        "stride: how far the window moves; the window size if not given",
        None,
        short="s",
        keyword=True,
        told=True,
    )
    ceil: bool = argument(switch("ceil"), "whether sizes are rounded up (PyTorch)", False, keyword=True)

    names: ClassVar = ("lppool", "LPPool1d", "LPPool2d", "LPPool3d")
    calls: ClassVar = (torch("LPPool1d LPPool2d LPPool3d", "norm_type:norm! kernel_size:size! stride ceil_mode:ceil"),)
    title: ClassVar = "Power-average pooling"
    family: ClassVar = "Pooling"
    example: ClassVar = "input(24, 24, 63) -> lppool(2, 3)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        return self._sum().rules(*arriving)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A power of every input value, a sum over each window, and a root of it."""
        (x,) = arriving
        added = (product(self._sum().window(x).sizes()) - 1) * out.numbers()
        return Work(additions=added, exponentials=product([*input_sizes(x), x.C_in()]) + out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        return self._sum().reach(*arriving)

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return self._sum().pooled(out, *arriving)

    def _sum(self) -> Pooling:
        return _PowerSum(size=self.size, stride=self.stride, ceil=self.ceil)


class _PowerSum(AveragePooling):
    __slots__ = ()
    names: ClassVar[tuple[str, ...]] = ()
    does: ClassVar = "power-average pooling only takes the p-th root of the sum of p-th powers of each window"


@layer_class
class GlobalAveragePooling(Layer):
    """Averages each channel over all positions: C values, no parameters."""

    keepdims: bool = argument(switch("keepdims"), "whether the spatial axes stay, with size 1", False, keyword=True)

    names: ClassVar[tuple[str, ...]] = (
        "globalavgpool", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
        "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "gap",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D "
            "GlobalAvgPool3D",
            "-data_format keepdims",
        ),
        keras1("GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D", "-dim_ordering"),
    )
    cited: ClassVar = found_in(shape="lin2013 §3.2")
    title: ClassVar[str] = "Global average pooling"
    at_any_size: ClassVar = True
    family: ClassVar = "Pooling"
    example: ClassVar[str] = "input(7, 7, 2048) -> globalavgpool"
    reads: ClassVar = "channels"
    does: ClassVar[str] = "global average pooling only averages all values of each channel"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial = spatial_axes(x)
        channels = Axis("channels" if self.keepdims else "features", as_formula(x.channels))
        ones = [Axis(name, as_formula(1)) for name, _, _ in spatial]
        return nothing_to_learn(
            x.arranged(ones, channels) if self.keepdims else (channels,),
            self.does,
            f"each channel is reduced to a single value, whatever its {listed([name for name, _, _ in spatial])}"
            + ("; every spatial axis is kept, with size 1" if self.keepdims else ""),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sum over all positions and one division, for each channel."""
        return Work(additions=_others(arriving[0]), multiplications=out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return product((*input_sizes(arriving[0]), arriving[0].C_in()))


def _others(x: Incoming) -> Formula:
    """What one value for each channel takes: an operation for every further position."""
    return (product(input_sizes(x)) - 1) * x.C_in()


@layer_class
class GlobalMaxPooling(GlobalAveragePooling):
    """Takes the largest value of each channel: C values, no parameters."""

    names: ClassVar = (
        "globalmaxpool", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
        "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "gmp",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D",
            "-data_format keepdims",
        ),
        keras1("GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D", "-dim_ordering"),
    )
    title: ClassVar = "Global max pooling"
    example: ClassVar = "input(7, 7, 2048) -> globalmaxpool"
    does: ClassVar = "global max pooling only takes the largest value of each channel"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=_others(arriving[0]))
