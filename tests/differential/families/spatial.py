"""Layers over spatial axes beside convolution and pooling by windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.convlstm import ConvLSTM
from symparams.layers.padding import Cropping, Padding
from symparams.layers.resizing import Upsampling
from symparams.layers.shuffling import ChannelShuffle, PixelShuffle, PixelUnshuffle
from symparams.layers.transposed import TransposedConvolution
from tests.differential.family import (
    IMAGES,
    SPATIAL,
    VOLUMES,
    Arriving,
    Draw,
    Family,
    RefusedError,
    Sizes,
    border,
    chained,
    last_axis_first,
    maybe,
    not_empty,
    of_rank,
    only_axes,
    plain,
    size,
    spread,
    written,
)
from tests.differential.functions import keras_function, torch_function

FAMILY = Family("spatial")
TORCH = ("torch",)


@FAMILY.layer(axes=SPATIAL, weight=3)
def transposed(draw: Draw, x: Arriving) -> str:
    found: list[str] = []
    if x.keras:
        found.append(maybe(draw, "same", "valid"))
    else:
        found.append(maybe(draw, "p=1", f"p={size(draw, x.rank, 2, 0)}"))
        found.append(maybe(draw, "g=2", "g=3"))
    found.append(maybe(draw, f"s={size(draw, x.rank, 3)}"))
    if not found[-1] or not x.keras:
        found.append(maybe(draw, f"d={size(draw, x.rank, 3)}"))
    found.append(maybe(draw, f"op={size(draw, x.rank, 2, 0)}"))
    return written(
        "tconv", draw(st.integers(1, 8)), size(draw, x.rank), *found, maybe(draw, "bias=no"), maybe(draw, "relu")
    )


@FAMILY.layer(axes=SPATIAL)
def upsampling(draw: Draw, x: Arriving) -> str:
    modes = ["nearest", {1: "linear", 2: "bilinear", 3: "trilinear"}[x.rank], "bicubic"]
    mode = maybe(draw, *modes) if not x.keras or x.rank == 2 else ""
    if not x.keras and draw(st.integers(0, 2)) == 0:
        return written("upsample", f"size={size(draw, x.rank, 20)}", mode)
    if not x.keras and draw(st.booleans()):
        return written("upsample", draw(st.sampled_from(["1.5", "0.5", "2.25", "3", "0.75"])), mode)
    return written("upsample", draw(st.integers(1, 3)) if x.keras and x.rank == 1 else size(draw, x.rank, 3), mode)


@FAMILY.layer(axes=SPATIAL)
def cropping(draw: Draw, x: Arriving) -> str:
    if x.rank == 1:
        return written("crop", draw(st.sampled_from(["1", "2", "(0, 1)", "(2, 3)"])))
    one = st.integers(0, 3)
    pairs = ", ".join(f"({draw(one)}, {draw(one)})" for _ in range(x.rank))
    return written("crop", draw(st.sampled_from(["1", "2", f"({pairs})"])))


@FAMILY.layer(axes=SPATIAL, conventions=TORCH, weight=2)
def borders(draw: Draw, x: Arriving) -> str:
    one = st.integers(0, 5)
    amount = draw(st.sampled_from([str(draw(one)), f"({', '.join(str(draw(one)) for _ in range(2 * x.rank))})"]))
    return written("pad", amount, draw(st.sampled_from(["reflect", "replicate", "circular", "constant"])))


@FAMILY.layer(axes=(IMAGES,), conventions=TORCH)
def pixels(draw: Draw, x: Arriving) -> str:
    return written(draw(st.sampled_from(["pixelshuffle", "pixelunshuffle"])), draw(st.integers(1, 3)))


@FAMILY.layer(axes=SPATIAL, conventions=TORCH)
def channels(draw: Draw, x: Arriving) -> str:
    return written("channelshuffle", draw(st.integers(1, 4)))


@FAMILY.layer(axes=(IMAGES, VOLUMES), conventions=("keras",))
def convlstm(draw: Draw, x: Arriving) -> str:
    rank = x.rank - 1
    stride = maybe(draw, f"s={size(draw, rank, 2)}")
    more = ["" if stride else maybe(draw, f"d={size(draw, rank, 2)}"), maybe(draw, "bias=no"), maybe(draw, "relu")]
    return written(
        "convlstm",
        draw(st.integers(1, 4)),
        size(draw, rank, 3),
        stride,
        maybe(draw, "same"),
        *more,
        maybe(draw, "sequences"),
    )


# ---------------------------------------------------------------- Keras


@FAMILY.keras(TransposedConvolution)
def keras_transposed(layer: TransposedConvolution, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    if a.groups != 1:
        raise RefusedError("Keras has no groups here")
    found = of_rank(keras.layers, "Conv{}DTranspose", rank)(
        a.filters,
        spread(a.kernel, rank),
        strides=spread(a.stride, rank),
        padding=a.padding,
        output_padding=None if a.output_padding is None else spread(a.output_padding, rank),
        dilation_rate=spread(a.dilation, rank),
        activation=keras_function(a.activation),
        use_bias=a.bias,
    )
    return not_empty(found, found)


@FAMILY.keras(Upsampling)
def keras_upsampling(layer: Upsampling, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 1
    factor = spread(a.factor or (2,), rank)
    kind = of_rank(keras.layers, "UpSampling{}D", rank)
    if a.size is not None or (rank != 2 and a.mode != "nearest"):
        raise RefusedError("Keras takes a factor, and interpolates images only")
    if len(factor) != rank:
        raise RefusedError("as many factors as axes")
    return kind(factor, interpolation=a.mode) if rank == 2 else kind(factor if rank > 1 else factor[0])


@FAMILY.keras(Cropping)
def keras_cropping(layer: Cropping, arriving: Sequence[Sizes]) -> Any:
    import keras

    rank = len(arriving[0]) - 1
    amounts = border(plain(layer).amount, rank)
    return of_rank(keras.layers, "Cropping{}D", rank)(amounts if rank > 1 else amounts[0])


@FAMILY.keras(ConvLSTM)
def keras_convlstm(layer: ConvLSTM, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, rank = plain(layer), len(arriving[0]) - 2
    if a.rank not in (None, rank):
        raise RefusedError("that is another layer")
    if not isinstance(a.padding, str):
        border = of_rank(keras.layers, "ZeroPadding{}D", rank)(spread(a.padding, rank) if rank > 1 else a.padding[0])
        return chained(keras.layers.TimeDistributed(border), _convlstm(layer, rank, "valid"))
    return _convlstm(layer, rank, a.padding)


def _convlstm(layer: ConvLSTM, rank: int, padding: str) -> Any:
    import keras

    a = plain(layer)
    return of_rank(keras.layers, "ConvLSTM{}D", rank)(
        a.filters,
        spread(a.kernel, rank),
        strides=spread(a.stride, rank),
        padding=padding,
        dilation_rate=spread(a.dilation, rank),
        activation=keras_function(a.activation),
        use_bias=a.bias,
        return_sequences=a.sequences,
    )


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(TransposedConvolution)
def torch_transposed(layer: TransposedConvolution, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    extra, stride, dilation = (spread(some, rank) for some in (a.output_padding or (0,), a.stride, a.dilation))
    if not len(extra) == len(stride) == len(dilation) == rank:
        raise RefusedError("as many numbers as axes, which is checked with real tensors only")
    if any(op >= max(s, d) for op, s, d in zip(extra, stride, dilation, strict=True)):
        raise RefusedError("the output padding is too large, which is checked with real tensors only")
    module = of_rank(nn, "ConvTranspose{}d", rank)(
        arriving[0][0],
        a.filters,
        spread(a.kernel, rank),
        stride=stride,
        padding=0 if a.padding == "valid" else spread(a.padding, rank),
        output_padding=extra,
        groups=a.groups,
        bias=a.bias,
        dilation=dilation,
    )

    after = torch_function(a.activation)

    def call(x: Any) -> Any:
        if x.shape[1] != module.in_channels:  # as when weights are shared; checked with real tensors only
            raise RefusedError("other channels arrive than the weights are for")
        return after(module(x))

    return not_empty(call, module)


@FAMILY.torch(Upsampling, macs=False)
def torch_upsampling(layer: Upsampling, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    if a.size is not None:
        return nn.Upsample(size=spread(a.size, rank), mode=a.mode)
    return nn.Upsample(scale_factor=tuple(map(float, spread(a.factor or (2,), rank))), mode=a.mode)


@FAMILY.torch(Padding)
def torch_padding(layer: Padding, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    a, rank = plain(layer), len(arriving[0]) - 1
    words = {"zeros": "Zero", "reflect": "Reflection", "replicate": "Replication"}
    words |= {"circular": "Circular", "constant": "Constant"}
    value = (0.5,) if a.mode == "constant" else ()
    return of_rank(nn, f"{words[a.mode]}Pad{{}}d", rank)(last_axis_first(a.amount, rank), *value)


@FAMILY.torch(Cropping)
def torch_cropping(layer: Cropping, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    amounts = last_axis_first(plain(layer).amount, len(arriving[0]) - 1)
    return not_empty(nn.ConstantPad1d([-amount for amount in amounts], 0.0))  # negative: cut off


@FAMILY.torch(PixelShuffle)
def torch_pixel_shuffle(layer: PixelShuffle, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    only_axes(arriving, 3)
    return nn.PixelShuffle(plain(layer).factor)


@FAMILY.torch(PixelUnshuffle)
def torch_pixel_unshuffle(layer: PixelUnshuffle, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    only_axes(arriving, 3)
    return nn.PixelUnshuffle(plain(layer).factor)


@FAMILY.torch(ChannelShuffle)
def torch_channel_shuffle(layer: ChannelShuffle, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.ChannelShuffle(plain(layer).groups)
