"""What a layer is counted by: projections, experts, channels; and the sentences that say what each is made from."""

from __future__ import annotations

from contextlib import suppress

import pytest

from symparams.algebra.equality import same
from symparams.algebra.formula import ONE, Number, as_formula, total
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.model.layer import Unit
from symparams.model.network import Node
from symparams.quantities.unit_counts import counts_by_unit
from tests.helpers import net
from tests.nonsense import TEXTS_OF_LAYERS

CROSS = "input(7, 12) as q input(5, 8) as m @q -> "
VARIANTS = [
    "input(T, d) -> attention(h)",
    "input(T, d) -> attention(h, kv=g, bias=no)",
    "input(T, d) -> attention(h, head=f, value=g, output=d_o, gate, qkvbias=no)",
    "input(T, d) -> attention(h, head=f, qknorm=layer)",
    "convention torch input(T, d) -> attention(h, biaskv=yes)",
    f"{CROSS} attention(4, memory=@m)",
    f"convention torch {CROSS} attention(4, memory=@m)",
    "input(T, d) -> mla(h, g, q_rank=f, rope=E, bias=yes)",
    "input(H, W, C) -> windowattention(h, (3, k), qkvbias=no)",
    "input(T, d) -> encoderlayer(h, f, bias=no)",
    "input(T, d) -> transformerencoder(encoderlayer(h, f), N, norm=yes)",
    "input(9, 512) as s input(4, 512) as t { @s | @t } -> transformer(512, 8, 1, 3, bias=no)",
    "input(T, d) -> gatedffn(f, bias=yes)",
    "input(T, d) -> ffn(4*d, bias=no)",
    "input(T, d) -> moe(E, k, f, shared=s, gated=no, bias=yes)",
    "input(T, n) -> lora(dense(m), r)",
    "input(28, 28, 16) -> lora(conv(64, 3, groups=4), r)",
    "input(28, 28, C) -> spectralnorm(conv(F, 3))",
    "input(H, W, C) -> normalization((1, 3))",
    "input(H, W, C) -> bn(renorm)",
    "input(H, W, C) -> ln(trailing=2)",
    "input(C) -> bn(scale=no)",
]


def last(text: str) -> Node:
    return net(text).nodes[-1]


def every() -> list[str]:
    """All layers' examples in both conventions as far as a framework has them, and variants of some."""
    return [*(text for _, text in TEXTS_OF_LAYERS), *VARIANTS]


@pytest.mark.parametrize("text", every())
def test_units_have_all_parameters(text: str) -> None:
    with suppress(SymparamsError):  # of a layer that a framework does not have
        for node in net(text).nodes:
            derived = node.derived
            counts = counts_by_unit(derived.rules, derived.facts)
            if counts:
                together = simplified(total(as_formula(count.value) for count in counts), derived.facts)
                assert same(together, derived.counts.params)


def test_a_kind_says_what_one_has() -> None:
    rules = last("input(T, d) -> moe(8, 2, f)").derived.rules
    assert [unit.plural for unit in rules.units] == ["routers", "experts"]
    assert all(isinstance(unit, Unit) and unit.each is not None for unit in rules.units)
    assert rules.units[0].many == ONE
    assert same(simplified(rules.units[1].many), Number(8).value)


