"""Misconceptions on memory: numbers of bytes as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from symparams.quantities.settings import Settings
from tests.misconceptions.explaining import Answer, explained

DENSE = "input(100) -> dense(10)"
P = 1010
CACHED = "input(128, 512) -> attention(8, causal)"
UNEQUAL = "input(128, 512) -> attention(8, head=64, value=32, causal)"
ADAM = Settings(optimizer="adam")
HALF = Settings(dtype="float16", optimizer="adam")
TRAINED_IN_PART = "input(8, 8, 16) -> bn"

CASES: list[tuple[str, str, str, Answer, Settings | None]] = [
    ("cache of a single head", "input(16, 64) -> attention(8, causal)", "cache", 2 * 16 * 8 * 4, None),
    ("cache of a single head", "input(T, d) -> attention(h, causal)", "cache", "8*T*d/h", None),
    ("cache multiplied by the heads", "input(16, 64) -> attention(8, causal)", "cache", 2 * 16 * 8 * 64 * 4, None),
    ("cache multiplied by the heads", "input(16, 64) -> attention(8, kv=2, causal)", "cache", 16 * 4 * 64 * 4, None),
    (
        "width of a head taken for its share",
        "input(9, 64) -> attention(8, head=16, causal)",
        "cache",
        2 * 9 * 64 * 4,
        None,
    ),
    ("bits in place of bytes", DENSE, "memory", P * 32, None),
    ("bits in place of bytes", DENSE, "activations", 10 * 32, None),
    ("bits in place of bytes", CACHED, "cache", 2 * 128 * 512 * 32, None),
    ("bytes of a number left out", DENSE, "memory", P, None),
    ("bytes of a number left out", DENSE, "memory", P + P + 2 * P, ADAM),
    ("bytes of another type", DENSE, "memory", P * 8, None),
    ("bytes of another type", CACHED, "cache", 2 * 128 * 512 * 2, None),
    ("gradients left out", DENSE, "memory", 4 * P + 8 * P, ADAM),
    ("states of the optimizer left out", DENSE, "memory", 8 * P, ADAM),
    ("one state of the optimizer left out", DENSE, "memory", 12 * P, ADAM),
    ("one state of the optimizer left out", DENSE, "memory", 2 * P + 2 * P + 2 * 4 * P, HALF),
    ("only the parameters themselves", DENSE, "memory", 4 * P, ADAM),
    ("gradients for parameters that are not trained", TRAINED_IN_PART, "memory", 64 * 16, ADAM),
    ("memory of training counted", DENSE, "memory", 16 * P, None),
    ("gradients of activations counted", DENSE, "activations", 2 * 10 * 4, None),
    ("keys or values only in the cache", CACHED, "cache", 128 * 512 * 4, None),
    ("keys or values only in the cache", UNEQUAL, "cache", 128 * 8 * 32 * 4, None),
    ("cache where nothing is generated", "input(128, 512) -> attention(8)", "cache", 2 * 128 * 512 * 4, None),
    ("cache where nothing is generated", "input(T, d) -> encoderlayer(h, f)", "cache", "2*T*d*4", None),
    ("queries kept in the cache", CACHED, "cache", 3 * 128 * 512 * 4, None),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer", "settings"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer, settings: Settings | None) -> None:
    assert name in explained(text, quantity, answer, settings=settings)


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (3 * 4 * P, Settings(optimizer="sgd")),  # it keeps no states
        (P * 4, Settings(dtype="int8", optimizer="none")),
    ],
)
def test_nobody_makes_these(answer: int, settings: Settings) -> None:
    names = explained(DENSE, "memory", answer, settings=settings)
    assert not {*names} & {"one state of the optimizer left out", "states of the optimizer left out"}
