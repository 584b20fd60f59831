"""Normalizations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.fixed_normalization import LocalResponseNormalization, Normalization, UnitNormalization
from symparams.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    RMSNormalization,
)
from tests.differential.family import (
    ANY,
    SPATIAL,
    Arriving,
    Built,
    Draw,
    Family,
    RefusedError,
    Sizes,
    axis,
    divisor,
    maybe,
    of_rank,
    plain,
    without_batch,
    written,
)

FAMILY = Family("normalization")

KERAS, TORCH = ("keras",), ("torch",)
RANKS = tuple(range(1, 9))  # some layers add axes


@FAMILY.layer(axes=ANY)
def batch_normalization(draw: Draw, x: Arriving) -> str:
    more = maybe(draw, "renorm") if x.keras else maybe(draw, "affine=no", "track=no")
    return written("bn", maybe(draw, "scale=no"), maybe(draw, "bias=no"), more, maybe(draw, "frozen"))


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


# ---------------------------------------------------------------- Keras


@FAMILY.keras(BatchNormalization)
def keras_batch_normalization(layer: BatchNormalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    if not layer.track:
        raise RefusedError("Keras always measures")
    trained = {"scale": layer.scale and layer.affine, "center": layer.center and layer.affine}
    return keras.layers.BatchNormalization(**trained, renorm=layer.renorm)


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


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(BatchNormalization)
def torch_batch_normalization(layer: BatchNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if layer.renorm:
        raise RefusedError("PyTorch has no batch renormalization")
    rank = max(len(arriving[0]) - 1, 1)
    return of_rank(nn, "BatchNorm{}d", rank)(
        arriving[0][0], affine=has_gamma(layer), bias=layer.center, track_running_stats=layer.track
    )


def has_gamma(layer: Any) -> bool:
    """What PyTorch calls affine, without which there is no beta either."""
    if layer.affine and layer.center and not layer.scale:
        raise RefusedError("PyTorch has no beta without gamma")
    return bool(layer.affine and layer.scale)


@FAMILY.torch(LayerNormalization, RMSNormalization)
def torch_over_axes(layer: LayerNormalization | RMSNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    rank, count = len(arriving[0]), _trailing(layer, arriving[0])
    if layer.axis is not None and len(layer.axis) > 1:
        count = len(layer.axis)
        if sorted(i if i > 0 else i + rank + 1 for i in layer.axis) != [*range(rank - count + 1, rank + 1)]:
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


@FAMILY.torch(LocalResponseNormalization)
def torch_local_response(layer: LocalResponseNormalization, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    module = nn.LocalResponseNorm(plain(layer).size)
    return Built((module,), lambda x: module(x.contiguous()))  # it refuses some orders in memory, whatever the shape
