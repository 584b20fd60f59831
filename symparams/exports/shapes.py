"""Shapes as people type them: 24x24x64, 24 × 24 × 64, (24, 24, 64), [56], 1,024·7, (None, 24, 24, 64).

A reader for those who compute, a list for systems that compare texts, a pattern for systems that match them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from symparams.sources.spelled import in_plain_characters

Sizes: TypeAlias = tuple[Fraction, ...]

TIMES = "x×*·⋅✕"  # signs for times that people type or copy
SPACES = "\u00a0\u2009\u202f"  # spaces that formulas are set with: no-break, thin, narrow
_AS_X = str.maketrans(dict.fromkeys(f"X{TIMES}", "x"))
_BRACKETS = ("", ""), ("(", ")"), ("[", "]")
_BATCH = re.compile(r"(?:None|\?|-1) *[,;x] *")
_SIZE = re.compile(r"(?:[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_PLAIN = re.compile(r"[0-9A-Z.]+(x[0-9A-Z.]+)*")  # a wrong size may be 9.5


def readings(text: str) -> list[Sizes]:
    """The shapes that a text can mean, the likeliest first; none where it is not one of plain numbers."""
    text = in_plain_characters(text).translate(_AS_X).strip().removesuffix(".")
    if inside := re.fullmatch(r"\((.*)\)|\[(.*)\]", text):
        text = (inside[1] or inside[2] or "").strip()
    text = text[batch.end() :] if (batch := _BATCH.match(text)) else text
    text = text.removesuffix(",").rstrip()
    if re.search("[x;]", text):  # then a comma is inside a number
        return _each_number(re.split("[x;,]", _THOUSANDS.sub("", text)))
    if "," in text:
        return [*_each_number(text.split(",")), *_each_number([text])]
    return [*_each_number(re.split(" +", text)), *(_each_number([text]) if " " in text else [])]


def _each_number(parts: Sequence[str]) -> list[Sizes]:
    """The shape with these sizes, if they are numbers."""
    if not all(_SIZE.fullmatch(part.strip()) for part in parts):
        return []
    return [tuple(Fraction(re.sub("[ ,]", "", part)) for part in parts)]


def usual_spellings(answer: str) -> Iterator[str]:
    """The ways in which most people type a shape, each once: as it is written in code and in books."""
    yield answer
    if not _PLAIN.fullmatch(answer):
        return
    sizes = answer.split("x")
    if len(sizes) == 1:
        yield from (f"({answer})", f"({answer},)", f"[{answer}]")
        return
    yield from (between.join(sizes) for between in (" x ", "×", " × ", ",", ", "))
    yield from (f"{left}{between.join(sizes)}{right}" for left, right in _BRACKETS[1:] for between in (", ", ","))


def further_spellings(answer: str) -> Iterator[str]:
    """Further ways to type a shape: all signs for times, other spaces, brackets, a batch before it."""
    if not _PLAIN.fullmatch(answer):
        return
    sizes = answer.split("x")
    for left, right in _BRACKETS:
        yield from (f"{left}{inside}{right}" for inside in (_one_size if len(sizes) == 1 else _several_sizes)(sizes))
    for written in (sizes, [_grouped(size, ",") for size in sizes]):
        for sign in TIMES if len(sizes) > 1 else ():
            yield from (f"{space}{sign}{space}".join(written) for space in ("", " ", *SPACES))


def _one_size(sizes: Sequence[str]) -> Iterator[str]:
    """One size, between brackets or without."""
    for size in dict.fromkeys(_grouped(sizes[0], mark) for mark in ("", ",", " ", *SPACES)):
        yield from (size, f"{size},")
    yield f" {sizes[0]} "
    yield from (f"None,{space}{sizes[0]}" for space in ("", " "))


def _several_sizes(sizes: Sequence[str]) -> Iterator[str]:
    """Several sizes, between brackets or without."""
    yield from (f"{space}{sign}{space}".join(sizes) for sign in TIMES for space in ("", " "))
    yield from (between.join(sizes) for between in (",", ", ", *(f",{space}" for space in SPACES), " , ", ";", "; "))
    yield from (between.join(sizes) for between in (" ", *SPACES))
    yield from (f"{between.join(sizes)}," for between in (",", ", "))
    yield from (between.join(["None", *sizes]) for between in (",", ", "))


def _grouped(size: str, mark: str) -> str:
    return f"{int(size):,}".replace(",", mark) if size.isdecimal() else size


_SPACE = f"[ {SPACES}]"
_SIGN = f"{_SPACE}*([X∙∗✖{TIMES};]|,{_SPACE}){_SPACE}*"
_COMMA = f"{_SPACE}*,{_SPACE}*"
_GROUP = f"[,'’ {SPACES}]?"  # what may stand between groups of three digits


def shape_pattern(answer: str) -> str:
    """A regular expression that the spellings of a shape match, and no other shape."""
    sizes = answer.split("x")
    joined = [between.join(map(literal, sizes)) for between in (_SIGN, _COMMA, f"{_SPACE}+")]
    grouped = [number_literal(size) if size.isdecimal() else literal(size) for size in sizes]
    inside = f"((None|[?]|-1)({_SIGN}|{_COMMA}))?({_SIGN.join(grouped)}|{'|'.join(dict.fromkeys(joined))}){_SPACE}*,?"
    spaced = f"{_SPACE}*{inside}{_SPACE}*"
    return rf"{_SPACE}*({inside}|[(]{spaced}[)]|\[{spaced}\])[.]?{_SPACE}*"


def number_literal(digits: str) -> str:
    """A pattern for the digits of a whole number, in groups of three or not."""
    first = len(digits) % 3
    parts = (digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3)))
    return _GROUP.join(filter(None, parts))


def literal(text: str) -> str:
    """A text in a pattern, written so that each kind of regular expression reads it alike."""
    return re.sub(
        r"[\\^\[\].?*+{}()|$-]", lambda found: rf"\{found[0]}" if found[0] in r"\^[]" else f"[{found[0]}]", text
    )
