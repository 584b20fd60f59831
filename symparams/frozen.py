"""Mappings that do not change: equal by content, usable as keys, ready to be pickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V", covariant=True)


class Frozen(Mapping[K, V], Generic[K, V]):
    """The entries of another mapping, in its order."""

    __slots__ = ("_entries", "_hash")
    _entries: dict[K, V]
    _hash: int  # worked out when it is first asked for

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        object.__setattr__(self, "_entries", dict(entries or {}))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("this mapping cannot be changed")

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __or__(self, more: Mapping[K, V]) -> Frozen[K, V]:
        """These entries, and those of another mapping, which win."""
        return Frozen({**self._entries, **more})

    def __eq__(self, other: object) -> bool:
        return self._entries == (other._entries if isinstance(other, Frozen) else other)

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(frozenset(self._entries.items())))
            return self._hash

    def __reduce__(self) -> tuple[type[Frozen[K, V]], tuple[dict[K, V]]]:
        return Frozen, (self._entries,)

    def __repr__(self) -> str:
        return repr(self._entries)
