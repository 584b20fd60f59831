"""The marks of a class for programs: CSV and JSON; docs/grading.md and docs/json.md say what is in them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, get_args

from symparams.errors import SymparamsError, listed
from symparams.grading.items import Item, ItemAnalysis
from symparams.grading.marking import Outcome
from symparams.grading.marks import Answer, ClassMarks, Student, decimal

TABLES = ("marks", "tally", "answers", "items", "drawn")
_PLACE_OF_POINTS = {"empty": "", "unclear": "?"}  # what stands there where there are none
_FORMULAS = ("=", "+", "-", "@", "\N{MINUS SIGN}")  # what a spreadsheet takes for the start of a formula


def as_csv(marks: ClassMarks, table: str = "marks") -> str:
    """One of the tables.

    The marks have a student a line, the tally a mistake, the answers an answer of a student, the items a question, and
    what was drawn has each different answer with those who gave it.
    """
    if table not in TABLES:
        raise SymparamsError(f"there is no table `{table}` of marks; the choices are {listed(TABLES)}")
    written = {"marks": _marks, "tally": _tally, "answers": _answers, "items": _items, "drawn": _drawn}
    rows = written[table](marks)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _marks(marks: ClassMarks) -> Iterator[Sequence[str]]:
    paper = ["paper"] if marks.bank.info.variants > 1 else []
    numbers = [str(number) for number in range(1, len(marks.bank.numbered) + 1)]
    yield ["student", *paper, *numbers, "points", "of", "share"]
    for student in marks.students:
        which = [str(student.paper or "")] if paper else []
        each = [_PLACE_OF_POINTS.get(a.mark.outcome, _decimal(a.mark.points)) for a in student.answers]
        totals = map(_decimal, (student.points, student.of, student.share))
        yield [unmistaken(student.name), *which, *each, *totals]


def _tally(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield ["mistake", "answers", "questions"]
    for tally in marks.tally:
        yield [unmistaken(tally.misconception), str(tally.count), " ".join(map(str, tally.questions))]


def _answers(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield ["student", "question", "identity", "answer", "chosen", "points", "of", "outcome", "mistake", "remark"]
    for student in marks.students:
        for a in student.answers:
            texts = map(unmistaken, (a.mark.outcome, a.mark.misconception, a.mark.remark))
            worth = (_decimal(a.mark.points), _decimal(a.asked.points))
            yield [
                unmistaken(student.name),
                str(a.number),
                unmistaken(a.asked.identity),
                unmistaken(a.text),
                unmistaken(a.mark.chosen),
                *worth,
                *texts,
            ]


def _items(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield ["question", "name", "points", "answered", "right", "difficulty", "discrimination"]
    for item, variants in zip(ItemAnalysis(marks).items, marks.bank.numbered, strict=True):
        worth = _decimal(max(asked.points for asked in variants))
        counts = (worth, str(item.answered), str(item.right), _known(item.difficulty), _known(item.discrimination))
        yield [str(item.number), unmistaken(variants[0].name), *counts]


def _drawn(marks: ClassMarks) -> Iterator[Sequence[str]]:
    yield [
        "question", "identity", "answer", "outcome", "mistake", "answers", "top third", "middle third", "bottom third",
    ]  # fmt: skip
    for item in ItemAnalysis(marks).items:
        for drawn in item.drawn:
            answer = drawn.answer
            texts = (answer.asked.identity, _given(answer), answer.mark.outcome, answer.mark.misconception)
            yield [str(item.number), *map(unmistaken, texts), *map(str, (drawn.count, *drawn.thirds))]


def _given(answer: Answer) -> str:
    return answer.mark.chosen or answer.text


def _known(value: Fraction | None) -> str:
    return "" if value is None else _decimal(value)


def _decimal(value: Fraction) -> str:
    return decimal(value, 4)


def unmistaken(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number with a sign stays one."""
    number = text.strip().removeprefix("-").replace(".", "", 1)
    if number.isascii() and number.isdigit():
        return text
    # Programs drop what cannot be seen, such as a byte order mark, and take signs that look alike for the same.
    alike = unicodedata.normalize("NFKC", text)
    first = next((c for c in alike if unicodedata.category(c)[0] not in "CMZ"), "")
    return f"'{text}" if first in _FORMULAS or text.startswith(("\t", "\r", "\n")) else text


# ---------------------------------------------------------------- JSON


def as_record(marks: ClassMarks) -> dict[str, Any]:
    """Everything, for programs."""
    analysis = ItemAnalysis(marks)
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
                **_item(analysis.items[number - 1]),
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
        "reliability": _exact(analysis.reliability),
        "passed_over": list(marks.passed_over),
    }


def _item(item: Item) -> dict[str, Any]:
    drawn = [
        {
            "identity": one.answer.asked.identity,
            "answer": _given(one.answer),
            "outcome": one.answer.mark.outcome,
            "misconception": one.answer.mark.misconception,
            "count": one.count,
            "thirds": list(one.thirds),
        }
        for one in item.drawn
    ]
    return {
        "answered": item.answered,
        "difficulty": _exact(item.difficulty),
        "discrimination": _exact(item.discrimination),
        "drawn": drawn,
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


def _exact(value: Fraction | None) -> int | str | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else str(value)
