"""Fully connected layers, and the flattening before them."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, as_formula, product
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, activated
from symparams.layers.sizes import axis_of, others_keep, sizes_of
from symparams.model.arguments import AXIS, COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    EVERYWHERE,
    UNKNOWN,
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
from symparams.model.sentence import Text, say
from symparams.model.tensor import BOTH, biases, flat, tensor
from symparams.model.work import Work


@layer_class
class Dense(Layer):
    """Connects every input to every unit: (n_in + 1)·n_out parameters.

    It works on the last axis: the axes before it are positions that share the weights. Keras and PyTorch count alike.
    """

    units: Formula = argument(COUNT, "units: the outputs", told=True)
    bias: bool = argument(switch(), "whether each unit has a bias", True, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True, told=True)

    names: ClassVar = ("dense", "Linear", "LazyLinear", "fc")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "Dense",
            "units! activation use_bias:bias -{kernel,bias}_initializer -{kernel,bias,activity}_regularizer "
            "-{kernel,bias}_constraint -lora_rank -lora_alpha -quantization_config",
        ),
        torch("Linear", "in_features~features out_features:units! bias -device -dtype"),
        torch("LazyLinear", "out_features:units! bias -device -dtype"),
        keras1(
            "Dense TimeDistributedDense",
            "output_dim:units! -init activation -weights -{W,b,activity}_regularizer -{W,b}_constraint bias",
        ),
    )
    cited: ClassVar = found_in("rumelhart1986 Eq. (1)")
    title: ClassVar = "Dense layer"
    family: ClassVar = "Dense layers"
    example: ClassVar = "input(9072) -> dense(128, relu)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        n_in = symbol("n_in", x.shape[-1], "inputs", incoming=True)
        n_out = symbol("n_out", self.units, "units")
        *names, last = x.feature_names()
        before = tuple(map(Axis, names, map(as_formula, x.shape[:-1])))
        return Rules(
            output=(*before, Axis(last, n_out)),
            tensors=(
                tensor(x.convention, "kernel", inputs=(n_in,), outputs=(n_out,)),
                *([biases(x.convention, n_out)] if self.bias else []),
            ),
            because=say(
                ("a unit has one weight, for its only input" if x.shape[-1] == 1 else _EACH_INPUT)
                + (", and one bias" if self.bias else "; there is no bias"),
                n_in=n_in,
            ),
            shape_because="each unit produces one output value"
            + (f" at every position{others_keep(len(before))}" if before else ""),
            channels_are="units",
            unit=Unit("units", n_out),
            ignores=same_everywhere(x) if before else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        work = Work(
            additions=out.numbers() if self.bias else ZERO,
            because=sum_of_products(
                out.numbers(), symbol("n_in", arriving[0].shape[-1], "inputs", incoming=True), ", one for each input"
            ),
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


_EACH_INPUT = "a unit has one weight for each of the {n_in inputs}"


def each_value(values: Formula) -> str:
    """The beginning of a sentence on how each output value comes out."""
    return "the output value" if number(values) == 1 else "each of the {=values output values}"


def sum_of_products(values: Formula, products: Formula, more: str = "") -> Text:
    """How each output value comes out as a sum of products."""
    several = f"the sum of {{=products products}}{more}"
    made = "a single product" if number(products) == 1 else several
    return say(f"{each_value(values)} is {made}", values=values, products=products)


def same_everywhere(x: Incoming) -> tuple[Text, ...]:
    """The number of positions before the last axis does not matter, since all of them share the weights."""
    positions = flat(map(as_formula, x.shape[:-1]))
    several = any(size != 1 for size in x.shape[:-1])
    text = "the {positions positions} do not matter: every position uses the same weights"
    return (say(text, positions=positions),) if several else ()


@layer_class
class Flatten(Layer):
    """Lays out all values of the input in one row: H·W·C of them.

    PyTorch can also join only the axes from `start` to `end`, which count from 1.
    """

    start: int = argument(AXIS, "the first axis to join", 1, short="start_dim")
    end: int = argument(AXIS, "the last axis to join", -1, short="end_dim")

    names: ClassVar = ("flatten",)
    calls: ClassVar = (
        keras("Flatten", "-data_format"),
        torch("Flatten", "start_dim:start end_dim:end"),
    )
    title: ClassVar = "Flatten"
    family: ClassVar = "Dense layers"
    example: ClassVar = "input(12, 12, 63) -> flatten"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        first, last = self._joined(x)
        sizes = sizes_of(x)[first : last + 1]
        if len(sizes) == len(x.shape):
            return nothing_to_learn(
                (Axis("features", product(sizes)),),
                _ONLY_REARRANGES,
                "all values are laid out in one row, so the sizes are multiplied"
                if len(sizes) > 1
                else "the input is one row of values already, so its size stays the same",
                channels_are="outputs",
            )
        kept = tuple(map(as_formula, x.shape))
        shape = (*kept[:first], product(sizes), *kept[last + 1 :])
        return nothing_to_learn(
            tuple(map(Axis, Incoming(shape, x.convention).axis_names(), shape)),
            _ONLY_REARRANGES,
            f"the sizes of the joined axes are multiplied{others_keep(len(x.shape) - len(sizes))}"
            if len(sizes) > 1
            else "a single axis is joined to no other, so the shape stays the same",
            channels_are=None if len(sizes) == 1 or not first <= x.channel_axis <= last else "channels",
        )

    def _joined(self, x: Incoming) -> tuple[int, int]:
        first, last = axis_of(self.start, x), axis_of(self.end, x)
        if first > last:
            raise LayerError(f"the axis to start with, {self.start}, comes after the axis to end with, {self.end}")
        return first, last

    def reach(self, *arriving: Incoming) -> Sight:
        """The numbers stay what they were, but no longer have a place along the axes."""
        first, last = self._joined(arriving[0])
        return UNKNOWN if first < last else ()


_ONLY_REARRANGES = "flattening only rearranges its input, so there is nothing to learn"
