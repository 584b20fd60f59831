"""Layers that apply another layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.wrapping import TimeDistributed
from tests.differential.family import Arriving, Built, Draw, Family, NoEquivalentError, RefusedError, Sizes, written
from tests.differential.frameworks import built_inside

FAMILY = Family("wrapping")


@FAMILY.layer(axes=(2, 3, 4))
def time_distributed(draw: Draw, x: Arriving) -> str:
    from tests.differential.families import families

    axes = len(x.shape) - 1
    others = [families()[name] for name in ("convolution", "dense", "normalization", "pooling", "pointwise")]
    writers = [w for f in others for w in f.writers if axes in w.axes and x.convention in w.conventions]
    return written("timedistributed", draw(st.sampled_from(writers)).draw(draw, Arriving(x.shape[1:], x.convention)))


@FAMILY.keras(TimeDistributed)
def keras_time_distributed(layer: TimeDistributed, arriving: Sequence[Sizes]) -> Any:
    import keras

    built = built_inside("keras", layer.layer, [shape[1:] for shape in arriving])
    if not built.parts:
        raise NoEquivalentError("a function of Keras, not a layer")
    if len(arriving) > 1:
        raise NoEquivalentError("Keras distributes layers of one input")
    wrapped = [keras.layers.TimeDistributed(part) for part in built.parts]

    def call(x: Any) -> Any:
        for part in wrapped:
            x = part(x)
        return x

    return Built(wrapped, call)


@FAMILY.torch(TimeDistributed)
def torch_time_distributed(layer: TimeDistributed, arriving: Sequence[Sizes]) -> Any:
    """The steps are put into the batch, as is usual in PyTorch."""
    if len(arriving[0]) < 2:
        raise RefusedError("there are no steps and features")
    built = built_inside("torch", layer.layer, [shape[1:] for shape in arriving])

    def call(*xs: Any) -> Any:
        batch, steps = xs[0].shape[:2]
        result = built.call(*(x.reshape(batch * steps, *x.shape[2:]) for x in xs))
        return result.reshape(batch, steps, *result.shape[1:])

    return Built(built.parts, call)
