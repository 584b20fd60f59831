"""Attention and the parts of transformers: figures measured with Keras 3.15 and PyTorch 2.13, and laws with letters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.errors import SymparamsError
from symparams.model.network import Node
from tests.helpers import conditions_hold, net, value
from tests.test_laws import steps_agree, tensors_agree


def last(text: str) -> Node:
    return net(text).nodes[-1]


def counted(text: str) -> Any:
    return last(text).counts.params


SELF = "input(7, 12) -> "
CROSS = "input(7, 12) as q input(5, 8) as m @q -> "
THREE = "input(7, 12) as q input(5, 8) as k input(5, 9) as v { @q | @k | @v } -> "
TORCH = "convention torch "


@pytest.mark.parametrize(
    ("text", "params"),
    [
        # torch.nn.MultiheadAttention(512, 8), keras.layers.MultiHeadAttention(8, 64) on (128, 512)
        ("input(128, 512) -> attention(8)", 1_050_624),
        (f"{TORCH} input(128, 512) -> nn.MultiheadAttention(512, 8)", 1_050_624),
        ("input(128, 512) -> MultiHeadAttention(8, 64)", 1_050_624),
        # keras.layers.MultiHeadAttention(4, 6, value_dim=5, output_shape=10)
        (f"{SELF} MultiHeadAttention(4, 6, value_dim=5, output_shape=10)", 1_094),
        (f"{SELF} attention(4, head=6, value=5, output=10)", 1_094),
        # query 12, value 8 and query 12, key 8, value 9: MultiHeadAttention(4, 6, use_gate=True, use_bias=False)
        (f"{CROSS} MultiHeadAttention(4, 6, use_gate=yes, use_bias=no, memory=@m)", 1_248),
        (f"{THREE} attention(4, head=6, gate, bias=no)", 1_272),
        # keras.layers.GroupQueryAttention(6, 4, 2)
        (f"{SELF} GroupQueryAttention(6, 4, 2)", 924),
        (f"{SELF} gqa(4, head=6, kv=2)", 924),
        (f"{SELF} mqa(4, head=6)", 768),
        # torch.nn.MultiheadAttention(12, 4, kdim=8, vdim=9), and with add_bias_kv=True
        (f"{TORCH} {THREE} nn.MultiheadAttention(12, 4, kdim=8, vdim=9)", 540),
        (f"{TORCH} {THREE} attention(4)", 540),
        (f"{TORCH} {THREE} nn.MultiheadAttention(12, 4, add_bias_kv=yes)", 564),
        # keras.layers.Attention and AdditiveAttention
        (f"{SELF} dotattention", 0),
        (f"{SELF} dotattention(use_scale=yes, score_mode=concat)", 2),
        (f"{SELF} AdditiveAttention", 12),
        (f"{SELF} AdditiveAttention(use_scale=no)", 0),
        # torch.nn.TransformerEncoderLayer(512, 8), TransformerDecoderLayer(512, 8), Transformer()
        ("input(9, 512) -> encoderlayer(8)", 3_152_384),
        (f"{TORCH} input(9, 512) as m input(4, 512) -> nn.TransformerDecoderLayer(512, 8, memory=@m)", 4_204_032),
        (f"{TORCH} input(9, 512) as s input(4, 512) as t {{ @s | @t }} -> nn.Transformer", 44_140_544),
        # TransformerEncoder(TransformerEncoderLayer(512, 8, bias=False), 6, LayerNorm(512))
        ("input(9, 512) -> transformerencoder(encoderlayer(8, bias=no), 6, norm=yes)", 18_881_536),
    ],
)
def test_measured_counts(text: str, params: int) -> None:
    assert counted(text) == params


@pytest.mark.parametrize(
    ("text", "params"),
    [
        # GPT-2 small: a block has 12d² + 13d; the two normalizations have 4d of them
        ("input(1024, 768) -> { attention(12) | id } -> add -> { ffn(3072, gelu) | id } -> add", 7_087_872 - 4 * 768),
        # BERT-base: a layer
        ("input(512, 768) -> encoderlayer(12, 3072, gelu)", 7_087_872),
        # LLaMA-7B: a layer, of which 8,192 are the two normalizations
        ("input(2048, 4096) -> attention(32, bias=no) -> swiglu(11008)", 202_383_360 - 8_192),
        # Mixtral 8x7B: 46,702,792,704 in all, of which 2·32000·d + d are embeddings, head and the last normalization
        (
            "input(64, 4096) -> [attention(32, kv=8, bias=no) -> moe(8, 2, 14336)] * 32",
            46_702_792_704 - (2 * 32_000 + 1 + 2 * 32) * 4096,
        ),
    ],
)
def test_published_models(text: str, params: int) -> None:
    assert net(text).counts.params == params


def test_a_block_has_the_known_formula() -> None:
    block = "{ attention(h) | id } -> add -> { dense(4*d, gelu) -> dense(d) | id } -> add"
    network = net(f"where d % h == 0 input(T, d) -> {block}")
    assert value(as_formula(network.counts.params), {"d": 30}) == 12 * 900 + 9 * 30  # the rest, 4d, are normalizations
    assert network.conditions == ()


# ---------------------------------------------------------------- work and memory


def test_work_of_self_attention() -> None:
    """torch.utils.flop_counter on MultiheadAttention(512, 8): 301,989,888 operations at 128 positions."""
    node = last("input(128, 512) -> attention(8)")
    work = node.derived.work
    assert value(work.macs, {}) == 4 * 128 * 512**2 + 2 * 128**2 * 512 == 150_994_944
    assert value(work.exponentials, {}) == 8 * 128**2
    assert last("input(128, 512) -> attention(8, causal)").derived.work.macs == work.macs


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        # torch.utils.flop_counter, half of its operations
        (f"{TORCH} {THREE} attention(4)", 7 * 144 * 2 + 5 * 8 * 12 + 5 * 9 * 12 + 2 * 35 * 12),
        (f"{TORCH} {SELF} attention(4, biaskv=yes)", 4 * 7 * 144 + 2 * 7 * 8 * 12),
        (f"{SELF} encoderlayer(4, 20)", 4 * 7 * 144 + 2 * 49 * 12 + 2 * 7 * 12 * 20),
        (f"{SELF} moe(8, 2, 20)", 7 * 12 * 8 + 7 * 2 * 3 * 12 * 20),
        (f"{SELF} moe(8, 2, 20, shared=1, gated=no)", 7 * 12 * 8 + 7 * 3 * 2 * 12 * 20),
        (f"{SELF} swiglu(20)", 7 * 3 * 12 * 20),
        (f"{SELF} lora(dense(20), 3)", 7 * 12 * 20 + 7 * 3 * 12 + 7 * 3 * 20),
    ],
)
def test_work_of_the_parts(text: str, macs: int) -> None:
    assert value(last(text).derived.work.macs, {}) == macs


@pytest.mark.parametrize(
    ("layer", "numbers"),
    [
        ("attention(4)", 2 * 7 * 12),
        ("attention(4, kv=2)", 2 * 7 * 2 * 3),
        ("mqa(4)", 2 * 7 * 3),
        ("attention(4, head=6, value=5, kv=2)", 7 * 2 * (6 + 5)),
        ("transformerencoder(encoderlayer(4, 20), 3)", 3 * 2 * 7 * 12),
        ("ffn(20)", 0),
    ],
)
def test_cache(layer: str, numbers: int) -> None:
    node = last(SELF + layer)
    assert value(node.layer.cache(node.derived.out, *node.derived.arriving), {}) == numbers


# ---------------------------------------------------------------- adapters and small parts


@pytest.mark.parametrize(
    ("text", "params", "trainable"),
    [
        # Keras: Dense(20).enable_lora(3) goes on training the bias
        (f"{SELF} lora(dense(20), 3)", 13 * 20 + 3 * 32, 20 + 3 * 32),
        (f"{SELF} lora(dense(20, bias=no), 3)", 12 * 20 + 3 * 32, 3 * 32),
        (f"{TORCH} {SELF} lora(dense(20), 3)", 13 * 20 + 3 * 32, 3 * 32),
        # Keras: Conv2D(10, 3, groups=2).enable_lora(3) on (9, 9, 6)
        ("input(9, 9, 6) -> lora(conv(10, 3, groups=2), 3)", 280 + 3 * (27 + 10), 10 + 3 * (27 + 10)),
    ],
)
def test_adapters_are_trained_and_the_layer_is_not(text: str, params: int, trainable: int) -> None:
    counts = last(text).counts
    assert (counts.params, counts.trainable, counts.non_trainable) == (params, trainable, params - trainable)
    tensors_agree(net(text))


def test_small_parts() -> None:
    node = last("input(196, 768) -> classtoken")
    assert (node.shape, node.counts.params) == ((197, 768), 768)
    assert counted("input(196, 768) -> classtoken(4)") == 4 * 768
    assert counted("input(56, 56, 96) -> layerscale") == 96
    assert counted(f"{TORCH} input(96, 56, 56) -> layerscale") == 96
    assert counted(f"{TORCH} input(56, 96) -> layerscale") == 96
    assert counted(f"{SELF} rope") == 0


def test_active_parameters_are_said() -> None:
    ignored = last("input(64, 4096) -> moe(8, 2, 14336)").derived.rules.ignores
    assert str(ignored[0]).endswith("one token uses 4,096·8 + 2·3·4,096·14,336 = 352,354,304 parameters")


# ---------------------------------------------------------------- letters


LAYERS = st.sampled_from(
    [
        "attention(h)",
        "attention(h, kv=g)",
        "attention(h, head=f, value=g, bias=no, qkvbias=yes)",
        "attention(h, output=f, gate)",
        "attention(h, keybias=no)",
        "attention(h, kv=g, head=f, bias=no, qkvbias=yes, keybias=no)",
        "attention(h, biaskv=yes)",
        "attention(h, head=f, memory=@m)",
        "mqa(h)",
        "attention(h, kv=g, head=f, qknorm, rope)",
        "attention(h, qknorm=layer, qkvbias=no)",
        "mla(h, g, rope=2*f, head=N, value=E)",
        "mla(h, g, q_rank=f, rope=E, bias=yes)",
        "mamba(d, N, f, g)",
        "mamba(rank=g, bias=yes, convbias=no)",
        "GroupedQueryAttention(f, h, g)",
        "dotattention(scaled)",
        "AdditiveAttention",
        "encoderlayer(h, f)",
        "decoderlayer(h, f, bias=no, memory=@m)",
        "transformerencoder(encoderlayer(h, f), N, norm=yes)",
        "ffn(f)",
        "swiglu(f, bias=yes)",
        "moe(E, N, f, shared=g)",
        "moe(E, N, f, gated=no, bias=yes)",
        "lora(dense(f), g)",
        "classtoken(g)",
        "layerscale",
        "rope",
        "rope(f, length=E)",
    ]
)
SMALL = st.integers(1, 6)


@given(LAYERS, st.fixed_dictionaries(dict.fromkeys("TLhgfNE", SMALL)), st.integers(1, 24), st.booleans())
def test_letters_equal_numbers(layer: str, sizes: dict[str, int], d: int, torch: bool) -> None:
    letters = {**sizes, "d": d}
    convention = TORCH if torch else ""
    text = f"{convention} input(T, d) as x input(L, d) as m @x -> {layer}"
    symbolic = net(text)
    steps_agree(symbolic, letters)
    tensors_agree(symbolic)
    holds = conditions_hold(symbolic, letters)
    used = {name: letters[name] for name in symbolic.symbols}
    try:
        numeric = sp.parse(text).subs(used)
    except SymparamsError:
        assert not holds
        return
    assert holds
    one, other = symbolic.nodes[-1], numeric.layers[-1]
    assert other.output_shape == tuple(value(as_formula(v), letters) for v in one.shape)
    assert other.params == value(as_formula(one.counts.params), letters)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input(7, 12) -> attention(5)", "5 heads do not divide the width 12"),
        ("input(7, 12) -> attention(4, kv=3)", "3 key-value heads do not divide 4 query heads"),
        ("input(12) -> attention(4)", "needs a sequence of shape (T, d), but 12 arrives"),
        (f"{TORCH} input(7, 7, 12) -> attention(4)", "needs a sequence of shape (T, d)"),
        (
            "input(7, 12) -> MultiHeadAttention(4)",
            "MultiHeadAttention needs key_dim: MultiHeadAttention(num_heads, key_dim, …)",
        ),
        (f"{TORCH} input(7, 12) -> nn.MultiheadAttention(4, 12)", "embed_dim is 4, but the width that arrives is 12"),
        (f"{TORCH} input(7, 12) -> nn.MultiheadAttention(12, 4, key_dim=3)", "key_dim is Keras'"),
        ("input(7, 12) -> MultiHeadAttention(4, 3, kdim=3)", "kdim is PyTorch's"),
        ("input(7, 12) -> decoderlayer(4, 20)", "needs two tensors"),
        ("input(7, 12) as x input(7, 8) as m @x -> decoderlayer(4, 20, memory=@m)", "their widths must be equal"),
        ("input(7, 12) as x input(7, 8) as m @x -> dotattention(memory=@m)", "their widths must be equal"),
        ("input(7, 12) -> moe(4, 5, 20)", "a position cannot use 5 of 4 experts"),
        ("input(7, 12) -> lora(maxpool(2), 3)", "adapts a dense layer or a convolution, not maxpool"),
        ("input(7, 12) -> transformerencoder(dense(3), 3)", "repeats an encoderlayer or a decoderlayer, not dense"),
        ("input(7, 13) -> rope", "rotates pairs of features"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(SymparamsError, match=message.replace("(", r"\(").replace(")", r"\)")):
        net(text)
