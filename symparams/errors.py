"""What can go wrong, in one family: where, what was found, what would do."""

from __future__ import annotations

import copyreg
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Source:
    """A text that a user gave."""

    name: str  # the file's name, or "<text>"
    text: str
    kind: str = ""  # as what it is to be read: keras, summary, hf …; empty: as what it looks like
    model: str = ""  # which of several models in it is meant; empty: the only one, or of several the first


WORD, EXPRESSION = -1, -2  # ends of a span that are looked up in the text: what stands at its start


class Span(NamedTuple):
    """Where something stands in a source, in characters from its beginning."""

    start: int  # of the first character, or of the white space before it
    end: int = WORD  # behind the last character, or behind the white space after it


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a source, kept as offsets; all else is worked out only for a message or an editor."""

    source: Source
    offset: int  # of the first character meant, or of the white space before it
    until: int = WORD  # behind the last one, or behind the white space after it

    def at_word(self, word: str) -> Place:
        """The next place from here on where `word` stands, or this place."""
        start = self.source.text.find(word, self.offset)
        return self if start < 0 else Place(self.source, start, start + len(word))

    @property
    def start(self) -> int:
        """The offset of the first character meant; where the text ends too early, of its last one."""
        return min(self._pointed(), max(len(self.source.text.rstrip()) - 1, 0))

    @property
    def end(self) -> int:
        """The offset behind the last character meant."""
        end = self.start
        for token in _tokens_from(self.source.text, self.start, self.until):
            end = token.end()
        return end

    def position(self) -> tuple[int, int, str]:
        """Line and column (both from 1) and the text of the line."""
        text = self.source.text
        offset = self._pointed()
        start = text.rfind("\n", 0, offset) + 1
        end = text.find("\n", offset)
        return text.count("\n", 0, offset) + 1, offset - start + 1, text[start : end if end >= 0 else len(text)]

    def _pointed(self) -> int:
        """The offset that a message points at."""
        return min(_skip_blanks(self.source.text, self.offset), len(self.source.text))


_TOKEN = re.compile(r"""(?P<blank>\s+|\#[^\n]*)|"[^"\n]*"|->|(?P<mark>\.\.|//|\*\*|[<>=!]=|[-+−*/%·×^<>≤≥≠]|step\b)
    |[0-9]+(?:[x×.][0-9]+)*|[^\W\d]\w*(?:\.(?!\.)\w+)*|.""", re.VERBOSE)  # fmt: skip


def _tokens_from(text: str, start: int, until: int) -> Iterator[re.Match[str]]:
    """The word or mark at `start`, or with an end all up to it, or the whole expression."""
    depth, ready = 0, False  # brackets that are open; whether an expression could end here
    for token in _TOKEN.finditer(text, start, until if until > start else len(text)):
        if token["blank"]:
            continue
        if until == EXPRESSION and depth == 0 and ready and not (token["mark"] or token[0] == "("):
            return
        yield token
        if until == WORD:
            return
        depth += (token[0] in "([") - (token[0] in ")]")
        ready = not token["mark"] and depth == 0


def _skip_blanks(text: str, offset: int) -> int:
    start = offset
    while offset < len(text) and (text[offset].isspace() or text[offset] == "#"):
        if text[offset] == "#":
            end = text.find("\n", offset)
            if end < 0:
                return start
            offset = end
        offset += 1
    return offset if offset < len(text) else len(text.rstrip())


# Between these two stands, in the matter of an error on its way, what `nearest` found: no message is read for it later.
_FROM, _TO = "\x02", "\x03"
_SUGGESTED = re.compile(f"{_FROM}([^{_TO}]*){_TO}")


class SymparamsError(Exception):
    """The one exception of this package; `str()` gives the whole message.

    `matter` says what is wrong and what would do; `place` (set by whoever knows it) says where, or `source` in which
    text, where it is wrong as a whole. `suggestion` is the known word that was perhaps meant, "" if there is none.
    """

    status: int = 2  # with which the program ends; 1: what was asked has an answer, and it is this one

    def __init__(self, matter: str, place: Place | None = None, source: Source | None = None) -> None:
        super().__init__(matter)
        meant = _SUGGESTED.search(matter)
        self.suggestion = meant[1] if meant else ""
        self.matter = matter.replace(_FROM, "").replace(_TO, "")
        self.place = place
        self.source = source

    def __str__(self) -> str:
        matter = clean(self.matter)
        if self.place is None:
            return matter if self.source is None else f"{clean(self.source.name)}: {matter}"
        line, column, text = self.place.position()
        if not text.strip():
            return f"{clean(self.place.source.name)}:{line}:{column}: {matter}"
        window, caret = _window(text, column)
        return f"{clean(self.place.source.name)}:{line}:{column}: {matter}\n    {window}\n    {' ' * caret}^"

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, whatever the arguments of a subclass: it has to come back from another process."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymparamsError) or type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.matter, self.place))


class LayerError(SymparamsError):
    """A layer that does not fit its input or its arguments."""

    argument: int | None = None  # which of the arguments is wrong, if one is
    is_behind = False  # whether it says which copy does not fit after the one before

    def behind(self, copy: str) -> None:
        """Say that a copy does not fit after the one before, unless a copy inside it is known not to."""
        if not self.is_behind:
            self.matter = f"{copy} does not fit after the one before: {self.matter}"
            self.is_behind = True


class MissingInputError(SymparamsError):
    """A network that begins with a layer, where nothing says what flows into it."""


class RangeError(SymparamsError):
    """A value for a letter that its range does not have."""

    def __init__(self, matter: str, place: Place | None, letter: str, choices: Sequence[int]) -> None:
        super().__init__(matter, place)
        self.letter = letter
        self.choices = choices  # the values in the range


class LimitError(SymparamsError):
    """An input past one of the limits that guard the machine; the message names the limit."""


def clean(text: str, longest: int = 600) -> str:
    """Text that a terminal can be given: nothing unprintable, not too long."""
    kept = "".join(c if c.isprintable() or c == "\n" else "?" for c in text[: longest + 1])
    return kept if len(kept) <= longest else kept[:longest] + "…"


def _window(text: str, column: int, width: int = 100) -> tuple[str, int]:
    """The part of a long line around `column`, and how far the caret stands from its start."""
    start = 0 if column <= width - 20 else column - width // 2
    clean = "".join(" " if c.isspace() else c if c.isprintable() else "?" for c in text[start : start + width])
    left = "…" if start else ""
    right = "…" if start + width < len(text) else ""
    return left + clean.rstrip() + right, column - 1 - start + len(left)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean `conv`?` when a known word is close to `word`, else nothing; for the matter of an error."""
    close = closest(word, known)
    return f"; did you mean `{_FROM}{close}{_TO}`?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that is close to `word`, or ""."""
    import difflib  # noqa: PLC0415 - of those who start a program, few misspell a word

    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word[:60].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def spatial_axes_of(count: int | str) -> str:
    """1 spatial axis, 2 spatial axes."""
    return f"{count} spatial ax{'i' if str(count) == '1' else 'e'}s"
