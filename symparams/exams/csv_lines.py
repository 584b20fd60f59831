"""The lines of a CSV table that a user wrote, each with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from symparams.errors import Place, Source, SymparamsError


class CsvLine(NamedTuple):
    """A line that is not empty."""

    number: int  # from 1
    place: Place  # its beginning
    cells: tuple[str, ...]  # without spaces around them


def csv_lines(source: Source, most: int) -> Iterator[CsvLine]:
    """The lines that are not empty, of so many at most; the mark between cells is what the first one has most of."""
    separator: str | None = None
    text = source.text.removeprefix("\ufeff")
    offset = len(source.text) - len(text)
    for number, line in enumerate(text.split("\n"), 1):
        place, offset = Place(source, offset), offset + len(line) + 1
        if not line.strip(" \r" if separator == "\t" else None):
            continue
        if number > most:
            raise SymparamsError(f"such a table has at most {most:,} lines", place)
        separator = separator or max(",;\t", key=line.count)
        try:
            rows = list(csv.reader(io.StringIO(line.strip("\r"), newline=""), delimiter=separator, strict=True))
        except csv.Error as error:
            raise SymparamsError(f"this line is no CSV: {error}", place) from None
        yield CsvLine(number, place, tuple(cell.strip() for row in rows for cell in row))
