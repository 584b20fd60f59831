"""Misconceptions on recurrent layers: numbers as students give them, worked out here by hand."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import as_formula
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import net
from tests.misconceptions.explaining import Answer, Case, explained

LSTM = "input(10, 32) -> lstm(64)"
GRU = "input(10, 32) -> gru(64)"
TORCH = "convention torch input(10, 32) -> lstm(64)"
STACKED = "convention torch input(10, 32) -> lstm(64, layers=3)"
BOTH = "input(10, 32) -> bidirectional(lstm(64))"

BEHIND = "input(12, 10) -> bidirectional(lstm(24, sequences)) -> dense(6)"
BOTH_STACKED = "convention torch input(30, 20) -> lstm(16, layers=2, bidirectional)"

CASES: list[Case] = [
    ("recurrent matrix left out", LSTM, "params", 4 * (32 * 64 + 64)),
    ("recurrent matrix left out", LSTM, "weights", 4 * 32 * 64),
    ("recurrent matrix left out", TORCH, "trainable", 4 * 32 * 64 + 2 * 4 * 64),
    ("recurrent matrix left out", LSTM, "macs", 10 * 4 * 32 * 64),
    ("recurrent matrix left out", LSTM, "flops", 2 * 10 * 4 * 32 * 64),
    ("recurrent matrix left out", "input(T, D) -> rnn(U)", "params", "D*U + U"),
    ("recurrent matrix left out", "input(10, 8, 8, 3) -> convlstm(4, 3, same)", "params", 4 * 4 * (9 * 3 + 1)),
    ("input matrix left out", LSTM, "params", 4 * (64 * 64 + 64)),
    ("input matrix left out", "input(32) -> rnncell(64)", "params", 64 * 64 + 64),
    ("input matrix left out", "convention torch input(10, 32) -> lstm(64, proj_size=16)", "weights", 256 * 16 + 1024),
    ("one recurrent weight for each unit", "input(10, 32) -> rnn(64)", "params", 32 * 64 + 64 + 64),
    ("one recurrent weight for each unit", LSTM, "macs", 10 * 4 * (32 * 64 + 64)),
    ("gates left out", LSTM, "params", (32 + 64) * 64 + 64),
    ("gates left out", GRU, "biases", 2 * 64),
    ("gates left out", TORCH, "trainable", 32 * 64 + 64 * 64 + 2 * 64),
    ("gates left out", "input(10, 8, 8, 3) -> convlstm(4, 3, same)", "params", 4 * (9 * (3 + 4) + 1)),
    ("new content not counted beside the gates", LSTM, "params", 3 * ((32 + 64) * 64 + 64)),
    ("new content not counted beside the gates", GRU, "weights", 2 * (32 + 64) * 64),
    ("gates of an LSTM in a GRU", GRU, "params", 4 * ((32 + 64) * 64 + 2 * 64)),
    ("gates of an LSTM in a GRU", GRU, "macs", 10 * 4 * (32 + 64) * 64),
    ("one bias where there are two", GRU, "params", 3 * ((32 + 64) * 64 + 64)),
    ("one bias where there are two", TORCH, "params", 4 * ((32 + 64) * 64 + 64)),
    ("one bias where there are two", TORCH, "biases", 4 * 64),
    ("one bias where there are two", GRU, "biases", 3 * 64),
    ("one bias where there are two", "input(9, 8) -> gru(4, layers=n)", "biases", "12*n"),
    ("two biases where there is one", LSTM, "params", 4 * ((32 + 64) * 64 + 2 * 64)),
    ("two biases where there is one", "input(10, 32) -> gru(64, reset_after=no)", "biases", 3 * 2 * 64),
    ("sequence length multiplied in", LSTM, "params", 10 * 4 * ((32 + 64) * 64 + 64)),
    ("sequence length multiplied in", "input(10, 512) -> attention(8)", "params", 10 * 4 * 513 * 512),
    ("sequence length multiplied in", "input(10, 32) -> dense(64)", "biases", 10 * 64),
    ("work of one step", LSTM, "macs", 4 * (32 + 64) * 64),
    ("work of one step", "input(10, 64) -> ffn(128)", "flops", 2 * 2 * 64 * 128),
    ("units multiplied by steps", LSTM, "shape", (10 * 64,)),
    ("steps in place of units", LSTM, "shape", (10,)),
    ("only one step given out", "input(10, 32) -> lstm(64, sequences)", "shape", (1, 64)),
    ("features kept by a recurrent layer", TORCH, "shape", (10, 32)),
    ("layers above see the input", STACKED, "params", 3 * 4 * ((32 + 64) * 64 + 2 * 64)),
    ("layers above see the input", STACKED, "macs", 3 * 10 * 4 * (32 + 64) * 64),
    ("layers above see the input", "input(9, 8) -> gru(4, sequences) -> gru(5)", "params", 3 * ((8 + 5) * 5 + 2 * 5)),
    ("second direction left out", BOTH, "params", 4 * ((32 + 64) * 64 + 64)),
    ("second direction left out", BOTH, "weights", 4 * (32 + 64) * 64),
    ("second direction left out", "input(10, 32) -> gru(64, bidirectional)", "macs", 10 * 3 * (32 + 64) * 64),
    (
        "second direction left out",
        "convention torch input(10, 32) -> lstm(64, layers=2, bidirectional)",
        "params",
        4 * ((32 + 64) * 64 + 128) + 4 * ((64 + 64) * 64 + 128),
    ),
    ("outputs of one direction", BOTH, "shape", (64,)),
    ("outputs of one direction", "input(10, 32) -> gru(64, sequences, bidirectional)", "shape", (10, 64)),
    ("directions put side by side", "input(10, 32) -> bidirectional(lstm(64), sum)", "shape", (128,)),
    ("layer behind a bidirectional one doubled", f"{BOTH} -> dense(7)", "params", 2 * (128 * 7 + 7)),
    ("layer behind a bidirectional one doubled", f"{BOTH} -> dropout(0.5) -> dense(7)", "biases", 2 * 7),
    ("features of all steps", "input(60, 11) -> lstm(75)", "params", "4*(60*11*75 + 75*75 + 75)"),
    ("features of all steps", "input(T, D) -> gru(U)", "weights", "3*U*(T*D + U)"),
    ("features of all steps", "input(60, 11) -> bidirectional(lstm(8))", "params", 2 * 4 * 8 * (660 + 8 + 1)),
    ("steps in place of features", "input(5, 3) -> lstm(4)", "params", 160),
    ("steps in place of features", "input(T, D) -> lstm(U)", "params", "4*U*(U + T + 1)"),
    ("steps in place of features", "input(5, 3) -> lstm(4)", "weights", 4 * 4 * 9),
    ("steps in place of features", "input(5, 3) -> dense(4)", "params", 24),
    ("layer behind a bidirectional one doubled", BEHIND, "params", 300),
    ("layer behind a bidirectional one doubled", BEHIND, "params", 2 * 294),
    ("upper layers see one direction", BOTH_STACKED, "params", 2 * (64 * (20 + 16 + 2) + 64 * (16 + 16 + 2))),
    ("upper layers see one direction", BOTH_STACKED, "macs", 30 * 2 * (64 * 36 + 64 * 32)),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


def test_a_layer_on_2h_taken_as_h_follows_from_one_direction() -> None:
    found = Diagnostician(net(f"{BOTH} -> dense(7)")).of_layer("dense_1", "params", (as_formula(64 * 7 + 7),))
    assert [(m.made[0].name, m.carried) for m in found.matches] == [("outputs of one direction", True)]


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        ("input(10, 32) -> rnn(64)", "params", 4 * ((32 + 64) * 64 + 64)),  # no gates to mix up
        ("input(10, 32) -> gru(64, sequences)", "shape", (10, 128)),  # one direction
        ("input(10, 32) -> dense(7)", "params", 2 * (32 * 7 + 7)),  # no bidirectional layer before it
        ("input(32) -> dense(7)", "params", 32 * (32 * 7 + 7)),  # no sequence
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer) == []
