"""Misconceptions on transformer layers, experts and adapters: numbers as students give them, worked out by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

D, F, T = 512, 2048, 128
ATT = 4 * (D + 1) * D
FFN = (D + 1) * F + (F + 1) * D
NORM = 2 * D
ENCODER = f"input({T}, {D}) -> encoderlayer(8, {F})"
DECODER = f"input(100, {D}) as enc input({T}, {D}) -> decoderlayer(8, {F}, memory=@enc)"
STACK = f"input({T}, {D}) -> transformerencoder(encoderlayer(8, {F}), 6, norm=yes)"
WHOLE = f"input(100, {D}) as s input(80, {D}) as t {{ @s | @t }} -> transformer({D}, 8)"
GATED = f"input({T}, {D}) -> swiglu(1376)"
PLAIN = f"input({T}, {D}) -> ffn(1000)"
MIXED = f"input({T}, 64) -> moe(8, 2, 100)"
LORA = "input(128, 96) -> lora(dense(80, bias=no), 8)"
BASE, THIN = 96 * 80, 8 * (96 + 80)

CASES: list[Case] = [
    ("one of the two feed-forward matrices", f"input({T}, {D}) -> ffn({F}, bias=no)", "params", D * F),
    ("one of the two feed-forward matrices", ENCODER, "params", ATT + (D + 1) * F + 2 * NORM),
    ("one of the two feed-forward matrices", PLAIN, "macs", T * D * 1000),
    ("gate left out", GATED, "params", 2 * D * 1376),
    ("gate left out", GATED, "macs", T * 2 * D * 1376),
    ("gate added", PLAIN, "params", 2 * (D + 1) * 1000 + 1001 * D),
    ("gate added", ENCODER, "params", ATT + 2 * (D + 1) * F + (F + 1) * D + 2 * NORM),
    ("hidden width taken for four times the width", PLAIN, "params", FFN),
    ("hidden width taken for four times the width", GATED, "macs", T * 3 * D * F),
    ("hidden width left out", ENCODER, "params", ATT + 2 * (D + 1) * D + 2 * NORM),
    ("layer normalizations left out", ENCODER, "params", ATT + FFN),
    ("layer normalizations left out", STACK, "params", 6 * (ATT + FFN)),
    ("layer normalizations left out", DECODER, "params", 2 * ATT + FFN),
    ("one layer normalization for each layer", ENCODER, "params", ATT + FFN + NORM),
    ("last normalization left out", STACK, "params", 6 * (ATT + FFN + 2 * NORM)),
    ("attention to the memory left out", DECODER, "params", ATT + FFN + 3 * NORM),
    ("attention to the memory left out", DECODER, "params", ATT + FFN + 2 * NORM),
    ("attention to the memory left out", DECODER, "cache", 2 * T * D * 4),
    ("attention to the memory left out", DECODER, "macs", 4 * T * D**2 + 2 * T**2 * D + T * 2 * D * F),
    ("stacked layers counted once", STACK, "params", ATT + FFN + 2 * NORM + NORM),
    ("stacked layers counted once", STACK.replace(f"{F})", f"{F}, causal)"), "cache", 2 * T * D * 4),
    ("stacked layers counted once", "convention torch input(9, 8) -> gru(4, layers=2)", "params", 3 * (12 * 4 + 8)),
    ("encoder or decoder left out", WHOLE, "params", 6 * (ATT + FFN + 2 * NORM) + NORM),
    ("encoder or decoder left out", WHOLE, "params", 6 * (2 * ATT + FFN + 3 * NORM) + NORM),
    ("only the active experts counted", MIXED, "params", 64 * 8 + 2 * 3 * 64 * 100),
    ("only the active experts counted", "input(T, d) -> moe(E, k, f)", "params", "d*E + k*3*d*f"),
    ("one expert counted", MIXED, "params", 64 * 8 + 3 * 64 * 100),
    ("router left out", MIXED, "params", 8 * 3 * 64 * 100),
    ("router left out", MIXED, "macs", T * 2 * 3 * 64 * 100),
    ("all experts at work", MIXED, "macs", T * 64 * 8 + T * 8 * 3 * 64 * 100),
    ("shared experts left out", f"input({T}, 64) -> moe(8, 2, 100, shared=1)", "params", 64 * 8 + 8 * 3 * 64 * 100),
    ("adapted matrix taken for trained", LORA, "trainable", BASE + THIN),
    ("adapted matrix taken for trained", LORA, "non_trainable", 0),
    ("one of the two thin matrices", LORA, "params", BASE + 96 * 8),
    ("one of the two thin matrices", LORA, "trainable", 8 * 80),
    ("rank squared", LORA, "params", BASE + THIN + 64),
    ("rank squared", LORA, "trainable", 64),
    ("adapter left out", LORA, "params", BASE),
    ("adapter left out", LORA, "macs", 128 * BASE),
    ("adapter alone", LORA, "params", THIN),
    ("adapter alone", "input(9, 9, 4) -> lora(conv(6, 3), 2)", "params", 2 * (9 * 4 + 6)),
    ("adapter alone", LORA, "flops", 2 * 128 * THIN),
    ("only the matrices counted", "input(16, 64) -> encoderlayer(8, 256)", "params", 12 * 64 * 64),
    ("only the matrices counted", "input(T, d) -> encoderlayer(h, 4*d)", "params", "12*d^2"),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


def test_both_stacks_are_changed_alike() -> None:
    both = 6 * (ATT + FFN) + 6 * (2 * ATT + FFN)
    assert "layer normalizations left out" in explained(WHOLE, "params", both)
    narrow = 6 * (3 * 513 * 512 + FFN + 2 * NORM) + NORM + 6 * (2 * 3 * 513 * 512 + FFN + 3 * NORM) + NORM
    assert "output projection left out" in explained(WHOLE, "params", narrow)


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        (f"input({T}, {D}) -> encoderlayer(8, 100)", "params", 2 * ATT + 513 * 100 + 101 * 512 + 2 * NORM),
        (PLAIN, "params", 3 * D * 1000),
        ("input(128, 96) -> dense(80, bias=no)", "params", THIN),
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer) == []
