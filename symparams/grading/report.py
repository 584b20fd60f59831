"""The marks of a class as a document; its words are in templates/styles/grade.j2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import NamedTuple

from symparams.documents.formats import is_written, written_formats
from symparams.documents.rendering import Document, written
from symparams.errors import SymparamsError, listed
from symparams.grading.items import Drawn, ItemAnalysis
from symparams.grading.marking import NO_KNOWN, Mark
from symparams.grading.marks import Answer, ClassMarks, Student, decimal

MINUS = "\N{MINUS SIGN}"
_DOUBTFUL = Fraction(-1, 10)  # a discrimination below that is more than chance in a class of usual size
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
    difficulty: Fraction | None  # the share of the points that the class got; None if nobody's answer is marked
    discrimination: Fraction | None  # its corrected correlation with the total; None where nothing varies


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

    @cached_property
    def analysis(self) -> ItemAnalysis:
        """What the answers say about the questions."""
        return ItemAnalysis(self.marks)

    @property
    def questions(self) -> list[QuestionEntry]:
        """Each question with how many had it right, and how well it tells students apart."""
        return [
            QuestionEntry(
                item.number,
                some[0].name,
                max(asked.points for asked in some),
                self.marks.right(item.number),
                item.difficulty,
                item.discrimination,
            )
            for item, some in zip(self.analysis.items, self.marks.bank.numbered, strict=True)
        ]

    @property
    def doubtful(self) -> list[int]:
        """The questions that those who do better in the others get wrong more often."""
        return [item.number for item in self.analysis.items if (item.discrimination or 0) < _DOUBTFUL]

    @property
    def wrong(self) -> list[Drawn]:
        """The wrong answers that were read, question by question, those that several gave first."""
        drawn = (drawn for item in self.analysis.items for drawn in item.drawn)
        return [one for one in drawn if one.answer.mark.outcome in ("known", "unknown")]

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """How many answers are not in the tally, by what became of them."""
        every = (
            (outcome, self.marks.counted(outcome)) for outcome in ("unknown", "unclear", "unread", "part", "empty")
        )
        return [(outcome, count) for outcome, count in every if count]

    def mistakes(self, wrong: Drawn) -> list[str]:
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

    def hundredths(self, count: Fraction) -> str:
        """A number with two decimals: 0.42, −0.10."""
        whole, rest = divmod(floor(abs(count) * 100 + Fraction(1, 2)), 100)
        return f"{MINUS if count < 0 else ''}{whole}.{rest:02}"

    def percent(self, share: Fraction) -> str:
        """A share in a hundred, without decimals."""
        return decimal(100 * share, 0)
