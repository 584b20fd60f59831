"""Tables of Keras 1 and 2, and any table of Keras without its frame: rows found by their shapes and counts.

A row is a name, a class in brackets, a shape, a count and perhaps connections. Older versions cut names; later ones
carry on below, in the middle of a word. In a table joined to one line such a rest stands behind the count, so rows
are not looked for in lines: between two pairs of shape and count stand the rest of one row and the head of the next.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.errors import Span
from symparams.reading.tables.cells import COUNT, TUPLE, connections_in, count_in, shapes_in
from symparams.reading.tables.classes import completed
from symparams.reading.tables.table import ROWS, Row, Sizes

_FAR = 400  # characters between a name and its shape, at most
_PAIR = re.compile(
    rf"(?P<shape>\[?{TUPLE}(?:\s*+,\s*+{TUPLE}){{0,7}}+\]?|\bmultiple\b|(?<=[\s│])\?(?=[\s│]))"
    rf"[\s│]{{1,60}}(?P<count>{COUNT})(?=[\s|│\[]|\Z)"
)
_HEAD = re.compile(r"(?P<name>[\w./:\-]+)\s{0,60}\(\s{0,60}(?P<type>[\w.>]*)\s{0,60}(?P<close>\)?)\s*\Z")
_BARE = re.compile(r"(?:^|\s)(?P<name>[A-Za-z_][\w./:\-]*)\s*\Z")
_LINES = re.compile(r"[_=¯]{3,}|[|│]|[+][-=+]{3,}")
_FRAME = re.compile(r"(\|*)¯{3,}\|*")
_LINKS = re.compile(r"\[?'[^'\s]*'?\]?,?|[^\s']*'\]?,?|[\w./:\-]+(?:\[\s*\d+\s*\]){1,2},?|\[\]")
_SHAPE_REST = re.compile(r"\s*(\d*(?:,\s*\d+)*\s*[)\]]+)(?=\s|$)")
_TYPE_REST = re.compile(r"\s*([\w>]*)\)")
_NAME_REST = re.compile(r"\s*([\w./\-]*)\s*\(([\w>]+)\)")


class _Found(NamedTuple):
    """A shape and a count side by side, with the name before them."""

    name: str
    type: str
    opened: bool  # whether a bracket opens the class
    closed: bool  # and one closes it
    shape: str
    printed: int
    tail: str  # what stands up to the next name
    at: Span


def keras_rows(text: str, start: int, end: int, connected: bool, trainable: bool) -> list[Row]:
    """The rows between the header and the totals."""
    frames = [(m.start(), len(m[1])) for m in _FRAME.finditer(text, start, end)]
    rows: list[Row] = []
    passed, depth = 0, 0
    for found in _found(text, start, end):
        while passed < len(frames) and frames[passed][0] < found.at.start:
            depth = frames[passed][1]
            passed += 1
        name, type_, shape, closed = _with_rests(found)
        every = shapes_in(shape)
        links = connections_in(found.tail) if connected else None
        flag = re.search(r"(?:^|\s)([YN])(?=\s|$)", found.tail) if trainable else None
        rows.append(
            Row(
                name=name,
                type=completed(type_, name, rank_of(every, rows), closed=closed),
                at=found.at,
                shape=every[0] if every else None,
                shapes=every,
                count=found.printed,
                depth=depth,
                inputs=links,
                trainable=None if flag is None else flag[1] == "Y",
            )
        )
    return rows


def _found(text: str, start: int, end: int) -> Iterator[_Found]:
    pairs = list(itertools.islice(_PAIR.finditer(text, start, end), ROWS + 1))
    heads: list[tuple[int, re.Match[str]] | None] = []
    before = start
    for pair in pairs:
        window = max(before, pair.start() - _FAR)
        between = _LINES.sub(lambda m: " " * len(m[0]), text[window : pair.start()])
        head = _HEAD.search(between) or _BARE.search(between)
        heads.append((window + head.start("name"), head) if head else None)
        before = pair.end()
    known = [(pair, *head) for pair, head in zip(pairs, heads, strict=True) if head is not None]
    for i, (pair, at, head) in enumerate(known):
        until = known[i + 1][1] if i + 1 < len(known) else min(end, pair.end() + _FAR)
        said = head.groupdict()
        count = count_in(pair["count"])
        assert count is not None
        tail = _LINES.sub(" ", text[pair.end() : until])
        yield _Found(
            said["name"],
            said.get("type") or "",
            "type" in said,
            bool(said.get("close")),
            pair["shape"],
            count,
            tail,
            Span(at, pair.end()),
        )


def rank_of(shapes: Sequence[Sizes], before: Sequence[Row]) -> int:
    """How many spatial axes a layer has: by its output, else by the row before."""
    if shapes and len(shapes[0]) > 1:
        return len(shapes[0]) - 1
    last = before[-1].shape if before else None
    return len(last) - 1 if last is not None else 0


def _with_rests(found: _Found) -> tuple[str, str, str, bool]:
    """Name, class and shape, with what of them stands behind the count; and whether the class is whole."""
    name, type_, shape, closed = found.name, found.type, found.shape, found.closed
    tail = _LINKS.sub(" ", found.tail).strip()
    if not found.opened:
        rest = _NAME_REST.match(tail)
        if rest:
            name, type_, tail, closed = name + rest[1], rest[2], tail[rest.end() :], True
    elif not found.closed:
        rest = _TYPE_REST.match(tail)
        if rest:
            type_, tail, closed = type_ + rest[1], tail[rest.end() :], True
    if shape[0] in "([" and shape[-1] not in ")]":
        rest = _SHAPE_REST.match(tail)
        if rest:
            shape += rest[1]
    return name, type_, shape, closed
