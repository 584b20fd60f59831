"""What has to change in a text so that it is laid out as `symparams format` does it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from symparams import limits
from symparams.errors import Source, SymparamsError
from symparams.sources.layout import laid_out


class Change(NamedTuple):
    """A stretch of whole lines, and what is to stand in their place."""

    start: int  # of its first character
    end: int  # behind the last one
    text: str


def change(text: str) -> Change | None:
    """What has to change; None where nothing has to, or where the text has an error."""
    try:
        with limits.work():
            made = laid_out(Source("<text>", text))
    except (SymparamsError, RecursionError, MemoryError):
        return None
    if made == text:
        return None
    lines, others = text.splitlines(keepends=True), made.splitlines(keepends=True)
    first = _same(lines, others)
    last = _same(lines[first:][::-1], others[first:][::-1])
    start, end = len("".join(lines[:first])), len(text) - len("".join(lines[len(lines) - last :]))
    return Change(start, end, "".join(others[first : len(others) - last]))


def _same(lines: Sequence[str], others: Sequence[str]) -> int:
    """How many lines both begin with."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(lines, others, strict=False))))
