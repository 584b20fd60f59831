"""A formula in MathML -> pieces between which a line may break, since browsers break none by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_SHORT = 120  # characters of MathML of which no formula is too long for the narrowest line
_ROOM = (16, 16, 16, 30)  # characters that stay together, though a break of that depth could part them
_ELEMENT = re.compile(r"<(mi|mn|mo|mtext)(?: [^>]*)?>([^<]*)</\1>|<(/?)[a-z]+[^>]*>")
_RELATION, _SUM, _PRODUCT, _INSIDE = range(4)
_DEPTH = {
    **dict.fromkeys(("=", "≠", "&lt;", "≤", "&gt;", "≥", "∣", "≈", "∈"), _RELATION),
    **dict.fromkeys("+−", _SUM),
    **dict.fromkeys(("·", "×", "/", "mod"), _PRODUCT),
    "\u2062": _INSIDE,
}
_OPENING, _CLOSING = "([{⌊⌈", ")]}⌋⌉"


class _Break(NamedTuple):
    """A place where a line may break."""

    at: int  # in the text
    depth: int  # how much it parts: the sides of an equation, terms, factors, or what stands close together
    before: int  # characters that are read before it


@lru_cache(maxsize=4096)
def in_line(text: str) -> str:
    """A formula with the marks around it; a long one in several pieces, each of which begins with its sign."""
    if len(text) <= _SHORT:
        return f"<math>{text}</math>"
    breaks, length = _breaks(text)
    first, *others = (text[a:b].strip() for a, b in _pieces(breaks, 0, len(text), 0, length))
    return "<wbr>".join(f"<math>{piece}</math>" for piece in (first, *map(_infix, others)))


def _infix(piece: str) -> str:
    """A piece whose sign stands between two terms, though the first of them is in the piece before."""
    for sign in "+−":
        bare = f"<mo>{sign}</mo>"
        if piece.startswith(bare):
            return f'<mo form="infix">{sign}</mo>{piece[len(bare) :]}'
    return piece


def _breaks(text: str) -> tuple[list[_Break], int]:
    """Where a formula may be broken, and how many characters are read of it."""
    found: list[_Break] = []
    nesting = brackets = length = 0
    is_start = True  # of a sum: there a sign belongs to the term
    for element in _ELEMENT.finditer(text):
        tag, content, closes = element.group(1, 2, 3)
        if tag is None:
            nesting += -1 if closes else 1
            continue
        depth = _DEPTH.get(content) if tag == "mo" and not nesting else None
        if content == "," and tag == "mo" and not nesting and not brackets:
            found.append(_Break(element.end(), _RELATION, length + 1))
        elif depth is not None and not is_start:
            found.append(_Break(element.start(), _INSIDE if brackets else depth, length))
        if tag == "mo" and not nesting:
            brackets += (content in _OPENING) - (content in _CLOSING)
            is_start = content not in _CLOSING
        else:
            is_start = False
        length += len(content)
    return found, length


def _pieces(
    breaks: list[_Break], start: int, end: int, before: int, after: int, depth: int = 0
) -> Iterator[tuple[int, int]]:
    """The pieces of a stretch of a formula, by where they begin and end; parted no deeper than need be."""
    if depth > _INSIDE or after - before <= _ROOM[depth]:
        yield start, end
        return
    inside = [one for one in breaks if one.depth == depth and start < one.at < end]
    edges = [_Break(start, 0, before), *inside, _Break(end, 0, after)]
    for left, right in pairwise(edges):
        yield from _pieces(breaks, left.at, right.at, left.before, right.before, depth + 1)
