"""Layers that make the feature map larger again: transposed convolution and unpooling."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Function, as_formula, floor, product
from symparams.errors import LayerError
from symparams.layers.activation import activated
from symparams.layers.convolution import whole_groups
from symparams.layers.filters import ONE_CHANNEL, kernel_of
from symparams.layers.sizes import by_axis, known, spatial_axes
from symparams.layers.sliding import Sliding
from symparams.layers.spatial_letters import input_sizes, settings
from symparams.layers.transposed_window import Along, amounts_of, how_far_apart, last_start
from symparams.model.arguments import COUNT, EXTRA, SIZES, argument
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    UNKNOWN,
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
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Sizes, biases, tensor
from symparams.model.work import Work


@layer_class
class TransposedConvolution(Sliding):
    """Adds a copy of the kernel for every input value, a stride apart: (k_h·k_w·C_in/g + 1)·C_out parameters.

    The output size of PyTorch is (n - 1)·s - 2p + d(k - 1) + op + 1 along every axis. That of Keras, with
    K = d(k - 1) + 1, is (n - 1)·s + max(K, s) with "valid" padding and n·s with "same" padding; with an output padding
    op it is (n - 1)·s + K + op and (n - 1)·s + K mod 2 + op: no output padding and one of 0 are not the same. Every
    input value is multiplied by every weight of its channel, before padding is taken off. An output value sees ⌈K/s⌉
    input positions at most, and neighboring outputs are 1/s of an input position apart.
    """

    filters: Formula = argument(COUNT, "filters: the output channels", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    output_padding: tuple[Formula, ...] | None = argument(
        EXTRA, "output padding: positions added at the end of each axis", None, short="op", keyword=True
    )
    groups: Formula = argument(
        COUNT,
        "number of groups: channels of different groups do not mix (PyTorch)",
        ONE,
        short="g",
        keyword=True,
        told=True,
    )

    names: ClassVar = (
        "tconv", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Convolution1DTranspose",
        "Convolution2DTranspose", "Convolution3DTranspose", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d",
        "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d", "deconv",
    )  # fmt: skip
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "Conv1DTranspose Conv2DTranspose Convolution1DTranspose Convolution2DTranspose",
            "filters! kernel_size:kernel! strides:stride padding output_padding -data_format "
            "dilation_rate:dilation activation use_bias:bias -{kernel,bias}_initializer "
            "-{kernel,bias,activity}_regularizer -{kernel,bias}_constraint",
        ),
        keras(
            "Conv3DTranspose Convolution3DTranspose",
            "filters! kernel_size:kernel! strides:stride padding -data_format output_padding "
            "dilation_rate:dilation activation use_bias:bias -{kernel,bias}_initializer "
            "-{kernel,bias,activity}_regularizer -{kernel,bias}_constraint",
        ),
        torch(
            "ConvTranspose1d ConvTranspose2d ConvTranspose3d",
            "in_channels~channels out_channels:filters! kernel_size:kernel! stride padding output_padding groups "
            "bias dilation -padding_mode -device -dtype",
        ),
        torch(
            "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
            "out_channels:filters! kernel_size:kernel! stride padding output_padding groups bias dilation "
            "-padding_mode -device -dtype",
        ),
        keras1(
            "Deconvolution2D Deconv2D",
            "nb_filter:filters! nb_row:kernel! nb_col:kernel! -output_shape! -init activation -weights "
            "border_mode:padding subsample:stride -dim_ordering -{W,b,activity}_regularizer -{W,b}_constraint "
            "bias",
        ),
    )
    cited: ClassVar = found_in(shape="dumoulin2016 Relationship 14; documentation", params="dumoulin2016 §4.2")
    title: ClassVar = "Transposed convolution"
    at_any_size: ClassVar = True
    family: ClassVar = "Upsampling and transposed convolution"
    example: ClassVar = "input(14, 14, 128) -> tconv(64, 2, s=2)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        self._check(x)
        along = self._along(x)
        C_in, C_out, g = self._channels(x)
        grouped = number(self.groups) != 1
        k = tuple(a.k for a in along)
        torch = x.convention == "torch"
        axes = [Axis(a.name, self._size(a, x)) for a in along]
        return Rules(
            output=x.arranged(axes, Axis("channels", C_out)),
            tensors=(
                tensor(
                    x.convention,
                    "kernel",
                    kernel=k,
                    inputs=(C_in / g if grouped else C_in,),
                    outputs=(C_out,),
                    uses=product(input_sizes(x)),
                    shape=(C_in, C_out / g if grouped else C_out, *k) if torch else (*k, C_out, C_in),
                ),
                *([biases(x.convention, C_out)] if self.bias else []),
            ),
            because=_filter(k, C_in / g if grouped else C_in, grouped, self.bias),
            shape_because=lambda: together(self._reason(along, x), ONE_CHANNEL, between=". "),
            size_because=lambda: self._reason(along, x),
            channels_are="filters",
            unit=Unit("filters", C_out),
            ignores=self.ignored(x, "kernel"),
            requires=(
                *self._requires(along, x),
                *(() if torch else self.not_both()),
                *(whole_groups(C_in, C_out, g) if grouped else ()),
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because=self._products(*arriving),
        )
        return activated(work, self.activation, out)

    def _products(self, x: Incoming) -> Text:
        _, C_out, g = self._channels(x)
        return say(
            "each of the {=values input values} is multiplied by {=weights weights}, the kernel of its channel in "
            "every filter" + ("" if number(self.groups) == 1 else " of its group"),
            values=product((*input_sizes(x), x.C_in())),
            weights=product((*(a.k for a in self._along(x)), C_out if number(self.groups) == 1 else C_out / g)),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        (x,) = arriving
        along = self._along(x)
        if x.convention == "torch" and any(a.shares_unknown_factor for a in along):  # Keras has no stride with dilation
            return UNKNOWN
        return tuple(a.reach(self._cut(a)) for a in along)

    def _check(self, x: Incoming) -> None:
        if x.convention == "torch" and self.padding == "same":
            raise LayerError("PyTorch has no same padding for transposed convolutions; give the padding as a number")
        if x.convention == "keras" and not isinstance(self.padding, str):
            raise LayerError("Keras has same or valid padding for transposed convolutions, not a number")
        if x.convention == "keras" and number(self.groups) != 1:
            raise LayerError("Keras has no groups for transposed convolutions; they are PyTorch's")

    def _channels(self, x: Incoming) -> tuple[Formula, Formula, Formula]:
        return x.C_in(), symbol("C_out", self.filters, "filters"), symbol("g", self.groups, "groups")

    def _along(self, x: Incoming) -> tuple[Along, ...]:
        axes = spatial_axes(x)
        none: tuple[None, ...] = (None,) * len(axes)
        strides = settings("s", self.stride, x, "stride")
        dilations = settings("d", self.dilation, x, "dilation")
        paddings = settings("p", self.padding, x, "padding") if isinstance(self.padding, tuple) else none
        extra = settings("op", self.output_padding, x, "output padding") if self.output_padding else none
        kernel = settings("k", self.kernel, x, "kernel", always=True)
        parts = zip(axes, input_sizes(x), kernel, strides, dilations, paddings, extra, strict=True)
        return tuple(Along(name, n, k, s, d, p, op) for (name, _, _), n, k, s, d, p, op in parts)

    def _size(self, a: Along, x: Incoming) -> Formula:
        extra = a.op if a.op is not None and number(a.op) != 0 else None
        if self.padding == "same":
            if a.op is None:
                return a.n if number(a.s) == 1 else a.n * a.s
            rest = a.starts + Function("mod", (a.span, as_formula(2)))
            return rest if extra is None else rest + extra
        if x.convention == "keras" and a.op is None:
            longer = number(a.span - a.s)
            if longer is None and number(a.s) != 1:
                return a.starts + Function("max", (a.span, a.s))
            if longer is not None and longer < 0:
                return a.n * a.s
        cut = a.starts if a.p is None or number(a.p) == 0 else a.starts - 2 * a.p
        if a.dilated:
            return cut + a.d * (a.k - 1) + (1 if extra is None else extra + 1)
        return cut + a.k if extra is None else cut + a.k + extra

    def _cut(self, a: Along) -> Formula:
        """How many positions are cut off before the first one of the output."""
        if self.padding != "same":
            return ZERO if a.p is None else a.p
        rest = a.s if a.op is None else Function("mod", (a.span, as_formula(2))) + a.op
        return Function("max", (floor((a.span - rest) / 2), ZERO))

    def _requires(self, along: tuple[Along, ...], x: Incoming) -> tuple[Requirement, ...]:
        """An output padding is smaller than the stride, in PyTorch than the larger of stride and dilation."""
        requirements = []
        for a in along:
            if a.op is not None and number(a.op) != 0:
                dilated = a.dilated and x.convention == "torch"
                least = Function("max", (a.s, a.d)) if dilated else a.s
                requirements.append(
                    Requirement(least, ">=", a.op + 1, partial(_too_much, a.op, a.s, a.d if dilated else None))
                )
        return tuple(requirements)

    def _reason(self, along: tuple[Along, ...], x: Incoming) -> Text:
        """How the output size comes about."""
        if self.padding == "same" and self.output_padding is None:
            if all(number(a.s) == 1 for a in along):
                return "with 'same' padding and stride 1 the size stays the same"
            sizes = by_axis((a.name, "{s output positions} along {axes}", {"s": a.s}) for a in along)
            return together("with 'same' padding every input position gives ", sizes, between="")
        apart = [number(a.s - a.span) for a in along]
        summed = ", and overlapping values are summed"
        separate = all(gap is not None and gap >= 0 for gap in apart)
        beside = ", so they neither overlap nor leave gaps" if separate and not any(apart) else ""
        return together(
            together(
                "each input value adds a copy of the kernel, multiplied by that value, to the output; the copies "
                "start ",
                how_far_apart(along),
                say(beside, summed) if separate else summed,
                between="",
            ),
            last_start("copy", along),
            self._extended(along, x),
            self._padded(along),
            between=". ",
        )

    def _extended(self, along: tuple[Along, ...], x: Incoming) -> Text:
        """What Keras does where the stride is larger than the kernel."""
        if x.convention == "torch" or self.output_padding is not None:
            return ""
        more = [0 if number(a.s) == 1 else number(a.s - a.span) for a in along]
        if None in more:
            return "Where the stride is larger than the kernel, Keras extends the output by the difference"
        added = by_axis(
            (a.name, "{=more positions} along {axes}" if gap and gap > 0 else "", {"more": a.s - a.span})
            for a, gap in zip(along, more, strict=True)
        )
        if not added:
            return ""
        reason = ", since the stride is larger than the kernel (PyTorch does not)"
        return together("Keras extends the output by ", added, reason, between="")

    def _padded(self, along: tuple[Along, ...]) -> Text:
        """What padding takes away and output padding adds."""
        same = self.padding == "same"
        ends = [floor(a.span / 2) if same else a.p or ZERO for a in along]
        cut = amounts_of(along, ends, "{amount positions} at each end of {axes}")
        added = amounts_of(along, [a.op or ZERO for a in along], "{amount positions} at the end of {axes}")
        padding = "In the size, 'same' padding removes " if same else "The padding removes "
        return together(
            together(padding, cut, between="") if cut else "",
            together("The output padding adds ", added, between="") if added else "",
            between=". ",
        )


def _too_much(extra: Formula, stride: Formula, dilation: Formula | None) -> str:
    op, s = (known(size) for size in (extra, stride))
    or_dilation = "" if dilation is None else f" or the dilation {known(dilation)}"
    return f"the output padding {op} must be smaller than the stride {s}{or_dilation}"


def _filter(k: Sizes, seen: Formula, grouped: bool, bias: bool) -> Text:
    """What a filter of a transposed convolution is made from."""
    kernel = f"a {kernel_of(k)}"
    one = "one weight" if all(number(size) == 1 for size in k) else kernel
    each = "each of the {seen} input channels" + (" of its group" if grouped else "")
    channels = "the only input channel that it sees" if number(seen) == 1 else each
    added = ", plus one bias" if bias else "; there is no bias"
    return say(f"a filter has {one} for {channels}{added}", f"a filter has {kernel} for {each}{added}", k=k, seen=seen)
