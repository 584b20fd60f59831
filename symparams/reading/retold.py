"""Sizes of an image that were found from a later layer, where the prose tells others that fit as well."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from symparams.algebra.formula import Number, Symbol
from symparams.errors import SymparamsError
from symparams.reading.pooled import pooled
from symparams.reading.reading import IN_A_ROW, Reading
from symparams.reading.told_sizes import told
from symparams.sources import records as r
from symparams.sources.language import built

_FOUND = re.compile(r"H and W are (\d+), from the ([\d,]+) \w+ of (\S+)")


def retold(reading: Reading) -> Reading:
    """The same with the image's height and width that the prose tells, if the network can be built with them.

    Where `forward` is not shown, 2 × 2 max pooling that must stand in it for this size is put in.
    """
    for one in reading.assumed:
        found = _FOUND.match(one.what)
        if found is None:
            continue
        open_ = tuple(_opened(statement, Number(int(found[1]))) for statement in reading.statements)
        others = tuple(other for other in reading.assumed if other is not one)
        lets: tuple[r.Let, ...] = ()
        with suppress(SymparamsError):
            network = built(open_, reading.source)
            if not {"H", "W"} <= {*network.symbols}:
                continue
            lets = told(reading.prose, network)
            if {"H", "W"} <= {let.name for let in lets} and built((*open_, *lets), reading.source):
                return replace(reading, statements=(*open_, *lets), assumed=others)
        if {"H", "W"} <= {let.name for let in lets} and any(other.what == IN_A_ROW for other in others):
            told_so = replace(reading, statements=(*open_, *lets), assumed=others)
            return pooled(told_so, int(found[2].replace(",", "")), found[3]) or reading
    return reading


def _opened(item: Any, side: Number) -> Any:
    """A statement whose input has letters in place of the last two sizes, where both are `side`."""
    match item:
        case r.Named(r.Call("input", arguments, _) as call, _) if [a.value for a in arguments[-2:]] == [side, side]:
            letters = (one._replace(value=Symbol(name)) for one, name in zip(arguments[-2:], "HW", strict=True))
            return item._replace(item=call._replace(arguments=(*arguments[:-2], *letters)))
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_opened(part, side) for part in item))
        case tuple():
            return tuple(_opened(part, side) for part in item)
    return item
