"""Runs of equal stretches in a row of tokens, found without trying every length at every place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_NEXT = 4  # how many further places of the same token say how long a stretch may be
_LONGEST = 2_000  # tokens in a stretch


class Run(NamedTuple):
    """A stretch of a row in which each token equals the one a period before."""

    start: int  # of its first token
    period: int  # how many tokens stand in one copy
    length: int  # how many tokens stand in all, at least two periods


def runs(tokens: Sequence[int]) -> list[Run]:
    """All runs, the ones that save the most first; of those that save as much, the shortest period, then the first."""
    found = set(_found(tokens))
    return sorted(found, key=lambda run: (run.period - run.length + run.length % run.period, run.period, run.start))


def _found(tokens: Sequence[int]) -> Iterator[Run]:
    places: dict[int, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    seen: dict[int, int] = {}  # of each period, up to where a run is known
    for place, token in enumerate(tokens):
        same = places[token]
        first = _after(same, place)
        for further in same[first : first + _NEXT]:
            period = further - place
            if period > _LONGEST or seen.get(period, -1) > place:
                continue
            start, end = _extended(tokens, place, period)
            seen[period] = end
            if end - start >= period:
                yield Run(start, period, end - start + period)


def _after(places: list[int], place: int) -> int:
    """Which of some ascending places is the first behind one."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if places[middle] <= place else (low, middle)
    return low


def _extended(tokens: Sequence[int], place: int, period: int) -> tuple[int, int]:
    """From where to where each token equals the one a period behind it."""
    start = end = place
    while start > 0 and tokens[start - 1] == tokens[start - 1 + period]:
        start -= 1
    while end + period < len(tokens) and tokens[end] == tokens[end + period]:
        end += 1
    return start, end
