"""Convolutions: full, depthwise and separable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.convolution import Convolution, Depthwise, Separable
from tests.differential.family import (
    SPATIAL,
    Arriving,
    Built,
    Draw,
    Family,
    Sizes,
    chained,
    maybe,
    of_rank,
    plain,
    size,
    spread,
    written,
)
from tests.differential.functions import followed, keras_function

FAMILY = Family("convolution")


def settings(draw: Draw, x: Arriving, causal: bool = False) -> list[str]:
    """Stride, padding, dilation, bias: any mixture, also those that a framework refuses."""
    same = draw(st.booleans())
    found = ["same" if same else maybe(draw, "valid", "p=1", "padding=2", *(["causal"] if causal else []))]
    if not (same and not x.keras) or draw(st.integers(0, 9)) == 0:
        found.append(maybe(draw, f"s={size(draw, x.rank, 3)}"))
    if not (found[-1] and x.keras) or draw(st.integers(0, 9)) == 0:
        found.append(maybe(draw, f"d={size(draw, x.rank, 3)}"))
    return [*found, maybe(draw, "bias=no"), maybe(draw, "relu", "activation=tanh"), maybe(draw, "frozen")]


@FAMILY.layer(axes=SPATIAL, weight=4)
def convolution(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["conv", "conv", f"conv{x.rank}d"]))
    filters = draw(st.integers(1, 12))
    groups = ""
    if draw(st.integers(0, 3)) == 0:
        g = draw(st.sampled_from([*[d for d in range(1, x.channels + 1) if x.channels % d == 0][:4], 2]))
        filters = g * draw(st.integers(1, 3)) if draw(st.integers(0, 7)) else filters
        groups = f"g={g}"
    return written(
        name, filters, size(draw, x.rank), *settings(draw, x, x.rank == 1 or draw(st.integers(0, 9)) == 0), groups
    )


@FAMILY.layer(axes=SPATIAL, weight=2)
def depthwise(draw: Draw, x: Arriving) -> str:
    return written("depthwise", size(draw, x.rank), maybe(draw, "m=2", "m=3"), *settings(draw, x))


@FAMILY.layer(axes=SPATIAL, weight=2)
def separable(draw: Draw, x: Arriving) -> str:
    filters = draw(st.integers(1, 12))
    return written("separable", filters, size(draw, x.rank), maybe(draw, "m=2", "m=3"), *settings(draw, x))


def padded_keras(padding: Any, rank: int, make: Any) -> Any:
    """Keras takes a word as padding; numbers are a layer of zeros before it."""
    if isinstance(padding, str):
        return make(padding)
    import keras

    zeros = of_rank(keras.layers, "ZeroPadding{}D", rank)(spread(padding, rank) if rank > 1 else padding[0])
    return chained(zeros, make("valid"))


@FAMILY.keras(Convolution)
def keras_convolution(layer: Convolution, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    kind = of_rank(keras.layers, "Conv{}D", rank)
    return padded_keras(
        a.padding,
        rank,
        lambda padding: kind(
            a.filters,
            spread(a.kernel, rank),
            strides=spread(a.stride, rank),
            padding=padding,
            dilation_rate=spread(a.dilation, rank),
            groups=a.groups,
            activation=keras_function(a.activation),
            use_bias=a.bias,
        ),
    )


@FAMILY.keras(Depthwise, Separable)
def keras_depthwise(layer: Depthwise | Separable, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    word = "Depthwise" if isinstance(layer, Depthwise) else "Separable"
    kind = of_rank(keras.layers, f"{word}Conv{{}}D", rank)
    sizes = [spread(a.kernel, rank)] if word == "Depthwise" else [a.filters, spread(a.kernel, rank)]
    return padded_keras(
        a.padding,
        rank,
        lambda padding: kind(
            *sizes,
            strides=spread(a.stride, rank),
            padding=padding,
            depth_multiplier=a.multiplier,
            dilation_rate=spread(a.dilation, rank),
            activation=keras_function(a.activation),
            use_bias=a.bias,
        ),
    )


def torch_padding(padding: Any, rank: int) -> Any:
    return {"valid": 0}.get(padding, padding) if isinstance(padding, str) else spread(padding, rank)


@FAMILY.torch(Convolution)
def torch_convolution(layer: Convolution, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    module = of_rank(nn, "Conv{}d", rank)(
        arriving[0][0],
        a.filters,
        spread(a.kernel, rank),
        stride=spread(a.stride, rank),
        padding=torch_padding(a.padding, rank),
        dilation=spread(a.dilation, rank),
        groups=a.groups,
        bias=a.bias,
    )
    return followed(module, a.activation)


@FAMILY.torch(Depthwise, Separable)
def torch_depthwise(layer: Depthwise | Separable, arriving: Sequence[Sizes]) -> Built | Any:
    from torch import nn

    a, rank, channels = plain(layer), len(arriving[0]) - 1, arriving[0][0]
    kind = of_rank(nn, "Conv{}d", rank)
    first = kind(
        channels,
        channels * a.multiplier,
        spread(a.kernel, rank),
        stride=spread(a.stride, rank),
        padding=torch_padding(a.padding, rank),
        dilation=spread(a.dilation, rank),
        groups=channels,
        bias=isinstance(layer, Depthwise) and a.bias,
    )
    if isinstance(layer, Depthwise):
        return followed(first, a.activation)
    last = followed(kind(channels * a.multiplier, a.filters, 1, bias=a.bias), a.activation)
    return Built((first, *last.parts), lambda x: last.call(first(x)))
