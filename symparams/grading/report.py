"""The marks of a class as a document; its words are in templates/styles/grade.j2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.documents.formats import is_written, written_formats
from symparams.documents.rendering import Document, written
from symparams.errors import SymparamsError, listed
from symparams.grading.marking import NO_KNOWN, Mark
from symparams.grading.marks import Answer, ClassMarks, Student, Wrong, decimal

_LONGEST = 60  # characters of an answer that are shown


def report(marks: ClassMarks, format_: str, digits: str = "comma") -> str:
    """The marks in one of the formats for whole documents."""
    if not is_written(format_):
        raise SymparamsError(
            f"there is no format `{format_}` for marks; the choices are {listed(list(written_formats()))}"
        )
    return written(Document(format=format_, digits=digits), "grade", d=MarksDocument(marks))


class StudentTable(NamedTuple):
    """A table of students with as many questions as there is room for."""

    numbers: range  # of the questions
    is_whole: bool  # whether they are all questions
    is_last: bool  # whether the totals follow


class QuestionEntry(NamedTuple):
    """A question, in whatever variants."""

    number: int  # its place in the exam, from 1
    name: str  # what it is about
    points: Fraction  # for a right answer
    right: Fraction  # the share of those who had it right


@dataclass(frozen=True)
class MarksDocument:
    """The marks of a class."""

    marks: ClassMarks  # what was marked

    @property
    def title(self) -> str:
        """That of the exam."""
        return self.marks.bank.info.title

    @property
    def number_of_questions(self) -> int:
        """How many there are, a variant being no question of its own."""
        return len(self.marks.bank.numbered)

    @property
    def has_papers(self) -> bool:
        """Whether there are papers with other numbers in the questions."""
        return self.marks.bank.info.variants > 1

    def student_tables(self, across: int) -> Iterator[StudentTable]:
        """Tables of students, each of so many questions at most; the last one with the totals."""
        count = self.number_of_questions
        for start in range(1, count + 1, across):
            numbers = range(start, min(start + across, count + 1))
            yield StudentTable(numbers, count <= across, numbers[-1] == count)

    def mark_of(self, student: Student, number: int) -> Mark:
        """What a student gets for a question."""
        return student.answers[number - 1].mark

    @property
    def questions(self) -> list[QuestionEntry]:
        """Each question with how many had it right."""
        return [
            QuestionEntry(n, some[0].name, max(asked.points for asked in some), self.marks.right(n))
            for n, some in enumerate(self.marks.bank.numbered, 1)
        ]

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """How many answers are not in the tally, by what became of them."""
        every = (
            (outcome, self.marks.counted(outcome)) for outcome in ("unknown", "unclear", "unread", "part", "empty")
        )
        return [(outcome, count) for outcome, count in every if count]

    def mistakes(self, wrong: Wrong) -> list[str]:
        """What is known of a wrong answer: its mistake, and which blanks are wrong, where there are several."""
        answer = wrong.answer
        which = answer.mark.remark if answer.asked.blanks else ""
        return [text for text in (answer.mark.misconception or NO_KNOWN, which) if text]

    def given(self, answer: Answer) -> str:
        """An answer as it was typed, or the option that was chosen, in a line."""
        text = answer.mark.chosen or answer.text
        return self.line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    def line(self, text: str) -> str:
        """What somebody wrote, in a line."""
        return " ".join(text.split())

    def points(self, count: Fraction) -> str:
        """Points with two decimals at most: 1, 0.5, 0.33."""
        return decimal(count, 2)

    def percent(self, share: Fraction) -> str:
        """A share in a hundred, without decimals."""
        return decimal(100 * share, 0)
