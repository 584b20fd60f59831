"""The rows of a long network, those of repeated blocks folded: the first block whole, each further one in a row."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

_SHORTEST = 3  # layers of a block that is folded
_LONGEST = 120  # layers of a block that is looked for
_MOST = 3_000  # rows of a table in which blocks are looked for


class Copy(NamedTuple):
    """A block that repeats another one."""

    first: int  # the place of its first row
    like: int  # the place of the first row of the block that it repeats, which is shown
    length: int  # how many rows it has


class _Repetition(NamedTuple):
    """A block and the copies that follow it, in the order in which they are preferred."""

    saving: int  # how many rows less there are
    before: int  # how far before the end of the table it begins: of several that save as much, the first is taken
    length: int  # of the block
    copies: int  # that follow it
    first: int  # the place of its first row

    @property
    def end(self) -> int:
        return self.first + (self.copies + 1) * self.length

    def goes_with(self, other: _Repetition) -> bool:
        """Whether they are apart, or one is inside the block of the other that is shown."""
        apart = self.end <= other.first or other.end <= self.first
        return apart or self._is_inside(other) or other._is_inside(self)

    def _is_inside(self, other: _Repetition) -> bool:
        return other.first <= self.first and self.end <= other.first + other.length


def folded(keys: Sequence[Hashable], kept: Collection[int], starts: Collection[int]) -> list[int | Copy]:
    """The places of the rows that are shown, and blocks of others that repeat some of them.

    Rows with equal keys say the same, in whichever block they stand; `kept` are the places of rows that must be shown,
    `starts` those where a block may well begin.
    """
    if len(keys) > _MOST:
        return list(range(len(keys)))
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    may_hide = [place not in kept for place in range(len(keys))]
    chosen: list[_Repetition] = []
    for one in sorted(_repetitions([numbers[key] for key in keys], may_hide, starts), reverse=True):
        if all(map(one.goes_with, chosen)):
            chosen.append(one)
    copies = {
        copy.first: copy
        for one in chosen
        for copy in (Copy(one.first + i * one.length, one.first, one.length) for i in range(1, one.copies + 1))
    }
    return list(_with_copies(len(keys), copies))


def _with_copies(count: int, copies: Mapping[int, Copy]) -> Iterator[int | Copy]:
    place = 0
    while place < count:
        copy = copies.get(place)
        yield place if copy is None else copy
        place += 1 if copy is None else copy.length


def _repetitions(rows: Sequence[int], may_hide: Sequence[bool], starts: Collection[int]) -> Iterator[_Repetition]:
    end = len(rows)
    for length in range(_SHORTEST, min(_LONGEST, end // 2) + 1):
        same = 0  # rows behind one another that repeat what stands a block before
        for place in range(length, end + 1):
            if place < end and may_hide[place] and rows[place] == rows[place - length]:
                same += 1
                continue
            copies = same // length
            if copies:  # rows are over; without a good start a block ends where something else follows
                latest = place - (copies + 1) * length
                every = range(latest, latest - same % length - 1, -1)
                first = next((one for one in every if one in starts), latest)
                yield _Repetition(copies * (length - 1), end - first, length, copies, first)
            same = 0
