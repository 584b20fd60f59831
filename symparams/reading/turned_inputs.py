"""Inputs of Keras code whose channels come first, as only a count in the prose says: 5,248 for (3, 16, 112, 112)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from symparams.algebra.formula import Number
from symparams.errors import Span, SymparamsError
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r
from symparams.sources.language import built

_COUNT = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{3,9})(?![\w]|[.,]\d)")
_IMAGES = (1, 3, 4)  # channels of images
_AXES = (3, 4)  # of images and volumes


def with_turned_input(reading: Reading) -> Reading:
    """The same with the channels of its input last, where they stand first and only so a count of the prose is met."""
    turned = tuple(_turned(statement) for statement in reading.statements)
    if reading.kind != "question" or turned == reading.statements:
        return reading
    told = {int(one[0].replace(",", "")) for one in _COUNT.finditer(reading.prose)}
    with suppress(SymparamsError):
        if told & _counts(turned, reading) and not told & _counts(reading.statements, reading):
            what = "the channels of the input come first, as the count in the text says"
            return replace(reading, statements=turned, assumed=(*reading.assumed, Repair(what, Span(0))))
    return reading


def _counts(statements: tuple[Any, ...], reading: Reading) -> set[int]:
    """How many parameters the layers have, and all of them."""
    network = built(statements, reading.source)
    counts = [network.counts, *(node.counts for node in network.nodes)]
    return {one.params for one in counts if isinstance(one.params, int)}


def _turned(item: Any) -> Any:
    """A statement whose input has the first size last, if that is a number of channels and the last one is none."""
    match item:
        case r.Named(r.Call("input", arguments, _) as call, _) if len(arguments) in _AXES:
            first, last = (argument.value for argument in (arguments[0], arguments[-1]))
            is_first = isinstance(first, Number) and first.value in _IMAGES
            if is_first and not (isinstance(last, Number) and last.value in _IMAGES):
                values = [argument.value for argument in (*arguments[1:], arguments[0])]
                moved = tuple(one._replace(value=value) for one, value in zip(arguments, values, strict=True))
                return item._replace(item=call._replace(arguments=moved))
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_turned(part) for part in item))
        case tuple():
            return tuple(_turned(part) for part in item)
    return item
