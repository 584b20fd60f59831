"""One typed answer to one question -> points, the misconception behind it, and what is to be said of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from string import ascii_lowercase
from typing import Literal, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Symbol
from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import Source, SymparamsError, listed
from symparams.exports.shapes import readings
from symparams.questions.signatures import signature
from symparams.sources.answers import LONGEST, read_answer, read_shape

# right; part: what is there is right, other blanks are empty; known: a known mistake; unknown: any other wrong answer;
# unread: no answer of the type that is asked for; empty: none.
Outcome: TypeAlias = Literal["right", "part", "known", "unknown", "unread", "empty"]
NO_KNOWN = "no known mistake"
_NAME = "the answer"
_A_NUMBER = "a number, such as 18207"
_WRITTEN = re.compile(r"(?:[A-Za-z][A-Za-z_0-9]{0,20}\s*)?=(?!=)")  # P = 640, = 640
_SPACED = re.compile(r"(?<![0-9.])([0-9]{1,3})((?: [0-9]{3})+)(?![0-9])")  # 18 207
_GROUPED = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")  # 18,207
_SIDES = re.compile(r"[(\[]?[0-9]+(?:\s*[x×,;]\s*[0-9]+)+[)\]]?")  # 7x7
_LETTER = re.compile(r"\(?([a-z])[).:]?")
_PLACES = 4  # where formulas to choose from are told apart
Values: TypeAlias = "tuple[int | Fraction, ...]"


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth."""

    points: Fraction
    outcome: Outcome
    misconception: str = ""  # the name of a known mistake
    remark: str = ""  # what the teacher should know: what was not understood, which blanks are wrong
    chosen: str = ""  # the option that was chosen, plain; empty where the answer is typed


class _UnreadError(Exception):
    """An answer that says nothing that could be compared; with the reason."""


