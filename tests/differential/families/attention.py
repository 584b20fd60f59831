"""Attention, transformer layers, feed-forward parts and adapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.adapters import LowRankAdapter
from symparams.layers.attention import Attention
from symparams.layers.dense import Dense
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.multihead import GroupedQueryAttention, MultiHeadAttention
from symparams.layers.scores import AdditiveAttention, DotAttention
from symparams.layers.stacks import Transformer, TransformerEncoder, TransformerEncoderLayer
from symparams.layers.transformer import DecoderLayer, EncoderLayer
from tests.differential.families.convolution import keras_convolution
from tests.differential.families.dense import keras_dense
from tests.differential.family import (
    ANY,
    IMAGES,
    SEQUENCES,
    Arriving,
    Built,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    chained,
    maybe,
    plain,
    written,
)
from tests.differential.functions import followed, keras_function, torch_function

FAMILY = Family("attention")
SMALL = st.integers(1, 6)


def memory(draw: Draw, x: Arriving, always: bool = False) -> str:
    """A second tensor, where there is one."""
    names = [f"memory=@{p.name}" for p in x.with_points(2, 3)]
    return draw(st.sampled_from(names)) if names and (always or draw(st.booleans())) else ""


def heads(draw: Draw, x: Arriving) -> int:
    """Mostly a divisor of the width."""
    divisors = [h for h in (1, 2, 3, 4, 6) if x.features % h == 0]
    return draw(st.sampled_from([*divisors, *divisors, 5]))


@FAMILY.layer(axes=(SEQUENCES, IMAGES), weight=3)
def attention(draw: Draw, x: Arriving) -> str:
    return written(
        draw(st.sampled_from(["attention", "attention", "mqa"])),
        heads(draw, x),
        *(maybe(draw, f"{name}={draw(SMALL)}") for name in ("head", "value", "output")),
        maybe(draw, "bias=no"),
        maybe(draw, "gate"),
        maybe(draw, "causal"),
        maybe(draw, "frozen"),
        memory(draw, x),
    )


@FAMILY.layer(axes=(SEQUENCES, IMAGES), conventions=("keras",), weight=2)
def keras_spelling(draw: Draw, x: Arriving) -> str:
    if draw(st.booleans()):
        group = [draw(SMALL), draw(SMALL), draw(st.integers(1, 3))]
        return written("GroupQueryAttention", *group, maybe(draw, "use_gate=yes"), memory(draw, x))
    more = [maybe(draw, f"{name}={draw(SMALL)}") for name in ("value_dim", "output_shape")]
    sizes: list[object] = [draw(SMALL), draw(st.sampled_from(["", "key_dim="])) + str(draw(SMALL))]
    if draw(st.integers(0, 3)) == 0:
        sizes = [f"num_heads={draw(SMALL)}", f"key_dim={draw(SMALL)}"]
    return written("MultiHeadAttention", *sizes, *more, maybe(draw, "use_bias=no"), memory(draw, x))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=2)
def torch_spelling(draw: Draw, x: Arriving) -> str:
    more = [maybe(draw, "bias=no"), maybe(draw, "add_bias_kv=yes"), memory(draw, x)]
    sizes: list[object] = [x.features, heads(draw, x)]
    if draw(st.integers(0, 3)) == 0:
        sizes = [f"embed_dim={x.features}", f"num_heads={heads(draw, x)}"]
    return written("nn.MultiheadAttention", *sizes, *more)


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), merges=True, weight=4)
def with_memory(draw: Draw, x: Arriving) -> str:
    """The second branch is the memory."""
    more = [maybe(draw, "bias=no"), maybe(draw, "norm_first")]
    if draw(st.booleans()):
        return written("decoderlayer", heads(draw, x), maybe(draw, str(draw(SMALL))), *more)
    if draw(st.booleans()):
        return written("nn.TransformerDecoderLayer", x.features, heads(draw, x), maybe(draw, str(draw(SMALL))), *more)
    return written("attention", heads(draw, x), maybe(draw, "bias=no"), maybe(draw, "causal"))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("keras",))
def scores(draw: Draw, x: Arriving) -> str:
    if draw(st.booleans()):
        return written("AdditiveAttention", maybe(draw, "use_scale=no"), memory(draw, x))
    return written("dotattention", maybe(draw, "scaled"), maybe(draw, "score=concat"), memory(draw, x))


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


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), merges=True, weight=3)
def transformer(draw: Draw, x: Arriving) -> str:
    sizes = [x.features, heads(draw, x), draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(SMALL)]
    return written("nn.Transformer", *sizes, maybe(draw, "bias=no"))


@FAMILY.layer(axes=ANY)
def feed_forward(draw: Draw, x: Arriving) -> str:
    name = draw(st.sampled_from(["ffn", "gatedffn", "swiglu"]))
    return written(name, draw(SMALL), draw(st.sampled_from(["", "bias=yes", "bias=no"])))


@FAMILY.layer(axes=ANY, conventions=("keras",))
def adapter(draw: Draw, x: Arriving) -> str:
    dense = f"dense({draw(SMALL)}{', bias=no' if draw(st.booleans()) else ''})"
    conv = f"conv({draw(SMALL)}, {draw(st.integers(1, 3))})"
    return written("lora", conv if x.rank and draw(st.booleans()) else dense, draw(SMALL))


# ---------------------------------------------------------------- Keras


def _called(layer: Any, causal: bool) -> Built:
    """Query; query and memory; or query, key and value, which Keras takes as query, value, key."""

    def call(query: Any, key: Any = None, value: Any = None) -> Any:
        key = query if key is None else key
        return layer(query, key if value is None else value, key, use_causal_mask=causal)

    return Built((layer,), call)


@FAMILY.keras(Attention)
def keras_attention(layer: Attention, arriving: Sequence[Sizes]) -> Any:
    import keras

    given, width = plain(layer), arriving[0][-1]
    if layer.biaskv or layer.qkvbias is not None:
        raise NoEquivalentError("Keras has no such attention")
    if given.head is None and width % given.heads:
        raise RefusedError("the heads do not divide the width")
    head = given.head or width // given.heads
    if given.kv is not None:
        if given.value is not None or given.output is not None or len(arriving[0]) > 2:
            raise NoEquivalentError("Keras groups queries in sequences whose heads all have one width")
        return _called(
            keras.layers.GroupQueryAttention(head, given.heads, given.kv, use_bias=layer.bias, use_gate=layer.gate),
            layer.causal,
        )
    return _called(
        keras.layers.MultiHeadAttention(
            given.heads, head, given.value, use_bias=layer.bias, output_shape=given.output, use_gate=layer.gate
        ),
        layer.causal,
    )


@FAMILY.keras(MultiHeadAttention)
def keras_multi_head(layer: MultiHeadAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    given = plain(layer)
    if layer.embed_dim or layer.kdim or layer.vdim or layer.add_bias_kv:
        raise RefusedError("these are arguments of PyTorch")
    return _called(
        keras.layers.MultiHeadAttention(
            _one(given.first, given.num_heads),
            _one(given.second, given.key_dim),
            given.value_dim,
            dropout=float(given.dropout),
            use_bias=layer.bias,
            output_shape=given.output_shape,
            use_gate=layer.use_gate,
        ),
        layer.causal,
    )


def _one(positional: Any, keyword: Any) -> Any:
    if positional is not None and keyword is not None:
        raise RefusedError("it is given twice")
    return keyword if positional is None else positional


@FAMILY.keras(GroupedQueryAttention)
def keras_grouped(layer: GroupedQueryAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    given = plain(layer)
    if len(arriving[0]) > 2:
        raise NoEquivalentError("Keras groups queries in sequences only")
    sizes = (given.head_dim, given.num_query_heads, given.num_key_value_heads)
    dropout = float(given.dropout)
    found = keras.layers.GroupQueryAttention(*sizes, dropout, use_bias=layer.bias, use_gate=layer.use_gate)
    return _called(found, layer.causal)


def _listed(layer: Any) -> Built:
    return Built((layer,), lambda query, *memory: layer([query, *(memory or (query,))]))


@FAMILY.keras(DotAttention)
def keras_dot(layer: DotAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    return _listed(keras.layers.Attention(layer.scale, layer.score, float(plain(layer).dropout)))


@FAMILY.keras(AdditiveAttention)
def keras_additive(layer: AdditiveAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    if arriving[0][-1] != arriving[-1][-1]:
        raise RefusedError("a width of 1 would be repeated")
    return _listed(keras.layers.AdditiveAttention(layer.scale, float(plain(layer).dropout)))


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


@FAMILY.keras(LowRankAdapter)
def keras_adapter(layer: LowRankAdapter, arriving: Sequence[Sizes]) -> Any:
    base = (keras_dense if isinstance(layer.layer, Dense) else keras_convolution)(layer.layer, arriving)
    base.build((None, *arriving[0]))
    base.enable_lora(plain(layer).rank)
    return base


# ---------------------------------------------------------------- PyTorch


def _multihead(
    heads: int, bias: bool, bias_kv: bool, causal: bool, arriving: Sequence[Sizes], dropout: float = 0.0
) -> Built:
    import torch
    from torch import nn

    if any(len(shape) != 2 for shape in arriving):
        raise RefusedError("batches of sequences only")
    query, key, value = (*arriving, arriving[-1], arriving[-1])[:3]
    module = nn.MultiheadAttention(
        query[-1], heads, dropout, bias=bias, add_bias_kv=bias_kv, kdim=key[-1], vdim=value[-1], batch_first=True
    )

    def call(*xs: Any) -> Any:
        query, key, value = (*xs, *xs[-1:] * 2)[:3]
        hidden = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1) if causal else None
        return module(query, key, value, attn_mask=hidden)[0]

    return Built((module,), call)


@FAMILY.torch(Attention)
def torch_attention(layer: Attention, arriving: Sequence[Sizes]) -> Any:
    given = plain(layer)
    if layer.gate or any(v is not None for v in (given.head, given.value, given.output, given.kv, layer.qkvbias)):
        raise NoEquivalentError("PyTorch's attention has heads that share the width")
    return _multihead(given.heads, layer.bias, layer.biaskv, layer.causal, arriving)


@FAMILY.torch(MultiHeadAttention)
def torch_multi_head(layer: MultiHeadAttention, arriving: Sequence[Sizes]) -> Any:
    given = plain(layer)
    if layer.key_dim or layer.value_dim or layer.output_shape or layer.use_gate:
        raise RefusedError("these are arguments of Keras")
    if _one(given.first, given.embed_dim) != arriving[0][-1]:
        raise RefusedError("embed_dim is the width of the query")
    _, key, value = (*arriving, arriving[-1], arriving[-1])[:3]
    if given.kdim not in (None, key[-1]) or given.vdim not in (None, value[-1]):
        raise RefusedError("kdim and vdim are the widths of key and value")
    heads, dropout = _one(given.second, given.num_heads), float(given.dropout)
    return _multihead(heads, layer.bias, layer.add_bias_kv, layer.causal, arriving, dropout)


def _layer(layer: EncoderLayer, arriving: Sequence[Sizes], dropout: float = 0.0) -> Any:
    from torch import nn

    if any(len(shape) != 2 for shape in arriving):
        raise RefusedError("batches of sequences only")
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
