"""JSON -> values with their places in the text; small damage is undone and reported."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, TypeAlias

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.reading import Repair


class Value(NamedTuple):
    """A value of JSON, and where it stands."""

    plain: Plain
    at: Span


Plain: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"

_TOKEN = re.compile(
    r"""(?P<blank>[\s\ufeff\u200b\u00a0]+|//[^\n]*|\#[^\n]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|[“”„](?:[^“”"\\\n]|\\.)*[“”"]|'(?:[^'\\\n]|\\.)*'|[‘’](?:[^‘’'\\\n]|\\.)*[‘’])
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)
    |(?P<word>[^\W\d]\w*)|(?P<mark>[{}\[\]:,])|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_CLOSING = {"{": "}", "[": "]"}
_QUOTES = "quotation marks of another kind read as straight double ones"
_SPELLED = "Python's True, False and None read as true, false and null"
_COMMA = "a comma that is missing or too many read as it must be meant"
_CUT = "the end is cut off; what stands before it was read"


def read_object(source: Source) -> tuple[Value, tuple[Repair, ...]]:
    """The first object in a text, with what was repaired in it; raises SymparamsError where it is no JSON."""
    if len(source.text) > limits.SOURCE_BYTES:
        message = f"the source is larger than {limits.SOURCE_BYTES >> 20} MiB, which is the limit"
        raise LimitError(message, source=source)
    start = source.text.find("{")
    if start < 0:
        raise SymparamsError("there is no JSON object here; it starts with {", source=source)
    reader = _Reader(source, start)
    return reader.value(0), tuple(Repair(what, at) for what, at in reader.repairs.items())


class _Reader:
    """A text being read, token by token; its brackets are nested at most limits.NESTING deep."""

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.repairs: dict[str, Span] = {}  # what was repaired: where first
        self.tokens = (t for t in _TOKEN.finditer(source.text, start) if t.lastgroup != "blank")
        self.token = next(self.tokens, None)  # the one that comes next; None where the text ends
        self.end = start  # behind the last one that was read

    def next(self) -> re.Match[str] | None:
        """The token that comes next, read."""
        token, self.token = self.token, next(self.tokens, None)
        if token is not None:
            self.end = token.end()
        return token

    def value(self, depth: int) -> Value:
        token = self.next()
        assert token is not None
        if token[0] not in _CLOSING:
            return Value(self.scalar(token), Span(*token.span()))
        if depth >= limits.NESTING:
            message = f"this is nested more than {limits.NESTING} deep, which is the limit"
            raise LimitError(message, Place(self.source, token.start()))
        inside = self.table(depth) if token[0] == "{" else self.list(depth)
        return Value(inside, Span(token.start(), self.end))

    def table(self, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while self.goes_on("}", bool(found)):
            key = self.next()
            if key is None or key.lastgroup != "string":
                raise self.wrong(key, "a key between quotation marks")
            if self.token is not None and self.token[0] != ":":
                raise self.wrong(self.token, "a colon")
            name = self.string(key)
            self.next()
            if not self.ended():
                found[name] = self.value(depth + 1)
        return found

    def list(self, depth: int) -> list[Value]:
        found: list[Value] = []
        while self.goes_on("]", bool(found)):
            found.append(self.value(depth + 1))
        return found

    def goes_on(self, closing: str, behind: bool) -> bool:
        """Whether one more part follows, `behind` another or as the first; what closes all is read."""
        commas = 0
        while self.token is not None and self.token[0] == ",":
            commas += 1
            self.next()
        token = self.token
        if self.ended() or token is None:
            return False
        closes = token[0] == closing
        if commas != (behind and not closes):
            self.repair(_COMMA, Span(*token.span()))
        if closes:
            self.next()
        elif token[0] in "}]:":
            raise self.wrong(token, f"a comma or {closing}")
        return not closes

    def ended(self) -> bool:
        """Whether the text ends here, where it should not."""
        if self.token is None:
            self.repair(_CUT, Span(self.end - 1, self.end))
        return self.token is None

    # ------------------------------------------------------------ values without parts

    def scalar(self, token: re.Match[str]) -> Plain:
        match token.lastgroup:
            case "string":
                return self.string(token)
            case "number":
                return self.number(token)
            case "word" if token[0] in _WORDS:
                if token[0][0].isupper():
                    self.repair(_SPELLED, Span(*token.span()))
                return _WORDS[token[0]]
        raise self.wrong(token, "a value")

    def number(self, token: re.Match[str]) -> int | float:
        if len(token[0]) > limits.DIGITS:
            message = f"this number has more than {limits.DIGITS:,} digits, which is the limit"
            raise LimitError(message, Place(self.source, token.start()))
        digits = token[0].lstrip("-")
        return int(token[0]) if digits.isdigit() else float(token[0])

    def string(self, token: re.Match[str]) -> str:
        if token[0][0] == '"':
            try:
                return str(json.loads(token[0], strict=False))
            except ValueError:
                raise self.wrong(token, "a text with escapes that JSON knows") from None
        self.repair(_QUOTES, Span(*token.span()))
        return token[0][1:-1]

    # ------------------------------------------------------------ what is said of it

    def repair(self, what: str, at: Span) -> None:
        self.repairs.setdefault(what, at)

    def wrong(self, token: re.Match[str] | None, wanted: str) -> SymparamsError:
        if token is None:
            return SymparamsError(f"the text ends where {wanted} is expected", Place(self.source, self.end - 1))
        return SymparamsError(f"this is not JSON: {wanted} is expected here", Place(self.source, *token.span()))
