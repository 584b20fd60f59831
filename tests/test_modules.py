"""Layers that their authors write as modules: latent attention, window attention, Mamba, norms of queries and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.errors import SymparamsError
from symparams.model.network import Node
from tests.helpers import conditions_hold, net, value
from tests.test_laws import macs_agree, steps_agree, tensors_agree

TORCH = "convention torch "
WORDS = "input(7, 12) -> "
IMAGE = "input(10, 9, 12) -> "


def last(text: str) -> Node:
    return net(text).nodes[-1]


@pytest.mark.parametrize(
    ("text", "params"),
    [
        # Hugging Face transformers 5.24: the attention of DeepSeek-V2-Lite and of DeepSeek-V2
        ("input(9, 2048) -> mla(16, 512)", 3072 * 2048 + 576 * 2048 + 512 + 4096 * 512 + 2048 * 2048),
        (
            "input(9, 5120) -> mla(128, q_rank=1536)",
            1536 * 5120 + 1536 + 24576 * 1536 + 576 * 5120 + 512 + 32768 * 512 + 5120 * 16384,
        ),
        # attention_bias: of the down-projections and the output, not of queries that are not compressed
        ("input(9, 64) -> mla(2, 8, rope=4, head=6, value=5, bias=yes)", 64 * 20 + 65 * 12 + 8 + 8 * 22 + 11 * 64),
        ("input(9, 64) -> mla(2, 8, rope=4, head=6, bias=yes, q_rank=3)", 65 * 3 + 3 + 60 + 780 + 8 + 8 * 24 + 13 * 64),
        ("input(9, 12) -> mla(1, 1, rope=2, head=1)", 12 * 3 + 12 * 3 + 1 + 2 + 12),
        # Qwen3-0.6B: its attention
        ("input(9, 1024) -> attention(16, kv=8, head=128, qknorm, rope, bias=no)", 1024 * 128 * 48 + 2 * 128),
        ("input(9, 12) -> attention(4, qknorm=layer)", 4 * 13 * 12 + 4 * 3),
        ("input(9, 12) -> attention(4, qknorm=layer, qkvbias=no)", 3 * 12 * 12 + 13 * 12 + 2 * 3),
        # Whisper tiny: its keys have no biases
        ("input(9, 384) -> attention(6, keybias=no)", 4 * 384 * 384 + 3 * 384),
        ("input(9, 12) -> attention(4, head=5, kv=2, bias=no, keybias=yes)", 2 * 12 * 20 + 2 * 12 * 10 + 10),
        # torchvision: the attention of the first stage of Swin-T, and a window that is not square
        ("input(56, 56, 96) -> windowattention(3, 7)", 96 * 288 + 288 + 96 * 96 + 96 + 169 * 3),
        (f"{IMAGE} windowattention(4, 2x3, bias=no, qkvbias=yes)", 13 * 36 + 144 + 3 * 5 * 4),
        (f"{IMAGE} windowattention(1, 1)", 4 * 13 * 12 + 1),
        # mamba_ssm: Mamba(768), and with other settings
        ("input(9, 768) -> mamba", 3_770_880),
        (
            f"{WORDS} mamba(12, 5, 3, 4, 2, bias=yes, convbias=no)",
            13 * 96 + 144 + 48 * 12 + 3 * 48 + 240 + 48 + 49 * 12,
        ),
        (f"{WORDS} rope", 0),
    ],
)
@pytest.mark.parametrize("convention", ["", TORCH])
def test_measured_counts(convention: str, text: str, params: int) -> None:
    node = last(convention + text)
    assert node.counts.params == params
    assert node.shape == net(text).nodes[0].shape


def test_a_published_model() -> None:
    """DeepSeek-V2, num_parameters() of Hugging Face transformers: 236 billion parameters, of which 21 are active."""
    attend = "{ rmsnorm -> mla(128, q_rank=1536) | id } -> add"
    blocks = f"[{attend} -> {{ rmsnorm -> moe(160, 6, 1536, shared=2) | id }} -> add] * 59"
    first = f"{attend} -> {{ rmsnorm -> swiglu(12288) | id }} -> add"
    text = f"input(T) -> embedding(102400, 5120) -> {first} -> {blocks} -> rmsnorm -> dense(102400, bias=no)"
    assert net(text).counts.params == 235_741_434_880


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        # torch.utils.flop_counter on modules of these, half of the operations
        (f"{WORDS} mla(2, 8, rope=4, head=6, value=5)", 7 * (240 + 144 + 176 + 120) + 49 * 2 * 15),
        (f"{WORDS} mla(2, 8, rope=4, head=6, q_rank=3, causal)", 7 * (36 + 60 + 144 + 192 + 144) + 49 * 2 * 16),
        ("input(56, 56, 96) -> windowattention(3, 7)", 4 * 56**2 * 96**2 + 2 * 49 * 56**2 * 96),
        (f"{IMAGE} windowattention(4, 4x3)", 4 * 12 * 9 * 144 + 2 * 12 * 12 * 9 * 12),
        (f"{IMAGE} windowattention(4, 16, shifted)", 4 * 256 * 144 + 2 * 256 * 256 * 12),
        (f"{WORDS} mamba(12, 5, 3, 4, 2)", 7 * (12 * 96 + 48 * 3 + 48 * 12 + 2 * 48 + 2 * 48 * 5 + 48 + 48 * 12)),
    ],
)
def test_work(text: str, macs: int) -> None:
    assert value(last(text).derived.work.macs, {}) == macs


@pytest.mark.parametrize(
    ("text", "additions", "multiplications", "exponentials"),
    [
        # an RMS norm has an addition and 3 multiplications a number, a turned number 1 and 2
        (f"{WORDS} mla(2, 8, rope=4, head=6)", 7 * 8 + 7 * 12, 3 * 7 * 8 + 2 * 7 * 12, 2 * 49),
        (f"{WORDS} mla(2, 8, rope=4, bias=yes)", 7 * (12 + 12) + 7 * 8 + 7 * 12, 3 * 7 * 8 + 2 * 7 * 12, 2 * 49),
        (f"{WORDS} attention(3, bias=no, qknorm, rope)", 2 * 7 * 12 * 2, 2 * 7 * 12 * 5, 3 * 49),
        (f"{WORDS} attention(3, kv=1, qknorm=layer, bias=no)", 7 * 16 * 3, 7 * 16 * 3, 3 * 49),
        (f"{WORDS} rope(6)", 7 * 6, 2 * 7 * 6, 0),
        (f"{IMAGE} windowattention(4, 4x3)", 4 * 108 * 12 + 4 * 12 * 108, 0, 4 * 12 * 108),
        (f"{IMAGE} windowattention(4, 5x3, bias=no)", 4 * 15 * 90, 0, 4 * 15 * 90),
        (f"{WORDS} mamba(12, 5, 3, 4, 2)", 2 * 7 * 48, 7 * 48 * 12, 7 * 48 * 8),
        (f"{WORDS} mamba(12, 5, 3, 4, 2, bias=yes, convbias=no)", 3 * 7 * 48 + 7 * 12, 7 * 48 * 12, 7 * 48 * 8),
    ],
)
def test_other_operations(text: str, additions: int, multiplications: int, exponentials: int) -> None:
    work = last(text).derived.work
    found = [value(rule, {}) for rule in (work.additions, work.multiplications, work.exponentials)]
    assert found == [additions, multiplications, exponentials]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"{WORDS} mla(4, 8, rope=2)", 7 * (8 + 2)),
        (f"{WORDS} mamba(12, 5, 3, 4)", 48 * (5 + 3)),
        (f"{WORDS} attention(3, qknorm, rope)", 2 * 7 * 12),
        (f"{IMAGE} windowattention(4, 3)", 0),
    ],
)
def test_cache(text: str, numbers: int) -> None:
    node = last(text)
    assert value(node.layer.cache(node.derived.out, *node.derived.arriving), {}) == numbers


def test_what_is_kept_is_said() -> None:
    network = sp.parse("input(T, 64) -> mla(2, causal) -> mamba -> attention(2, causal)")
    kept = network.solve(quantities=("cache",)).to_text()
    for clause in (
        (
            "the cache keeps a compressed vector of 512 features and a rotary key of 64 features for each of the T "
            "positions"
        ),
        "the state and the last inputs of the convolution are kept, however long the text is",
        "the cache keeps a key and a value of 64 features each, for each of the T positions",
    ):
        assert f"While text is generated, {clause}" in " ".join(kept.split())


@pytest.mark.parametrize("text", ["input(8, 8, 64) -> windowattention(4, 2)", "input(8, 64) -> attention(4)"])
def test_biases_of_outputs_are_not_those_of_inputs(text: str) -> None:
    """A lesson does not take the width that leaves for the one that arrives, as many as they are."""
    lesson = sp.parse(text).solve("lesson").to_text()
    assert "64 biases" in lesson
    assert "one number for each of the 64 input features" not in lesson


@given(
    st.sampled_from(
        ["windowattention(h, M)", "windowattention(h, (M, N), bias=no)", "windowattention(h, 4, qkvbias=no)"]
    ),
    st.fixed_dictionaries(dict.fromkeys("HWMNh", st.integers(1, 9))),
    st.integers(1, 12),
    st.booleans(),
)
def test_windows_with_letters_equal_numbers(layer: str, sizes: dict[str, int], C: int, torch: bool) -> None:
    letters = {**sizes, "C": C}
    text = f"{TORCH if torch else ''}input(H, W, C) -> {layer}"
    symbolic = net(text)
    steps_agree(symbolic, letters)
    tensors_agree(symbolic)
    macs_agree(symbolic)
    try:
        numeric = sp.parse(text).subs({name: letters[name] for name in symbolic.symbols})
    except SymparamsError:
        assert not conditions_hold(symbolic, letters)
        return
    assert numeric.params == value(as_formula(symbolic.counts.params), letters)
    assert numeric.macs == value(symbolic.nodes[-1].derived.work.macs, letters)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{WORDS} mla(2, rope=3)", "mla_1: rotates pairs of rotary features, but their number (3) is odd"),
        ("input(12) -> mla(2)", "mla_1: needs a sequence of shape (T, d), but 12 arrives"),
        (f"{IMAGE} mla(2)", "mla_1: needs a sequence of shape (T, d), but 10 × 9 × 12 arrives"),
        (
            f"{WORDS} attention(4, rope)",
            "attention_1: rotates pairs of features of a head, but their number (3) is odd",
        ),
        (
            f"{WORDS} attention(2, biaskv=yes, rope)",
            "attention_1: has biaskv only where the heads share the width, without head, value, kv, qknorm and rope",
        ),
        (f"{WORDS} rope(14)", "rope_1: cannot rotate 14 of 12 features"),
        (f"{WORDS} rope(5)", "rope_1: rotates pairs of features, but their number (5) is odd"),
        (f"{WORDS} rope(length=6)", "rope_1: rotates at most 6 positions, but 7 arrive"),
        (f"{WORDS} mamba(state=0)", "mamba: state must be a whole number of at least 1, not 0"),
        (f"{WORDS} Mamba(d_model=16, d_state=4)", "mamba_1: width is 16, but the input has 12 features"),
        (f"{IMAGE} mamba", "mamba_1: needs a sequence of shape (T, d), not 10 × 9 × 12"),
        (f"{IMAGE} windowattention(5, 3)", "windowattention_1: 5 heads do not divide the width 12"),
        (
            f"{WORDS} windowattention(2, 3)",
            "windowattention_1: needs a feature map of shape (H, W, C), features last, but 7 × 12 arrives",
        ),
        (
            f"{IMAGE} windowattention(2, 3x3x3)",
            "windowattention_1: window has 3 sizes, but a feature map has height and width",
        ),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(SymparamsError) as refused:
        net(text)
    assert message in str(refused.value).splitlines()[0]


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (
            "mla(h, causal)",
            "with 4 heads, key-value rank 512, rotary width 64, head width 128 and no biases in the down-projections",
        ),
        ("attention(h, causal, rope)", "with 4 heads and biases in the projections receives"),
        (
            "reshape(2, 4, 64) -> windowattention(h, 2, shifted)",
            "with 4 heads, window size $2 \\times 2$ and biases in the projections receives",
        ),
        ("mamba(state=h)", "a Mamba layer with state size 4, kernel size 4, expansion factor 2, no biases"),
    ],
)
def test_an_exam_says_what_the_parameters_depend_on(layer: str, words: str) -> None:
    exam = sp.exam(sp.parse(f"range h in 4..4 input(8, 64) -> {layer}"), questions=1, kinds=("params",))
    assert words in exam.to_markdown()
