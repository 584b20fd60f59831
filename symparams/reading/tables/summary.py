"""A printed table -> a reading: the way in for summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from symparams.errors import LimitError, Place, Source, Span, SymparamsError, listed
from symparams.reading.reading import Reading
from symparams.reading.tables.checks import mended, wrong_totals
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.frozen_rows import frozen_in_part, with_frozen
from symparams.reading.tables.parts import layer_rows
from symparams.reading.tables.placing import Placing, placing
from symparams.reading.tables.printed_order import module_placing
from symparams.reading.tables.rules import allowance
from symparams.reading.tables.table import ROWS, Row, Table, Told
from symparams.reading.tables.uncounted import chosen_by_total
from symparams.reading.tables.unshaped import unshaped_placing
from symparams.reading.tables.wording import assumptions
from symparams.reading.tables.writing import statements

_LOOK = 100_000  # characters that are looked at to recognize a table


@dataclass(frozen=True, slots=True)
class TableReading(Reading):
    """A table as it was understood."""

    table: Table | None = None  # as printed
    unknown: tuple[str, ...] = ()  # letters that stand for what the table leaves open

    @property
    def lists_weights(self) -> bool:
        """Whether the table is a list of weights, which does not tell how they are used."""
        return self.table is not None and self.table.form == "weights"


def recognised(text: str) -> float:
    """How sure a text is a printed table."""
    try:
        tables = find_tables(text[:_LOOK])
    except SymparamsError:
        return 0.3
    if not tables:
        return 0.0
    text = text[:_LOOK]
    longest = max(_drawn(text[table.at.start : table.at.end]) for table in tables)
    share = longest / max(_drawn(text), 1)
    return 0.95 if share > 0.8 else 0.6 if share > 0.4 else 0.5


def _drawn(text: str) -> int:
    """How many characters a text has beside blanks and lines."""
    return len(re.sub(r"[\s_=\-─━]+", "", text))


def read_summary(source: Source, model: str | None = None, told: Told = Told()) -> TableReading:  # noqa: B008
    """The network that a table describes; of several tables the one of that name, or the last."""
    tables = find_tables(source.text, source.name)
    if not tables:
        raise SymparamsError(
            "there is no table here that model.summary(), torchsummary, torchinfo, print(model) or "
            "named_parameters() prints",
            source=source,
        )
    titles = tuple(_title(table, i) for i, table in enumerate(tables, 1))
    chosen = len(tables) - 1
    if model is not None:
        if model not in titles:
            raise SymparamsError(f"there is no table of a model `{model}`; there is {listed(titles)}", source=source)
        chosen = titles.index(model)
    others = tuple(title for i, title in enumerate(titles) if i != chosen)
    return replace(read_table(source, replace(tables[chosen], told=told)), models=(titles[chosen], *others))


def _placing(table: Table, rows: Sequence[Row]) -> Placing:
    """The layers, found as what the table prints allows it."""
    if table.form in ("modules", "weights"):
        return module_placing(table, rows)
    unshaped = None if any(row.shape is not None for row in rows) else unshaped_placing(table, rows)
    return unshaped or placing(table, rows)


def _title(table: Table, number: int) -> str:
    return table.title or f"table {number}"


def read_table(source: Source, table: Table) -> TableReading:
    """The network that one table describes."""
    if len(table.rows) > ROWS:
        message = f"this table has more than {ROWS:,} rows, which is the limit"
        raise LimitError(message, Place(source, *table.rows[ROWS].at))
    rows = layer_rows(table)
    with allowance():
        result = _placing(table, rows)
        wrong = mended(result)
    uncounted = chosen_by_total(result)
    result.placed[:] = with_frozen(result.placed, table)
    wrong += wrong_totals(result, wrong)
    made, letters = statements(result.placed, table.title, table.convention, Span(*table.at))
    return TableReading(
        "summary",
        source,
        tuple(made),
        table.repairs,
        (*assumptions(result.placed, table), *uncounted, *frozen_in_part(result.placed, table)),
        (_title(table, 1),),
        wrong,
        table=table,
        unknown=tuple(letters),
    )
