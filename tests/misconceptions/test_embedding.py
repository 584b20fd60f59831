"""Misconceptions on embeddings and tied weights: numbers as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

WORDS = "input(128) -> embedding(10000, 64)"
PLACES = "input(128) -> positional(512, 64)"
TIED = "input(128) -> embedding(10000, 64) as tokens -> dense(64, gelu) -> tied(@tokens)"

CASES: list[Case] = [
    ("length in place of the rows", WORDS, "params", 128 * 64),
    ("length in place of the rows", PLACES, "weights", 128 * 64),
    ("length in place of the rows", "input(T) -> embedding(V, d)", "params", "T*d"),
    ("a table for each position", WORDS, "params", 128 * 10000 * 64),
    ("a table for each position", "input(T) -> embedding(V, d)", "weights", "T*V*d"),
    ("one row too many or too few", WORDS, "params", 10001 * 64),
    ("one row too many or too few", WORDS, "params", 9999 * 64),
    ("biases in an embedding", WORDS, "params", 10000 * 64 + 64),
    ("biases in an embedding", WORDS, "trainable", 10000 * 64 + 10000),
    ("table taken for fixed", WORDS, "params", 0),
    ("table taken for fixed", PLACES, "trainable", 0),
    ("one number for each row", WORDS, "params", 10000),
    ("fixed positions counted", "input(128) -> positional(512, 64, sinusoidal)", "params", 512 * 64),
    ("fixed positions counted", "input(128, 64) -> rope", "params", 128 * 64),
    ("vocabulary in place of the width", WORDS, "shape", (128, 10000)),
    ("vectors of a bag side by side", "input(128) -> embeddingbag(10000, 64)", "shape", (128 * 64,)),
    ("lookup counted as a multiplication", WORDS, "macs", 128 * 10000 * 64),
    ("tied matrix counted again", TIED, "params", 10000 * 64),
    ("tied matrix counted again", TIED.replace("tied(@tokens)", "tied(@tokens, bias)"), "params", 10000 * 64 + 10000),
    ("tied matrix counted again", "input(128) -> reversibleembedding(100, 64)", "params", 2 * 100 * 64),
    ("width in place of the tokens", TIED, "shape", (128, 64)),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


def test_an_untied_way_back_is_not_counted_again() -> None:
    text = "input(128) -> reversibleembedding(100, 64, tie_weights=no)"
    assert explained(text, "params", 3 * 100 * 64) == []
