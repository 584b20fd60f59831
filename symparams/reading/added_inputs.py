"""Blocks that add their input to what they make of it, whose channels therefore are those of their last layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from symparams.algebra.formula import Number, Symbol
from symparams.errors import Span, SymparamsError
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r
from symparams.sources.language import built

_MOST = 6  # numbers of channels that are tried


def with_added_inputs(reading: Reading) -> Reading:
    """The same with the channels of an open input that is added to a number of channels; unchanged if it can be built.

    The number is one that a layer of the text has; where several do, the last one.
    """
    with suppress(SymparamsError):
        built(reading.statements, reading.source)
        return reading
    letters = [name for name in _channels(reading.statements) if name is not None]
    numbers = list(dict.fromkeys(reversed(list(_filters(reading.statements)))))
    for number in numbers[:_MOST] if len(letters) == 1 else ():
        let = r.Let(letters[0], Number(number), Span(0))
        with suppress(SymparamsError):
            built((*reading.statements, let), reading.source)
            what = f"the input has {number:,} channels, as what it is added to"
            more = Repair(what, reading.assumed[0].at if reading.assumed else Span(0), implied=True)
            return replace(reading, statements=(*reading.statements, let), assumed=(*reading.assumed, more))
    return reading


def _channels(item: Any) -> Iterator[str | None]:
    """The letters for the channels of inputs, which stand last in Keras and first in PyTorch."""
    for call in _calls(item):
        if call.name == "input":
            sizes = [argument.value for argument in call.arguments]
            letters = [s.name for s in (*sizes[-1:], *sizes[:1]) if isinstance(s, Symbol)]
            yield next((name for name in letters if name not in ("T", "H", "W", "L", "D")), None)


def _filters(item: Any) -> Iterator[int]:
    """The numbers that layers are called with first or second: filters, units, channels."""
    for call in _calls(item):
        for argument in call.arguments[:2] if call.name != "input" else ():
            if isinstance(argument.value, Number) and isinstance(argument.value.value, int):
                yield argument.value.value


def _calls(item: Any) -> Iterator[r.Call]:
    if isinstance(item, r.Call):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _calls(part)
