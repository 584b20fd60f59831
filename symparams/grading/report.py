"""The marks of a class as a document; its words are in templates/styles/grade.j2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from symparams.documents.formats import FORMATS, Format, with_digits
from symparams.documents.rendering import environment, tidied
from symparams.documents.vocabulary import Column, capital, columns, ruled
from symparams.errors import SymparamsError, listed
from symparams.grading.marking import NO_KNOWN, Outcome
from symparams.grading.marks import Answer, ClassMarks, Student, decimal

_ACROSS = {"latex": 8, "text": 20, "markdown": 40}  # questions in a table of students; more get a table of their own
_USUAL = 20  # the same in other formats
_LONGEST = 60  # characters of an answer that are shown


class _NoLetters:
    """What the tables of a format ask of a network, where there is none."""

    has_letters = False


def report(marks: ClassMarks, format_: str, digits: str = "comma") -> str:
    """The marks in markdown, latex or text."""
    if format_ not in _ACROSS and FORMATS.ask(format_) is None:
        raise SymparamsError(f"there is no format `{format_}` for marks; there are {listed(list(_ACROSS))}")
    words = _Words(marks, with_digits(FORMATS[format_], digits))
    template = environment(format_).get_template("styles/grade.j2")
    return tidied(template.render(words.names(), format=f"formats/{format_}.j2"), words.format)


class _Words:
    """The marks of a class spoken in a format."""

    def __init__(self, marks: ClassMarks, format_: Format) -> None:
        self.marks = marks
        self.format = format_

    def names(self) -> dict[str, Any]:
        """What the template sees."""
        return {
            "s": _NoLetters,
            "m": self.marks,
            "ruled": ruled,
            "points": points,
            "percent": self.percent,
            "counted": self.counted,
            "listed": listed,
            "student_tables": list(self.student_tables()),
            "question_columns": columns(
                ("Question", 0.12, "right"), ("About", 0.48), ("Points", 0.12, "right"), ("Right", 0.12, "right")
            ),
            "question_rows": list(self.question_rows()),
            "tally_columns": columns(("Mistake", 0.5), ("Answers", 0.12, "right"), ("Questions", 0.26)),
            "tally_rows": [
                [self.text(capital(t.misconception)), self.number(t.count), ", ".join(map(str, t.questions))]
                for t in self.marks.tally
            ],
            "wrong_columns": self.wrong_columns(),
            "wrong_rows": list(self.wrong_rows()),
            "unread_columns": columns(("Student", 0.2), ("Question", 0.12, "right"), ("Answer", 0.2), ("Remark", 0.36)),
            "unread_rows": [
                [self.text(s.name), str(a.number), self.given(a), self.text(a.mark.remark)]
                for s, a in self.marks.unread
            ],
            "other": self.other(),
        }

    # ------------------------------------------------------------ tables

    def student_tables(self) -> Iterator[tuple[str, list[Column], list[list[str]]]]:
        """Tables of students, each of so many questions as the format has room for; the last one with the totals."""
        count, across = len(self.marks.bank.numbered), _ACROSS.get(self.format.name, _USUAL)
        for start in range(1, count + 1, across):
            numbers = range(start, min(start + across, count + 1))
            last = numbers[-1] == count
            title = f"Questions {start} to {numbers[-1]}" if count > across else ""
            papers = [("Paper", 0.07, "right")] if self._has_papers else []
            totals = [("Points", 0.08, "right"), ("Share", 0.08, "right")] if last else []
            each = [(str(number), 0.04, "right") for number in numbers]
            rows = [self._row(student, numbers, last) for student in self.marks.students]
            yield title, columns(("Student", 0.22), *papers, *each, *totals), rows

    def _row(self, student: Student, numbers: range, last: bool) -> list[str]:
        each = [student.answers[number - 1].mark for number in numbers]
        paper = [str(student.paper or "–")] if self._has_papers else []
        cells = ["–" if mark.outcome == "empty" else points(mark.points) for mark in each]
        totals = [points(student.points), self.percent(student.share)] if last else []
        return [self.text(student.name), *paper, *cells, *totals]

    @property
    def _has_papers(self) -> bool:
        return self.marks.bank.info.variants > 1

    def question_rows(self) -> Iterator[list[str]]:
        """Each question: its number, what it is about, its points, how many had it right."""
        for number, variants in enumerate(self.marks.bank.numbered, 1):
            worth = points(max(asked.points for asked in variants))
            yield [str(number), self.text(variants[0].name), worth, self.percent(self.marks.right(number))]

    def wrong_columns(self) -> list[Column]:
        """Of the table of wrong answers."""
        paper = [("Paper", 0.08, "right")] if self._has_papers else []
        rest = [("Answer", 0.26), ("Times", 0.08, "right"), ("Mistake", 0.34)]
        return columns(("Question", 0.12, "right"), *paper, *rest)

    def wrong_rows(self) -> Iterator[list[str]]:
        """Each wrong answer: to which question, how often, by which mistake."""
        for wrong in self.marks.wrong:
            answer = wrong.answer
            paper = [str(answer.variant)] if self._has_papers else []
            mistake = "; ".join(filter(None, [answer.mark.misconception or NO_KNOWN, _which(answer)]))
            yield [str(answer.number), *paper, self.given(answer), self.number(wrong.count), self.text(mistake)]

    def other(self) -> str:
        """What is not in the tally."""
        texts = [
            f"{self.counted(self.marks.counted(outcome), *words)}"
            for outcome, words in _OTHER.items()
            if self.marks.counted(outcome)
        ]
        return f"{capital(listed(texts))}." if texts else ""

    # ------------------------------------------------------------ words

    def text(self, text: str) -> str:
        """What somebody wrote, in a cell."""
        return self.format.escape(" ".join(text.split()))

    def given(self, answer: Answer) -> str:
        """An answer as it was typed, or the option that was chosen."""
        text = answer.mark.chosen or answer.text
        return self.text(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    def number(self, count: int) -> str:
        return f"{count:,}".replace(",", self.format.group)

    def counted(self, count: int, one: str, several: str) -> str:
        return f"{self.number(count)} {one if count == 1 else several}"

    def percent(self, share: Fraction) -> str:
        return self.format.escape(f"{decimal(100 * share, 0)} %")


_OTHER: Mapping[Outcome, tuple[str, str]] = {
    "unknown": ("wrong answer fits no known mistake", "wrong answers fit no known mistake"),
    "unread": ("answer could not be read", "answers could not be read"),
    "part": ("answer is right as far as it goes", "answers are right as far as they go"),
    "empty": ("question was left unanswered", "questions were left unanswered"),
}


def _which(answer: Answer) -> str:
    """Which blanks are wrong, where there are several."""
    return answer.mark.remark if answer.asked.blanks else ""


def points(count: Fraction) -> str:
    """Points with two decimals at most: 1, 0.5, 0.33."""
    return decimal(count, 2)
