"""Layers that join branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.merging import Add, Concatenate, Multiply
from tests.differential.family import Arriving, Draw, Family, RefusedError, Sizes, function, maybe, written

FAMILY = Family("merging")


@FAMILY.layer(merges=True, weight=3)
def elementwise(draw: Draw, x: Arriving) -> str:
    return draw(st.sampled_from(["add", "multiply"]))


@FAMILY.layer(merges=True, weight=2)
def concatenate(draw: Draw, x: Arriving) -> str:
    return written("concat", maybe(draw, *(f"axis={i}" for i in range(-len(x.shape), len(x.shape) + 1) if i)))


@FAMILY.keras(Add, Multiply)
def keras_elementwise(layer: Add, arriving: Sequence[Sizes]) -> Any:
    import keras

    merge = keras.layers.Multiply() if isinstance(layer, Multiply) else keras.layers.Add()
    return function(lambda *xs: merge(list(xs)))


@FAMILY.torch(Add, Multiply)
def torch_elementwise(layer: Add, arriving: Sequence[Sizes]) -> Any:
    rank = max(map(len, arriving)) + 1

    def aligned(x: Any) -> Any:  # C numbers stand at every position, as in squeeze and excitation
        return x.reshape(*x.shape, *[1] * (rank - x.dim())) if x.dim() == 2 else x

    def call(*xs: Any) -> Any:
        first, *others = map(aligned, xs)
        if any(x.dim() != first.dim() for x in others):
            raise RefusedError("PyTorch would add the batch axis of one to another axis of the other")
        for x in others:
            first = first * x if isinstance(layer, Multiply) else first + x
        return first

    return function(call)


def _axis(layer: Concatenate, channels: int) -> int:
    """With the batch axis counted, as the frameworks do."""
    return channels if layer.axis is None else layer.axis


@FAMILY.keras(Concatenate)
def keras_concatenate(layer: Concatenate, arriving: Sequence[Sizes]) -> Any:
    import keras

    merge = keras.layers.Concatenate(_axis(layer, -1))
    return function(lambda *xs: merge(list(xs)))


@FAMILY.torch(Concatenate)
def torch_concatenate(layer: Concatenate, arriving: Sequence[Sizes]) -> Any:
    import torch

    return function(lambda *xs: torch.cat(xs, _axis(layer, 1)))
