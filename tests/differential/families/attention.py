"""Attention and adapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.adapters import LowRankAdapter
from symparams.layers.attention import Attention
from symparams.layers.dense import Dense
from symparams.layers.multihead import GroupedQueryAttention, MultiHeadAttention
from symparams.layers.scores import AdditiveAttention, DotAttention
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
        maybe(draw, "dropout=0.5"),
        maybe(draw, "frozen"),
        *((maybe(draw, "qknorm", "qknorm=layer"), maybe(draw, "rope")) if not x.keras else ()),
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


@FAMILY.layer(axes=(SEQUENCES,), conventions=("keras",))
def scores(draw: Draw, x: Arriving) -> str:
    if draw(st.booleans()):
        return written("AdditiveAttention", maybe(draw, "use_scale=no"), memory(draw, x))
    return written("dotattention", maybe(draw, "scaled"), maybe(draw, "score=concat"), memory(draw, x))


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
    if layer.biaskv or {layer.qkvbias, layer.keybias} != {None} or layer.qknorm != "none" or layer.rope:
        raise NoEquivalentError("Keras has no such attention")
    if given.head is None and width % given.heads:
        raise RefusedError("the heads do not divide the width")
    head, dropout = given.head or width // given.heads, float(given.dropout or 0)
    if given.kv is not None:
        if given.value is not None or given.output is not None or len(arriving[0]) > 2:
            raise NoEquivalentError("Keras groups queries in sequences whose heads all have one width")
        return _called(
            keras.layers.GroupQueryAttention(
                head, given.heads, given.kv, dropout, use_bias=layer.bias, use_gate=layer.gate
            ),
            layer.causal,
        )
    return _called(
        keras.layers.MultiHeadAttention(
            given.heads, head, given.value, dropout, layer.bias, given.output, use_gate=layer.gate
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
    apart = (given.head, given.value, given.output, given.kv, layer.qkvbias, layer.keybias)
    if layer.gate or any(v is not None for v in apart):
        raise NoEquivalentError("PyTorch's attention has heads that share the width")
    if layer.qknorm != "none" or layer.rope:
        return refined_attention(layer, given.heads, arriving)
    dropout = float(given.dropout or 0)
    return _multihead(given.heads, layer.bias, layer.biaskv, layer.causal, arriving, dropout)


def refined_attention(layer: Attention, heads: int, arriving: Sequence[Sizes]) -> Built:
    """As Hugging Face's Qwen3Attention: norms and rotary positions of queries and keys, once they are heads."""
    import torch
    from torch import nn

    if any(len(shape) != 2 for shape in arriving) or layer.biaskv or arriving[0][-1] % heads:
        raise RefusedError("batches of sequences only, whose width the heads share")
    d, width = arriving[0][-1], arriving[0][-1] // heads
    projections = [nn.Linear(shape[-1], d, layer.bias) for shape in _three(arriving)]
    output, norms = nn.Linear(d, d, layer.bias), list[Any]()
    if layer.qknorm == "rms":
        norms = [nn.RMSNorm(width), nn.RMSNorm(width)]
    elif layer.qknorm == "layer":
        norms = [nn.LayerNorm(width, bias=layer.bias), nn.LayerNorm(width, bias=layer.bias)]

    def call(*xs: Any) -> Any:
        cut = [p(x).unflatten(-1, (heads, width)).transpose(1, 2) for p, x in zip(projections, _three(xs), strict=True)]
        both = [norm(x) for norm, x in zip(norms, cut, strict=False)] or cut[:2]
        query, key = (x.unflatten(-1, (-1, 2)).flatten(-2) for x in both) if layer.rope else both
        scores = query @ key.transpose(-1, -2)
        hidden = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        weights = (scores.masked_fill(hidden, 0.0) if layer.causal else scores).softmax(-1)
        return output((weights @ cut[2]).transpose(1, 2).flatten(2))

    return Built((*projections, output, *norms), call)


def _three(given: Sequence[Any]) -> Sequence[Any]:
    """Query, key and value, the last of them taken again where there are fewer."""
    return (*given, given[-1], given[-1])[:3]


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
