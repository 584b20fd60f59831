"""The item analysis, with Python's own statistics as a second witness."""

from __future__ import annotations

import csv
import io
import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

import symparams as sp
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import Source
from symparams.exports.json import Json
from symparams.grading.items import ItemAnalysis, correlation
from symparams.grading.marks import ClassMarks, decimal, graded
from symparams.grading.report import report
from tests.exports.asked_samples import samples
from tests.grading.test_marking import choice


def bank_of(questions: Sequence[WrittenQuestion]) -> str:
    export, info = Json(), BankInfo("Items", 7, "0.0.1", "0123abcd", 1)
    texts = [export.item(replace(q, identity=f"q-{at:08x}")) for at, q in enumerate(questions)]
    return export.head(info) + export.between().join(texts) + export.end(info, len(texts), "mark")


NUMBER = replace(samples(0, count=1)[0], value=7, answer="7", points=Fraction(1), mistakes=(), blanks=(), kind="params")
CHOICE = replace(choice("18,207", "630", "640"), name="Which of these?")
BANK = bank_of([NUMBER, NUMBER, CHOICE, NUMBER])
# Each student, and the answers: a 7 is right in questions 1, 2 and 4; (b) gives half of question 3.
CLASS = """student,1,2,3,4
Ada,7,7,a,1
Bo,7,7,a,1
Cy,7,8,b,1
Di,7,8,b,2
Ed,8,8,b,7
Fe,8,8,,7
"""


def marks(table: str, bank: str = BANK) -> ClassMarks:
    return graded(Source("bank.json", bank), Source("answers.csv", table))


