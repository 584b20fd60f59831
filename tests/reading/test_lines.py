"""Calculations line by line: which layer each line counts, which lines are wrong, and by how much together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.errors import Source
from symparams.questions.line_by_line import Calculation, calculation
from symparams.reading.door import network, reading_of
from symparams.reading.lines import labeled_lines
from tests.reading.posted import CALCULATED
from tests.reading.test_answer import answered

CNN = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 5)
        self.conv2 = nn.Conv2d(12, 20, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(20 * 5 * 5, 60)
        self.fc2 = nn.Linear(60, 10)

    def forward(self, x):  # x: (N, 1, 28, 28)
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(x)
"""
LINES = """conv1: 5*5*12 + 12 = 312
conv2: 3*3*20 + 20 = 200
fc1: 500*60 = 30000
fc2: 60*10 + 10 = 610
"""
KERAS = """
inputs = keras.Input((96, 96, 3))
x = layers.Conv2D(32, 3, padding="same", use_bias=False)(inputs)  # (3*3*3+1)*32 = 896
x = layers.BatchNormalization()(x)                                # 2*32 = 64
x = layers.ReLU()(x)                                              # 0
x = layers.Conv2D(64, 1)(x)                                       # 32*64 + 64 = 2112
x = layers.BatchNormalization()(x)                                # 2*64 = 128
x = layers.GlobalAveragePooling2D()(x)                            # 0
outputs = layers.Dense(10)(x)                                     # 650
model = keras.Model(inputs, outputs)
"""


def found(text: str) -> Calculation | None:
    source = Source("question", text)
    return calculation(network(source), reading_of(source))


def wrong(text: str) -> list[tuple[str, int]]:
    """The layers whose lines are wrong, each with what is too much in it."""
    calculated = found(text)
    return [] if calculated is None else [(line.layer, line.excess) for line in calculated.wrong]


@pytest.mark.parametrize(
    ("prose", "lines"),
    [
        ("conv1: 5*5*12 + 12 = 312\n", [("conv1", "5*5*12 + 12")]),
        ("- **Conv2d-4**: 80*80*120*25 = 19,200,000\n", [("Conv2d-4", "80*80*120*25")]),
        ("* `conv_1` (3x3): (3*3*3+1)*8 params\n", [("conv_1", "(3*3*3+1)*8")]),
        ("1. first conv -> 5*5*12 (no bias)\n", [("first conv", "5*5*12")]),
        ("I get conv1: 312, conv2: 200 and so on", [("I get conv1", "312")]),
        ("c1: 312, c2: 200\n", [("c1", "312"), ("c2", "200")]),
        ("fc1: 500 -> 60\n", []),
        ("conv1: 5x5, 12 filters\n", []),
        ("My layer: 12 filters of 5*5\n", []),
        ("conv2: I think 200\n", []),
        ("Layer 1: 784*128 + 128 = 100480 <-- correct\n", [("Layer 1", "784*128 + 128")]),
    ],
)
def test_lines_with_labels(prose: str, lines: list[tuple[str, str]]) -> None:
    assert [(line.label, line.written.text) for line in labeled_lines(prose)] == lines
    for line in labeled_lines(prose):
        at = line.written.at
        assert prose[at.start : at.end].startswith(line.written.text)


def test_each_line_is_meant_for_the_layer_of_its_label() -> None:
    calculated = found(f"My total is off by 2040.\n{CNN}\nMy calculation:\n\n{LINES}total: 31122\n\nWhich is wrong?")
    assert calculated is not None
    assert [(line.layer, line.value, line.right) for line in calculated.lines] == [
        ("conv1", 312, 312),
        ("conv2", 200, 2_180),
        ("fc1", 30_000, 30_060),
        ("fc2", 610, 610),
    ]
    assert (calculated.written_total, calculated.right_total, calculated.excess) == (31_122, 33_162, -2_040)


def test_labels_count_layers_of_a_kind_and_layers() -> None:
    kinds = LINES.replace("conv1", "first conv layer").replace("conv2", "second conv layer").replace("fc2", "output")
    assert wrong(f"Where is my mistake?\n{CNN}\n{kinds}") == [("conv2", -1_980), ("fc1", -60)]
    numbered = LINES.replace("conv", "Layer ").replace("fc1", "Layer 3").replace("fc2", "Layer 4")
    assert wrong(f"Where is my mistake?\n{CNN}\n{numbered}") == [("conv2", -1_980), ("fc1", -60)]


def test_comments_behind_code_are_lines() -> None:
    assert wrong(f"My sum is 3850. Where are my mistakes?\n{KERAS}\nKeras says something else.") == [
        ("conv2d", 32),
        ("batch_normalization", -64),
        ("batch_normalization_1", -128),
    ]


