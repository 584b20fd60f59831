"""A layer that is not known: what a table prints of it is all that is said."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula
from symparams.errors import LayerError
from symparams.model.arguments import EXTRA, SIZES, argument
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say
from symparams.model.tensor import tensor


@layer_class
class Opaque(Layer):
    """Stands for a layer that is not known: the shape and the number of parameters are given.

    `opaque(10, 64, parameters=1280)` has an output of shape (10, 64), in the order of the convention, and 1,280
    parameters, whatever arrives.
    """

    shape: tuple[Formula, ...] = argument(
        SIZES, "size: one for each axis of the output, in the order of the convention", variadic=True
    )
    parameters: tuple[Formula, ...] = argument(EXTRA, "number of parameters", (ZERO,), keyword=True)

    names: ClassVar = ("opaque",)
    title: ClassVar = "Unknown layer"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(28, 28, 1) -> opaque(64, parameters=1280) -> dense(10)"
    reads: ClassVar = "new"
    inputs: ClassVar = "some"

    def rules(self, *arriving: Incoming) -> Rules:
        if len(self.parameters) != 1:
            raise LayerError(f"takes one number of parameters, not {len(self.parameters)}")
        output = tuple(Axis(f"axis {i + 1}", size) for i, size in enumerate(self.shape))
        channels_are = "channels" if len(self.shape) > 1 else "features"
        if number(self.parameters[0]) == 0:
            why = "nothing is known of the layer but the shape of its output"
            return nothing_to_learn(output, why, "the shape is given", channels_are=channels_are)
        n = symbol("n", self.parameters[0], "parameters")
        return Rules(
            output=output,
            tensors=(tensor("keras", "parameters", outputs=(n,)),),
            because=say("the layer is not known; it is said to have {n parameters}", n=n),
            shape_because="the shape is given",
            channels_are=channels_are,
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN
