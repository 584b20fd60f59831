"""Answers nested without end: one message each, wherever they are typed, and nobody else's marks are touched."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

import symparams as sp
from symparams.errors import LimitError, Source, SymparamsError
from symparams.grading.marking import Marker
from symparams.sources.answers import read_answer
from tests.grading.classes import bank, marks
from tests.grading.test_marking import ONE_OF_EACH

BRACKETS = "brackets are nested more than 100 deep, which is the limit"
NESTED = "this is nested more than 100 deep, which is the limit"


def divided(text: str, times: int) -> str:
    return "(" * times + text + f"{'/1' * 9})" * times


# What is typed, and what is said of it.
DEEP = {
    "floors": ("⌊" * 499 + "1" + "⌋" * 499, NESTED),
    "ceilings": ("⌈" * 300 + "1" + "⌉" * 300, NESTED),
    "floors of halves": ("⌊" * 240 + "1" + "/2⌋" * 240, NESTED),
    "negative floors": ("-⌊" * 150 + "1" + "⌋" * 150, NESTED),
    "squared ceilings": ("⌈" * 150 + "1" + "⌉²" * 150, NESTED),
    "round brackets": ("(" * 499 + "1" + ")" * 499, BRACKETS),
    "signs before brackets": ("-(" * 320 + "1" + ")" * 320, BRACKETS),
    "fractions": ("1/(" * 240 + "1" + ")" * 240, BRACKETS),
    "powers": ("2^(" * 240 + "1" + ")" * 240, BRACKETS),
    "floor by name": ("floor(" * 120 + "1" + ")" * 120, BRACKETS),
    "fractions in 99 brackets": (divided("1", 45), NESTED),
    "powers in brackets": (f"{'1^' * 50}(" * 6 + "1" + ")" * 6, NESTED),
    "powers of powers": ("1^" * 499 + "1", "more than 100 powers of powers, which is the limit"),
    "divisions": ("1/" * 499 + "1", "more than 100 divisions in one product, which is the limit"),
}


@pytest.mark.parametrize("name", DEEP)
def test_read(name: str) -> None:
    text, message = DEEP[name]
    with pytest.raises(LimitError) as caught:
        read_answer(Source("answer", text), {})
    assert caught.value.matter == message


@pytest.mark.parametrize("name", DEEP)
def test_diagnosed(name: str) -> None:
    asked = sp.parse("input(28, 28, 1) -> conv(8, 3)")
    for layer, quantity in (("conv_1", "params"), ("conv_1", "shape"), ("conv_1", "field"), (None, "params")):
        with pytest.raises(SymparamsError):
            asked.diagnose(DEEP[name][0], layer, quantity)


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("kind", ["number", "shape", "formula"])
def test_marked(name: str, kind: str) -> None:
    text, message = DEEP[name]
    mark = Marker(ONE_OF_EACH[kind]).mark(text)
    assert (mark.points, mark.outcome) == (Fraction(0), "unread")
    assert mark.remark.startswith(f"{message}; expected ")


def test_what_is_nested_less_is_read() -> None:
    mark = Marker(ONE_OF_EACH["number"]).mark("(" * 97 + str(ONE_OF_EACH["number"].value) + "/1)" * 97)
    assert mark.outcome == "right"
    assert Marker(ONE_OF_EACH["number"]).mark("-" * 499 + "1").outcome == "unknown"


def test_one_bad_answer_stops_nobody() -> None:
    questions = bank().questions
    right = ["; ".join(b.answer for b in q.blanks) or q.answer for q in questions]
    table = io.StringIO()
    rows = [["student", *map(str, range(1, 9))], ["Ada", *right]]
    rows += [[name, *[text] * 8] for name, (text, _) in DEEP.items()]
    csv.writer(table).writerows([*rows, ["Zoë", *right]])
    ada, *others, zoe = marks(table.getvalue()).students
    assert ada.points == ada.of == zoe.points
    assert ada.of > 0
    assert [student.points for student in others] == [Fraction(0)] * len(DEEP)
    assert {answer.mark.outcome for student in others for answer in student.answers} == {"unread"}
