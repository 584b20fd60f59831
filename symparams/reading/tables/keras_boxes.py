"""Tables of Keras 3: cells between vertical lines, each wrapped at blanks or cut with dots."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from symparams.errors import Span
from symparams.reading.tables.cells import connections_in, count_in, shapes_in
from symparams.reading.tables.classes import completed
from symparams.reading.tables.table import Row

_RULE = re.compile(r"[├└┌┏┡┣┗╞╘╭╰+][─━═┼╇┳┻┴┬╪+=-]{3,}[┤┘┐┓┩┫┛╡╛╮╯+]?")
_NAME = re.compile(r"\s*(?P<name>.*?)\s*(?:\(\s*(?P<type>[\w.>]*)…?\s*\)?)?\s*\Z", re.DOTALL)


class _Cell(NamedTuple):
    text: str
    at: Span


def box_rows(text: str, start: int, end: int, columns: tuple[str, ...]) -> list[Row]:
    """The rows between the header and the totals."""
    rows: list[list[list[_Cell]]] = []
    for line, first in _lines(text, start, end, len(columns)):
        if rows and not first and not _counted(line, columns):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [row for row in (_row(lines, columns) for lines in rows) if row is not None]


def _lines(text: str, start: int, end: int, many: int) -> Iterator[tuple[list[_Cell], bool]]:
    """The cells of every line, and whether a rule stands before it; a table joined to one line has the same marks."""
    offset, ruled = start, True
    for rule in [*_RULE.finditer(text, start, end), None]:
        until = rule.start() if rule else end
        between = text[offset:until]
        marks = [offset + i for i, c in enumerate(between) if c in "│|"]
        for i in range(0, len(marks) - many, many + 1):
            edges = marks[i : i + many + 1]
            yield [_Cell(text[a + 1 : b], Span(a + 1, b)) for a, b in itertools.pairwise(edges)], ruled
            ruled = False
        offset, ruled = (rule.end(), True) if rule else (end, True)


def _counted(line: list[_Cell], columns: tuple[str, ...]) -> bool:
    return bool(line[columns.index("count")].text.strip())


def _row(lines: list[list[_Cell]], columns: tuple[str, ...]) -> Row | None:
    cells = {what: " ".join(line[i].text.strip() for line in lines).strip() for i, what in enumerate(columns)}
    printed = cells["name"]
    depth = len(re.findall("└|`-", printed))
    named = _NAME.match(re.sub(r"[└│|]|`-", " ", printed))
    if named is None or not named["name"]:
        return None
    name = re.sub(r"\s+", "", named["name"]).rstrip("….")
    every = shapes_in(cells["shape"])
    flag = cells.get("trainable", "")
    count = None if "…" in cells["count"] else count_in(cells["count"])
    return Row(
        name=name,
        type=completed(named["type"] or "", name),
        at=Span(lines[0][0].at.start, lines[-1][-1].at.end),
        shape=every[0] if every else None,
        shapes=every,
        count=count,
        depth=depth,
        inputs=connections_in(cells["inputs"]) if "inputs" in cells else None,
        trainable={"Y": True, "N": False}.get(flag),
    )
