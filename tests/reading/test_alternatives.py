"""Networks that a question sets against each other: each is read by itself, and answered beside the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.errors import Source
from symparams.reading.alternatives import are_independent, divided
from symparams.reading.door import reading_of
from symparams.sources.language import built
from tests.reading.posted import COMPARED
from tests.reading.test_answer import answered
from tests.test_cli import run

CONV = "nn.Conv2d(48, 80, kernel_size=5, padding=2)"
SPLIT = "nn.Conv2d(48, 48, kernel_size=5, padding=2, groups=48)\nnn.Conv2d(48, 80, kernel_size=1)"


def counts(text: str) -> list[tuple[str, object]]:
    """What each network of a question is called, and how many parameters it has; none where it has only one."""
    reading = reading_of(Source("question", text))
    several = (reading, *reading.alternatives) if reading.alternatives else ()
    return [(one.title, built(one.statements, one.source).counts.params) for one in several]


@pytest.mark.parametrize("between", ["by", "vs.", "or", "with", "→", "instead of", "Replaced by:", "The new version:"])
@pytest.mark.parametrize("fence", ["", "```\n"])
def test_code_between_words(between: str, fence: str) -> None:
    first, second = (f"{fence}{code}\n{fence}" for code in (CONV, SPLIT))
    text = f"The feature map is 20x20. I have\n\n{first}\n\n{between}\n\n{second}\n\nHow many MACs are there?"
    assert counts(text) == [("", 96_080), ("", 5_168)]


CLASS = f"""class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = {CONV}

    def forward(self, x):
        return self.c(x)
