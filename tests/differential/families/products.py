"""Differences, products and distances of branches, and sums of products."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.contraction import Bilinear, CosineSimilarity, Dot, PairwiseDistance
from symparams.layers.einsum import EinsumDense
from symparams.layers.merging import Average, Maximum, Minimum, Subtract
from tests.differential.family import (
    ANY,
    IMAGES,
    SEQUENCES,
    VECTORS,
    Arriving,
    Built,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    axis,
    function,
    maybe,
    plain,
    without_batch,
    written,
)
from tests.differential.functions import keras_function

FAMILY = Family("products")

KERAS, TORCH = ("keras",), ("torch",)
RANKS = tuple(range(1, 9))  # some layers add axes


@FAMILY.layer(axes=RANKS, merges=True, weight=2)
def compared(draw: Draw, x: Arriving) -> str:
    return draw(st.sampled_from(["subtract", "average", "maximum", "minimum"]))


@FAMILY.layer(axes=(VECTORS, SEQUENCES, IMAGES), merges=True)
def products(draw: Draw, x: Arriving) -> str:
    if x.keras:
        return written("dot", draw(st.sampled_from([axis(draw, x), f"({axis(draw, x)}, {axis(draw, x)})"])))
    return draw(
        st.sampled_from(
            [
                written("cosinesimilarity", axis(draw, x)),
                written("pairwisedistance", maybe(draw, "keepdim")),
                written("bilinear", draw(st.integers(1, 5)), maybe(draw, "bias=no")),
            ]
        )
    )


@FAMILY.layer(axes=ANY, conventions=KERAS)
def einsum(draw: Draw, x: Arriving) -> str:
    letters = "bcde"[: len(x.shape)]
    summed = draw(st.sampled_from(letters))
    kept = letters.replace(summed, "")
    if kept and draw(st.integers(0, 3)) == 0:  # no size is new
        return written("einsum", f'"a{letters},{summed}{kept[0]}->a{kept}"')
    kernel = "".join(draw(st.permutations([summed, "z", *[c for c in kept if draw(st.integers(0, 3)) == 0]])))
    leaves = "".join(draw(st.permutations([*kept, "z"])))
    sizes = [draw(st.integers(1, 5)) if c == "z" else x.shape[letters.index(c)] for c in leaves]
    if kept and draw(st.booleans()):
        sizes[leaves.index(kept[0])] = -1
    return written("einsum", f'"a{letters},{kernel}->a{leaves}"', *sizes, maybe(draw, 'bias_axes="z"'))


# ---------------------------------------------------------------- Keras


@FAMILY.keras(Subtract, Average, Maximum, Minimum, Dot)
def keras_merge(layer: Any, arriving: Sequence[Sizes]) -> Any:
    import keras

    kind = getattr(keras.layers, layer.__class__.__name__)
    if isinstance(layer, Dot) and len(arriving) == 2:
        without_batch(layer.axes[:1], arriving[0])
        without_batch(layer.axes[-1:], arriving[1])
    merge = kind((layer.axes[0], layer.axes[-1]), layer.normalize) if isinstance(layer, Dot) else kind()
    return function(lambda *xs: merge(list(xs)))


@FAMILY.keras(EinsumDense)
def keras_einsum(layer: EinsumDense, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    took, leaves = re.split(",.*->", a.equation)
    arrived = dict(zip(took[1:], arriving[0], strict=False))
    sizes = list(a.sizes)
    if len(sizes) < len(leaves) - 1:  # ours takes the sizes that do not arrive; Keras wants all
        sizes = [arrived.get(letter) or (sizes.pop(0) if sizes else None) for letter in leaves[1:]]
    sizes = [arrived.get(letter) if size == -1 else size for letter, size in zip(leaves[1:], sizes, strict=False)]
    return keras.layers.EinsumDense(a.equation, tuple(sizes), keras_function(a.activation), a.bias_axes or None)


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(Subtract, Average, Maximum, Minimum)
def torch_merge(layer: Any, arriving: Sequence[Sizes]) -> Any:
    import torch

    rank = max(map(len, arriving)) + 1
    if isinstance(layer, Subtract) and len(arriving) != 2:
        raise RefusedError("a difference has two sides")

    def join(x: Any, y: Any) -> Any:
        called: dict[type, Callable[[Any, Any], Any]] = {Maximum: torch.maximum, Minimum: torch.minimum}
        return called.get(layer.__class__, torch.sub)(x, y)

    def call(*xs: Any) -> Any:
        # C numbers stand at every position, as in squeeze and excitation
        first, *others = (x.reshape(*x.shape, *[1] * (rank - x.dim())) if x.dim() == 2 else x for x in xs)
        for x in others:
            if x.dim() != first.dim():
                raise RefusedError("PyTorch would join the batch axis of one with another axis of the other")
            first = join(first, x)
        return first

    return function(call)


@FAMILY.torch(CosineSimilarity, PairwiseDistance, Bilinear, macs=False)
def torch_products(layer: Any, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if len(arriving) != 2 or len(arriving[0]) != len(arriving[1]):
        raise RefusedError("two branches with as many axes, so that the batch stays the first")
    if isinstance(layer, Bilinear):
        return nn.Bilinear(arriving[0][-1], arriving[1][-1], plain(layer).units, layer.bias)
    without_batch([layer.axis], arriving[0])
    if isinstance(layer, PairwiseDistance):
        if layer.axis not in (-1, len(arriving[0])):
            raise NoEquivalentError("PyTorch takes the last axis")
        module: Any = nn.PairwiseDistance(keepdim=layer.keepdim)
    else:
        module = nn.CosineSimilarity(layer.axis)

    def call(x: Any, y: Any) -> Any:
        out = module(x, y)
        return out[:, None] if out.dim() == 1 else out  # one number is written as the shape (1)

    return Built((module,), call)
