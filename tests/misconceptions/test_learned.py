"""Misconceptions on learned numbers: numbers as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

POSITIONS = "input(197, 768) -> param(197, 768, add)"

CASES: list[Case] = [
    ("learned numbers taken for given", POSITIONS, "params", 0),
    ("learned numbers taken for given", "input(196, 768) -> param(1, 768, prepend)", "trainable", 0),
    ("learned numbers taken for given", "input(T, d) -> param(d, multiply)", "weights", 0),
    ("a vector more or less than positions", POSITIONS, "params", 196 * 768),
    ("a vector more or less than positions", POSITIONS, "params", 198 * 768),
    ("a vector more or less than positions", "input(T, d) -> param(T, d, add)", "params", "(T - 1)*d"),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


@pytest.mark.parametrize("text", ["input(9, 4) -> param(1, 4, add)", "input(9, 4) -> param(3, 4, prepend)"])
def test_only_positions_are_one_too_few(text: str) -> None:
    assert "a vector more or less than positions" not in explained(text, "params", 8)
