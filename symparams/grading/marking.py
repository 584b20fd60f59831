"""One typed answer to one question -> points, the misconception behind it, and what is to be said of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from string import ascii_lowercase
from typing import Literal, TypeAlias, TypeVar

from symparams.algebra.formula import Formula, Symbol
from symparams.documents.written_question import WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import LimitError, Source, SymparamsError, listed
from symparams.grading.said import NAME, Values, formula_in, number_in, shape_in, shapes_in, values_at_places
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.questions.rounded import is_near
from symparams.questions.signatures import signature
from symparams.sources.answers import LONGEST, read_answer
from symparams.sources.spelled import in_plain_characters
from symparams.sources.typed import UnclearError

# right; part: what is there is right, other blanks are empty; known: a known mistake; unknown: any other wrong answer;
# unclear: it means one thing in some countries and another in others, so that the student has to be asked;
# unread: no answer of the type that is asked for; empty: none.
Outcome: TypeAlias = Literal["right", "part", "known", "unknown", "unclear", "unread", "empty"]
NO_KNOWN = "no known mistake"
_ROUNDED = "rounded, where the exact number is asked for"
_A_NUMBER = "a number, such as 18207"
_SIDES = re.compile(r"[(\[]?[0-9]+(?:\s*[x×,;]\s*[0-9]+)+[)\]]?")  # 7x7
_LETTER = re.compile(r"\(?([a-z])[).:]?")
_PART = re.compile(r"(^|; )\w{1,12} [0-9]{1,2}: ")  # as Moodle writes what was typed in each: Part 1: 288; Part 2: 320
_FOLLOWS = "follows"  # the mark of an answer that is right from the student's own answers before
_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth."""

    points: Fraction
    outcome: Outcome
    misconception: str = ""  # the name of a known mistake
    remark: str = ""  # what the teacher should know: what was not understood, which blanks are wrong
    chosen: str = ""  # the option that was chosen, plain; empty where the answer is typed
    feedback: str = ""  # what the bank says to this answer, in Markdown


class _UnreadError(Exception):
    """An answer that says nothing that could be compared; with the reason."""

    def __init__(self, why: str, *, unclear: bool = False) -> None:
        super().__init__(why)
        self.unclear = unclear  # whether it says one of two things


@dataclass(frozen=True, slots=True)
class _Rounded:
    """A number that is what another one is when it is rounded."""

    of: WrittenMistake | bool  # a known mistake, or the key


_Found: TypeAlias = WrittenOption | WrittenMistake | _Rounded | bool


