"""Pooling by windows and over everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.pooling import AveragePooling, GlobalAveragePooling, GlobalMaxPooling, MaxPooling
from tests.differential.families.convolution import padded_keras
from tests.differential.family import (
    SPATIAL,
    Arriving,
    Draw,
    Family,
    RefusedError,
    Sizes,
    function,
    maybe,
    of_rank,
    plain,
    size,
    spread,
    written,
)

FAMILY = Family("pooling")


@FAMILY.layer(axes=SPATIAL, weight=3)
def pooling(draw: Draw, x: Arriving) -> str:
    padding = maybe(draw, "same", "valid", "p=1") if x.keras else maybe(draw, "p=1", "valid", "p=2")
    ceil = "" if x.keras else maybe(draw, "ceil")
    stride = maybe(draw, f"s={size(draw, x.rank, 3)}")
    name = draw(st.sampled_from(["maxpool", "avgpool"]))
    spaced = maybe(draw, f"d={size(draw, x.rank, 3)}") if name == "maxpool" and not x.keras else ""
    return written(name, size(draw, x.rank), stride, padding, ceil, spaced)


@FAMILY.layer(axes=SPATIAL)
def everything(draw: Draw, x: Arriving) -> str:
    return written(draw(st.sampled_from(["globalavgpool", "globalmaxpool"])), maybe(draw, "keepdims"))


@FAMILY.keras(MaxPooling, AveragePooling)
def keras_pooling(layer: MaxPooling | AveragePooling, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    word = "Average" if isinstance(layer, AveragePooling) else "Max"
    kind = of_rank(keras.layers, f"{word}Pooling{{}}D", rank)
    if a.ceil or (isinstance(layer, MaxPooling) and any(d != 1 for d in a.dilation)):
        raise RefusedError("Keras has no such pooling")
    strides = spread(a.stride, rank) if a.stride else None
    return padded_keras(a.padding, rank, lambda padding: kind(spread(a.size, rank), strides, padding))


@FAMILY.torch(MaxPooling, AveragePooling)
def torch_pooling(layer: MaxPooling | AveragePooling, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    word = "Avg" if isinstance(layer, AveragePooling) else "Max"
    padding = 0 if a.padding == "valid" else spread(a.padding, rank)
    strides = spread(a.stride, rank) if a.stride else None
    spaced = {"dilation": spread(a.dilation, rank)} if isinstance(layer, MaxPooling) else {}
    return of_rank(nn, f"{word}Pool{{}}d", rank)(spread(a.size, rank), strides, padding, ceil_mode=a.ceil, **spaced)


@FAMILY.keras(GlobalAveragePooling, GlobalMaxPooling)
def keras_everything(layer: GlobalAveragePooling, arriving: Sequence[Sizes]) -> Any:
    import keras

    word = "Max" if isinstance(layer, GlobalMaxPooling) else "Average"
    return of_rank(keras.layers, f"Global{word}Pooling{{}}D", len(arriving[0]) - 1)(keepdims=layer.keepdims)


@FAMILY.torch(GlobalAveragePooling, GlobalMaxPooling)
def torch_everything(layer: GlobalAveragePooling, arriving: Sequence[Sizes]) -> Any:
    rank = len(arriving[0]) - 1
    if rank not in (1, 2, 3):
        raise RefusedError("there is no AdaptiveAvgPool for it")
    axes = tuple(range(2, rank + 2))
    if isinstance(layer, GlobalMaxPooling):
        return function(lambda x: x.amax(axes, keepdim=layer.keepdims))
    return function(lambda x: x.mean(axes, keepdim=layer.keepdims))
