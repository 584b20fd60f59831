"""What a typed answer says: a number, the sizes of a shape, or what a formula gives at some places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from symparams.algebra.evaluation import Point, number
from symparams.algebra.formula import Formula
from symparams.errors import Source, SymparamsError
from symparams.exports.shapes import readings
from symparams.questions.signatures import signature
from symparams.questions.typed_numbers import read_number, read_sizes
from symparams.sources.typed import Typed
from symparams.sources.typed_sizes import with_channels

Values: TypeAlias = "tuple[int | Fraction, ...]"

NAME = "the answer"  # what messages call it
_PLACES = 4  # where formulas to choose from are told apart
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")


def number_in(
    text: str, letters: Mapping[str, Formula], *, in_bytes: bool, key: int | Fraction | None
) -> tuple[Typed, int | Fraction]:
    """A number with how it was typed; one that is a fraction in every country where the key is that fraction."""
    if isinstance(key, Fraction) and _DECIMAL.fullmatch(text) and Fraction(text) == key:
        return Typed(text), key
    written, formula = read_number(Source(NAME, text), letters, in_bytes=in_bytes)
    return written, _evaluated(formula)


def shape_in(text: str, letters: Mapping[str, Formula], count: int = 0) -> Values:
    """The sizes of a shape, which `count` numbers would answer."""
    return tuple(map(_evaluated, read_sizes(Source(NAME, text.removesuffix(".")), letters, count)))


def shapes_in(text: str, count: int) -> Sequence[Values]:
    """The shapes that a text can mean, where `count` sizes are asked for; channels that are named first or last."""
    named = with_channels(text) if count > 1 else None
    if named is not None:
        return [sizes for first in (True, False) for sizes in readings(named.arranged(first=first))]
    given = readings(text)
    return given if any(len(sizes) == count for sizes in given) else [*given, shape_in(text, {}, count)]


def _evaluated(formula: Formula) -> int | Fraction:
    value = number(formula)
    if value is None:
        raise SymparamsError("there are letters in this number")
    return value


def formula_in(text: str, letters: Mapping[str, Formula], points: Sequence[Point]) -> Formula:
    """A number or a formula, both sides of an equation compared at these points."""
    return read_number(Source(NAME, text), letters, points=tuple(points))[1]


def values_at_places(text: str, letters: Mapping[str, Formula]) -> Values:
    """What a formula gives at some places that are far from each other."""
    places = [{name: 1009 + 60 * i * (j + 1) + 7 * j for i, name in enumerate(letters)} for j in range(_PLACES)]
    values = signature((formula_in(text, letters, places),), places)
    if values is None:
        raise SymparamsError("this formula has no value")
    return values
