"""A catalogue of the package that extensions add to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from symparams.extensions.loading import Part, find, known, names

T = TypeVar("T")


class Open(Mapping[str, T]):
    """What the package has by name.

    What extensions bring is found, too, once it has been asked for by name: `ask` imports what it needs. To go through
    it is to go through what the package has, so that nothing depends on what else is installed.
    """

    def __init__(self, part: Part, own: Mapping[str, T]) -> None:
        self._part = part
        self._own = own

    def __getitem__(self, name: str) -> T:
        if name in self._own:
            return self._own[name]
        found: T | None = known(self._part, name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def ask(self, name: str) -> T | None:
        """What has this name, here or in an extension."""
        return self._own[name] if name in self._own else find(self._part, name)

    def names(self) -> list[str]:
        """All names that are known so far, for messages."""
        return [*self._own, *names(self._part)]
