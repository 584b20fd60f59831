"""Normalizations, merges, reshaping and embeddings: numbers from the frameworks, laws for letters."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import SymparamsError
from tests.helpers import conditions_hold, net, value

# Measured with Keras 3.15 and PyTorch 2.13: output shape, trainable and non-trainable parameters of the last layer.
MEASURED = [
    ("input(16, 512) -> ln", (16, 512), 1024, 0),
    ("input(4, 6, 8) -> ln(axis=(1, 3))", (4, 6, 8), 64, 0),
    ("input(4, 6, 8) -> ln(trailing=2, scale=no)", (4, 6, 8), 48, 0),
    ("convention torch input(4, 6, 8) -> LayerNorm((6, 8), bias=no)", (4, 6, 8), 48, 0),
    ("convention torch input(4, 6, 8) -> ln(elementwise_affine=no)", (4, 6, 8), 0, 0),
    ("input(16, 512) -> rmsnorm", (16, 512), 512, 0),
    ("input(8, 8, 64) -> groupnorm", (8, 8, 64), 128, 0),
    ("convention torch input(64, 8, 8) -> groupnorm(1, bias=no)", (64, 8, 8), 64, 0),
    ("convention torch input(3, 8, 8) -> InstanceNorm2d", (3, 8, 8), 0, 0),
    ("convention torch input(3, 8, 8) -> InstanceNorm2d(affine, track=yes)", (3, 8, 8), 6, 0),
    ("input(8, 8, 64) -> bn(renorm)", (8, 8, 64), 128, 320),
    ("input(8, 8, 64) -> bn(scale=no)", (8, 8, 64), 64, 128),
    ("convention torch input(64, 8, 8) -> bn(affine=no, track=no)", (64, 8, 8), 0, 0),
    ("input(8, 8, 4) -> spectralnorm(conv(64, 3))", (6, 6, 64), 2368, 64),
    ("input(8) -> spectralnorm(embedding(10, 4))", (8, 4), 40, 4),
    ("convention torch input(4, 8, 8) -> spectralnorm(conv(64, 3))", (64, 6, 6), 2368, 0),
    ("input(8, 8, 3) -> normalization", (8, 8, 3), 0, 7),
    ("input(8, 8, 3) -> normalization((1, 3))", (8, 8, 3), 0, 49),
    ("input(8, 8, 3) -> prelu", (8, 8, 3), 192, 0),
    ("input(8, 8, 3) -> prelu(shared=(1, 2))", (8, 8, 3), 3, 0),
    ("input(28, 26, 3) -> prelu(shared=-1)", (28, 26, 3), 28 * 3, 0),  # so in Keras: the axis before the last one
    ("input(28, 26, 3) -> prelu(shared=(-2, 2))", (28, 26, 3), 3, 0),
    ("convention torch input(3, 8, 8) -> prelu", (3, 8, 8), 1, 0),
    ("convention torch input(3, 8, 8) -> prelu(channels)", (3, 8, 8), 3, 0),
    ("convention torch input(6, 8, 8) -> glu(1)", (3, 8, 8), 0, 0),
    ("input(4, 5) as a input(6, 5) as b { @a | @b } -> dot(2)", (4, 6), 0, 0),
    ("input(5) as a input(5) as b { @a | @b } -> dot(1, normalize)", (1,), 0, 0),
    ("input(4, 5) as a input(5) as b { @a | @b } -> dot((2, 1))", (4,), 0, 0),
    ("convention torch input(4, 5) as a { @a | @a } -> cosinesimilarity(2)", (4,), 0, 0),
    ("convention torch input(4, 5) as a { @a | @a } -> pairwisedistance(keepdim)", (4, 1), 0, 0),
    ("convention torch input(20) as a input(30) as b { @a | @b } -> bilinear(40)", (40,), 24040, 0),
    ("convention torch input(3, 2) as a { @a | @a } -> bilinear(4, bias=no)", (3, 4), 16, 0),
    ('input(16, 32) -> einsum("abc,cd->abd", 64, bias_axes="d")', (16, 64), 2112, 0),
    ('input(16, 32) -> einsum("abc,cde->abde", -1, 4, 8, bias_axes="de")', (16, 4, 8), 1056, 0),
    ('input(2, 16, 32) -> einsum("...x,xy->...y", 5)', (2, 16, 5), 160, 0),
    ('input(16, 32) -> einsum("ab...,bc->ac...", 5, bias_axes="c")', (5, 32), 85, 0),
    ("input(6272) -> reshape(7, 7, -1)", (7, 7, 128), 0, 0),
    ("input(4, 5, 6) -> permute(3, 1, 2)", (6, 4, 5), 0, 0),
    ("input(64) -> repeatvector(10)", (10, 64), 0, 0),
    ("convention torch input(24, 5) -> unflatten(1, 2, -1, 3)", (2, 4, 3, 5), 0, 0),
    ("convention torch input(3, 4, 5) -> flatten(2)", (3, 20), 0, 0),
    ("convention torch input(3, 4, 5) -> flatten(1, 2)", (12, 5), 0, 0),
    ("input(4) -> dropout(1)", (4,), 0, 0),
    ("input(7) -> embedding(100, 8)", (7, 8), 800, 0),
    ("input(7, 2) -> embedding(100, 8)", (7, 2, 8), 800, 0),
    ("convention torch input(7) -> EmbeddingBag(100, 8)", (8,), 800, 0),
    ("input(7) -> ReversibleEmbedding(100, 8)", (7, 8), 800, 0),
    ("input(7) -> ReversibleEmbedding(100, 8, tie_weights=no)", (7, 8), 1600, 0),
    ("input(7) -> CategoryEncoding(10)", (10,), 0, 0),
    ("input(7) -> CategoryEncoding(10, output_mode=one_hot)", (7, 10), 0, 0),
    ("input(7, 1) -> CategoryEncoding(10, output_mode=one_hot)", (7, 10), 0, 0),
    ("input(7, 2) -> Discretization(num_bins=4, output_mode=multi_hot)", (2, 4), 0, 0),
    ("input(30, 40, 3) -> RandomCrop(22, 50)", (22, 50, 3), 0, 0),
    ("input(30, 40, 3) -> RandomZoom(0.2) -> Rescaling(1/127.5, -1)", (30, 40, 3), 0, 0),
    ("input(500, 3) -> stft(100, 30)", (14, 195), 13000, 0),
    ("input(500, 3) -> stft(100, 30, mode=stft, padding=same)", (17, 390), 13000, 0),
    ("input(500, 3) -> stft(100, 30, mode=real, expand_dims=yes)", (14, 65, 3), 6500, 0),
    ("input(1000) -> MelSpectrogram(64, 16, num_mel_bins=10)", (10, 63), 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "trainable", "fixed"), MEASURED, ids=[text for text, *_ in MEASURED])
def test_as_measured(text: str, shape: tuple[int, ...], trainable: int, fixed: int) -> None:
    layer = sp.parse(text).layers[-1]
    assert (layer.output_shape, layer.trainable, layer.non_trainable) == (shape, trainable, fixed)


# What Keras 3.15 or PyTorch 2.13 refuse as well.
REFUSED = [
    "input(8, 8, 6) -> groupnorm(4)",
    "input(8, 8, 6) -> groupnorm(12)",
    "convention torch input(6, 1, 1) -> InstanceNorm2d",
    "convention torch input(3, 2, 2, 2, 2) -> bn",
    "input(8, 8, 3) -> spectralnorm(separable(4, 3))",
    "convention torch input(5) -> lrn(3)",
    "convention torch input(6, 8) -> prelu(8)",
    "input(8) -> prelu(shared=-1)",
    "input(8, 8, 3) -> prelu(shared=-3)",
    "convention torch input(6, 7) -> glu",
    "input(3) as a { @a | @a | @a } -> subtract",
    "input(3, 4) as a input(3, 5) as b { @a | @b } -> maximum",
    "input(3, 4) as a input(3, 5) as b { @a | @b } -> dot(2)",
    "convention torch input(3, 2) as a input(4, 2) as b { @a | @b } -> bilinear(4)",
    'input(16, 32) -> einsum("abc,cd->abe", 64)',
    'input(16, 32) -> einsum("abc,cd->abd", 15, 64)',
    'input(16, 32) -> einsum("abc,cd->abd", 64, bias_axes="c")',
    "input(4, 5) -> reshape(3, -1)",
    "input(4, 5) -> reshape(-1, -1)",
    "input(4, 5) -> reshape(4, 4)",
    "input(4, 5) -> permute(1)",
    "input(4, 5) -> permute(2, 2)",
    "input(4, 5) -> repeatvector(3)",
    "convention torch input(24) -> unflatten(1, 5, -1)",
    "convention torch input(3, 4) -> flatten(2, 1)",
    "convention torch input(3, 4) -> EmbeddingBag(10, 4)",
    "input(4) -> noise(-0.1)",
    "input(4) -> noise(1.5)",
    "input(3, 4, 5) -> rmsnorm(axis=1)",
    "input(32) -> MelSpectrogram(64)",
    "input(20, 1) -> STFTSpectrogram(8, 9)",
    "input(20, 1) -> STFTSpectrogram(8, 4, 7)",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_frameworks_refuse_is_refused(text: str) -> None:
    with pytest.raises(SymparamsError):
        sp.parse(text)


LETTERS = [
    "input(H, W, C) -> reshape(-1, C)",
    "input(H, W, C) -> reshape(H*W, C) -> glu",
    "input(H, W, C) -> reshape(-1, 4)",
    "input(H, W, C) -> reshape(W, -1) -> permute(2, 1)",
    "input(H, W, C) -> permute(3, 1, 2) -> prelu(shared=2)",
    "input(H, W, C) -> ln(trailing=2) -> groupnorm(g) -> rmsnorm",
    "input(H, W, C) -> spectralnorm(conv(g, 2, same)) -> bn(renorm) -> instancenorm(affine)",
    "input(H, W, C) -> { id | id } -> dot((1, 1)) -> normalization",
    "input(H, W, C) -> { id | conv(C, 1) | id } -> average -> flatten(1, 2)",
    'input(H, C) -> einsum("...x,xy->...y", g, bias_axes="y") -> { id | id } -> bilinear(W)',
    "input(H) -> { embedding(W, C) as e | positional(60, C) } -> add -> ln -> tied(@e, bias)",
    "input(H) -> { embedding(W, C) as e | positional(60, g) } -> concat -> dense(C) -> tied(@e)",
    "input(H) -> { reversibleembedding(W, C, tie_weights=no) | positional(1, C, sinusoidal) } -> add",
    "input(W) -> repeatvector(g) -> unitnorm -> unflatten(2, 3, -1)",
    "input(H, C) -> onehot(g, one_hot)",
    "input(H, C) -> stft(g + 2, 2, 64, padding=same) -> lookup",
    "input(H) -> melspectrogram(8, g, bands=C)",
    "convention torch input(C, H, W) -> prelu(g)",
    "convention torch input(C, H, W) -> instancenorm -> groupnorm(g) -> flatten(2) -> glu(1)",
    "convention torch input(H, W) as a input(H, W) as b { @a | @b } -> cosinesimilarity",
]


@given(st.sampled_from(LETTERS), st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.integers(1, 6))
def test_letters_and_numbers_agree(text: str, H: int, W: int, C: int, g: int) -> None:
    """The same shape, parameters and work; where the numbers are refused, the letters had stated why."""
    letters = {"H": H, "W": W, "C": C, "g": g}
    symbolic = net(text)
    holds = conditions_hold(symbolic, letters)
    try:
        numeric = sp.parse(text).subs({name: letters[name] for name in symbolic.symbols})
    except SymparamsError:
        assert not holds
        return
    if not holds:  # a single category, or a single slope, has a rule of its own
        assert "one_hot" in text or "prelu(g)" in text
        return
    for layer, node in zip(numeric, symbolic.nodes, strict=True):
        assert layer.output_shape == tuple(value(as_formula(v), letters) for v in node.shape)
        assert layer.params == value(as_formula(node.counts.params), letters)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.randoms())
def test_rearranging_keeps_the_numbers(shape: list[int], random: Random) -> None:
    order = list(range(1, len(shape) + 1))
    random.shuffle(order)
    sizes, moved = ", ".join(map(str, shape)), ", ".join(map(str, order))
    back = ", ".join(str(order.index(i) + 1) for i in range(1, len(shape) + 1))
    layers = sp.parse(f"input({sizes}) -> permute({moved}) -> permute({back}) -> flatten -> reshape({sizes})").layers
    assert all(math.prod(layer.output_shape) == math.prod(shape) for layer in layers)
    assert layers[2].output_shape == layers[-1].output_shape == tuple(shape)


GPT = (
    "def words = embedding(V, d)\n"
    "input(T) -> {{ {0} as wte | positional(T, d) }} -> add -> ln -> {1}"
)  # fmt: skip


@pytest.mark.parametrize("embedding", ["embedding(V, d)", "embedding(V, d, frozen)", "words", "words(frozen)"])
def test_a_tied_projection_has_no_weights_of_its_own(embedding: str) -> None:
    network = net(GPT.format(embedding, "tied(@wte)"))
    assert [shown(v, SOURCE) for v in network.nodes[-1].shape] == ["T", "V"]
    assert network.nodes[-1].counts.params == 0
    assert not network.conditions
    letters = {"T": 5, "V": 11, "d": 3}
    assert value(as_formula(network.counts.params), letters) == 11 * 3 + 5 * 3 + 2 * 3
    frozen = 11 * 3 if "frozen" in embedding else 0
    assert value(as_formula(network.counts.non_trainable), letters) == frozen
    assert value(network.nodes[-1].derived.work.macs, letters) == 5 * 3 * 11
    with_bias = net(GPT.format(embedding, "tied(@wte, bias)"))
    assert shown(with_bias.nodes[-1].counts.params, SOURCE) == "V"


def test_lookups_multiply_nothing() -> None:
    assert value(net("input(T) -> embedding(V, d)").nodes[-1].derived.work.macs, {}) == 0


# Multiply-accumulates, counted by hand.
MACS = [
    ("input(16, 512) -> ln", 0),
    ("input(20) as a input(30) as b { @a | @b } -> bilinear(40)", 20 * 30 * 40),
    ("input(4, 5) as a input(6, 5) as b { @a | @b } -> dot(2)", 4 * 6 * 5),
    ('input(16, 32) -> einsum("abc,cd->abd", 64)', 16 * 64 * 32),
    ('input(4, 6) -> einsum("abc,bcd->ad", 3)', 4 * 6 * 3),
    ("input(7) -> embedding(100, 8) as e -> tied(@e)", 7 * 100 * 8),
    ("input(7) -> embedding(100, 8)", 0),
    ("input(8, 8, 4) -> spectralnorm(conv(64, 3))", 6 * 6 * 64 * 9 * 4),
    ("input(500, 3) -> stft(100, 30)", 14 * 65 * 100 * 3 * 2),
]


@pytest.mark.parametrize(("text", "macs"), MACS, ids=[text for text, _ in MACS])
def test_multiply_accumulates(text: str, macs: int) -> None:
    assert value(net(text).nodes[-1].derived.work.macs, {}) == macs


def test_every_layer_says_what_it_computes_and_sees() -> None:
    for text in [text for text, *_ in MEASURED] + LETTERS:
        for node in net(text).nodes[1:]:
            work = node.derived.work
            letters = {"H": 40, "W": 30, "C": 12, "g": 3}
            for each in (work.macs, work.additions, work.multiplications, work.comparisons, work.exponentials):
                assert value(each, letters) >= 0
            reach = node.layer.reach(*node.derived.arriving)
            assert reach in ("everywhere", "unknown") or isinstance(reach, tuple)


@pytest.mark.parametrize("frame", ["1", "1, mode=real", "1, expand_dims=yes"])
def test_a_frame_of_one_sample_cannot_be_halved(frame: str) -> None:
    with pytest.raises(sp.SymparamsError, match="a frame of one sample cannot be halved; give a step"):
        sp.parse(f"input(9, 1) -> stft({frame})")


@pytest.mark.parametrize(
    ("by", "heading"),
    [("averaged", "mean"), ("summed", "sum"), ("largest", "largest value"), ("smallest", "smallest value")],
)
def test_a_reduction_is_called_by_what_it_takes(by: str, heading: str) -> None:
    text = sp.parse(f"input(9, 4) -> reduce(1, by={by})").solve("steps").to_text()
    assert f"reduce_1: {heading}\n" in text
