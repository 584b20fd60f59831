"""Misconceptions on attention: numbers as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

T, D, H = 128, 512, 8
SELF = f"input({T}, {D}) -> attention({H})"
NO_BIAS = f"input({T}, {D}) -> attention({H}, bias=no)"
KERAS = f"input({T}, {D}) -> MultiHeadAttention({H}, 32)"
GROUPED = f"input({T}, {D}) -> GroupedQueryAttention(64, 8, 2, causal)"
CROSS = f"input(100, {D}) as enc input({T}, {D}) -> attention({H}, memory=@enc, causal)"
ENCODER = f"input({T}, {D}) -> encoderlayer({H}, 2048)"
REST = 513 * 2048 + 2049 * 512 + 4 * 512  # of the encoder layer: feed-forward part and normalizations
FFN = T * 2 * D * 2048  # multiply-accumulates of its feed-forward part

FEW_KEYS = "input(16, 64) -> attention(8, kv=2, bias=no, causal)"

CASES: list[Case] = [
    ("parameters multiplied by the heads", NO_BIAS, "params", H * 4 * D**2),
    ("parameters multiplied by the heads", SELF, "params", H * 3 * 513 * D + 513 * D),
    ("parameters multiplied by the heads", ENCODER, "params", H * 4 * 513 * D + REST),
    ("parameters multiplied by the heads", "input(T, d) -> attention(4, bias=no)", "params", "4*4*d^2"),
    ("a single head counted", SELF, "params", 3 * 513 * 64 + 65 * 512),
    ("a single head counted", KERAS, "params", 3 * 513 * 32 + 33 * 512),
    ("a single head counted", SELF, "macs", 4 * T * D * 64 + 2 * T**2 * D),
    ("heads of keys and values ignored", GROUPED, "params", 3 * 513 * 512 + 513 * 512),
    ("heads of keys and values ignored", GROUPED, "cache", 2 * T * 8 * 64 * 4),
    ("heads of keys and values ignored", GROUPED, "flops", 2 * (4 * T * D * D + 2 * T**2 * D)),
    ("one head of keys and values", GROUPED, "params", 513 * 512 + 2 * 513 * 64 + 513 * 512),
    ("one head of keys and values", GROUPED, "cache", 2 * T * 64 * 4),
    ("output projection left out", SELF, "params", 3 * 513 * 512),
    ("output projection left out", ENCODER, "params", 3 * 513 * 512 + REST),
    ("output projection left out", CROSS, "macs", T * D**2 + 2 * 100 * D**2 + 2 * T * 100 * D),
    ("one matrix for queries, keys and values", SELF, "params", 2 * 513 * 512),
    ("one matrix for queries, keys and values", SELF, "macs", 2 * T * D**2 + 2 * T**2 * D),
    ("biases in some projections only", SELF, "params", 3 * D * D + 513 * D),
    ("biases in some projections only", KERAS, "params", 3 * 513 * 256 + 256 * 512),
    ("scores counted as parameters", SELF, "params", 4 * 513 * 512 + T**2),
    ("scores counted as parameters", CROSS, "params", 4 * 513 * 512 + H * T * 100),
    ("work at the scores left out", SELF, "macs", 4 * T * D**2),
    ("work at the scores left out", ENCODER, "flops", 2 * (4 * T * D**2 + FFN)),
    ("length not squared", SELF, "macs", 4 * T * D**2 + 2 * T * D),
    ("length not squared", "input(10, 64) -> dotattention", "macs", 2 * 10 * 64),
    ("one of the two products at the scores", SELF, "macs", 4 * T * D**2 + T**2 * D),
    ("one of the two products at the scores", "input(10, 64) -> dotattention", "macs", 10**2 * 64),
    ("work at the scores multiplied by the heads", SELF, "macs", 4 * T * D**2 + H * 2 * T**2 * D),
    ("softmax counted", SELF, "macs", 4 * T * D**2 + 2 * T**2 * D + H * T**2),
    ("masked scores not counted", SELF.replace("(8)", "(8, causal)"), "macs", 4 * T * D**2 + T**2 * D),
    ("memory taken as long as the query", CROSS, "macs", 4 * T * D**2 + 2 * T**2 * D),
    ("memory taken as long as the query", CROSS, "cache", 2 * T * D * 4),
    ("full width in every head, no output projection", "input(16, 64) -> attention(8)", "params", 8 * 3 * 65 * 64),
    ("full width in every head, no output projection", "input(T, d) -> attention(h)", "params", "3*h*d^2"),
    ("head width not used", "input(9, 256) -> attention(6, head=64)", "params", 4 * (256 * 256 + 256)),
    ("parameters multiplied by the heads", "input(16, 64) -> attention(8)", "params", 8 * 4 * 64 * 64),
    ("a single head counted", "input(128, 512) -> attention(8)", "params", 3 * 512 * 64 + 512 * 512),
    ("group size taken for the heads of keys and values", FEW_KEYS, "params", 2 * 64 * 64 + 2 * 64 * 32),
    ("group size taken for the heads of keys and values", FEW_KEYS, "cache", 2 * 16 * 4 * 8 * 4),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        (SELF, "macs", 4 * T * D**2 + T**2 * D - 1),
        (KERAS, "params", 8 * (3 * 513 * 256 + 257 * 512)),  # the heads have a width of their own
        (NO_BIAS, "params", 3 * 512 * 512 + 513 * 512),  # there are no biases to be left out
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer) == []
