"""YAML as Keras 1 and 2 wrote it -> tables with places. A subset, read as text: no tag makes anything."""

from __future__ import annotations

import re
from typing import Any

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.configs.tables import MOST, Table
from symparams.reading.configs.yaml_values import tagged

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]|(?<![^\s])#[^\n]*)*")
_DASH = re.compile(r"-(?=[ \t\r\n]|$)")
_PROPERTY = re.compile(r"&(?P<anchor>[\w.-]+)|(?P<tag>!\S*)")
_ALIAS = re.compile(r"\*([\w.-]+)")
_QUOTED = re.compile(r"""'(?P<single>(?:[^']++|''){0,50000}+)'|"(?P<double>(?:[^"\\]++|\\.){0,50000}+)\"""", re.DOTALL)
_PLAIN = re.compile(r"(?:(?!:(?:[ \t\r\n]|$)| #)[^\n\r])*")
_PLAIN_IN_FLOW = re.compile(r"(?:(?!:(?:[ \t\r\n]|$)| #)[^\n\r,\[\]{}])*")
_COLON = re.compile(r"[ \t]*:(?=[ \t\r\n]|$)")
_LITERAL = re.compile(r"[|>][-+0-9]*[ \t]*(?=\r?\n|$)")
_LITERAL_LINE = re.compile(r"\r?\n(?:( *)(\S[^\n]*)|[ \t]*(?=\n|$))")


def read_yaml(source: Source, start: int) -> Any:
    """The value that begins at an offset, which is the start of a line."""
    try:
        return _Yaml(source, start).node(0, 0)
    except RecursionError:
        raise LimitError("this is nested too deeply", Place(source, start)) from None


