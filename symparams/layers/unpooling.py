"""Max unpooling: the way back from max pooling."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, as_formula
from symparams.layers.sizes import known, spatial_axes
from symparams.layers.spatial_letters import channels_kept, input_sizes, settings
from symparams.layers.transposed_window import Along, amounts_of, how_far_apart, last_start
from symparams.model.arguments import EXTRA, SIZES, argument
from symparams.model.framework import torch
from symparams.model.layer import (
    Axis,
    Incoming,
    Layer,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
)
from symparams.model.sentence import together


@layer_class
class MaxUnpooling(Layer):
    """Puts each value back where max pooling found it, zeros elsewhere: (n - 1)·s - 2p + k along every axis.

    No parameters. PyTorch takes the positions from the pooling layer; several sizes are pooled to the same one, so the
    output size can be given, less than a stride away.
    """

    size: tuple[Formula, ...] = argument(SIZES, "window size", (as_formula(2),), told=True)
    stride: tuple[Formula, ...] | None = argument(
        SIZES,
        "stride: how far the window moved; the window size if not given",
        None,
        short="s",
        keyword=True,
        told=True,
    )
    padding: tuple[Formula, ...] = argument(
        EXTRA, "padding: positions on each side", (ZERO,), short="p", keyword=True, told=True
    )
    output: tuple[Formula, ...] | None = argument(
        SIZES, "output size: where it is not the smallest possible one", None, keyword=True
    )

    names: ClassVar = ("maxunpool", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d")
    calls: ClassVar = (torch("MaxUnpool1d MaxUnpool2d MaxUnpool3d", "kernel_size:size! stride padding"),)
    title: ClassVar = "Max unpooling"
    family: ClassVar = "Upsampling and transposed convolution"
    example: ClassVar = "input(12, 12, 64) -> maxunpool(2)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        along = self._along(x)
        sizes = [a.starts + a.k if number(a.p or ZERO) == 0 else a.starts - 2 * (a.p or ZERO) + a.k for a in along]
        cut = amounts_of(along, [a.p or ZERO for a in along], "{amount positions} at each end of {axes}")
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
            "max unpooling only puts each value back where max pooling found it and fills the rest with zeros",
            "the output size is given, since several sizes are pooled to the same one"
            if self.output is not None
            else together(
                together("the windows of max pooling start ", how_far_apart(along), between=""),
                last_start("window", along),
                together("The padding removes ", cut, between="") if cut else "",
                between=". ",
            ),
            requires=tuple(requires),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return tuple(a.reach(a.p or ZERO) for a in self._along(arriving[0]))

    def _along(self, x: Incoming) -> tuple[Along, ...]:
        kernel = settings("k", self.size, x, "window", always=True)
        strides = settings("s", self.stride or self.size, x, "stride")
        paddings = settings("p", self.padding, x, "padding")
        parts = zip(spatial_axes(x), input_sizes(x), kernel, strides, paddings, strict=True)
        return tuple(Along(name, n, k, s, ONE, p, None) for (name, _, _), n, k, s, p in parts)


def _too_far(given: Formula, size: Formula, stride: Formula) -> str:
    out, rule, s = (known(f) for f in (given, size, stride))
    return f"the output size {out} must be less than a stride of {s} away from {rule}"
