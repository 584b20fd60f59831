"""Layers that apply another layer."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula
from symparams.errors import LayerError
from symparams.model.arguments import LAYER, argument
from symparams.model.framework import keras
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Reading, Rules, Sight, layer_class, symbol
from symparams.model.sentence import say, together
from symparams.model.tensor import flat
from symparams.model.work import Work


@layer_class
class TimeDistributed(Layer):
    """Applies a layer, or every layer of a macro, at each step of the first axis with the same weights.

    The parameters are those of the layer, counted once; its work is done at each of the T steps.
    """

    layer: Layer = argument(LAYER, "the layer or the macro")

    names: ClassVar = ("timedistributed", "TimeDistributed")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("TimeDistributed", "layer!"),)
    title: ClassVar[str] = "Time-distributed layer"
    family: ClassVar = "Layers around layers"
    example: ClassVar = "input(10, 28, 28, 1) -> timedistributed(conv(8, 3)) -> timedistributed(flatten)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"

    @property
    def kind(self) -> str:
        return self.layer.kind

    @property
    def on_last_axis(self) -> bool:
        return self.layer.on_last_axis

    @property
    def at_each_step(self) -> Reading:
        return self.layer.reading

    @property
    def called(self) -> str:
        return self.names[0]

    def is_stock(self, *arriving: Incoming) -> bool:
        return Layer.is_stock(self, *arriving) and self.layer.is_stock(*map(_one_step, arriving))

    def rules(self, *arriving: Incoming) -> Rules:
        rules = self.layer.rules(*map(_one_step, arriving))
        T = _steps(arriving[0])
        again = "its only time step" if number(T) == 1 else "each of the {T time steps} with the same weights"
        applied = say(f"one layer is applied to {again}", T=T) if rules.tensors else ""
        tensors = (t if t.uses in (None, ZERO) else replace(t, uses=flat((T, t.uses))) for t in rules.tensors)
        return replace(
            rules,
            output=(Axis("steps", T), *rules.output),
            tensors=tuple(tensors),
            shape_because=together(
                say(
                    "the output has "
                    + ("only one time step" if number(T) == 1 else "{T time steps}")
                    + ", as the input has",
                    T=T,
                ),
                rules.shape_reason,
                between=", and in it " if number(T) == 1 else "; at each of them ",
            ),
            because=together(applied, rules.because, between=": " if applied else ""),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        one = self.layer.work(Outgoing(out.axes[1:], out.shape[1:]), *map(_one_step, arriving))
        T = _steps(arriving[0])
        again = "" if number(T) == 1 else say("this is done at each of the {T time steps}", T=T)
        because = together(one.because, again) if one.because else ""
        return replace(one.times(T), because=because)

    def reach(self, *arriving: Incoming) -> Sight:
        return self.layer.reach(*map(_one_step, arriving))


def _one_step(x: Incoming) -> Incoming:
    if len(x.shape) < 2:
        raise LayerError(f"timedistributed needs an input with time steps first, such as (T, n), not {x}")
    return Incoming(x.shape[1:], x.convention)


def _steps(x: Incoming) -> Formula:
    return symbol("T", x.shape[0], "time steps", incoming=True)
