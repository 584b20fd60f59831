"""Numbers along an axis: which are written, and how."""

from __future__ import annotations

import math
from collections.abc import Sequence

_EXACT = 10**18  # from which on a number is rounded, as its digits would take a line of their own
_STEPS = (1, 2, 5)  # how ticks may be apart, times a power of 10
_WORDS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def exact(value: int) -> str:
    """A number with all its digits; one with very many of them rounded."""
    if value < _EXACT:
        return f"{value:,}"
    digits = len(str(value)) - 1
    return f"≈ {value // 10 ** (digits - 3) / 1000:.3f} × 10^{digits}"


def ticks(most: int, about: int = 4) -> list[int]:
    """Round numbers from 0 on, the last of them at least `most`."""
    rough = max(1, -(-most // about))
    power = 10 ** (len(str(rough)) - 1)
    step = next(n for n in (*(s * power for s in _STEPS), 10 * power) if n >= rough)
    return [step * i for i in range(-(-most // step) + 1)] if most else [0, 1]


def between(first: int, last: int, about: int = 5) -> list[int]:
    """Round numbers from first to last, for an axis that begins at any of them."""
    step = ticks(max(1, last - first), about)[1]
    found = list(range(-(-first // step) * step, last + 1, step))
    return found or [first]


def short(value: int, every: Sequence[int]) -> str:
    """A number of an axis in the unit in which all of them are short: 1.5 M."""
    most = max(every)
    for unit, word in _WORDS:
        if unit <= most < _EXACT and all(10 * n % unit == 0 for n in every):
            return "0" if value == 0 else f"{value / unit:g} {word}"
    return exact(value)


def share(value: int, most: int) -> float:
    """A number as a part of the most there is, however large both are."""
    if most <= 0:
        return 0.0
    shift = max(0, most.bit_length() - 60)
    return min(1.0, math.ldexp(value >> shift, 0) / (most >> shift))
