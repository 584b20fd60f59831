"""Layers that make the feature map larger again: transposed convolution and unpooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import gcd
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Function, as_formula, ceil, floor, product
from symparams.errors import LayerError
from symparams.layers.activation import activated
from symparams.layers.convolution import Sliding, whole_groups
from symparams.layers.sizes import known, spatial_axes
from symparams.layers.window import channels_kept, input_sizes, settings, span
from symparams.model.arguments import COUNT, EXTRA, SIZES, argument
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.tensor import BOTH, biases, tensor
from symparams.model.work import Work


@dataclass(frozen=True, slots=True)
class _Along:
    """A transposed window along one axis."""

    name: str  # of the axis
    n: Formula  # the input size
    k: Formula  # the kernel size
    s: Formula  # the stride
    d: Formula  # the dilation
    p: Formula | None  # None: no padding in numbers
    op: Formula | None  # output padding; None: not given

    @property
    def dilated(self) -> bool:
        return number(self.d) != 1

    @property
    def span(self) -> Formula:
        """How many places of the output the kernel covers."""
        return span(self.k, self.d)

    @property
    def starts(self) -> Formula:
        """The distance from the first place where the kernel is put down to the last."""
        return self.n - 1 if number(self.s) == 1 else (self.n - 1) * self.s

    def reach(self, padding: Formula) -> Reach:
        """What a place of the output sees, where so much is taken away before its first place."""
        before = floor((self.span - 1 - padding) / self.s)
        return Reach(self._seen(), ONE / self.s, before)

    @property
    def shares_unknown_factor(self) -> bool:
        """Whether letters leave open which taps meet the same place."""
        s, d = number(self.s), number(self.d)
        return 1 not in (s, d) and None in (s, d)

    def _seen(self) -> Formula:
        s, d = number(self.s), number(self.d)
        if s == 1 or d == 1 or not isinstance(s, int) or not isinstance(d, int):
            return self.span if s == 1 else ceil(self.span / self.s)
        common = gcd(s, d)  # only every (s/common)-th tap can meet the same place
        return (d // common) * floor((self.k - 1) / as_formula(s // common)) + 1


@layer_class
class TransposedConvolution(Sliding):
    """Puts a kernel down for every input number, a stride apart: (k_h·k_w·C_in/g + 1)·C_out parameters.

    PyTorch makes (n - 1)·s - 2p + d(k - 1) + op + 1 places along every axis. Keras, with K = d(k - 1) + 1, makes
    (n - 1)·s + max(K, s) with valid padding and n·s with same padding; with an output padding op it makes
    (n - 1)·s + K + op and (n - 1)·s + K mod 2 + op: no output padding and one of 0 are not the same. Every input number
    is multiplied with every weight of its channel, before anything is cut off. An output place sees ⌈K/s⌉ input places
    at most, and neighbouring outputs are 1/s of an input place apart.
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
    """

    filters: Formula = argument(COUNT, "filters: the output channels", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)
    output_padding: tuple[Formula, ...] | None = argument(
        EXTRA, "output padding: places more at the end of each axis", None, short="op", keyword=True
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
    title: ClassVar = "Transposed convolution"
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
            because="every filter spans the kernel in "
            + ("the input channels of its own group only" if grouped else "all input channels")
            + (", and adds one bias" if self.bias else "; there is no bias"),
            shape_because=self._reason(along),
            channels_are="filters",
            requires=(
                *self._requires(along, x),
                *(() if torch else self.not_both()),
                *(whole_groups(C_in, C_out, g) if grouped else ()),
            ),
            differs=self._differs(along, x),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because="every number of the input is multiplied with every weight of its channel",
        )
        return activated(work, self.activation, out)

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

    def _along(self, x: Incoming) -> tuple[_Along, ...]:
        axes = spatial_axes(x)
        none: tuple[None, ...] = (None,) * len(axes)
        strides = settings("s", self.stride, x, "stride")
        dilations = settings("d", self.dilation, x, "dilation")
        paddings = settings("p", self.padding, x, "padding") if isinstance(self.padding, tuple) else none
        extra = settings("op", self.output_padding, x, "output padding") if self.output_padding else none
        kernel = settings("k", self.kernel, x, "kernel", always=True)
        parts = zip(axes, input_sizes(x), kernel, strides, dilations, paddings, extra, strict=True)
        return tuple(_Along(name, n, k, s, d, p, op) for (name, _, _), n, k, s, d, p, op in parts)

    def _size(self, a: _Along, x: Incoming) -> Formula:
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

    def _cut(self, a: _Along) -> Formula:
        """How many places are cut off before the first one of the output."""
        if self.padding != "same":
            return ZERO if a.p is None else a.p
        rest = a.s if a.op is None else Function("mod", (a.span, as_formula(2))) + a.op
        return Function("max", (floor((a.span - rest) / 2), ZERO))

    def _requires(self, along: tuple[_Along, ...], x: Incoming) -> tuple[Requirement, ...]:
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

    def _reason(self, along: tuple[_Along, ...]) -> str:
        if self.padding == "same" and self.output_padding is None:
            still = all(number(a.s) == 1 for a in along)
            return "with same padding " + ("every position keeps its place" if still else "only the stride counts")
        moved = "one place apart" if all(number(a.s) == 1 for a in along) else "a stride apart"
        spread = "; a dilated kernel covers `d*(k - 1) + 1` places" if any(a.dilated for a in along) else ""
        padded = any(a.p is not None and number(a.p) != 0 for a in along)
        cut = "; the padding is cut off on both sides" if padded else ""
        extra = "; the output padding adds places at the end" if self.output_padding else ""
        return (
            f"every place of the input puts a kernel down, {moved}, and what overlaps is added up{spread}{cut}{extra}"
        )

    def _differs(self, along: tuple[_Along, ...], x: Incoming) -> str:
        if x.convention == "torch" or self.padding == "same" or self.output_padding is not None:
            return ""
        if all((number(a.span - a.s) or 0) >= 0 and number(a.span - a.s) is not None for a in along):
            return ""
        return (
            "where the stride is larger than the kernel, Keras fills the output of a transposed convolution up to "
            "`n*s`; PyTorch ends it with the last kernel, at `(n - 1)*s + k`"
        )


def _too_much(extra: Formula, stride: Formula, dilation: Formula | None) -> str:
    op, s = (known(size) for size in (extra, stride))
    or_dilation = "" if dilation is None else f" or the dilation {known(dilation)}"
    return f"the output padding {op} must be smaller than the stride {s}{or_dilation}"


@layer_class
class MaxUnpooling(Layer):
    """Puts each number back where max pooling found it, zeros around it: (n - 1)·s - 2p + k along every axis.

    No parameters. PyTorch takes the places from the pooling layer; several sizes pool to the same one, so the output
    size can be given, at most one less than a stride away.
    """

    size: tuple[Formula, ...] = argument(SIZES, "window size", (as_formula(2),), told=True)
    stride: tuple[Formula, ...] | None = argument(
        SIZES,
        "stride: how far the window moved; as far as its size if not given",
        None,
        short="s",
        keyword=True,
        told=True,
    )
    padding: tuple[Formula, ...] = argument(
        EXTRA, "padding: on both sides", (ZERO,), short="p", keyword=True, told=True
    )
    output: tuple[Formula, ...] | None = argument(SIZES, "output size, where it is not the rule's", None, keyword=True)

    names: ClassVar = ("maxunpool", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d")
    title: ClassVar = "Max unpooling"
    family: ClassVar = "Upsampling and transposed convolution"
    example: ClassVar = "input(12, 12, 64) -> maxunpool(2)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        along = self._along(x)
        sizes = [a.starts + a.k if number(a.p or ZERO) == 0 else a.starts - 2 * (a.p or ZERO) + a.k for a in along]
        requires: list[Requirement] = []
        if self.output is not None:
            wanted = settings("n_out", self.output, x, "output size")
            for a, size, given in zip(along, sizes, wanted, strict=True):
                otherwise = partial(_too_far, given, size, a.s)
                requires += [
                    Requirement(given + a.s, ">=", size + 1, otherwise),
                    Requirement(size + a.s, ">=", given + 1, otherwise),
                ]
            sizes = list(wanted)
        return nothing_to_learn(
            x.arranged([Axis(a.name, size) for a, size in zip(along, sizes, strict=True)], channels_kept(x)),
            "unpooling only puts numbers back in their places; there is nothing in it to learn",
            "of the sizes that pool to this one, the one that is given"
            if self.output is not None
            else "the smallest size whose windows are as many as the places that arrive",
            requires=tuple(requires),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return tuple(a.reach(a.p or ZERO) for a in self._along(arriving[0]))

    def _along(self, x: Incoming) -> tuple[_Along, ...]:
        kernel = settings("k", self.size, x, "window", always=True)
        strides = settings("s", self.stride or self.size, x, "stride")
        paddings = settings("p", self.padding, x, "padding")
        parts = zip(spatial_axes(x), input_sizes(x), kernel, strides, paddings, strict=True)
        return tuple(_Along(name, n, k, s, ONE, p, None) for (name, _, _), n, k, s, p in parts)


def _too_far(given: Formula, size: Formula, stride: Formula) -> str:
    out, rule, s = (known(f) for f in (given, size, stride))
    return f"the output size {out} must be less than a stride of {s} away from {rule}"
