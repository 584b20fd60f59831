"""A blueprint of an exam: for each question its points, its kind, its level and its layer, as far as they are given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symparams.errors import Place, Source, SymparamsError, listed, nearest
from symparams.exams.csv_lines import csv_lines
from symparams.exams.levels import levels_of

COLUMNS = ("points", "kind", "level", "layer")
_LINES = 300  # of a blueprint
_MOST = 1_000  # points of a question
_POINTS = re.compile(r"[0-9]{1,4}(?:[.,](?:0|5|50))?")
_SHOWN = 60  # characters of a cell in a message


@dataclass(frozen=True, slots=True)
class BlueprintLine:
    """What a blueprint wants of one question; what is left open may be anything."""

    number: int  # of the line, from 1
    place: Place  # its beginning
    points: Fraction | None = None  # for a right answer; None: by the difficulty
    kind: str = ""  # perhaps with a type behind a colon: params:choice
    levels: tuple[int, int] | None = None  # the easiest and the hardest
    layer: str = ""  # by any of its names

    @property
    def words(self) -> tuple[str, ...]:
        """What makes it different from other lines."""
        return (str(self.points), *map(str, self.wish))

    @property
    def wish(self) -> tuple[str, tuple[int, int] | None, str]:
        """What it wants, whatever it is worth."""
        return (self.kind, self.levels, self.layer)


def read_blueprint(source: Source) -> tuple[BlueprintLine, ...]:
    """The lines of a CSV text with the columns points, kind, level and layer, in any order."""
    lines = csv_lines(source, _LINES)
    head = next(lines, None)
    if head is None:
        raise SymparamsError(f"{source.name}: a blueprint begins with the line `{','.join(COLUMNS)}`; here is nothing")
    columns = _columns(head.cells, head.place)
    found = []
    for number, place, cells in lines:
        if any(cells[len(columns) :]):
            raise SymparamsError(f"there are {len(cells)} cells in this line, but {len(columns)} columns", place)
        found.append(_line(number, place, dict(zip(columns, cells, strict=False))))
    if not found:
        raise SymparamsError(f"{source.name}: below its first line a blueprint has a line for each question")
    return tuple(found)


def _columns(cells: Sequence[str], place: Place) -> list[str]:
    columns = [cell.casefold() for cell in cells]
    for cell, name in zip(cells, columns, strict=True):
        if name not in COLUMNS:
            near = nearest(name, COLUMNS) or f"; the columns are {listed(COLUMNS)}"
            raise SymparamsError(f"a blueprint has no column `{_short(cell)}`{near}", place)
        if columns.count(name) > 1:
            raise SymparamsError(f"two columns are called `{name}`", place)
    return columns


def _line(number: int, place: Place, cells: dict[str, str]) -> BlueprintLine:
    points = cells.get("points", "")
    if points and (not _POINTS.fullmatch(points) or not 0 < _number(points) <= _MOST):
        raise SymparamsError(
            f"points are a number such as 2 or 1.5, from 0.5 to {_MOST:,} in steps of 0.5, not `{_short(points)}`",
            place,
        )
    try:
        levels = levels_of(cells["level"]) if cells.get("level") else None
    except SymparamsError as error:
        raise SymparamsError(error.matter, place) from None
    worth = _number(points) if points else None
    return BlueprintLine(number, place, worth, cells.get("kind", ""), levels, cells.get("layer", ""))


def _number(points: str) -> Fraction:
    return Fraction(points.replace(",", "."))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
