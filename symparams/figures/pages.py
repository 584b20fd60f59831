"""A column that is too long for a page: in several columns, whose lines go on at the top of the next."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.figures.column import stacked
from symparams.figures.parts import Part, arrow
from symparams.figures.scene import Scene

PAGE = (720.0, 1000.0)  # the width and height of a figure that is printed without being made smaller
HALF = (660.0, 460.0)  # the same of one that leaves room for tables below it
_MOST = 5  # columns
_BETWEEN = 44.0  # two columns
_AROUND = 14.0  # from the end of a column to the line that goes on


def on_a_page(pieces: Sequence[tuple[Part, bool]], page: tuple[float, float] = PAGE) -> Part:
    """Pieces in as many columns as make them readable on a page of a width and height."""
    found = [in_columns(pieces, many) for many in range(1, min(_MOST, len(pieces)) + 1)]
    return max(found, key=lambda part: readable(part, page)) if found else Part(0, 0, 0)


def readable(part: Part | Scene, page: tuple[float, float] = PAGE) -> float:
    """How large it can be printed; 1: as large as it is. A little smaller in fewer columns is as good."""
    return min(1.0, page[0] / (part.width + 1), page[1] / (part.height + 1))


def in_columns(pieces: Sequence[tuple[Part, bool]], many: int) -> Part:
    """Pieces in so many columns of about the same height."""
    if many == 1:
        return stacked(pieces, has_entry=False)
    columns = [stacked(several, has_entry=number > 0) for number, several in enumerate(_split(pieces, many))]
    found = Part(0, 0, columns[0].port)
    x = 0.0
    for number, column in enumerate(columns):
        top = _AROUND if number else 0.0
        found.put(x, top, column)
        if number:
            before = columns[number - 1]
            out = x - _BETWEEN - before.width + before.exit, before.height + (_AROUND if number > 1 else 0.0)
            between = x - _BETWEEN / 2
            points = (out, (out[0], out[1] + _AROUND), (between, out[1] + _AROUND), (between, 0.0))
            found.arrows.append(arrow(*points, (x + column.port, 0.0), (x + column.port, top), headed=False))
        found.height = max(found.height, top + column.height + _AROUND)
        x += column.width + _BETWEEN
    found.width = x - _BETWEEN
    return found


def _split(pieces: Sequence[tuple[Part, bool]], many: int) -> list[list[tuple[Part, bool]]]:
    """Pieces in so many rows one behind the other, the highest of them as low as can be."""
    heights = [piece.height + 20 for piece, _ in pieces]
    low, high = max(heights), sum(heights)
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(heights, middle)) <= many else (middle, high)
    found, place = [], 0
    for count in _filled(heights, high):
        found.append(list(pieces[place : place + count]))
        place += count
    return found


def _filled(heights: Sequence[float], most: float) -> list[int]:
    """How many pieces each column takes if none is higher than that."""
    counts, height = [0], 0.0
    for one in heights:
        if counts[-1] and height + one > most:
            counts.append(0)
            height = 0.0
        counts[-1] += 1
        height += one
    return counts
