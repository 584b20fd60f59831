"""Layers that keep the shape: activations, dropout, batch normalization; and zero padding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from symparams.layers.activation import FUNCTIONS, Activation
from symparams.layers.normalization import BatchNormalization
from symparams.layers.padding import ZeroPadding
from symparams.layers.regularization import Dropout
from tests.differential.family import (
    ANY,
    SPATIAL,
    Arriving,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    maybe,
    of_rank,
    plain,
    written,
)
from tests.differential.functions import keras_function, torch_function

FAMILY = Family("pointwise")


@FAMILY.layer(axes=ANY)
def activation(draw: Draw, x: Arriving) -> str:
    if draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["leakyrelu(0.2)", "elu(1/2)", "celu(0.5)", "threshold(0.1, 20)"]))
    return draw(st.sampled_from([word for word in FUNCTIONS if word != "linear"]))


@FAMILY.layer(axes=ANY)
def dropout(draw: Draw, x: Arriving) -> str:
    return written("dropout", maybe(draw, "0.3", "1/4", "0"))


@FAMILY.layer(axes=ANY)
def batch_normalization(draw: Draw, x: Arriving) -> str:
    more = maybe(draw, "renorm") if x.keras else maybe(draw, "affine=no", "track=no")
    return written("bn", maybe(draw, "scale=no"), maybe(draw, "bias=no"), more, maybe(draw, "frozen"))


@FAMILY.layer(axes=SPATIAL)
def zero_padding(draw: Draw, x: Arriving) -> str:
    amount = st.integers(0, 2)
    if draw(st.booleans()):
        return written("zeropad", draw(st.sampled_from(["", "1", "2", "0"])))
    if x.rank == 1 or draw(st.booleans()):
        return written("zeropad", f"({', '.join(str(draw(amount)) for _ in range(max(x.rank, 2)))})")
    return written("zeropad", f"({', '.join(f'({draw(amount)}, {draw(amount)})' for _ in range(x.rank))})")


@FAMILY.keras(Activation)
def keras_activation(layer: Activation, arriving: Sequence[Sizes]) -> Any:
    import keras

    numbers = _numbers(layer)
    if numbers:
        kind = {"leakyrelu": "LeakyReLU", "elu": "ELU", "relu": "ReLU", "softmax": "Softmax"}.get(layer.function)
        if kind is None:
            raise NoEquivalentError("no layer of Keras that takes a number")
        return getattr(keras.layers, kind)(*numbers[:1] if kind != "Softmax" else ())
    return keras.layers.Activation(keras_function(layer.function))


def _numbers(layer: Activation) -> tuple[float, ...]:
    """The settings, as far as they are numbers."""
    return tuple(float(one) for one in plain(layer).settings if isinstance(one, (int, Fraction)))


@FAMILY.torch(Activation)
def torch_activation(layer: Activation, arriving: Sequence[Sizes]) -> Any:
    return torch_function(layer.function, _numbers(layer))


@FAMILY.keras(Dropout)
def keras_dropout(layer: Dropout, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Dropout(float(plain(layer).rate))


@FAMILY.torch(Dropout)
def torch_dropout(layer: Dropout, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Dropout(float(plain(layer).rate))


@FAMILY.keras(BatchNormalization)
def keras_batch_normalization(layer: BatchNormalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    if not layer.track:
        raise RefusedError("Keras always measures")
    trained = {"scale": layer.scale and layer.affine, "center": layer.center and layer.affine}
    return keras.layers.BatchNormalization(**trained, renorm=layer.renorm)


@FAMILY.torch(BatchNormalization)
def torch_batch_normalization(layer: BatchNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if layer.renorm:
        raise RefusedError("PyTorch has no batch renormalization")
    rank = max(len(arriving[0]) - 1, 1)
    return of_rank(nn, "BatchNorm{}d", rank)(
        arriving[0][0], affine=has_gamma(layer), bias=layer.center, track_running_stats=layer.track
    )


def has_gamma(layer: Any) -> bool:
    """What PyTorch calls affine, without which there is no beta either."""
    if layer.affine and layer.center and not layer.scale:
        raise RefusedError("PyTorch has no beta without gamma")
    return bool(layer.affine and layer.scale)


def _amounts(layer: ZeroPadding, rank: int) -> Any:
    """Before and after, for each axis."""
    amount = plain(layer).amount
    if rank == 1 and len(amount) == 2:  # (1, 2) along one axis: before and after
        return ((amount[0][0], amount[1][0]),)
    return amount * rank if len(amount) == 1 else amount


@FAMILY.keras(ZeroPadding)
def keras_zero_padding(layer: ZeroPadding, arriving: Sequence[Sizes]) -> Any:
    import keras

    rank = len(arriving[0]) - 1
    amounts = _amounts(layer, rank)
    return of_rank(keras.layers, "ZeroPadding{}D", rank)(amounts[0] if rank == 1 else amounts)


@FAMILY.torch(ZeroPadding)
def torch_zero_padding(layer: ZeroPadding, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    rank = len(arriving[0]) - 1
    sides = [side for pair in reversed(_amounts(layer, rank)) for side in pair]  # the last axis first
    return of_rank(nn, "ZeroPad{}d", rank)(tuple(sides))