def test_by_hand() -> None:
    one, two, three, four = ItemAnalysis(marks(CLASS)).items
    assert (one.answered, one.right, one.difficulty) == (6, 4, Fraction(2, 3))
    assert (two.answered, two.right, two.difficulty) == (6, 2, Fraction(1, 3))
    assert (three.answered, three.right, three.difficulty) == (5, 2, Fraction(7, 12))
    # The other questions gave 2, 2, 0.5, 0.5, 1.5, 1 points where the first one gave 1, 1, 1, 1, 0, 0: r = 0. The
    # second: 2, 2, 1.5, 1.5, 1.5, 1 and 1, 1, 0, 0, 0, 0: r = (6·4 - 2·9.5)/√(8·4.25) = 5/√34 = 0.857.
    assert [item.discrimination for item in (one, two, three)] == [Fraction(0), Fraction(86, 100), Fraction(86, 100)]
    assert four.discrimination == Fraction(-83, 100)
    assert [(d.answer.mark.chosen, d.count, d.thirds) for d in three.drawn] == [
        ("630", 3, (0, 3, 0)), ("18,207", 2, (2, 0, 0)),
    ]  # fmt: skip
    assert [(d.answer.text, d.count, d.thirds) for d in four.drawn] == [
        ("1", 3, (2, 1, 0)), ("7", 2, (0, 0, 2)), ("2", 1, (0, 1, 0)),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_against_statistics(seed: int) -> None:
    chance = random.Random(seed)
    rows = [[chance.choice("78"), chance.choice("78"), chance.choice("abc"), chance.choice("78")] for _ in range(12)]
    found = marks("student,1,2,3,4\n" + "".join(f"s{i},{','.join(row)}\n" for i, row in enumerate(rows)))
    points = [[float(a.mark.points) for a in s.answers] for s in found.students]
    analysis = ItemAnalysis(found)
    for at, item in enumerate(analysis.items):
        mine, rest = [p[at] for p in points], [sum(p) - p[at] for p in points]
        assert item.difficulty is not None
        assert float(item.difficulty) == pytest.approx(statistics.mean(mine) / float(item.drawn[0].answer.asked.points))
        if len(set(mine)) > 1 and len(set(rest)) > 1:
            assert item.discrimination is not None
            assert float(item.discrimination) == pytest.approx(statistics.correlation(mine, rest), abs=0.0050001)
        assert sum(d.count for d in item.drawn) == item.answered == 12
        assert all(sum(d.thirds) == d.count for d in item.drawn)
    whole = statistics.pvariance([sum(p) for p in points])
    parts = sum(statistics.pvariance([p[at] for p in points]) for at in range(4))
    assert analysis.reliability is not None
    assert float(analysis.reliability) == pytest.approx(4 / 3 * (1 - parts / whole))


@pytest.mark.parametrize(
    ("one", "other", "r"),
    [
        ([1, 2, 3], [2, 4, 6], Fraction(1)),
        ([1, 2, 3], [3, 2, 1], Fraction(-1)),
        ([1, 1, 1], [1, 2, 3], None),
        ([0, 0, 1, 1], [0, 1, 0, 1], Fraction(0)),
        ([0, 0, 0, 1], [0, 0, 1, 1], Fraction(58, 100)),  # 1/√3 = 0.577…
        ([], [], None),
    ],
)
def test_correlation(one: list[int], other: list[int], r: Fraction | None) -> None:
    assert correlation(one, other) == r


def test_an_answer_that_is_not_marked_does_not_count() -> None:
    with_doubt, without = (ItemAnalysis(marks(CLASS.replace("Ed,8,", cell))).items[0] for cell in ("Ed,7.770,", "Ed,,"))
    assert (with_doubt.difficulty, without.difficulty) == (Fraction(4, 5), Fraction(2, 3))


def test_one_student_tells_nothing_apart() -> None:
    analysis = ItemAnalysis(marks("student,1\nAda,7\n"))
    assert [item.discrimination for item in analysis.items] == [None] * 4
    assert analysis.reliability is None


def test_the_document() -> None:
    text = report(marks(CLASS), "text")
    assert "Question  About                 Points  Correct  Difficulty  Discrimination\n" in text
    assert "       2  Parameters of conv_2       1      33%        0.33            0.86\n" in text
    assert "       4  Parameters of conv_2       1      33%        0.33           −0.83\n" in text
    said = " ".join(text.split())
    assert "The reliability of the whole exam (Cronbach's alpha) is −0.36." in said
    assert (
        "Students who do better on the other questions do worse on question 4: read its wording and key again." in said
    )
    assert "Question  Answer  Times  Top  Middle  Bottom  Mistake\n" in text
    assert "       3  630         3    0       3       0  mistake 1\n" in text


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (
            "items",
            [
                "question,name,points,answered,right,difficulty,discrimination",
                "1,Parameters of conv_2,1,6,4,0.6667,0",
                "2,Parameters of conv_2,1,6,2,0.3333,0.86",
                "3,Which of these?,1,5,2,0.5833,0.86",
                "4,Parameters of conv_2,1,6,2,0.3333,-0.83",
            ],
        ),
        (
            "drawn",
            [
                "question,identity,answer,outcome,mistake,answers,top third,middle third,bottom third",
                "1,q-00000000,7,right,,4,2,0,2",
                "1,q-00000000,8,unknown,,2,0,2,0",
                "2,q-00000001,8,unknown,,4,0,3,1",
                "2,q-00000001,7,right,,2,2,0,0",
                "3,q-00000002,630,known,mistake 1,3,0,3,0",
                '3,q-00000002,"18,207",right,,2,2,0,0',
                "4,q-00000003,1,unknown,,3,2,1,0",
                "4,q-00000003,7,right,,2,0,0,2",
                "4,q-00000003,2,unknown,,1,0,1,0",
            ],
        ),
    ],
)
def test_tables(table: str, lines: list[str]) -> None:
    written = sp.Marks(marks(CLASS)).to_csv(table)
    assert list(csv.reader(io.StringIO(written))) == list(csv.reader(lines))


def test_what_a_spreadsheet_takes_for_a_formula_is_masked() -> None:
    written = sp.Marks(marks('student,1\nAda,"=HYPERLINK(1)"\nBo,@x\n')).to_csv("drawn")
    assert [row[2] for row in csv.reader(io.StringIO(written))][1:] == ["'=HYPERLINK(1)", "'@x"]


def test_what_python_and_json_get() -> None:
    found = sp.Marks(marks(CLASS))
    assert found.items[3].discrimination == Fraction(-83, 100)
    assert found.reliability is not None
    record = json.loads(found.to_json())
    assert record["reliability"] == str(found.reliability)
    four = record["questions"][3]
    assert (four["answered"], four["difficulty"], four["discrimination"]) == (6, "1/3", "-83/100")
    assert four["drawn"][0] == {
        "identity": "q-00000003", "answer": "1", "outcome": "unknown", "misconception": "", "count": 3,
        "thirds": [2, 1, 0],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(-5, 6), "-0.83"), (Fraction(-1, 8), "-0.13"), (Fraction(1, 8), "0.13"), (Fraction(-1, 999), "0")],
)
def test_numbers_below_zero(value: Fraction, text: str) -> None:
    assert decimal(value, 2) == text
