"""Networks from top to bottom: boxes in a column, branches beside it, repeats in frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from symparams.figures.cards import Drawn, block_part, closed_part, even, frame_texts
from symparams.figures.folding import Frame, Item, Leaf, first_box
from symparams.figures.parts import GAP, Part, Side, arrow
from symparams.figures.region import MANY, region
from symparams.figures.scene import TEXT, Border
from symparams.figures.segments import Segments
from symparams.figures.streams import ENTRY
from symparams.figures.ways import Feed
from symparams.figures.widths import width

_LEAST = 8.0  # between a box and a region that branches
_PAD = 12.0  # between a frame and what is in it
_WORDS = 8.0  # between a frame and its own words


@dataclass(frozen=True, slots=True)
class Opened:
    """What of a network is drawn open, and what closed."""

    depth: int | None = None  # how many frames inside one another are opened; None: all
    names: Mapping[int, str] = field(default_factory=dict)  # of blocks drawn elsewhere, by the box that they begin with
    about: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # of boxes of a kind, those that they speak of
    alike: bool = False  # whether a frame around stands for copies of several sizes


def pieces_of(drawn: Drawn, items: Sequence[Item], entry: int | None, opened: Opened) -> list[tuple[Part, bool]]:
    """Items as pieces that stand below one another, each with whether the one before feeds it."""
    return _Stack(drawn, items, entry, opened).pieces()


def stacked(pieces: Sequence[tuple[Part, bool]], *, has_entry: bool) -> Part:
    """Pieces below one another, each where the one before goes out."""
    ports = [0.0]
    for piece, _ in pieces:
        ports.append(ports[-1] + piece.exit - piece.port)
    placed = list(zip(pieces, ports, strict=False))
    left = max((piece.port - port for (piece, _), port in placed), default=0.0)
    right = max((piece.width - piece.port + port for (piece, _), port in placed), default=0.0)
    found = Part(left + right, 0.0, left, left + ports[-1])
    y = 0.0
    for number, ((piece, is_fed), port) in enumerate(placed):
        top = y + (max(GAP - piece.lead, _LEAST) if number or has_entry else 0.0)
        x = left + port
        if is_fed:
            found.arrows.append(arrow((x, y), (x, top), headed=not piece.is_open))
        found.put(x - piece.port, top, piece)
        for side in piece.sides:
            found.sides.append(Side(side.source, top + side.y))
            found.arrows.append(arrow((0.0, top + side.y), (x - piece.port, top + side.y), headed=False))
        y = top + piece.height
    found.height = y
    return found


class _Stack:
    """Items of a network, or of a frame, while they are laid out."""

    def __init__(self, drawn: Drawn, items: Sequence[Item], entry: int | None, opened: Opened) -> None:
        self.drawn, self.items, self.entry, self.opened = drawn, items, entry, opened
        self.row = Segments(drawn.boxes, items, entry)

    def pieces(self) -> list[tuple[Part, bool]]:
        """The items as pieces, those that branch as regions or as blocks that are drawn elsewhere."""
        return [self._piece(low, high) for low, high in self.row.segments()]

    def _piece(self, low: int, high: int) -> tuple[Part, bool]:
        """A segment as a part, and whether the item before feeds it."""
        before = ENTRY if low == 0 else low - 1
        name = self.opened.names.get(first_box(self.items[low]))
        if high - low > 1 and name is not None:
            part = block_part(self.drawn, self.items[low:high], name, alike=self.opened.alike)
            part.stretch(self.drawn.widest)
            return part, self.entry is not None or low > 0
        feeds = [self._feed(index, low, before) for index in range(low, high)]
        if all(len(feed.sources) < MANY for feed in feeds):
            for feed in feeds:
                feed.part.stretch(self.drawn.widest)
        is_fed = any(ENTRY in feed.sources for feed in feeds)
        if len(feeds) == 1 and not feeds[0].outside and not feeds[0].ports:
            return feeds[0].part, is_fed
        return region(feeds, is_fed), is_fed

    def _feed(self, index: int, low: int, before: int) -> Feed:
        """An item of a segment with what feeds it."""
        item, part = self.items[index], self._part(self.items[index])
        inner: dict[int, int] = {}
        outer = []
        for box in self.row.sources[index]:
            at = self.row.item_of(box)
            if at is None:
                outer.append(box)
            else:
                inner[box] = ENTRY if at == before else at - low
        if isinstance(item, Leaf):
            return Feed(part, tuple(inner.values()), (), tuple(outer), (), self.row.is_data(index))
        main = tuple(at for box, at in inner.items() if box == item.entry)
        sides = tuple((inner[s.source], s.y) for s in part.sides if s.source in inner)
        ports = tuple((s.source, s.y) for s in part.sides if s.source not in inner)
        above = tuple(box for box in outer if box == item.entry)
        return Feed(part, main, sides, above, ports, self.row.is_data(index))

    def _part(self, item: Item) -> Part:
        if isinstance(item, Leaf):
            return self.drawn.card(item, self.opened.about.get(item.box, ()))
        depth = self.opened.depth
        if depth == 0:
            closed = closed_part(self.drawn, item)
            outside = tuple(box for box in self.row.sources[self.items.index(item)] if box != item.entry)
            main = () if item.entry is None else (ENTRY,)
            return self._framed(item, region([Feed(closed, main, (), outside, (), False)], True))
        alike = self.opened.alike or item.alike
        opened = replace(self.opened, depth=None if depth is None else depth - 1, alike=alike)
        inner = pieces_of(self.drawn, item.items, item.entry, opened)
        return self._framed(item, stacked(inner, has_entry=item.entry is not None))

    def _framed(self, frame: Frame, inner: Part) -> Part:
        """A part in the frame around it; that of a kind of block says no sum, since its blocks differ."""
        label, total = frame_texts(self.drawn, frame, alike=self.opened.alike or frame.alike)
        return _bordered(label, "" if self.opened.about else total, inner)


def _bordered(label: str, total: str, inner: Part) -> Part:
    """A part in a dashed frame that says how often it stands there."""
    port = max(inner.port + _PAD, even(width(label, TEXT, bold=True) + 2 * _WORDS))
    right = max(inner.width - inner.port + _PAD, width(total, TEXT) + 2 * _WORDS if total else 0.0)
    found = Part(port + right, inner.height + _PAD, port, port - inner.port + inner.exit, is_open=True)
    told = f"{label}, {total}" if total else label
    found.borders.append(Border(0, 0, found.width, found.height, label, total, told))
    found.put(port - inner.port, 0.0, inner)
    found.arrows.append(arrow((found.exit, inner.height), (found.exit, found.height), headed=False))
    for side in inner.sides:
        found.sides.append(side)
        found.arrows.append(arrow((0.0, side.y), (port - inner.port, side.y), headed=False))
    return found
