"""Fully connected layers, and the flattening before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from symparams.arguments import COUNT, argument, switch
from symparams.formula import ZERO, Formula, as_formula, product
from symparams.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Rules,
    Weight,
    Work,
    nothing_to_learn,
    symbol,
)
from symparams.layers.activation import ACTIVATION, activated


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """Joins every input to every unit: (n_in + 1)·n_out parameters.

    It works on the last axis: the axes before it are positions that share the weights. Keras and PyTorch count alike.
    """

    units: Formula = argument(COUNT, "units: the outputs")
    bias: bool = argument(switch(), "whether each unit has a bias", True, keyword=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True)

    names: ClassVar = ("dense", "Linear", "LazyLinear", "fc")
    title: ClassVar = "Dense layer"
    example: ClassVar = "input(9072) -> dense(128, relu)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        n_in = symbol("n_in", x.shape[-1], "inputs", incoming=True)
        n_out = symbol("n_out", self.units, "units")
        *names, last = x.feature_names()
        before = tuple(map(Axis, names, map(as_formula, x.shape[:-1])))
        shared = "; the positions before the last axis share these weights" if before else ""
        return Rules(
            output=(*before, Axis(last, n_out)),
            parameters=(n_in + 1) * n_out if self.bias else n_in * n_out,
            weights=(
                Weight("kernel", (n_in, n_out)),
                *([Weight("bias", (n_out,), "bias")] if self.bias else []),
            ),
            because="every unit has one weight for each input"
            + (" and one bias" if self.bias else "; there is no bias")
            + shared,
            shape_because="the units take the place of the last axis, the axes before it stay"
            if before
            else "every unit gives one number",
            channels_are="units",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        (x,) = arriving
        n_in = symbol("n_in", x.shape[-1], "inputs", incoming=True)
        work = Work(
            macs=n_in * out.numbers(),
            additions=out.numbers() if self.bias else ZERO,
            because="every output number is a sum over all inputs",
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> tuple[Reach, ...] | Literal["everywhere"]:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


_LETTERS = {
    "length": "L_in",
    "height": "H_in",
    "width": "W_in",
    "depth": "D_in",
    "channels": "C_in",
    "features": "n_in",
}


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """Lays all numbers of the input in one row: H·W·C of them."""

    names: ClassVar = ("flatten",)
    title: ClassVar = "Flatten"
    example: ClassVar = "input(12, 12, 63) -> flatten"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        sizes = [
            symbol(_LETTERS.get(name, f"n_{i + 1}"), value, f"input {name}", incoming=True)
            for i, (name, value) in enumerate(zip(x.axis_names(), x.shape, strict=True))
        ]
        return nothing_to_learn(
            (Axis("features", product(sizes)),),
            "flattening only rearranges numbers; there is nothing in it to learn",
            "all sizes are multiplied, because every number of the feature map becomes one input of what follows",
            channels_are="outputs",
        )

    def reach(self, *arriving: Incoming) -> tuple[Reach, ...] | Literal["everywhere"]:
        return EVERYWHERE