# ---------------------------------------------------------------- what is said


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (
            "input(128, 512) -> attention(8)",
            (
                "attention has four projections, each from 512 to 512 features with 512 biases: "
                "queries, keys, values and the output"
            ),
        ),
        (
            "input(T, d) -> attention(h, bias=no)",
            (
                "attention has four projections, each from d to d features without biases: "
                "queries, keys, values and the output"
            ),
        ),
        (
            "input(128, 512) -> attention(8, qkvbias=no)",
            (
                "attention has four projections, each from 512 to 512 features: queries, keys, values and the output; "
                "only the output projection has biases"
            ),
        ),
        (
            "input(128, 512) -> MultiHeadAttention(8, 64, use_gate=yes)",
            (
                "attention has five projections: queries, keys, values and the gate each from 512 to 8·64 = 512 "
                "features, "
                "and the output from 512 to 512 features; each has a bias for every feature that it produces. "
                "A head has 64 features: key_dim is the width of one head, not of all "
                "together. The gate, through a sigmoid, multiplies what the heads produce"
            ),
        ),
        (
            "input(128, 512) -> attention(8, kv=2, bias=no)",
            (
                "attention has four projections: queries from 512 to 512 features, keys and values each from 512 to "
                "2·64 = 128 features, and the output from 512 to 512 features; none has biases. "
                "Keys and values have only 2 heads of 512/8 = 64 features, each of which 8/2 = 4 query heads share"
            ),
        ),
        (
            "input(128, 512) -> mqa(8, bias=no)",
            (
                "attention has four projections: queries from 512 to 512 features, keys and values each from 512 to "
                "64 features, and the output from 512 to 512 features; none has biases. "
                "Keys and values have only one head of 512/8 = 64 features, which all 8 query heads share"
            ),
        ),
        (
            f"{CROSS} attention(4, memory=@m, bias=no)",
            (
                "attention has four projections: queries from 12 to 12 features, keys and values each from 8 to "
                "12 features, and the output from 12 to 12 features; none has biases. "
                "Keys and values are computed from the second input, the memory"
            ),
        ),
        (
            "input(10, 64) -> dotattention(scaled, score=concat)",
            (
                "a score is the sum of tanh(query + key) over the features; one learned factor multiplies query + key, "
                "another one the sum; queries, keys and values are the inputs themselves, without projections"
            ),
        ),
        (
            "input(8, 8, 64) -> bn(scale=no, center=no)",
            (
                "each channel has a moving mean and a moving variance for inference, which are updated during "
                "training but not learned "
                "by gradient descent"
            ),
        ),
        (
            "convention torch input(64, 8, 8) -> bn",
            (
                "each channel has a trainable scale (gamma) and shift (beta); its running mean and variance are "
                "buffers, "
                "not parameters"
            ),
        ),
        (
            "input(8, 16, 32) -> ln(trailing=2, center=no)",
            (
                "each normalized value has a trainable scale (gamma); the mean and the variance are computed from the "
                "input itself and not stored"
            ),
        ),
        (
            "input(T, d) -> transformerencoder(encoderlayer(8, f, bias=no), 1)",
            (
                "an encoder layer consists of self-attention with four projections from d to d features, a "
                "feed-forward "
                "network from d to f hidden units and back, and two layer normalizations with only a scale for each "
                "feature; there are no biases; there is one such layer"
            ),
        ),
    ],
)
def test_because(text: str, because: str) -> None:
    assert str(last(text).derived.rules.because) == because


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        (
            "input(128, 512) -> attention(8)",
            [
                (
                    "the number of heads does not matter: each of the 8 heads takes 512/8 = 64 of the outputs of "
                    "the query, "
                    "key and value projections and 64 of the inputs of the output projection, and together they have "
                    "512 again"
                ),
                "the number of positions, 128, does not matter: every position uses the same projections",
            ],
        ),
        # one head has nothing to divide; heads of their own width, or that share keys, do enter
        (
            "input(128, 512) -> attention(1)",
            ["the number of positions, 128, does not matter: every position uses the same projections"],
        ),
        (
            "input(14, 14, 512) -> attention(8, kv=2)",
            ["the number of positions, 14·14 = 196, does not matter: every position uses the same projections"],
        ),
        ("input(512) -> ffn(2048)", []),
        ("input(16, 512) -> ln(affine=no)", []),
        (
            "convention torch input(8, 4, 4, 4) -> bn",
            ["the size of the volume, 4 × 4 × 4, does not matter: all positions of a channel share its parameters"],
        ),
    ],
)
def test_what_does_not_enter(text: str, ignored: list[str]) -> None:
    assert list(map(str, last(text).derived.rules.ignores)) == ignored


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (
            "input(128, 512) -> attention(8, causal)",
            (
                "the projections take 4·128·512² = 134,217,728 products, one for each weight at each position; in "
                "each of the "
                "8 heads, queries times keys take 128²·64 = 1,048,576 products and weighting the values 128²·64 = "
                "1,048,576 more, so all heads together take 2·128²·512 = 16,777,216; the causal mask saves "
                "nothing, since the scores "
                "that it hides are computed all the same"
            ),
        ),
        (
            "input(7, 12) -> attention(1)",
            (
                "the projections take 4·7·12² = 4,032 products, one for each weight at each position; queries times "
                "keys take "
                "7²·12 = 588 products and weighting the values 7²·12 = 588 more"
            ),
        ),
        ("input(512) -> ffn(8, bias=no)", "there is one product for each of the 2·512·8 = 8,192 weights"),
        (
            "input(7, 12) -> moe(8, 2, 20)",
            (
                "the router takes 7·12·8 = 672 products, one for each of its weights at each position; a position uses "
                "2 experts, with 3·12·20 = 720 products each, so all positions together take 7·2·3·12·20 = 10,080 more"
            ),
        ),
    ],
)
def test_work(text: str, because: str) -> None:
    assert str(last(text).derived.work.because) == because


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "input(128, 512) -> attention(8, kv=2)",
            (
                "while text is generated, the cache keeps a key and a value of 2·64 = 128 features each, "
                "for each of the 128 "
                "positions"
            ),
        ),
        (
            "input(7, 12) -> attention(4, head=6, value=5)",
            (
                "while text is generated, the cache keeps a key of 4·6 = 24 features and a value of 4·5 = "
                "20 features, for "
                "each of the 7 positions"
            ),
        ),
        (
            "input(100, 512) as s input(80, 512) as t { @s | @t } -> transformer(512, 8)",
            (
                "while text is generated, the cache keeps a key and a value of 512 features each, for each of the 80 "
                "positions; the same is kept for the positions of the memory; each of the 6 layers has such a cache"
            ),
        ),
        (
            "input(T, 2048) -> mla(16)",
            (
                "while text is generated, the cache keeps a compressed vector of 512 features and a rotary key of 64 "
                "features for each of the T positions, from which the keys and values of all heads are computed"
            ),
        ),
    ],
)
def test_cache(text: str, kept: str) -> None:
    node = last(text)
    assert str(node.layer.caching(*node.derived.arriving)) == kept
