"""Sums that may be longer than a line: where they are broken, and texts under their terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from symparams.algebra.formula import Formula, Negative, Sum
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.formats import Format

_WHOLE = 26  # characters of a term that a cell of a table has room for


def unbroken(terms: Iterable[Formula], format_: Format, write: Callable[[Formula], str]) -> Iterator[str]:
    """The terms of a sum with their signs, each in one piece unless it is too long for that."""
    notation, sign = format_.notation, ""
    for term in terms:
        bare = term.term if isinstance(term, Negative) and sign else term
        sign = "" if not sign else notation.minus.lstrip() if bare is not term else notation.plus.lstrip()
        part = notation.bracket(write(bare)) if isinstance(bare, Sum) else write(bare)
        yield notation.whole.format(sign + part) if len(shown(bare, PLAIN)) <= _WHOLE else sign + part
        sign = sign or notation.plus


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
    terms: Iterable[Formula], rows: Sequence[Sequence[str]], room: int, format_: Format, write: Callable[[Formula], str]
) -> str:
    """A sum with texts under each term, such as the name of its layer; broken where it is too long."""
    notation, plus = format_.notation, format_.notation.plus
    assert notation.labelled is not None
    lines: list[list[tuple[str, list[str]]]] = [[]]
    left = room
    for term, *labels in zip(terms, *rows, strict=True):
        wide = max(map(len, (shown(term, PLAIN), *labels))) + len(PLAIN.plus)
        if wide > left and lines[-1]:
            lines.append([])
            left = room
        left -= wide
        lines[-1].append((notation.bracket(write(term)) if isinstance(term, Sum) else write(term), labels))
    starts = ["", *(plus.lstrip() for _ in lines[1:])]
    return format_.line_break.join(map(notation.labelled, lines, starts))
