"""Tables of Keras 3: cells between vertical lines, each wrapped at blanks or cut with dots."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.errors import Span
from symparams.reading.tables.cells import connections_in, count_in, shapes_in
from symparams.reading.tables.classes import completed
from symparams.reading.tables.keras_rows import rank_of
from symparams.reading.tables.table import ROWS, Row

_RULE = re.compile(
    r"[├└┌┏┡┣┗╞╘╭╰+][─━═┼╇┳┻┴┬╪+=-]{3,}[┤┘┐┓┩┫┛╡╛╮╯+]?"
    r"|[|](?:[ ]?:?-{3,}:?[ ]?[|]){2,20}"  # of Markdown
)
_NAME = re.compile(r"\s*(?P<name>.*?)\s*(?:\(\s*(?P<type>[\w.>]*)…?\s*\)?)?\s*\Z", re.DOTALL)
_COLUMNS = {"o": "shape", "p": "count", "c": "inputs", "t": "trainable"}  # by the first letter of their titles


_BROKEN = re.compile(
    r"[ ]*(?=[^\s│|├└┌┏┡┣┗+])[^│|\n]{0,80}[│|][ ]*(?:\n|\Z)"
)  # what a mail program put on a line of its own


_MARKS = 30_000  # vertical lines in one line of text, at most


class _Cell(NamedTuple):
    text: str
    at: Span


class Box(NamedTuple):
    """The head of a table in a box."""

    columns: tuple[str, ...]  # what each holds
    rows: int  # where the rows begin


def box(text: str, header: int, until: int) -> Box | None:
    """The head of the box around `Layer (type)` at `header`; None where there is no box."""
    if not re.search(r"[│|]\s*\Z", text[max(0, header - 60) : header]):
        return None
    below = _RULE.search(text, header, min(until, header + 2_000))
    rules = list(_RULE.finditer(text, max(0, header - 2_000), header))
    start = rules[-1].end() if rules else text.rfind("\n", 0, header) + 1
    corners = len(re.findall(r"[┳┬╤+]", rules[-1][0][1:-1])) if rules else 0
    end = below.start() if below else text.find("\n", header)
    if end < 0:
        return None
    found = [_cells(text, a, b) for a, b in _pieces(text, start, end)]
    if corners:
        found = [chunk for cells in found for chunk in _chunks(cells, corners + 1)]
    lines = [[cell.text for cell in cells] for cells in found]
    width = max(map(len, lines), default=0)
    titles = [" ".join(line[i].strip() for line in lines if i < len(line)).strip() for i in range(width)]
    if titles and not titles[-1]:
        titles.pop()
    return Box(tuple("name" if i == 0 else _COLUMNS.get(t[:1].casefold(), "") for i, t in enumerate(titles)), end)


def box_rows(text: str, start: int, end: int, columns: tuple[str, ...]) -> list[Row]:
    """The rows between the header and the totals."""
    rows: list[list[list[_Cell]]] = []
    for line, ruled in _lines(text, start, end, len(columns)):
        if len(rows) > ROWS:
            break
        if rows and not ruled and not _starts(line, columns):
            rows[-1].append(line)
        else:
            rows.append([line])
    result: list[Row] = []
    for lines in rows:
        row = _row(lines, columns, result)
        if row is not None:
            result.append(row)
    return result


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch, by their offsets; one that was broken, in one piece."""
    first = start
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if not _BROKEN.match(text, stop + 1, end):
            yield first, stop
            first = stop + 1
        start = stop + 1
    if first < end:
        yield first, end


def _lines(text: str, start: int, end: int, many: int) -> Iterator[tuple[list[_Cell], bool]]:
    """The cells of every line, and whether a rule stands before it."""
    ruled = True
    for first, stop in _pieces(text, start, end):
        offset = first
        for rule in [*_RULE.finditer(text, first, stop), None]:
            until = rule.start() if rule else stop
            for cells in _chunks(_cells(text, offset, until), many):
                yield cells, ruled
                ruled = False
            if rule:
                offset, ruled = rule.end(), True


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    """What stands between vertical lines; also behind the last one, where the end of the line is cut off."""
    marks = [i for i in range(start, end) if text[i] in "│|"][:_MARKS]
    if marks and text[marks[-1] + 1 : end].strip():
        marks.append(end)
    return [_Cell(text[a + 1 : b], Span(a + 1, b)) for a, b in itertools.pairwise(marks)]


def _chunks(cells: list[_Cell], many: int) -> Iterator[list[_Cell]]:
    """The cells of each line of the table, of which several may be joined to one."""
    for i in range(0, len(cells), many + 1):
        chunk = cells[i : i + many]
        empty = [_Cell("", chunk[-1].at)] * (many - len(chunk))
        yield [*chunk, *empty]


def _starts(line: Sequence[_Cell], columns: tuple[str, ...]) -> bool:
    """Whether a line is the first of a row: it has a count, or a whole shape where counts are cut off."""
    what = "count" if "count" in columns else "shape"
    return what in columns and bool(line[columns.index(what)].text.strip().startswith(tuple("0123456789(")))


def _row(lines: list[list[_Cell]], columns: tuple[str, ...], before: Sequence[Row]) -> Row | None:
    cells = {what: " ".join(line[i].text.strip() for line in lines).strip() for i, what in enumerate(columns)}
    printed = cells["name"]
    depth = len(re.findall("└|`-", printed))
    named = _NAME.match(re.sub(r"[└│|]|`-", " ", printed))
    if named is None or not named["name"]:
        return None
    name = re.sub(r"\s+", "", named["name"]).rstrip("….")
    every = shapes_in(cells.get("shape", ""))
    count = cells.get("count", "")
    return Row(
        name=name,
        type=completed(named["type"] or "", name, rank_of(every, before), closed=")" in printed),
        at=Span(lines[0][0].at.start, lines[-1][-1].at.end),
        shape=every[0] if every else None,
        shapes=every,
        count=None if "…" in count else count_in(count),
        count_begins=re.sub(r"\D", "", count) if "…" in count else "",
        depth=depth,
        inputs=connections_in(cells["inputs"]) if "inputs" in cells else None,
        trainable={"Y": True, "N": False}.get(cells.get("trainable", "")),
    )
