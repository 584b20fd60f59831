"""Weights of their own at every position taken for shared ones, worked out by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

LOCAL = "input(32, 32, 3) -> locallyconnected(32, 3)"

CASES: list[Case] = [
    ("weights shared as in a convolution", LOCAL, "params", (27 + 1) * 32),
    ("weights shared as in a convolution", LOCAL, "weights", 27 * 32),
    ("weights shared as in a convolution", "input(H, W, C) -> locallyconnected(F, k)", "params", "(k*k*C + 1)*F"),
    ("one bias for each filter of a locally connected layer", LOCAL, "params", 900 * 27 * 32 + 32),
    ("one bias for each filter of a locally connected layer", LOCAL, "biases", 32),
    ("input channels left out", LOCAL, "params", (9 + 1) * 32 * 900),
    ("biases left out", LOCAL, "params", 27 * 32 * 900),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)
