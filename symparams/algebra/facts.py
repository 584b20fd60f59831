"""What is known about free symbols: bounds, remainders, equalities, divisibility."""

from __future__ import annotations

from dataclasses import dataclass, field

from symparams.algebra.formula import Formula
from symparams.frozen import Frozen


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that algebra may use. Every free symbol is a positive integer, whatever else is known."""

    lower: Frozen[str, int] = Frozen()  # symbol: smallest value, where it is not 1
    upper: Frozen[str, int] = Frozen()  # symbol: largest value
    remainder: Frozen[str, tuple[int, int]] = Frozen()  # symbol: (m, r) with symbol % m == r
    equal: Frozen[str, Formula] = Frozen()  # symbol: what it equals
    at_least_zero: tuple[Formula, ...] = ()  # differences of letters that are 0 or more: H - W
    whole: frozenset[tuple[Formula, Formula]] = frozenset()  # (top, bottom) pairs that divide exactly
    _hash: int = field(init=False, repr=False, compare=False)  # facts are a part of many keys

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self._said))

    @property
    def _said(self) -> tuple[object, ...]:
        return self.lower, self.upper, self.remainder, self.equal, self.at_least_zero, self.whole

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Facts], tuple[object, ...]]:
        return Facts, self._said


NOTHING_KNOWN = Facts()
