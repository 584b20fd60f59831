"""A table of answers, one a line or one student a line -> what each student answered to which question."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from symparams.errors import Source, SymparamsError, nearest
from symparams.grading.bank import Bank

# What the columns may be called, without capitals, marks and spaces.
_STUDENT = ("student", "name", "studentname", "studentid", "id", "user", "username", "email", "participant")
_QUESTION = ("question", "questionid", "questionnumber", "identity", "item", "task", "exercise")
_ANSWER = ("answer", "response", "reply", "given", "solution")
_PAPER = ("paper", "variant", "form", "version", "code")
_NUMBER = re.compile(r"(?:q|question|no\.?|nr\.?)?\s*#?\s*([0-9]{1,7})", re.IGNORECASE)
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # as Excel writes it above the header
_SHOWN = 60  # characters of a cell in a message


@dataclass(slots=True)
class Sheet:
    """What a student handed in."""

    student: str
    line: int  # where the table first names the student
    paper: int | None = None  # from 0; None where the table does not say
    answers: dict[int, tuple[int, str]] = field(default_factory=dict)  # question from 0: its variant from 0, the text


@dataclass(frozen=True, slots=True)
class _Entry:
    """An answer as the table has it."""

    line: int
    student: str
    paper: str
    question: str
    answer: str


def read_sheets(source: Source, bank: Bank) -> list[Sheet]:
    """The students in the order of the table."""
    return _Table(source, bank).sheets()


class _Table:
    """A table of answers to the questions of a bank."""

    def __init__(self, source: Source, bank: Bank) -> None:
        self.source = source
        self.bank = bank
        self._found: dict[str, Sheet] = {}

    def sheets(self) -> list[Sheet]:
        """Everything in the table."""
        lines = self._lines()
        line, header = next(lines, (1, []))
        if not any(header):
            raise SymparamsError(f"{self.source.name}: there are no answers in this file")
        entries = self._long(header, lines) if _is_long(header) else self._wide(line, header, lines)
        for entry in entries:
            self._take(entry)
        if not self._found:
            raise SymparamsError(f"{self.source.name}: there are no answers below the first line")
        return list(self._found.values())

    def _error(self, line: int, matter: str) -> SymparamsError:
        return SymparamsError(f"{self.source.name}:{line}: {matter}")

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """The lines that are not empty, with their numbers."""
        text = self.source.text
        told = _SEPARATOR.match(text)
        first = text[told.end() if told else 0 :].lstrip("\r\n").partition("\n")[0]
        separator = told[1] if told else max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        before = csv.field_size_limit(len(text) + 1)  # an answer that is too long is one wrong answer, not the end
        try:
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
        except csv.Error as error:
            raise self._error(reader.line_num, f"this line is no CSV: {error}") from None
        finally:
            csv.field_size_limit(before)
        return ((line, cells) for line, cells in rows[bool(told) :] if any(cells))

    # ------------------------------------------------------------ the two layouts

    def _long(self, header: Sequence[str], lines: Iterator[tuple[int, list[str]]]) -> Iterator[_Entry]:
        """student, question, answer: an answer a line; other columns are passed over."""
        wanted = [_column(header, names) for names in (_STUDENT, _PAPER, _QUESTION, _ANSWER)]
        for at in wanted:
            if at is not None and _plain(header).count(_plain(header)[at]) > 1:
                raise self._error(1, f"two columns are called `{_short(header[at])}`")
        for line, cells in lines:
            self._check(line, cells, header)
            student, paper, question, answer = (_cell(cells, at) for at in wanted)
            yield _Entry(line, student, paper, question, answer)

    def _wide(self, line: int, header: Sequence[str], lines: Iterator[tuple[int, list[str]]]) -> Iterator[_Entry]:
        """student, 1, 2, 3 …: a student a line."""
        student = _column(header, _STUDENT) or 0
        paper = _column(header, _PAPER)
        questions = {at: name for at, name in enumerate(header) if at not in (student, paper) and name}
        if not any(self._knows(name) for name in questions.values()):
            raise self._error(line, self._no_columns(header))
        self._check_header(line, questions)
        for here, cells in lines:
            self._check(here, cells, header)
            name = _cell(cells, student)
            if _known_as(name) in self._found:
                first = self._found[_known_as(name)].line
                raise self._error(here, f"`{_short(name)}` stands in line {first} already; each student has one line")
            for at, question in questions.items():
                yield _Entry(here, name, _cell(cells, paper), question, _cell(cells, at))

    def _check_header(self, line: int, questions: Mapping[int, str]) -> None:
        """Every column is a question, and each is there once."""
        places: dict[object, str] = {}
        for name in questions.values():
            place = self._place(line, name)
            if place in places:
                raise self._error(
                    line, f"the columns `{_short(places[place])}` and `{_short(name)}` are the same question"
                )
            places[place] = name

    def _no_columns(self, header: Sequence[str]) -> str:
        names = ", ".join(f"`{_short(name)}`" for name in header[:6])
        return (
            "the first line must name the columns: student, question and answer; or student and the questions by "
            f"number ({self._numbers()}) or identity ({self.bank.questions[0].identity} …); here are {names}"
        )

    def _check(self, line: int, cells: Sequence[str], header: Sequence[str]) -> None:
        if any(cells[len(header) :]):
            raise self._error(
                line,
                f"there are {len(cells)} cells in this line, but {len(header)} columns; a cell that holds the mark "
                'between cells needs quotation marks: "18,207"',
            )

    # ------------------------------------------------------------ what they say

    def _take(self, entry: _Entry) -> None:
        """Put an answer on the sheet of its student."""
        if not entry.student:
            raise self._error(entry.line, "this line names no student")
        sheet = self._found.setdefault(_known_as(entry.student), Sheet(entry.student, entry.line))
        self._set_paper(sheet, entry)
        question, variant = self._place(entry.line, entry.question)
        if not entry.answer:
            return
        if variant is None:
            variant = self._variant(sheet, entry)
        if sheet.paper not in (None, variant):
            raise self._error(
                entry.line, f"`{_short(entry.question)}` is not on the paper of `{_short(sheet.student)}`"
            )
        if question in sheet.answers:
            same = sheet.answers[question][0] == variant
            what = f"question {question + 1}" if same else f"several variants of question {question + 1}"
            raise self._error(entry.line, f"`{_short(sheet.student)}` has two answers to {what}")
        sheet.answers[question] = variant, entry.answer

    def _set_paper(self, sheet: Sheet, entry: _Entry) -> None:
        if not entry.paper:
            return
        paper = self._paper(entry.line, entry.paper)
        if sheet.paper not in (None, paper):
            raise self._error(entry.line, f"`{_short(sheet.student)}` has another paper in line {sheet.line}")
        sheet.paper = paper

    def _paper(self, line: int, text: str) -> int:
        """A paper by its number or by the code that is printed on it."""
        if text.upper() in self.bank.codes:
            return self.bank.codes[text.upper()]
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.bank.info.variants:
            return int(text[:9]) - 1
        papers = f"1 to {self.bank.info.variants:,}" if self.bank.info.variants > 1 else "only 1"
        raise self._error(
            line, f"there is no paper `{_short(text)}`; there is {papers}, or the code that is printed on it"
        )

    def _variant(self, sheet: Sheet, entry: _Entry) -> int:
        """Which variant a number means: that of the student's paper."""
        if self.bank.info.variants == 1:
            return 0
        if sheet.paper is None:
            raise self._error(
                entry.line,
                f"which variant does `{_short(sheet.student)}` have? A column `paper` must say it, with a number (1 to "
                f"{self.bank.info.variants:,}) or the printed code; or name questions by identity",
            )
        return sheet.paper

    def _knows(self, name: str) -> bool:
        return name in self.bank.places or _NUMBER.fullmatch(name) is not None

    def _place(self, line: int, name: str) -> tuple[int, int | None]:
        """The question from 0, and where its identity is named its variant."""
        places = self.bank.places.get(name, [])
        if len(places) == 1:
            return places[0]
        if places:
            raise self._error(line, f"the bank has `{name}` {len(places)} times; name it by its number")
        number = _NUMBER.fullmatch(name)
        if number and 1 <= int(number[1]) <= len(self.bank.numbered):
            return int(number[1]) - 1, None
        near = nearest(name, self.bank.places)
        there = near or f"; there are {self._numbers()}, or their identities"
        raise self._error(line, f"there is no question `{_short(name)}` in {self.bank.name}{there}")

    def _numbers(self) -> str:
        count = len(self.bank.numbered)
        return f"1 to {count:,}" if count > 1 else "1"


def _is_long(header: Sequence[str]) -> bool:
    return all(_column(header, names) is not None for names in (_STUDENT, _QUESTION, _ANSWER))


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """The first column that has one of these names."""
    plain = _plain(header)
    return next((plain.index(name) for name in names if name in plain), None)


def _plain(header: Sequence[str]) -> list[str]:
    """The names of columns without capitals, marks and spaces."""
    return [re.sub(r"[\W_]", "", name.casefold()) for name in header]


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _known_as(name: str) -> str:
    """By what a student is known again: spaces and composed letters make no difference."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
