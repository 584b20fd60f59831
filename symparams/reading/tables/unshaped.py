"""Rows without shapes -> rows with the shapes that their counts imply, for the usual windows and some size of input."""

from __future__ import annotations

import math
from collections.abc import Sequence

from symparams.layers import CATALOGUE, key
from symparams.reading.tables.placing import Placed, Placing
from symparams.reading.tables.rules import Arguments, Shape, outcome
from symparams.reading.tables.shapeless import chain_of
from symparams.reading.tables.shaping import own_name
from symparams.reading.tables.table import Row, Table
from symparams.reading.tables.tasks import STAND_IN, arguments

_SIZES = (28, 32, 224, 64, 128, 96, *range(8, 130))


def unshaped_placing(table: Table, rows: Sequence[Row]) -> Placing | None:
    """The layers of a table without shapes; None where no chain of layers explains its counts."""
    found = chain_of(rows, table.convention)
    if found is None:
        return None
    first = next((layer for layer in found if layer is not None), None)
    if first is None:
        return None
    spatial = _rank(rows[found.index(first)]) if first[0] == "conv" else 0
    for size in _SIZES if spatial else (STAND_IN,):
        walk = _walk(table, rows, found, first[2], spatial, size)
        if walk is not None:
            return Placing(table, walk)
    return None


def _rank(row: Row) -> int:
    return next((int(c) for c in row.type if c in "123"), 2)


def _walk(
    table: Table,
    rows: Sequence[Row],
    found: Sequence[tuple[str, Arguments, int] | None],
    features: int,
    spatial: int,
    size: int,
) -> list[Placed] | None:
    """The layers, if those that count what arrives are given so much."""
    first = table.convention == "torch"
    shape: Shape = (features, *(size,) * spatial) if first else (*(size,) * spatial, features)
    placed = [Placed("", "input", arguments(shape=shape), (), rows[0].at, shape, 0)]
    for row, layer in zip(rows, found, strict=True):
        call, given = layer[:2] if layer is not None else _plain(row, shape, first)
        if call == "dense" and layer is not None and len(shape) > 1 and math.prod(shape) == layer[2]:
            placed.append(Placed("", "flatten", (), (len(placed) - 1,), row.at, (math.prod(shape),), 0))
            shape = (math.prod(shape),)
        result = outcome(call, given, (shape,), table.convention)
        if result is None or (row.count or 0) != result[1]:
            return None
        shape = result[0]
        placed.append(Placed(row.name, call, given, (len(placed) - 1,), row.at, shape, result[1], result[2], row=row))
    return placed


def _plain(row: Row, shape: Shape, first: bool) -> tuple[str, Arguments]:
    """A layer that counts nothing, with its usual settings."""
    name, rank = row.type.casefold(), len(shape) - 1
    if name.startswith(("maxpool", "avgpool", "averagepool")) and rank:
        return "maxpool" if name.startswith("max") else "avgpool", arguments(size=(2,) * rank)
    if name.startswith("adaptive") and rank:
        return "adaptiveavgpool", arguments(size=(1,) * rank)
    if name.startswith("activation"):
        return "relu", ()
    if key(row.type) in CATALOGUE and outcome(
        own_name(row.type)[0], own_name(row.type)[1], (shape,), "torch" if first else "keras"
    ):
        return own_name(row.type)
    return "identity", ()
