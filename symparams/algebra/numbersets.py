"""Sets of whole numbers that repeat with a period: all multiples of 4 up to 10^30, everything from 19 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import lcm
from typing import TypeAlias

Interval: TypeAlias = "tuple[int, int | None]"  # first and last; None: without end


@dataclass(frozen=True, slots=True)
class Stretch:
    """first, first + step … last."""

    first: int  # the smallest of them
    last: int | None  # None: without end
    step: int  # the distance between neighbours

    def __iter__(self) -> Iterator[int]:
        n = self.first
        while self.last is None or n <= self.last:
            yield n
            n += self.step


@dataclass(frozen=True, slots=True)
class NumberSet:
    """Whole numbers from 0 on: for each rest r, the m for which period·m + r is in the set."""

    period: int  # after how many numbers the rests begin again
    intervals: tuple[tuple[Interval, ...], ...]  # one entry for each rest; in order, apart from one another

    def __contains__(self, n: int) -> bool:
        m, rest = divmod(n, self.period)
        return any(first <= m and (last is None or m <= last) for first, last in self.intervals[rest])

    def __and__(self, other: NumberSet) -> NumberSet:
        period = lcm(self.period, other.period)
        mine, theirs = self.refined(period), other.refined(period)
        pairs = zip(mine.intervals, theirs.intervals, strict=True)
        return NumberSet(period, tuple(tuple(_common(a, b)) for a, b in pairs))

    def without(self, n: int) -> NumberSet:
        """The set without one number."""
        below, above = everything(0, n - 1), everything(n + 1)
        return self & NumberSet(1, ((*below.intervals[0], *above.intervals[0]),))

    def refined(self, period: int) -> NumberSet:
        """The same numbers with a longer period."""
        times = period // self.period
        if times == 1:
            return self
        found = []
        for rest in range(period):
            shift, mine = divmod(rest, self.period)
            kept = []
            for first, last in self.intervals[mine]:
                low = -((shift - first) // times)
                high = None if last is None else (last - shift) // times
                if high is None or low <= high:
                    kept.append((max(low, 0), high))
            found.append(tuple(kept))
        return NumberSet(period, tuple(found))

    @property
    def is_empty(self) -> bool:
        return not any(self.intervals)

    @property
    def is_endless(self) -> bool:
        return any(last is None for each in self.intervals for _, last in each)

    @property
    def count(self) -> int | None:
        """How many numbers; None if there is no end of them."""
        ends = [(first, last) for each in self.intervals for first, last in each]
        return None if self.is_endless else sum(last - first + 1 for first, last in ends if last is not None)

    @property
    def smallest(self) -> int:
        """The smallest number; the set must not be empty."""
        return min(self.period * each[0][0] + rest for rest, each in enumerate(self.intervals) if each)

    @property
    def largest(self) -> int:
        """The largest number; the set must be neither empty nor endless."""
        return max(self.period * (each[-1][1] or 0) + rest for rest, each in enumerate(self.intervals) if each)

    def ends(self) -> Iterator[int]:
        """The first and last number of every interval."""
        for rest, each in enumerate(self.intervals):
            for first, last in each:
                yield self.period * first + rest
                if last is not None:
                    yield self.period * last + rest

    def first(self, count: int) -> list[int]:
        """The smallest numbers, at most so many."""
        several = [islice(s, count) for s in self._pieces()]
        return sorted(n for each in several for n in each)[:count]

    def _pieces(self) -> list[Stretch]:
        return [
            Stretch(self.period * a + rest, None if b is None else self.period * b + rest, self.period)
            for rest, each in enumerate(self.intervals)
            for a, b in each
        ]

    def stretches(self) -> list[Stretch]:
        """The set as few stretches, in order."""
        if self.is_empty:
            return []
        for step in (s for s in range(1, self.period + 1) if self.period % s == 0):
            whole = self._as_one(step)
            if whole is not None:
                return [whole]
        count = self.count
        if count is not None and count <= 1000:
            return list(_grouped(self.first(count)))
        return sorted(self._pieces(), key=lambda s: (s.first, s.step))

    def _as_one(self, step: int) -> Stretch | None:
        """The set as one stretch of that step, if it is."""
        rests = [rest for rest, each in enumerate(self.intervals) if each]
        if len(rests) * step != self.period or len({rest % step for rest in rests}) != 1:
            return None
        first = self.smallest
        if not self.is_endless:
            last = self.largest
            return Stretch(first, last, step) if self.count == (last - first) // step + 1 else None
        for each, rest in ((self.intervals[rest], rest) for rest in rests):
            expected = -((rest - first) // self.period)  # the least m with period·m + rest >= first
            if each != ((expected, None),):
                return None
        return Stretch(first, None, step)


def everything(first: int = 0, last: int | None = None) -> NumberSet:
    """All whole numbers from first to last."""
    return NumberSet(1, (((first, last),),) if last is None or last >= first else ((),))


def points(numbers: Iterable[int]) -> NumberSet:
    """Just these numbers."""
    return NumberSet(1, (tuple((s.first, s.last) for s in _grouped(sorted(set(numbers)))),))


def _common(mine: tuple[Interval, ...], theirs: tuple[Interval, ...]) -> Iterator[Interval]:
    for first, last in mine:
        for start, end in theirs:
            low = max(first, start)
            high = end if last is None else last if end is None else min(last, end)
            if high is None or low <= high:
                yield low, high


def _grouped(numbers: list[int]) -> Iterator[Stretch]:
    """Neighbours taken together."""
    start = previous = None
    for n in numbers:
        if previous is not None and n == previous + 1:
            previous = n
            continue
        if start is not None:
            yield Stretch(start, previous, 1)
        start = previous = n
    if start is not None:
        yield Stretch(start, previous, 1)
