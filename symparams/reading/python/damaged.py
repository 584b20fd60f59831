"""Text under repair: every character knows where it stood in the original."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from symparams.errors import Span
from symparams.reading.reading import Repair


class Edit(NamedTuple):
    """A stretch of text and what takes its place."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and the place in the original of each of its characters and of its end."""

    text: str
    origins: Sequence[int]
    repairs: tuple[Repair, ...] = field(default=())

    def edited(self, edits: Iterable[Edit], what: str = "", *, changes: bool = False) -> Text:
        """The text with some stretches replaced, in their order; the repair is noted if it has a name.

        `changes`: whether numbers are others then.
        """
        parts: list[str] = []
        origins: list[int] = []
        at = 0
        first: int | None = None
        for start, end, new in edits:
            if start < at or self.text[start:end] == new:
                continue
            parts += (self.text[at:start], new)
            origins += self.origins[at:start]
            place = self.origins[start]
            origins += [self.origins[min(start + i, max(end - 1, start))] for i in range(len(new))]
            first = place if first is None else first
            at = end
        if first is None:
            return self
        parts.append(self.text[at:])
        origins += self.origins[at:]
        return Text("".join(parts), origins, self.repairs).noted(what, first, changes=changes)

    def noted(self, what: str, place: int, *, changes: bool = False) -> Text:
        """The same with a repair noted, once."""
        if not what or any(r.what == what for r in self.repairs):
            return self
        return Text(self.text, self.origins, (*self.repairs, Repair(what, Span(place), changes=changes)))

    def replaced(self, pattern: str, new: str | Callable[[re.Match[str]], str], what: str) -> Text:
        """Every match replaced."""
        found = re.finditer(pattern, self.text, re.MULTILINE)
        return self.edited((Edit(m.start(), m.end(), new if isinstance(new, str) else new(m)) for m in found), what)


def whole(text: str) -> Text:
    """A text as it is."""
    return Text(text, range(len(text) + 1))


# ---------------------------------------------------------------- characters