class Marker:
    """Marks answers to a question."""

    def __init__(self, asked: WrittenQuestion) -> None:
        self.asked = asked

    def mark(self, text: str) -> Mark:
        """What a student gets for what was typed; never an error, whatever it is."""
        if len(text) > LONGEST:
            return self._unread(f"an answer has at most {LONGEST:,} characters, this one {len(text):,}")
        text = unicodedata.normalize("NFC", text).strip()
        if not text:
            return Mark(Fraction(0), "empty")
        try:
            if self.asked.blanks:
                return self._blanks(text)
            if self.asked.options:
                return self._compared(self._option(text))
            return self._compared(self._typed(text))
        except _UnreadError as error:
            return self._unread(str(error))

    def _unread(self, why: str) -> Mark:
        return Mark(Fraction(0), "unread", remark=f"{why}; expected {self._expected()}")

    def _expected(self) -> str:
        asked = self.asked
        if asked.blanks:
            wanted = "a number" if len(asked.blanks) == 1 else f"{len(asked.blanks)} numbers, such as 288; 320"
            return f"{wanted} for {listed([blank.mark for blank in asked.blanks])}"
        if asked.options:
            return f"the letter of an option, a to {ascii_lowercase[min(len(asked.options), 26) - 1]}, or its text"
        if asked.answer_type == "formula":
            return f"a formula in {listed(asked.letters)}" if asked.letters else "a formula without letters"
        return _A_NUMBER if asked.answer_type == "number" else "a shape, such as 26x26x32"

    def _compared(self, found: WrittenOption | WrittenMistake | bool) -> Mark:
        """The mark for the key (True), for something known, or for something else (False)."""
        if isinstance(found, bool):
            return Mark(self.asked.points, "right") if found else Mark(Fraction(0), "unknown", remark=NO_KNOWN)
        chosen = found.plain if isinstance(found, WrittenOption) else ""
        if found.credit == 1:
            return Mark(self.asked.points, "right", chosen=chosen)
        share = self.asked.share(found) if isinstance(found, WrittenOption) else found.credit
        points = share * self.asked.points
        # Who is asked for another student's mistake and names a wrong one has not made it.
        if not found.misconception or self.asked.kind == "mistake":
            return Mark(points, "unknown", remark=NO_KNOWN, chosen=chosen)
        return Mark(points, "known", found.misconception, chosen=chosen)

    # ------------------------------------------------------------ typed answers

    def _typed(self, text: str) -> WrittenMistake | bool:
        match self.asked.answer_type:
            case "shape":
                return self._shape(readings(text) or [_read(_shape, text, {})])
            case "formula":
                return self._formula(text)
        if self.asked.kind == "field" and _SIDES.fullmatch(text) and set(_read(_shape, text, {})) == {self.asked.value}:
            return True  # 7x7 says along each axis what 7 says
        return _by_value(_read(_number, text, {})[0], self.asked.value, self.asked.mistakes)

    def _shape(self, given: Sequence[Values]) -> WrittenMistake | bool:
        """Whether one of the shapes that an answer can mean is the key, or which mistake it is."""
        known = (self._known_shapes[sizes] for sizes in given if sizes in self._known_shapes)
        return self._shape_key in given or next(known, False)

    @cached_property
    def _shape_key(self) -> Values:
        return self._of_bank(self.asked.answer)

    @cached_property
    def _known_shapes(self) -> Mapping[Values, WrittenMistake]:
        return {self._of_bank(mistake.answer): mistake for mistake in reversed(self.asked.mistakes)}

    def _of_bank(self, text: str) -> Values:
        try:
            return _shape(text, {})
        except SymparamsError:
            raise SymparamsError(
                f"the question {self.asked.identity} has `{text[:60]}` where a shape belongs"
            ) from None

    def _formula(self, text: str) -> WrittenMistake | bool:
        given = _read(self._at_points, text, _symbols(self.asked))
        if given == self.asked.values:
            return True
        return next((mistake for mistake in self.asked.mistakes if mistake.values == given), False)

    def _at_points(self, text: str, letters: Mapping[str, Formula]) -> Values:
        """What a formula gives at the points of the question; nothing where it has no value."""
        return signature((_formula(text, letters),), self.asked.at) or ()

    # ------------------------------------------------------------ options

    def _option(self, text: str) -> WrittenOption:
        options = self.asked.options
        folded = _folded(text)
        letter = _LETTER.fullmatch(folded)
        if letter and ascii_lowercase.index(letter[1]) < len(options):
            return options[ascii_lowercase.index(letter[1])]
        for option in options:
            if folded in (_folded(option.plain), _folded(option.text)):
                return option
        if {_folded(option.plain) for option in options} == {"true", "false"} and folded in ("t", "f"):
            return next(option for option in options if _folded(option.plain)[0] == folded)
        given = self._meaning(text)
        for option, meaning in zip(options, self._meanings, strict=True):
            if given is not None and given == meaning:
                return option
        raise _UnreadError("this is none of the options")

    @cached_property
    def _meanings(self) -> Sequence[Values | None]:
        return [self._meaning(option.plain) for option in self.asked.options]

    def _meaning(self, text: str) -> Values | None:
        """The number, shape or formula that a text is, as numbers; None if it is none."""
        shapes = any("×" in option.plain for option in self.asked.options)
        try:
            return _read(_shape if shapes else _at_places, text, _symbols(self.asked))
        except _UnreadError:
            return None

    # ------------------------------------------------------------ blanks

    def _blanks(self, text: str) -> Mark:
        """Each blank for itself; a known mistake in the last one, which is the answer, gives its credit."""
        given = self._by_blank(text)
        each = [self._blank(blank, given.get(blank.mark, "")) for blank in self.asked.blanks]
        if all(mark.outcome == "empty" for mark in each):
            return Mark(Fraction(0), "empty")
        marked = list(zip(self.asked.blanks, each, strict=True))
        remarks = [f"{blank.mark} {mark.remark}" for blank, mark in marked if mark.outcome == "unread"]
        wrong = [blank.mark for blank, mark in marked if mark.outcome in ("known", "unknown")]
        remarks += [f"wrong at {listed(wrong)}"] if wrong else []
        empty = [blank.mark for blank, mark in marked if mark.outcome == "empty"]
        remarks += [f"nothing at {listed(empty)}"] if empty else []
        outcomes = [mark.outcome for mark in each]
        outcome: Outcome = next((o for o in _WORST if o in outcomes), "part" if empty else "right")
        whole = sum((blank.points for blank in self.asked.blanks), Fraction(0))
        points = sum((mark.points for mark in each), Fraction(0)) * self.asked.points / (whole or 1)
        return Mark(points, outcome, each[-1].misconception, "; ".join(remarks))

    def _blank(self, blank: WrittenBlank, text: str) -> Mark:
        mistakes = self.asked.mistakes if blank is self.asked.blanks[-1] else ()
        if not text:
            return Mark(Fraction(0), "empty")
        try:
            matched = _by_value(_read(_number, text, {})[0], blank.value, mistakes)
        except _UnreadError as error:
            return Mark(Fraction(0), "unread", remark=f"{error}; expected {_A_NUMBER}")
        if isinstance(matched, bool):
            return Mark(blank.points, "right") if matched else Mark(Fraction(0), "unknown")
        return Mark(
            matched.credit * blank.points, "known" if matched.misconception else "unknown", matched.misconception
        )

    def _by_blank(self, text: str) -> Mapping[str, str]:
        """What was typed for each blank: `288; 320` in their order, or `(a) 288 (b) 320`."""
        marks = [blank.mark for blank in self.asked.blanks]
        before, *pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        if pieces:
            names, texts = pieces[::2], [piece.strip(" \t\r\n;,:|=") for piece in pieces[1::2]]
            if before.strip() or len(set(names)) < len(names):
                raise _UnreadError("it is not clear which answer belongs to which blank")
            return dict(zip(names, texts, strict=True))
        parts = [part.strip() for part in re.split(r"[;|\n]", text)]
        while len(parts) > len(marks) and not parts[-1]:
            parts.pop()
        if len(parts) > len(marks):
            raise _UnreadError(f"there are {len(parts)} numbers here")
        return dict(zip(marks, parts, strict=False))


