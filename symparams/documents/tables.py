"""Tables: what templates make them of, and how the terminal shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from symparams.documents.kept import Kept


class Column(NamedTuple):
    """A column of a table."""

    title: str
    width: float  # share of the line in LaTeX
    right: bool  # whether its cells are set to the right


def columns(given: Iterable[Sequence[Any]]) -> list[Column]:
    """The columns of a table, from a title, a width and perhaps "right" for each: a list for the block `table`."""
    return [Column(title, width, bool(right)) for title, width, *right in given]


def each(values: Iterable[Any], macro: Callable[[Any], str]) -> list[str]:
    """What a macro makes of each value."""
    return [str(macro(value)) for value in values]


Macro: TypeAlias = Callable[[Any], str]  # that looks at nothing but its value


class Again:
    """What comes again and again: what macros make of it is kept."""

    def __init__(self) -> None:
        self._rows: WeakKeyDictionary[Any, dict[tuple[Macro, ...], list[str]]] = WeakKeyDictionary()
        self._texts: Kept[tuple[Macro, Any], str] = Kept(lambda key: str(key[0](key[1])))

    def text(self, value: Any, macro: Macro) -> str:
        """What a macro makes of a value."""
        return self._texts[macro, value]

    def rows(self, values: Iterable[Any], *macros: Macro) -> list[list[str]]:
        """A row of a table for each value, with what each macro makes of it, as long as the value is there."""
        return [self._row(value, macros) for value in values]

    def _row(self, value: Any, macros: tuple[Macro, ...]) -> list[str]:
        made = self._rows.setdefault(value, {})
        if macros not in made:
            made[macros] = [str(macro(value)) for macro in macros]
        return made[macros]


def cells_behind(rows: Iterable[list[str]], others: Iterable[list[str]]) -> list[list[str]]:
    """Rows of a table with more cells behind those that they have."""
    return [row + other for row, other in zip(rows, others, strict=True)]


def paired(values: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each value with that at the same place of another list."""
    return list(zip(values, others, strict=False))


def grid(values: Iterable[Any], keys: Sequence[Any], cell: Callable[[Any, Any], str]) -> list[list[str]]:
    """A row of a table for each value, with a cell for each key, which a macro makes of both."""
    return [[str(cell(value, key)) for key in keys] for value in values]


def ruled(given: Sequence[Column], rows: Sequence[Sequence[str]], totals: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table for the terminal: columns padded to their widest cell."""
    head = [column.title for column in given]
    widths = [max(map(len, cells)) for cells in zip(head, *rows, *totals, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [c.rjust(w) if col.right else c.ljust(w) for c, w, col in zip(cells, widths, given, strict=True)]
        return "  ".join(padded).rstrip()

    rule = "─" * (sum(widths) + 2 * len(widths) - 2)
    lines = [rule, line(head), rule, *map(line, rows), rule]
    return [*lines, *map(line, totals), rule] if totals else lines
