"""Whole numbers to choose from, held as few `range` objects: 1..10^9 costs as much as 3, 5, 7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from math import gcd
from typing import overload

from symparams import limits
from symparams.errors import LimitError


class Choices(Sequence[int]):
    """An immutable sequence of whole numbers, ascending, each once."""

    __slots__ = ("_size", "pieces")

    def __init__(self, pieces: Iterable[range]) -> None:
        self.pieces = tuple(_joined(_apart([p for p in pieces if p])))  # one behind the other, none empty
        self._size = sum(map(_count, self.pieces))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        """The value at a place; of a slice, a tuple."""
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(self._size)))
        at = index + self._size if index < 0 else index
        for piece in self.pieces if at >= 0 else ():
            if at < len(piece):
                return piece[at]
            at -= len(piece)
        raise IndexError(f"there are {self._size} values")

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self.pieces)

    def __contains__(self, value: object) -> bool:
        return any(value in piece for piece in self.pieces)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Choices):
            return NotImplemented
        return self._size == other._size and _same(list(self.pieces), list(other.pieces))

    def __hash__(self) -> int:
        return hash((self._size, self[0], self[-1]) if self._size else ())

    def __reduce__(self) -> tuple[type[Choices], tuple[tuple[range, ...]]]:
        return Choices, (self.pieces,)

    def __repr__(self) -> str:
        pieces = (f"{p[0]}..{p[-1]} step {p.step}" if len(p) > 1 else str(p[0]) for p in self.pieces)
        return f"<Choices {', '.join(pieces)}>"

    def count(self, value: object) -> int:
        return int(value in self)

    @property
    def smallest(self) -> int:
        """What min() gives, without going through all."""
        return self[0]

    @property
    def largest(self) -> int:
        """What max() gives, without going through all."""
        return self[-1]

    def between(self, first: int, last: int | None) -> Choices:
        """Those from first to last; None: without end."""
        return Choices(_cut(piece, first, piece[-1] if last is None else last) for piece in self.pieces)

    @property
    def remainder(self) -> tuple[int, int]:
        """(m, r): all of them leave r when divided by m, the largest such m; (0, n) for a single n."""
        first = self[0]
        modulus = gcd(*(p[0] - first for p in self.pieces), *(p.step for p in self.pieces if len(p) > 1))
        return modulus, first % modulus if modulus else first

    def dotted(self) -> list[int | None]:
        """The values as one writes them: 8, 16, …, 64, where None stands for the dots."""
        values: list[int | None] = []
        for piece in self.pieces:
            values += list(piece) if len(piece) <= _WRITTEN else [piece[0], piece[1], None, piece[-1]]
        return values if len(values) <= _LISTED else [*values[: _LISTED // 2], None, self[-1]]


_WRITTEN = 5  # values of a piece that are written one by one
_LISTED = 24  # numbers and dots that a list of choices has at most


def _count(piece: range) -> int:
    return (piece[-1] - piece[0]) // piece.step + 1 if piece else 0


def _cut(piece: range, first: int, last: int) -> range:
    """What a piece has from first to last."""
    start = max(piece[0], first + (piece[0] - first) % piece.step)
    return range(start, min(piece[-1], last) + 1, piece.step)


def _apart(pieces: list[range]) -> list[range]:
    """The same numbers in pieces of which each begins where the one before has ended."""
    edges = sorted({edge for p in pieces for edge in (p[0], p[-1] + 1)})
    waiting = sorted(pieces, key=lambda p: p[0], reverse=True)
    active: list[range] = []
    disjoint: list[range] = []
    for start, end in pairwise(edges):
        active = [p for p in active if p[-1] >= start]
        while waiting and waiting[-1][0] <= start:
            active.append(waiting.pop())
        parts = list(dict.fromkeys(cut for p in active if (cut := _cut(p, start, end - 1))))
        disjoint += parts if len(parts) == 1 else _merged(parts)
    return disjoint


def _merged(parts: list[range]) -> list[range]:
    """Pieces that lie among one another."""
    if not parts:
        return []
    finest = max(parts, key=_count)
    if all(p[0] in finest and p[-1] in finest and (_count(p) == 1 or p.step % finest.step == 0) for p in parts):
        return [finest]
    if sum(map(_count, parts)) > limits.CHOICES:
        message = f"nested steps may have at most {limits.CHOICES:,} values, which is the limit"
        raise LimitError(message)
    return [range(n, n + 1) for n in sorted(set(chain.from_iterable(parts)))]


def _joined(pieces: Iterable[range]) -> Iterator[range]:
    """Neighbours as one piece where the step goes on."""
    last: range | None = None
    for piece in pieces:
        if last is None:
            last = piece
            continue
        step = piece[0] - last[-1]
        if all(len(p) == 1 or p.step == step for p in (last, piece)):
            last = range(last[0], piece[-1] + 1, step)
        else:
            yield last
            last = piece
    if last is not None:
        yield last


def _same(mine: list[range], theirs: list[range]) -> bool:
    """Whether two lists of pieces hold the same numbers, however they are cut."""
    mine.reverse()
    theirs.reverse()
    while mine and theirs:
        one, other = mine.pop(), theirs.pop()
        if one[0] != other[0]:
            return False
        common = min(len(one), len(other)) if one.step == other.step else 1
        mine += [one[common:]] if one[common:] else []
        theirs += [other[common:]] if other[common:] else []
    return not mine and not theirs
