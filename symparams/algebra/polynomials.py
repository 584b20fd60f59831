"""Polynomials in one whole number: where they are below zero, zero and above, exactly and however large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb, lcm
from typing import TypeAlias

Coefficients: TypeAlias = "Sequence[int | Fraction]"  # the constant first

DEGREE = 40  # up to here a polynomial that goes up and down is followed


def value_at(p: Coefficients, n: int) -> int | Fraction:
    """p(n)."""
    result: int | Fraction = 0
    for c in reversed(p):
        result = result * n + c
    return result


def added(p: Coefficients, q: Coefficients) -> list[int | Fraction]:
    """p + q."""
    longer, shorter = (p, q) if len(p) >= len(q) else (q, p)
    return [c + (shorter[i] if i < len(shorter) else 0) for i, c in enumerate(longer)]


def multiplied(p: Coefficients, q: Coefficients) -> list[int | Fraction]:
    """p · q."""
    result: list[int | Fraction] = [0] * max(len(p) + len(q) - 1, 0)
    for i, c in enumerate(p):
        for j, d in enumerate(q):
            result[i + j] += c * d
    return result


def signs(p: Coefficients) -> list[tuple[int, int]]:
    """(n, sign) for each stretch of equal sign on 0, 1, 2 …: it starts at n; the last goes on without end."""
    scale = lcm(*(Fraction(c).denominator for c in p))
    return _signs([int(c * scale) for c in p])


def _signs(p: list[int]) -> list[tuple[int, int]]:
    while p and not p[-1]:
        p = p[:-1]
    if all(c >= 0 for c in p) or all(c <= 0 for c in p):  # of one sign, but for 0 at n = 0
        at_zero, later = _sign(p[0] if p else 0), _sign(sum(p))
        return [(0, at_zero), (1, later)] if at_zero != later else [(0, later)]
    slopes = _signs([_step(p, i) for i in range(len(p) - 1)])
    stretches: list[tuple[int, int]] = []
    for i, (first, slope) in enumerate(slopes):
        last = slopes[i + 1][0] if i + 1 < len(slopes) else None
        _follow(p, first, last, slope, stretches)
    return stretches


def _step(p: list[int], i: int) -> int:
    """The coefficient of n^i in p(n + 1) - p(n)."""
    return sum(c * comb(j, i) for j, c in enumerate(p) if j > i)


def _follow(p: list[int], first: int, last: int | None, slope: int, found: list[tuple[int, int]]) -> None:
    """Add the stretches of p from first to last, between which it only rises or only falls."""
    points = [first]
    if slope:
        zero = _reaches_zero([slope * c for c in p], first, last)
        points += [zero, zero + 1]
    for n in points:
        if last is not None and n > last:
            continue
        sign = _sign(value_at(p, n))
        if not found or found[-1][1] != sign:
            found.append((n, sign))


def _reaches_zero(p: list[int], first: int, last: int | None) -> int:
    """The least n from first on with p(n) >= 0, where p rises; last + 1 if there is none up to last.

    The bits of its distance are found by halving, the number itself by Newton's steps from both sides, which take
    about as many steps as that has bits; where they do not take hold, by halving.
    """
    longest = max(c.bit_length() for c in p) + 2 if last is None else (last - first).bit_length()

    def away(bits: int) -> int:
        n = first + (1 << bits) - 1
        return n if last is None else min(n, last)

    bits = least(lambda k: value_at(p, away(k)) >= 0, 0, longest)
    if bits > longest:
        return away(longest) + 1
    low, high = first + (1 << bits >> 1) - 1, away(bits)  # below zero, or beside first; at zero or above
    slope = [i * c for i, c in enumerate(p)][1:]
    while high - low > 1:
        width = high - low
        for n in (low, high):
            steep = value_at(slope, n)
            guess = n - value_at(p, n) // steep if steep > 0 else (low + high) // 2
            guess = min(max(guess, low + 1), high - 1)
            if low < guess:
                low, high = (low, guess) if value_at(p, guess) >= 0 else (guess, high)
        middle = (low + high) // 2
        if 2 * (high - low) > width and low < middle:
            low, high = (low, middle) if value_at(p, middle) >= 0 else (middle, high)
    return high


def _middle(low: int, high: int) -> int:
    return (low + high) // 2


def least(
    holds: Callable[[int], bool], first: int, last: int | None, between: Callable[[int, int], int] = _middle
) -> int:
    """The least n from first on for which something holds that holds ever after; last + 1 if none up to last does.

    `between` says where to look next if it is from low to high, which is not asked again.
    """
    low, reach = first, 1
    while True:  # ever larger strides: 1, 2, 4, 16, 256 …
        high = first + reach - 1
        if last is not None and high >= last:
            if low > last or not holds(last):
                return last + 1
            high = last
            break
        if holds(high):
            break
        low = high + 1
        reach *= max(reach, 2)
    while low < high:
        middle = between(low, high)
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _sign(value: int | Fraction) -> int:
    return (value > 0) - (value < 0)
