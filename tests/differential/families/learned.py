"""Learned numbers of any shape, alone and joined with what arrives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.param import Param
from tests.differential.family import (
    Arriving,
    Built,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    axis,
    maybe,
    plain,
    without_batch,
    written,
)
from tests.differential.frameworks import BATCH

FAMILY = Family("learned")


@FAMILY.layer(weight=2)
def put(draw: Draw, x: Arriving) -> str:
    """Before or behind; what two axes of PyTorch mean no builder knows, so one is named there."""
    place = axis(draw, x)
    sizes = list(x.shape)
    at = place - 1 if place > 0 else place
    if -len(sizes) <= at < len(sizes):
        sizes[at] = draw(st.integers(1, 4))
    along = f"axis={place}" if len(sizes) == 2 and not x.keras else maybe(draw, f"axis={place}")
    return written("param", *sizes, draw(st.sampled_from(["prepend", "append"])), along)


@FAMILY.layer(weight=2)
def joined(draw: Draw, x: Arriving) -> str:
    """Some of the axes, beginning at the channels, now and then with size 1."""
    several = draw(st.integers(1, len(x.shape)))
    sizes = x.shape[-several:] if x.keras else x.shape[:several]
    kept = [draw(st.sampled_from([size, size, size, 1, 3])) for size in sizes]
    return written("param", *kept, draw(st.sampled_from(["add", "multiply"])))


@FAMILY.layer()
def alone(draw: Draw, x: Arriving) -> str:
    """A branch of its own."""
    sizes = (draw(st.integers(1, 4)), *x.shape[1:])
    return f"{{ id | param({', '.join(map(str, sizes))}) }} -> concat(axis=1)"


def _called(
    layer: Any, arriving: Sequence[Sizes], channels_first: bool, spread: Callable[[Sizes], Any], concatenated: Any
) -> Callable[..., Any]:
    """What becomes of the numbers, which `spread` gives in a shape, the batch axis of size 1 or more first."""
    a = plain(layer)
    if a.axis is not None and a.join not in ("prepend", "append"):
        raise RefusedError("an axis without anything to put along it")
    if bool(arriving) != bool(a.join):
        raise RefusedError("a flag goes with something that arrives")
    if not arriving:
        return lambda: spread((BATCH, *a.shape))
    rank = len(arriving[0])
    if a.join in ("add", "multiply"):
        if len(a.shape) > rank:
            raise RefusedError("the first axis would be the batch")
        rest = (1,) * (rank - len(a.shape))
        shape = (1, *a.shape, *rest) if channels_first else (1, *rest, *a.shape)
        return lambda x: x + spread(shape) if a.join == "add" else x * spread(shape)
    if a.axis is None and rank == 1:
        raise RefusedError("there are only features")
    if a.axis is None and rank == 2 and channels_first:
        raise NoEquivalentError("which of two axes has the channels, the layers behind it decide")
    without_batch((a.axis or 1,), arriving[0])
    place = a.axis if a.axis is not None else 2 if channels_first else 1

    def call(x: Any) -> Any:
        numbers = spread((BATCH, *a.shape))
        return concatenated([numbers, x] if a.join == "prepend" else [x, numbers], place)

    return call


@FAMILY.keras(Param)
def keras_param(layer: Param, arriving: Sequence[Sizes]) -> Any:
    import keras

    learned = keras.layers.Layer()
    numbers = learned.add_weight(shape=plain(layer).shape)

    def spread(shape: Sizes) -> Any:
        return keras.ops.broadcast_to(keras.ops.reshape(numbers, (1, *shape[1:])), shape)

    call = _called(layer, arriving, False, spread, keras.ops.concatenate)
    return Built((learned,), call if arriving else lambda: keras.KerasTensor(call().shape))


@FAMILY.torch(Param)
def torch_param(layer: Param, arriving: Sequence[Sizes]) -> Any:
    import torch
    from torch import nn

    learned = nn.ParameterList([torch.zeros(plain(layer).shape)])

    def spread(shape: Sizes) -> Any:
        return learned[0].reshape(1, *shape[1:]).expand(shape)

    return Built((learned,), _called(layer, arriving, True, spread, torch.cat))