class _Yaml:
    """A text being read, from `at` on."""

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.text = source.text
        self.at = start
        self.anchors: dict[str, tuple[Any, int]] = {}  # values, and how many there are in them
        self.count = 0

    def node(self, least: int, depth: int, flow: bool = False) -> Any:
        """The value that comes next; nothing where what comes stands further left than column `least`."""
        if depth > limits.NESTING:
            raise self.error(f"this is nested more than {limits.NESTING} deep, which is the limit", LimitError)
        self.counted(1)
        anchor, tag, before = None, "", self.count
        while (found := self.token(_PROPERTY, least, flow)) is not None:
            anchor, tag = found["anchor"] or anchor, found["tag"] or tag
        value: Any = None
        if self.comes(least, flow):
            value = self.in_flow(depth) if self.text[self.at] in "[{" else self.content(depth, flow)
        if tag:
            value = tagged(tag, value)
        if anchor is not None:
            self.anchors[anchor] = value, self.count - before + 1
        return value

    def content(self, depth: int, flow: bool) -> Any:
        """What is no flow collection."""
        if (alias := _ALIAS.match(self.text, self.at)) is not None:
            return self.alias(alias)
        column = 0 if flow else self.column()
        if not flow and _DASH.match(self.text, self.at):
            return self.list(column, depth)
        if not flow and (literal := _LITERAL.match(self.text, self.at)) is not None:
            return self.literal(literal.end())
        start = self.at
        value = self.scalar(flow)
        if not flow and _COLON.match(self.text, self.at):
            self.at = start
            return self.table(column, depth)
        return value

    # ------------------------------------------------------------ blocks

    def list(self, column: int, depth: int) -> list[Any]:
        values: list[Any] = []
        while self.comes(column) and self.column() == column and (dash := _DASH.match(self.text, self.at)):
            self.at = dash.end()
            values.append(self.node(column + 1, depth + 1))
        return values

    def table(self, column: int, depth: int) -> Table:
        table = Table(Span(self.at))
        while self.comes(column) and self.column() == column:
            key = self.scalar(False)
            colon = _COLON.match(self.text, self.at)
            if colon is None:
                raise self.error("a colon and a blank are expected here, behind a key")
            self.at = colon.end()
            start = self.blank()
            is_list = _DASH.match(self.text, start) is not None
            if not is_list and (end := _PROPERTY.match(self.text, start)) is not None:
                is_list = self.list_behind(end.end())
            value = self.node(column if is_list else column + 1, depth + 1)
            table.put(str(key), value, Span(min(start, self.at), self.at) if self.at > start else Span(colon.start()))
        table.at = Span(table.at.start, self.at)
        return table

    def list_behind(self, at: int) -> bool:
        """Whether a list follows the properties of a value."""
        while True:
            at = self.blank(at)
            found = _PROPERTY.match(self.text, at)
            if found is None:
                return _DASH.match(self.text, at) is not None
            at = found.end()

    def literal(self, at: int) -> str:
        """Lines behind `|`, further right than where it stands."""
        lines: list[str] = []
        indent = None
        while (line := _LITERAL_LINE.match(self.text, at)) is not None:
            if line[2] is not None:
                indent = len(line[1]) if indent is None else indent
                if len(line[1]) < max(indent, 1):
                    break
                lines.append(line[2])
            at = line.end()
        self.at = at
        return "\n".join(lines)

    # ------------------------------------------------------------ flow

    def in_flow(self, depth: int) -> Any:
        """`[a, b]` or `{a: b}`."""
        start = self.at
        is_table = self.text[start] == "{"
        values: list[Any] = []
        table = Table(Span(start))
        self.at += 1
        while not self.ends("}" if is_table else "]", start):
            if is_table:
                key, at = self.node(0, depth + 1, True), self.at
                colon = _COLON.match(self.text, self.at)
                self.at = self.at if colon is None else colon.end()
                at = self.blank()
                table.put(str(key), None if colon is None else self.node(0, depth + 1, True), Span(at, self.at))
            else:
                values.append(self.node(0, depth + 1, True))
        table.at = Span(start, self.at)
        return table if is_table else values

    def ends(self, end: str, start: int) -> bool:
        """Whether a flow collection ends; else its next value comes, behind a comma."""
        self.at = self.blank()
        mark = self.text[self.at : self.at + 1]
        if mark == end:
            self.at += 1
            return True
        if mark == ",":
            self.at = self.blank(self.at + 1)
            if self.text[self.at : self.at + 1] == end:
                self.at += 1
                return True
        elif self.text[start + 1 : self.at].strip():
            raise self.error(f"a comma or `{end}` is expected here")
        if self.at >= len(self.text):
            raise self.error(f"the text ends here; `{end}` must follow")
        return False

    # ------------------------------------------------------------ parts

    def scalar(self, flow: bool) -> Any:
        quoted = _QUOTED.match(self.text, self.at)
        if quoted is not None:
            self.at = quoted.end()
            single = quoted["single"]
            return quoted["double"] if single is None else single.replace("''", "'")
        found = (_PLAIN_IN_FLOW if flow else _PLAIN).match(self.text, self.at)
        assert found is not None  # it matches nothing, too
        if found.end() == self.at:
            raise self.error(f"`{self.text[self.at : self.at + 1]}` is not expected here")
        self.at = found.end()
        return tagged("", found[0].strip())

    def alias(self, alias: re.Match[str]) -> Any:
        if alias[1] not in self.anchors:
            raise self.error(f"there is no &{alias[1][:60]} before this place")
        value, count = self.anchors[alias[1]]
        self.counted(count)
        self.at = alias.end()
        return value

    def token(self, pattern: re.Pattern[str], least: int, flow: bool) -> re.Match[str] | None:
        """A mark, if it comes next."""
        found = pattern.match(self.text, self.at) if self.comes(least, flow) else None
        if found is not None:
            self.at = found.end()
        return found

    def comes(self, least: int, flow: bool = False) -> bool:
        """Whether something comes that does not stand further left than a column; goes there."""
        at = self.blank()
        if at >= len(self.text) or (not flow and self.column(at) < least) or self.text.startswith("---", at):
            return False
        self.at = at
        return True

    def blank(self, at: int | None = None) -> int:
        found = _BLANK.match(self.text, self.at if at is None else at)
        assert found is not None  # it matches nothing, too
        return found.end()

    def column(self, at: int | None = None) -> int:
        at = self.at if at is None else at
        return at - self.text.rfind("\n", 0, at) - 1

    def counted(self, more: int) -> None:
        self.count += more
        if self.count > MOST:
            raise self.error(f"this has more than {MOST:,} values, which is the limit", LimitError)

    def error(self, matter: str, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        return kind(matter, Place(self.source, self.at))
