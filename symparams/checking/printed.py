"""Numbers that a table prints, where they are not those of the network that the rest of the table implies."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.checking.difference import Difference
from symparams.checking.measured import Measured
from symparams.reading.reading import WrongRow

_TOTAL = "total"  # the row of that name


def as_printed(layer: Measured, wrong: Sequence[WrongRow]) -> Measured:
    """A layer with the numbers that are printed for it."""
    for row in wrong:
        if row.name == layer.name and row.field == "params" and isinstance(row.printed, int):
            layer = layer._replace(trainable=row.printed, fixed=0, tensors=None)
        if row.name == layer.name and row.field == "shape" and isinstance(row.printed, tuple):
            sizes = tuple(size for size in row.printed if size is not None)
            layer = layer._replace(shape=sizes) if len(sizes) == len(row.printed) else layer
    return layer


def total_difference(
    params: tuple[int, int], wrong: tuple[Sequence[WrongRow], Sequence[WrongRow]]
) -> Difference | None:
    """The difference of two totals, one of which is printed otherwise than it comes out."""
    first, second = (
        next((row.printed for row in rows if row.name == _TOTAL and isinstance(row.printed, int)), total)
        for total, rows in zip(params, wrong, strict=True)
    )
    if first == second:
        return None
    one, other = (Measured(_TOTAL, "", (), total, 0, None) for total in (first, second))
    return Difference("total", one, other)
