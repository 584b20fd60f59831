"""Networks in the middle of sentences: "my Bidirectional(LSTM(64)) has 49,664 parameters", "input(9) -> dense(4)"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from symparams.errors import Span
from symparams.reading.python.mending import parsed
from symparams.reading.python.published import published_calls
from symparams.reading.python.scanning import is_layer_name

_CALL = re.compile(
    r"(?<![\w.])(?:(?:tf|keras|torch|torchvision|timm|hub|layers|models|applications|nn)\.){0,3}([A-Za-z]\w{1,40})\("
)
_LONGEST = 300  # characters of one call
_MOST = 20  # calls of one text
_THEN = re.compile(
    r"[`'\"\s,;]*(?:(?:and )?(?:then|followed by|into)(?: an?)?|->|→|=>)?[`'\"\s,;]*$"
)  # between layers in a row


_START = re.compile(r"(?<![\w.])(?:convention\s{1,9}\w{4,12}\s{1,9})?input\s?\(")
_ARROW = re.compile(r"\s{0,99}(?:->|→)\s{0,99}")
_ITEM = re.compile(r"[A-Za-z_][\w.]{0,40}(\()?")


def chain_in_sentences(text: str) -> Span | None:
    """Where the first chain of the architecture language stands, from its input on; None if there is none."""
    for start in _START.finditer(text):
        end, steps = _closing(text, start.end()), 0
        while end is not None and (arrow := _ARROW.match(text, end)) and (item := _ITEM.match(text, arrow.end())):
            behind = _closing(text, item.end()) if item[1] else item.end()
            if behind is None:
                break
            end, steps = behind, steps + 1
        if end is not None and steps:
            return Span(start.start(), end)
    return None


def calls_in_sentences(text: str) -> list[Span]:
    """Where calls stand, the outermost: the first, and those that follow it in a row; or a chain of the language."""
    chain = chain_in_sentences(text)
    if chain is not None:
        return [chain]
    return next(rows_in_sentences(text), [])


def rows_in_sentences(text: str) -> Iterator[list[Span]]:
    """The calls that follow each other in a row, and those of each other network, with which it is compared."""
    row: list[Span] = []
    many = behind = 0
    for match in _CALL.finditer(text):
        if match.start() >= behind and many < _MOST and _is_known(text, match):
            end = _closing(text, match.end())
            if end is not None and isinstance(tree := parsed(text[match.start() : end]), ast.Module) and tree.body:
                if row and not _THEN.match(text[behind : match.start()]):
                    yield row
                    row = []
                row.append(Span(match.start(), end))
                many, behind = many + 1, end
    if row:
        yield row


def _is_known(text: str, call: re.Match[str]) -> bool:
    """Whether what is called is a framework's layer, or a network that it brings along."""
    layer = call[1][0].isupper() and is_layer_name(call[1])
    return layer or published_calls(text[call.start() : call.end() + _LONGEST].partition(")")[0], "keras", "torch") > 0


def _closing(text: str, start: int) -> int | None:
    """Behind the bracket that closes the one before `start`; None where none does."""
    depth = 1
    for place in range(start, min(start + _LONGEST, len(text))):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0:
            return place + 1
    return None
