"""Totals with two mistakes: both in one layer, in every layer of a kind, or each wherever it can be made."""

from __future__ import annotations

import pytest

from symparams.algebra.equality import same
from symparams.algebra.simplification import simplified
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import net

IMAGES = "input(28, 28, 1) -> conv(32, 3) -> maxpool(2) -> conv(64, 3) -> maxpool(2) -> flatten -> dense(10)"
NORMALIZED = "input(28, 28, 3) -> conv(32, 3) -> bn -> conv(64, 3) -> bn -> gap -> dense(10)"
BLOCKS = "input(128, 64) -> [attention(8) -> ln -> dense(256) -> dense(64) -> ln] * 2"
LETTERS = "input(H, W, C) -> conv(F, k) -> bn -> conv(2*F, k) -> bn -> gap -> dense(m)"
BIASES, CHANNELS = "biases left out", "input channels left out"

CASES = [
    (IMAGES, "320 + 9*64 + 16010", {BIASES, CHANNELS}, ["conv_2"]),
    (IMAGES, "320 + 18496 + 64*10", {BIASES, "flattening forgotten"}, ["dense_1"]),
    (IMAGES, "9*32 + 9*64 + 16000", {BIASES, CHANNELS}, ["conv_1", "conv_2", "dense_1"]),
    (NORMALIZED, "864 + 64 + 18432 + 128 + 640", {BIASES, "moving statistics left out"}, None),
    (LETTERS, "k^2*C*F + 2F + k^2*2*F^2 + 4F + 2*F*m", {BIASES, "moving statistics left out"}, None),
    (LETTERS, "(k^2*C + 1)*F + 4F + k^2*2F + 8F + (2F + 1)*m", {BIASES, CHANNELS}, ["conv_2"]),
    (
        "input(100, 8) -> lstm(16, sequences) -> lstm(32) -> dense(1)",
        "1600 + 4*32*32 + 33",
        {BIASES, "input matrix left out"},
        ["lstm_2"],
    ),
    (
        BLOCKS,
        "2*(3*64*64 + 128 + 256*65 + 64*257 + 128)",
        {BIASES, "output projection left out"},
        ["attention_1", "attention_2"],
    ),
]


@pytest.mark.parametrize(("text", "answer", "names", "layers"), CASES)
def test_two_mistakes(text: str, answer: str, names: set[str], layers: list[str] | None) -> None:
    found = Diagnostician(net(text)).typed(None, "params", answer)
    assert not found.correct
    first = found.matches[0]
    assert {made.name for made in first.made} == names
    assert layers is None or [term.layer for term in first.terms] == layers
    assert same(simplified(found.answer[0]), first.wrong[0].value, found.network.facts)


def test_one_mistake_goes_before_two() -> None:
    found = Diagnostician(net(IMAGES)).typed(None, "params", "288 + 18432 + 16000")
    assert [[made.name for made in match.made] for match in found.matches] == [[BIASES]]


@pytest.mark.parametrize("answer", ["1", "34831", "k"])
def test_what_nobody_does(answer: str) -> None:
    text = IMAGES if answer != "k" else LETTERS
    assert Diagnostician(net(text)).typed(None, "params", answer).matches == ()
