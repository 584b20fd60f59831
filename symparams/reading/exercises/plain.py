"""The text of an exercise without the signs of TeX, Markdown and HTML, and where each character of it stands."""

from __future__ import annotations

import re
from typing import NamedTuple

from symparams.sources.spelled import in_plain_signs

_MARKS = re.compile(  # what is taken out, crosses with the blanks around them, and what stands before a line
    r"(?P<cross>[\x20\t]*(?:\\times(?![a-z])|&times;)[\x20\t]*)"
    r"|(?P<bullet>(?m:^)[\x20\t]*(?:\*|\d{1,2}[.)])(?=[\x20\t]))"
    r"|(?P<blank>&nbsp;|\\[,;: ])"
    r"|\$\$?|\\[()\[\]]|\*\*|`|\\(?:mathrm|text|textbf|mathbf)\{(?P<word>[^{}]{0,40})\}"
)


class Plain(NamedTuple):
    """A text without marks."""

    text: str
    origins: tuple[int, ...]  # where each of its characters stands in the text as it was given, and its end

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of it stands in the text as it was given."""
        return self.origins[start], self.origins[end - 1] + 1


def plain(text: str) -> Plain:
    """The text as it is read aloud: 3\\times 3 is 3×3."""
    text = in_plain_signs(text)  # which stays as long as it is
    kept: list[str] = []
    origins: list[int] = []
    at = 0
    for mark in _MARKS.finditer(text):
        kept.append(text[at : mark.start()])
        origins += range(at, mark.start())
        if mark["word"] is not None:
            kept.append(mark["word"])
            origins += range(*mark.span("word"))
        elif mark["cross"] or mark["blank"] or mark["bullet"]:
            kept.append("×" if mark["cross"] else "-" if mark["bullet"] else " ")
            origins.append(mark.start())
        at = mark.end()
    kept.append(text[at:])
    origins += range(at, len(text) + 1)
    return Plain("".join(kept), tuple(origins))
