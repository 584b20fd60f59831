"""Values of the letters of an input, none of which counts down, with which a size is the number that a layer reads."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.substitution import mapped

_USUAL = (28, 32, 64, 96, 128, 224, 227, 256, 299, 512)
_LARGEST = 1_024  # side of an image that is looked for
_WRITTEN = 60  # numbers of a program that are tried as sizes


def one_for_all(found: Formula, free: Sequence[str], wanted: int) -> int | None:
    """The value that all letters can have so that a size is as wanted: a usual one, else the smallest."""
    fits: list[int] = []
    before: int | Fraction | None = None
    for side in range(1, _LARGEST + 1):
        value = number(_at(found, dict.fromkeys(free, side)))
        if before is not None and isinstance(value, (int, Fraction)) and value < before:
            fits.clear()  # two sizes below 0, whose product is positive
        before = value if isinstance(value, (int, Fraction)) else None
        if value == wanted:
            fits.append(side)
        elif fits and isinstance(value, int) and value > wanted:
            break
    usual = [side for side in fits if side in _USUAL]
    return next(iter(usual or fits), None)


def written_pair(found: Formula, free: Sequence[str], wanted: int, words: Collection[str]) -> dict[str, int]:
    """Two numbers that a program writes as values of two letters so that a size is as wanted; or none."""
    written = sorted({int(word) for word in words if word.isdecimal() and 0 < int(word) <= _LARGEST})[:_WRITTEN]
    for pair in itertools.permutations(written, 2):
        values = dict(zip(free, pair, strict=True))
        if number(_at(found, values)) == wanted:
            return values
    return {}


def most_alike(found: Formula, free: Sequence[str], wanted: int) -> dict[str, int]:
    """The most alike values of two letters with which a size is as wanted; or none."""
    best: tuple[int, int] | None = None
    first, second = 1, _LARGEST
    while first <= _LARGEST and second > 0:
        value = number(_at(found, {free[0]: first, free[1]: second}))
        if value == wanted and (best is None or abs(first - second) < abs(best[0] - best[1])):
            best = first, second
        if isinstance(value, (int, Fraction)) and value < wanted:
            first += 1
        else:
            second -= 1
    return {} if best is None else dict(zip(free, best, strict=True))


def _at(formula: Formula, values: Mapping[str, int]) -> Formula:
    return mapped(formula, lambda leaf: Number(values[leaf.name]) if isinstance(leaf, Symbol) else leaf)
