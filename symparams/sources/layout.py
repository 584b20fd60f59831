"""A text of the language laid out anew: the same words and comments, spaces and lines as everyone writes them."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from symparams.errors import Source
from symparams.sources.structure import Bracket, Run, structure
from symparams.sources.tokens import Gap, words_of

WIDTH = 120  # characters that a line has at most, where it can be broken
_INSIDE = 4  # by how much the rows of a bracket are indented
_BRANCH = "| "


def laid_out(source: Source) -> str:
    """The text as it is to be written; laid out once more it stays as it is.

    Raises SymparamsError where the text has an error: it is not guessed what was meant.
    """
    statements, end = structure(words_of(source))
    page = _Page()
    for number, statement in enumerate(statements):
        gap = statement.runs[0].gap
        page.line(gap.trimmed(first=number == 0), 0)
        _write(page, statement.runs, statement.indent)
    page.line(end.trimmed(first=not statements, last=True), 0)
    text = page.text()
    return text.replace("\n", "\r\n") if _ends_of(source.text) == "\r\n" else text


def _ends_of(text: str) -> str:
    """How the lines of a text end, by the first of them."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


class _Line(NamedTuple):
    """A line that is finished."""

    text: str
    comment: str = ""  # behind it
    depth: int = 0  # brackets that it is inside


class _Page:
    """Lines that are written one behind the other."""

    def __init__(self) -> None:
        self.indent = 0  # of the line that is written, where its words begin
        self.depth = 0  # brackets that are open
        self._lines: list[_Line] = []
        self._line = ""

    @property
    def column(self) -> int:
        return len(self._line)

    def add(self, text: str) -> None:
        self._line += text

    def line(self, gap: Gap, indent: int, mark: str = "", told: int | None = None) -> None:
        """Begin a line with a mark that ends at the indent; what stands before it goes first, indented by `told`."""
        comment, lines = (gap.lines[0], gap.lines[1:]) if gap.behind else ("", gap.lines)
        if self._line:
            self._lines.append(_Line(self._line, comment, self.depth))
        beginning = " " * (indent if told is None else told)
        self._lines += [_Line(beginning + line if line else "") for line in lines]
        self.indent = indent
        self._line = " " * (indent - len(mark)) + mark

    def text(self) -> str:
        """What is written, comments behind lines that follow each other in one column."""
        written: list[str] = []
        for (is_told, _), together in groupby(self._lines, lambda line: (bool(line.comment), line.depth)):
            lines = list(together)
            width = max(len(line.text) for line in lines)
            written += [f"{line.text.ljust(width)}  {line.comment}" if is_told else line.text for line in lines]
        return "".join(f"{line}\n" for line in written)


def _write(page: _Page, runs: list[Run], indent: int, behind: int = 0) -> None:
    """Runs, as many on a line as it can hold; `behind`: characters that come behind the last one."""
    for number, run in enumerate(runs):
        after = behind if number == len(runs) - 1 else 0
        if number and (run.gap.ended or run.gap.is_commented or page.column + 1 + _needs(run, after) > WIDTH):
            page.line(run.gap, indent)
        elif number:
            page.add(" ")
        _write_run(page, run, after)


def _needs(run: Run, after: int) -> int:
    """How many characters a run needs on the line on which it begins."""
    return len(run.flat) + after if run.flat is not None else _up_to_bracket(run, 0)


def _up_to_bracket(run: Run, start: int, after: int = 0) -> int:
    """How many characters a run has from a part on, up to a bracket that is opened or may be."""
    width = 0
    for part in run.parts[start:]:
        if isinstance(part, Bracket):
            if start or part.flat is None:
                return width + 1
            width += len(part.flat)
        else:
            width += len(part)
    return width + after


def _write_run(page: _Page, run: Run, after: int) -> None:
    """A run, its brackets opened where they have to be, or where the line would be too long."""
    for number, part in enumerate(run.parts):
        if isinstance(part, str):
            page.add(part)
            continue
        rest = _up_to_bracket(run, number + 1, after)
        if part.flat is not None and page.column + len(part.flat) + rest <= WIDTH:
            page.add(part.flat)
        else:
            _open(page, part)


def _open(page: _Page, bracket: Bracket) -> None:
    """A bracket with a line for each row."""
    base = page.indent
    page.add(bracket.opener)
    for number, row in enumerate(bracket.rows):
        page.line(row[0].gap, base + _INSIDE, _BRANCH if bracket.is_fork and number else "", base + _INSIDE)
        page.depth += number == 0
        _write(page, row, base + _INSIDE)
    page.line(bracket.gap, base, told=base + _INSIDE)
    page.depth -= 1
    page.add(bracket.closer)
