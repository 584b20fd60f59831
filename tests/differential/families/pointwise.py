"""Layers that keep the shape: activations and dropout; and zero padding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from symparams.layers.activation import FUNCTIONS, GLU, Activation, PReLU
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
    axis,
    border,
    function,
    last_axis_first,
    maybe,
    of_rank,
    plain,
    without_batch,
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


@FAMILY.layer(axes=SPATIAL)
def zero_padding(draw: Draw, x: Arriving) -> str:
    amount = st.integers(0, 2)
    if draw(st.booleans()):
        return written("zeropad", draw(st.sampled_from(["", "1", "2", "0"])))
    if x.rank == 1 or draw(st.booleans()):
        return written("zeropad", f"({', '.join(str(draw(amount)) for _ in range(max(x.rank, 2)))})")
    if not x.keras and draw(st.booleans()):  # left, right, top, bottom
        return written("zeropad", f"({', '.join(str(draw(amount)) for _ in range(2 * x.rank))})")
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
    return function(torch_function(layer.function, _numbers(layer)))


@FAMILY.keras(Dropout)
def keras_dropout(layer: Dropout, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Dropout(float(plain(layer).rate))


@FAMILY.torch(Dropout)
def torch_dropout(layer: Dropout, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Dropout(float(plain(layer).rate))


@FAMILY.keras(ZeroPadding)
def keras_zero_padding(layer: ZeroPadding, arriving: Sequence[Sizes]) -> Any:
    import keras

    rank = len(arriving[0]) - 1
    amounts = border(plain(layer).amount, rank)
    return of_rank(keras.layers, "ZeroPadding{}D", rank)(amounts[0] if rank == 1 else amounts)


@FAMILY.torch(ZeroPadding)
def torch_zero_padding(layer: ZeroPadding, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    rank = len(arriving[0]) - 1
    return of_rank(nn, "ZeroPad{}d", rank)(last_axis_first(plain(layer).amount, rank))


@FAMILY.layer(axes=ANY)
def prelu(draw: Draw, x: Arriving) -> str:
    more = f"shared={axis(draw, x)}" if x.keras else draw(st.sampled_from(["channels", "3"]))
    return written("prelu", maybe(draw, more))


@FAMILY.layer(axes=ANY, conventions=("torch",))
def glu(draw: Draw, x: Arriving) -> str:
    return written("glu", maybe(draw, str(axis(draw, x))))


@FAMILY.keras(PReLU)
def keras_prelu(layer: PReLU, arriving: Sequence[Sizes]) -> Any:
    import keras

    if layer.parameters is not None:
        raise RefusedError("Keras says which axes share a slope")
    return keras.layers.PReLU(shared_axes=layer.shared or None)


@FAMILY.torch(PReLU)
def torch_prelu(layer: PReLU, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if layer.shared:
        raise RefusedError("PyTorch has no shared axes")
    return nn.PReLU(plain(layer).parameters or 1)


@FAMILY.torch(GLU)
def torch_glu(layer: GLU, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    without_batch([layer.axis], arriving[0])
    return nn.GLU(layer.axis)
