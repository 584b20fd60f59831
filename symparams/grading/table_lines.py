"""The text of a table -> its lines, cell by cell, however large or broken it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Protocol

from symparams import limits
from symparams.errors import Source, SymparamsError

_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # as Excel writes it above the header
_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+")
# Signs that turn the direction of what stands beside them: they come along when numbers and names are copied.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BATCH = 10_000  # cells, and lines, that are read at once
_MASKED = re.compile(r"'(?=[=+\-@\N{MINUS SIGN}])")  # as tables keep a spreadsheet from taking a text for a formula


def error_at(source: Source, line: int, matter: str) -> SymparamsError:
    """What is wrong in a line of a table."""
    return SymparamsError(f"{source.name}:{line}: {matter}")


def unturned(text: str) -> str:
    """A text without the signs that turn the direction of what is read."""
    return text if text.isascii() else _TURNING.sub("", text)


class _Reader(Protocol):
    """Python's own reader of CSV."""

    line_num: int

    def __next__(self) -> list[str]: ...

    def __iter__(self) -> Iterator[list[str]]: ...


class TableLines:
    """The lines of a table that are not empty, with their numbers."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._cells = self._length = 0  # of the line that is read now, which may go over several of the text
        told = _SEPARATOR.match(source.text)
        self._start = told.end() if told else 0
        self._before = 1 if told else 0  # lines above the header
        first = next((found[0] for found in _LINE.finditer(source.text, self._start) if found[0].strip("\r\n")), "")
        self.separator = told[1] if told else max(",;\t", key=first.count)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._physical(), delimiter=self.separator, strict=True)
        while batch := self._batch(reader):
            yield from ((line, cells) for line, cells in batch if any(cells))

    def _batch(self, reader: _Reader) -> list[tuple[int, list[str]]]:
        """Some further lines; what Python's reader allows is set for everybody, so it is put back between them."""
        batch: list[tuple[int, list[str]]] = []
        before = csv.field_size_limit(len(self._source.text) + 1)  # an answer that is too long is one wrong answer
        try:
            size = 0
            while size < _BATCH and (row := next(reader, None)) is not None:
                self._cells = self._length = 0
                size += len(row) + 1
                batch.append((self._before + reader.line_num, list(map(_cell, row))))
        except csv.Error as error:
            matter = f"this line is no CSV: {error}"
            raise error_at(self._source, self._before + reader.line_num, matter) from None
        finally:
            csv.field_size_limit(before)
        return batch

    def _physical(self) -> Iterator[str]:
        """The lines of the text, none of which is copied before it is known to be small."""
        text = self._source.text
        for line, found in enumerate(_LINE.finditer(text, self._start), self._before + 1):
            self._cells += text.count(self.separator, *found.span())
            self._length += found.end() - found.start()
            self._check(line)
            yield found[0]

    def _check(self, line: int) -> None:
        matter = ""
        if self._cells >= limits.ANSWER_COLUMNS:
            matter = f"there are more than {limits.ANSWER_COLUMNS:,} cells"
        elif self._length > limits.ANSWER_LINE:
            matter = f"this line has more than {limits.ANSWER_LINE:,} characters"
        elif line > limits.ANSWERS:
            matter = f"there are more than {limits.ANSWERS:,} lines"
        if matter:
            raise error_at(self._source, line, f"{matter}, which is the limit")


def _cell(text: str) -> str:
    text = unturned(text).strip()
    return text[1:] if _MASKED.match(text) else text
