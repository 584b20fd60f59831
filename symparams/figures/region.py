"""A region that branches: its items in rows and lanes, and the lines between them in the gaps, never through a box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from symparams.figures.parts import GAP, Part, Side, arrow, colored
from symparams.figures.scene import Arrow
from symparams.figures.streams import ENTRY, Grid, grid
from symparams.figures.ways import Feed, Kind, Way, runs_along, ways

_LANE = 18.0  # between two lanes at least
_TRACK = 10.0  # between two lines side by side
_HEAD = 11.0  # of a line in front of a box, with its head
MANY = 3  # from so many branches on, what forks and joins stands in the middle of them

Key: TypeAlias = "tuple[str, int]"  # a horizontal line in a gap: that of a source, to a target, or from outside


class Across(NamedTuple):
    """Where everything stands from left to right."""

    middles: tuple[float, ...]  # of each lane, where its main line runs
    channels: tuple[tuple[float, float], ...]  # of each, its left and right border
    port: float  # where the main line comes in and goes out
    last: int  # the item that stands at the port although its lane is elsewhere; ENTRY: none does
    width: float


def region(feeds: Sequence[Feed], has_entry: bool) -> Part:
    """The region as one part."""
    everything = [(*feed.sources, *(source for source, _ in feed.sides)) for feed in feeds]
    places = grid(everything, has_entry, [feed.is_data for feed in feeds])
    found = ways(feeds, places)
    lanes: dict[int, list[Part]] = {}
    for feed, lane in zip(feeds, places.lanes, strict=True):
        lanes.setdefault(lane, []).append(feed.part)
    for parts in lanes.values():
        _stretch(parts)
    return _Region(feeds, places, found).part()


def _stretch(parts: Sequence[Part]) -> None:
    """Give the boxes of a lane one width."""
    widest = max((part.width for part in parts if part.is_box), default=0.0)
    for part in parts:
        part.stretch(widest)


class _Region:
    """A region whose items have their lanes and rows and whose lines have their ways."""

    def __init__(self, feeds: Sequence[Feed], places: Grid, found: Sequence[Way]) -> None:
        self.feeds, self.grid, self.ways = feeds, places, found
        self.across = self._across()
        self.tucked = self._tucked()
        self.levels = {row: _levelled(spans) for row, spans in self._spans().items()}
        self.tops, self.height = self._down()

    # ------------------------------------------------------------ from left to right

    def _across(self) -> Across:
        grid, x = self.grid, 0.0
        left, right = [0.0] * grid.width, [0.0] * grid.width
        for feed, lane in zip(self.feeds, grid.lanes, strict=True):
            left[lane] = max(left[lane], feed.part.port)
            right[lane] = max(right[lane], feed.part.width - feed.part.port)
        middles, channels = [], []
        counts = self._tracks()
        from_outside = any(way.from_outside for way in self.ways)
        for lane in range(grid.width + 1):
            is_inner = 0 < lane < grid.width
            room = _LANE if is_inner else 0.0
            for tracks in filter(None, (counts[lane, True], counts[lane, False])):
                room += _HEAD + _TRACK * (tracks - 1)
            if lane == 0 and from_outside:
                room += _HEAD
            channels.append((x, x + room))
            x += room
            if lane < grid.width:
                middles.append(x + left[lane])
                x += left[lane] + right[lane]
        last = len(self.feeds) - 1
        lanes = {grid.lanes[s] for s in self.feeds[last].sources if s != ENTRY}
        if len(lanes) < MANY or sum(row >= grid.rows[last] for row in grid.rows) > 1:
            return Across(tuple(middles), tuple(channels), middles[0], ENTRY, x)
        port = (middles[0] - left[0] + middles[-1] + right[-1]) / 2
        return Across(tuple(middles), tuple(channels), port, last, x)

    def _tracks(self) -> Counter[tuple[int, bool]]:
        """How many tracks each side of each channel needs."""
        counts: Counter[tuple[int, bool]] = Counter()
        for way in self.ways:
            if runs_along(way, self.grid):
                key = way.channel, way.rightward
                counts[key] = max(counts[key], way.track + 1)
        return counts

    def _x(self, item: int) -> float:
        """Where the main line of an item runs."""
        return self.across.port if item in (ENTRY, self.across.last) else self.across.middles[self.grid.lanes[item]]

    def _x_out(self, item: int) -> float:
        """Where the lines of an item begin."""
        out = 0.0 if item == ENTRY else self.feeds[item].part.exit - self.feeds[item].part.port
        return self._x(item) + out

    def _x_of_track(self, way: Way) -> float:
        left, right = self.across.channels[way.channel]
        away = _HEAD + _TRACK * way.track
        return left + away if way.rightward else right - away

    # ------------------------------------------------------------ from top to bottom

    def _heights(self, but: Mapping[int, int]) -> list[float]:
        """The height of each row, without some items."""
        heights = [0.0] * self.grid.height
        for item, (feed, row) in enumerate(zip(self.feeds, self.grid.rows, strict=True)):
            if item not in but:
                heights[row] = max(heights[row], feed.part.height)
        return heights

    def _tucked(self) -> dict[int, int]:
        """Items that stand in the row of the only one that feeds them, below it, as there is room beside higher ones.

        Their lines go only to the side of something in that row or above, as those of the last norm of an encoder do.
        """
        arriving = Counter(way.target for way in self.ways)
        leaving = Counter(way.source for way in self.ways if not way.from_outside)
        found: dict[int, int] = {}
        for way in self.ways:
            item, source = way.target, way.source
            fits = way.kind is Kind.STRAIGHT and not way.from_outside and way.port is None and source != ENTRY
            alone = fits and arriving[item] == leaving[source] == 1 and source not in found
            if alone and leaving[item] and item != len(self.feeds) - 1 and self._goes_aside(item, source):
                found[item] = source
        heights = self._heights(found)
        rows = self.grid.rows
        needed = {i: self.feeds[s].part.height + GAP + self.feeds[i].part.height + _HEAD for i, s in found.items()}
        return {item: source for item, source in found.items() if needed[item] <= heights[rows[source]]}

    def _goes_aside(self, item: int, source: int) -> bool:
        """Whether all lines of an item run along a channel beside its lane, up or across to the row of its source."""
        lane, row = self.grid.lanes[item], self.grid.rows[source]
        return all(
            way.kind is Kind.ASIDE and way.channel in (lane, lane + 1) and self.grid.rows[way.target] <= row
            for way in self.ways
            if way.source == item and not way.from_outside
        )

    def _spans(self) -> dict[int, dict[Key, tuple[float, float]]]:
        """For each gap, by the row under it, the horizontal lines that it has: from where to where."""
        spans: dict[int, dict[Key, tuple[float, float]]] = {}
        for way in self.ways:
            for row, key, one, other in self._horizontals(way):
                if key[0] == "from" and key[1] in self.tucked:
                    continue
                low, high = spans.setdefault(row, {}).get(key, (one, one))
                spans[row][key] = (min(low, one, other), max(high, one, other))
        return spans

    def _horizontals(self, way: Way) -> Iterator[tuple[int, Key, float, float]]:
        """The horizontal lines of a way: the row under the gap, what tells it from others, and its ends."""
        row, to = self.grid.rows[way.target], self._x(way.target)
        out = 0.0 if way.from_outside else self._x_out(way.source)
        below = (-1 if way.source == ENTRY else self.grid.rows[way.source]) + 1 if not way.from_outside else 0
        if way.from_outside:
            if runs_along(way, self.grid):
                yield row, ("outside", way.source), 0.0, self._x_of_track(way)
            elif way.kind is Kind.OVER:
                yield row, ("outside", way.source), 0.0, to
        elif way.kind not in (Kind.ASIDE, Kind.OVER):
            if out != to:
                forks = way.kind is Kind.FORK or way.source == ENTRY
                yield (below, ("from", way.source), out, to) if forks else (row, ("to", way.target), out, to)
        else:
            yield below, ("from", way.source), out, self._x_of_track(way)
            if way.kind is Kind.OVER:
                yield row, ("to", way.target), self._x_of_track(way), to

    def _down(self) -> tuple[list[float], float]:
        """Where each row begins, and where the last gap ends."""
        heights = self._heights(self.tucked)
        tops, y = [], 0.0
        for row, height in enumerate([*heights, 0.0]):
            levels = len(set(self.levels.get(row, {}).values()))
            usual = 0.0 if row in (0, len(heights)) else GAP
            y += max(usual, _HEAD + _TRACK * levels if levels else 0.0)
            tops.append(y)
            y += height
        self.heights = heights
        return tops[:-1], tops[-1]

    def _level(self, row: int, key: Key) -> float:
        """How far down a horizontal line in the gap above a row is."""
        if key[0] == "from" and key[1] in self.tucked:
            return self._start(key[1])[1] + _HEAD
        levels = self.levels[row]
        lowest = self.tops[row] if row < len(self.tops) else self.height
        return lowest - _HEAD - _TRACK * (max(levels.values()) - levels[key])

    # ------------------------------------------------------------ all of it

    def part(self) -> Part:
        """The region with its items and lines."""
        found = Part(self.across.width, self.height, self.across.port, lead=self.tops[0], is_open=True)
        self.places = [self._place(item) for item in range(len(self.feeds))]
        for (x, y), feed in zip(self.places, self.feeds, strict=True):
            found.put(x, y, feed.part)
        found.exit, bottom = self._start(len(self.feeds) - 1)
        if bottom < self.height:
            found.arrows.append(arrow((found.exit, bottom), (found.exit, self.height), headed=False))
        beside = self._beside()
        for number, way in enumerate(self.ways):
            line, side = self._line(way, beside.get(number))
            found.arrows.append(line)
            if side is not None:
                found.sides.append(side)
        return found

    def _place(self, item: int) -> tuple[float, float]:
        part, source = self.feeds[item].part, self.tucked.get(item)
        if source is None:
            return self._x(item) - part.port, self.tops[self.grid.rows[item]]
        return self._x(item) - part.port, self.tops[self.grid.rows[source]] + self.feeds[source].part.height + GAP

    def _beside(self) -> dict[int, float]:
        """How far down each line that comes in at the side of a box does so, those at one side apart."""
        at: dict[tuple[int, bool], list[int]] = {}
        for number, way in enumerate(self.ways):
            if way.kind is Kind.ASIDE and way.port is None:
                at.setdefault((way.target, way.rightward), []).append(number)
        return {
            number: self.feeds[target].part.height * (place + 1) / (len(numbers) + 1)
            for (target, _), numbers in at.items()
            for place, number in enumerate(sorted(numbers, key=lambda n: -self.ways[n].track))
        }

    def _line(self, way: Way, beside: float | None) -> tuple[Arrow, Side | None]:
        """The line of a way, and where it comes in if it does so at the border."""
        part = self.feeds[way.target].part
        left, top = self.places[way.target]
        port = way.port if way.port is not None else beside
        ending = self._ending(way, left, top, port)
        points: list[tuple[float, float]] = []
        side = None
        for row, key, one, other in self._horizontals(way):
            y = self._level(row, key)
            points += [(one, y), (other, y)]
        if way.from_outside:
            y = points[0][1] if points else top + (port or 0.0)
            side = Side(way.source, y)
            points = [(0.0, y), *points]
        elif way.source == ENTRY:
            points = [(self.across.port, 0.0), *points]
        else:
            points = [self._start(way.source), *points]
        is_headed = way.port is None and not part.is_open
        return arrow(*points, *ending, headed=is_headed), side

    def _start(self, item: int) -> tuple[float, float]:
        """Where the lines of an item begin."""
        part, (x, y) = self.feeds[item].part, self.places[item]
        return x + part.exit, y + part.height

    def _ending(self, way: Way, left: float, top: float, port: float | None) -> list[tuple[float, float]]:
        """The last points of a line: into the top of its target, or into its side."""
        if way.kind is not Kind.ASIDE or port is None:
            return [(self._x(way.target), top)]
        right = left + self.feeds[way.target].part.width
        if not runs_along(way, self.grid):
            return [(right if way.rightward else left, top + port)]
        x = self._x_of_track(way)
        if way.target == self.across.last and left < x < right:  # it stands in the middle, not in its lane
            return [(x, top)]
        return [(x, top + port), (left if x <= left else right, top + port)]


def _levelled(spans: dict[Key, tuple[float, float]]) -> dict[Key, int]:
    """The level of each horizontal line in a gap, from above: those that leave before those that arrive."""
    found: dict[Key, int] = {}
    for kinds in (("from",), ("to", "outside")):
        keys = [key for key in spans if key[0] in kinds]
        above = max(found.values(), default=-1) + 1
        for key, track in zip(keys, colored([spans[key] for key in keys]), strict=True):
            found[key] = above + track
    return found
