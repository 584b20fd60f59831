"""Calls of layers in the middle of sentences: "my Bidirectional(LSTM(64)) has 49,664 parameters"."""

from __future__ import annotations

import ast
import re

from symparams.errors import Span
from symparams.reading.python.mending import parsed
from symparams.reading.python.scanning import is_layer_name

_CALL = re.compile(r"(?<![\w.])(?:(?:tf|keras|torch|layers|nn)\.){0,3}([A-Z]\w{1,40})\(")
_LONGEST = 300  # characters of one call
_MOST = 20  # calls of one text
_THEN = re.compile(
    r"[`'\"\s,;]*(?:(?:and )?(?:then|followed by|into)(?: an?)?|->|→|=>)?[`'\"\s,;]*$"
)  # between layers in a row


def calls_in_sentences(text: str) -> list[Span]:
    """Where they stand, the outermost: the first, and those that follow it in a row."""
    found: list[Span] = []
    for match in _CALL.finditer(text):
        behind = found[-1].end if found else 0
        if match.start() >= behind and is_layer_name(match[1]) and len(found) < _MOST:
            if found and not _THEN.match(text[behind : match.start()]):
                break  # another layer, with which this one is compared
            end = _closing(text, match.end())
            if end is not None and isinstance(tree := parsed(text[match.start() : end]), ast.Module) and tree.body:
                found.append(Span(match.start(), end))
    return found


def _closing(text: str, start: int) -> int | None:
    """Behind the bracket that closes the one before `start`; None where none does."""
    depth = 1
    for place in range(start, min(start + _LONGEST, len(text))):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0:
            return place + 1
    return None
