"""Which values a variant gets: every combination once, in an order that only the seed decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod


class Draws:
    """All combinations of values of some letters; the i-th is found without the ones before it."""

    def __init__(self, ranges: Mapping[str, Sequence[int]], seed: int) -> None:
        self.letters = tuple(ranges)
        self._choices = tuple(ranges.values())
        self.count = prod(len(choices) for choices in self._choices)
        self._half = max((self.count - 1).bit_length() + 1, 2) // 2
        self._keys = tuple((seed >> shift & 0xFFFF) << 1 | 1 for shift in (0, 16, 32, 48))

    def point(self, i: int) -> dict[str, int]:
        """The values of the i-th combination, i < count."""
        place = self._permuted(i)
        values: dict[str, int] = {}
        for letter, choices in zip(self.letters, self._choices, strict=True):
            place, j = divmod(place, len(choices))
            values[letter] = choices[j]
        return values

    def __iter__(self) -> Iterator[dict[str, int]]:
        return map(self.point, range(self.count))

    def _permuted(self, i: int) -> int:
        """Where the i-th combination stands: a Feistel network, walked until it ends inside the count.

        Each of its rounds can be undone, whatever is mixed in, so no two numbers end at one place, and nothing has to
        be remembered. It permutes the numbers below a power of four; from outside the count the walk goes on, and as
        the permutation leads back to where it began, it comes inside again, from each number at a place of its own.
        """
        if self.count == 1:
            return 0
        half, mask = self._half, (1 << self._half) - 1
        while True:
            left, right = i >> half, i & mask
            for key in self._keys:
                mixed = (right + key) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
                left, right = right, left ^ (mixed ^ mixed >> 29) >> 17 & mask
            i = left << half | right
            if i < self.count:
                return i


def shuffled(count: int, luck: int) -> list[int]:
    """The numbers below `count` in an order that `luck` decides."""
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        luck, j = divmod(luck, i + 1)
        order[i], order[j] = order[j], order[i]
    return order
