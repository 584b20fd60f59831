"""The mistakes of a class as an SVG picture: a bar for each, written by hand, so that it needs no other package."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Sequence

from symparams.documents.words import capital
from symparams.grading.marks import ClassMarks, Tally

MOST = 40  # bars
_LINE = 38  # characters of a name in a line
_TITLE = 80  # characters of the title
_WIDTH, _NAMES, _MARGIN = 860, 300, 20  # of the picture, of the room for names, around everything
_BAR, _STEP, _TEXT = 22, 18, 13  # the height of a bar, of a line of text, and of its letters
_FONT = f'font-family="Helvetica, Arial, sans-serif" font-size="{_TEXT}"'
_COLOR, _GRAY, _INK = "#4878a8", "#6b7280", "#1f2937"


def picture(marks: ClassMarks) -> str:
    """The tally, the most frequent mistake on top; the same tally gives the same bytes."""
    tally = marks.tally[:MOST]
    title = heading(marks)
    rows = list(_rows(tally))
    height = _MARGIN + 40 + sum(row[1] for row in rows) + (30 if tally else 40) + _MARGIN
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" {_FONT} role="img">',
        f"<title>{_escaped(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(_MARGIN, _MARGIN + 16, title, size=17, weight="bold"),
        *_bars(rows, max((row[0].count for row in rows), default=1)),
    ]
    if not tally:
        lines.append(_text(_MARGIN, _MARGIN + 60, "No known mistake was made.", fill=_GRAY))
    else:
        left = _MARGIN + _NAMES
        lines.append(_text(left, height - _MARGIN, "answers with this mistake; in gray: the questions", fill=_GRAY))
    return "\n".join([*lines, "</svg>", ""])


def heading(marks: ClassMarks) -> str:
    """What the picture shows."""
    title = marks.bank.info.title
    return textwrap.shorten(f"{title}: mistakes" if title else "Mistakes", _TITLE, placeholder=" …")


def _rows(tally: Sequence[Tally]) -> Iterator[tuple[Tally, int, list[str]]]:
    """Each mistake with the height of its row and the lines of its name."""
    for one in tally:
        name = textwrap.wrap(capital(one.misconception), _LINE, max_lines=3, placeholder=" …") or [""]
        yield one, max(_BAR, len(name) * _STEP) + 12, name


def _bars(rows: Sequence[tuple[Tally, int, list[str]]], most: int) -> Iterator[str]:
    left = _MARGIN + _NAMES
    room = _WIDTH - left - _MARGIN - 220  # beside a bar stand its count and its questions
    top = _MARGIN + 40
    for one, height, name in rows:
        middle = top + height // 2
        first = middle - (len(name) - 1) * _STEP // 2 + 5
        for at, line in enumerate(name):
            yield _text(left - 12, first + at * _STEP, line, anchor="end")
        length = max(2, room * one.count // most)
        yield f'<rect x="{left}" y="{middle - _BAR // 2}" width="{length}" height="{_BAR}" fill="{_COLOR}"/>'
        count = f"{one.count:,}"
        yield _text(left + length + 8, middle + 5, count, weight="bold")
        listed = textwrap.shorten(", ".join(map(str, one.questions)), 24, placeholder=" …")
        yield _text(left + length + 20 + 8 * len(count), middle + 5, listed, fill=_GRAY)
        top += height


def _text(
    x: int, y: int, text: str, *, anchor: str = "start", fill: str = _INK, size: int = _TEXT, weight: str = ""
) -> str:
    more = f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += f' font-size="{size}"' if size != _TEXT else ""
    more += f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x}" y="{y}" fill="{fill}"{more}>{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    """Text for XML, without what cannot stand there and what cannot be seen."""
    return html.escape("".join(c if c.isprintable() else " " for c in text))