"""


@pytest.mark.parametrize(
    "text",
    [
        f"Why are there so many?\n\n{CONV}\n\nI think it should be fewer.",
        f"{CLASS}\nor\n\nnet = Net()\n\nWhy is it so?",
        f"{CONV}\n\nby\n\nthe way, why has it 96,080 parameters?",
        "model = nn.Sequential(nn.Linear(3, 4))\n\nwith\n\nmodel.add_module('b', nn.Linear(4, 5))\n\nWhy so many?",
    ],
)
def test_one_network_is_not_set_against_itself(text: str) -> None:
    assert counts(text) == []


def test_variables_of_one_program() -> None:
    code = "stem_a = nn.Conv2d(3, 8, 7)\nstem_b = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 8, 3))\n"
    assert counts(f"Which of the two stems is cheaper?\n\n{code}") == [("stem_a", 1_184), ("stem_b", 408)]
    assert counts(f"Why has stem_b 408 parameters?\n\n{code}") == []
    assert sp.read(f"Which of the two is cheaper?\n\n{code}", model="stem_b").net.params == 408


def test_rows_of_two_tables() -> None:
    rows = (
        " batch_normalization (BatchNormalization)   (None, 8, 8, 64)    256",
        " re_lu (ReLU)   (None, 8, 8, 64)    0",
    )
    text = f"Why does it differ?\n\n{rows[0]}\n\nvs.\n\n{rows[1]}\n"
    assert counts(text) == [("batch_normalization", 256), ("re_lu", 0)]


def test_lines_that_part_a_text() -> None:
    text = "a\nby\nb\n  VS.  \nc\nby the way\nd"
    assert [text[start:end] for start, end in divided(text)] == ["a\n", "\nb\n", "\nc\nby the way\nd"]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["a = f(1)", "b = f(2)"], True),
        (["a = f(1)", "b = f(a)"], False),
        (["a = f(1)", "a = f(2)\nb = g(a)"], True),
        (["def a(): pass", "a()"], False),
        (["a = (", "b = 1"], False),
    ],
)
def test_code_that_goes_on_is_not_independent(codes: list[str], expected: bool) -> None:
    assert are_independent(codes) is expected


@given(
    st.lists(st.tuples(*[st.integers(1, 12)] * 3), min_size=2, max_size=4),
    st.sampled_from(["by", "vs", "versus", "or"]),
)
def test_generated_alternatives(sizes: list[tuple[int, int, int]], between: str) -> None:
    """Each of several layers is counted as if it stood alone."""
    codes = [f"nn.Conv2d({i}, {o}, {k})" for i, o, k in sizes]
    text = "I have this:\n\n" + f"\n\n{between}\n\n".join(codes) + "\n\nHow many parameters do they have?"
    assert counts(text) == [("", o * (i * k * k + 1)) for i, o, k in sizes]


def test_what_is_compared_is_what_is_asked(tmp_path: Path) -> None:
    text = f"The feature map is 20x20. Replace\n\n{CONV}\n\nby\n\n{SPLIT}\n\nHow many MACs, without bias?"
    out = answered(tmp_path, text)
    assert out.startswith("38,400,000 against 2,016,000 multiply-accumulates, about 19 to 1.\n")
    assert "B has 1/80 + 1/25 = 0.0525 times as many as A." in out
    assert answered(tmp_path, text, "--quantity", "params").startswith("96,080 against 5,168 parameters")


def test_a_number_that_is_right_for_another_is_no_mistake(tmp_path: Path) -> None:
    code = "a = nn.GroupNorm(8, 64)\nb = nn.LayerNorm([64, 8, 8])\n"
    out = answered(tmp_path, f"{code}\nb has 8192 and a has 128. For a I expected 8*2 = 16. Why do both differ?")
    assert out.count("you counted a scale and a shift for each group") == 1
    assert out.startswith("a has 128 parameters and b 8,192, 8,064 more.")


def test_numbered_questions_about_several_networks(tmp_path: Path) -> None:
    code = "a = nn.GroupNorm(8, 64)\nb = nn.BatchNorm2d(64)\n"
    items = "1. a has 8 groups, so I expected 8*2 = 16 parameters?\n2. for b Keras shows 256, who's wrong?"
    out = answered(tmp_path, f"What is the difference between both?\n\n{code}\n{items}\n")
    assert "you counted a scale and a shift for each group" in out
    assert "you counted the running mean and variance" in out


def test_a_layer_that_is_named_is_answered_alone(tmp_path: Path) -> None:
    text = f"Replace\n\n{CONV}\n\nby\n\n{SPLIT}\n\nWhich has fewer parameters?"
    assert answered(tmp_path, text, "--layer", "conv2d_1").startswith("96,080 = ")


def test_the_others_stand_in_json(tmp_path: Path) -> None:
    (tmp_path / "question.txt").write_text(f"{CONV}\n\nvs.\n\n{SPLIT}\n\nWhich has fewer parameters?", "utf-8")
    status, out, _ = run("answer", str(tmp_path / "question.txt"), "--format", "json")
    record = json.loads(out) if status == 0 else {}
    assert [one["network"]["params"] for one in record["alternatives"]] == [5_168]
    assert record["comparison"].startswith("96,080 against 5,168 parameters")


def test_posted_comparisons(golden: Callable[[str, str], None]) -> None:
    answers = [f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in COMPARED.items()]
    golden("compared_questions.txt", "\n".join(answers))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Is nn.Conv2d(64, 64, 3) cheaper than nn.LayerNorm([64, 4, 4])?",
            [("nn.Conv2d(64, 64, 3)", 36_928), ("nn.LayerNorm([64, 4, 4])", 2_048)],
        ),
        ("I replaced LSTM(64) by GRU(64) (input 30 x 12).", [("LSTM(64)", 19_712), ("GRU(64)", 14_976)]),
        (
            "The difference in parameters between Dense(8) and Dense(9) on 4 features?",
            [("Dense(8)", 40), ("Dense(9)", 45)],
        ),
        ("Dense(8) vs. Dense(9) vs. Dense(10) on 4 features?", [("Dense(8)", 40), ("Dense(9)", 45), ("Dense(10)", 50)]),
        ("Conv2D(32, 3) then MaxPooling2D(2) on 28 x 28 x 1: why so many more parameters than 9?", []),
        ("Conv2D(32, 3) on a 28x28x1 image, and after the MaxPooling2D(2) I have Dense(10). Parameters?", []),
    ],
)
def test_calls_that_a_sentence_compares(text: str, expected: list[tuple[str, int]]) -> None:
    assert counts(f"{text} How many parameters do they have?") == expected


def test_the_shape_that_is_normalized() -> None:
    message = "Given normalized_shape=[64], expected input with shape [*, 64], but got input of size[8, 64, 16, 16]"
    text = (
        f"I replaced nn.BatchNorm2d(64) by nn.LayerNorm(64) and got\n\n{message}\n\nWith nn.LayerNorm([64, 16, 16]) it "
        "has 32768 parameters when the batch norm had 128! Is there a way to have the 128 with layer norm?"
    )
    assert counts(text) == [("nn.BatchNorm2d(64)", 128), ("nn.LayerNorm([64, 16, 16])", 32_768)]
    shown = sp.read(text).answer().to_text()
    assert "group normalization with a single group normalizes over the same values" in shown
    assert "the last axis of 64 × 16 × 16 has 16 elements, not 64; the 64 channels stand first." in shown
    assert "x.permute(0, 2, 3, 1), and move them back afterwards with permute(0, 3, 1, 2)." in shown
