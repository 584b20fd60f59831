"""Wrong totals that come from frozen, shared and repeated layers and from buffers, worked out here by hand."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import as_formula
from symparams.quantities.totals import TOTALS, amount
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import expression, net

FROZEN = "input(8) -> dense(6, frozen) -> dense(5)"  # 54, frozen, and 35
TORCH = "convention torch input(3, 8, 8) -> conv(4, 3) -> bn -> conv(5, 3) -> bn"
REPEATED = "input(8) -> dense(6) -> [dense(6)] * N"
READ = "input(8, 8, 3) -> conv(4, 3) -> bn -> globalavgpool -> dense(2)"
READER = "input(9) -> embedding(20, 4) -> attention(2) -> ln -> dense(3)"
WORDS = "input(9) -> embedding(20, 4) as words -> lstm(4, sequences) -> tied(@words)"

CASES = [
    ("frozen layers counted as trained", FROZEN, "trainable", 54 + 35),
    ("frozen layers counted as trained", FROZEN, "non_trainable", 0),
    ("frozen layers counted as trained", "input(8, 4) -> bn(frozen) -> ln", "trainable", 8 + 8),
    ("frozen layers left out", FROZEN, "params", 35),
    ("frozen layers left out", FROZEN, "biases", 5),
    ("buffers counted", TORCH, "params", 4 * 28 + 5 * 37 + 4 * 4 + 1 + 4 * 5 + 1),
    ("buffers counted", TORCH, "params", 4 * 28 + 5 * 37 + 4 * 4 + 1 + 2 * 5),
    ("one copy missed", REPEATED, "params", "54 + (N - 1)*42"),
    ("work given for parameters", READ, "params", 36 * (27 * 4) + 4 * 2),
    ("parameters given for work", READ, "macs", 112 + 4 * 4 + 10),
    ("parameters given for work", READ, "flops", 112 + 4 * 4 + 10),
    ("work given for parameters", "convention torch param(4, 6) -> dense(3)", "params", 4 * 6 * 3),
    ("only the biases given", READ, "params", 4 + 4 + 2),
    ("only the matrices of the network counted", READER, "params", 4 * 4 * 4 + 4 * 3),
    ("only the matrices of the network counted", WORDS, "params", 4 * (8 * 4)),
    ("tied matrix counted again", WORDS, "params", 2 * 20 * 4 + 4 * (8 * 4 + 4)),
    ("recurrent matrix left out", "input(9, 3) -> [lstm(4, sequences)] * 2", "params", 4 * (12 + 4) + 4 * (16 + 4)),
    (
        "moving statistics counted in PyTorch",
        TORCH,
        "params",
        4 * 28 + 5 * 37 + 4 * 4 + 4 * 5,
    ),
]


@pytest.mark.parametrize("quantity", [q for q in TOTALS if q not in ("training", "active")])
def test_the_right_total_is_that_of_the_network(quantity: str) -> None:
    for text in (FROZEN, TORCH, REPEATED, WORDS, "input(28, 28, 3) -> conv(8, 3) -> flatten -> dense(2)"):
        network = net(text)
        found = Diagnostician(network).of_total(quantity, (as_formula(1),))
        assert found.value == (amount(quantity).of_network(network),)


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: int | str) -> None:
    given = expression(answer) if isinstance(answer, str) else as_formula(answer)
    found = Diagnostician(net(text)).of_total(quantity, (given,))
    assert not found.correct
    assert name in {match.made[0].name for match in found.matches}


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        ("input(8) -> dense(6) -> dense(5)", "trainable", 35 + 54 + 1),
        ("input(8, 8, 3) -> conv(4, 3) -> bn", "params", 4 * 28 + 4 * 4 + 1),  # Keras keeps no buffers
        ("input(8, 8, 3) -> conv(4, 3) -> bn", "params", 4 * 27),  # the network has no embeddings
        ("input(9) -> embedding(20, 4) -> dense(3, bias=no)", "params", 4 * 3),  # nothing but the embedding left out
        (READER, "params", 20 * 4 + 4 * 4 * 4 + 4 * 2 + 15),  # in one layer only
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: int) -> None:
    found = Diagnostician(net(text)).of_total(quantity, (as_formula(answer),))
    assert {match.made[0].name for match in found.matches} & {
        "buffers counted",
        "frozen layers counted as trained",
        "only the matrices of the network counted",
    } == set()
