"""Numbers of profilers and papers, which count the same work in several ways."""

from __future__ import annotations

import random

import pytest

import symparams as sp
from tests.reading.posted import COUNTED

_SAME = "These are different counts of the same work, so they do not contradict each other."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "a profiler and a paper",
            [
                "231,211,008 = 3·3·128·256·28·28 is right; with 56·56·3·3·128·256",
                "0.231 GMac is this number, rounded.",
                "0.46 GFLOPs counts the multiplication and the addition of each multiply-accumulate as two operations:",
                "2·231,211,008 = 462,422,016, rounded.",
                _SAME,
            ],
        ),
        (
            "with biases",
            [
                "36,578,304 FLOPs = 2·3·3·1·128·126·126.",
                "20,321,280 counts each multiply-accumulate as one operation, and the addition of each bias as another",
                "18,289,152 + 2,032,128 = 20,321,280.",
                "and the addition of each bias as another: 2·18,289,152 + 2,032,128 = 38,610,432.",
                _SAME,
            ],
        ),
        (
            "a batch",
            [
                "416,520 multiply-accumulates. MACs =",
                "0.85 M counts each multiply-accumulate as one operation, and the addition of each bias as another",
                "another, for a batch of 2 examples: 2(416,520 + 6,518) = 846,076, rounded.",
            ],
        ),
        ("called FLOPs", ["18.3 MFLOPs counts each multiply-accumulate as one operation: 18,289,152, rounded."]),
    ],
)
def test_posted_questions(name: str, said: list[str]) -> None:
    answer = " ".join(sp.read(COUNTED[name]).answer().to_text().split())
    assert [one for one in said if one not in answer] == []


def test_generated_convolutions_are_counted_in_four_ways() -> None:
    chance = random.Random(8)
    for _ in range(20):
        c, f, k, side = (
            chance.choice([3, 16, 24]),
            chance.choice([20, 64]),
            chance.choice([3, 5]),
            chance.randint(20, 90),
        )
        values = (side - k + 1) ** 2 * f
        macs = values * k * k * c
        ways = {
            macs: "as one operation: ",
            2 * macs: "",  # what is told
            macs + values: "as one operation, and the addition of each bias",
            2 * macs + values: "as two operations, and the addition of each bias",
        }
        told, words = chance.choice([*ways.items()])
        question = (
            f"How many FLOPs has this layer on a {side}x{side} image? My tool prints {told:,}.\n\n"
            f"conv = nn.Conv2d({c}, {f}, {k})\n"
        )
        answer = " ".join(sp.read(question).answer().to_text().split())
        assert answer.startswith(f"{2 * macs:,} FLOPs"), question
        assert (f"{told:,} counts" in answer) == bool(words), question
        assert words in answer
        assert "different counts" not in answer


def test_a_profiler_is_told_beside_the_count_that_it_has() -> None:
    question = (
        "nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1, bias=False)\n\nThe input is (1, 64, 56, 56). I get "
        "56 * 56 * 64 * 128 * 3 * 3 = 231,211,008, but the profiler reports 57.80 M MACs. Which one is right? Are "
        "FLOPs twice the MACs?"
    )
    answer = sp.read(question).answer().to_text()
    assert answer.startswith("57,802,752 = 3·3·64·128·28·28 is right; with 56·56·64·128·3·3 = 231,211,008")
    places = [answer.find(one) for one in ("57.80 M MACs is this number, rounded.", "115,605,504 FLOPs = ")]
    assert -1 not in places
    assert places == sorted(places)


def test_data_tell_the_batch() -> None:
    question = (
        "thop prints 234,881,024 MACs, but I calculate 9*3*64*64*64 = 7,077,888 MACs. Why?\n\n"
        "conv = nn.Conv2d(3, 64, 3, padding=1, stride=2)\nx = torch.randn(32, 3, 128, 128)\n"
    )
    answer = sp.read(question).answer().to_text()
    assert answer.startswith("7,077,888 multiply-accumulates")
    assert "for a batch of 32 examples: 32(7,077,888 + 262,144) = 234,881,024" in " ".join(answer.split())
    assert "for a batch" not in sp.read(question.replace("234,881,024", "234,881,025")).answer().to_text()


def test_other_numbers_are_no_counts() -> None:
    question = (
        "How many MACs has this layer on a 128x128 image? My tool prints 18,289,150.\n\nc = nn.Conv2d(1, 128, 3)\n"
    )
    answer = sp.read(question).answer().to_text()
    assert "18,289,150 counts" not in answer
    assert "this number" not in answer
