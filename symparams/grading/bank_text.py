"""The Markdown that banks have -> blocks of a format for whole documents, formulas included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from symparams.documents.formats import Format
from symparams.documents.rendering import environment, typesetter
from symparams.documents.tables import Column
from symparams.grading.latex_formula import SETTINGS, formula

_FENCE, _DISPLAY = "```", "$$"
# In a line: code, a formula, strong text, a sign that stands for itself.
_INLINE = re.compile(r"(`+)(?P<code>.+?)\1|\$(?P<math>[^$\n]+)\$|\*\*(?P<strong>[^*\n]+)\*\*|\\(?P<sign>[^\w\s])")
_RULE = re.compile(r"\s*:?-+:?\s*")  # a cell of the line below the titles of a table


def in_format(markdown: str, format_: Format) -> str:
    """Blocks of a format for the text of a bank; whatever is in it, nothing means anything there."""
    return _Text(format_).blocks(markdown)


class _Text:
    """Texts of a bank in a format."""

    def __init__(self, format_: Format) -> None:
        self._format = format_
        self._typesetter = typesetter(format_)
        self._f: Any = environment(format_).globals["f"]
        self._setting = SETTINGS[format_.name]

    def blocks(self, markdown: str) -> str:
        """All blocks of a text."""
        return "".join(map(str, self._blocks(markdown.strip("\n").split("\n"))))

    def _blocks(self, lines: Sequence[str]) -> Iterator[str]:
        at = 0
        while at < len(lines):
            start, line = at, lines[at].strip()
            if line.startswith((_FENCE, _DISPLAY)):
                mark = line[: 3 if line.startswith(_FENCE) else 2]
                at = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == mark), len(lines))
                inside = "\n".join(lines[start + 1 : at])
                yield self._f.code(inside) if mark == _FENCE else self._display(inside)
                at += 1
                continue
            kind = _kind(line)
            while at < len(lines) and _kind(lines[at].strip()) == kind:
                at += 1
            if kind:
                yield self._made(kind, [one.strip() for one in lines[start:at]])

    def _made(self, kind: str, lines: Sequence[str]) -> str:
        if kind == "row":
            return self._table(lines)
        if kind == "entry":
            return str(self._f.items([self._inline(line[2:]) for line in lines]))
        return str(self._f.paragraph(self._inline(" ".join(lines))))

    def _table(self, lines: Sequence[str]) -> str:
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
        rules = [row for row in rows if all(map(_RULE.fullmatch, row))]
        head, *told = [row for row in rows if row not in rules] or [[""]]
        right = [cell.endswith(":") for cell in (rules[0] if rules else [])]
        sides = [*right, *[False] * len(head)]
        share = 1 / len(head)
        columns = [Column(self._inline(cell), share, side) for cell, side in zip(head, sides, strict=False)]
        cells = [[self._inline(cell) for cell in [*row, *[""] * len(head)][: len(head)]] for row in told]
        return str(self._f.table(columns, cells))

    def _inline(self, text: str) -> str:
        escape, made, at = self._format.escape, "", 0
        for found in _INLINE.finditer(text):
            made += escape(text[at : found.start()])
            at = found.end()
            if found["code"] is not None:
                made += self._format.code(found["code"])
            elif found["math"] is not None:
                made += self._typesetter.inline(formula(found["math"], self._setting) or self._setting.nothing)
            else:
                made += str(self._f.strong(escape(found["strong"]))) if found["strong"] else escape(found["sign"])
        return made + escape(text[at:])

    def _display(self, text: str) -> str:
        """Formulas of their own: equations with their lines one below the other, other ones a line each."""
        inside = re.sub(r"\\(begin|end)\{[a-z]+\*?\}", "", text)
        equations: list[tuple[str, list[str]]] = []
        others = []
        for line in filter(None, map(str.strip, re.split(r"\\\\", inside))):
            left, sign, right = re.sub(r"(?<!\\)&\s*", "", line, count=1).partition("=")
            if not sign:
                others.append(str(self._f.paragraph(self._typesetter.inline(self._formula(line)))))
            elif left.strip() or not equations:
                equations.append((self._formula(left), [self._formula(right)]))
            else:
                equations[-1][1].append(self._formula(right))
        return (str(self._f.aligned(equations)) if equations else "") + "".join(others)

    def _formula(self, latex: str) -> str:
        return formula(latex, self._setting) or self._setting.nothing


def _kind(line: str) -> str:
    """What a line belongs to; empty for one that is empty."""
    if not line or line.startswith((_FENCE, _DISPLAY)):
        return "" if not line else line[:2]
    return "row" if line.startswith("|") else "entry" if line.startswith("- ") else "words"
