"""The words and marks of the text that ONNX prints."""

from __future__ import annotations

import re
from typing import NamedTuple

from symparams.errors import Place, Source, Span, SymparamsError

_TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*\s*)*(?:
    (?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<arrow>=>)
    |(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w./])|[-+]?(?:inf|nan)(?!\w))
    |(?P<word>[\w/][\w./]*(?:::?[\w/][\w./]*)*)
    |(?P<mark>[^\s])
    |(?P<end>\Z))""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word or mark."""

    kind: str  # text, word, number, mark, arrow or end
    text: str  # without quotes
    at: Span


class Scanner:
    """Reads one token after the other."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._at = 0
        self.next = self._scanned()

    def _scanned(self) -> Token:
        found = _TOKEN.match(self.source.text, self._at)
        assert found is not None
        self._at = found.end()
        kind = found.lastgroup or "end"
        text = found[kind]
        at = Span(found.start(kind), max(found.end(kind), found.start(kind) + 1))
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        return Token(kind, text, at)

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.next
        self.next = self._scanned()
        return token

    def is_mark(self, text: str) -> bool:
        """Whether a mark stands next."""
        return self.next.text == text and self.next.kind in ("mark", "arrow")

    def skip(self, text: str) -> bool:
        """Whether a mark stood next, which is then behind."""
        found = self.is_mark(text)
        if found:
            self.take()
        return found

    def expect(self, text: str) -> Token:
        """A mark that must stand here."""
        if not self.is_mark(text):
            raise self.error(f"`{text}` is expected here")
        return self.take()

    def name(self, what: str) -> Token:
        """A name, between quotes or not."""
        if self.next.kind not in ("word", "text"):
            raise self.error(f"{what} is expected here")
        return self.take()

    def error(self, matter: str) -> SymparamsError:
        """What is wrong where the next token stands."""
        return SymparamsError(matter, Place(self.source, *self.next.at))
