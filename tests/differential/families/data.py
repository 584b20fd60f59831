"""Layers for data and sound, layers that hand their input on, and the layers that use another one's weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.activation import Identity
from symparams.layers.embedding import Embedding, EmbeddingBag, Tied
from symparams.layers.fixed_normalization import SpectralNormalization
from symparams.layers.preprocessing import Augmentation, Lookup, Rescaling
from symparams.layers.regularization import ActivityRegularization, GaussianNoise, Masking
from symparams.layers.spectrogram import MelSpectrogram, STFTSpectrogram
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
    maybe,
    plain,
    written,
)
from tests.differential.frameworks import built_inside

FAMILY = Family("data")

KERAS, TORCH = ("keras",), ("torch",)


@FAMILY.layer(axes=ANY)
def handed_on(draw: Draw, x: Arriving) -> str:
    keras = ["noise(0.1)", "noise(1)", "activityregularization(l2=0.1)", "masking", "masking(5)"]
    keras += ["rescaling(1/255)", "rescaling(2, 1)"]
    return draw(st.sampled_from(["identity", *(keras if x.keras else [])]))


@FAMILY.layer(axes=(IMAGES,), conventions=KERAS)
def augmentation(draw: Draw, x: Arriving) -> str:
    return draw(st.sampled_from(["RandomFlip", "RandomRotation(0.1)", "RandomZoom(0.2)", "RandomContrast(0.1)"]))


@FAMILY.layer(axes=(VECTORS, SEQUENCES, IMAGES), conventions=KERAS)
def lookup(draw: Draw, x: Arriving) -> str:
    return written("lookup", draw(st.integers(2, 6)), maybe(draw, "one_hot", "multi_hot"))


@FAMILY.layer(axes=(VECTORS, SEQUENCES), conventions=TORCH)
def embedding_bag(draw: Draw, x: Arriving) -> str:
    return written("embeddingbag", draw(st.integers(1, 20)), draw(st.integers(1, 8)), maybe(draw, "sums=yes"))


@FAMILY.layer(axes=(SEQUENCES, IMAGES), weight=8)
def tied(draw: Draw, x: Arriving) -> str:
    """Behind a named embedding, if there is one, mostly one of the right width."""
    found = [p for p in x.points if p.text.startswith("embedding")]
    fitting = [p for p in found if p.shape[-1] == x.features] or found
    if not fitting:
        return written("embedding", draw(st.integers(2, 9)), draw(st.integers(1, 4)))
    return written("tied", f"@{draw(st.sampled_from(fitting)).name}", maybe(draw, "bias"))


@FAMILY.layer(axes=(VECTORS, SEQUENCES, IMAGES), conventions=KERAS)
def spectral_normalization(draw: Draw, x: Arriving) -> str:
    inside = ["dense(5)", "dense(3, bias=no)", *(["conv(4, 2)"] if x.rank in (1, 2) else []), "bn()"]
    return written("spectralnorm", draw(st.sampled_from(inside)))


@FAMILY.layer(axes=(SEQUENCES,), conventions=KERAS, weight=2)
def spectrogram(draw: Draw, x: Arriving) -> str:
    length = draw(st.integers(1, 12))
    if draw(st.booleans()):
        return written(
            "melspectrogram", 2 * draw(st.integers(1, min(x.features, 8))), draw(st.integers(1, 9)), "bands=4"
        )
    mode = maybe(draw, "mode=stft", "mode=real", "mode=angle")
    step = maybe(draw, f"frame_step={draw(st.integers(1, 12))}")
    return written("stft", length, step, mode, maybe(draw, "padding=same"), maybe(draw, "expand_dims=yes"))


# ---------------------------------------------------------------- Keras


@FAMILY.keras(Identity, GaussianNoise, ActivityRegularization, Masking, Rescaling)
def keras_handed_on(layer: Any, arriving: Sequence[Sizes]) -> Any:
    import keras

    a, kind = plain(layer), layer.__class__.__name__
    given: dict[str, Callable[[], list[Any]]] = {
        "GaussianNoise": lambda: [a.deviation],
        "Rescaling": lambda: [a.scale[0], (a.offset or (0,))[0]],
        "Masking": lambda: [a.value[0]],
        "ActivityRegularization": lambda: [a.l1, a.l2],
    }
    return getattr(keras.layers, kind)(*map(float, given.get(kind, list)()))


@FAMILY.keras(Augmentation)
def keras_augmentation(layer: Augmentation, arriving: Sequence[Sizes]) -> Any:
    import keras

    # the layer does not keep its name; all of them leave the shape as it is
    return keras.layers.RandomRotation(0.1) if layer.settings else keras.layers.RandomFlip()


@FAMILY.keras(Lookup)
def keras_lookup(layer: Lookup, arriving: Sequence[Sizes]) -> Any:
    import keras

    bounds = list(range(1, plain(layer).tokens))
    return keras.layers.Discretization(bin_boundaries=bounds, output_mode=layer.mode)


@FAMILY.keras(Tied)
def keras_tied(layer: Tied, arriving: Sequence[Sizes]) -> Any:
    import keras

    if layer.bias or not isinstance(layer.embedding, Embedding):
        raise NoEquivalentError("an embedding itself is compared, and the way back has no bias")
    embedding = plain(layer.embedding)
    found = keras.layers.ReversibleEmbedding(embedding.vocabulary, embedding.width)
    if arriving[0][-1] != embedding.width:
        raise RefusedError("Keras multiplies the matrices only once there are numbers")
    found.build((None,))
    return Built((), lambda x: found(x, reverse=True))


@FAMILY.keras(SpectralNormalization)
def keras_spectral(layer: SpectralNormalization, arriving: Sequence[Sizes]) -> Any:
    import keras

    (inner,) = built_inside("keras", layer.layer, arriving).parts
    return keras.layers.SpectralNormalization(inner)


@FAMILY.keras(STFTSpectrogram)
def keras_stft(layer: STFTSpectrogram, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    more = {"padding": a.padding, "expand_dims": a.expand_dims, "window": None, "scaling": None}  # needs no scipy so
    return keras.layers.STFTSpectrogram(a.mode, a.frame_length, a.frame_step, a.fft_length, **more)


@FAMILY.keras(MelSpectrogram)
def keras_mel(layer: MelSpectrogram, arriving: Sequence[Sizes]) -> Any:
    import keras

    a = plain(layer)
    found = keras.layers.MelSpectrogram(a.fft_length, a.sequence_stride, num_mel_bins=a.num_mel_bins)

    def call(x: Any) -> Any:
        # what it says of its shape beforehand is not the shape that it gives
        return keras.KerasTensor(tuple(found(keras.ops.zeros(tuple(x.shape))).shape))

    return Built((found,), call)


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(Identity)
def torch_identity(layer: Identity, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    return nn.Identity()


@FAMILY.torch(EmbeddingBag)
def torch_bag(layer: EmbeddingBag, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    mode = "sum" if layer.sums else "mean"
    module = nn.EmbeddingBag(plain(layer).vocabulary, plain(layer).width, mode=mode)
    return Built((module,), lambda x: module(x.long()))


@FAMILY.torch(Tied)
def torch_tied(layer: Tied, arriving: Sequence[Sizes]) -> Any:
    import torch

    if not isinstance(layer.embedding, Embedding):
        raise NoEquivalentError("an embedding itself is compared")
    embedding = plain(layer.embedding)
    module = torch.nn.Linear(embedding.width, embedding.vocabulary, layer.bias)
    module.weight.requires_grad_(False)
    return Built((torch.nn.ParameterList([module.bias]),) if layer.bias else (), module)
