"""Which rows of a table are layers: not the containers that only hold others, and no row twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from symparams.layers import CATALOGUE, key
from symparams.reading.tables.table import Row, Sizes, Table


def layer_rows(table: Table) -> list[Row]:
    """The rows that stand for layers, with names that are each one's own."""
    rows = table.rows if table.form != "modules" else _with_attention(table.rows)
    rows = _with_own_parameters(rows) if table.form == "torchinfo" else _leaves(rows, named=table.form == "keras")
    if table.form == "torchsummary":
        rows = [row for i, row in enumerate(rows) if not _is_users(row, rows[i - 1] if i else None)]
    if table.form == "keras" and _channels_first(rows):
        rows = [_turned(row) for row in rows]
    return _unlike(rows)


def _channels_first(rows: Sequence[Row]) -> bool:
    """Whether Keras ran with the channels first, as with Theano: pooling keeps the first axis, not the last."""
    score = 0
    for before, row in pairwise(rows):
        if before.shape is None or row.shape is None or len(row.shape) < 3 or len(before.shape) != len(row.shape):
            continue
        if "Pooling" in row.type:
            score += _smaller(before.shape[1:], row.shape[1:]) - _smaller(before.shape[:-1], row.shape[:-1])
    for row in rows:
        if row.shape is not None and len(row.shape) > 2 and row.count and row.type.startswith(("Conv", "Deconv")):
            score += _divides(row.shape[0], row.count) - _divides(row.shape[-1], row.count)
    return score > 0


def _smaller(before: Sizes, after: Sizes) -> int:
    """1 if every size has become smaller."""
    return int(all(a is not None and b is not None and b < a for a, b in zip(before, after, strict=True)))


def _divides(size: int | None, count: int) -> int:
    return int(size is not None and size > 0 and count % size == 0)


def _turned(row: Row) -> Row:
    """The row with its channels last."""
    if row.shape is None or len(row.shape) < 3:
        return row
    return replace(row, shape=(*row.shape[1:], row.shape[0]), turned=True)


def _with_attention(rows: Sequence[Row]) -> list[Row]:
    """Printed modules, multi-head attention in place of its one printed part, which says its width."""
    result: list[Row] = []
    for row in rows:
        if result and result[-1].type == "MultiheadAttention" and row.depth > result[-1].depth:
            if row.name.endswith(".out_proj"):
                result[-1] = replace(result[-1], settings=row.settings)
            continue
        result.append(row)
    return result


def _is_container(rows: Sequence[Row], index: int) -> bool:
    return index + 1 < len(rows) and rows[index + 1].depth > rows[index].depth


def _leaves(rows: Sequence[Row], named: bool) -> list[Row]:
    kept = []
    around = ""
    for i, row in enumerate(rows):
        if named and not row.depth:
            around = row.name if _is_container(rows, i) else ""
        if not _is_container(rows, i):
            kept.append(replace(row, within=around))
    return kept


def _is_users(row: Row, before: Row | None) -> bool:
    """Whether a row of torchsummary is of a user's class, behind its parts, with nothing of its own."""
    if row.count or key(row.type) in CATALOGUE or before is None:
        return False
    return row.shape == before.shape


def _with_own_parameters(rows: Sequence[Row]) -> list[Row]:
    """Layers, and containers that have parameters beside those of their parts, as a row of its own."""
    kept = []
    for i, row in enumerate(rows):
        if not _is_container(rows, i):
            if row.depth or len(rows) == 1:
                kept.append(row)
            continue
        inside = sum(part.count or 0 for part in _inside(rows, i))
        if row.count and row.count != inside:
            kept.append(replace(row, shape=None, incoming=None, type=""))
    return kept


def _inside(rows: Sequence[Row], index: int) -> list[Row]:
    """The layers in a container."""
    found = []
    for i in range(index + 1, len(rows)):
        if rows[i].depth <= rows[index].depth:
            break
        if not _is_container(rows, i):
            found.append(rows[i])
    return found


def _unlike(rows: Sequence[Row]) -> list[Row]:
    """The rows, those of a name that is taken with a number: a layer that stands twice, or one in another model."""
    taken: dict[str, int] = {}
    result = []
    for row in rows:
        name = row.path or row.name
        taken[name] = count = taken.get(name, 0) + 1
        result.append(replace(row, name=name if count == 1 else f"{name} ({count})"))
    return result
