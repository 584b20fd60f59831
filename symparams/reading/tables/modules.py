"""What `print(model)` of PyTorch prints: modules in modules, each with its settings, equal ones folded."""

from __future__ import annotations

import re
from typing import NamedTuple

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span
from symparams.reading.tables.table import Row

_CHILD = re.compile(r"\s*\((?P<name>[\w.\-]+)\):\s*(?:(?P<times>\d{1,6})\s+x\s+)?")
_CLASS = re.compile(r"\s*(?P<type>[A-Za-z_][\w.]*)\(")
_CHILD_LIKE = re.compile(r"\s*\([\w.\-]+\):\s")
_SETTING = re.compile(
    r"\s*(?:([A-Za-z_]\w*)\s*=\s*)?((?:\([^()]*\)|\[[^\[\]]*\]|'[^']*'|\"[^\"]*\"|[^,()\[\]])+)(?:,|\Z)"
)
_FOLDED = re.compile(r"(\d+)-(\d+)\Z")
_MOST = 20_000  # rows that folded blocks may stand for
_FAR = 20_000  # characters between two brackets, at most
_LONG = 2_000  # characters of a module's settings that are read


class Printed(NamedTuple):
    """One printed model."""

    title: str  # its class
    rows: list[Row]  # with containers, each before its parts
    end: int  # behind its last bracket


def printed_model(source: Source, text: str, start: int) -> Printed | None:
    """The model whose class stands at `start`; None where nothing like that does."""
    head = _CLASS.match(text, start)
    if head is None:
        return None
    reader = _Reader(source, text)
    end = reader.module(start, "", 0, 1)
    return Printed(head["type"], reader.rows, end)


def printed_part(source: Source, text: str, start: int) -> Printed:
    """Modules without the class around them, as a part of a printed model is pasted, from `start` on."""
    reader = _Reader(source, text)
    return Printed("Sequential", reader.rows, reader._children(start, "", 0))


class _Reader:
    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.rows: list[Row] = []

    def module(self, start: int, path: str, depth: int, times: int) -> int:
        """Read one module; the offset behind it."""
        head = _CLASS.match(self.text, start)
        if head is None or depth > limits.NESTING:
            return start
        place = start + len(head[0]) - len(head[0].lstrip())
        if _CHILD_LIKE.match(self.text, head.end()):
            self._add(Row(path or head["type"], head["type"], Span(place, head.end()), depth=depth, path=path))
            return self._children(head.end(), path, depth)
        close = self._closing(head.end())
        settings = _settings(self.text[head.end() : min(close, head.end() + _LONG)])
        self._add(
            Row(
                path or head["type"],
                head["type"],
                Span(place, close + 1),
                depth=depth,
                path=path,
                settings=settings,
            )
        )
        return min(close + 1, len(self.text))

    def _children(self, offset: int, path: str, depth: int) -> int:
        while True:
            child = _CHILD.match(self.text, offset)
            if child is None:
                break
            before, first = len(self.rows), child["name"]
            folded = _FOLDED.match(first)
            name = folded[1] if folded else first
            end = self.module(child.end(), f"{path}.{name}" if path else name, depth + 1, 1)
            if end <= child.end():
                break
            if folded:
                self._unfold(before, f"{path}." if path else "", int(folded[1]), int(folded[2]))
            offset = end
        close = re.compile(r"\s*\)").match(self.text, offset)
        return close.end() if close else offset

    def _unfold(self, before: int, prefix: str, first: int, last: int) -> None:
        """Write out equal blocks: (0-4): 5 x Block(."""
        block = self.rows[before:]
        if (last - first) * len(block) > _MOST:
            message = f"this model has more than {_MOST:,} modules, which is the limit"
            raise LimitError(message, Place(self.source, *block[0].at))
        start = len(f"{prefix}{first}")
        for number in range(first + 1, last + 1):
            for row in block:
                path = f"{prefix}{number}{row.path[start:]}"
                self._add(Row(path, row.type, row.at, depth=row.depth, path=path, settings=row.settings))

    def _add(self, row: Row) -> None:
        if len(self.rows) >= _MOST:
            message = f"this model has more than {_MOST:,} modules, which is the limit"
            raise LimitError(message, Place(self.source, *row.at))
        self.rows.append(row)

    def _closing(self, offset: int) -> int:
        """Where the bracket that is open at `offset` closes; the end of the text if it never does."""
        depth = 1
        for mark in re.compile(r"[()]|'[^'\n]*'").finditer(self.text, offset, offset + _FAR):
            depth += {"(": 1, ")": -1}.get(mark[0], 0)
            if depth == 0:
                return mark.start()
        return min(offset + _FAR, len(self.text))


def _settings(inside: str) -> tuple[tuple[str | None, str], ...]:
    found = (m for m in _SETTING.finditer(inside) if m[2].strip())
    return tuple((m[1], re.sub(r"\s+", " ", m[2]).strip()) for m in found)
