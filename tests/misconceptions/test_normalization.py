"""Misconceptions on normalization: numbers as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

BN = "input(14, 12, 64) -> bn"
TORCH = "convention torch input(64, 14, 12) -> bn"
LN = "input(16, 512) -> ln"
OVER_ALL = "input(8, 6, 16) -> ln(trailing=3)"

CASES: list[Case] = [
    ("moving statistics left out", BN, "params", 2 * 64),
    ("moving statistics left out", "input(H, W, C) -> bn", "params", "2*C"),
    ("moving statistics counted in PyTorch", TORCH, "params", 4 * 64),
    ("moving statistics taken for trained", BN, "trainable", 4 * 64),
    ("moving statistics taken for trained", BN, "non_trainable", 0),
    ("normalization taken for fixed", LN, "params", 0),
    ("normalization taken for fixed", BN, "trainable", 0),
    ("shift left out", BN, "params", 3 * 64),
    ("one number for each channel", BN, "params", 64),
    ("one number for each channel", BN, "non_trainable", 64),
    ("shift added to the scale", "input(16, 512) -> rmsnorm", "params", 2 * 512),
    ("shift added to the scale", "input(16, 512) -> rmsnorm", "trainable", 2 * 512),
    ("one pair for the whole layer", BN, "trainable", 2),
    ("one pair for the whole layer", "input(14, 12, 64) -> groupnorm(8)", "trainable", 2),
    ("one pair for each position", BN, "params", 4 * 14 * 12 * 64),
    ("one pair for each position", LN, "params", 2 * 16 * 512),
    ("one pair for each position", TORCH, "trainable", 2 * 14 * 12 * 64),
    ("last axis only", OVER_ALL, "params", 2 * 16),
    ("one pair for each group", "input(14, 12, 64) -> groupnorm(4)", "params", 2 * 4),
    ("one pair for each group", "input(14, 12, 64) -> groupnorm(4)", "params", 2 * 16),
    ("scale and shift counted where there are none", "input(14, 12, 64) -> instancenorm", "params", 2 * 64),
    ("scale and shift counted where there are none", "input(14, 12, 64) -> bn(center=no)", "trainable", 2 * 64),
    ("moving statistics in another normalization", LN, "params", 4 * 512),
    ("beta counted as a weight", BN, "biases", 0),
    ("beta counted as a weight", LN, "weights", 2 * 512),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        (TORCH, "trainable", 4 * 64),  # there is nothing fixed that could be taken for trained
        (LN, "params", 3 * 512),
        ("input(64) -> bn", "params", 4 * 64 * 64),  # no positions
        ("input(14, 12, 64) -> bn(frozen)", "trainable", 4 * 64),
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer) == []
