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
    return written("MultiHeadAttention", draw(SMALL), draw(SMALL), *more, maybe(draw, "use_bias=no"), memory(draw, x))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=2)
def torch_spelling(draw: Draw, x: Arriving) -> str:
    more = [maybe(draw, "bias=no"), maybe(draw, "add_bias_kv=yes"), memory(draw, x)]
    return written("nn.MultiheadAttention", x.features, heads(draw, x), *more)


@FAMILY.layer(axes=(SEQUENCES,), conventions=("keras",))
def scores(draw: Draw, x: Arriving) -> str:
    if draw(st.booleans()):
        return written("AdditiveAttention", maybe(draw, "use_scale=no"), memory(draw, x))
    return written("dotattention", maybe(draw, "scaled"), maybe(draw, "score=concat"), memory(draw, x))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=2)
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


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), merges=True)
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


def _called(layer: Any) -> Built:
    """Query; query and memory; or query, key and value, which Keras takes as query, value, key."""

    def call(query: Any, key: Any = None, value: Any = None) -> Any:
        key = query if key is None else key
        return layer(query, key if value is None else value, key)

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
            keras.layers.GroupQueryAttention(head, given.heads, given.kv, use_bias=layer.bias, use_gate=layer.gate)
        )
    return _called(
        keras.layers.MultiHeadAttention(
            given.heads, head, given.value, use_bias=layer.bias, output_shape=given.output, use_gate=layer.gate
        )
    )


