"""Formulas as they were written: by their structure, in letters of one's own, right by coincidence."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.quantities.settings import Settings
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from tests.helpers import net


def diagnosed(network: str, text: str, layer: str = "lstm_1") -> Diagnosis:
    return Diagnostician(net(network)).typed(layer, "params", text)


def made(diagnosis: Diagnosis) -> list[str]:
    return [match.made[0].name for match in diagnosis.matches]


def test_what_was_written_wins_over_what_only_hits_the_value() -> None:
    assert made(diagnosed("input(3, 1) -> lstm(2)", "48")) == ["steps in place of features", "a bias for each weight"]
    assert made(diagnosed("input(3, 1) -> lstm(2)", "4*2*(2+3+1)")) == ["steps in place of features"]
    assert made(diagnosed("input(3, 1) -> lstm(2)", "2*4*(1+2)*2")) == ["a bias for each weight"]
    assert len(made(diagnosed("input(3, 1) -> lstm(2)", "40 + 8"))) == 2


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("4*(n*m + n^2 + n)", "`n` is taken for `U` and `m` is taken for `D`"),
        ("4*(h*(h+i) + h)", "`h` is taken for `U` and `i` is taken for `D`"),
    ],
)
def test_letters_of_ones_own(text: str, note: str) -> None:
    diagnosis = diagnosed("input(3, 7) -> lstm(5)", text)
    assert diagnosis.correct
    assert diagnosis.note == note


def test_a_mistake_in_letters_of_ones_own() -> None:
    diagnosis = diagnosed("input(3, 7) -> lstm(5)", "4*(n*m + n^2)")
    assert made(diagnosis) == ["biases left out"]
    assert diagnosis.note == "`n` is taken for `U` and `m` is taken for `D`"


def test_letters_that_make_no_rule() -> None:
    with pytest.raises(SymparamsError, match="nothing here is called `n`"):
        diagnosed("input(3, 7) -> lstm(5)", "4*(n*m + n^5)")


def test_right_by_coincidence() -> None:
    diagnosis = diagnosed("input(28, 28, 1) -> conv(32, 3)", "(k^2+1)*F", "conv_1")
    assert diagnosis.correct
    assert diagnosis.note.startswith("the number is right here, but the formula is not: you gave each filter a single")
    for right in ("(k*k*C_in + 1)*F", "(k^2*C + 1)*C_out", "(3*3 + 1)*32", "320"):
        assert diagnosed("input(28, 28, 1) -> conv(32, 3)", right, "conv_1").note == ""
    assert diagnosed("input(28, 28, 3) -> conv(32, 3)", "(k*k*3 + 1)*F", "conv_1").note == ""


def test_a_product_is_explained_by_the_mistake_that_has_its_factors() -> None:
    layer = "input(4096, 4096) -> attention(32, head=128, kv=8, causal)"
    asked = Diagnostician(net(layer), Settings(dtype="float16"))
    written = asked.typed("attention_1", "cache", "2*4096*4096*2")  # 4096 is 32·128
    assert made(written) == ["heads of keys and values ignored"]
    assert len(made(asked.typed("attention_1", "cache", "67108864"))) == 2  # also with 8 bytes per value
    assert len(made(asked.typed("attention_1", "cache", "67108863 + 1"))) == 2


@pytest.mark.parametrize(
    ("network", "given", "begins"),
    [
        (
            "input(28, 28) -> flatten -> dense(512) -> dense(10)",
            "784*512 + 512*10",
            (
                "407,050, not 784·512 + 512·10 = 406,528; in dense_1 and dense_2, you counted the weights and left out "
                "the biases, which makes 512 + 10 = 522 too few: 406,528 + 522 = 407,050."
            ),
        ),
        (
            "input(8) -> dense(4, bias=no) -> dense(3, bias=no)",
            "51",
            (
                "44, not 51; in dense_1 and dense_2, you counted biases, although there are none, which makes "
                "4 + 3 = 7 too many: 51 − 7 = 44."
            ),
        ),
    ],
)
def test_a_wrong_total_is_carried_on_to_the_right_one(network: str, given: str, begins: str) -> None:
    assert sp.parse(network).diagnose(given).to_text("answer").replace("\n", " ").startswith(begins)
