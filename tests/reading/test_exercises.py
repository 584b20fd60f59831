"""Exercises that tell a network in words or in short forms are read whole, or not at all."""

from __future__ import annotations

import random
import re

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.reading.exercises.network import exercise
from symparams.reading.exercises.told import KINDS
from tests.conftest import EXAMPLES

BLOCK = re.compile(r"(.*?)\n=> (.*?)\n(?:\n|\Z)", re.DOTALL)
DATA = EXAMPLES.parent / "tests" / "data" / "exercises.txt"
GIVEN = [found.groups() for found in BLOCK.finditer(DATA.read_text("utf-8"))]  # a text, and how it is read


def given(words: str) -> str:
    """The text that has these words."""
    return next(text for text, _ in GIVEN if words in " ".join(text.split()))


@pytest.mark.parametrize(("text", "code"), GIVEN)
def test_an_exercise_is_read_whole_or_not_at_all(text: str, code: str) -> None:
    found = exercise(text)
    assert ("nothing" if found is None else found.code) == code


def test_each_kind_of_layer_is_read() -> None:
    code = " ".join(code for _, code in GIVEN)
    assert [kind.call for kind in KINDS.values() if f"-> {kind.call}" not in code] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (given("filters it with 10 kernels"), "42 × 42 × 10."),
        (given("9 filters of 9x9"), "4 positions before and 4 positions after along the height and the width."),
        (given("each one fully connected"), "486,020 = (24,300 + 1)·20."),
        (given("Layer-2"), "512."),
        (
            (
                "A layer gets 64×64×3 and applies 16 kernels of 5×5 with same padding, so that 64×64 remains. "
                "How many weights excluding biases does it have?"
            ),
            "1,200 weights = 5·5·3·16.",
        ),
        (
            (
                "A 30 by 30 color image goes into a convolutional layer with 50 filters of 5x5. How many parameters? "
                "I thought 50*25 + 50 = 1300, but that is wrong."
            ),
            "you gave each filter a single kernel",
        ),
        (
            "Input volume 33x33x4, 6 filters of 5x5, stride 2, no padding. I say 14x14x6, she 15x15x6. Who is right?",
            "left out the + 1",
        ),
    ],
)
def test_an_exercise_is_answered(text: str, said: str) -> None:
    assert said in sp.read(text).answer().to_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            (
                "On 32x32x3: a conv layer with 16 filters of 3x3, another convolution with 9 filters, 2x2 pooling. "
                "How many parameters?"
            ),
            "1:58: nothing tells the kernel size of `convolution`",
        ),
        (
            (
                "Two hidden layers follow a convolution with 8 5x5 filters on 28x28 images; then an output layer "
                "with 10 units. How many parameters?"
            ),
            "1:5: nothing tells the number of units of `hidden layers`",
        ),
    ],
)
def test_what_is_missing_is_said(text: str, said: str) -> None:
    with pytest.raises(SymparamsError) as error:
        _ = sp.read(text).net
    assert said in str(error.value)


def test_what_is_told_is_no_doubt() -> None:
    doubts = sp.read(next(text for text, _ in GIVEN if "4, 8 and 16 filters" in text)).doubts
    assert [(doubt.layer, doubt.quantity, doubt.at) for doubt in doubts] == [(None, "params", None)]


def test_networks_told_at_random_are_read() -> None:
    chance = random.Random(5)
    for _ in range(60):
        size, channels = chance.choice([48, 64, 96]), chance.choice([1, 3, 5])
        told = [f"The input volume is {size}x{size}x{channels}."]
        code = [f"input({size}, {size}, {channels})"]
        for _ in range(chance.randint(1, 3)):
            filters, kernel = chance.choice([4, 12, 100]), chance.choice([1, 3, 5])
            padding = chance.choice(["same", "valid"])
            settings = [f"{filters} filters", f"a {kernel}x{kernel} kernel", f"{padding} padding"]
            chance.shuffle(settings)
            told.append(f"Then comes a convolutional layer with {', '.join(settings[:2])} and {settings[2]}.")
            code.append(f"conv({filters}, {kernel}, padding={padding})")
            if chance.random() < 0.5:
                told[-1] = told[-1][:-1] + chance.choice(
                    [", followed by 2x2 max pooling.", ". Then a max pooling of size 2x2."]
                )
                code.append("maxpool(2)")
        units = chance.choice([10, 1000])
        told.append(f"At the end stands a fully connected layer with {units:,} units. How many parameters are there?")
        code += ["flatten", f"dense({units})"]
        found = exercise(" ".join(told))
        assert found is not None, told
        assert found.code == " -> ".join(code), told


def test_a_task_on_a_line_of_its_own_is_asked() -> None:
    shown = sp.read(next(text for text, _ in GIVEN if "number of MACs" in text)).answer().to_text()
    assert shown.startswith("175,878 multiply-accumulates.")


def test_numbered_tasks_are_answered_one_by_one() -> None:
    text = (
        "Mono audio with 900 samples meets a 1D convolution with 8 filters of length 10 and stride 5, then max "
        "pooling of size 2 and a dense layer with 4 outputs. (a) Give the total number of parameters. (b) How large is "
        "the output of the convolution?"
    )
    parts = sp.read(text).answer().to_text().split("(b)")
    net = sp.parse("input(900, 1) -> conv(8, 10, stride=5) -> maxpool(2) -> flatten -> dense(4)")
    assert f"{net.params:,} parameters." in parts[0]
    assert "179 × 8." in parts[1]


def test_a_part_of_what_is_told_is_not_answered_for_all() -> None:
    text = (
        "1. Conv1D: 16 filters of length 15, with a decoder behind it\n2. Max pooling of size 4\n"
        "3. Conv1D: 32 filters of length 7\n4. LSTM with 48 units\n5. Dense layer with 5 outputs\n"
        "How many parameters in total, for sequences with 500 samples and 2 channels?"
    )
    with pytest.raises(SymparamsError, match="5 layers are told here, but not so that they make one network"):
        _ = sp.read(text).net


def test_a_calculation_that_breaks_off_is_nobodys_answer() -> None:
    shown = (
        sp.read("model = Sequential([Input((9,)), Dense(7)])\n\nWhy 70? I get 9*6 + 6*... and so on.")
        .answer()
        .to_text()
    )
    assert "54" not in shown


@pytest.mark.parametrize(
    ("asked", "has_table"),
    [
        ("For this network, calculate the size of the output and the number of parameters at each step.", True),
        ("What is the output shape after every layer?", True),
        ("How many parameters does it have?", False),
    ],
)
def test_what_is_asked_of_each_layer_is_a_table(asked: str, has_table: bool) -> None:
    text = f"{asked}\n\nInput image: 20x20x3\nConv layer: 4 filters of size 3x3\nPooling layer: size 2x2\n"
    shown = sp.read(text).answer().to_markdown()
    assert ("| `conv_1` | 18 × 18 × 4 | 112 |" in shown or "18 \\times 18 \\times 4" in shown) == has_table
    assert sp.read(text).net.params == 112
