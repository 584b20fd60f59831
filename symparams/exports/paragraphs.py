"""What formats do with the paragraphs of a text in HTML."""

from __future__ import annotations

import re

_ALONE = re.compile(r"\s*<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)


def inline(text: str) -> str:
    """A text of one paragraph without its tags, to stand behind a mark in the same line; any other text as it is."""
    alone = _ALONE.fullmatch(text)
    return alone[1] if alone else text
