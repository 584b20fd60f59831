"""Questions that a text numbers: each is one with its own layer and quantity, answered in order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import symparams as sp
from symparams.errors import Source
from symparams.questions.asked_about import doubts_about
from symparams.reading.door import network, reading_of
from symparams.reading.items import alone, items_in
from tests.reading.posted import LISTED

CODE = """
inp = Input(shape=(28, 28, 16))
b1 = Conv2D(8, 1)(inp)
b2 = Conv2D(16, 3, padding='same')(inp)
out = concatenate([b1, b2])
model = Model(inp, out)
"""


@pytest.mark.parametrize(
    ("prose", "items"),
    [
        ("Hi\n1. why 5?\n2. why 6?\n\nthanks", [" why 5?\n", " why 6?"]),
        ("1) why?\n\n2) Two say:\n   A: 5\n   B: 6\nWhich?", [" why?\n\n", " Two say:\n   A: 5\n   B: 6\nWhich?"]),
        ("(i) why 5? (ii) why 6? (iii) and 7?", [" why 5? ", " why 6? ", " and 7?"]),
        ("a) why 5?\nb) why 6?", [" why 5?\n", " why 6?"]),
        ("1. conv: 5*5*12\n2. dense: 10*10\n\nWhich line is wrong?", []),
        ("2. why 5?\n3. why 6?", []),
        ("1. why is it so?", []),
        ("It has (a) layer and (b) head?", []),
    ],
)
def test_where_items_stand(prose: str, items: list[str]) -> None:
    found = items_in(prose)
    assert [prose[start:end] for start, end in found] == items
    for item in found:
        assert len(alone(prose, item)) == len(prose)
        assert alone(prose, item).strip() == prose[item.start : item.end].strip()


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (
            "1. Why has conv2d_1 2,320 parameters?\n2. What is its output shape, 28x28x24 or 28x28x8?",
            [("conv2d_1", "params", False), ("concatenate", "shape", True)],
        ),
        (
            "1. How many params in total?\n2. And the output shape?\n3. Why is the sky blue?",
            [(None, "params", False), ("concatenate", "shape", False)],
        ),
        ("1. Is it (1*1+1)*8 = 16 parameters for conv2d?\n2. Who are you?", [("conv2d", "params", True)]),
    ],
)
def test_each_item_is_a_question(items: str, expected: list[tuple[str | None, str, bool]]) -> None:
    source = Source("question", f"Some questions about my network:\n\n{items}\n\n{CODE}")
    found = doubts_about(network(source), reading_of(source))
    assert [(doubt.layer, doubt.quantity, doubt.diagnosis is not None) for doubt in found] == expected


def test_posted_lists(golden: Callable[[str, str], None]) -> None:
    answers = [f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in LISTED.items()]
    golden("listed_questions.txt", "\n".join(answers))
