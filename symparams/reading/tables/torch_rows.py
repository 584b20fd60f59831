"""Tables of torchsummary and torchinfo: rows found by `Conv2d-1` and `Conv2d: 1-1`."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from symparams.errors import Span
from symparams.reading.tables.cells import COUNT, count_in, numbers_in, shapes_in
from symparams.reading.tables.table import ROWS, Row, Sizes

_SUMMARY_ROW = re.compile(
    r"(?<![\w.])(?P<type>[A-Za-z_]\w*)-(?P<number>\d{1,9})\s+"
    r"(?P<shape>\[(?:[-\d\s,]|\[[-\d\s,]{0,100}\]){1,100}\](?:,\s\[[-\d\s,]{1,100}\]){0,20}|--)\s+"
    rf"(?P<count>{COUNT})(?![\w,]|[.’']\d)"
)


def summary_rows(text: str, start: int, end: int) -> list[Row]:
    """The rows of torchsummary; those of a user's class stand behind their parts and count nothing."""
    rows = []
    for found in itertools.islice(_SUMMARY_ROW.finditer(text, start, end), ROWS + 1):
        every = shapes_in(found["shape"])
        rows.append(
            Row(
                name=f"{found['type']}-{found['number']}",
                type=found["type"],
                at=Span(found.start(), found.end()),
                shape=every[0] if every else None,
                shapes=every,
                count=count_in(found["count"]),
            )
        )
    return rows


def fed_rows(rows: list[Row]) -> list[Row]:
    """The rows of a table that prints what arrives at each layer: it is what leaves the one before."""
    leaving = [*(row.shape for row in rows[1:]), *(_left(row) for row in rows[-1:])]
    return [replace(row, incoming=row.shape, shape=shape, shapes=()) for row, shape in zip(rows, leaving, strict=True)]


def _left(row: Row) -> Sizes | None:
    """What leaves a linear layer with biases into which the shape of its row goes; None for others."""
    width = row.shape[-1] if row.shape else None
    if row.type != "Linear" or row.shape is None or width is None or not row.count or row.count % (width + 1):
        return None
    return (*row.shape[:-1], row.count // (width + 1))


_NAME = re.compile(
    r"(?P<type>[A-Za-z_][\w.]*)(?:\s+\((?P<variable>[\w.\-]+)\))?:\s(?P<depth>\d{1,3})-(?P<number>\d{1,9})(?!\d)"
)
_MODEL = re.compile(r"(?P<type>[A-Za-z_]\w*)(?:\s+\((?P<variable>\w+)\))?(?=\s+(?:--|\[|\d))")
_CELL = re.compile(
    r"\[(?:[-\d\s,]|\[[-\d\s,]{0,100}\]){0,100}\]|--+|\(recursive\)|True|False|Partial|\d{1,3}(?:[.’']\d{3})+(?![\d%])|\d[\d,]{0,40}(?:\.\d+)?%?(?:\s\(\d+\.\d+%\))?"
)


def info_rows(text: str, start: int, end: int, columns: tuple[str, ...]) -> list[Row]:
    """The rows of torchinfo, the model's own first where it has one."""
    names = list(itertools.islice(_NAME.finditer(text, start, end), ROWS + 1))
    first = names[0].start() if names else end
    rows = []
    model = _MODEL.search(text, start, first)
    if model is not None and columns:
        cells = _cells(text, model.end(), first, len(columns))
        if len(cells) == len(columns):
            rows.append(_info_row(model, cells, columns, depth=0))
    for i, name in enumerate(names):
        until = names[i + 1].start() if i + 1 < len(names) else end
        cells = _cells(text, name.end(), until, len(columns))
        rows.append(_info_row(name, cells, columns, depth=int(name["depth"])))
    return _with_paths(rows)


def _cells(text: str, start: int, end: int, many: int) -> list[re.Match[str]]:
    found = []
    for cell in _CELL.finditer(text, start, end):
        found.append(cell)
        if len(found) == many:
            break
    return found


def _info_row(name: re.Match[str], cells: list[re.Match[str]], columns: tuple[str, ...], depth: int) -> Row:
    said = {what: cell[0] for what, cell in zip(columns, cells, strict=False)}
    shapes, incoming = shapes_in(said.get("shape", "")), shapes_in(said.get("incoming", ""))
    count = said.get("count", "")
    return Row(
        name=re.sub(r"\s+", " ", name[0]),
        type=name["type"],
        at=Span(name.start(), cells[-1].end() if cells else name.end()),
        shape=shapes[0] if shapes else None,
        shapes=shapes,
        count=count_in(count) if count[:1].isdigit() else 0,
        depth=depth,
        trainable={"True": True, "False": False}.get(said.get("trainable", "")),
        incoming=incoming[0] if incoming else None,
        kernel=numbers_in(said["kernel"]) if said.get("kernel", "").startswith("[") else None,
        counted_before=count == "(recursive)",
        path=name["variable"] or "",
    )


def _with_paths(rows: list[Row]) -> list[Row]:
    """The rows with the attribute paths that the names of variables make: stem.0."""
    around: list[str] = []
    result = []
    for row in rows:
        del around[max(row.depth - 1, 0) :]
        known = bool(row.path) and row.depth > 0 and len(around) == row.depth - 1
        path = ".".join((*around, row.path)) if known else ""
        if known:
            around.append(row.path)
        result.append(replace(row, path=path))
    return result
