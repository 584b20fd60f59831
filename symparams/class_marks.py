"""The marks of a class, as Python has them; loaded when they are asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from symparams import limits
from symparams.diagnoses import written
from symparams.errors import Source, SymparamsError, listed
from symparams.exam_questions import Exam
from symparams.files import read_source
from symparams.grading import plot, tables
from symparams.grading.bank import Bank, bank_of, read_bank
from symparams.grading.items import Item, ItemAnalysis
from symparams.grading.marks import ClassMarks, Student, Tally, marked
from symparams.grading.report import report
from symparams.grading.student_report import REPORT_FORMATS, ReportFormat, write_reports
from symparams.results import Shown

# Answers as a list: {"student": …, "question": …, "answer": …}, {"student": …, "1": …, "2": …}, or three in a tuple.
Row: TypeAlias = Mapping[Any, Any] | Sequence[Any]
_COLUMNS = ("student", "question", "answer")


@limits.face
@dataclass(frozen=True, repr=False)
class Marks(Shown):
    """The marks of a class; made by `grade`."""

    _contents: ClassMarks

    @property
    def students(self) -> tuple[Student, ...]:
        """Each student: `name`, `paper`, `points`, `of`, `share` and `answers`, one for each question."""
        return self._contents.students

    @property
    def tally(self) -> tuple[Tally, ...]:
        """The misconceptions that were met, the most frequent first: `misconception`, `count` and `questions`."""
        return self._contents.tally

    @cached_property
    def _analysis(self) -> ItemAnalysis:
        return ItemAnalysis(self._contents)

    @property
    def items(self) -> tuple[Item, ...]:
        """Each question: `number`, `answered`, `right`, `difficulty`, `discrimination`, and `drawn`, its answers."""
        return self._analysis.items

    @property
    def reliability(self) -> Fraction | None:
        """Cronbach's alpha of the whole exam; None where it is not defined."""
        return self._analysis.reliability

    @property
    def mean(self) -> Fraction:
        """Points of a student on average."""
        return self._contents.mean

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The columns of an exported table of answers that are no question of the bank."""
        return self._contents.passed_over

    def right(self, number: int) -> Fraction:
        """The share of students whose answer to a question is right; questions count from 1."""
        return self._contents.right(number)

    def _rendered(self, format_: str) -> str:
        return report(self._contents, format_)

    def to_csv(self, table: str = "marks") -> str:
        """One of the tables `marks`, `tally`, `answers`, `items` and `drawn`."""
        return tables.as_csv(self._contents, table)

    def to_json(self) -> str:
        return json.dumps(tables.as_record(self._contents), ensure_ascii=False, indent=2)

    def reports(self, folder: str | Path, format: ReportFormat = "html", *, fonts: Sequence[str] = ()) -> None:
        """A report with feedback for each student, written into a folder: html, markdown, typst or pdf.

        `fonts` are files or folders, for a PDF.
        """
        if format not in REPORT_FORMATS:
            raise SymparamsError(f"reports are {listed(REPORT_FORMATS, 'or')}, not `{str(format)[:20]}`")
        write_reports(self._contents, Path(folder), format, fonts=fonts)

    def plot(self, path: str | Path, fonts: Sequence[str] = ()) -> None:
        """The tally as a picture: .svg, or with typst .png and .pdf, for which `fonts` are files or folders."""
        plot.plot(self._contents, Path(path), fonts)

    def __repr__(self) -> str:
        return f"<Marks: {len(self.students)} students, {len(self._contents.bank.numbered)} questions>"


@limits.work()
def grade(bank: Exam | Bank | Mapping[str, Any] | str | Path, answers: str | Path | Sequence[Row], /) -> Marks:
    """The marks of a class, as `symparams grade` gives them.

    `bank`: an exam, or the JSON that it was written to, as a path or loaded. `answers`: the path of a table, the text
    of one, or a list of tuples (student, question, answer) or of dicts with the columns of a table. Raises
    SymparamsError for what is no bank or no table of answers; an answer that cannot be read is marked as such.
    """
    return Marks(marked(_bank(bank), _table(answers)))


def _bank(given: Exam | Bank | Mapping[str, Any] | str | Path) -> Bank:
    match given:
        case Exam():
            return Bank(given.info.title, given.info, tuple(question._asked for question in given.questions))
        case Bank():
            return given
        case Mapping():
            return bank_of("the bank", given)
    return read_bank(read_source(Path(given), limits.BANK_BYTES))


def _table(given: str | Path | Sequence[Row]) -> Source:
    if isinstance(given, Path) or (isinstance(given, str) and "\n" not in given):
        return read_source(Path(given), limits.ANSWERS_BYTES)
    return Source(_ANSWERS, given if isinstance(given, str) else _as_csv(given))


_ANSWERS = "the answers"  # what messages call a table that is no file


def _as_csv(rows: Sequence[Row]) -> str:
    records = [dict(_record(row, at)) for at, row in enumerate(rows, 1)]
    columns = list(dict.fromkeys(name for record in records for name in record)) or list(_COLUMNS)
    text = io.StringIO()
    table = csv.DictWriter(text, columns)
    table.writeheader()
    table.writerows(records)
    return text.getvalue()


def _record(row: Row, at: int) -> Iterator[tuple[str, str]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(row, Mapping):
        pairs = list(row.items())
    elif isinstance(row, Sequence) and not isinstance(row, str) and len(row) == len(_COLUMNS):
        pairs = list(zip(_COLUMNS, row, strict=True))
    if not pairs:
        raise SymparamsError(
            f"{_ANSWERS}: entry {at} is {str(row)[:60]}; each is (student, question, answer), or a dict with columns"
        )
    return ((str(name), _text(value)) for name, value in pairs)


def _text(value: Any) -> str:
    """What a student would have typed; one answer that cannot be written does not stop the marking of the others."""
    try:
        return "" if value is None else written(value)
    except (SymparamsError, ValueError):  # an integer, or one in something else, that is too long to be written
        return f"a number of more than {limits.DIGITS:,} digits"
