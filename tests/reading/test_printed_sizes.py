"""The megabytes under tables that torchsummary and torchinfo have printed, and what they count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import symparams as sp
from tests.reading.posted import SIZES

_PASTES = Path(__file__).parent.parent / "tables" / "pastes"
_LINE = r"Forward/backward pass size \(MB\): ([\d.]+)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "forward and backward",
            [
                "The output values, each with its gradient: 2·163,845·4/1,024² ≈ 1.25 MB.",
                "Your sum of the outputs is right.",
                "Without the gradients, the outputs would be 0.625 MB.",
                "Params size counts the parameters, 82,373·4/1,024² ≈ 0.31 MB",
                "0.05 + 1.25 + 0.31 ≈ 1.61 MB",
            ],
        ),
        (
            "the size of the parameters",
            ["The parameters: 82,373·4/1,024² ≈ 0.31 MB.", "an MB is 1,024² = 1,048,576 bytes here"],
        ),
        (
            "a batch of two",
            [
                "The sum of the lines above it: 0.01 + 0.1 + 0.25 ≈ 0.36 MB.",
                "for a batch of 2 examples",
                "the layers that have parameters",
                "2·13,036·4/1,000,000 ≈ 0.1 MB",
            ],
        ),
    ],
)
def test_posted_questions(name: str, said: list[str]) -> None:
    answer = sp.read(SIZES[name]).answer().to_text()
    assert [one for one in said if one not in " ".join(answer.split())] == []


@pytest.mark.parametrize("file", sorted(_PASTES.glob("torch*.txt")), ids=lambda file: file.stem)
def test_what_tools_have_printed_comes_out(file: Path) -> None:
    table = re.sub("(?m)^# ", "", file.read_text("utf-8"))
    found = re.search(_LINE, table)
    if found is None:
        return
    answer = sp.read(f"How is the forward/backward pass size calculated?\n\n{table}").answer().to_text()
    assert f"≈ {float(found[1]):g} MB" in answer.splitlines()[0]
    wrong = table.replace(found[0], "Forward/backward pass size (MB): 77.77")
    assert "MB" not in sp.read(f"How is the forward/backward pass size calculated?\n\n{wrong}").answer().to_text()


def test_a_table_with_such_lines_asks_nothing_about_them() -> None:
    table = SIZES["the size of the parameters"].partition("\n")[2]
    answer = sp.read(f"Why does Linear-5 have 81,925 parameters?\n{table}").answer().to_text()
    assert answer.startswith("81,925 = (16,384 + 1)·5")


def test_whether_the_optimizer_is_counted_is_asked_of_the_table() -> None:
    table = SIZES["the size of the parameters"].partition("\n")[2]
    question = f'Does "Estimated Total Size (MB)" include the optimizer and the gradients?\n{table}'
    answer = " ".join(sp.read(question).answer().to_text().split())
    assert answer.startswith("The sum of the lines above it: 0.05 + 1.25 + 0.31 ≈ 1.61 MB.")
    assert "gradients of the parameters and the state of the optimizer are not counted" in answer