@FAMILY.keras(MultiHeadAttention)
def keras_multi_head(layer: MultiHeadAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    given = plain(layer)
    return _called(
        keras.layers.MultiHeadAttention(
            given.first,
            given.second,
            given.value_dim,
            use_bias=layer.bias,
            output_shape=given.output_shape,
            use_gate=layer.use_gate,
        )
    )


@FAMILY.keras(GroupedQueryAttention)
def keras_grouped(layer: GroupedQueryAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    given = plain(layer)
    if len(arriving[0]) > 2:
        raise NoEquivalentError("Keras groups queries in sequences only")
    sizes = (given.head_dim, given.num_query_heads, given.num_key_value_heads)
    return _called(keras.layers.GroupQueryAttention(*sizes, use_bias=layer.bias, use_gate=layer.use_gate))


def _listed(layer: Any) -> Built:
    return Built((layer,), lambda query, *memory: layer([query, *(memory or (query,))]))


@FAMILY.keras(DotAttention)
def keras_dot(layer: DotAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    return _listed(keras.layers.Attention(use_scale=layer.scale, score_mode=layer.score))


@FAMILY.keras(AdditiveAttention)
def keras_additive(layer: AdditiveAttention, arriving: Sequence[Sizes]) -> Any:
    import keras

    if arriving[0][-1] != arriving[-1][-1]:
        raise RefusedError("a width of 1 would be repeated")
    return _listed(keras.layers.AdditiveAttention(use_scale=layer.scale))


@FAMILY.keras(FeedForward)
def keras_feed_forward(layer: FeedForward, arriving: Sequence[Sizes]) -> Any:
    import keras

    sizes = (plain(layer).hidden, arriving[0][-1])
    return chained(*(keras.layers.Dense(size, use_bias=layer.bias) for size in sizes))


@FAMILY.keras(GatedFeedForward)
def keras_gated(layer: GatedFeedForward, arriving: Sequence[Sizes]) -> Any:
    import keras

    f = plain(layer).hidden
    gate, up, down = (keras.layers.Dense(size, use_bias=layer.bias) for size in (f, f, arriving[0][-1]))
    return Built((gate, up, down), lambda x: down(keras.layers.Multiply()([gate(x), up(x)])))


@FAMILY.keras(LowRankAdapter)
def keras_adapter(layer: LowRankAdapter, arriving: Sequence[Sizes]) -> Any:
    base = (keras_dense if isinstance(layer.layer, Dense) else keras_convolution)(layer.layer, arriving)
    base.build((None, *arriving[0]))
    base.enable_lora(plain(layer).rank)
    return base


# ---------------------------------------------------------------- PyTorch


def _multihead(heads: int, bias: bool, bias_kv: bool, arriving: Sequence[Sizes]) -> Built:
    from torch import nn

    if any(len(shape) != 2 for shape in arriving):
        raise RefusedError("batches of sequences only")
    query, key, value = (*arriving, arriving[-1], arriving[-1])[:3]
    module = nn.MultiheadAttention(
        query[-1], heads, bias=bias, add_bias_kv=bias_kv, kdim=key[-1], vdim=value[-1], batch_first=True
    )
    return Built((module,), lambda *xs: module(*(*xs, *xs[-1:] * 2)[:3])[0])


@FAMILY.torch(Attention)
def torch_attention(layer: Attention, arriving: Sequence[Sizes]) -> Any:
    given = plain(layer)
    if layer.gate or any(v is not None for v in (given.head, given.value, given.output, given.kv, layer.qkvbias)):
        raise NoEquivalentError("PyTorch's attention has heads that share the width")
    return _multihead(given.heads, layer.bias, layer.biaskv, arriving)


@FAMILY.torch(MultiHeadAttention)
def torch_multi_head(layer: MultiHeadAttention, arriving: Sequence[Sizes]) -> Any:
    given = plain(layer)
    if given.first != arriving[0][-1]:
        raise RefusedError("embed_dim is the width of the query")
    return _multihead(given.second, layer.bias, layer.add_bias_kv, arriving)


def _layer(layer: EncoderLayer, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    if any(len(shape) != 2 for shape in arriving):
        raise RefusedError("batches of sequences only")
    of = nn.TransformerDecoderLayer if isinstance(layer, DecoderLayer) else nn.TransformerEncoderLayer
    given = plain(layer)
    return of(
        arriving[0][-1], given.heads, given.hidden, bias=layer.bias, norm_first=layer.norm_first, batch_first=True
    ).train()


@FAMILY.torch(EncoderLayer, DecoderLayer)
def torch_layer(layer: EncoderLayer, arriving: Sequence[Sizes]) -> Any:
    return _layer(layer, arriving)


@FAMILY.torch(TransformerEncoderLayer)
def torch_spelled_layer(layer: TransformerEncoderLayer, arriving: Sequence[Sizes]) -> Any:
    if plain(layer).d_model != arriving[0][-1]:
        raise RefusedError("d_model is the width")
    of = DecoderLayer if layer.decoder else EncoderLayer
    return _layer(of(layer.nhead, layer.dim_feedforward, bias=layer.bias, norm_first=layer.norm_first), arriving)


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
    return of(one, plain(layer).layers, nn.LayerNorm(arriving[0][-1]) if layer.norm else None).train()


@FAMILY.torch(Transformer)
def torch_transformer(layer: Transformer, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    given = plain(layer)
    sizes = (given.d_model, given.nhead, given.encoders, given.decoders, given.hidden)
    return nn.Transformer(*sizes, bias=layer.bias, batch_first=True).train()


@FAMILY.torch(FeedForward)
def torch_feed_forward(layer: FeedForward, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    d, f = arriving[0][-1], plain(layer).hidden
    return chained(nn.Linear(d, f, layer.bias), nn.Linear(f, d, layer.bias))


@FAMILY.torch(GatedFeedForward)
def torch_gated(layer: GatedFeedForward, arriving: Sequence[Sizes]) -> Any:
    from torch import nn

    d, f = arriving[0][-1], plain(layer).hidden
    gate, up, down = nn.Linear(d, f, layer.bias), nn.Linear(d, f, layer.bias), nn.Linear(f, d, layer.bias)
    return Built((gate, up, down), lambda x: down(gate(x) * up(x)))
