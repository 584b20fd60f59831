"""Layers that their authors write as modules of PyTorch: latent attention, window attention, Mamba's block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.layers.latent import LatentAttention
from symparams.layers.mamba import Mamba
from symparams.layers.windowed import WindowAttention
from tests.differential.families.attention import SMALL, heads
from tests.differential.family import (
    IMAGES,
    SEQUENCES,
    Arriving,
    Built,
    Draw,
    Family,
    RefusedError,
    Sizes,
    maybe,
    only_axes,
    plain,
    written,
)

FAMILY = Family("modules")


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=3)
def latent(draw: Draw, x: Arriving) -> str:
    sizes = [maybe(draw, f"{name}={draw(SMALL)}") for name in ("kv_rank", "head", "value", "q_rank")]
    rope = draw(st.sampled_from(["", "rope=2", "rope=4", "rope=3"]))
    return written("mla", draw(SMALL), *sizes, rope, maybe(draw, "bias=yes"), maybe(draw, "causal"))


@FAMILY.layer(axes=(IMAGES,), conventions=("torch",), weight=3)
def windows(draw: Draw, x: Arriving) -> str:
    window = draw(st.sampled_from(["2", "3", "1", "2x3", "9"]))
    biases = [maybe(draw, "bias=no"), maybe(draw, "qkvbias=no", "qkvbias=yes")]
    return written("windowattention", heads(draw, x), window, *biases, maybe(draw, "shifted"))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=2)
def mamba(draw: Draw, x: Arriving) -> str:
    sizes = [maybe(draw, f"{name}={draw(SMALL)}") for name in ("state", "kernel", "expand", "rank")]
    width = x.features + draw(st.integers(-1, 0))
    return written(
        "mamba", maybe(draw, str(max(width, 1))), *sizes, maybe(draw, "bias=yes"), maybe(draw, "convbias=no")
    )


def _turned(x: Any) -> Any:
    """Rotary positions: the angles do not matter here, but numbers come in pairs."""
    return x.unflatten(-1, (-1, 2)).flatten(-2)


def _masked(scores: Any, causal: bool) -> Any:
    import torch

    hidden = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return (scores.masked_fill(hidden, 0.0) if causal else scores).softmax(-1)


@FAMILY.torch(LatentAttention)
def torch_latent(layer: LatentAttention, arriving: Sequence[Sizes]) -> Any:
    """As Hugging Face's DeepseekV2Attention."""
    import torch
    from torch import nn

    only_axes(arriving, 2)
    a, d = plain(layer), arriving[0][-1]
    h, head, rope, kv_rank = a.heads, a.head, a.rope, a.kv_rank
    value = head if a.value is None else a.value
    if a.q_rank is None:
        queries = nn.Sequential(nn.Linear(d, h * (head + rope), bias=False))
    else:
        down, up = nn.Linear(d, a.q_rank, layer.bias), nn.Linear(a.q_rank, h * (head + rope), bias=False)
        queries = nn.Sequential(down, nn.RMSNorm(a.q_rank), up)
    compress, norm = nn.Linear(d, kv_rank + rope, layer.bias), nn.RMSNorm(kv_rank)
    expand, output = nn.Linear(kv_rank, h * (head + value), bias=False), nn.Linear(h * value, d, layer.bias)

    def call(x: Any) -> Any:
        query = queries(x).unflatten(-1, (h, -1)).transpose(1, 2)
        compressed, shared = compress(x).split([kv_rank, rope], -1)
        key, values = expand(norm(compressed)).unflatten(-1, (h, -1)).transpose(1, 2).split([head, value], -1)
        query = torch.cat([query[..., :head], _turned(query[..., head:])], -1)
        key = torch.cat([key, _turned(shared).unsqueeze(1).expand(-1, h, -1, -1)], -1)
        weights = _masked(query @ key.transpose(-1, -2), layer.causal)
        return output((weights @ values).transpose(1, 2).flatten(2))

    return Built((queries, compress, norm, expand, output), call)


