"""Transformer layers, stacks of them, and feed-forward parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.stacks import Transformer, TransformerEncoder, TransformerEncoderLayer
from symparams.layers.transformer import DecoderLayer, EncoderLayer
from tests.differential.families.attention import SMALL, heads, memory
from tests.differential.family import (
    ANY,
    SEQUENCES,
    Arriving,
    Built,
    Draw,
    Family,
    RefusedError,
    Sizes,
    chained,
    maybe,
    plain,
    written,
)
from tests.differential.functions import followed, keras_function, torch_function

FAMILY = Family("transformer")


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=4)
def layers(draw: Draw, x: Arriving) -> str:
    kind = draw(st.sampled_from(["encoderlayer", "decoderlayer"]))
    given = [heads(draw, x), draw(SMALL), maybe(draw, "bias=no"), maybe(draw, "gelu"), maybe(draw, "norm_first")]
    behind = memory(draw, x, always=True) if kind == "decoderlayer" else ""
    spelled = {"encoderlayer": "nn.TransformerEncoderLayer", "decoderlayer": "nn.TransformerDecoderLayer"}[kind]
    one = [spelled, x.features, *given] if draw(st.booleans()) else [kind, *given]
    if draw(st.booleans()):
        return written(str(one[0]), *one[1:], behind)
    inside = written(str(one[0]), *one[1:])
    return written("nn.TransformerEncoder", inside, draw(st.integers(1, 3)), maybe(draw, "norm=yes"), behind)


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), merges=True, weight=4)
def with_memory(draw: Draw, x: Arriving) -> str:
    """The second branch is the memory."""
    more = [maybe(draw, "bias=no"), maybe(draw, "norm_first")]
    if draw(st.booleans()):
        return written("decoderlayer", heads(draw, x), maybe(draw, str(draw(SMALL))), *more)
    if draw(st.booleans()):
        return written("nn.TransformerDecoderLayer", x.features, heads(draw, x), maybe(draw, str(draw(SMALL))), *more)
    return written("attention", heads(draw, x), maybe(draw, "bias=no"), maybe(draw, "causal"))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), merges=True, weight=3)
def transformer(draw: Draw, x: Arriving) -> str:
    sizes = [x.features, heads(draw, x), draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(SMALL)]
    return written("nn.Transformer", *sizes, maybe(draw, "bias=no"))


@FAMILY.layer(axes=ANY)
def feed_forward(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["ffn", "gatedffn", "swiglu"]))
    return written(name, draw(SMALL), draw(st.sampled_from(["", "bias=yes", "bias=no"])))


# ---------------------------------------------------------------- Keras


@FAMILY.keras(FeedForward)
def keras_feed_forward(layer: FeedForward, arriving: Sequence[Sizes]) -> Any:
    import keras

    inner = keras.layers.Dense(plain(layer).hidden, keras_function(layer.activation), layer.bias)
    return chained(inner, keras.layers.Dense(arriving[0][-1], use_bias=layer.bias))


@FAMILY.keras(GatedFeedForward)
def keras_gated(layer: GatedFeedForward, arriving: Sequence[Sizes]) -> Any:
    import keras

    f = plain(layer).hidden
    gate = keras.layers.Dense(f, keras_function(layer.activation), layer.bias)
    up, down = (keras.layers.Dense(size, use_bias=layer.bias) for size in (f, arriving[0][-1]))
    return Built((gate, up, down), lambda x: down(keras.layers.Multiply()([gate(x), up(x)])))


# ---------------------------------------------------------------- PyTorch


def _layer(layer: EncoderLayer, arriving: Sequence[Sizes], dropout: float = 0.0) -> Any:
    from torch import nn

    if any(len(shape) != 2 for shape in arriving):
        raise RefusedError("batches of sequences only")
    if len(arriving) > 2:
        raise RefusedError("further tensors are masks there")
    of = nn.TransformerDecoderLayer if isinstance(layer, DecoderLayer) else nn.TransformerEncoderLayer
    given = plain(layer)
    return of(
        arriving[0][-1],
        given.heads,
        given.hidden,
        dropout,
        torch_function(layer.activation),
        bias=layer.bias,
        norm_first=layer.norm_first,
        batch_first=True,
    ).train()


@FAMILY.torch(EncoderLayer, DecoderLayer)
def torch_layer(layer: EncoderLayer, arriving: Sequence[Sizes]) -> Any:
    module = _layer(layer, arriving)
    return Built((module,), lambda *xs: module(*xs, **_mask(module, xs[0]) if layer.causal else {}))


def _mask(module: Any, x: Any) -> dict[str, Any]:
    """What hides later positions, under the name that the module has for it."""
    from torch import nn

    name = {nn.TransformerEncoderLayer: "src_mask", nn.TransformerEncoder: "mask"}.get(type(module), "tgt_mask")
    return {name: nn.Transformer.generate_square_subsequent_mask(x.shape[1])}


@FAMILY.torch(TransformerEncoderLayer)
def torch_spelled_layer(layer: TransformerEncoderLayer, arriving: Sequence[Sizes]) -> Any:
    if plain(layer).d_model != arriving[0][-1]:
        raise RefusedError("d_model is the width")
    of = DecoderLayer if layer.decoder else EncoderLayer
    meant = of(
        layer.nhead,
        layer.dim_feedforward,
        bias=layer.bias,
        activation=layer.activation,
        norm_first=layer.norm_first,
    )
    return _layer(meant, arriving, float(plain(layer).dropout))


@FAMILY.torch(TransformerEncoder)
def torch_stack(layer: TransformerEncoder, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    inside = layer.layer
    if isinstance(inside, TransformerEncoderLayer):
        one = torch_spelled_layer(inside, arriving)
    else:
        assert isinstance(inside, EncoderLayer)
        one = _layer(inside, arriving)
    of = nn.TransformerDecoder if isinstance(one, nn.TransformerDecoderLayer) else nn.TransformerEncoder
    module = of(one, plain(layer).layers, nn.LayerNorm(arriving[0][-1]) if layer.norm else None).train()
    causal = isinstance(inside, EncoderLayer) and inside.causal
    return Built((module,), lambda *xs: module(*xs, **_mask(module, xs[0]) if causal else {}))


@FAMILY.torch(Transformer)
def torch_transformer(layer: Transformer, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    given = plain(layer)
    sizes = (given.d_model, given.nhead, given.encoders, given.decoders, given.hidden)
    return nn.Transformer(
        *sizes,
        float(given.dropout),
        torch_function(layer.activation),
        bias=layer.bias,
        norm_first=layer.norm_first,
        batch_first=True,
    ).train()


@FAMILY.torch(FeedForward)
def torch_feed_forward(layer: FeedForward, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    d, f = arriving[0][-1], plain(layer).hidden
    inner, outer = followed(nn.Linear(d, f, layer.bias), layer.activation), nn.Linear(f, d, layer.bias)
    return Built((*inner.parts, outer), lambda x: outer(inner.call(x)))


@FAMILY.torch(GatedFeedForward)
def torch_gated(layer: GatedFeedForward, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    d, f = arriving[0][-1], plain(layer).hidden
    gate, up, down = nn.Linear(d, f, layer.bias), nn.Linear(d, f, layer.bias), nn.Linear(f, d, layer.bias)
    after = torch_function(layer.activation)
    return Built((gate, up, down), lambda x: down(after(gate(x)) * up(x)))
