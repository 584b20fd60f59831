"""Levels of difficulty, as people write them."""

from __future__ import annotations

import re

from symparams.errors import SymparamsError

_LEVELS = re.compile(r"([1-5])(?:\.\.([1-5]))?")


def levels_of(given: int | str | tuple[int, int]) -> tuple[int, int]:
    """The easiest and the hardest level of 3, of "2..4" or of (2, 4)."""
    text = "..".join(map(str, given)) if isinstance(given, tuple) else str(given).strip()
    span = _LEVELS.fullmatch(text)
    if span is None or int(span[2] or span[1]) < int(span[1]):
        raise SymparamsError(f"a level is a number from 1 to 5, or two of them as 2..4, not {text[:40]}")
    return int(span[1]), int(span[2] or span[1])
