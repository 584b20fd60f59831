"""The marks of a class for programs: CSV and JSON; docs/grading.md and docs/json.md say what is in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, get_args

from symparams.errors import SymparamsError, listed
from symparams.grading.marking import Outcome
from symparams.grading.marks import Answer, ClassMarks, Student, decimal

TABLES = ("marks", "tally", "answers")
_STARTS = "=+-@\t\r"  # what a spreadsheet would take for the start of a formula


def as_csv(marks: ClassMarks, table: str = "marks") -> str:
    """One of the tables: the marks (a student a line), the tally (a mistake a line), the answers (an answer a line)."""
    if table not in TABLES:
        raise SymparamsError(f"there is no table `{table}` of marks; there are {listed(TABLES)}")
    rows = {"marks": _marks, "tally": _tally, "answers": _answers}[table](marks)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _marks(marks: ClassMarks) -> Iterator[Sequence[str]]:
    paper = ["paper"] if marks.bank.info.variants > 1 else []
    numbers = [str(number) for number in range(1, len(marks.bank.numbered) + 1)]
    yield ["student", *paper, *numbers, "points", "of", "share"]
    for student in marks.students:
        which = [str(student.paper or "")] if paper else []
        each = ["" if a.mark.outcome == "empty" else _decimal(a.mark.points) for a in student.answers]
        totals = map(_decimal, (student.points, student.of, student.share))
        yield [_cell(student.name), *which, *each, *totals]


def _tally(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield ["mistake", "answers", "questions"]
    for tally in marks.tally:
        yield [_cell(tally.misconception), str(tally.count), " ".join(map(str, tally.questions))]


def _answers(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield ["student", "question", "identity", "answer", "chosen", "points", "of", "outcome", "mistake", "remark"]
    for student in marks.students:
        for a in student.answers:
            texts = map(_cell, (a.mark.outcome, a.mark.misconception, a.mark.remark))
            worth = (_decimal(a.mark.points), _decimal(a.asked.points))
            yield [
                _cell(student.name),
                str(a.number),
                _cell(a.asked.identity),
                _cell(a.text),
                _cell(a.mark.chosen),
                *worth,
                *texts,
            ]


def _decimal(value: Fraction) -> str:
    return decimal(value, 4)


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number with a sign stays one."""
    number = text.removeprefix("-").replace(".", "", 1)
    return f"'{text}" if text.startswith(tuple(_STARTS)) and not (number.isascii() and number.isdigit()) else text


# ---------------------------------------------------------------- JSON


def as_record(marks: ClassMarks) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "bank": marks.bank.info.title,
        "students": [_student(student) for student in marks.students],
        "questions": [
            {
                "number": number,
                "name": variants[0].name,
                "identities": [asked.identity for asked in variants],
                "points": _exact(max(asked.points for asked in variants)),
                "right": _exact(marks.right(number)),
            }
            for number, variants in enumerate(marks.bank.numbered, 1)
        ],
        "tally": [
            {"misconception": tally.misconception, "answers": tally.count, "questions": list(tally.questions)}
            for tally in marks.tally
        ],
        "outcomes": {name: marks.counted(name) for name in get_args(Outcome)},
        "mean": _exact(marks.mean),
        "mean_share": _exact(marks.mean_share),
    }


def _student(student: Student) -> dict[str, Any]:
    return {
        "student": student.name,
        "paper": student.paper,
        "points": _exact(student.points),
        "of": _exact(student.of),
        "share": _exact(student.share),
        "answers": [_answer(answer) for answer in student.answers],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "number": answer.number,
        "identity": answer.asked.identity,
        "answer": answer.text,
        "chosen": answer.mark.chosen,
        "points": _exact(answer.mark.points),
        "of": _exact(answer.asked.points),
        "outcome": answer.mark.outcome,
        "misconception": answer.mark.misconception,
        "remark": answer.mark.remark,
    }


def _exact(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else str(value)
