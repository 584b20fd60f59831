"""What was undone to read a table: cuts, remarks between rows, replaced signs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from symparams.errors import Span
from symparams.reading.reading import Repair
from symparams.reading.tables.cleaning import Cleaned
from symparams.reading.tables.table import Row

_REMARK = re.compile(r"^[ \t]*+(?:<-+|#|//|\*|=>|-+>|!+|\^)?[ \t]*+[^\W\d_][^\n│|\[]*$", re.MULTILINE)
_MOST_LINES = 0.6  # share of a table's lines with marks from which on these are before the table, not remarks in it


def repairs(clean: Cleaned, at: Span, body: int, end: int, rows: Sequence[Row]) -> Iterator[Repair]:
    """A clause for each kind of damage to a table at `at`, whose rows stand between `body` and `end`."""
    text = clean.text
    shown = text[at.start : at.end]
    codes = next((one for one in clean.codes if at.start <= one.start <= at.end), None)
    if codes is not None:
        yield Repair("the color codes of a terminal were left out", codes)
    marks = [one for one in clean.marks if at.start <= one.start <= at.end]
    if marks and len(marks) >= _MOST_LINES * (shown.count("\n") + 1):
        yield Repair("marks of comments or quotes before the lines were left out", marks[0])
    if "\n" not in shown.strip() and rows:
        yield Repair("a table on one line was read", at)
    header = re.search(r"\b(?:Layer|Outp|Para|Conn|Trai)\w*…", text[at.start : body])
    if header:
        yield Repair("a title of a column is cut", Span(at.start + header.start(), at.start + header.end()))
    for what, row in _cut(rows, text):
        yield Repair(what, row.at)
    if re.search(r"[+`\\]-+[A-Z]\w*(?: \(\w+\))?: \d+-\d+", shown):
        yield Repair("the signs of the tree are replaced by others", at)
    if re.search(r"\bmultiple\b", text[body:end]):
        yield Repair('shapes are printed as "multiple"', at)
    remark = _remark(text, rows)
    if remark is not None:
        yield Repair("remarks between the rows were left out", remark)


def _cut(rows: Sequence[Row], text: str) -> Iterator[tuple[str, Row]]:
    """The first row of each kind of cut."""
    kinds: dict[str, Callable[[Row, str], bool]] = {
        "names are cut": lambda row, said: bool(re.match(r"[\s│|└]*[\w/.]+…", said)),
        "classes are cut or broken; they were completed": lambda row, said: _open_class(said),
        "connections are cut": lambda row, said: any(name.endswith("…") for name in row.inputs or ()),
        "counts are cut": lambda row, said: bool(row.count_begins),
    }
    for what, holds in kinds.items():
        found = next((row for row in rows if holds(row, text[row.at.start : row.at.end])), None)
        if found is not None:
            yield what, found


def _open_class(said: str) -> bool:
    """Whether the bracket of a class is not closed before the shape."""
    opened = re.match(r"[\s│|]*[\w./:\-]+\s*\((?!\s+[\w.>]+\))[\w.>]*\s", said)
    return opened is not None


def _remark(text: str, rows: Sequence[Row]) -> Span | None:
    """The first line between two rows that belongs to none."""
    for before, after in itertools.pairwise(rows):
        between = text[before.at.end : after.at.start]
        for found in _REMARK.finditer(between):
            words = found[0].split()
            if len(words) > 1 and found.start() > 0 and not re.search(r"\(\w+\)\s*$|^\s*\S*\)", found[0]):
                place = before.at.end + found.start()
                return Span(place, place + len(found[0]))
    return None
