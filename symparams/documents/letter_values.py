"""The values that a letter may have, as a sentence lists them."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.formula import Symbol
from symparams.algebra.numbersets import NumberSet, Stretch

_MOST = 12  # numbers or ranges that a sentence lists


@dataclass(frozen=True, slots=True)
class LetterValues:
    """Values of a letter."""

    letter: Symbol  # whose values they are
    numbers: NumberSet  # all of them

    @property
    def _every(self) -> list[Stretch]:
        """All stretches; those of two numbers as single numbers."""
        return [
            one
            for s in self.numbers.stretches()
            for one in ([s] if s.last is None or s.last > s.first + s.step else [Stretch(n, n, 1) for n in s])
        ]

    @property
    def are_single(self) -> bool:
        """Whether there are only single numbers."""
        return all(s.first == s.last for s in self._every)

    @property
    def stretches(self) -> list[Stretch]:
        """The first of them, each with `first`, `last` (none: no end) and `step`."""
        return self._every[: _MOST if self.are_cut else None]

    @property
    def are_cut(self) -> bool:
        """Whether there are more than a sentence lists."""
        return len(self._every) > _MOST
