"""Layers that papers make of the layers of the frameworks: tokens, positions, scales, experts."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any

from hypothesis import strategies as st

from symparams.layers.embedding import Positional
from symparams.layers.experts import Experts
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.rotary import Rotary
from symparams.layers.tokens import ClassToken, LayerScale
from tests.differential.family import (
    ANY,
    SEQUENCES,
    VECTORS,
    Arriving,
    Built,
    Draw,
    Family,
    RefusedError,
    Sizes,
    function,
    maybe,
    plain,
    written,
)
from tests.differential.frameworks import built_inside

FAMILY = Family("tokens")
SMALL = st.integers(1, 4)


@FAMILY.layer(axes=(SEQUENCES,))
def class_token(draw: Draw, x: Arriving) -> str:
    return written("classtoken", maybe(draw, str(draw(SMALL))))


@FAMILY.layer(axes=ANY)
def layer_scale(draw: Draw, x: Arriving) -> str:
    return "layerscale"


@FAMILY.layer(axes=ANY)
def rotary(draw: Draw, x: Arriving) -> str:
    width, length = draw(st.integers(1, x.features + 1)), x.shape[0] + draw(st.integers(-1, 2))
    more = [maybe(draw, f"length={max(length, 1)}"), maybe(draw, "base=100")]
    return written("rope", maybe(draw, str(width)), *more)


@FAMILY.layer(axes=(VECTORS, SEQUENCES))
def positional(draw: Draw, x: Arriving) -> str:
    length = x.shape[0] + draw(st.integers(-1, 3))
    width = x.features if x.rank else draw(SMALL)
    return written("positional", max(length, 1), width, maybe(draw, "sinusoidal"))


@FAMILY.layer(axes=ANY, weight=2)
def experts(draw: Draw, x: Arriving) -> str:
    count = draw(SMALL)
    more = [maybe(draw, "gated=no"), maybe(draw, f"shared={draw(SMALL)}"), maybe(draw, "bias=yes")]
    return written("moe", count, draw(st.integers(1, count)), draw(SMALL), *more, maybe(draw, "activation=gelu"))


def _sequence(arriving: Sequence[Sizes], *axes: int) -> None:
    if len(arriving[0]) not in axes:
        raise RefusedError("a sequence is wanted")


# ---------------------------------------------------------------- Keras


@FAMILY.keras(ClassToken)
def keras_class_token(layer: ClassToken, arriving: Sequence[Sizes]) -> Any:
    import keras

    _sequence(arriving, 2)
    count = plain(layer).tokens
    found = keras.layers.Embedding(count, arriving[0][-1])
    join = keras.layers.Concatenate(axis=1)
    return Built((found,), lambda x: join([found(keras.KerasTensor((x.shape[0], count))), x]))


@FAMILY.keras(LayerScale)
def keras_layer_scale(layer: LayerScale, arriving: Sequence[Sizes]) -> Any:
    from keras.src.applications.convnext import LayerScale as Scale

    return Scale(1e-6, arriving[0][-1])


@FAMILY.keras(Rotary)
def keras_rotary(layer: Rotary, arriving: Sequence[Sizes]) -> Any:
    import keras

    width = _turned(layer, arriving)
    join = keras.layers.Concatenate()

    def turned(x: Any) -> Any:  # it has no weights, so a shared one meets other lengths
        pairs = keras.ops.reshape(x[..., :width], (*x.shape[:-1], -1, 2))
        return join([keras.ops.reshape(pairs, (*x.shape[:-1], width)), x[..., width:]])

    return function(turned)


def _turned(layer: Rotary, arriving: Sequence[Sizes]) -> int:
    """How many features are turned, which the base of the angles does not change."""
    _sequence(arriving, 2, 3, 4, 5, 6)
    a, shape = plain(layer), arriving[0]
    width = shape[-1] if a.width is None else int(a.width)
    if width > shape[-1] or a.base < 0 or (a.length is not None and a.length < shape[0]):
        raise RefusedError("there are no angles for so many")
    return width


@FAMILY.keras(Positional)
def keras_positional(layer: Positional, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    _check_positions(a, arriving)
    found = keras.layers.Embedding(a.length, a.width)
    return Built(() if a.sinusoidal else (found,), lambda x: found(keras.KerasTensor(x.shape[:2])))


def _check_positions(a: Any, arriving: Sequence[Sizes]) -> None:
    """What only fails once there are numbers."""
    _sequence(arriving, 1, 2)
    if arriving[0][0] > a.length and not a.sinusoidal:
        raise RefusedError("there are more positions than vectors")
    if arriving[0][1:] not in ((), (a.width,)):
        raise RefusedError("the vectors cannot be added")


@FAMILY.keras(Experts)
def keras_experts(layer: Experts, arriving: Sequence[Sizes]) -> Any:
    import keras

    return _experts("keras", layer, keras.layers.Dense(plain(layer).experts, use_bias=False), arriving)


def _experts(framework: str, layer: Experts, router: Any, arriving: Sequence[Sizes]) -> Built:
    """A position goes through the first so many experts; which ones does not matter here."""
    a = plain(layer)
    if a.top > a.experts:
        raise RefusedError("there are not so many experts")
    of = GatedFeedForward if layer.gated else FeedForward
    one = of(layer.hidden, bias=layer.bias, activation=layer.activation)
    every = [built_inside(framework, one, arriving) for _ in range(a.experts + a.shared)]
    used = every[: a.top] + every[a.experts :]
    for unused in every[a.top : a.experts]:
        unused.call(_nothing(framework, arriving))  # so that Keras makes its weights

    def call(x: Any) -> Any:
        router(x)
        return reduce(operator.add, [expert.call(x) for expert in used])

    return Built((router, *(part for expert in every for part in expert.parts)), call)


def _nothing(framework: str, arriving: Sequence[Sizes]) -> Any:
    """A tensor of the shape that arrives."""
    if framework == "keras":
        import keras

        return keras.KerasTensor((2, *arriving[0]))
    import torch

    return torch.empty((2, *arriving[0]))


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(ClassToken)
def torch_class_token(layer: ClassToken, arriving: Sequence[Sizes]) -> Any:
    import torch
    from torch import nn

    _sequence(arriving, 2)
    count = plain(layer).tokens
    found = nn.Embedding(count, arriving[0][-1])
    return Built((found,), lambda x: torch.cat([found(x.new_zeros((len(x), count)).long()), x], 1))


@FAMILY.torch(LayerScale)
def torch_layer_scale(layer: LayerScale, arriving: Sequence[Sizes]) -> Any:
    import torch
    from torch import nn

    shape = arriving[0]
    images = len(shape) > 2
    scale = nn.ParameterList([torch.empty(shape[0] if images else shape[-1])])
    rest = (1,) * (len(shape) - 1 if images else 0)
    return Built((scale,), lambda x: x * scale[0].reshape(-1, *rest))


@FAMILY.torch(Rotary)
def torch_rotary(layer: Rotary, arriving: Sequence[Sizes]) -> Any:
    import torch

    width = _turned(layer, arriving)
    return function(lambda x: torch.cat([x[..., :width].unflatten(-1, (-1, 2)).flatten(-2), x[..., width:]], -1))


@FAMILY.torch(Positional)
def torch_positional(layer: Positional, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a = plain(layer)
    _check_positions(a, arriving)
    found = nn.Embedding(a.length, a.width)
    return Built(() if a.sinusoidal else (found,), lambda x: found(x.new_zeros(x.shape[:2]).long()))


@FAMILY.torch(Experts)
def torch_experts(layer: Experts, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return _experts("torch", layer, nn.Linear(arriving[0][-1], plain(layer).experts, bias=False), arriving)
