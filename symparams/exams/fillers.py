"""Wrong answers near the right one, for choices with too few known mistakes on one side of the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Number, Symbol, Value, as_formula, symbols
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.exams.question import Content, Wrong
from symparams.exams.values import bound

Sizes: TypeAlias = tuple[Value, ...]

_UNKNOWN = "no known mistake leads to this answer"


def _near(content: Content, remark: str = _UNKNOWN) -> Wrong:
    return Wrong(content, Fraction(0), remark=remark)


def near_numbers(key: Content, rules: Sequence[Formula], point: Point, known: Sequence[Wrong]) -> Iterator[Wrong]:
    """What the right rules give for another size, the known mistakes on the other side of the key, steps from it."""
    assert not isinstance(key, str)
    if len(key) > 1:
        yield from _crossed(key, known)
    yield from _of_other_sizes([bound(rule, point) for rule in rules])
    if len(key) == 1:
        yield from _mirrored(key[0], known)
    for i, value in enumerate(key):
        for other in _steps(value) if isinstance(value, int) else ():
            yield _near(_with(key, i, other))


def _crossed(key: Sizes, known: Sequence[Wrong]) -> Iterator[Wrong]:
    """One size wrong, another one, and both: so the right shape is not the one that all others are like."""
    values: list[dict[int, None]] = [{} for _ in key]
    for wrong in known:
        others = [i for i, (value, right) in enumerate(zip(wrong.content, key, strict=False)) if value != right]
        value = wrong.content[others[0]] if len(others) == 1 else None
        if isinstance(value, int):
            values[others[0]][value] = None
    for found, right in zip(values, key, strict=True):
        found |= dict.fromkeys(_steps(right) if isinstance(right, int) else ())
    last = len(key) - 1
    for one, other in zip(values[0], values[last], strict=False):
        yield _near(_with(key, 0, one))
        yield _near(_with(key, last, other))
        yield _near(_with(_with(key, 0, one), last, other))


def _with(key: Sizes, i: int, value: int) -> Sizes:
    return (*key[:i], value, *key[i + 1 :])


def _steps(value: int) -> tuple[int, ...]:
    return value + 1, value - 1, 2 * value, value // 2, value + 2, value - 2


def _of_other_sizes(rules: Sequence[Formula]) -> Iterator[Wrong]:
    """The right rules with one size exchanged for one near it; the sides of a square kernel are one size."""
    sizes: dict[tuple[str, int], list[str]] = {}
    for s in dict.fromkeys(s for rule in rules for s in symbols(rule)):
        if s.meaning and isinstance(s.value, Number) and isinstance(s.value.value, int):
            letter, _, _ = s.name.partition("_")
            sizes.setdefault((letter if letter == "k" else s.name, s.value.value), []).append(s.name)
    for step in range(3):
        for (name, value), names in sizes.items():
            other = _steps(value)[step]
            try:
                gives = tuple(at(_exchanged(rule, names, other), {}) for rule in rules)
            except (SymparamsError, KeyError, ZeroDivisionError):
                continue
            yield _near(gives, f"that would be right if `{name}` were `{other}`")


def _exchanged(rule: Formula, names: Sequence[str], value: int) -> Formula:
    return mapped(rule, lambda leaf: Number(value) if isinstance(leaf, Symbol) and leaf.name in names else leaf)


def _mirrored(key: object, known: Sequence[Wrong]) -> Iterator[Wrong]:
    for wrong in known:
        value = wrong.content[0]
        if isinstance(value, int) and isinstance(key, int):
            yield _near((2 * key - value,))


def near_formulas(key: Content) -> Iterator[Wrong]:
    """The right formula with a letter too many, or with one too few."""
    assert not isinstance(key, str)
    right = as_formula(key[0])
    letters = [Symbol(name) for name in letters_of(right)]
    for letter in letters:
        yield _near((simplified(right * letter),))
    for letter in letters:
        yield _near((simplified(right + letter),))
    for letter in letters:
        yield _near((simplified(_exchanged(right, [letter.name], 1)),))
    yield _near((simplified(right + 1),))
    yield _near((simplified(2 * right),))
