"""Two mistakes about one shape, worked out by hand: both are in what they give."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symparams.algebra.evaluation import number
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from tests.helpers import net

END, TIMES, KEPT = (
    "channels at the wrong end",
    "channels multiplied by the filters",
    "the channels kept by a convolution",
)
SAME, PLUS = "same and valid padding exchanged", "the + 1 forgotten"
STRIDE, PADDING, ONCE = "stride forgotten", "padding forgotten", "padding on one side only"
RAW = "not rounded"
KERAS = "input(34, 32, 3) -> conv(8, 3)"  # 32 × 30 × 8
TORCH = "convention torch input(3, 34, 32) -> conv(8, 3, s=2, p=1)"  # 8 × 17 × 16
Shape = tuple[int | Fraction, ...]


def doubles(text: str) -> dict[tuple[str, ...], list[tuple[object, ...]]]:
    """What each pair of mistakes gives for the last layer."""
    network = net(text)
    mistakes = Mistakes(Tasks(network))
    found: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for pair in mistakes.pairs(mistakes.tasks.of(len(network.nodes) - 1, "shape")):
        found.setdefault(tuple(sorted(made.name for made in pair.made)), []).append(tuple(map(number, pair.rules)))
    return found


@pytest.mark.parametrize(
    ("text", "one", "other", "shape"),
    [
        (KERAS, END, TIMES, (24, 32, 30)),
        (KERAS, END, KEPT, (3, 32, 30)),
        (KERAS, END, SAME, (8, 34, 32)),
        (KERAS, END, PLUS, (8, 31, 29)),
        (KERAS, SAME, TIMES, (34, 32, 24)),
        (KERAS, PLUS, KEPT, (31, 29, 3)),
        (TORCH, END, TIMES, (17, 16, 24)),
        (TORCH, END, STRIDE, (34, 32, 8)),
        (TORCH, END, PADDING, (16, 15, 8)),
        (TORCH, STRIDE, PADDING, (8, 32, 30)),  # n - k + 1
        (TORCH, STRIDE, ONCE, (8, 33, 31)),  # n + p - k + 1
        (TORCH, RAW, PADDING, (8, Fraction(33, 2), Fraction(31, 2))),  # (n - k)/s + 1
        (TORCH, PADDING, PLUS, (8, 15, 14)),
        (TORCH, STRIDE, TIMES, (24, 34, 32)),
        (
            "input(30) -> embedding(500, 32) -> bidirectional(lstm(7, sequences))",
            END,
            "outputs of one direction",
            (7, 30),
        ),
    ],
)
def test_both_are_in_it(text: str, one: str, other: str, shape: Shape) -> None:
    assert doubles(text)[tuple(sorted((one, other)))] == [shape]


@pytest.mark.parametrize("text", [KERAS, TORCH])
def test_a_question_that_is_misread_is_not_answered_wrongly_besides(text: str) -> None:
    assert not any("given" in name for pair in doubles(f"{text} -> relu -> conv(4, 3)") for name in pair)


def test_one_that_undoes_the_other_is_no_pair() -> None:
    assert tuple(sorted((RAW, STRIDE))) not in doubles(TORCH)  # without a stride there is nothing to round
    assert tuple(sorted((TIMES, KEPT))) not in doubles(KERAS)
