"""Where data comes in."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.formula import Formula
from symparams.model.arguments import SIZES, argument
from symparams.model.framework import keras
from symparams.model.layer import Axis, Incoming, Layer, Rules, layer_class, nothing_to_learn


@layer_class
class Input(Layer):
    """Declares the shape of the data, without the batch: no parameters."""

    shape: tuple[Formula, ...] = argument(SIZES, "the sizes, in the order of the convention", variadic=True)

    names: ClassVar = ("input", "InputLayer")
    calls: ClassVar = (
        keras("Input", "shape -batch_size -dtype -sparse -ragged batch_shape:shape -name -tensor -optional"),
        keras("InputLayer", "shape -batch_size -dtype -sparse -ragged batch_shape:shape -input_tensor -optional"),
    )
    title: ClassVar = "Input"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(28, 28, 1)"
    reads: ClassVar = "new"
    inputs: ClassVar = "none"

    def rules(self, *arriving: Incoming) -> Rules:
        return nothing_to_learn(
            tuple(Axis(f"axis {i + 1}", size) for i, size in enumerate(self.shape)),
            "the input only passes the data on",
            "the shape is given",
            channels_are="channels" if len(self.shape) > 1 else "features",
        )