_WORST: tuple[Outcome, ...] = ("known", "unread", "unknown")  # what stands for several blanks


def _by_value(
    given: int | Fraction, key: int | Fraction | None, mistakes: Sequence[WrittenMistake]
) -> WrittenMistake | bool:
    if given == key:
        return True
    return next((mistake for mistake in mistakes if mistake.value == given), False)


# ---------------------------------------------------------------- what a text says

_Reading: TypeAlias = Callable[[str, Mapping[str, Formula]], Values]


def _read(reading: _Reading, text: str, letters: Mapping[str, Formula]) -> Values:
    """What a text says, or why it says nothing."""
    try:
        return reading(text, letters)
    except SymparamsError as error:
        raise _UnreadError(error.matter) from None


def _symbols(asked: WrittenQuestion) -> Mapping[str, Formula]:
    return {name: Symbol(name) for name in asked.letters}


def _number(text: str, letters: Mapping[str, Formula]) -> Values:
    return (_evaluated(_formula(text, letters)),)


def _shape(text: str, letters: Mapping[str, Formula]) -> Values:
    if re.search("[x×]", text):  # otherwise a comma is what parts the sizes
        text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    return tuple(map(_evaluated, read_shape(Source(_NAME, text.removesuffix(".")), letters)))


def _evaluated(formula: Formula) -> int | Fraction:
    value = number(formula)
    if value is None:
        raise SymparamsError("there are letters in this number")
    return value


def _formula(text: str, letters: Mapping[str, Formula]) -> Formula:
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    return read_answer(Source(_NAME, _right_side(text)), letters)


def _at_places(text: str, letters: Mapping[str, Formula]) -> Values:
    """What a formula gives at some places that are far from each other."""
    formula = _formula(text, letters)
    places = [{name: 1009 + 60 * i * (j + 1) + 7 * j for i, name in enumerate(letters)} for j in range(_PLACES)]
    values = signature((formula,), places)
    if values is None:
        raise SymparamsError("this formula has no value")
    return values


def _right_side(text: str) -> str:
    """640 of `P = 640.`"""
    written = _WRITTEN.match(text)
    return (text[written.end() :] if written else text).strip().removesuffix(".")


def _folded(text: str) -> str:
    """A text by which options are compared: no capital letters, single spaces, no period at its end."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).removesuffix(".")
