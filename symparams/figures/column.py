"""Networks from top to bottom: boxes in a column, branches beside it, repeats in frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from symparams.figures.cards import Drawn, card_part, closed_part, even, frame_texts
from symparams.figures.folding import Frame, Item, Leaf, leaves
from symparams.figures.parts import GAP, Part, Side, arrow
from symparams.figures.region import MANY, region
from symparams.figures.scene import TEXT, Border
from symparams.figures.streams import ENTRY
from symparams.figures.ways import Feed
from symparams.figures.widths import width

_LEAST = 8.0  # between a box and a region that branches
_PAD = 12.0  # between a frame and what is in it
_WORDS = 8.0  # between a frame and its own words


def column(drawn: Drawn, depth: int | None = None) -> Part:
    """All items of a network; frames so deep are drawn closed."""
    return _Stack(drawn, drawn.items, None, depth).part()


class _Stack:
    """Items of a network, or of a frame, with what feeds them."""

    def __init__(self, drawn: Drawn, items: Sequence[Item], entry: int | None, depth: int | None) -> None:
        self.drawn, self.items, self.entry = drawn, items, entry
        self.depth = depth  # how many further frames are opened; None: all
        self.starts = [_first(item) for item in items]
        self.end = _end(items[-1]) if items else 0
        self.sources = [self._sources(item) for item in items]

    def _sources(self, item: Item) -> tuple[int, ...]:
        """The boxes outside of an item that feed it, its main one first."""
        boxes = self.drawn.boxes
        if isinstance(item, Leaf):
            return tuple(dict.fromkeys(boxes[item.box].inputs))
        first = _first(item)
        main = () if item.entry is None else (item.entry,)
        further = (s for leaf in leaves(item.items) for s in boxes[leaf.box].inputs if s < first)
        return tuple(dict.fromkeys((*main, *further)))

    def _item_of(self, box: int) -> int | None:
        """Which item a box is in; ENTRY: what feeds them all; None: something outside of them."""
        if box == self.entry:
            return ENTRY
        if not self.starts or not self.starts[0] <= box < self.end:
            return None
        return bisect_right(self.starts, box) - 1

    def part(self) -> Part:
        """The items below one another, those that branch as regions."""
        pieces = [self._piece(low, high) for low, high in self._segments()]
        ports = [0.0]  # of each piece, below where the one before it ends
        for piece, _ in pieces:
            ports.append(ports[-1] + piece.exit - piece.port)
        left = max((piece.port - port for (piece, _), port in zip(pieces, ports, strict=False)), default=0.0)
        right = max(
            (piece.width - piece.port + port for (piece, _), port in zip(pieces, ports, strict=False)), default=0.0
        )
        found = Part(left + right, 0.0, left, left + ports[-1])
        y = 0.0
        for number, ((piece, is_fed), port) in enumerate(zip(pieces, ports, strict=False)):
            top = y + (max(GAP - piece.lead, _LEAST) if number or self.entry is not None else 0.0)
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

    def _segments(self) -> Iterator[tuple[int, int]]:
        """Items between two places that only the line of the last item before crosses: from where to where."""
        reach = list(range(len(self.items)))  # of each item, the last one that it feeds
        entry = -1  # the last one that what feeds them all feeds, or that nothing feeds but data
        for index, several in enumerate(self.sources):
            if not several and self._is_data(self.items[index]):
                entry = index
            for source in several:
                item = self._item_of(source)
                if item == ENTRY:
                    entry = index
                elif item is not None:
                    reach[item] = max(reach[item], index)
        start, furthest = 0, entry  # how far what stands before the last item reaches
        for index in range(1, len(self.items)):
            is_fed = index - 1 in map(self._item_of, self.sources[index])
            if furthest < index and is_fed:
                yield start, index
                start = index
            furthest = max(furthest, reach[index - 1])
        if self.items:
            yield start, len(self.items)

    def _piece(self, low: int, high: int) -> tuple[Part, bool]:
        """A segment as a part, and whether the item before feeds it."""
        before = ENTRY if low == 0 else low - 1
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
        item, sources = self.items[index], self.sources[index]
        part = self._item_part(item)
        inner, outer = [], []
        for box in sources:
            at = self._item_of(box)
            if at is None:
                outer.append(box)
            else:
                inner.append((box, ENTRY if at == before else at - low))
        if isinstance(item, Leaf):
            return Feed(part, tuple(at for _, at in inner), (), tuple(outer), (), self._is_data(item))
        main = tuple(at for box, at in inner if box == item.entry)
        of = dict(inner)
        sides = tuple((of[s.source], s.y) for s in part.sides if s.source in of)
        ports = tuple((s.source, s.y) for s in part.sides if s.source not in of)
        outer = [box for box in outer if box == item.entry]
        return Feed(part, main, sides, tuple(outer), ports, self._is_data(item))

    def _is_data(self, item: Item) -> bool:
        """Whether an item is an input of the network."""
        return self.drawn.network.nodes[self.drawn.boxes[_first(item)].main].layer.inputs == "none"

    def _item_part(self, item: Item) -> Part:
        if isinstance(item, Leaf):
            return card_part(self.drawn, item)
        if self.depth == 0:
            closed = closed_part(self.drawn, item)
            outside = tuple(box for box in self._sources(item) if box != item.entry)
            main = () if item.entry is None else (ENTRY,)
            return _framed(self.drawn, item, region([Feed(closed, main, (), outside, (), False)], True))
        depth = None if self.depth is None else self.depth - 1
        return _framed(self.drawn, item, _Stack(self.drawn, item.items, item.entry, depth).part())


def _first(item: Item) -> int:
    return item.box if isinstance(item, Leaf) else item.first


def _end(item: Item) -> int:
    """The box behind an item and all its copies."""
    if isinstance(item, Leaf):
        return item.box + 1
    if item.period and isinstance(item.times, int):
        return item.first + item.period * item.times
    return _end(item.items[-1])


def _framed(drawn: Drawn, frame: Frame, inner: Part) -> Part:
    """A part in a dashed frame that says how often it stands there."""
    label, total = frame_texts(drawn, frame)
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
