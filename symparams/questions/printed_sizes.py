"""The sizes in megabytes that torchsummary and torchinfo print under a table, and what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Literal, NamedTuple, TypeAlias

from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.questions.spoken_of import Spoken
from symparams.reading.doubts import written_in
from symparams.reading.reading import Reading
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.table import Row, Table

Kind: TypeAlias = Literal["input", "outputs", "params", "all"]  # what a line counts

_LINES: dict[Kind, str] = {
    "input": r"input\s+size",
    "outputs": r"forward\s?/\s?backward(?:\s+pass)?\s+size",
    "params": r"params\s+size",
    "all": r"estimated\s+total\s+size",
}
_PRINTED = r"\s{0,3}\(MB\):\s{0,9}(\d{1,9}(?:,\d{3}){0,3}\.\d{1,6})"
_ALONE = re.compile(rf"\b(?:{'|'.join(_LINES.values())}){_PRINTED}", re.I)  # a line under a table, which asks nothing
_FIRST = re.compile(r"\[\s?(\d{1,6})\s?,")  # the first size of a shape; torchsummary prints -1 for any batch
_TRIED = 8  # numbers of examples
_ROUNDED = Fraction(1, 200)  # what two decimals may be off by
_BYTES = 4  # of a float32 number
_TWICE = 2  # an output and its gradient
_MOST = 2_000  # characters of lines below a table
_ASKS = re.compile(
    r"forward\s?/\s?backward|pass\s+size|params\s+size|input\s+size\s+\(MB|estimated\s+total|total\s+size\b", re.I
)


class PrintedSize(NamedTuple):
    """One line, which the numbers of the table give."""

    kind: Kind  # what it counts
    printed: Fraction  # in megabytes
    values: int  # how many numbers these are; for all together 0


@dataclass(frozen=True, slots=True)
class PrintedSizes:
    """The lines under a table whose numbers come out of it."""

    printer: str  # torchsummary or torchinfo
    unit: int  # bytes of a megabyte, as it counts them
    lines: tuple[PrintedSize, ...]  # in the order of the table
    rows: tuple[int, ...]  # how many output values each row that is counted has, in the order of the table
    batch: int  # how many examples are counted
    asked: tuple[Kind, ...]  # the lines that the question names
    has_sum: bool  # whether the question has the sum of the output values

    def line(self, kind: Kind) -> PrintedSize | None:
        """The line of a kind; None where it is not printed, or does not come out."""
        return next((one for one in self.lines if one.kind == kind), None)


def printed_sizes(network: Network, reading: Reading) -> PrintedSizes | None:
    """The sizes under the last table of a question that asks about them; None where they do not come out."""
    prose = _ALONE.sub("", reading.prose)
    if not _ASKS.search(prose):
        return None
    with suppress(SymparamsError):
        text = reading.source.text
        for table in reversed(find_tables(text, reading.source.name)):
            below = text[table.at.end : table.at.end + _MOST]
            printed = {kind: Fraction(m[1].replace(",", "")) for kind, m in _printed(below)}
            if "outputs" in printed:
                return _explained(network, replace(reading, prose=prose), table, printed)
    return None


def _printed(below: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    for kind, words in _LINES.items():
        found = re.search(words + _PRINTED, below, re.I)
        if found is not None:
            yield kind, found


def _explained(network: Network, reading: Reading, table: Table, printed: dict[Kind, Fraction]) -> PrintedSizes | None:
    """The lines that come out; None where that of the outputs does not."""
    is_info = table.form == "torchinfo"
    unit = 1_000_000 if is_info else 1 << 20
    below = (*table.rows[1:], None)
    shaped = [(row, next_) for row, next_ in zip(table.rows, below, strict=True) if row.shape is not None]
    rows = [row for row, next_ in shaped if not is_info or _is_counted(row, next_)]
    values = [_values(row) for row in rows]
    outputs = sum(values)
    batch = next(
        (n for n in _batches(reading.source.text, rows) if _comes_out("outputs", printed, n * outputs, unit)), 0
    )
    if not batch:
        return None
    total = table.total("total")
    counts: dict[Kind, int] = {"input": batch * _of_input(network), "outputs": batch * outputs}
    counts["params"] = 0 if total is None else total.value
    lines = [PrintedSize(k, printed[k], n) for k, n in counts.items() if n and _comes_out(k, printed, n, unit)]
    if len(lines) == len(counts) and "all" in printed:
        lines.append(PrintedSize("all", printed["all"], 0))
    prose = reading.prose
    asked = tuple(one.kind for one in lines if re.search(_LINES[one.kind], prose, re.I))
    written = written_in(prose)
    sums = {Spoken.value(one) for one in written} | {int(re.sub(r"\D", "", one.result) or 0) for one in written}
    rows_of_all = tuple(batch * one for one in values)
    return PrintedSizes(
        table.form, unit, tuple(lines), rows_of_all, batch, asked or ("outputs",), batch * outputs in sums
    )


def _of_input(network: Network) -> int:
    """How many values the only input has; 0 where there are several, or it has letters."""
    inputs = [node for node in network.nodes if node.layer.inputs == "none"]
    sizes = [size for size in inputs[0].shape if isinstance(size, int)] if len(inputs) == 1 else []
    return prod(sizes) if sizes and len(sizes) == len(inputs[0].shape) else 0


def _comes_out(kind: Kind, printed: dict[Kind, Fraction], many: int, unit: int) -> bool:
    """Whether so many numbers give what is printed, with two decimals."""
    exact = Fraction(_BYTES * many * (_TWICE if kind == "outputs" else 1), unit)
    return kind in printed and abs(printed[kind] - exact) <= _ROUNDED


def _is_counted(row: Row, below: Row | None) -> bool:
    """Whether torchinfo counts the output of a row: it has parameters of its own, and no rows stand under it."""
    return bool(row.count) and not (below is not None and below.depth > row.depth)


def _values(row: Row) -> int:
    shapes = row.shapes or (() if row.shape is None else (row.shape,))
    return sum(prod(size or 0 for size in shape) for shape in shapes)


def _batches(text: str, rows: Sequence[Row]) -> list[int]:
    """How many examples there may be: the first sizes of shapes in the rows."""
    firsts = {int(one) for row in rows for one in _FIRST.findall(text[row.at.start : row.at.end])}
    return [1, *sorted(firsts - {0, 1})][:_TRIED]
