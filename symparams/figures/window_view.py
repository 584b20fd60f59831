"""The picture of convolution arithmetic: where the first, the second and the last window of a layer stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.errors import SymparamsError
from symparams.figures.colors import INK
from symparams.figures.scene import TEXT, TITLE, Patch, Point, Scene, Stroke, Words
from symparams.figures.widths import shortened, width
from symparams.figures.windows import MOST, Along, Windows, has_windows, windows_of
from symparams.figures.words import titles_of
from symparams.model.network import Node

_CELL = 20.0
_MARGIN = 14.0
_GAP = 44.0  # between input and output
_LEGEND = 16.0  # the height of a line that explains a mark
_SWATCH = 12.0
_BORDER, _PADDED, _HATCH = "#9ca3af", "#e5e7eb", "#6b7280"
_WHITE, _FIRST = "#ffffff", "#dbeafe"


class _Place(NamedTuple):
    """A window that is drawn."""

    word: str  # first position
    at: tuple[int, ...]  # which one it is along each axis
    color: str
    weight: float
    dashes: str
    inset: float  # how far inside its cells it is drawn, so that no outline lies on another

    def number(self, counts: Sequence[int]) -> int:
        """Which one it is, counted row by row from 1."""
        return self.at[0] + 1 if len(counts) == 1 else self.at[0] * counts[1] + self.at[1] + 1


def window_figure(layer: Node) -> Scene:
    """The windows of a layer as a picture; raises SymparamsError where there are none, or too many."""
    found = windows_of(layer)
    if found is None:
        raise SymparamsError(f"{layer.name} {_why_not(layer)}")
    return _View(layer, found).scene()


def _why_not(layer: Node) -> str:
    if not has_windows(layer):
        return "has no window along one or two axes; draw a convolution or a pooling layer"
    return f"has sizes that are not known, or more than {MOST} positions along an axis, which are too many to draw"


class _View:
    """Input, output and what the marks mean, beside and below each other."""

    def __init__(self, layer: Node, windows: Windows) -> None:
        self.layer, self.windows = layer, windows
        self.axes = windows.axes if len(windows.axes) == 2 else (_ONE, *windows.axes)
        self.places = list(_places(windows.counts))
        title = f"{layer.name}: {', '.join(titles_of([layer], layer))}"
        self.drawn = Scene(0.0, 0.0, title, _told(layer, windows))

    def scene(self) -> Scene:
        """The whole picture."""
        rows, columns = self.axes
        top = _MARGIN + 40
        left = _MARGIN + _CELL * -columns.low
        self._grid(left, top + _CELL * -rows.low)
        wide = _CELL * (columns.high - columns.low)
        high = _CELL * (rows.high - rows.low)
        if len(self.windows.axes) == 1:
            high += self._rows_below(left, top + high + 8)
        other = _MARGIN + max(wide, width(self._name(0), TEXT)) + _GAP
        self._other(other, top)
        low = max(high, _CELL * (self.windows.counts[0] if len(self.windows.counts) == 2 else 1))
        end = self._legend(top + low + 18)
        many = self.windows.counts[-1]
        right = max(other + max(_CELL * many, width(self._name(1), TEXT)), end[0])
        title = shortened(self.drawn.title, max(right, 420.0) - _MARGIN, TITLE, bold=True)
        self.drawn.words.append(Words(_MARGIN, _MARGIN + 8, title, TITLE, bold=True))
        self.drawn.width = max(right, _MARGIN + width(title, TITLE, bold=True)) + _MARGIN
        self.drawn.height = end[1] + _MARGIN - 4
        return self.drawn

    def _name(self, which: int) -> str:
        """What is on the left, and on the right: Input 6 × 6, Output 3 × 3."""
        is_output = self.windows.is_transposed == (which == 0)
        sizes = self.windows.sizes if which == 0 else self.windows.counts
        return f"{'Output' if is_output else 'Input'} {' × '.join(map(str, sizes))}"

    def _grid(self, x: float, y: float) -> None:
        """What windows stand on; x and y are where its first position is."""
        rows, columns = self.axes
        self.drawn.words.append(Words(_MARGIN, _MARGIN + 30, self._name(0), TEXT, gray=True))
        first = set(self._touched(self.places[0]))
        for row in range(rows.low, rows.high):
            for column in range(columns.low, columns.high):
                left, top = x + _CELL * column, y + _CELL * row
                kind = self._kind(row, column)
                fill = _FIRST if kind == "reached" and (row, column) in first else _FILLS[kind]
                if kind != "beyond":
                    self.drawn.patches.append(Patch(left, top, _CELL, _CELL, fill, _BORDER))
                if kind == "missed":
                    self._hatch(left, top, _CELL)
        if len(self.windows.axes) == 2:
            for place in self.places:
                self._outline(place, x, y)

    def _kind(self, row: int, column: int) -> str:
        """What a cell is: one that is reached or missed, padding, or beyond it."""
        pairs = list(zip(self.axes, (row, column), strict=True))
        if all(0 <= at < axis.size for axis, at in pairs):
            return "reached" if all(at in axis.reached for axis, at in pairs) else "missed"
        inside = all(-axis.before <= at < axis.size + axis.after for axis, at in pairs)
        return "padding" if inside else "beyond"

    def _touched(self, place: _Place) -> Iterator[tuple[int, int]]:
        """The cells that the weights of a window stand on."""
        at = place.at if len(place.at) == 2 else (0, *place.at)
        rows, columns = (([axis.starts[i] + w for w in axis.weights]) for axis, i in zip(self.axes, at, strict=True))
        yield from ((row, column) for row in rows for column in columns)

    def _outline(self, place: _Place, x: float, y: float) -> None:
        """A window on the grid, with its number and, where weights are apart, a dot for each."""
        rows, columns = self.axes
        left, top = x + _CELL * columns.starts[place.at[1]], y + _CELL * rows.starts[place.at[0]]
        self._box(left, top, _CELL * columns.span, _CELL * rows.span, place)
        number = str(place.number(self.windows.counts))
        self.drawn.words.append(Words(left + _CELL / 2, top + 14, number, TEXT, bold=True, anchor="middle"))
        numbered = {next(self._touched(one)) for one in self.places}
        if max(rows.span - len(rows.weights), columns.span - len(columns.weights)) > 0:
            for row, column in sorted(set(self._touched(place)) - numbered):
                dot = x + _CELL * (column + 0.5) - 2, y + _CELL * (row + 0.5) - 2
                self.drawn.patches.append(Patch(*dot, 4, 4, place.color))

    def _box(self, x: float, y: float, wide: float, high: float, place: _Place) -> None:
        inset = place.inset
        left, top, right, low = x + inset, y + inset, x + wide - inset, y + high - inset
        corners = (left, top), (right, top), (right, low), (left, low), (left, top)
        points = tuple(Point(*corner) for corner in corners)
        self.drawn.strokes.append(Stroke(points, place.color, place.weight, place.dashes, place.word))

    def _rows_below(self, x: float, y: float) -> float:
        """The windows of one axis, each in a row of its own below the input; how high they are."""
        (axis,) = self.windows.axes
        for number, place in enumerate(self.places):
            top = y + number * (_CELL + 6)
            start = axis.starts[place.at[0]]
            for weight in axis.weights:
                left = x + _CELL * (start + weight)
                self.drawn.patches.append(Patch(left + 3, top + 3, _CELL - 6, _CELL - 6, _FIRST, _BORDER))
            self._box(x + _CELL * start, top, _CELL * axis.span, _CELL, place._replace(inset=0.5))
            text = str(place.number(self.windows.counts))
            middle = x + _CELL * (start + 0.5)
            self.drawn.words.append(Words(middle, top + 14, text, TEXT, bold=True, anchor="middle"))
        return len(self.places) * (_CELL + 6) + 8

    def _other(self, x: float, y: float) -> None:
        """What there is one of for each window, with the numbers of those that are drawn."""
        self.drawn.words.append(Words(x, _MARGIN + 30, self._name(1), TEXT, gray=True))
        counts = self.windows.counts if len(self.windows.counts) == 2 else (1, *self.windows.counts)
        numbers = {place.number(self.windows.counts): place for place in self.places}
        for row in range(counts[0]):
            for column in range(counts[1]):
                left, top = x + _CELL * column, y + _CELL * row
                self.drawn.patches.append(Patch(left, top, _CELL, _CELL, _WHITE, _BORDER))
                number = row * counts[1] + column + 1
                if number in numbers:
                    text = Words(left + _CELL / 2, top + 14, str(number), TEXT, bold=True, anchor="middle")
                    self.drawn.words.append(text)
                    self._box(left, top, _CELL, _CELL, numbers[number]._replace(inset=1.5))

    def _hatch(self, x: float, y: float, size: float) -> None:
        """Lines across a cell, which are seen in every format."""
        for offset in (0.3, 0.7, 1.0, 1.3, 1.7):
            low, high = max(0.0, offset - 1), min(1.0, offset)
            points = Point(x + size * low, y + size * high), Point(x + size * high, y + size * low)
            self.drawn.strokes.append(Stroke(points, _HATCH, 0.8))

    def _legend(self, y: float) -> tuple[float, float]:
        """What the marks mean, those that occur; how far right and down it reaches."""
        kinds = {
            self._kind(row, column)
            for row in range(self.axes[0].low, self.axes[0].high)
            for column in range(self.axes[1].low, self.axes[1].high)
        }
        right = 0.0
        for place in self.places:
            self._box(_MARGIN, y, _SWATCH, _SWATCH, place._replace(inset=0.5))
            right = max(right, self._explain(f"{place.number(self.windows.counts):,}: {place.word}", y))
            y += _LEGEND
        for kind in ("padding", "missed"):
            if kind in kinds:
                self.drawn.patches.append(Patch(_MARGIN, y, _SWATCH, _SWATCH, _FILLS[kind], _BORDER))
                if kind == "missed":
                    self._hatch(_MARGIN, y, _SWATCH)
                right = max(right, self._explain(self._word(kind), y))
                y += _LEGEND
        return right, y

    def _explain(self, text: str, y: float) -> float:
        self.drawn.words.append(Words(_MARGIN + _SWATCH + 6, y + 10, text, TEXT))
        return _MARGIN + _SWATCH + 6 + width(text, TEXT)

    def _word(self, kind: str) -> str:
        if self.windows.is_transposed:
            return "cut off" if kind == "padding" else "no kernel reaches it"
        return "padding" if kind == "padding" else "never reached"


_ONE = Along(1, 0, 0, (0,), (0,))  # the axis that a sequence does not have
_FILLS = {"reached": _WHITE, "missed": _WHITE, "padding": _PADDED, "beyond": _WHITE}


def _places(counts: Sequence[int]) -> Iterator[_Place]:
    """The first, the second and the last window, as far as there are so many."""
    last = tuple(count - 1 for count in counts)
    second = (*(0 for _ in last[1:]), 1) if counts[-1] > 1 else (1, *(0 for _ in last[1:]))
    first = tuple(0 for _ in last)
    yield _Place("first position", first, "#1d4ed8", 2.0, "", 2.0)
    if last != first:
        if second != last:
            yield _Place("second position", second, "#b91c1c", 2.0, "5 2.5", 4.5)
        yield _Place("last position", last, INK, 2.0, "2 2", 2.0)


def _told(layer: Node, windows: Windows) -> str:
    """What is seen, in sentences."""
    never = "No kernel reaches" if windows.is_transposed else "Never reached:"
    sizes, counts = (" × ".join(map(str, each)) for each in (windows.sizes, windows.counts))
    is_single = set(windows.counts) == {1}
    if windows.is_transposed and is_single:
        said = f"One copy of the kernel of {layer.name} is laid down on an output of {sizes}."
    elif windows.is_transposed:
        said = f"{counts} copies of the kernel of {layer.name} are laid down on an output of {sizes}."
    else:
        many = "one position" if is_single else f"{counts} positions"
        said = f"The window of {layer.name} has {many} on an input of {sizes}."
    missed = [axis.missed for axis in windows.axes]
    names = ("row", "column") if len(missed) == 2 else ("position",)
    for name, places in zip(names, missed, strict=True):
        if places:
            several = ", ".join(str(at + 1) for at in places)
            said += f" {never} {name}{'s' if len(places) > 1 else ''} {several}."
    return said
