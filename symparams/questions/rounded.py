"""Numbers that are not meant exactly: whether they are what another number is when it is rounded, or cut off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.questions.typed_numbers import Answer
from symparams.sources.typed import Typed

_CLOSE = Fraction(1, 20)  # by how much, at most, a number is off that was cut, or whose zeros may be digits
_ABOUT = Fraction(1, 10)  # and one that is said to be about so much


@dataclass(frozen=True, slots=True)
class About:
    """A number and what it may stand for."""

    value: Fraction  # as it was given
    half: Fraction  # how far from it a number may be that was rounded to it
    unit: str = ""  # where a unit is taken for the next power of two: the unit
    whole: bool = True  # whether no digits stand behind a point, so that zeros at its end may be no digits
    off: Fraction = Fraction(1)  # by how much, at most, another number is off; its zeros at the end may be digits

    def is_near(self, exact: Fraction) -> bool:
        """Whether a number is rounded to it."""
        return abs(self.value - exact) <= self.half

    def is_of(self, exact: Fraction) -> bool:
        """The same of a number that is close, where it has to be: about 100 million are not 138 million."""
        return self.is_near(exact) and abs(self.value - exact) <= self.off * abs(exact)

    @property
    def bounds(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Between which numbers one is that was rounded to it; one that was cut off."""
        half, whole = min(self.half, self.off * self.value), min(2 * self.half, _CLOSE * self.value)
        return (self.value - half, self.value + half), (self.value, self.value + whole)

    def is_cut(self, exact: Fraction) -> bool:
        """Whether a number comes to it when the digits behind are dropped."""
        return self.value <= exact < self.value + 2 * self.half and abs(self.value - exact) <= _CLOSE * abs(exact)

    @property
    def coarser(self) -> About:
        """The same where the zeros at its end are no digits: 110 million for 109.5 million."""
        step = 2 * self.half
        while self.whole and self.value and self.value % (10 * step) == 0:
            step *= 10
        return replace(self, half=step / 2, off=_CLOSE)


def readings(written: Typed | None, answer: Answer) -> tuple[About, ...]:
    """What a rounded answer may stand for, the likeliest first: MB are 10^6 bytes, and 2^20 for many; () if exact."""
    value = number(answer[0]) if len(answer) == 1 else None
    if written is None or written.rounded is None or value is None:
        return ()
    given = About(
        Fraction(value),
        written.half,
        whole=written.rounded >= written.factor,
        off=Fraction(1) if written.unit else _ABOUT,
    )
    if written.binary is None:
        return (given,)
    larger = Fraction(written.binary, written.factor)
    return given, About(given.value * larger, given.half * larger, written.unit)


def read_as(written: Typed | None, answer: Answer, right: Value) -> About | None:
    """The reading in which a rounded answer is the right number; None if there is none, or nothing is rounded."""
    if isinstance(right, Formula):
        return None
    exact = Fraction(right)
    every = [about for about in readings(written, answer) if about.value != exact]
    near = (about for about in every if about.is_of(exact))
    cut = (about for about in every[:1] if about.is_cut(exact))
    zeros = (about.coarser for about in every[:1] if about.coarser.is_of(exact))
    return next(near, None) or next(cut, None) or next(zeros, None)


def how_typed(written: Typed | None, answer: Answer, right: Value) -> str:
    """What has to be said of a number that is not meant exactly; empty where there is nothing."""
    every = readings(written, answer)
    if written is None or not every or every[0].value == right:
        return ""
    read = (
        f"the answer is read as {shown(as_formula(every[0].value), PLAIN)}" if written.unit else "the answer is rounded"
    )
    found = read_as(written, answer, right)
    if found is None:
        return read if written.unit else ""
    if found.unit:
        read = f"`{found.unit}` is taken for a power of 1,024"
    if not found.is_near(Fraction(right)):  # type: ignore[arg-type]
        return f"{read}; the right number, {right:,}, is that when the digits behind are dropped"
    return f"{read}; the right number, {right:,}, is that when it is rounded in this way"


def is_near(written: Typed | None, value: Value | None, right: Value | None) -> bool:
    """Whether a rounded number is what the right one is when it is rounded in this way."""
    if written is None or written.rounded is None or value is None or right is None or value == right:
        return False
    if isinstance(value, Formula) or isinstance(right, Formula):
        return False
    return abs(Fraction(value) - Fraction(right)) <= written.half
