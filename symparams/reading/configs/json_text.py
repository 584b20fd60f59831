"""JSON -> tables with places where models and layers stand; the rest, such as initializers, is read without."""

from __future__ import annotations

import json
import re
from typing import Any

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.configs.tables import MOST, WITH_PLACES, Table

_BLANK = re.compile(r"[ \t\r\n\ufeff\u200b\u00a0]*")
_KEY = re.compile(r'"([^"\\\n]*)"[ \t\r\n]*:[ \t\r\n]*')
_END = re.compile(r"[ \t\r\n]*([,}\]])[ \t\r\n]*")
_NAMED = 60  # characters of what is wrong that a message shows


def read_json(source: Source, start: int) -> Any:
    """The value that begins at an offset; what stands behind it is not looked at."""
    try:
        return _Json(source).value(_BLANK.match(source.text, start).end(), with_places=True, depth=0)[0]  # type: ignore[union-attr]
    except RecursionError:
        raise LimitError("this is nested too deeply", Place(source, start)) from None


class _Json:
    """A text being read; each method returns what it read and the offset behind it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.count = 0  # values with places
        self.decode = json.JSONDecoder(strict=False).raw_decode

    def value(self, at: int, with_places: bool, depth: int) -> tuple[Any, int]:
        self.count += 1
        if self.count > MOST:
            raise self.error(f"this has more than {MOST:,} values, which is the limit", at, LimitError)
        if depth > limits.NESTING:
            raise self.error(f"this is nested more than {limits.NESTING} deep, which is the limit", at, LimitError)
        first = self.text[at : at + 1] if with_places else ""
        if first == "{":
            return self.table(at, depth)
        if first == "[":
            return self.list(at, depth)
        try:
            return self.decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self.error(f"this is not JSON: {_small(error.msg)}", error.pos) from None
        except ValueError:
            message = f"a number here has more than {limits.DIGITS:,} digits, which is the limit"
            raise self.error(message, at, LimitError) from None

    def table(self, start: int, depth: int) -> tuple[Table, int]:
        table = Table(Span(start))
        at = self.blank(start + 1)
        if self.text[at : at + 1] == "}":
            return table, at + 1
        while True:
            key, value_at = self.key(at)
            value, end = self.value(value_at, key in WITH_PLACES, depth + 1)
            table.put(key, value, Span(value_at, end))
            mark, at = self.mark(end, "}")
            if mark == "}":
                table.at = Span(start, end + 1)
                return table, at

    def list(self, start: int, depth: int) -> tuple[list[Any], int]:
        values: list[Any] = []
        at = self.blank(start + 1)
        if self.text[at : at + 1] == "]":
            return values, at + 1
        while True:
            value, end = self.value(at, True, depth + 1)
            values.append(value)
            mark, at = self.mark(end, "]")
            if mark == "]":
                return values, at

    def key(self, at: int) -> tuple[str, int]:
        """A key and the offset of its value."""
        found = _KEY.match(self.text, at)
        if found is None:
            cut = self.text.find('"', at + 1) < 0
            expected = "the text breaks off in a table" if cut else "a key between quotes and a colon are expected here"
            raise self.error(expected, at)
        return found[1], found.end()

    def mark(self, at: int, end: str) -> tuple[str, int]:
        """The comma, or the end of a table or list, and the offset behind it."""
        found = _END.match(self.text, at)
        if found is None or found[1] not in (",", end):
            at = self.blank(at)
            cut = "the text ends here" if not self.text[at:].strip() else f"`{self.text[at : at + 1]}` is not expected"
            raise self.error(f"{cut}; a comma or `{end}` must follow", at)
        return found[1], found.end() if found[1] == "," else found.start(1) + 1

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return at if found is None else found.end()

    def error(self, matter: str, at: int, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        return kind(matter, Place(self.source, at))


def _small(message: str) -> str:
    """What Python says of JSON, inside a sentence."""
    return message[:1].lower() + message[1:_NAMED]
