"""A text of the language as what can be laid out: statements, runs that hold together, brackets that can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symparams.sources.tokens import CLOSERS, OPENERS, Gap, Word

_CONTINUED = 4  # by how much the further lines of a statement are indented
_WIDE = ("×", "%")  # with spaces around them: 3×3 is a size


@dataclass
class Run:
    """What stays together, up to the next place where a line can end."""

    gap: Gap  # what stands before it
    parts: list[str | Bracket] = field(default_factory=list)

    @cached_property
    def flat(self) -> str | None:
        """On one line; None where that cannot be."""
        texts = [part if isinstance(part, str) else part.flat for part in self.parts]
        return None if None in texts else "".join(filter(None, texts))

    def add(self, text: str) -> None:
        """Put a text at its end."""
        if self.parts and isinstance(self.parts[-1], str):
            self.parts[-1] += text
        else:
            self.parts.append(text)


@dataclass
class Bracket:
    """Brackets whose rows can stand on lines of their own: arguments, the layers of a list, the branches of a fork."""

    opener: str
    rows: list[list[Run]] = field(default_factory=list)
    gap: Gap = field(default_factory=Gap)  # before the bracket that closes it

    @property
    def closer(self) -> str:
        return {"(": ")", "[": "]", "{": "}"}[self.opener]

    @property
    def is_fork(self) -> bool:
        return self.opener == "{"

    @cached_property
    def flat(self) -> str | None:
        """On one line; None where a comment is inside, or where a group, a list or a fork was given several."""
        runs = [run for row in self.rows for run in row]
        gaps = [*(run.gap for run in runs), self.gap]
        if any(gap.is_commented or (gap.ended and self.opener != "(") for gap in gaps):
            return None
        if any(run.flat is None for run in runs):
            return None
        inside = (" | " if self.is_fork else " ").join(" ".join(run.flat or "" for run in row) for row in self.rows)
        return f"{{ {inside} }}" if self.is_fork else f"{self.opener}{inside}{self.closer}"


@dataclass
class Statement:
    """A statement."""

    indent: int  # of its further lines
    runs: list[Run]


def structure(words: Sequence[Word]) -> tuple[list[Statement], Gap]:
    """The statements of a text, and what stands behind the last one."""
    return _Builder(words).built()


class _Builder:
    """Reads words one behind the other."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._next = 0  # the word that is read next
        self._depth = 0  # brackets that are open
        self._pulled: list[str] = []  # comments from inside runs, for the next place where a line can end

    def built(self) -> tuple[list[Statement], Gap]:
        statements = []
        while (word := self._words[self._next]).kind != "$END":
            indent = _CONTINUED if word.kind in ("DEF", "WHERE", "RANGE") else 0
            runs = self._row(self._before(word.gap), lambda _, word: word.begins)
            statements.append(Statement(indent, runs))
        return statements, self._before(word.gap)

    def _before(self, gap: Gap) -> Gap:
        """What stands at a place where a line can end."""
        pulled, self._pulled = self._pulled, []
        return gap.pulled(pulled)

    def _row(self, gap: Gap, ends: Callable[[Word, Word], bool]) -> list[Run]:
        """The runs up to a word that, with the one before, `ends` the row."""
        runs = [Run(gap)]
        self._take(runs[0], "")
        while True:
            before, word = self._words[self._next - 1], self._words[self._next]
            if ends(before, word):
                return runs
            if word.kind == "_ARROW":
                self._next += 1
                runs.append(Run(self._before(self._words[self._next].gap.after(word.gap))))
                self._take(runs[-1], f"{word.text} ")
            elif before.kind == "COMMA":
                runs.append(Run(self._before(word.gap)))
                self._take(runs[-1], "")
            else:
                self._take_inside(runs[-1])

    def _take_inside(self, run: Run) -> None:
        """The next word with the space before it; its comments have to wait."""
        before, word = self._words[self._next - 1], self._words[self._next]
        self._pulled += filter(None, word.gap.lines)
        self._take(run, _space(before, word, self._depth > 0))

    def _take(self, run: Run, space: str) -> None:
        """The next word, of brackets all up to the one that closes them."""
        number, word = self._next, self._words[self._next]
        run.add(space) if space else None
        if word.kind in OPENERS:
            self._depth += 1
            if self._opens(number):
                run.parts.append(self._bracket(word))
            else:
                run.add(word.text)
                self._next += 1
                while self._next <= word.closer:
                    self._take_inside(run)
            self._depth -= 1
            return
        run.add(word.text)
        self._next += 1

    def _opens(self, number: int) -> bool:
        """Whether what is in a bracket can stand on lines of its own.

        Expressions cannot, nor can arguments that are one list: `Sequential([` stays together.
        """
        before, word, first = (self._words[i] for i in (number - 1, number, number + 1))
        if word.closer == number + 1 or (first.kind in OPENERS and first.closer == word.closer - 1):
            return False
        return word.kind != "LPAR" or before.kind == "NAME" or (word.has_comma and before.kind != "FUNCTION")

    def _bracket(self, opener: Word) -> Bracket:
        made = Bracket(opener.text)
        self._next += 1
        while self._next < opener.closer:
            word = self._words[self._next]
            gap = word.gap.trimmed(first=not made.rows)
            if word.kind == "VBAR":
                self._next += 1
                gap = self._words[self._next].gap.after(gap)
            made.rows.append(self._row(self._before(gap), self._ends_in(opener)))
        made.gap = self._before(self._words[self._next].gap.trimmed(last=True))
        self._next += 1
        return made

    def _ends_in(self, opener: Word) -> Callable[[Word, Word], bool]:
        """Where a row of a bracket ends."""

        def ends(before: Word, word: Word) -> bool:
            is_next = word.kind in ("VBAR", "FOR") or (before.kind == "COMMA" and opener.kind != "LBRACE")
            return is_next or word is self._words[opener.closer]

        return ends


def _space(before: Word, word: Word, is_inside: bool) -> str:
    """What stands between two words on a line."""
    kinds = (before.kind, word.kind)
    if before.kind in OPENERS or word.kind in CLOSERS or before.is_unary or before.kind == "AT" or word.kind == "COMMA":
        return ""
    if word.kind == "LPAR" and before.kind in ("NAME", "FUNCTION"):
        return ""
    if ".." in (before.text, word.text):
        return " " if before.text[-1] == word.text[0] == "." else ""  # beside 2. or .5 the dots would be others
    is_tight = ("EQUALS" in kinds and is_inside) or "CARET" in kinds or "TIMES" in kinds
    return "" if is_tight and not {before.text, word.text} & set(_WIDE) else " "
