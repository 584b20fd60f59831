"""Sums that may be longer than a line: where they are broken, and texts under their terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from symparams.algebra.formula import Formula, Negative, Sum
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.formats import Format


def broken(formula: Sum, room: int, format_: Format, write: Callable[[Formula], str]) -> str:
    """A sum with line breaks before + and − where a line has no room for another term."""
    notation = format_.notation
    lines: list[str] = []
    length = 0
    for term in formula.terms:
        bare = term.term if isinstance(term, Negative) and lines else term
        sign = notation.minus if bare is not term else notation.plus if lines else ""
        part = notation.bracket(write(bare)) if isinstance(bare, Sum) else write(bare)
        wide = len(shown(bare, PLAIN)) + (3 if lines else 0)
        length += wide
        if not lines or length > room:
            lines.append(sign.lstrip() + part)
            length = wide
        else:
            lines[-1] += sign + part
    return format_.line_break.join(lines)


def labelled(
    terms: Iterable[Formula], rows: Sequence[Sequence[str]], format_: Format, write: Callable[[Formula], str]
) -> str:
    """A sum with texts under each term, such as the name of its layer; broken where it is too long."""
    notation, plus = format_.notation, format_.notation.plus
    lines: list[list[tuple[str, list[str]]]] = [[]]
    room = format_.width
    for term, *labels in zip(terms, *rows, strict=True):
        wide = max(map(len, (shown(term, PLAIN), *labels))) + len(plus)
        if wide > room and lines[-1]:
            lines.append([])
            room = format_.width
        room -= wide
        is_plain_sum = notation.under is None and isinstance(term, Sum)
        lines[-1].append((notation.bracket(write(term)) if is_plain_sum else write(term), labels))
    if notation.under is None:
        return format_.line_break.join(_above(line, plus, line is not lines[0]) for line in lines)
    set_lines = [plus.join(notation.under(text, labels) for text, labels in line) for line in lines]
    return f"{format_.line_break}{plus.lstrip()}".join(set_lines)


def _above(terms: Sequence[tuple[str, Sequence[str]]], plus: str, further: bool) -> str:
    """A line of a sum above the texts under its terms; a `further` line starts with its sign."""
    widths = [max(map(len, (text, *labels))) for text, labels in terms]
    lines: list[str] = []
    for cells in zip(*((text, *labels) for text, labels in terms), strict=True):
        between = " " * len(plus) if lines else plus
        padded = between.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(((between[1:] if further else "") + padded).rstrip())
    return "\n".join(lines)
