"""What repeats in a row of tokens: blocks that follow one another, and blocks inside of these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, TypeAlias

_FEWEST = 3  # tokens that are taken together


class Repetition(NamedTuple):
    """Tokens that repeat the block that stands before them, once or several times."""

    start: int  # the place of the first of them
    end: int  # the place behind the last of them
    period: int  # how many tokens the block has


Piece: TypeAlias = int | Repetition  # the place of a token, or what repeats those before it


def pieces(row: Sequence[int], starts: Collection[int] = ()) -> list[Piece]:
    """Every place of a row, alone or in a repetition; `starts` are places where a block may well begin."""
    return list(_pieces(row, starts, 0, len(row)))


def _pieces(row: Sequence[int], starts: Collection[int], low: int, high: int) -> Iterator[Piece]:
    found = _chosen(row[low:high], {place - low for place in starts if low <= place < high})
    place = low
    while place < high:
        one = found.get(place - low)
        if one is None:
            yield place
            place += 1
            continue
        yield from _pieces(row, starts, place, place + one.period)  # the block itself, which may have some inside
        place = low + one.end
        yield Repetition(low + one.start, place, one.period)


def _chosen(row: Sequence[int], starts: Collection[int]) -> dict[int, Repetition]:
    """The repetitions that save the most, by the places of their blocks; none reaches into another."""
    from symparams.figures.runs import runs  # noqa: PLC0415  # few networks are so long

    found: dict[int, Repetition] = {}
    free = bytearray(b"\1") * len(row)
    for run in runs(row):
        for low, high in list(_stretches(free, run.start, run.start + run.length, 2 * run.period)):
            left = (high - low) % run.period
            first = next((place for place in range(low, low + left + 1) if place in starts), low)
            end = high - (high - first) % run.period
            if end - first - run.period >= _FEWEST:
                found[first] = Repetition(first + run.period, end, run.period)
                free[first:end] = bytes(end - first)
    return found


def _stretches(free: bytearray, low: int, high: int, least: int) -> Iterator[tuple[int, int]]:
    """The stretches of at least so many places between two that are all free."""
    while low < high:
        start = free.find(1, low, high)
        if start < 0:
            return
        taken = free.find(0, start, high)
        low = high if taken < 0 else taken
        if low - start >= least:
            yield start, low