def test_comments_that_count_something_else_are_no_calculation() -> None:
    code = KERAS.replace("# (3*3*3+1)*32 = 896", "# 96*96").replace("# 2*32 = 64", "# 7").replace("# 2*64 = 128", "#")
    assert found(f"How many parameters has it?\n{code}\nWhy so many?") is None


def test_right_lines_with_a_wrong_sum() -> None:
    lines = LINES.replace("3*3*20 + 20 = 200", "2180").replace("500*60 = 30000", "30060")
    assert found(f"Is this right?\n{CNN}\n{lines}total: 33162\n") is None
    calculated = found(f"Is this right?\n{CNN}\n{lines}total: 33000\n")
    assert calculated is not None
    assert (calculated.wrong, calculated.sum, calculated.written_total) == ((), 33_162, 33_000)


@given(
    st.lists(st.tuples(st.integers(2, 9), st.booleans()), min_size=2, max_size=5),
    st.sampled_from(["{}: {}", "- {}: {}", "`{}` = {}", "* **{}** -> {} params"]),
)
def test_generated_calculations(layers: list[tuple[int, bool]], way: str) -> None:
    """Of any chain of dense layers exactly the lines without their biases are wrong, and they make the difference."""
    before, code, lines, missing = 5, [], [], {}
    for i, (units, is_right) in enumerate(layers, 1):
        code.append(f"nn.Linear({before}, {units})")
        lines.append(way.format(f"layer {i}", f"{before}*{units}{f' + {units}' if is_right else ''}"))
        if not is_right:
            missing[str(i - 1)] = -units
        before = units
    text = f"Where is the mistake?\n\nnet = nn.Sequential({', '.join(code)})\n\n" + "\n".join(lines) + "\n\nThanks!"
    assert dict(wrong(text)) == missing
    calculated = found(text)
    if calculated is not None and missing:
        right = [(i, o) for i, o in zip([5, *(u for u, _ in layers)], (u for u, _ in layers), strict=False)]
        assert calculated.right_total == sum((i + 1) * o for i, o in right) == calculated.sum - calculated.excess


def test_the_answer_says_first_which_lines_are_wrong(tmp_path: Path) -> None:
    text = f"My total is off by 2040.\n{CNN}\nMy calculation:\n\n{LINES}total: 31122\n\nWhich layer is wrong?"
    out = answered(tmp_path, text)
    assert out.startswith(
        "conv2 has 2,180 parameters, not 200; fc1 has 30,060, not 30,000. So the total, 31,122, is 1,980 + 60 = 2,040 "
        "too small; the right one is 33,162.\n\n"
    )
    assert "you gave each filter a single kernel" in out
    assert "you counted the weights and left out the biases" in out
    assert out.count("33,162") == 1


def test_a_mistake_made_again_is_explained_once(tmp_path: Path) -> None:
    out = answered(tmp_path, f"My sum is 3850. Where are my mistakes?\n{KERAS}\nKeras says 3906.")
    assert "The mistake in batch_normalization is made again in batch_normalization_1." in out
    assert out.count("left out the moving mean and variance") == 1
    assert "So the total, 3,850, is 64 + 128 − 32 = 160 too small; the right one is 4,010." in out


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("conv2: 3*3*20 + 20 = 200\nfc2: 60*10 + 10 = 610\n", "The lines together are 1,980 too small; the right ones"),
        ("conv2: 3*3*20 + 20 = 200\nfc2: 60*10 + 10 = 610\nsum: 810\n", "So their sum, 810, is 1,980 too small; the"),
        (f"{LINES}", "The lines together are 1,980 + 60 = 2,040 too small; the right total is 33,162."),
        (
            f"{LINES}total: 31000\n",
            "The lines add up to 31,122, not 31,000, and are 1,980 + 60 = 2,040 too small; the right total is 33,162.",
        ),
    ],
)
def test_what_is_said_of_the_sum(tmp_path: Path, lines: str, sentence: str) -> None:
    assert sentence in answered(tmp_path, f"Where is my mistake?\n{CNN}\n{lines}")


def test_mistakes_that_cancel_out(tmp_path: Path) -> None:
    code = "net = nn.Sequential(nn.Linear(5, 5, bias=False), nn.Linear(5, 5))"
    out = answered(tmp_path, f"Is this right?\n\n{code}\n\nlayer 1: 5*5 + 5\nlayer 2: 5*5\n")
    assert "The wrong lines cancel out, so the total is right all the same: 55." in out


def test_right_lines_are_told_to_be_right(tmp_path: Path) -> None:
    lines = LINES.replace("3*3*20 + 20 = 200", "2180").replace("500*60 = 30000", "30060")
    out = answered(tmp_path, f"Is this right?\n{CNN}\n{lines}total: 33000\n")
    assert out.startswith("Each line is right, but they add up to 33,162, not 33,000.")


def test_posted_calculations(golden: Callable[[str, str], None]) -> None:
    answers = [f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in CALCULATED.items()]
    golden("calculated.txt", "\n".join(answers))
