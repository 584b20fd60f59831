"""Sheets to write answers on: a row for each question, and a QR code of exam, paper and student, nothing else."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from string import ascii_uppercase
from typing import Any, NamedTuple

from symparams.errors import Source, SymparamsError

_ROWS = 18  # of answers on a page
# A line of a list of names that ends with a number: Ada Lovelace; 4711
_WITH_NUMBER = re.compile(r"(?P<name>.*\S)\s*[;\t]\s*(?P<number>[\w./-]*[0-9][\w./-]*)")
_LONGEST = 30  # characters of a student number


class Student(NamedTuple):
    """Who gets a paper."""

    name: str  # as it is printed; empty where it is to be written by hand
    number: str  # what the QR code has: the number beside the name, or the place in the list; empty without a name


def students(lines: Sequence[str]) -> list[Student]:
    """The students of a list of names, a line each."""
    return [_student(line, at) for at, line in enumerate(lines, 1)]


def students_of(source: Source) -> tuple[str, ...]:
    """The names in a text, a line each."""
    students = tuple(line.strip() for line in source.text.splitlines() if line.strip())
    if not students:
        raise SymparamsError(f"{source.name}: there is no name in this file")
    return students


def _student(line: str, at: int) -> Student:
    found = _WITH_NUMBER.fullmatch(line)
    if not line:
        return Student("", "")
    return (
        Student(found["name"], found["number"])
        if found and len(found["number"]) <= _LONGEST
        else Student(line, str(at))
    )


def sheet_code(exam: str, paper: str, student: str) -> str:
    """What the QR code of a sheet says."""
    return "-".join(filter(None, (exam, paper, student)))


def rows_of(asked: Mapping[str, Any], number: int) -> Iterator[Mapping[str, object]]:
    """The rows for the answers to a question."""
    if asked["options"]:
        yield {"number": number, "mark": "", "letters": ascii_uppercase[: len(asked["options"])]}
        return
    for at in range(len(asked["parts"]) or 1):
        mark = f"({ascii_uppercase[at % 26].lower()})" if asked["parts"] else ""
        yield {"number": number if at == 0 else "", "mark": mark, "letters": ""}


def pages(rows: Sequence[Mapping[str, object]]) -> list[Sequence[Mapping[str, object]]]:
    """The rows that fit on each page."""
    return [rows[at : at + _ROWS] for at in range(0, len(rows), _ROWS)]


class QrCode(NamedTuple):
    """A QR code as bars, for a page on which nothing can be drawn but rules."""

    size: int  # modules along each side
    bars: Sequence[tuple[int, int, int]]  # of each bar: its left end, its height above the bottom, and its length


def qr_code(text: str) -> QrCode:
    """The QR code of a text."""
    matrix = [list(map(bool, row)) for row in _segno().make_qr(text, error="m").matrix]
    bars: list[tuple[int, int, int]] = []
    for below, row in enumerate(reversed(matrix)):
        left = 0
        for dark, several in groupby(row):
            length = len(list(several))
            if dark:
                bars.append((left, below, length))
            left += length
    return QrCode(len(matrix), bars)


def check_sheets() -> None:
    """Raise SymparamsError unless QR codes can be made."""
    _segno()


def _segno() -> Any:
    try:
        return importlib.import_module("segno")
    except ImportError:
        raise SymparamsError('answer sheets need segno: pip install "symparams[sheets]"') from None
