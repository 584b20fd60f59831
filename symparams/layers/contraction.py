"""Layers that multiply two branches and add up along axes."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.dense import each_value, same_everywhere, sum_of_products
from symparams.layers.merging import broadcast, two
from symparams.layers.sizes import axis_of, features_named, numbers_in, others_keep
from symparams.model.arguments import AXIS, COUNT, INTEGERS, argument, switch
from symparams.model.framework import keras, torch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say
from symparams.model.tensor import biases, tensor
from symparams.model.work import Work

_ONE_NUMBER = (as_formula(1),)  # what remains where no axis is left


@layer_class
class Dot(Layer):
    """Sums products of two branches along one axis of each: the other axes of both remain, no parameters.

    (a, n) and (b, n) give (a, b); two vectors give one value. With `normalize` it divides by the lengths first.
    Keras only.
    """

    axes: tuple[int, ...] = argument(INTEGERS, "the axis of each branch to sum over", (-1,))
    normalize: bool = argument(
        switch("normalize"),
        "whether it gives the cosine of the angle between vectors",
        False,
        keyword=True,
    )

    names: ClassVar = ("dot", "Dot")
    calls: ClassVar = (keras("Dot", "axes! normalize"),)
    title: ClassVar = "Dot product"
    family: ClassVar = "Branches joined"
    example: ClassVar = "input(10, 64) -> { dense(32) | dense(32) } -> dot(2)"
    inputs: ClassVar = "many"

    def rules(self, *arriving: Incoming) -> Rules:
        x, y = two(arriving)
        left, right = self._places(x, y)
        sizes = (x.shape[left], y.shape[right])
        if not same(*sizes):
            raise LayerError(
                f"axis {left + 1} of {x} and axis {right + 1} of {y} differ "
                f"({shown(sizes[0], PLAIN)} and {shown(sizes[1], PLAIN)}), but must be equal"
            )
        remaining = [v for i, v in enumerate(x.shape) if i != left] + [v for i, v in enumerate(y.shape) if i != right]
        output = tuple(map(as_formula, remaining)) or _ONE_NUMBER
        return nothing_to_learn(
            features_named(output, x),
            "a dot product multiplies the branches with each other, so there is nothing to learn",
            "the axis that is summed over disappears from both branches, and their other axes remain"
            if remaining
            else "two vectors give one value",
            channels_are="products",
        )

    def _places(self, x: Incoming, y: Incoming) -> tuple[int, int]:
        if len(self.axes) > 2:
            raise LayerError("takes one axis, or one for each branch")
        return axis_of(self.axes[0], x), axis_of(self.axes[-1], y)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        x, y = two(arriving)
        left, _ = self._places(x, y)
        n = symbol("n", x.shape[left], "size of the axis that is summed over", incoming=True)
        scaled = numbers_in(x) + numbers_in(y) if self.normalize else ZERO
        return Work(
            macs=n * out.numbers(),
            additions=scaled,
            multiplications=2 * scaled if self.normalize else ZERO,
            because=sum_of_products(out.numbers(), n),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class CosineSimilarity(Layer):
    """The cosine of the angle between the vectors of two branches along an axis, which disappears: no parameters.

    Where no axis is left, one value remains, written as the shape (1).
    """

    axis: int = argument(AXIS, "the axis of the vectors", 1, short="dim")

    names: ClassVar[tuple[str, ...]] = ("cosinesimilarity", "CosineSimilarity")
    calls: ClassVar = (torch("CosineSimilarity", "dim:axis -eps"),)
    title: ClassVar[str] = "Cosine similarity"
    family: ClassVar = "Branches joined"
    example: ClassVar[str] = "input(128) -> { dense(32) | dense(32) } -> cosinesimilarity"
    inputs: ClassVar = "many"
    because: ClassVar[str] = "the cosine is computed from the branches, so there is nothing to learn"

    def rules(self, *arriving: Incoming) -> Rules:
        axes, place = self._joined(arriving)
        output = tuple(axis.size for i, axis in enumerate(axes) if i != place) or _ONE_NUMBER
        return nothing_to_learn(
            features_named(output, arriving[0]),
            self.because,
            "two vectors give one value, so their axis disappears",
            channels_are="values",
        )

    def _joined(self, arriving: tuple[Incoming, ...]) -> tuple[tuple[Axis, ...], int]:
        x, y = two(arriving)
        if len(x.shape) != len(y.shape):
            raise LayerError(f"the branches {x} and {y} must have the same number of axes")
        axes = broadcast((x, y))
        joined = Incoming(tuple(axis.size for axis in axes), arriving[0].convention)
        return axes, axis_of(self.axis, joined)

    def _along(self, arriving: tuple[Incoming, ...]) -> Formula:
        axes, place = self._joined(arriving)
        return symbol("n", axes[place].size, "values in a vector", incoming=True)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            macs=3 * self._along(arriving) * out.numbers(),
            multiplications=2 * out.numbers(),
            because=say(
                f"{each_value(out.numbers())} takes three sums of {{n products}}: the dot product of two vectors "
                "and the squared length of each",
                values=out.numbers(),
                n=self._along(arriving),
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class PairwiseDistance(CosineSimilarity):
    """The distance between the vectors of two branches along the last axis, which disappears: no parameters.

    Where no axis is left, one value remains, written as the shape (1).
    """

    axis: int = argument(AXIS, "the axis of the vectors", -1, short="dim", keyword=True)
    keepdim: bool = argument(switch("keepdim"), "whether the axis stays, with size 1", False, keyword=True)

    names: ClassVar = ("pairwisedistance", "PairwiseDistance")
    calls: ClassVar = (torch("PairwiseDistance", "-p -eps keepdim"),)
    title: ClassVar = "Pairwise distance"
    example: ClassVar = "input(128) -> { dense(32) | dense(32) } -> pairwisedistance"
    because: ClassVar = "the distance is computed from the branches, so there is nothing to learn"

    def rules(self, *arriving: Incoming) -> Rules:
        if not self.keepdim:
            return CosineSimilarity.rules(self, *arriving)
        axes, place = self._joined(arriving)
        output = tuple(as_formula(1) if i == place else axis.size for i, axis in enumerate(axes))
        return nothing_to_learn(
            features_named(output, arriving[0]),
            self.because,
            "two vectors give one value, so the size of their axis becomes 1",
            channels_are="values",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            macs=self._along(arriving) * out.numbers(),
            additions=self._along(arriving) * out.numbers(),
            because=say(
                f"{each_value(out.numbers())} is the root of a sum of {{n squared differences}}",
                values=out.numbers(),
                n=self._along(arriving),
            ),
        )


@layer_class
class Bilinear(Layer):
    """Multiplies every value of one branch with every value of another: (n_1·n_2 + 1)·n_out parameters.

    It works on the last axis of both; the axes before it must be equal. PyTorch only.
    """

    units: Formula = argument(COUNT, "units: the outputs", told=True)
    bias: bool = argument(switch(), "whether each unit has a bias", True, keyword=True, told=True)

    names: ClassVar = ("bilinear", "Bilinear")
    stock: ClassVar = ("torch",)
    calls: ClassVar = (
        torch("Bilinear", "in1_features~features in2_features~features2 out_features:units! bias -device -dtype"),
    )
    title: ClassVar = "Bilinear layer"
    family: ClassVar = "Branches joined"
    example: ClassVar = "input(128) -> { dense(20) | dense(30) } -> bilinear(40)"
    reads: ClassVar = "features"
    inputs: ClassVar = "many"

    def rules(self, *arriving: Incoming) -> Rules:
        x, y = two(arriving)
        if len(x.shape) != len(y.shape) or not all(map(same, x.shape[:-1], y.shape[:-1])):
            raise LayerError(f"branch 1 is {x} and branch 2 is {y}: they may differ in their last axis only")
        n_1, n_2 = self._inputs(x, y)
        n_out = symbol("n_out", self.units, "units")
        *names, last = x.feature_names()
        return Rules(
            output=(*map(Axis, names, map(as_formula, x.shape[:-1])), Axis(last, n_out)),
            tensors=(
                tensor(x.convention, "kernel", inputs=(n_1, n_2), outputs=(n_out,), shape=(n_out, n_1, n_2)),
                *([biases(x.convention, n_out)] if self.bias else []),
            ),
            because=say(
                "a unit has one weight for each pair of inputs, one from each branch"
                + (", and one bias" if self.bias else "; there is no bias")
                + ". There are {=pairs pairs}",
                pairs=n_1 * n_2,
            ),
            shape_because="each unit produces one output value"
            + (f" at every position{others_keep(len(names))}" if names else ""),
            channels_are="units",
            unit=Unit("units", n_out),
            ignores=same_everywhere(x) if names else (),
        )

    def _inputs(self, x: Incoming, y: Incoming) -> tuple[Formula, Formula]:
        return (
            symbol("n_1", x.shape[-1], "inputs of the first branch", incoming=True),
            symbol("n_2", y.shape[-1], "inputs of the second branch", incoming=True),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """One sum over all pairs for each output value, and the product of each pair with its weight."""
        n_1, n_2 = self._inputs(*two(arriving))
        return Work(
            multiplications=n_1 * n_2 * out.numbers(),
            additions=out.numbers() if self.bias else ZERO,
            because=sum_of_products(out.numbers(), n_1 * n_2),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()
