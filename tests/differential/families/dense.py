"""Dense layers and flattening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.dense import Dense, Flatten
from tests.differential.family import ANY, Arriving, Draw, Family, Sizes, maybe, plain, written

FAMILY = Family("dense")


@FAMILY.layer(axes=ANY, weight=2)
def dense(draw: Draw, x: Arriving) -> str:
    units = draw(st.integers(1, 16))
    return written(
        draw(st.sampled_from(["dense", "dense", "Linear"])),
        units,
        maybe(draw, "bias=no"),
        maybe(draw, "relu", "softmax"),
        maybe(draw, "frozen"),
    )


@FAMILY.layer(axes=ANY)
def flatten(draw: Draw, x: Arriving) -> str:
    return "flatten"


@FAMILY.keras(Dense)
def keras_dense(layer: Dense, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Dense(plain(layer).units, use_bias=layer.bias)


@FAMILY.torch(Dense)
def torch_dense(layer: Dense, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Linear(arriving[0][-1], plain(layer).units, layer.bias)


@FAMILY.keras(Flatten)
def keras_flatten(layer: Flatten, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Flatten()


@FAMILY.torch(Flatten)
def torch_flatten(layer: Flatten, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Flatten()
