"""What only a count in the prose says of Keras code: channels that come first, the GRU of older versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from symparams.algebra.formula import Number, Symbol
from symparams.errors import Span, SymparamsError
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r
from symparams.sources.language import built

_NUMBER = r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{3,9})(?![\w]|[.,]\d)"
_COUNT = re.compile(_NUMBER)
_SHOWN = re.compile(  # a count that the framework gives, not somebody who calculates
    rf"\b(?:model|summary|keras|tensorflow)\b[^.?!\n]{{0,20}}\b(?:has|have|had|shows?|says?|gives?|prints?|reports?|displays?)\s"
    rf"(?:\w+\s){{0,2}}({_NUMBER})",
    re.I,
)
_IMAGES = (1, 3, 4)  # channels of images
_AXES = (3, 4)  # of images and volumes


class _Way(NamedTuple):
    """A way to read code that its text leaves open."""

    other: Callable[[Any], Any]  # a statement read so
    numbers: re.Pattern[str]  # the numbers in the prose that may say so
    said: str  # as an assumption


def as_counted(reading: Reading) -> Reading:
    """The same, otherwise read where only so a layer has a count of the prose."""
    if reading.kind != "question":
        return reading
    for way in _WAYS:
        other = tuple(map(way.other, reading.statements))
        told = {
            int((one[1] if one.re.groups else one[0]).replace(",", "")) for one in way.numbers.finditer(reading.prose)
        }
        if other == reading.statements or not told:
            continue
        with suppress(SymparamsError):
            if told & _counts(other, reading) and not told & _counts(reading.statements, reading):
                return replace(reading, statements=other, assumed=(*reading.assumed, Repair(way.said, Span(0))))
    return reading


def _counts(statements: tuple[Any, ...], reading: Reading) -> set[int]:
    """How many parameters the layers have, and all of them."""
    network = built(statements, reading.source)
    counts = [network.counts, *(node.counts for node in network.nodes)]
    return {one.params for one in counts if isinstance(one.params, int)}


def _mapped(item: Any, change: Callable[[r.Call], r.Call]) -> Any:
    """A statement with some of its calls changed."""
    match item:
        case r.Call():
            call = change(item)
            return call._replace(arguments=tuple(_mapped(one, change) for one in call.arguments))
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_mapped(part, change) for part in item))
        case tuple():
            return tuple(_mapped(part, change) for part in item)
    return item


def _turned(call: r.Call) -> r.Call:
    """An input with the first size last, if that is a number of channels and the last one is none."""
    sizes = [one.value for one in call.arguments]
    if call.name != "input" or len(sizes) not in _AXES or not _is_image(sizes[0]) or _is_image(sizes[-1]):
        return call
    moved = zip(call.arguments, (*sizes[1:], sizes[0]), strict=True)
    return call._replace(arguments=tuple(one._replace(value=value) for one, value in moved))


def _is_image(size: Any) -> bool:
    return isinstance(size, Number) and size.value in _IMAGES


def _merged(call: r.Call) -> r.Call:
    """A GRU with one bias for each value, as Keras had it first, where the code says nothing of it."""
    if call.name != "GRU" or any(one.keyword == "reset_after" for one in call.arguments):
        return call
    return call._replace(arguments=(*call.arguments, r.Argument("reset_after", Symbol("False"), call.at)))


_WAYS = (
    _Way(
        lambda one: _mapped(one, _turned),
        _COUNT,
        "the channels of the input come first, because only then the count in the text fits",
    ),
    _Way(
        lambda one: _mapped(one, _merged),
        _SHOWN,
        "`reset_after=False`, the default before TensorFlow 2, because only then the count in the text fits",
    ),
)
