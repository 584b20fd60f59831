"""Bars of several quantities beside each other, laid out as a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symparams.figures.colors import QUIET
from symparams.figures.scene import TEXT, TITLE, Patch, Point, Scene, Stroke, Words
from symparams.figures.widths import shortened, width
from symparams.plots.axes import exact, share
from symparams.plots.rows import Row, Rows

PAGE = 720.0  # the width of a page, in which a plot is printed as large as it is
MARGIN = 14.0
_ROW, _BAR = 16.0, 10.0  # the height of a row, of the bar in it
_HEAD = 20.0  # the height of a line of headings
_LABELS = 190.0  # the room for labels, at most
_GAP = 18.0  # between two quantities
_BESIDE = 5.0  # between a bar and its number
_LEAST = 56.0  # the room for bars
_FILL = "#4878a8"
_RULE = "#d1d5db"


@dataclass(frozen=True, slots=True)
class Column:
    """A quantity."""

    title: str  # with its unit: Activation memory in bytes
    plural: str  # what is counted: parameters


def bars(title: str, columns: Sequence[Column], several: Sequence[Rows]) -> Scene:
    """Rows with a bar for each quantity; those of several networks below each other, on the same scale."""
    return _Layout(title, columns, several).scene()


class _Layout:
    """Where the parts of a plot stand."""

    def __init__(self, title: str, columns: Sequence[Column], several: Sequence[Rows]) -> None:
        self.columns, self.several = columns, several
        rows = [row for one in several for row in one.rows]
        self.labels = min(_LABELS, max([width(row.label, TEXT) for row in rows], default=0.0))
        self.labels = max(self.labels, width("Total", TEXT, bold=True))
        count = len(columns)
        self.most = [max([row.values[i] for row in rows], default=0) for i in range(count)]
        self.numbers = [self._number_room(i) for i in range(count)]
        room = (PAGE - 2 * MARGIN - self.labels - _GAP * count - sum(self.numbers)) / count - _BESIDE
        self.room = max(_LEAST, min(room, 300.0))
        wide = 2 * MARGIN + self.labels + sum(_GAP + self.room + _BESIDE + n for n in self.numbers)
        self.heading = shortened(title, max(PAGE - 2 * MARGIN, wide - 2 * MARGIN), TITLE + 2, bold=True)
        self.wide = max(wide, width(self.heading, TITLE + 2, bold=True) + 2 * MARGIN)
        self.drawn = Scene(self.wide, 0.0, title, _told(columns, several))

    def _number_room(self, column: int) -> float:
        """How wide the numbers of a column are."""
        rows = [row.values[column] for one in self.several for row in one.rows]
        totals = [one.totals[column] for one in self.several if one.totals]
        plain = max([width(exact(value), TEXT) for value in rows], default=0.0)
        bold = max([width(exact(value), TEXT, bold=True) for value in totals], default=0.0)
        head = width(self.columns[column].title, TEXT, bold=True) - _LEAST
        return max(plain, bold - _LEAST, head)

    def _left(self, column: int) -> float:
        """Where the bars of a column begin."""
        return MARGIN + self.labels + sum(_GAP + self.room + _BESIDE + n for n in self.numbers[:column]) + _GAP

    def scene(self) -> Scene:
        """The whole plot."""
        found = self.drawn
        found.words.append(Words(MARGIN, MARGIN + 8, self.heading, TITLE + 2, bold=True))
        y = MARGIN + 22
        for column, about in enumerate(self.columns):
            found.words.append(Words(self._left(column), y + 12, about.title, TEXT, bold=True))
        y += _HEAD
        for one in self.several:
            y = self._section(one, y)
        found.height = y + MARGIN - 4
        return found

    def _section(self, one: Rows, y: float) -> float:
        """The rows of a network from a height on, and below them what they add up to; where they end."""
        if len(self.several) > 1:
            name = shortened(one.title, self.wide - 2 * MARGIN, TITLE, bold=True)
            self.drawn.words.append(Words(MARGIN, y + 13, name, TITLE, bold=True))
            y += _HEAD
        top = y
        for row in one.rows:
            self._row(row, y)
            y += _ROW
        for column in range(len(self.columns)):
            x = self._left(column)
            self.drawn.strokes.append(Stroke((Point(x, top - 1), Point(x, y + 1)), QUIET, 0.8))
        if len(one.rows) > 1 and one.totals:
            y = self._total(one, y + 3)
        return y + (8 if len(self.several) > 1 else 0)

    def _row(self, row: Row, y: float) -> None:
        base = y + 12
        label = shortened(row.label, self.labels, TEXT)
        self.drawn.words.append(Words(MARGIN + self.labels, base, label, TEXT, anchor="end"))
        for column, value in enumerate(row.values):
            x, told = self._left(column), f"{row.label}: {exact(value)} {self.columns[column].plural}"
            length = max(0.8, self.room * share(value, self.most[column])) if value else 0.0
            if value:
                self.drawn.patches.append(Patch(x, y + (_ROW - _BAR) / 2, length, _BAR, _FILL, told=told))
            self.drawn.words.append(Words(x + length + _BESIDE, base, exact(value), TEXT, gray=not value))

    def _total(self, one: Rows, y: float) -> float:
        across = (Point(MARGIN, y), Point(self.wide - MARGIN, y))
        self.drawn.strokes.append(Stroke(across, _RULE, 0.8))
        self.drawn.words.append(Words(MARGIN + self.labels, y + 13, "Total", TEXT, bold=True, anchor="end"))
        for column, value in enumerate(one.totals):
            self.drawn.words.append(Words(self._left(column) + _BESIDE, y + 13, exact(value), TEXT, bold=True))
        return y + _ROW + 2


def _told(columns: Sequence[Column], several: Sequence[Rows]) -> str:
    """What is seen, in sentences."""
    return " ".join(f"{said}." for one in several for said in _sentences(columns, one))


def _sentences(columns: Sequence[Column], one: Rows) -> Iterator[str]:
    for column, about in enumerate(columns):
        if not one.totals:
            yield from (f"{row.label}: {exact(row.values[column])} {about.plural}" for row in one.rows)
            continue
        said = f"{one.title}: {exact(one.totals[column])} {about.plural}"
        first = max(one.rows, key=lambda row: row.values[column], default=None)
        if first is not None and len(one.rows) > 1 and first.values[column]:
            said += f", the most in {first.label} ({exact(first.values[column])})"
        yield said
