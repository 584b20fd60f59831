"""Sets of whole numbers that repeat with a period: all multiples of 4 up to 10^30, everything from 19 on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import chain, islice
from math import gcd, lcm
from operator import itemgetter
from typing import TypeAlias

from symparams.errors import LimitError
from symparams.frozen import Frozen

Interval: TypeAlias = "tuple[int, int | None]"  # first and last; None: without end


@dataclass(frozen=True, slots=True)
class Stretch:
    """first, first + step … last."""

    first: int  # the smallest of them
    last: int | None  # None: without end
    step: int  # the distance between neighbors

    def __iter__(self) -> Iterator[int]:
        n = self.first
        while self.last is None or n <= self.last:
            yield n
            n += self.step


CLASSES = 20_000  # residue classes that a set may be made of
_HERE_AND_THERE = 100  # intervals of numbers that are better taken one by one


@dataclass(frozen=True, slots=True)
class NumberSet:
    """Whole numbers from 0 on: for some rests r, the m for which period·m + r is in the set."""

    period: int  # after how many numbers the rests begin again
    classes: Frozen[int, tuple[Interval, ...]]  # rest: intervals in order, apart from one another; rests in order

    def __contains__(self, n: int) -> bool:
        m, rest = divmod(n, self.period)
        each = self.classes.get(rest, ())
        at = bisect_right(each, m, key=itemgetter(0)) - 1
        return at >= 0 and ((last := each[at][1]) is None or m <= last)

    def __and__(self, other: NumberSet) -> NumberSet:
        """What is in both; a LimitError where that would be too many residue classes."""
        for one, another in ((self, other), (other, self)):
            if one.is_scattered:
                several = (range(a, (b or a) + 1) for a, b in one.classes[0])
                return points(n for n in chain.from_iterable(several) if n in another)
        common = gcd(self.period, other.period)
        theirs: dict[int, list[int]] = {}
        for rest in other.classes:
            theirs.setdefault(rest % common, []).append(rest)
        pairs = sum(len(theirs.get(rest % common, ())) for rest in self.classes)
        if pairs * max(map(len, (*self.classes.values(), *other.classes.values())), default=0) > CLASSES:
            raise LimitError(f"numbers here fall into more than {CLASSES:,} residue classes, which is the limit")
        period = lcm(self.period, other.period)
        inverse = pow(self.period // common, -1, other.period // common)
        intervals_by_rest = {}
        for rest, mine in self.classes.items():
            for its in theirs.get(rest % common, ()):
                both = rest + self.period * ((its - rest) // common * inverse % (other.period // common))
                pieces = _refined(mine, period // self.period, both // self.period)
                others = _refined(other.classes[its], period // other.period, both // other.period)
                intervals_by_rest[both] = tuple(_common(pieces, others))
        return residue_classes(period, intervals_by_rest)

    def without(self, n: int) -> NumberSet:
        """The set without one number."""
        m, rest = divmod(n, self.period)
        beside: list[Interval] = [(0, m - 1), (m + 1, None)] if m else [(1, None)]
        kept = tuple(_common(list(self.classes.get(rest, ())), beside))
        return residue_classes(self.period, {**self.classes, rest: kept})

    @property
    def pieces(self) -> int:
        """How many intervals it is made of."""
        return sum(map(len, self.classes.values()))

    @property
    def is_scattered(self) -> bool:
        """Whether these are some numbers here and there."""
        return len(self.classes.get(0, ())) > _HERE_AND_THERE and self.period == 1 and (self.count or CLASSES) < CLASSES

    @property
    def is_empty(self) -> bool:
        return not self.classes

    @property
    def is_endless(self) -> bool:
        return any(each[-1][1] is None for each in self.classes.values())

    @property
    def count(self) -> int | None:
        """How many numbers; None if there is no end of them."""
        ends = [(first, last) for each in self.classes.values() for first, last in each]
        return None if self.is_endless else sum(last - first + 1 for first, last in ends if last is not None)

    @property
    def smallest(self) -> int:
        """The smallest number; the set must not be empty."""
        return min(self.period * each[0][0] + rest for rest, each in self.classes.items())

    @property
    def largest(self) -> int:
        """The largest number; the set must be neither empty nor endless."""
        return max(self.period * (each[-1][1] or 0) + rest for rest, each in self.classes.items())

    def ends(self) -> Iterator[int]:
        """The first and last number of every interval."""
        for rest, each in self.classes.items():
            for first, last in each:
                yield self.period * first + rest
                if last is not None:
                    yield self.period * last + rest

    def first(self, count: int) -> list[int]:
        """The smallest numbers, at most so many."""
        return list(islice(merge(*self._pieces()), count))

    def _pieces(self) -> list[Stretch]:
        return [
            Stretch(self.period * a + rest, None if b is None else self.period * b + rest, self.period)
            for rest, each in self.classes.items()
            for a, b in each
        ]

    def stretches(self) -> list[Stretch]:
        """The set as few stretches, in order."""
        if self.is_empty:
            return []
        whole = self._as_one()
        if whole is not None:
            return [whole]
        count = self.count
        if count is not None and count <= 1000:
            return list(_grouped(self.first(count)))
        return sorted(self._pieces(), key=lambda s: (s.first, s.step))

    def _as_one(self) -> Stretch | None:
        """The set as one stretch, if it is."""
        step = self.period // len(self.classes)
        if len(self.classes) * step != self.period or len({rest % step for rest in self.classes}) != 1:
            return None
        first = self.smallest
        if not self.is_endless:
            last = self.largest
            return Stretch(first, last, step) if self.count == (last - first) // step + 1 else None
        for rest, each in self.classes.items():
            expected = -((rest - first) // self.period)  # the least m with period·m + rest >= first
            if each != ((expected, None),):
                return None
        return Stretch(first, None, step)


def residue_classes(period: int, classes: Mapping[int, tuple[Interval, ...]]) -> NumberSet:
    """For each rest r, the period·m + r with m in these intervals."""
    return NumberSet(period, Frozen({rest: classes[rest] for rest in sorted(classes) if classes[rest]}))


def everything(first: int = 0, last: int | None = None) -> NumberSet:
    """All whole numbers from first to last."""
    return residue_classes(1, {0: ((first, last),) if last is None or last >= first else ()})


def points(numbers: Iterable[int]) -> NumberSet:
    """Just these numbers."""
    return residue_classes(1, {0: tuple((s.first, s.last) for s in _grouped(sorted(set(numbers))))})


def _refined(intervals: Iterable[Interval], times: int, shift: int) -> list[Interval]:
    """The m for which times·m + shift is in the intervals."""
    pieces = []
    for first, last in intervals:
        low = max(-((shift - first) // times), 0)
        high = None if last is None else (last - shift) // times
        if high is None or low <= high:
            pieces.append((low, high))
    return pieces


def _common(mine: list[Interval], theirs: list[Interval]) -> Iterator[Interval]:
    """What lies in an interval of either list."""
    i = j = 0
    while i < len(mine) and j < len(theirs):
        (first, last), (start, end) = mine[i], theirs[j]
        low = max(first, start)
        high = end if last is None else last if end is None else min(last, end)
        if high is None or low <= high:
            yield low, high
        if last is not None and last == high:  # the one that ends first is done with
            i += 1
        elif end is not None:
            j += 1
        else:
            return


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
