"""Banks are read as they were written, and what is none is refused with one message."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.errors import Source
from symparams.grading.bank import read_bank
from symparams.grading.marks import graded
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import samples
from tests.grading.classes import bank, bank_text, error
from tests.test_cli import run

DATA = EXAMPLES.parent / "tests" / "data"
NETWORK = """range k in 3, 5, 7
range F in 8..64 step 8
range C in 4..32 step 4
input(32, 32, C) -> conv(F, k) -> maxpool(2) -> conv(2*F, 3) -> flatten -> dense(10)
"""


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exam as a bank and on paper, in three variants."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "net.arch").write_text(NETWORK, "utf-8")
    kinds = "params,shape,total,blank,inverse,formula,compare,truth,params:choice,formula:choice"
    for format_, name in (("json", "bank.json"), ("latex", "exam.tex")):
        status, _, said = run(
            "exam", folder / "net.arch", "--questions", "10", "--variants", "3", "--kinds", kinds,
            "--format", format_, "-o", folder / name,
        )  # fmt: skip
        assert status == 0, said
    return folder


def test_a_bank_is_read_as_it_was_written() -> None:
    for seed in range(20):
        assert list(bank(seed, 24).questions) == samples(seed)


def test_the_keys_of_an_exam_are_right_and_its_mistakes_are_known(exam: Path) -> None:
    found = read_bank(Source("bank.json", (exam / "bank.json").read_text("utf-8")))
    assert found.info.variants == 3
    assert len(found.numbered) == 10
    rows = [["student", "question", "answer"]]
    expected: dict[str, tuple[Fraction, str]] = {}
    for asked in found.questions:
        known = [(asked.answer, Fraction(1), "")]
        known += [(m.answer, m.credit, m.misconception) for m in asked.mistakes]
        known += [(o.plain, asked.share(o), o.misconception) for o in asked.options]
        for answer, credit, misconception in known:
            student = f"{asked.identity} {len(rows)}"
            rows.append([student, asked.identity, answer])
            expected[student] = credit * asked.points, misconception
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    got = graded(Source("b", (exam / "bank.json").read_text("utf-8")), Source("a", table.getvalue()))
    assert len(got.students) == len(expected) > 60
    for found_of in got.students:
        (given,) = (a for a in found_of.answers if a.text)
        assert (given.mark.points, given.mark.misconception) == expected[found_of.name], given


def test_the_code_on_a_paper_says_which_questions_it_has(exam: Path) -> None:
    found = read_bank(Source("bank.json", (exam / "bank.json").read_text("utf-8")))
    codes = re.findall(r"^% ---- variant (\w+)$", (exam / "exam.tex").read_text("utf-8"), re.MULTILINE)
    assert list(found.codes) == codes
    assert len(set(codes)) == 3


@pytest.mark.parametrize("name", ["variants", "formulas"])
def test_a_bank_of_an_earlier_version_is_marked_as_it_was(name: str) -> None:
    """Bank, answers and marks are of version 0.3.0; what is said beside the marks may have become clearer."""
    place = DATA / "banks"
    status, table, said = run(
        "grade", place / f"{name}.json", "--answers", place / f"{name}.answers.csv", "--format", "csv",
        "--table", "answers",
    )  # fmt: skip
    assert (status, said) == (0, "")
    marks, expected = (
        [{key: entry for key, entry in row.items() if key != "remark"} for row in csv.DictReader(io.StringIO(text))]
        for text in (table, (place / f"{name}.marks.csv").read_text("utf-8"))
    )
    assert {row["outcome"] for row in expected} == {"right", "known", "unknown", "empty"}
    assert marks == expected


def changed(**more: Any) -> str:
    """A bank with something else in its first question, or without it."""
    found = json.loads(bank_text())
    first = {**found["questions"][0], **more}
    found["questions"][0] = {key: entry for key, entry in first.items() if entry is not ...}
    return json.dumps(found)


NO_BANK = "bank.json is not a bank of questions: {}; such a bank is made by symparams exam --format json -o FILE"
PARTIAL = "bank.json: the bank is not complete, it has 7 questions in 2 variants each; mark with the whole bank"
BANKS: dict[str, tuple[str, str]] = {
    "no JSON": ("student,1\n", NO_BANK.format("it is not JSON")),
    "a deep one": ("[" * 100_000, NO_BANK.format("it is not JSON")),
    "a long number": ("9" * 10_000, NO_BANK.format("it is not JSON")),
    "another JSON": ('{"model": ""}', NO_BANK.format("it has no `bank` and `questions`")),
    "a list": ("[]", NO_BANK.format("it has no `bank` and `questions`")),
    "another version": (
        bank_text().replace('"format": 1', '"format": 2'),
        "bank.json is a bank of format 2; this version of symparams reads format 1",
    ),
    "a field missing": (changed(points=...), NO_BANK.format("question 1 has no `points`")),
    "a field of another type": (
        changed(points="1e999999999"), NO_BANK.format("`points` of question 1: it is not a number"),
    ),
    "a list that is none": (changed(options=1), NO_BANK.format("`options` of question 1: it is not a list")),
    "inside a list": (
        changed(mistakes=[{"answer": 5}]),
        NO_BANK.format("`mistakes` of question 1: `answer` of mistake 1: it is not a text"),
    ),
    "no number": (changed(value=None), NO_BANK.format("question 1: its answer is not a number")),
    "an unknown type": (changed(answer_type="essay"), NO_BANK.format("question 1: there is no answer type essay")),
    "no key": (
        changed(answer_type="choice", options=[]), NO_BANK.format("question 1: not exactly one option is right"),
    ),
    "a formula without points": (
        changed(answer_type="formula"), NO_BANK.format("question 1: it has no points to compare formulas at"),
    ),
    "not complete": (
        bank_text(count=7, variants=2),
        PARTIAL,
    ),
    "no questions": (bank_text(count=0), "bank.json: there are no questions in this bank"),
}  # fmt: skip


@pytest.mark.parametrize("name", BANKS)
def test_what_is_said_of_a_wrong_bank(name: str) -> None:
    text, message = BANKS[name]
    assert error("student,1\nAda,5\n", text) == message


def test_whatever_is_taken_out_of_a_bank_there_is_one_message() -> None:
    text = bank_text(count=4)
    for at in range(0, len(text), 97):
        assert error("student,1\nAda,5\n", text[:at]).startswith("bank.json is not a bank of questions: ")
