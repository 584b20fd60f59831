"""What a student types -> formulas: numbers, expressions and shapes, read by a grammar and never evaluated as code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from lark import Token

from symparams import limits
from symparams.algebra.formula import Formula, Function, Number, Power, Symbol, parts, product, rebuilt, size_and_depth
from symparams.algebra.substitution import mapped
from symparams.errors import LimitError, Place, Source, SymparamsError, listed, nearest
from symparams.sources.reader import Expressions, parsed

LONGEST = 1_000  # characters of an answer
_DIVISIONS = {"÷": "/", ":": "/", "\\cdot": "*", "\\times": "*"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_APART = re.compile(r"[,;×]|(?<![A-Za-z_])[xX](?![A-Za-z_])|(?<=\))[xX]|(?<=\s)[xX*](?=\s)")

_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")

_DIGITS = re.compile(r"[1-9][0-9]{0,17}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}")
_STRANGE = re.compile(
    r"(?<![A-Za-z0-9])['’]|(?![-A-Za-z0-9_'’\s.,;?()⌊⌋⌈⌉+−–*/%·×÷:^\\⁰¹²³⁴-⁹Ͱ-Ͽ]|[][])."
)  # in no answer


def read_answer(source: Source, letters: Mapping[str, Formula]) -> Formula:
    """A number or an expression in these letters, each of which stands for its formula."""
    _check(source)
    if _DIGITS.fullmatch(source.text):  # so that no grammar has to be loaded
        return Number(int(source.text.replace(",", "")))
    return _known(parsed("answer", source, Answers), source, letters)


def read_shape(source: Source, letters: Mapping[str, Formula]) -> tuple[Formula, ...]:
    """26 × 26 × 32, (26, 26, 32), 26x26x32 or (None, 26, 26, 32): the sizes without the batch."""
    _check(source)
    parts = [(at, text) for at, text in _parts(source) if text.strip() not in ("None", "?", "-1")]
    return tuple(_known(_size(source, at, text), source, letters, at) for at, text in parts)


def _size(source: Source, at: int, text: str) -> object:
    """One size of a shape, which stands at `at`."""
    if not text.strip():
        raise SymparamsError("a size is expected here", Place(source, at))
    try:
        return parsed("answer", Source(source.name, " " * at + text), Answers)
    except SymparamsError as error:
        if error.place is not None:
            error.place = Place(source, error.place.offset)
        raise


def _check(source: Source) -> None:
    if len(source.text) > LONGEST:
        raise LimitError(f"an answer has at most {LONGEST:,} characters, this one {len(source.text):,}", source=source)
    if not source.text.strip():
        raise SymparamsError("the answer is empty", source=source)
    strange = _STRANGE.search(source.text)
    if strange:
        c = strange[0]
        shown = f"`{c}`" if c.isprintable() else f"the character U+{ord(c):04X}"
        hint = "; give only what is on its right" if c == "=" else ""
        raise SymparamsError(f"{shown} cannot stand in an answer{hint}", Place(source, strange.start()))


def _parts(source: Source) -> list[tuple[int, str]]:
    """What stands between the marks that part the sizes of a shape, with its offset."""
    text = source.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if text[start] in "([" and _closes(text, start) == end - 1:
        start, end = start + 1, end - 1
    sizes, at = [], start
    for mark in _marks(text, start, end):
        sizes.append((at, text[at:mark]))
        at = mark + 1
    sizes.append((at, text[at:end]))
    if len(sizes) > 1 and not sizes[-1][1].strip() and text[sizes[-1][0] - 1] in ",;":
        sizes.pop()  # (128,)
    return sizes


def _marks(text: str, start: int, end: int) -> list[int]:
    """Where the marks stand that part sizes; a comma is none in 56 × 56 × 1,024."""
    depth, marks = 0, []
    for i in range(start, end):
        depth += (text[i] in "([⌊⌈") - (text[i] in ")]⌋⌉")
        if depth == 0 and _APART.match(text, i):
            marks.append(i)
    others = any(text[i] != "," for i in marks)
    return [i for i in marks if not (others and _THOUSANDS.match(text, i))]


def _closes(text: str, start: int) -> int:
    """Where the bracket that opens at `start` is closed; -1 if nowhere."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] in "([") - (text[i] in ")]")
        if depth == 0:
            return i
    return -1


def _known(formula: Any, source: Source, letters: Mapping[str, Formula], start: int = 0) -> Formula:
    """The formula with every letter known; `kC` is k·C where both are letters and `kC` is none."""

    def change(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol):
            return leaf
        if leaf.name in letters:
            return letters[leaf.name]
        if all(letter in letters for letter in leaf.name):
            return product(letters[letter] for letter in leaf.name)
        place = Place(source, _found(source.text, leaf.name, start))
        there = f"; the letters here are {listed(list(letters))}" if letters else "; there are no letters here"
        raise SymparamsError(f"nothing here is called `{leaf.name}`{nearest(leaf.name, letters) or there}", place)

    known = mapped(_parted(formula, letters), change)
    if size_and_depth(known)[0] > limits.EXPRESSION:
        raise LimitError(f"the answer has more than {limits.EXPRESSION:,} numbers and letters", source=source)
    return known


def _parted(formula: Any, letters: Mapping[str, Formula]) -> Any:
    """The formula with an exponent at the last of several letters that stand together: `Td²` is T·d²."""
    below = parts(formula)
    if not below:
        return formula
    again = rebuilt(formula, tuple(_parted(part, letters) for part in below))
    match again:
        case Power(Symbol(name), exponent) if len(name) > 1 and name not in letters:
            if all(letter in letters for letter in name):
                return product([*map(Symbol, name[:-1]), Power(Symbol(name[-1]), exponent)])
    return again


def _found(text: str, name: str, start: int) -> int:
    """Where a name stands as a word."""
    match = re.compile(rf"(?<![A-Za-z_]){re.escape(name)}(?![A-Za-z0-9_])").search(text, start)
    return match.start() if match else max(text.find(name, start), start)


class Answers(Expressions):
    """One method for each rule of answer.lark."""

    def number(self, children: list[Token]) -> Formula:
        return super().number([Token("NUMBER", re.sub(r"[^0-9.]", "", children[0].value))])

    def product(self, children: list[Any]) -> Formula:
        signed: list[Any] = [children[0]]
        for before, child in pairwise(children):
            if isinstance(child, Token):
                child = Token("TIMES", _DIVISIONS.get(child.value, child.value), start_pos=child.start_pos)
            elif not isinstance(before, Token):
                signed.append(Token("TIMES", "*"))
            signed.append(child)
        return super().product(signed)

    def function(self, children: list[Any]) -> Formula:
        return super().function([c for c in children if not (isinstance(c, Token) and c.type == "COMMA")])

    def raised(self, children: list[Any]) -> Formula:
        base, exponent = children
        return Power(base, Number(int(exponent.value.translate(_RAISED))))

    def floored(self, children: list[Any]) -> Formula:
        return Function("floor", (children[1],))

    def raised_up(self, children: list[Any]) -> Formula:
        return Function("ceil", (children[1],))