@FAMILY.torch(WindowAttention)
def torch_window(layer: WindowAttention, arriving: Sequence[Sizes]) -> Any:
    """As torchvision's ShiftedWindowAttention, which takes (H, W, C)."""
    import torch
    from torch import nn
    from torch.nn.functional import pad

    only_axes(arriving, 3)
    a, (height, width, d) = plain(layer), arriving[0]
    high, wide = a.window * 2 if len(a.window) == 1 else a.window
    qkv_bias = layer.bias if layer.qkvbias is None else layer.qkvbias
    qkv, output = nn.Linear(d, 3 * d, qkv_bias), nn.Linear(d, d, layer.bias)
    table = nn.ParameterList([torch.empty((2 * high - 1) * (2 * wide - 1), a.heads)])
    index = torch.zeros(high * wide, high * wide, dtype=torch.long)
    moved = (high // 2, wide // 2) if layer.shifted else (0, 0)

    def call(x: Any) -> Any:
        x = pad(x, (0, 0, 0, -width % wide, 0, -height % high))
        rows, columns = x.shape[1] // high, x.shape[2] // wide
        x = x.roll(moved, (1, 2)).reshape(len(x), rows, high, columns, wide, d).transpose(2, 3)
        query, key, value = qkv(x.flatten(3, 4)).unflatten(-1, (3, a.heads, d // a.heads)).moveaxis(-3, 0)
        query, key, value = (part.transpose(-2, -3) for part in (query, key, value))
        scores = query @ key.transpose(-1, -2) + table[0][index].moveaxis(-1, 0)
        x = output((scores.softmax(-1) @ value).transpose(-2, -3).flatten(-2))
        x = x.unflatten(3, (high, wide)).transpose(2, 3).reshape(len(x), rows * high, columns * wide, d)
        return x.roll((-moved[0], -moved[1]), (1, 2))[:, :height, :width]

    return Built((qkv, output, table), call)


@FAMILY.torch(Mamba)
def torch_mamba(layer: Mamba, arriving: Sequence[Sizes]) -> Any:
    """As mamba_ssm's reference: numbers are multiplied as matrices of 1 × 1, so that the counter sees them."""
    import torch
    from torch import nn
    from torch.nn.functional import pad, silu, softplus

    only_axes(arriving, 2)
    a, d = plain(layer), arriving[0][-1]
    if a.width not in (None, d):
        raise RefusedError("d_model is the width")
    inner, rank = a.expand * d, -(-d // 16) if a.rank is None else a.rank
    enter, leave = nn.Linear(d, 2 * inner, layer.bias), nn.Linear(inner, d, layer.bias)
    conv = nn.Conv1d(inner, inner, a.kernel, groups=inner, bias=layer.convbias)
    steps_and_more, steps = nn.Linear(inner, rank + 2 * a.state, bias=False), nn.Linear(rank, inner)
    own = nn.ParameterList([torch.empty(inner, a.state), torch.empty(inner)])

    def each(left: Any, right: Any) -> Any:
        left, right = torch.broadcast_tensors(left, right)
        return (left[..., None, None] @ right[..., None, None])[..., 0, 0]

    def call(x: Any) -> Any:
        x, gate = enter(x).chunk(2, -1)
        x = silu(conv(pad(x.transpose(1, 2), (a.kernel - 1, 0)))).transpose(1, 2)
        step, into, out = steps_and_more(x).split([rank, a.state, a.state], -1)
        step = softplus(steps(step))
        kept, results = x.new_zeros((len(x), inner, a.state)), []
        for t in range(x.shape[1]):
            decay = (step[:, t, :, None] * -own[0].exp()).exp()
            kept = each(decay, kept) + (step * x)[:, t, :, None] * into[:, t, None]
            results.append((kept @ out[:, t, :, None])[..., 0])
        return leave((torch.stack(results, 1) + each(own[1], x)) * silu(gate))

    return Built((enter, leave, conv, steps_and_more, steps, own), call)
