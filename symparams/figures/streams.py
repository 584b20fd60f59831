"""Which row and which lane each item of a region stands in: streams along first inputs, side branches in free lanes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ENTRY = -1  # what feeds a region, among its items


@dataclass(slots=True)
class _Stream:
    """Items below one another."""

    items: list[int]
    origin: int | None  # the item that it forks from; None: nothing feeds it
    reserved: tuple[int, int] = (0, 0)  # the rows that it takes, with those that its first and last line run through
    lane: int = 0


@dataclass(slots=True)
class Grid:
    """Where the items of a region stand."""

    rows: list[int]  # of each item
    lanes: list[int]
    reserved: list[tuple[int, int]]  # of each item, the rows that its stream takes
    heads: list[bool]  # whether it begins its stream
    tails: list[bool]  # whether it ends it
    roots: list[int]  # the first stream of those that it comes from: which data it belongs to
    occupied: dict[int, set[int]] = field(default_factory=dict)  # of each lane, the rows in which an item stands

    @property
    def height(self) -> int:
        """How many rows there are."""
        return max(self.rows, default=-1) + 1

    @property
    def width(self) -> int:
        """How many lanes there are."""
        return max(self.lanes, default=-1) + 1


def grid(sources: Sequence[Sequence[int]], has_entry: bool, is_data: Sequence[bool]) -> Grid:
    """Rows and lanes for items with their sources, which stand before them or are ENTRY."""
    streams, of = _streams(sources, has_entry)
    rows = _rows(sources, streams, of, is_data)
    users: dict[int, list[int]] = {}
    for item, several in enumerate(sources):
        for source in several:
            users.setdefault(source, []).append(item)
    lowest = max(rows, default=0)
    alone = [number for number in range(len(streams)) if _is_alone(streams, number, of, users, is_data)]
    for place, number in enumerate(alone):
        rows[streams[number].items[0]] = min(place, lowest)
    for number, stream in enumerate(streams):
        first, last = rows[stream.items[0]], rows[stream.items[-1]]
        if stream.origin is not None:
            first = min(first, (rows[stream.origin] if stream.origin != ENTRY else -1) + 1)
        behind = [rows[user] - 1 for user in users.get(stream.items[-1], ())]
        stream.reserved = (first, lowest if number == of[-1] else max([last, *behind]))
    _set_lanes(streams, of, [*sorted({*range(len(streams))} - {*alone}), *alone])
    lanes = [streams[of[item]].lane for item in range(len(sources))]
    roots = _roots(sources, streams, of)
    found = Grid(rows, lanes, [], [], [], [roots[stream] for stream in of])
    for item in range(len(sources)):
        stream = streams[of[item]]
        found.reserved.append(stream.reserved)
        found.heads.append(stream.items[0] == item)
        found.tails.append(stream.items[-1] == item)
        found.occupied.setdefault(lanes[item], set()).add(rows[item])
    return found


def main_stream(sources: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The items of the stream that the last one stands in."""
    streams, of = _streams(sources, has_entry=False)
    return tuple(streams[of[-1]].items) if of else ()


def _streams(sources: Sequence[Sequence[int]], has_entry: bool) -> tuple[list[_Stream], list[int]]:
    """The streams, and for each item which one it is in."""
    streams: list[_Stream] = []
    of: list[int] = []
    open_ = {ENTRY: -1} if has_entry else {}  # items that no stream has gone on from yet, and their streams
    roots: list[int] = []  # of each item, the first stream of those that it comes from
    for item, several in enumerate(sources):
        following = _followed(several, open_, roots)
        stream = -1 if following is None else open_.pop(following)
        if stream < 0:
            origin = following if following is not None else next(iter(several), None)
            streams.append(_Stream([], origin))
            stream = len(streams) - 1
        streams[stream].items.append(item)
        of.append(stream)
        before = following if following is not None else next(iter(several), None)
        roots.append(stream if before is None else 0 if before == ENTRY else roots[before])
        open_[item] = stream
    return streams, of


def _followed(several: Sequence[int], open_: dict[int, int], roots: Sequence[int]) -> int | None:
    """The source that an item goes on from: of those of the same data as its first one, that in the first stream."""
    free = [source for source in several if source in open_]
    data = [0 if source == ENTRY else roots[source] for source in several[:1]]
    alike = [source for source in free if (0 if source == ENTRY else roots[source]) in data]
    return min(alike or free, key=lambda source: open_[source], default=None)


def _rows(
    sources: Sequence[Sequence[int]], streams: Sequence[_Stream], of: Sequence[int], is_data: Sequence[bool]
) -> list[int]:
    """Each item below what feeds it, but beside a stream of other data that stands before it."""
    root = _roots(sources, streams, of)
    rows: list[int] = []
    for item, several in enumerate(sources):
        above = [-1]
        for source in several:
            if source == ENTRY or root[of[source]] >= root[of[item]]:
                above.append(-1 if source == ENTRY else rows[source])
        stream = streams[of[item]].items
        if stream[0] != item:
            above.append(rows[stream[bisect_left(stream, item) - 1]])
        rows.append(max(above) + 1)
    _sink(sources, streams, of, is_data, rows)
    return rows


def _roots(sources: Sequence[Sequence[int]], streams: Sequence[_Stream], of: Sequence[int]) -> list[int]:
    """For each stream the first one of those that it comes from: which data it belongs to."""
    roots: list[int] = []
    for number, stream in enumerate(streams):
        origin = stream.origin
        roots.append(0 if origin == ENTRY else number if origin is None else roots[of[origin]])
    return roots


def _sink(
    sources: Sequence[Sequence[int]],
    streams: Sequence[_Stream],
    of: Sequence[int],
    is_data: Sequence[bool],
    rows: list[int],
) -> None:
    """Streams that no data comes into, such as learned tensors, stand right above what takes them."""
    users: dict[int, int] = {}
    for item, several in enumerate(sources):
        for source in several:
            if source != ENTRY:
                users[source] = min(users.get(source, item), item)
    for stream in streams:
        first, last = stream.items[0], stream.items[-1]
        if stream.origin is None and not is_data[first] and last in users and of[users[last]] != of[last]:
            down = rows[users[last]] - 1 - rows[last]
            for item in stream.items if down > 0 else ():
                rows[item] += down


def _is_alone(
    streams: Sequence[_Stream], number: int, of: Sequence[int], users: Mapping[int, object], is_data: Sequence[bool]
) -> bool:
    """Whether no line runs to or from a stream, such as a learned tensor that only counts."""
    first = streams[number].items[0]
    is_one = len(streams[number].items) == 1 and streams[number].origin is None
    return is_one and first not in users and not is_data[first] and number != of[-1]


def _set_lanes(streams: Sequence[_Stream], of: Sequence[int], order: Sequence[int]) -> None:
    """Each stream, in this order, in the first lane to the right of its origin that is free where it stands."""
    taken: dict[int, list[tuple[int, int]]] = {}
    latest: dict[int, int] = {}  # of each origin, the lane of the last stream from it: those before are taken
    for stream in map(streams.__getitem__, order):
        low, high = stream.reserved
        origin = stream.origin
        if origin is None:
            lane = 1 + max(
                (k for k, spans in taken.items() if any(a <= high and low <= b for a, b in spans)), default=-1
            )
        else:
            lane = latest.get(origin, 0 if origin == ENTRY else streams[of[origin]].lane)
            while any(a <= high and low <= b for a, b in taken.get(lane, ())):
                lane += 1
            latest[origin] = lane
        stream.lane = lane
        taken.setdefault(lane, []).append((low, high))
