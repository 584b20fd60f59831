"""Which layers are not trained: those that a column marks, or the first ones that the totals leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symparams.reading.reading import Repair
from symparams.reading.tables.placing import Placed
from symparams.reading.tables.table import Table


def with_frozen(placed: Sequence[Placed], table: Table) -> list[Placed]:
    """The layers, those frozen that the total of what is not trained needs."""
    line = table.total("non_trainable")
    fixed = sum(one.count if one.frozen else one.fixed for one in placed)
    if line is None or line.value <= fixed or any(one.frozen for one in placed):
        return list(placed)
    missing = line.value - fixed
    for order in (range(len(placed)), range(len(placed) - 1, -1, -1)):
        chosen = _first(placed, order, missing)
        if chosen is not None:
            return [replace(one, frozen=True) if i in chosen else one for i, one in enumerate(placed)]
    for i, one in enumerate(placed):
        if one.count - one.fixed == missing and one.count:
            return [replace(other, frozen=True) if i == k else other for k, other in enumerate(placed)]
    return list(placed)


def frozen_in_part(placed: Sequence[Placed], table: Table) -> tuple[Repair, ...]:
    """What is said where the totals leave parameters out of training that no whole layer has."""
    line = table.total("non_trainable")
    left = line.value - sum(one.count if one.frozen else one.fixed for one in placed) if line is not None else 0
    if line is None or left <= 0:
        return ()
    return (Repair(f"{left:,} more parameters are printed as not trained, which no row has as a whole", line.at),)


def _first(placed: Sequence[Placed], order: Sequence[int], missing: int) -> set[int] | None:
    """The first layers that have so many parameters together."""
    chosen: set[int] = set()
    for i in order:
        if missing == 0:
            return chosen
        own = placed[i].count - placed[i].fixed
        if placed[i].count:
            chosen.add(i)
        missing -= own
        if missing < 0:
            return None
    return chosen if missing == 0 else None
