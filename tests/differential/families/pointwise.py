"""Layers that keep the shape: activations, dropout, batch normalization; and zero padding."""

from __future__ import annotations

from collections.abc import Sequence
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
    function,
    maybe,
    of_rank,
    plain,
    written,
)

FAMILY = Family("pointwise")


@FAMILY.layer(axes=ANY)
def activation(draw: Draw, x: Arriving) -> str:
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

    names = {"leakyrelu": "leaky_relu", "logsoftmax": "log_softmax", "hardsigmoid": "hard_sigmoid"}
    names |= {"hardswish": "hard_silu", "hardtanh": "hard_tanh", "hardshrink": "hard_shrink"}
    names |= {"softshrink": "soft_shrink", "tanhshrink": "tanh_shrink", "logsigmoid": "log_sigmoid"}
    if layer.function in ("rrelu", "threshold"):
        raise NoEquivalentError("Keras has no such activation without arguments")
    if layer.function == "softmin":
        return function(lambda x: keras.ops.softmax(-x))
    return keras.layers.Activation(names.get(layer.function, layer.function))


@FAMILY.torch(Activation)
def torch_activation(layer: Activation, arriving: Sequence[Sizes]) -> Any:
    import torch
    from torch import nn

    for name in (layer.function, *FUNCTIONS[layer.function]):
        if hasattr(nn, name):
            kind = getattr(nn, name)
            if name == "Threshold":
                return kind(0.1, 20)
            return kind(dim=1) if name in ("Softmax", "LogSoftmax", "Softmin") else kind()
    found = {"exponential": torch.exp, "linear": lambda x: x}.get(layer.function)
    if found is None:
        raise NoEquivalentError("Keras only")
    return function(found)


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

    return keras.layers.BatchNormalization(center=layer.center, scale=layer.scale, renorm=layer.renorm)


@FAMILY.torch(BatchNormalization)
def torch_batch_normalization(layer: BatchNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if layer.affine and not layer.scale:
        raise RefusedError("PyTorch has no beta without gamma") if layer.center else NoEquivalentError("affine=no")
    rank = max(len(arriving[0]) - 1, 1)
    return of_rank(nn, "BatchNorm{}d", rank)(
        arriving[0][0], affine=layer.affine, bias=layer.center, track_running_stats=layer.track
    )


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