_WIDE = {ord(c): chr(ord(c) - 0xFEE0) for c in "（），：；＝［］｛｝＋－＊／．＂＇＿＜＞０１２３４５６７８９"}
_QUOTES = "typographic quotes read as straight ones"
_ENTITIES = "HTML entities read as the signs they stand for"
_FULL = "full-width signs read as plain ones"
_CHARACTERS: tuple[tuple[str, str | Callable[[re.Match[str]], str], str], ...] = (
    (r"\r\n?", "\n", ""),
    (r"\x1b?\[[0-9;]*m(?=.)|\x1b\[[0-9;]*[A-Za-z]", "", "terminal colors left out"),
    (
        r"&(?:amp;){0,3}(?:quot|apos|amp|lt|gt|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});",
        lambda m: html.unescape(re.sub("&(?:amp;)+(?=.)", "&", m[0])),
        _ENTITIES,
    ),
    (r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", "zero-width characters left out"),
    (r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]", " ", "non-breaking spaces read as spaces"),
    (r"[‘’‚‛′´`]{2}", '"', _QUOTES),
    (r"[‘’‚‛′´]", "'", _QUOTES),
    (r"(?<=[=(\[,])([ ]?)`([\w ./-]*)`", lambda m: f"{m[1]}'{m[2]}'", _QUOTES),
    (r"`(?=[^`\n]*')|(?<=\w)`(?=[,)\]])", "'", _QUOTES),
    (r"[“”„‟″«»]", '"', _QUOTES),
    (r"[（），：；＝［］｛｝＋－＊／．＂＇＿＜＞０-９]", lambda m: m[0].translate(_WIDE), _FULL),
    (r"[−‐‑–—](?=\s*[\d\w(])", "-", "typographic dashes read as minus signs"),
    (r"(?<=\d)\s?×\s?(?=\d)", "*", "multiplication signs read as *"),
    (r"…", "...", ""),
    (  # m = nn.Conv2d(48, 96, 3) -> 3*3*48*96 + 96 = 41568
        r"^(?![ \t]*(?:async[ ]+)?def\b)([^\n#]*\))[ \t]+(?:-+>|=+>|→)[ \t]+(?=[(\d])",
        lambda m: f"{m[1]}  # ",
        "",
    ),
)  # fmt: skip


def with_plain_characters(text: Text) -> Text:
    """Signs that typesetting, browsers and terminals put in place of those that Python has."""
    text = text.replaced(r"^[ \t]*(?:```|~~~).*$", "", "marks of a code block left out")
    for pattern, new, what in _CHARACTERS:
        if pattern.startswith("[−"):
            found = text.text
            if found.isascii():
                continue
        text = text.replaced(pattern, new, what)
    return text


# ---------------------------------------------------------------- what stands before every line

_PROMPT = re.compile(r"^[ \t]*(?:In ?\[[\d ]*\]: ?|\.\.\.: ?|>>> ?|\.\.\. ?|\.\.\.$)")
_OUTPUT = re.compile(r"^[ \t]*Out ?\[[\d ]*\]:.*$")
_OPENS = re.compile(r"(?:class|def|import|from|@)\b|\w+(?:\s=\s[\w.]+|\.add)\(")  # code again, behind what was printed
_NUMBER = re.compile(r"^[ \t]*(\d{1,5})(?:[ ]?[.:|│)]|\t)?(?=[ \t]|$)( ?)|^[ \t]*(\d{1,5})(?=[^\W\d]|[@#)\]}\"'])")
_MARKS = (
    (re.compile(r"^[ \t]*(?!>>> )(?:> ?)+"), "quote marks before the lines left out"),
    (re.compile(r"^[ \t]*\| ?"), "bars before the lines left out"),
    (re.compile(r"^\+(?!\d)"), "plus signs before the lines left out"),
)
BEFORE = re.compile(  # what stands before the lines of code that was pasted from elsewhere
    r"^[ \t]*(?:In ?\[[\d ]*\]: ?|\.\.\.: ?|>>> ?|\.\.\.(?: |$)|(?:> ?)+|\d{1,5}(?:[ ]?[.:|│)])? ?)", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*#+ ?")
_COMMENTED = "comment marks before the lines left out"


def without_prefixes(text: Text) -> Text:
    """Prompts, line numbers and quote marks before the lines taken away."""
    for pattern, what in _MARKS:
        lines = [line for line in text.text.splitlines() if line.strip()]
        if len(lines) > 1 and sum(bool(pattern.match(line)) for line in lines) > 0.8 * len(lines):
            text = text.edited(_starts(text.text, pattern), what)
    if all(_COMMENT.match(line) for line in text.text.splitlines() if line.strip()):
        text = text.edited(_starts(text.text, _COMMENT), _COMMENTED)
    prompts = sum(bool(_PROMPT.match(line)) for line in text.text.splitlines())
    if prompts:
        text = text.edited(_prompts(text.text), "prompts left out")
    return _without_numbers(text)


def _starts(text: str, pattern: re.Pattern[str]) -> list[Edit]:
    found: list[Edit] = []
    at = 0
    for line in text.splitlines(keepends=True):
        match = pattern.match(line)
        if match:
            found.append(Edit(at, at + match.end(), ""))
        at += len(line)
    return found


def _prompts(text: str) -> list[Edit]:
    """Prompts, and the lines of output between them."""
    found: list[Edit] = []
    at, prompted = 0, False
    for line in text.splitlines(keepends=True):
        match, bare = _PROMPT.match(line), line.rstrip("\n")
        if match:
            prompted = prompted or match[0].lstrip().startswith(">>>")
            found.append(Edit(at, at + match.end(), ""))
        elif prompted and _OPENS.match(line):
            prompted = False
        elif _OUTPUT.match(bare) or (prompted and bare.strip()):
            found.append(Edit(at, at + len(bare), ""))
        at += len(line)
    return found


def _without_numbers(text: Text) -> Text:
    """Line numbers, if they count."""
    numbers: list[tuple[int, re.Match[str], int]] = []
    at, filled = 0, 0
    for line in text.text.splitlines(keepends=True):
        match = _NUMBER.match(line)
        filled += bool(line.strip())
        if match:
            numbers.append((int(match[1] or match[3]), match, at))
        at += len(line)
    rising = sum(b[0] == a[0] + 1 for a, b in pairwise(numbers))
    if len(numbers) < 3 or rising < 0.8 * (len(numbers) - 1) or len(numbers) < 0.6 * filled:
        return text
    glued = any(match[3] for _, match, _ in numbers)  # then a blank behind a number is indentation
    ends = ((p, m.start(2) if glued and m[2] is not None else m.end()) for _, m, p in numbers)
    return text.edited([Edit(start, start + end, "") for start, end in ends], "line numbers left out")
