"""What is known about free symbols: bounds, remainders, equalities, divisibility."""

from __future__ import annotations

from dataclasses import dataclass, field

from symparams.algebra.formula import Formula


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that algebra may use. Every free symbol is a positive integer, whatever else is known."""

    lower: dict[str, int] = field(default_factory=dict)  # symbol: smallest value, where it is not 1
    upper: dict[str, int] = field(default_factory=dict)  # symbol: largest value
    remainder: dict[str, tuple[int, int]] = field(default_factory=dict)  # symbol: (m, r) with symbol % m == r
    equal: dict[str, Formula] = field(default_factory=dict)  # symbol: what it equals
    at_least_zero: tuple[Formula, ...] = ()  # differences of letters that are 0 or more: H - W
    whole: frozenset[tuple[Formula, Formula]] = frozenset()  # (top, bottom) pairs that divide exactly
    # Normal forms under these facts, by the identity of a formula, which is kept with its own.
    polys: dict[int, tuple[Formula, object]] = field(default_factory=dict, init=False, repr=False, compare=False)


NOTHING_KNOWN = Facts()
