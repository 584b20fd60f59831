"""Rows of dilations in prose: the stacks that they describe, and the blocks of code that they repeat."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symparams as sp
from symparams.reading.told_dilations import dilations_in

BLOCK = """def block(x, d):
    y = layers.Conv1D(32, {k}, padding='causal', dilation_rate=d)(x)
    y = layers.SpatialDropout1D(0.1)(y)
    y = layers.Conv1D(32, {k}, padding='causal', dilation_rate=d)(y)
    x = layers.Conv1D(32, 1)(x)
    return layers.add([x, y])
"""


@pytest.mark.parametrize(
    ("text", "row", "stacks"),
    [
        ("kernel size=8, dilation values of [1,2,4,8] and stacks=3", (1, 2, 4, 8), 3),
        ("dilations=[1, 2, 4], nb_stacks=2", (1, 2, 4), 2),
        ("4 blocks with dilation_rate 1, 2, 4, 8. Every block", (1, 2, 4, 8), 1),
        ("dilation rates of 1, 2 and 4", (1, 2, 4), 1),
        ("dilations 1, 2, 4, ..., 64", (1, 2, 4, 8, 16, 32, 64), 1),
        ("dilations 1, 3, 5, …, 9", (1, 3, 5, 7, 9), 1),
        ("dilated convolutions (1, 2, 4)", (1, 2, 4), 1),
        ("2, 4 and 8 as the dilation", (2, 4, 8), 1),
    ],
)
def test_rows_that_are_told(text: str, row: tuple[int, ...], stacks: int) -> None:
    assert dilations_in(text) == (row, stacks)


@pytest.mark.parametrize(
    "text",
    [
        "with dilation 2, 3 layers",
        "dilation=2",
        "dilations 1, 2, 4, ..., 50",
        "dilations 0, 1, 2",
        "dilation 1, 2, 4 or dilation 1, 3, 9",
        "nn.Conv1d(64, 64, 3, dilation=2, padding=2)",
    ],
)
def test_what_is_no_row(text: str) -> None:
    assert dilations_in(text) is None


@settings(max_examples=20)
@given(
    st.lists(st.integers(1, 40), min_size=2, max_size=5), st.integers(1, 4), st.integers(2, 9), st.sampled_from([1, 2])
)
def test_the_field_of_a_stack(row: list[int], stacks: int, kernel: int, many: int) -> None:
    kind = "TCN" if many == 2 else "WaveNet"
    text = f"My {kind} has kernel size {kernel}, dilations {row} and {stacks} stacks. How large is the receptive field?"
    size = 1 + stacks * many * (kernel - 1) * sum(row)
    assert sp.read(text).answer().to_text().startswith(f"{size:,}.")


@settings(max_examples=20)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=5), st.integers(2, 9))
def test_the_field_of_blocks(row: list[int], kernel: int) -> None:
    text = f"Blocks with dilations {row}, each like\n\n{BLOCK.format(k=kernel)}\n\nWhat is the receptive field?"
    size = 1 + 2 * (kernel - 1) * sum(row)
    assert sp.read(text).answer().to_text().startswith(f"{size:,}.")


def test_one_convolution_of_each_block() -> None:
    text = (
        f"4 residual blocks with dilation_rate 1, 2, 4, 8. Every block looks like\n\n{BLOCK.format(k=3)}\n\n"
        "A blog says receptive field = 1 + (k-1)*(2^n - 1) = 1 + 2*15 = 31. Someone says 61. Which one is right?"
    )
    shown = sp.read(text).answer().to_text()
    assert shown.startswith("61 is right, not 31; you counted one layer of each block.")
    assert "1 + 2(2·1 + 2·2 + 2·4 + 2·8) = 61" in shown


def test_how_a_stack_was_read() -> None:
    text = "TCN with kernel size=8, dilation values of [1,2,4,8] and stacks=3: how long is the receptive field?"
    shown = sp.read(text).answer().to_text()
    assert "1 + 6(7·1 + 7·2 + 7·4 + 7·8) = 631" in shown
    assert "Read as: two convolutions, as in the residual blocks of a TCN, Conv1D(F, 8" in shown
    assert "for each of the dilations 1, 2, 4 and 8, in each of 3 stacks." in shown


@pytest.mark.parametrize("filters", [8, 32])
def test_a_block_that_adds_its_input(filters: int) -> None:
    block = (
        "def block(x, d):\n"
        f"    y = layers.Conv1D({filters}, 3, padding='causal', dilation_rate=d)(x)\n"
        f"    y = layers.Conv1D({filters}, 3, padding='causal', dilation_rate=d)(y)\n"
        "    return layers.add([x, y])\n"
    )
    reading = sp.read(f"{block}\nWith dilations 1, 2 and 4: what is the receptive field?")
    assert reading.net.params == 6 * (3 * filters**2 + filters)
    assert reading.answer().to_text().startswith(f"{1 + 2 * 2 * 7}.")
