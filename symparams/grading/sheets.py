"""The entries of a table of answers -> what each student handed in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from symparams import limits
from symparams.errors import LimitError, Source, SymparamsError
from symparams.grading.bank import Bank
from symparams.grading.entries import AnswerTable, Entry
from symparams.grading.places import Places, short


@dataclass(slots=True)
class Sheet:
    """What a student handed in."""

    student: str
    line: int  # where the table first names the student
    key: str = ""  # what tells the student apart from others of this name; empty where only the name does
    paper: int | None = None  # from 0; None where the table does not say
    answers: dict[int, tuple[int, str]] = field(default_factory=dict)  # question from 0: its variant from 0, the text


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a class handed in."""

    students: tuple[Sheet, ...]  # in the order of the table
    passed_over: tuple[str, ...]  # columns of the table that have nothing to do with the bank


def read_sheets(source: Source, bank: Bank) -> Sheets:
    """The students of a table."""
    return _Collected(Places(source, bank)).sheets()


class _Collected:
    """The sheets of a class."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._found: dict[str, Sheet] = {}

    def sheets(self) -> Sheets:
        """Everything in the table."""
        table, source = AnswerTable(self.places), self.places.source
        questions = len(self.places.bank.numbered)
        for entry in table.entries():
            self._take(entry)
            if len(self._found) * questions > limits.ANSWERS:
                raise LimitError(
                    f"{source.name}: more than {limits.ANSWERS // questions:,} students answer {questions:,} "
                    "questions, which is the limit; mark the class in parts"
                )
        if not self._found:
            raise SymparamsError(f"{source.name}: there are no answers below the first line")
        named = Counter(sheet.student for sheet in self._found.values())
        for sheet in self._found.values():
            if named[sheet.student] > 1 and sheet.key:
                sheet.student = f"{sheet.student} ({sheet.key})"
        return Sheets(tuple(self._found.values()), table.passed_over)

    def _take(self, entry: Entry) -> None:
        """Put an answer on the sheet of its student."""
        if not entry.student:
            raise self.places.error(entry.line, "this line names no student")
        sheet = self._found.setdefault(_known_as(entry), Sheet(entry.student, entry.line, entry.key))
        if entry.whole and sheet.line != entry.line:
            raise self.places.error(
                entry.line,
                f"`{short(entry.student)}` stands in line {sheet.line} already; each student has one line",
            )
        self._set_paper(sheet, entry)
        question, variant = self.places.question(entry.line, entry.question)
        if not entry.answer and not entry.had:
            return
        if variant is None:
            variant = self._variant(sheet, entry)
        if sheet.paper not in (None, variant):
            raise self.places.error(
                entry.line, f"`{short(entry.question)}` is not on the paper of `{short(sheet.student)}`"
            )
        self._put(sheet, entry, question, variant)

    def _put(self, sheet: Sheet, entry: Entry, question: int, variant: int) -> None:
        """An answer in its place; where each blank is asked for by itself, they are put together."""
        there = sheet.answers.get(question, (variant, ""))
        marks = [blank.mark for blank in self.places.bank.numbered[question][variant].blanks]
        in_parts = entry.had and entry.answer.startswith(tuple(marks)) and there[0] == variant
        if there[1] and entry.answer and not in_parts:
            same = there[0] == variant
            what = f"question {question + 1}" if same else f"several variants of question {question + 1}"
            raise self.places.error(entry.line, f"`{short(sheet.student)}` has two answers to {what}")
        sheet.answers[question] = variant, "; ".join(filter(None, (there[1], entry.answer)))

    def _set_paper(self, sheet: Sheet, entry: Entry) -> None:
        if not entry.paper:
            return
        paper = self.places.paper(entry.line, entry.paper)
        if sheet.paper not in (None, paper):
            raise self.places.error(entry.line, f"`{short(sheet.student)}` has another paper in line {sheet.line}")
        sheet.paper = paper

    def _variant(self, sheet: Sheet, entry: Entry) -> int:
        """Which variant a number means: that of the student's paper."""
        variants = self.places.bank.info.variants
        if variants == 1:
            return 0
        if sheet.paper is None:
            raise self.places.error(
                entry.line,
                f"which variant does `{short(sheet.student)}` have? A column `paper` must say it, with a number (1 to "
                f"{variants:,}) or the printed code; or name questions by identity or text",
            )
        return sheet.paper


def _known_as(entry: Entry) -> str:
    """By what a student is known again: spaces and composed letters make no difference."""
    return " ".join(unicodedata.normalize("NFC", entry.key or entry.student).split())