class Marker:
    """Marks answers to a question."""

    def __init__(self, asked: WrittenQuestion) -> None:
        self.asked = asked
        self._formulas: dict[tuple[str, int], Formula] = {}  # what follows at a blank, as it was read

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
            return Mark(Fraction(0), "unclear", remark=str(error)) if error.unclear else self._unread(str(error))

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

    def _compared(self, found: _Found) -> Mark:
        """The mark for the key (True), for something known, or for something else (False)."""
        if isinstance(found, _Rounded):
            mark = Mark(Fraction(0), "unknown") if found.of is True else self._compared(found.of)
            return replace(mark, points=Fraction(0), remark=_ROUNDED)
        if isinstance(found, bool):
            return Mark(self.asked.points, "right") if found else Mark(Fraction(0), "unknown", remark=NO_KNOWN)
        chosen = found.plain if isinstance(found, WrittenOption) else ""
        if found.credit == 1:
            return Mark(self.asked.points, "right", chosen=chosen, feedback=found.feedback)
        share = self.asked.share(found) if isinstance(found, WrittenOption) else found.credit
        points = share * self.asked.points
        # Who is asked for another student's mistake and names a wrong one has not made it.
        if not found.misconception or self.asked.kind == "mistake":
            return Mark(points, "unknown", remark=NO_KNOWN, chosen=chosen, feedback=found.feedback)
        return Mark(points, "known", found.misconception, chosen=chosen, feedback=found.feedback)

    # ------------------------------------------------------------ typed answers

    def _typed(self, text: str) -> _Found:
        match self.asked.answer_type:
            case "shape":
                count = len(self._shape_key)
                return self._shape(_read(lambda typed, _: shapes_in(typed, count), text, {}))
            case "formula":
                return self._formula(text)
        sides = _SIDES.fullmatch(in_plain_characters(text)) if self.asked.kind == "field" else None
        if sides is not None and set(_read(shape_in, sides[0], {})) == {self.asked.value}:
            return True  # 7x7 says along each axis what 7 says
        return self._number(text, self.asked.value, self.asked.mistakes)

    def _number(
        self, text: str, key: int | Fraction | None, mistakes: Sequence[WrittenMistake]
    ) -> WrittenMistake | _Rounded | bool:
        """What a number is: the key, a known mistake, one of them rounded, or something else."""
        written, given = _read(partial(number_in, in_bytes=self._in_bytes, key=key), text, {})
        if given == key:
            return True
        exact = next((mistake for mistake in mistakes if mistake.value == given), None)
        if exact is not None:
            return exact
        if is_near(written, given, key):
            return _Rounded(True)
        return next((_Rounded(m) for m in mistakes if is_near(written, given, m.value)), False)

    @property
    def _in_bytes(self) -> bool:
        rule = QUANTITY_RULES.get(self.asked.kind)
        return rule is not None and rule.in_bytes

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
            return shape_in(text, {})
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
        return signature((formula_in(text, letters, self.asked.at),), self.asked.at) or ()

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
            return _read(shape_in if shapes else values_at_places, text, _symbols(self.asked))
        except _UnreadError:
            return None

    # ------------------------------------------------------------ blanks

    def _blanks(self, text: str) -> Mark:
        """Each blank for itself, or by what follows from the student's own answers before."""
        given = self._by_blank(text)
        own: dict[str, Values] = {}  # what was answered to the blanks before, by their letters
        each = [self._blank(at, given.get(blank.mark, ""), own) for at, blank in enumerate(self.asked.blanks)]
        if all(mark.outcome == "empty" for mark in each):
            return Mark(Fraction(0), "empty")
        marked = list(zip(self.asked.blanks, each, strict=True))
        remarks = [f"{blank.mark} {mark.remark}" for blank, mark in marked if mark.remark not in ("", _FOLLOWS)]
        wrong = [blank.mark for blank, mark in marked if mark.outcome in ("known", "unknown")]
        remarks += [f"wrong at {listed(wrong)}"] if wrong else []
        followed = [blank.mark for blank, mark in marked if mark.remark == _FOLLOWS]
        remarks += [f"{listed(followed)} {'follow' if followed[1:] else 'follows'} from that"] if followed else []
        empty = [blank.mark for blank, mark in marked if mark.outcome == "empty"]
        remarks += [f"nothing at {listed(empty)}"] if empty else []
        outcomes = [mark.outcome for mark in each]
        outcome: Outcome = next((o for o in _WORST if o in outcomes), "part" if empty else "right")
        whole = sum((blank.points for blank in self.asked.blanks), Fraction(0))
        points = sum((mark.points for mark in each), Fraction(0)) * self.asked.points / (whole or 1)
        known = next((mark for mark in each if mark.misconception), each[-1])
        return Mark(points, outcome, known.misconception, "; ".join(remarks), feedback=known.feedback)

    def _blank(self, at: int, text: str, own: dict[str, Values]) -> Mark:
        """The mark for one blank; what was answered there is put with the student's `own` answers."""
        blank = self.asked.blanks[at]
        if not text:
            return Mark(Fraction(0), "empty")
        try:
            written, given = _read(partial(number_in, in_bytes=self._in_bytes, key=blank.value), text, {})
        except _UnreadError as error:
            if error.unclear:
                return Mark(Fraction(0), "unclear", remark=str(error))
            return Mark(Fraction(0), "unread", remark=f"{error}; expected {_A_NUMBER}")
        before = dict(own)
        own[blank.mark.strip("()")] = (given,)
        if given == blank.value:
            return Mark(blank.points, "right")
        if self._follows(blank.follows, at, before) == given:
            return Mark(blank.points, "right", remark=_FOLLOWS)
        mistakes = self.asked.mistakes_at(blank)
        made = next((m for m in mistakes if m.value == given), None) or next(
            (m for m in mistakes if self._follows(m.follows, at, before) == given), None
        )
        if made is None:
            rounded = is_near(written, given, blank.value) or any(is_near(written, given, m.value) for m in mistakes)
            return Mark(Fraction(0), "unknown", remark=_ROUNDED if rounded else "")
        outcome: Outcome = "known" if made.misconception else "unknown"
        if made.value != given and given in blank.told:  # it follows from own answers, and so needs no work
            return Mark(Fraction(0), outcome, made.misconception, feedback=made.feedback)
        return Mark(made.credit * blank.points, outcome, made.misconception, feedback=made.feedback)

    def _follows(self, text: str, at: int, own: Mapping[str, Values]) -> int | Fraction | None:
        """What a formula gives from the student's own answers before; from the right ones where there are none."""
        if not text:
            return None
        letters = [blank.mark.strip("()") for blank in self.asked.blanks[:at]]
        answers = [own.get(name, (blank.value,))[0] for name, blank in zip(letters, self.asked.blanks, strict=False)]
        point = {name: value for name, value in zip(letters, answers, strict=True) if isinstance(value, int)}
        if len(point) < len(letters):
            return None
        try:
            values = signature((self._formula_in(text, letters),), [point])
        except LimitError:
            return None  # nobody types a number of that size
        return None if values is None else values[0]

    def _formula_in(self, text: str, letters: Sequence[str]) -> Formula:
        """A formula of the bank in earlier answers."""
        if (text, len(letters)) not in self._formulas:
            try:
                formula = read_answer(Source(NAME, text), {name: Symbol(name) for name in letters})
            except SymparamsError:
                raise SymparamsError(
                    f"the question {self.asked.identity} has `{text[:60]}` where a formula in earlier answers belongs"
                ) from None
            self._formulas[text, len(letters)] = formula
        return self._formulas[text, len(letters)]

    def _by_blank(self, text: str) -> Mapping[str, str]:
        """What was typed for each blank: `288; 320` in their order, or `(a) 288 (b) 320`."""
        marks = [blank.mark for blank in self.asked.blanks]
        text = _PART.sub(r"\1", text)
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


_WORST: tuple[Outcome, ...] = ("unclear", "known", "unread", "unknown")  # what stands for several blanks


# ---------------------------------------------------------------- what a text says


def _read(reading: Callable[[str, Mapping[str, Formula]], _Said], text: str, letters: Mapping[str, Formula]) -> _Said:
    """What a text says, or why it says nothing."""
    try:
        return reading(text, letters)
    except SymparamsError as error:
        raise _UnreadError(error.matter, unclear=isinstance(error, UnclearError)) from None


def _symbols(asked: WrittenQuestion) -> Mapping[str, Formula]:
    return {name: Symbol(name) for name in asked.letters}


def _folded(text: str) -> str:
    """A text by which options are compared: no capital letters, single spaces, no period at its end."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).removesuffix(".")
