"""Where tables stand in a text: in prose, between lines of code, several in a row."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from symparams.errors import Source, Span
from symparams.reading.reading import Reading, Repair
from symparams.reading.tables.cells import count_in
from symparams.reading.tables.cleaning import Cleaned, cleaned
from symparams.reading.tables.damage import repairs
from symparams.reading.tables.keras_boxes import box, box_rows
from symparams.reading.tables.keras_rows import keras_rows
from symparams.reading.tables.modules import Printed, printed_model, printed_part
from symparams.reading.tables.table import Form, Row, Table, Total, What
from symparams.reading.tables.torch_rows import fed_rows, info_rows, summary_rows
from symparams.reading.tables.weights import lists_weights, weight_rows

_HEADER = re.compile(r"Layer\s{1,80}\(\s{0,3}type(?P<variable>\s\(var_name\))?(?P<indexed>:depth-idx)?\)")
_TITLE = re.compile(r"Model:?\s{0,3}[\"'“”„](?P<title>[^\"'“”\n]{1,200})[\"'“”][\W_]{0,1000}\Z")
_EDGE = re.compile(r"[│|][ \t]*\Z")
_TOTAL = re.compile(
    r"(?P<what>Total|Trainable|Non-\s?trainable|Optimizer)\s+params:[\s*│|]{0,20}(?P<value>\d[\d,.’']*)"
    r"(?:[ ]?\([\d.,]+\s?\w+\))?",
    re.IGNORECASE,
)
_COLUMNS = {
    "output shape": "shape",
    "param #": "count",
    "param#": "count",
    "connected to": "inputs",
    "input shape": "incoming",
    "kernel shape": "kernel",
    "param %": "share",
    "mult-adds": "work",
}
_COLUMN = re.compile(
    r"Output\s+Shape|Param\s*#|Connected\s+to|Input\s+Shape|Kernel\s+Shape|Param\s+%|Mult-Adds|Traina(?:ble|…|b…|bl…)|Train…",
    re.IGNORECASE,
)
_MODULE = re.compile(r"(?<![\w.(=])[A-Z]\w*\(\s*\([\w.\-]+\):\s*(?:\d+\s+x\s+)?[A-Za-z_][\w.]*\(")
# Modules of a printed model without the class around them: two lines such as (0): Conv2d(3, 8).
_PART = re.compile(r"^[ \t]*\([\w.]+\): [A-Z]\w*\([^\n]*\)[ \t]*\n[ \t]*\([\w.]+\): [A-Z]\w*\(", re.MULTILINE)
_TABLES = 50  # in a text, at most
_LONG = 400_000  # characters of a table, at most
_FAR = 2_000  # characters between a title and its header, or between totals, at most


_TEXT = 1 << 20  # characters of a text that are looked at
_BEHEADED = "the head of the table is missing"
_ENOUGH = 2  # rows without a head that make a table
_ROW_LIKE = re.compile(
    r"[\w/]{1,80}\s\([A-Z]\w{1,40}\)?[\s|│]{1,60}[\[(]+None,"
    r"|[A-Z]\w{1,40}-\d{1,4}\s{2,60}\[-1,|: \d-\d{1,3}\s{2,60}\[\d"
)
_HEADER_LIKE = re.compile(r"Layer\W[^\n]{0,300}\(\s{0,3}type")
_MODULE_LIKE = re.compile(r"[A-Z]\w{0,100}\((?:\s{0,200}[^()\n]{1,80}% MACs,)?\W{0,200}\([\w.\-]{1,100}\):")


def find_tables(text: str, name: str = "<text>", rows: int = _ENOUGH) -> list[Table]:
    """Every table in a text, in order; those without a single row are left out, without a head those with fewer."""
    known = (_HEADER_LIKE, _MODULE_LIKE, _ROW_LIKE, _PART)
    if not (any(pattern.search(text) for pattern in known) or lists_weights(text)):
        return []
    source, clean = Source(name, text[:_TEXT]), cleaned(text[:_TEXT])
    tables = [*_summaries(clean), *_models(source, clean)] or _beheaded(clean, rows) or _weights(clean)
    return sorted((t for t in tables if t.rows), key=lambda table: table.at)


def _summaries(clean: Cleaned) -> Iterator[Table]:
    headers = list(itertools.islice(_HEADER.finditer(clean.text), _TABLES))
    for i, header in enumerate(headers):
        until = headers[i + 1].start() if i + 1 < len(headers) else len(clean.text)
        until = min(until, header.end() + _LONG)
        yield _summary(clean, header, until, headers[i - 1].end() if i else 0)


def _summary(clean: Cleaned, header: re.Match[str], until: int, since: int) -> Table:
    text = clean.text
    boxed = box(text, header.start(), until)
    columns, body = (boxed.columns, boxed.rows) if boxed else _columns(text, header.end(), until)
    totals = list(_totals(text, body, until))
    end = totals[0].at.start if totals else until
    window = max(since, header.start() - _FAR)
    title = _TITLE.search(text[window : header.start()]) or _EDGE.search(text[window : header.start()])
    first = window + title.start() if title else header.start()
    last = totals[-1].at.end if totals else 0
    form: Form = "keras"
    if header["indexed"]:
        form = "torchinfo"
        rows = info_rows(text, body, end, columns)
    elif boxed:
        rows = box_rows(text, body, end, columns)
    else:
        rows = summary_rows(text, body, end)
        if rows:
            form = "torchsummary"
            if "incoming" in columns and "shape" not in columns:
                rows = fed_rows(rows)
        else:
            rows = keras_rows(text, body, end, "inputs" in columns, "trainable" in columns)
    last = max([last, *(row.at.end for row in rows[-1:])])
    return Table(
        form,
        Span(first, last),
        tuple(rows),
        title.groupdict().get("title", "") if title else "",
        tuple(totals),
        tuple(repairs(clean, Span(first, last), body, end, rows)),
    )


def _beheaded(clean: Cleaned, enough: int) -> list[Table]:
    """The rows of a table whose head is not pasted: of the form that has most of them."""
    text = clean.text
    first = _ROW_LIKE.search(text)
    if first is None:
        return []
    start = text.rfind("\n", 0, first.start()) + 1
    totals = list(_totals(text, first.start(), len(text)))
    end = totals[0].at.start if totals else min(len(text), start + _LONG)
    connected = re.search(r"\w\[0\]\[0\]", text[start:end]) is not None
    forms: list[tuple[Form, list[Row]]] = [
        ("torchinfo", info_rows(text, start, end, ("shape", "count"))),
        ("torchsummary", summary_rows(text, start, end)),
        ("keras", [row for row in keras_rows(text, start, end, connected, False) if row.type]),
    ]
    form, rows = max(forms, key=lambda found: len(found[1]))
    if len(rows) < enough:
        return []
    at = Span(rows[0].at.start, max(rows[-1].at.end, totals[-1].at.end if totals else 0))
    undone = (Repair(_BEHEADED, at), *repairs(clean, at, at.start, end, rows))
    return [Table(form, at, tuple(rows), "", tuple(totals), undone)]


def _weights(clean: Cleaned) -> list[Table]:
    """What a list of weights with their shapes tells."""
    rows = weight_rows(clean.text)
    if not rows:
        return []
    at = Span(rows[0].at.start, rows[-1].at.end)
    return [Table("weights", at, tuple(rows), "", (), tuple(repairs(clean, at, at.start, at.end, ())))]


def is_beheaded(reading: Reading) -> bool:
    """Whether a table was read whose head is not pasted, so that rows may be missing too."""
    return any(repair.what == _BEHEADED for repair in reading.repairs)


def _columns(text: str, start: int, until: int) -> tuple[tuple[str, ...], int]:
    """The columns behind the first one, and where the rows begin."""
    found: list[str] = []
    end = start
    for column in _COLUMN.finditer(text, start, min(until, start + _FAR)):
        if not re.fullmatch(r"[\s│|\u2503]*", text[end : column.start()]):
            break
        word = re.sub(r"\s+", " ", column[0].casefold())
        found.append(_COLUMNS.get(word, "trainable"))
        end = column.end()
    edge = re.compile(r"\s*[│|]").match(text, end)
    return tuple(found), edge.end() if edge else end


_WORDS: dict[str, What] = {"total": "total", "trainable": "trainable", "optimizer": "optimizer"}


def _totals(text: str, start: int, until: int) -> Iterator[Total]:
    end, seen = None, set()
    for found in _TOTAL.finditer(text, start, until):
        if end is not None and (found.start() - end > _FAR or found["what"].casefold() in seen):
            return
        seen.add(found["what"].casefold())
        value = count_in(found["value"])
        assert value is not None
        word = found["what"].casefold()
        yield Total(_WORDS.get(word, "non_trainable"), value, Span(found.start(), found.end()))
        end = found.end()


def _models(source: Source, clean: Cleaned) -> Iterator[Table]:
    end = 0
    for found in itertools.islice(_MODULE.finditer(clean.text), 100 * _TABLES):
        if found.start() < end:
            continue
        printed = printed_model(source, clean.text, found.start())
        if printed is None:
            continue
        end = max(printed.end, found.end())
        yield _of_modules(clean, Span(found.start(), end), printed)
    if end == 0 and (part := _PART.search(clean.text)) is not None:
        printed = printed_part(source, clean.text, part.start())
        if len(printed.rows) > 1:
            yield _of_modules(clean, Span(part.start(), printed.end), printed)


def _of_modules(clean: Cleaned, at: Span, printed: Printed) -> Table:
    rows: tuple[Row, ...] = tuple(printed.rows)
    return Table("modules", at, rows, printed.title, (), tuple(repairs(clean, at, at.start, at.end, ())))
