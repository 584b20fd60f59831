"""Curves of totals against a letter, laid out as a figure."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.figures.colors import QUIET
from symparams.figures.scene import TEXT, TITLE, Patch, Point, Scene, Stroke, Words
from symparams.figures.widths import shortened, width
from symparams.plots.axes import between, exact, share, short, ticks
from symparams.plots.bars import MARGIN, PAGE, Column
from symparams.plots.points import Curve

_HIGH = 190.0  # the height of a panel
_MARKED = 24  # points that are marked one by one, at most
_GRID = "#e5e7eb"
_STYLES = (  # told apart without colors by their dashes
    ("#1d4ed8", ""), ("#b91c1c", "6 3"), ("#15803d", "2 2"), ("#a16207", "9 3"), ("#7e22ce", "4 4"), ("#111827", "1 3"),
)  # fmt: skip
MOST = len(_STYLES)  # networks that are told apart


def curves(title: str, letter: str, panels: Sequence[tuple[Column, Sequence[Curve]]]) -> Scene:
    """A panel for each quantity, and in it a curve for each network."""
    found = Scene(PAGE, 0.0, title, _told(letter, panels))
    heading = shortened(title, PAGE - 2 * MARGIN, TITLE + 2, bold=True)
    found.words.append(Words(MARGIN, MARGIN + 8, heading, TITLE + 2, bold=True))
    y = MARGIN + 22
    for column, drawn in panels:
        _Panel(found, column, drawn, y).draw(letter)
        y += _HIGH + 56
    found.height = y + MARGIN - 14
    return found


class _Panel:
    """The curves of one quantity between their axes."""

    def __init__(self, scene: Scene, column: Column, drawn: Sequence[Curve], top: float) -> None:
        self.scene, self.column, self.drawn = scene, column, drawn
        every = [point for curve in drawn for point in curve.points]
        self.ticks = ticks(max([value for _, value in every], default=0))
        self.first, self.last = min([n for n, _ in every], default=0), max([n for n, _ in every], default=1)
        numbers = max(width(short(tick, self.ticks), TEXT) for tick in self.ticks)
        names = max(width(self._name(curve), TEXT) for curve in drawn) + 8 if len(drawn) > 1 else 0.0
        self.left, self.right = MARGIN + numbers + 8, PAGE - MARGIN - 10 - min(names, 200.0)
        self.top, self.bottom = top + 22, top + 22 + _HIGH

    def _name(self, curve: Curve) -> str:
        return shortened(curve.title, 190.0, TEXT)

    def _at(self, n: int, value: int) -> Point:
        along = share(n - self.first, self.last - self.first) if self.last > self.first else 0.5
        up = share(value, self.ticks[-1])
        return Point(self.left + along * (self.right - self.left), self.bottom - up * (self.bottom - self.top))

    def draw(self, letter: str) -> None:
        """The axes and the curves."""
        words, strokes = self.scene.words, self.scene.strokes
        words.append(Words(MARGIN, self.top - 10, self.column.title, TEXT, bold=True))
        for tick in self.ticks:
            y = self._at(self.first, tick).y
            strokes.append(Stroke((Point(self.left, y), Point(self.right, y)), _GRID, 0.8))
            words.append(Words(self.left - 6, y + 3.5, short(tick, self.ticks), TEXT, anchor="end", gray=True))
        self._along(letter)
        ends = []
        for curve, (color, dashes) in zip(self.drawn, _STYLES, strict=False):
            points = tuple(self._at(n, value) for n, value in curve.points)
            if len(points) > 1:
                strokes.append(Stroke(points, color, 1.6, dashes, told=_curve_told(curve, letter, self.column)))
            if curve.is_every and len(points) <= _MARKED:
                self._mark(curve, points, color, letter)
            if points:
                ends.append((points[-1], self._name(curve), color))
        if len(self.drawn) > 1:
            self._label(ends)

    def _along(self, letter: str) -> None:
        """The axis of the letter."""
        axis = (Point(self.left, self.top), Point(self.left, self.bottom), Point(self.right, self.bottom))
        self.scene.strokes.append(Stroke(axis, QUIET, 1.0))
        for n in between(self.first, self.last):
            x = self._at(n, 0).x
            self.scene.strokes.append(Stroke((Point(x, self.bottom), Point(x, self.bottom + 4)), QUIET, 1.0))
            self.scene.words.append(Words(x, self.bottom + 15, exact(n), TEXT, anchor="middle", gray=True))
        self.scene.words.append(Words(self.right, self.bottom + 28, letter, TEXT, bold=True, anchor="end"))

    def _mark(self, curve: Curve, points: Sequence[Point], color: str, letter: str) -> None:
        for (n, value), (x, y) in zip(curve.points, points, strict=True):
            told = f"{letter} = {exact(n)}: {exact(value)} {self.column.plural}"
            self.scene.patches.append(Patch(x - 2.5, y - 2.5, 5, 5, color, told=told))

    def _label(self, ends: Sequence[tuple[Point, str, str]]) -> None:
        """The names of the networks where their curves end, none on another."""
        lowest = self.bottom + 3.5
        for end, name, color in sorted(ends, key=lambda one: one[0].y, reverse=True):
            y = min(end.y + 3.5, lowest)
            lowest = y - 12
            near = Point(self.right + 6, y - 3.5)
            self.scene.strokes.append(Stroke((end, near), color, 0.6))
            self.scene.words.append(Words(near.x + 2, y, name, TEXT))


def _curve_told(curve: Curve, letter: str, column: Column) -> str:
    (first, low), (last, high) = curve.points[0], curve.points[-1]
    return (
        f"{curve.title}: {exact(low)} {column.plural} at {letter} = {exact(first)}, "
        f"{exact(high)} at {letter} = {exact(last)}"
    )


def _told(letter: str, panels: Sequence[tuple[Column, Sequence[Curve]]]) -> str:
    """What is seen, in sentences."""
    every = ((column, curve) for column, drawn in panels for curve in drawn if curve.points)
    return " ".join(f"{_curve_told(curve, letter, column)}." for column, curve in every)
