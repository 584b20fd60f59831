"""What a class has answered: the marks of every student, what each question and each misconception counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor

from symparams import limits
from symparams.algebra.notation import decimals
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source
from symparams.grading.bank import Bank, read_bank
from symparams.grading.marking import Mark, Marker, Outcome
from symparams.grading.sheets import Sheet, read_sheets


@dataclass(frozen=True, slots=True)
class Answer:
    """One student's answer to one question."""

    number: int  # of the question, from 1
    variant: int  # of the question, from 1; the first one where nothing says which the student had
    asked: WrittenQuestion  # this variant
    text: str  # as it was typed; empty where there is none
    mark: Mark


@dataclass(frozen=True, slots=True)
class Student:
    """What one student gets."""

    name: str
    paper: int | None  # from 1; None where it is not known
    answers: tuple[Answer, ...]  # one for each question

    @property
    def points(self) -> Fraction:
        return sum((answer.mark.points for answer in self.answers), Fraction(0))

    @property
    def of(self) -> Fraction:
        """The points for all right answers."""
        return sum((answer.asked.points for answer in self.answers), Fraction(0))

    @property
    def share(self) -> Fraction:
        return _share(self.points, self.of)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a misconception was met."""

    misconception: str
    count: int  # answers
    questions: tuple[int, ...]  # their numbers


@dataclass(frozen=True)
class ClassMarks:
    """The marks of a class."""

    bank: Bank
    students: tuple[Student, ...]
    passed_over: tuple[str, ...] = ()  # columns of the table of answers that have nothing to do with the bank

    @property
    def mean(self) -> Fraction:
        """Points of a student."""
        return _share(sum((s.points for s in self.students), Fraction(0)), Fraction(len(self.students)))

    @property
    def mean_share(self) -> Fraction:
        return _share(sum((s.share for s in self.students), Fraction(0)), Fraction(len(self.students)))

    def right(self, number: int) -> Fraction:
        """The share of students whose answer to a question is right."""
        right = [s.answers[number - 1].mark.outcome == "right" for s in self.students]
        return _share(Fraction(right.count(True)), Fraction(len(right)))

    def counted(self, outcome: Outcome) -> int:
        """How many answers have this outcome."""
        return sum(answer.mark.outcome == outcome for answer in self.answers)

    @property
    def answers(self) -> Iterator[Answer]:
        """All answers, student by student."""
        return (answer for student in self.students for answer in student.answers)

    @cached_property
    def tally(self) -> tuple[Tally, ...]:
        """The misconceptions that were met, the most frequent first."""
        met: dict[str, list[int]] = {}
        for answer in self.answers:
            if answer.mark.misconception:
                met.setdefault(answer.mark.misconception, []).append(answer.number)
        tallies = [Tally(name, len(numbers), tuple(sorted(set(numbers)))) for name, numbers in met.items()]
        return tuple(sorted(tallies, key=lambda t: (-t.count, t.misconception)))

    def with_outcome(self, outcome: Outcome) -> list[tuple[Student, Answer]]:
        """The answers that have this outcome, and whose they are."""
        return [(s, answer) for s in self.students for answer in s.answers if answer.mark.outcome == outcome]


def graded(bank: Source, answers: Source) -> ClassMarks:
    """The marks of a class, from the text of a bank and the text of a table of answers."""
    return marked(read_bank(bank), answers)


def marked(bank: Bank, answers: Source) -> ClassMarks:
    """The marks of a class, from a bank and the text of a table of answers."""
    marking = _Marking(bank)
    sheets = read_sheets(answers, bank)
    return ClassMarks(bank, tuple(map(marking.student, sheets.students)), sheets.passed_over)


class _Marking:
    """Marks the sheets of a class; what several typed is marked once."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._markers: dict[tuple[int, int], Marker] = {}
        self._marked: dict[tuple[int, int, str], Mark] = {}

    def student(self, sheet: Sheet) -> Student:
        """All questions of one student; what is unanswered is taken from the same paper as the rest."""
        variants = {variant for variant, _ in sheet.answers.values()}
        paper = 0 if self._bank.info.variants == 1 else sheet.paper
        if paper is None and len(variants) == 1:
            (paper,) = variants
        answers = tuple(self._answer(sheet, at, paper or 0) for at in range(len(self._bank.numbered)))
        return Student(sheet.student, None if paper is None else paper + 1, answers)

    def _answer(self, sheet: Sheet, at: int, paper: int) -> Answer:
        variant, text = sheet.answers.get(at, (paper, ""))
        return Answer(at + 1, variant + 1, self._bank.numbered[at][variant], text, self._mark(at, variant, text))

    def _mark(self, at: int, variant: int, text: str) -> Mark:
        if (at, variant) not in self._markers:
            self._markers[at, variant] = Marker(self._bank.numbered[at][variant])
        if (at, variant, text) not in self._marked:
            with limits.work():  # of its own, so that no answer takes anything from the others
                self._marked[at, variant, text] = self._markers[at, variant].mark(text)
        return self._marked[at, variant, text]


def _share(part: Fraction, of: Fraction) -> Fraction:
    return part / of if of else Fraction(0)


def decimal(value: Fraction, most: int) -> str:
    """A number with so many decimals at most, the last one rounded up from a half: 0.13 for 1/8."""
    scale = 10**most
    rounded = decimals(Fraction(floor(abs(value) * scale + Fraction(1, 2)), scale)) or ""
    return f"-{rounded}" if value < 0 and rounded != "0" else rounded
