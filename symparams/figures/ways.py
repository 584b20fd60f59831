"""Which way the lines of a region take: down a lane that is free, or along a channel between two lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from symparams.figures.parts import Part, colored
from symparams.figures.streams import ENTRY, Grid


class Feed(NamedTuple):
    """An item of a region, and what feeds it."""

    part: Part  # the item, laid out
    sources: tuple[int, ...]  # the items of the region that feed it, or ENTRY; its main one first
    sides: tuple[tuple[int, float], ...]  # those that come in at the left of its part, and how far down
    outside: tuple[int, ...]  # boxes elsewhere that feed it
    ports: tuple[tuple[int, float], ...]  # those that come in at the left of its part, and how far down
    is_data: bool  # whether it is an input of the network


class Kind(Enum):
    """How a line runs."""

    STRAIGHT = "straight"  # down the lane that both ends stand in
    FORK = "fork"  # across in the gap under its source, then down the lane of its target
    JOIN = "join"  # down the lane of its source, then across in the gap above its target
    ASIDE = "aside"  # across in the gap under its source, along a channel, and into the side of its target
    OVER = "over"  # the same, but across in the gap above its target and in at the top


@dataclass(slots=True)
class Way:
    """The way of one line."""

    source: int  # an item, or ENTRY; of a line from outside, the box that it comes from
    target: int
    kind: Kind
    from_outside: bool = False  # whether it comes in at the left border of the region
    channel: int = 0  # that it runs along: 0 is to the left of lane 0
    rightward: bool = False  # whether the lane that it serves is to the left of its channel
    span: tuple[float, float] = (0.0, 0.0)  # from where to where it runs along its channel, in rows
    port: float | None = None  # how far down it comes in at the left of its target; None: where there is room
    track: int = 0  # counted from the lane that it serves

    @property
    def key(self) -> tuple[bool, int]:
        """What tells its source from others."""
        return self.from_outside, self.source


def ways(feeds: Sequence[Feed], grid: Grid) -> list[Way]:
    """The ways of all lines, those along one channel on tracks of their own."""
    found: list[Way] = []
    for target, feed in enumerate(feeds):
        found += [_way(feeds, grid, source, target) for source in dict.fromkeys(feed.sources)]
        for source, port in feed.sides:
            found.append(_aside(grid, source, target, rightward=False, port=port))
        for box in feed.outside:
            kind = Kind.OVER if grid.lanes[target] else Kind.ASIDE
            found.append(Way(box, target, kind, from_outside=True))
        for box, port in feed.ports:
            found.append(_from_outside(grid, box, target, port))
    _set_tracks(found)
    return found


def _row(grid: Grid, source: int) -> int:
    return -1 if source == ENTRY else grid.rows[source]


def _way(feeds: Sequence[Feed], grid: Grid, source: int, target: int) -> Way:
    """The way of a line to the main place of an item: its top, or the side of a box."""
    row, to = _row(grid, source), grid.lanes[target]
    lane = 0 if source == ENTRY else grid.lanes[source]
    between = range(row + 1, grid.rows[target])
    if grid.rows[target] > row:
        if lane == to and _is_free(grid, lane, between):
            return Way(source, target, Kind.STRAIGHT)
        if grid.heads[target] and _is_reserved(grid, target, between):
            return Way(source, target, Kind.FORK)
        if source != ENTRY and grid.tails[source] and _is_reserved(grid, source, between):
            return Way(source, target, Kind.JOIN)
    beside = range(min(row + 1, grid.rows[target]), max(row, grid.rows[target]) + 1)
    rightward = lane > to or (lane == to and not _branches(grid, target, beside))
    return _aside(grid, source, target, rightward=rightward, over=feeds[target].part.is_open)


def _is_free(grid: Grid, lane: int, rows: range) -> bool:
    occupied = grid.occupied.get(lane, set())
    return occupied.isdisjoint(rows) if len(rows) < len(occupied) else not any(row in rows for row in occupied)


def _branches(grid: Grid, item: int, rows: range) -> bool:
    """Whether what an item comes from has branches to its right in these rows."""
    return any(
        lane > grid.lanes[item] and row in rows and root == grid.roots[item]
        for lane, row, root in zip(grid.lanes, grid.rows, grid.roots, strict=True)
    )


def _is_reserved(grid: Grid, item: int, rows: range) -> bool:
    """Whether the lane of an item is kept free for its stream in these rows."""
    low, high = grid.reserved[item]
    return (not rows or (low <= rows.start and rows.stop - 1 <= high)) and _is_free(grid, grid.lanes[item], rows)


def _aside(
    grid: Grid, source: int, target: int, *, rightward: bool, port: float | None = None, over: bool = False
) -> Way:
    ends = _row(grid, source) + 0.6, grid.rows[target] - (0.4 if over else 0.0)
    channel = grid.lanes[target] + rightward
    span = min(ends), max(ends)
    kind = Kind.OVER if over else Kind.ASIDE
    return Way(source, target, kind, channel=channel, rightward=rightward, span=span, port=port)


def _from_outside(grid: Grid, box: int, target: int, port: float) -> Way:
    """The way of a line that comes from outside into the left of a part: straight, or over the lanes before it."""
    lane, row = grid.lanes[target], grid.rows[target]
    return Way(box, target, Kind.ASIDE, from_outside=True, channel=lane, span=(row - 0.4, row), port=port)


def runs_along(way: Way, grid: Grid) -> bool:
    """Whether a line takes a track of a channel."""
    if way.from_outside:
        return way.port is not None and grid.lanes[way.target] > 0
    return way.kind in (Kind.ASIDE, Kind.OVER)


def _set_tracks(found: Sequence[Way]) -> None:
    """Give lines of one channel tracks of their own; those that come from one source share theirs."""
    channels: dict[tuple[int, bool], dict[tuple[bool, int], list[Way]]] = {}
    for way in found:
        if way.span[1] > way.span[0]:
            channels.setdefault((way.channel, way.rightward), {}).setdefault(way.key, []).append(way)
    for of_source in channels.values():
        together = list(of_source.values())
        spans = [(min(w.span[0] for w in several), max(w.span[1] for w in several)) for several in together]
        for several, track in zip(together, colored(spans), strict=True):
            for way in several:
                way.track = track
