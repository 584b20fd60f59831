"""A text that somebody typed -> the number or the sizes that it says, both sides of an equation compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias, TypeVar

from symparams.algebra.evaluation import Point, number
from symparams.algebra.formula import Formula, as_formula
from symparams.errors import LimitError, Place, Source, SymparamsError
from symparams.questions.signatures import signature
from symparams.sources.answers import LONGEST, read_answer, read_shape
from symparams.sources.spelled import in_plain_characters
from symparams.sources.typed import Typed, typed
from symparams.sources.typed_sizes import sides_of_sizes, typed_sizes

Answer: TypeAlias = "tuple[Formula, ...]"  # one formula for each number of the answer
_Read = TypeVar("_Read")
_Side: TypeAlias = "tuple[Typed, Formula]"  # of an equation: how it was typed, and what it comes to

ANSWER = "answer"  # what messages call the text
_ASIDE = re.compile(r"(?P<alone>[0-9][0-9,]*)\s*\((?P<inside>[^()]*[0-9].*)\)")
_NOWHERE: Mapping[str, Formula] = {}


def read_number(
    source: Source,
    letters: Mapping[str, Formula],
    words: Mapping[str, Formula] = _NOWHERE,
    *,
    in_bytes: bool = False,
    points: tuple[Point, ...] = ({},),
) -> tuple[Typed, Formula]:
    """A number or a formula as it was typed, with what it comes to.

    Both sides of an equation must be equal: as numbers, or as formulas at some points.
    """
    if len(source.text) > LONGEST:
        return Typed(source.text), read_answer(source, letters)  # which says that it is too long
    written, formula = _one_side(source, source.text, letters, words, in_bytes=in_bytes)
    aside = _ASIDE.fullmatch(written.text.strip())
    if aside is not None:  # 320 (288 + 32), but not 32 (9 + 1)
        alone, inside = (_in_words(source, aside[part], letters, words) for part in ("alone", "inside"))
        formula = alone if signature((alone,), points) == signature((inside,), points) else formula
    first, exact = (written, formula), written.rounded is None
    for other in written.others:
        again = _one_side(source, other, letters, words, in_bytes=in_bytes)
        _check_equal(source, first, again, other, points)
        if not exact and again[0].rounded is None:  # 0.59M = 3*3*256*256
            (written, formula), exact = again, True
    if written.in_bytes and not in_bytes:
        place = Place(source, source.text.index(written.unit))
        raise SymparamsError("this is a number of bytes, but no bytes are asked for", place)
    return written, formula


def _one_side(
    source: Source, text: str, letters: Mapping[str, Formula], words: Mapping[str, Formula], *, in_bytes: bool
) -> tuple[Typed, Formula]:
    """A side of an equation, or the whole where there is one, with what it comes to."""
    written = typed(Source(source.name, text), letters, in_bytes=in_bytes, whole=text is source.text)
    formula = _in_words(source, written.text, letters, words)
    value = None if written.factor == 1 else number(formula)
    return written, formula if value is None else as_formula(value * written.factor)


def read_sizes(
    source: Source, letters: Mapping[str, Formula], count: int, read_one: Callable[[], Answer] | None = None
) -> Answer:
    """The sizes of a shape as they were typed, which `count` numbers would answer; `read_one` reads a single one."""
    if count == 1 and _is_one_number(source.text):
        return (read_number(source, letters)[1],) if read_one is None else read_one()
    sizes = _placed(source, read_shape, Source(ANSWER, typed_sizes(source, letters, count)), letters)
    for other in sides_of_sizes(source.text)[1:]:
        again = Source(ANSWER, typed_sizes(source, letters, count, other))
        claimed, found = (
            [value for value in map(number, checked(side)) if value is not None]
            for side in (_placed(source, read_shape, again, letters), sizes)
        )
        if len(found) < len(sizes) or claimed in (found, [prod(found)]):  # its product is the number of values
            continue
        place = Place(source, len(other) - len(other.lstrip()))
        left, right = (" × ".join(map(str, side)) for side in (found, claimed))
        raise SymparamsError(f"the two sides differ: {left} is on the left, {right} on the right", place)
    return sizes


def _check_equal(source: Source, first: _Side, again: _Side, other: str, points: tuple[Point, ...]) -> None:
    """Raise SymparamsError if a further side of an equation is not what the first one is, as far as it is rounded."""
    place = Place(source, len(other) - len(other.lstrip()))
    left, right = (number(checked((side,))[0]) for _, side in (first, again))
    if left is not None and right is not None:
        if abs(Fraction(left) - right) > max(first[0].half, again[0].half):
            shown = [f"{side:,}" if isinstance(side, int) else str(float(side)) for side in (left, right)]
            raise SymparamsError(f"the two sides differ: {shown[0]} is on the left, {shown[1]} on the right", place)
    elif points != ({},) and signature((first[1],), points) != signature((again[1],), points):
        raise SymparamsError(f"the two sides differ: {other.strip()} is not what stands on the left", place)


def _placed(source: Source, read: Callable[[Source, Mapping[str, Formula]], _Read], *given: Any) -> _Read:
    """What is read of a text from which something was taken; errors show the text as it was typed."""
    try:
        return read(*given)
    except SymparamsError as error:
        if error.place is not None:
            error.place = Place(source, error.place.offset)
        raise


def _in_words(source: Source, text: str, letters: Mapping[str, Formula], words: Mapping[str, Formula]) -> Formula:
    """What a text says in letters, or in words for them; errors list the letters alone."""
    part = Source(ANSWER, text)
    try:
        return read_answer(part, letters)
    except SymparamsError:
        with suppress(SymparamsError):
            return read_answer(part, {**letters, **words})
    return _placed(source, read_answer, part, letters)


def _is_one_number(text: str) -> bool:
    """Whether a text for a single size has none of the marks that part sizes, but may be a product: 12 * 12 * 63."""
    bare = re.sub(r"(?<=[0-9])[,](?=[0-9]{3}(?![0-9]))", "", in_plain_characters(text).rstrip(" .,;"))
    return not re.search(r"[][,;×xX@]|None|\?|^\s*\(.*\)$", bare)


def checked(answer: Answer) -> Answer:
    """The answer, unless it has numbers that cannot be worked out."""
    for formula in answer:
        try:
            number(formula)
        except LimitError as error:
            raise LimitError(f"{ANSWER}: {error.matter}") from None
        except SymparamsError as error:
            raise SymparamsError(f"{ANSWER}: this cannot be worked out: {error.matter}") from None
    return answer
