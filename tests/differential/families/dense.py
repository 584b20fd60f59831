"""Dense layers and flattening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.dense import Dense, Flatten
from tests.differential.family import (
    ANY,
    Arriving,
    Draw,
    Family,
    NoEquivalentError,
    Sizes,
    maybe,
    plain,
    without_batch,
    written,
)
from tests.differential.functions import followed, keras_function

FAMILY = Family("dense")


@FAMILY.layer(axes=ANY, weight=2)
def dense(draw: Draw, x: Arriving) -> str:
    units = draw(st.integers(1, 16))
    return written(
        draw(st.sampled_from(["dense", "dense", "linear"])),
        units,
        maybe(draw, "bias=no"),
        maybe(draw, "relu", "softmax"),
        maybe(draw, "frozen"),
    )


@FAMILY.layer(axes=ANY)
def flatten(draw: Draw, x: Arriving) -> str:
    if x.keras or draw(st.booleans()):
        return "flatten"
    axes = st.integers(-len(x.shape), len(x.shape)).filter(bool)
    return written("flatten", draw(axes), maybe(draw, str(draw(axes))))


@FAMILY.keras(Dense)
def keras_dense(layer: Dense, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Dense(plain(layer).units, keras_function(layer.activation), layer.bias)


@FAMILY.torch(Dense)
def torch_dense(layer: Dense, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return followed(nn.Linear(arriving[0][-1], plain(layer).units, layer.bias), layer.activation)


@FAMILY.keras(Flatten)
def keras_flatten(layer: Flatten, arriving: Sequence[Sizes]) -> Any:
    import keras

    if (layer.start, layer.end) not in [(a, b) for a in (1, -len(arriving[0])) for b in (-1, len(arriving[0]))]:
        raise NoEquivalentError("Keras joins all axes")
    return keras.layers.Flatten()


@FAMILY.torch(Flatten)
def torch_flatten(layer: Flatten, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    without_batch([layer.start, layer.end], arriving[0])
    return nn.Flatten(layer.start, layer.end)
