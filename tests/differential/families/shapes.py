"""Reshaping, resizing and embeddings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.embedding import Embedding, ReversibleEmbedding
from symparams.layers.preprocessing import CategoryEncoding, Resizing
from symparams.layers.reshaping import Permute, RepeatVector, Reshape, Unflatten
from symparams.layers.selecting import Reduce, Slice
from tests.differential.family import (
    IMAGES,
    SEQUENCES,
    VECTORS,
    Arriving,
    Built,
    Draw,
    Family,
    Sizes,
    axis,
    divisor,
    function,
    maybe,
    plain,
    without_batch,
    written,
)

FAMILY = Family("shapes")

RANKS = tuple(range(1, 9))  # some layers of this family add axes
KERAS, TORCH = ("keras",), ("torch",)


# ---------------------------------------------------------------- texts


@FAMILY.layer(axes=RANKS, weight=2)
def reshape(draw: Draw, x: Arriving) -> str:
    sizes, left = [], math.prod(x.shape)
    for _ in range(draw(st.integers(0, 3))):
        sizes.append(divisor(draw, left))
        left //= sizes[-1]
    sizes.insert(draw(st.integers(0, len(sizes))), draw(st.sampled_from([-1, max(left, 1)])))
    return written("reshape", *sizes)


@FAMILY.layer(axes=RANKS, weight=2)
def permute(draw: Draw, x: Arriving) -> str:
    return written("permute", *draw(st.permutations(range(1, len(x.shape) + 1))))


@FAMILY.layer(axes=(VECTORS, SEQUENCES), conventions=KERAS)
def repeat_vector(draw: Draw, x: Arriving) -> str:
    return written("repeatvector", draw(st.integers(1, 5)))


@FAMILY.layer(axes=(VECTORS, SEQUENCES, IMAGES), conventions=TORCH)
def unflatten(draw: Draw, x: Arriving) -> str:
    place = axis(draw, x)
    length = x.shape[min(place, len(x.shape)) - 1 if place > 0 else place]
    return written("unflatten", place, divisor(draw, length), -1)


@FAMILY.layer(axes=(VECTORS, SEQUENCES))
def embedding(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["embedding", "reversibleembedding"] if x.keras else ["embedding"]))
    untied = maybe(draw, "tie_weights=no") if name != "embedding" else ""
    return written(name, draw(st.integers(1, 30)), draw(st.integers(1, 8)), untied, maybe(draw, "frozen"))


@FAMILY.layer(axes=(VECTORS, SEQUENCES), conventions=KERAS)
def one_hot(draw: Draw, x: Arriving) -> str:
    return written("onehot", draw(st.integers(1, 6)), maybe(draw, "one_hot"))


@FAMILY.layer(axes=(IMAGES,))
def resizing(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["resizing", "centercrop", "randomcrop"]))
    return written(name, draw(st.integers(1, 40)), draw(st.integers(1, 40)))


@FAMILY.layer(axes=(SEQUENCES, IMAGES))
def part(draw: Draw, x: Arriving) -> str:
    start = draw(st.integers(-1, 3))
    return written("slice", axis(draw, x), start, draw(st.integers(1, 3)) if start >= 0 and draw(st.booleans()) else "")


@FAMILY.layer(axes=(SEQUENCES, IMAGES))
def reduced(draw: Draw, x: Arriving) -> str:
    axes = {axis(draw, x) for _ in range(draw(st.integers(1, 2)))}
    return written("reduce", *axes, maybe(draw, "averaged", "summed", "largest", "smallest"), maybe(draw, "keepdims"))


def _part(layer: Slice, x: Any) -> Any:
    """The part of a tensor whose first axis is the batch."""
    a = plain(layer)
    place = layer.axis if layer.axis > 0 else len(x.shape) + layer.axis
    key = a.start if a.size is None else slice(a.start, a.start + a.size or None)
    return x[(*(slice(None) for _ in range(place)), key)]


def _places(axes: Sequence[int], x: Any) -> tuple[int, ...]:
    return tuple(one if one > 0 else len(x.shape) + one for one in axes)


# ---------------------------------------------------------------- Keras


@FAMILY.keras(Slice)
def keras_part(layer: Slice, arriving: Sequence[Sizes]) -> Any:
    without_batch([layer.axis], arriving[0])
    return function(lambda x: _part(layer, x))


@FAMILY.keras(Reduce)
def keras_reduced(layer: Reduce, arriving: Sequence[Sizes]) -> Any:
    import keras

    without_batch(layer.axes, arriving[0])
    does = {"averaged": keras.ops.mean, "summed": keras.ops.sum, "largest": keras.ops.max, "smallest": keras.ops.min}

    def reduced(x: Any) -> Any:
        left = does[layer.by](x, axis=_places(layer.axes, x), keepdims=layer.keepdims)
        return left if len(left.shape) > 1 else keras.ops.expand_dims(left, -1)  # one value for each example

    return function(reduced)


@FAMILY.keras(Reshape, Permute, RepeatVector)
def keras_arranged(layer: Any, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    argument = {"Reshape": "target", "Permute": "order", "RepeatVector": "times"}[layer.__class__.__name__]
    return getattr(keras.layers, layer.__class__.__name__)(getattr(a, argument))


@FAMILY.keras(Embedding, ReversibleEmbedding)
def keras_embedding(layer: Embedding, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    if isinstance(layer, ReversibleEmbedding):
        return keras.layers.ReversibleEmbedding(a.vocabulary, a.width, tie_weights=layer.tie_weights)
    return keras.layers.Embedding(a.vocabulary, a.width)


@FAMILY.keras(CategoryEncoding)
def keras_categories(layer: CategoryEncoding, arriving: Sequence[Sizes]) -> Any:
    import keras

    encode = keras.layers.CategoryEncoding(plain(layer).tokens, output_mode=layer.mode)

    def call(x: Any) -> Any:  # computed, since the functional API says another shape where several axes arrive
        return keras.KerasTensor(encode(keras.ops.zeros(x.shape, "int32")).shape)

    return function(call)


@FAMILY.keras(Resizing)
def keras_resizing(layer: Resizing, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Resizing(plain(layer).height, plain(layer).width)


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(Reshape, Permute)
def torch_arranged(layer: Any, arriving: Sequence[Sizes]) -> Any:
    a = plain(layer)
    if isinstance(layer, Permute):
        return function(lambda x: x.permute(0, *a.order))
    return function(lambda x: x.reshape(x.shape[0], *a.target))


@FAMILY.torch(Resizing)
def torch_resizing(layer: Resizing, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Upsample((plain(layer).height, plain(layer).width))


@FAMILY.torch(Slice)
def torch_part(layer: Slice, arriving: Sequence[Sizes]) -> Any:
    without_batch([layer.axis], arriving[0])
    return function(lambda x: _part(layer, x))


@FAMILY.torch(Reduce)
def torch_reduced(layer: Reduce, arriving: Sequence[Sizes]) -> Any:
    import torch

    without_batch(layer.axes, arriving[0])
    does = {"averaged": torch.mean, "summed": torch.sum, "largest": torch.amax, "smallest": torch.amin}

    def reduced(x: Any) -> Any:
        left = does[layer.by](x, _places(layer.axes, x), keepdim=layer.keepdims)
        return left if len(left.shape) > 1 else left.unsqueeze(-1)  # one value for each example

    return function(reduced)


@FAMILY.torch(Unflatten)
def torch_unflatten(layer: Unflatten, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    without_batch([layer.axis], arriving[0])
    return nn.Unflatten(layer.axis, plain(layer).sizes)


@FAMILY.torch(Embedding)
def torch_embedding(layer: Embedding, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    module = nn.Embedding(plain(layer).vocabulary, plain(layer).width)
    return Built((module,), lambda x: module(x.long()))
