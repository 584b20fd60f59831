"""A text of the language as its tokens, and what stands between them: comments, and where lines end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symparams.errors import Source
from symparams.sources.reader import lexed, read_network

BEGIN = frozenset({"MODEL", "CONVENTION", "LET", "RANGE", "WHERE", "DEF"})  # what statements but chains begin with
_ITEM = frozenset({"NAME", "AT", "LSQB", "LBRACE"})  # what chains begin with
_ENDED = frozenset({"NAME", "NUMBER", "STRING", "SIZE", "RPAR", "RSQB", "RBRACE"})  # behind which a value can end
OPENERS = {"LPAR": "(", "LSQB": "[", "LBRACE": "{"}
CLOSERS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two tokens."""

    lines: tuple[str, ...] = ()  # comments without the blanks behind them; "" is an empty line, never two in a row
    ended: bool = False  # whether a line ends here
    behind: bool = False  # whether the first comment stands behind the token before, on its line

    @property
    def is_commented(self) -> bool:
        """Whether a comment stands here, so that a line has to end."""
        return any(self.lines)

    def after(self, gap: Gap) -> Gap:
        """Both in one place, what stands in the other one first."""
        behind = gap.behind if gap.is_commented else self.behind and not gap.ended
        return Gap(_thinned((*gap.lines, *self.lines)), self.ended or gap.ended, behind)

    def pulled(self, lines: Iterable[str]) -> Gap:
        """With comments from inside the line before, which come to stand behind it."""
        moved = tuple(filter(None, lines))
        return Gap(_thinned((*moved, *self.lines)), True, True) if moved else self

    def trimmed(self, first: bool = False, last: bool = False) -> Gap:
        """Without the empty lines before or behind its comments."""
        lines = self.lines
        lines = lines[1:] if first and lines[:1] == ("",) else lines
        lines = lines[:-1] if last and lines[-1:] == ("",) else lines
        return Gap(lines, self.ended, self.behind)


def _thinned(lines: Iterable[str]) -> tuple[str, ...]:
    """Of several empty lines in a row one."""
    kept: list[str] = []
    for line in lines:
        if line or not kept or kept[-1]:
            kept.append(line)
    return tuple(kept)


@dataclass(slots=True)
class Word:
    """A token with what stands before it."""

    kind: str  # the name that the grammar has for it; of the last one, which has no text: $END
    text: str
    gap: Gap = field(default_factory=Gap)
    begins: bool = False  # whether a statement begins with it
    is_unary: bool = False  # a sign before a term, not between two
    closer: int = -1  # of a bracket: which word closes it
    has_comma: bool = False  # of a bracket: whether a comma stands right inside it


def words_of(source: Source) -> list[Word]:
    """The tokens of a text, behind the last of them `$END`; raises SymparamsError where the text has an error."""
    read_network(source)
    found: list[Word] = []
    end = 0
    for token in lexed(source.text):
        start = token.start_pos or 0
        kind = token.type.rpartition("expression__")[2]
        found.append(Word(kind, str(token), _gap(source.text[end:start], bool(found))))
        end = start + len(token)
    found.append(Word("$END", "", _gap(source.text[end:], bool(found)), begins=True))
    _mark(found)
    return found


def _gap(between: str, is_inside: bool) -> Gap:
    """What a text between two tokens is; at the beginning of a file nothing stands before it."""
    first, *others = between.split("\n")
    comment = first.strip()
    lines = [comment] if comment else []
    lines += [line.strip() for line in others[:-1]]
    last = others[-1].strip() if others else ""  # a comment that the file ends with
    return Gap(_thinned([*lines, *([last] if last else [])]), bool(others), is_inside and bool(comment))


def _mark(found: list[Word]) -> None:
    """See where statements begin, which signs are unary and which brackets belong together."""
    open_: list[Word] = []
    before: Word | None = None
    for number, word in enumerate(found):
        follows = before is not None and before.kind in _ENDED  # something that can end here
        if word.kind in CLOSERS:
            open_.pop().closer = number
        elif not open_:
            word.begins = word.begins or before is None or word.kind in BEGIN or (follows and word.kind in _ITEM)
        word.is_unary = word.kind == "SIGN" and not follows
        if word.kind == "COMMA" and open_:
            open_[-1].has_comma = True
        if word.kind in OPENERS:
            open_.append(word)
        before = word
