"""Questions that a text numbers: "1. … 2. …", "(i) … (ii) …", "a) … b) …"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symparams.errors import Span
from symparams.reading.doubts import is_task

_MARK = re.compile(r"^[ \t]{0,8}(?:Q(?:uestion)?[ \t]?)?\(?(\d{1,2}|[ivx]{1,4}|[a-h])[.):](?=[ \t])", re.I | re.M)
_INLINE = re.compile(r"(?<!\w)\((\d{1,2}|[ivx]{1,4}|[a-h])\)(?=[ \t])")
_ORDERS = (
    [str(n) for n in range(1, 13)],
    ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii"],
    list("abcdefgh"),
)
_FEWEST = 2  # items that make a list


def items_in(prose: str) -> list[Span]:
    """The items of the first list of which most ask something, in order; none where there is no such list."""
    return [item for _, item in marked_items(prose)]


def marked_items(prose: str) -> list[tuple[str, Span]]:
    """The same, each with its mark as it is written: b)."""
    for pattern, share in ((_MARK, 2), (_INLINE, 1)):  # in a sentence each of them must ask
        marks = list(pattern.finditer(prose))
        for order in _ORDERS:
            run = list(_run(marks, order))
            items = list(_items(prose, run))
            asked = sum(asks(prose[item.start : item.end]) for item in items)
            if len(items) >= _FEWEST and share * asked >= len(items):
                return [(_mark(mark), item) for mark, item in zip(run, items, strict=True)]
    return []


def _mark(mark: re.Match[str]) -> str:
    """`b)` of `b) `, `(ii)` of `(ii) `, `Question 2.`."""
    return " ".join(mark[0].split())


def asks(item: str) -> bool:
    """Whether an item is a question, or tells the reader to work something out."""
    return "?" in item or is_task(item.strip())


def _run(marks: Sequence[re.Match[str]], order: Sequence[str]) -> Iterator[re.Match[str]]:
    """The marks that count on from the first one of an order."""
    wanted = iter(order)
    next_ = next(wanted)
    for mark in marks:
        if mark[1].lower() == next_:
            yield mark
            next_ = next(wanted, "")


def _items(prose: str, run: Sequence[re.Match[str]]) -> Iterator[Span]:
    """Each item up to the next one, the last one up to an empty line."""
    ends = [mark.start() for mark in run[1:]]
    if run:
        empty = re.compile(r"\n[ \t]*\n").search(prose, run[-1].end())
        ends.append(len(prose) if empty is None else empty.start())
    yield from (Span(mark.end(), end) for mark, end in zip(run, ends, strict=True))


def alone(prose: str, item: Span) -> str:
    """The prose with blanks in place of all but one item."""
    return (
        re.sub(r"[^\n]", " ", prose[: item.start])
        + prose[item.start : item.end]
        + re.sub(r"[^\n]", " ", prose[item.end :])
    )
