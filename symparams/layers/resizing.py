"""Layers that make the feature map larger by repeating or interpolating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Symbol, as_formula, floor
from symparams.errors import LayerError, spatial_axes_of
from symparams.layers.sizes import by_axis, per_axis, spatial_axes
from symparams.layers.spatial_letters import channels_kept, input_sizes
from symparams.model.arguments import FACTORS, SIZES, argument, choice
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import together
from symparams.model.work import Work

# mode: (values seen along an axis, how many spatial axes it is for)
_MODES: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "nearest": (1, (1, 2, 3)),
    "linear": (2, (1,)),
    "bilinear": (2, (2,)),
    "bicubic": (4, (2,)),
    "trilinear": (2, (3,)),
}


@layer_class
class Upsampling(Layer):
    """Repeats or interpolates values: n·f along every axis, ⌊n·f⌋ in PyTorch where f is not whole; no parameters.

    PyTorch can be given the output size instead. It multiplies in floating point: 100·0.29 becomes 28, not 29.
    The work is that of the interpolation: 2 values along each axis, 4 with bicubic, a multiplication each. Keras has
    whole factors only, and interpolates images only.
    """

    factor: tuple[Formula, ...] | None = argument(
        FACTORS, "factor: how many times as large; 2 if no size is given", None, told=True
    )
    size: tuple[Formula, ...] | None = argument(
        SIZES, "output size: instead of a factor (PyTorch)", None, keyword=True, told=True
    )
    mode: str = argument(choice(*_MODES), "how values in between are found", "nearest", keyword=True)

    names: ClassVar = (
        "upsample", "UpSampling1D", "UpSampling2D", "UpSampling3D", "UpsamplingNearest2d", "UpsamplingBilinear2d",
    )  # fmt: skip
    presets: ClassVar = {"UpsamplingNearest2d": {"mode": "nearest"}, "UpsamplingBilinear2d": {"mode": "bilinear"}}
    calls: ClassVar = (
        torch("Upsample", "size scale_factor:factor mode -align_corners -recompute_scale_factor"),
        keras("UpSampling1D", "size:factor=2"),
        keras("UpSampling2D", "size:factor=2 -data_format interpolation:mode"),
        keras("UpSampling3D", "size:factor=2 -data_format"),
        torch("UpsamplingNearest2d UpsamplingBilinear2d", "size scale_factor:factor"),
        keras1("UpSampling1D", "length:factor=2"),
        keras1("UpSampling2D UpSampling3D", "size:factor=2 -dim_ordering"),
    )
    title: ClassVar = "Upsampling"
    at_any_size: ClassVar = True
    family: ClassVar = "Upsampling and transposed convolution"
    example: ClassVar = "input(14, 14, 512) -> upsample(2)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        self._check(x)
        names = [name for name, _, _ in spatial_axes(x)]
        sizes = self._by_factor(x) if self.size is None else per_axis(self.size, x, "the output size")
        rounded = any(number(f) is not None and not isinstance(number(f), int) for f in self._factors)
        return nothing_to_learn(
            x.arranged([Axis(name, size) for name, size in zip(names, sizes, strict=True)], channels_kept(x)),
            "upsampling only repeats values"
            if self.mode == "nearest"
            else "upsampling only interpolates between neighboring values, with fixed weights",
            "the output size is given"
            if self.size is not None
            else together(
                "upsampling multiplies ",
                by_axis((name, "{axes} by {f}", {"f": f}) for name, f in self._grown(names, x)),
                " and rounds down" if rounded else "",
                between="",
            ),
        )

    def _grown(self, names: Sequence[str], x: Incoming) -> list[tuple[str, Formula]]:
        """The axes that change their size, each with its factor; all of them if none does."""
        every = list(zip(names, self._symbols(x), strict=True))
        return [(name, f) for name, f in every if number(f) != 1] or every

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        taps: int = _MODES[self.mode][0] ** len(arriving[0].spatial)
        if taps == 1:
            return Work()
        return Work(multiplications=taps * out.numbers(), additions=(taps - 1) * out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        (x,) = arriving
        taps = _MODES[self.mode][0]
        before = as_formula(taps // 2) if taps > 1 else ZERO
        n = input_sizes(x)
        if self.size is None:
            strides = [ONE / f for f in self._symbols(x)]
        else:
            strides = [a / b for a, b in zip(n, per_axis(self.size, x, "the output size"), strict=True)]
        return tuple(Reach(as_formula(taps), stride, before, None if taps > 1 else ONE / stride) for stride in strides)

    @property
    def _factors(self) -> tuple[Formula, ...]:
        return () if self.size is not None else self.factor or (as_formula(2),)

    def _symbols(self, x: Incoming) -> tuple[Formula, ...]:
        values = per_axis(self._factors, x, "the factor")
        apart = len(set(values)) > 1
        return tuple(
            symbol(f"f{sub if apart else ''}", value, "factor")
            for (_, _, sub), value in zip(spatial_axes(x), values, strict=True)
        )

    def _by_factor(self, x: Incoming) -> tuple[Formula, ...]:
        sizes = []
        for n, f in zip(input_sizes(x), self._symbols(x), strict=True):
            assert isinstance(f, Symbol)
            value = f.value
            assert value is not None
            whole = isinstance(number(value), int) or isinstance(value, Symbol)
            if x.convention == "keras" and number(value) is not None and not whole:
                raise LayerError("Keras upsamples by whole factors only; other ones are PyTorch's")
            sizes.append(n * f if whole or x.convention == "keras" else floor(n * f))
        return tuple(sizes)

    def _check(self, x: Incoming) -> None:
        rank = len(spatial_axes(x))
        if self.size is not None and self.factor is not None:
            raise LayerError("takes a factor or an output size, not both")
        if self.size is not None and x.convention == "keras":
            raise LayerError("Keras upsamples by a factor, such as upsample(2); an output size is PyTorch's")
        ranks = _MODES[self.mode][1]
        if rank not in ranks:
            fitting = {1: "linear", 2: "bilinear or bicubic", 3: "trilinear"}[rank]
            raise LayerError(
                f"{self.mode} is for {spatial_axes_of(ranks[0])}, but {x} has {rank}: nearest or {fitting}"
            )
        if x.convention == "keras" and self.mode != "nearest" and rank != 2:
            raise LayerError("Keras interpolates images only; along other axes values are repeated (nearest)")
