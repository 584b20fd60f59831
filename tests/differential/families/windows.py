"""Windows: unfolded and folded, pooled to a size or by a power, and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.adaptive import AdaptiveAveragePooling, AdaptiveMaxPooling, FractionalMaxPooling
from symparams.layers.pooling import PowerPooling
from symparams.layers.shuffling import Fold, Unfold
from symparams.layers.unpooling import MaxUnpooling
from tests.differential.family import (
    IMAGES,
    SEQUENCES,
    SPATIAL,
    VOLUMES,
    Arriving,
    Draw,
    Family,
    RefusedError,
    Sizes,
    divisor,
    maybe,
    not_empty,
    of_rank,
    only_axes,
    plain,
    size,
    spread,
    written,
)

FAMILY = Family("windows")
TORCH = ("torch",)


def _windows(draw: Draw) -> list[str]:
    return [maybe(draw, f"s={size(draw, 2, 3)}"), maybe(draw, "p=1", "p=(0, 2)"), maybe(draw, "d=2", "d=(1, 2)")]


@FAMILY.layer(axes=(IMAGES,), conventions=TORCH)
def unfolded(draw: Draw, x: Arriving) -> str:
    return written("unfold", size(draw, 2), *_windows(draw))


@FAMILY.layer(axes=(SEQUENCES,), conventions=TORCH, weight=3)
def folded(draw: Draw, x: Arriving) -> str:
    if draw(st.integers(0, 3)):  # an image with as many windows as there are places
        k, rows, d = divisor(draw, x.shape[0]), divisor(draw, x.shape[1]), draw(st.integers(1, 2))
        border = (draw(st.integers(0, (rows - 1) // 2)), draw(st.integers(0, 1)))
        image = (rows - 2 * border[0], max(x.shape[1] // rows - 2 * border[1] + d * (k - 1), 1))
        more = [f"p={border}" if any(border) else "", f"d=(1, {d})" if d > 1 else ""]
        return written("fold", image, f"(1, {k})", *more)
    return written("fold", size(draw, 2, 9), size(draw, 2, 3), *_windows(draw))


@FAMILY.layer(axes=SPATIAL, conventions=TORCH)
def power_pooling(draw: Draw, x: Arriving) -> str:
    return written("lppool", 2, size(draw, x.rank), maybe(draw, f"s={size(draw, x.rank, 3)}"), maybe(draw, "ceil"))


@FAMILY.layer(axes=SPATIAL, weight=2)
def adaptive(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["adaptiveavgpool", "adaptivemaxpool"]))
    if not x.keras and draw(st.integers(0, 3)) == 0:
        kept = draw(st.permutations(["keep", *["3"] * (x.rank - 1)]))
        return written(name, f"({', '.join(kept)})" if x.rank > 1 else "keep")
    return written(name, size(draw, x.rank, 9))


@FAMILY.layer(axes=(IMAGES, VOLUMES), conventions=TORCH)
def fractional(draw: Draw, x: Arriving) -> str:
    ratios = ["ratio=0.5", "ratio=0.875", f"ratio=({', '.join(['0.75'] * x.rank)})"]
    wanted = draw(st.sampled_from([*ratios, size(draw, x.rank, 6)]))
    return written("fractionalmaxpool", size(draw, x.rank, 3), wanted)


@FAMILY.layer(axes=SPATIAL, conventions=TORCH)
def unpooling(draw: Draw, x: Arriving) -> str:
    if draw(st.integers(0, 3)) == 0:  # one place more than the rule gives, or as many
        return written("maxunpool", 2, f"output=({', '.join(str(2 * n + draw(st.integers(0, 1))) for n in x.spatial)})")
    more = [
        maybe(draw, f"s={size(draw, x.rank, 3)}"),
        maybe(draw, "p=1"),
        maybe(draw, f"output={size(draw, x.rank, 30)}"),
    ]
    return written("maxunpool", size(draw, x.rank), *more)


# ---------------------------------------------------------------- Keras


@FAMILY.keras(AdaptiveAveragePooling, AdaptiveMaxPooling)
def keras_adaptive(layer: AdaptiveAveragePooling, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    word = "Max" if isinstance(layer, AdaptiveMaxPooling) else "Average"
    sizes = spread(a.size, rank)
    if len(sizes) != rank:
        raise RefusedError("as many sizes as axes")
    return of_rank(keras.layers, f"Adaptive{word}Pooling{{}}D", rank)(sizes if rank > 1 else sizes[0])


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(Unfold)
def torch_unfold(layer: Unfold, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    only_axes(arriving, 3)
    a = plain(layer)
    return nn.Unfold(*(spread(one, 2) for one in (a.kernel, a.dilation, a.padding, a.stride)))


@FAMILY.torch(Fold)
def torch_fold(layer: Fold, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    only_axes(arriving, 2)
    a = plain(layer)
    return nn.Fold(*(spread(one, 2) for one in (a.size, a.kernel, a.dilation, a.padding, a.stride)))


@FAMILY.torch(PowerPooling)
def torch_power_pooling(layer: PowerPooling, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    sizes, strides = spread(a.size, rank), spread(a.stride or a.size, rank)
    if {len(sizes), len(strides)} != {rank}:
        raise RefusedError("as many sizes as axes")
    if rank == 1:
        return nn.LPPool1d(a.norm[0], sizes[0], strides[0], a.ceil)
    return of_rank(nn, "LPPool{}d", rank)(a.norm[0], sizes, strides, a.ceil)


@FAMILY.torch(AdaptiveAveragePooling, AdaptiveMaxPooling)
def torch_adaptive(layer: AdaptiveAveragePooling, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    word = "Max" if isinstance(layer, AdaptiveMaxPooling) else "Avg"
    return of_rank(nn, f"Adaptive{word}Pool{{}}d", rank)(
        a.size if len(a.size) > 1 else a.size * rank if None in a.size else a.size[0]
    )


@FAMILY.torch(FractionalMaxPooling)
def torch_fractional(layer: FractionalMaxPooling, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    if (a.size is None) == (a.ratio is None):
        raise RefusedError("a size or a ratio")
    wanted: dict[str, Any] = {"output_size": spread(a.size, rank)} if a.size else {}
    wanted |= {"output_ratio": tuple(map(float, spread(a.ratio, rank)))} if a.ratio else {}
    return not_empty(of_rank(nn, "FractionalMaxPool{}d", rank)(spread(a.kernel, rank), **wanted))


@FAMILY.torch(MaxUnpooling)
def torch_unpooling(layer: MaxUnpooling, arriving: Sequence[Sizes]) -> Any:
    import torch
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    sizes = [spread(one, rank) for one in (a.size, a.stride or a.size, a.padding)]
    module = of_rank(nn, "MaxUnpool{}d", rank)(*sizes)
    output = list(spread(a.output, rank)) if a.output else None
    return not_empty(lambda x: module(x, torch.zeros_like(x, dtype=torch.int64), output_size=output))
