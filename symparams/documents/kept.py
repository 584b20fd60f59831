"""What is made once and kept as long as there is room: a process may print documents for weeks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from typing import TypeVar

_ROOM = 1 << 20  # for characters, or pieces of a text

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class Kept(dict[K, V]):
    """What a function makes of each key; when all together is too long, everything is forgotten."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make
        self._room = _ROOM

    def __missing__(self, key: K) -> V:
        value = self._make(key)
        self._room -= len(value) + 1
        if self._room < 0:
            self.clear()
            self._room = _ROOM
        self[key] = value
        return value
