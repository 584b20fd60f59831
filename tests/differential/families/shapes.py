"""Normalizations, further merges, reshaping and embeddings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.activation import GLU, PReLU
from symparams.layers.contraction import Bilinear, CosineSimilarity, Dot, EinsumDense, PairwiseDistance
from symparams.layers.embedding import Embedding, ReversibleEmbedding
from symparams.layers.fixed_normalization import LocalResponseNormalization, Normalization, UnitNormalization
from symparams.layers.merging import Average, Maximum, Minimum, Subtract
from symparams.layers.normalization import (
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    RMSNormalization,
)
from symparams.layers.preprocessing import CategoryEncoding, Resizing
from symparams.layers.reshaping import Permute, RepeatVector, Reshape, Unflatten
from tests.differential.families.pointwise import has_gamma
from tests.differential.family import (
    ANY,
    IMAGES,
    SEQUENCES,
    SPATIAL,
    VECTORS,
    Arriving,
    Built,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    function,
    maybe,
    of_rank,
    plain,
    without_batch,
    written,
)
from tests.differential.functions import keras_function

FAMILY = Family("shapes")

RANKS = tuple(range(1, 9))  # some layers of this family add axes
KERAS, TORCH = ("keras",), ("torch",)


def axis(draw: Draw, x: Arriving) -> int:
    """An axis, sometimes one too many."""
    return draw(st.sampled_from([i for i in range(-len(x.shape), len(x.shape) + 2) if i]))


def divisor(draw: Draw, number: int) -> int:
    """Mostly a number that divides."""
    return draw(st.sampled_from([*[d for d in range(1, number + 1) if number % d == 0][:6], 2]))


# ---------------------------------------------------------------- texts


@FAMILY.layer(axes=RANKS, weight=3)
def layer_normalization(draw: Draw, x: Arriving) -> str:
    which = maybe(draw, f"trailing={draw(st.integers(1, len(x.shape)))}", f"axis={axis(draw, x)}")
    flags = [maybe(draw, "scale=no"), maybe(draw, "bias=no"), maybe(draw, "affine=no")]
    return written("ln", which, *flags, maybe(draw, "frozen"))


@FAMILY.layer(axes=ANY)
def rms_normalization(draw: Draw, x: Arriving) -> str:
    return written("rmsnorm", maybe(draw, f"trailing={draw(st.integers(1, len(x.shape)))}"))


@FAMILY.layer(axes=ANY, weight=2)
def group_normalization(draw: Draw, x: Arriving) -> str:
    return written("groupnorm", divisor(draw, x.channels), maybe(draw, "bias=no"), maybe(draw, "affine=no"))


@FAMILY.layer(axes=SPATIAL)
def instance_normalization(draw: Draw, x: Arriving) -> str:
    return written("instancenorm", maybe(draw, "affine"), maybe(draw, "bias=no"))


@FAMILY.layer(axes=ANY)
def fixed(draw: Draw, x: Arriving) -> str:
    if not x.keras:
        return written("lrn", draw(st.integers(1, 5)))
    return written(draw(st.sampled_from(["unitnorm", "normalization"])), maybe(draw, str(axis(draw, x))))


@FAMILY.layer(axes=ANY)
def prelu(draw: Draw, x: Arriving) -> str:
    more = f"shared={draw(st.integers(1, len(x.shape) + 1))}" if x.keras else draw(st.sampled_from(["channels", "3"]))
    return written("prelu", maybe(draw, more))


@FAMILY.layer(axes=ANY, conventions=TORCH)
def glu(draw: Draw, x: Arriving) -> str:
    return written("glu", maybe(draw, str(axis(draw, x))))


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
    kernel = "".join(draw(st.permutations([summed, "z", *[c for c in kept if draw(st.integers(0, 3)) == 0]])))
    leaves = "".join(draw(st.permutations([*kept, "z"])))
    sizes = [draw(st.integers(1, 5)) if c == "z" else x.shape[letters.index(c)] for c in leaves]
    return written("einsum", f'"a{letters},{kernel}->a{leaves}"', *sizes, maybe(draw, 'bias_axes="z"'))


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
    return written("onehot", draw(st.integers(1, 6)), "one_hot")


@FAMILY.layer(axes=(IMAGES,))
def resizing(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["resizing", "centercrop", "RandomCrop"]))
    return written(name, draw(st.integers(1, 40)), draw(st.integers(1, 40)))


# ---------------------------------------------------------------- Keras


@FAMILY.keras(LayerNormalization, RMSNormalization)
def keras_over_axes(layer: LayerNormalization | RMSNormalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    axes = list(layer.axis) if layer.axis else list(range(-_trailing(layer, arriving[0]), 0))
    without_batch(axes, arriving[0])
    if isinstance(layer, RMSNormalization):
        if not (layer.scale and layer.affine):
            raise RefusedError("Keras always has the factor")
        found = keras.layers.RMSNormalization(axis=axes)
    else:
        trained = {"scale": layer.scale and layer.affine, "center": layer.center and layer.affine}
        found = keras.layers.LayerNormalization(axis=axes, **trained)
    wanted = [arriving[0][i - 1 if i > 0 else i] for i in axes if -len(arriving[0]) <= i <= len(arriving[0])]

    def call(x: Any) -> Any:
        # Keras compares these with the weights only once there are numbers
        if found.built and found.weights and wanted != [x.shape[i] for i in axes]:
            raise RefusedError("the weights are for other sizes")
        return found(x)

    return Built((found,), call)


@FAMILY.keras(GroupNormalization)
def keras_groups(layer: GroupNormalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    trained = {"scale": layer.scale and layer.affine, "center": layer.center and layer.affine}
    return keras.layers.GroupNormalization(plain(layer).groups, **trained)


@FAMILY.keras(InstanceNormalization)
def keras_instances(layer: InstanceNormalization, arriving: Sequence[Sizes]) -> Any:
    """Groups of one channel."""
    import keras

    if layer.track or len(arriving[0]) not in (2, 3, 4):
        raise RefusedError("Keras measures nothing here")
    trained = {"scale": layer.scale and layer.affine, "center": layer.center and layer.affine}
    return keras.layers.GroupNormalization(-1, **trained)


@FAMILY.keras(UnitNormalization, Normalization)
def keras_fixed(layer: UnitNormalization | Normalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    without_batch(layer.axis, arriving[0])
    if isinstance(layer, UnitNormalization):
        return keras.layers.UnitNormalization(axis=layer.axis)
    given = {"mean": 0.5, "variance": 2.0} if layer.fixed else {}
    return keras.layers.Normalization(axis=layer.axis, **given)


@FAMILY.keras(PReLU)
def keras_prelu(layer: PReLU, arriving: Sequence[Sizes]) -> Any:
    import keras

    if layer.parameters is not None:
        raise RefusedError("Keras says which axes share a slope")
    if any(axis < 0 for axis in layer.shared):
        raise NoEquivalentError("Keras takes -1 for the axis before the last one")
    return keras.layers.PReLU(shared_axes=layer.shared or None)


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

    return keras.layers.CategoryEncoding(plain(layer).tokens, output_mode=layer.mode)


@FAMILY.keras(Resizing)
def keras_resizing(layer: Resizing, arriving: Sequence[Sizes]) -> Any:
    import keras

    return keras.layers.Resizing(plain(layer).height, plain(layer).width)


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(LayerNormalization, RMSNormalization)
def torch_over_axes(layer: LayerNormalization | RMSNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    rank, count = len(arriving[0]), _trailing(layer, arriving[0])
    if layer.axis is not None and len(layer.axis) > 1:
        count = len(layer.axis)
        if [i % (rank + 1) if i > 0 else i + rank + 1 for i in layer.axis] != [*range(rank - count + 1, rank + 1)]:
            raise RefusedError("PyTorch takes the last axes")
    elif layer.axis not in (None, (-1,), (rank,)):
        raise RefusedError("PyTorch takes the last axes")
    without_batch([-count], arriving[0])
    sizes = arriving[0][-count:]
    if isinstance(layer, RMSNormalization):
        return nn.RMSNorm(sizes, elementwise_affine=layer.affine and layer.scale)
    return nn.LayerNorm(sizes, elementwise_affine=has_gamma(layer), bias=layer.center)


def _trailing(layer: LayerNormalization | RMSNormalization, arrived: Sizes) -> int:
    """How many of the last axes are normalized together."""
    sizes = plain(layer).shape
    if sizes is not None and sizes != arrived[-len(sizes) :]:
        raise RefusedError("these are other sizes")
    return len(sizes) if sizes is not None else layer.trailing[0] if layer.trailing else 1


@FAMILY.torch(GroupNormalization)
def torch_groups(layer: GroupNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.GroupNorm(plain(layer).groups, arriving[0][0], affine=has_gamma(layer), bias=layer.center)


@FAMILY.torch(InstanceNormalization)
def torch_instances(layer: InstanceNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    kind = of_rank(nn, "InstanceNorm{}d", len(arriving[0]) - 1)
    return kind(arriving[0][0], affine=has_gamma(layer), bias=layer.center, track_running_stats=layer.track)


@FAMILY.torch(LocalResponseNormalization, PReLU, GLU)
def torch_pointwise(layer: Any, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a = plain(layer)
    if isinstance(layer, PReLU):
        if layer.shared:
            raise RefusedError("PyTorch has no shared axes")
        return nn.PReLU(a.parameters or 1)
    if isinstance(layer, GLU):
        without_batch([a.axis], arriving[0])
        return nn.GLU(a.axis)
    module = nn.LocalResponseNorm(a.size)
    return Built((module,), lambda x: module(x.contiguous()))  # it refuses some orders in memory, whatever the shape


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
