"""An exam on paper and its key from the same questions: through LaTeX's class `exam`, through Typst, or as a page."""

from __future__ import annotations

import hashlib
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Any, ClassVar

from symparams.documents.formats import Format, check_letters, markup_named
from symparams.documents.rendering import environment
from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports import answer_sheets
from symparams.exports.answer_sheets import Student, check_sheets, rows_of, sheet_code
from symparams.exports.export import Item, PaperExport
from symparams.exports.points import points

_GRADES = 10  # questions in a row of the table of grades
_NARROW, _WIDE = 40, 120  # millimeters of a line to write on


class Paper(PaperExport):
    """Two documents: exam.tex and exam-key.tex, or in another format."""

    template: ClassVar[str]  # of the whole document, in templates/
    has_sheets: ClassVar[bool] = True  # whether its pages can be sheets for answers
    pictures = True
    formulas = True
    penalties = True
    follows = True

    @property
    def format(self) -> Format:
        """The format that its questions are written in."""
        return markup_named(self.markup)

    def check(self) -> None:
        if self.sheets and not self.has_sheets:
            raise SymparamsError(f"an exam as {self.name} has no answer sheets, which have their places on a page")
        if self.sheets:
            check_sheets()

    def item(self, asked: WrittenQuestion) -> Item:
        return question(asked, self.format.escape, self.tied)

    @abstractmethod
    def tied(self, text: str) -> str:
        """A text of a question as it stands in the document."""

    def text(self, bank: BankInfo, papers: Sequence[Iterable[Item]], *, key: bool) -> Iterator[str]:
        yield from self.document(bank.title, papers, key, exam_code(bank) if self.sheets else "")

    def document(
        self, title: str, papers: Sequence[Iterable[Mapping[str, Any]]], key: bool, exam: str = ""
    ) -> Iterator[str]:
        """A document in pieces, with a paper for each student, or with their keys; of each paper its questions.

        Without names there is a line to write one on; with the code of an exam, a sheet for the answers is before
        each paper.
        """
        students = self.students
        if students and len(students) != len(papers):
            raise SymparamsError(f"there are {len(students)} students and {len(papers)} papers; each needs one")
        format_ = self.format
        titles = {"title": format_.escape(title), "short_title": format_.escape(_short(title, 55))}
        template = environment(format_).get_template(self.template)
        listed = answer_sheets.students(students or [""] * len(papers))
        exam = "" if key else exam
        papers_ = _papers(listed, papers, exam, format_.escape)
        pieces = template.generate(
            key=key, sheets=exam, draws=self.draws, papers=papers_, halves=halves, **titles, **self.around()
        )
        return (check_letters(piece, format_) for piece in pieces)

    def around(self) -> Mapping[str, object]:
        """What the template needs besides."""
        return {}


def variant(identities: Iterable[str]) -> str:
    """A short code that papers with the same questions in the same order share: 4B2F91."""
    return hashlib.sha256("\n".join(identities).encode("utf-8")).hexdigest()[:6].upper()


def exam_code(bank: BankInfo) -> str:
    """A short code of an exam: of its sources, options and version."""
    return hashlib.sha256(bank.request.encode("utf-8")).hexdigest()[:6].upper()


# What the QR code of an answer sheet says, and nothing else: the exam, the paper, and the number of the student.
SHEET = re.compile(r"(?P<exam>[0-9A-F]{6})-(?P<paper>[0-9A-F]{6})(?:-(?P<student>.+))?")


def _papers(
    students: Sequence[Student], papers: Sequence[Iterable[Mapping[str, Any]]], exam: str, escape: Callable[[str], str]
) -> Iterator[Mapping[str, object]]:
    before = 0  # questions in the papers before
    for student, questions in zip(students, papers, strict=True):
        identities, worth, typed = [], [], []  # of its questions
        penalties: set[Fraction] = set()
        rows: list[Mapping[str, object]] = []  # of its sheet
        for number, asked in enumerate(questions, 1):
            identities.append(asked["identity"])
            worth.append(Fraction(asked["worth"]))
            typed.append(not asked["options"])
            penalties.add(Fraction(asked["penalty"]))
            rows.extend(rows_of(asked, number))
        code = variant(identities)
        yield {
            "before": before,
            "name": escape(student.name),
            "short_name": escape(_short(student.name, 30)),
            "code": code,
            "count": len(identities),
            "worth": points(sum(worth, Fraction(0))),
            "has_lines": any(typed),
            "has_options": not all(typed),
            "penalty": _lost(max(penalties, default=Fraction(0))),
            "grades": _grades(worth),
            "total": str(sum(worth, Fraction(0))),
            "questions": questions,
            "sheet": _sheet(sheet_code(exam, code, student.number), student, rows, escape) if exam else None,
        }
        before += len(identities)


def _sheet(
    text: str, student: Student, rows: Sequence[Mapping[str, object]], escape: Callable[[str], str]
) -> Mapping[str, object]:
    """The sheet of a student, in pages that each have the QR code."""
    pages = answer_sheets.pages(rows)
    return {
        "text": escape(text),
        "qr": answer_sheets.qr_code(text),
        "number": escape(student.number),
        "pages": pages,
        "is_odd": len(pages) % 2 == 1,
    }


def _short(text: str, longest: int) -> str:
    """What fits above a page."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _grades(worth: Sequence[Fraction]) -> list[list[tuple[str, str]]]:
    """The table of grades, in rows that fit the page: numbers of questions with their points, then the total."""
    cells = [(str(at), str(each)) for at, each in enumerate(worth, 1)]
    cells.append(("", str(sum(worth, Fraction(0)))))
    return [cells[at : at + _GRADES] for at in range(0, len(cells), _GRADES)]


def question(asked: WrittenQuestion, escape: Callable[[str], str], tied: Callable[[str], str]) -> dict[str, Any]:
    """What a template needs of a question; the points stand on it or on its parts, for LaTeX adds up both.

    `escape` is for what is plain text, `tied` for what is written in the format.
    """
    in_parts = sum((blank.points for blank in asked.blanks), Fraction(0)) == asked.points and all(
        (2 * blank.points).denominator == 1 and blank.points for blank in asked.blanks
    )
    typed = not asked.options and not asked.blanks
    return {
        "identity": asked.identity,
        "worth": str(asked.points),
        "points": "" if asked.blanks and in_parts else str(asked.points),
        "stem": tied(asked.stem),
        "options": [{"text": tied(option.text), "right": option.correct} for option in asked.options],
        "parts": [_part(asked, at, in_parts, escape) for at in range(len(asked.blanks))],
        "solution": tied(asked.solution),
        "penalty": str(asked.penalty),
        "known": _known(asked, escape),
        "room": asked.answer_type if typed else "",
        "answer": escape(asked.answer),
        "width": _width(asked.answer_type == "formula", asked.answer) if typed else 0,
    }


def _part(asked: WrittenQuestion, at: int, has_points: bool, escape: Callable[[str], str]) -> Mapping[str, object]:
    blank = asked.blanks[at]
    label = f"({ascii_uppercase[at].lower()})" if at < len(ascii_uppercase) else ""  # what LaTeX calls the part
    return {
        "points": str(blank.points) if has_points else "",
        "label": label,
        "mark": "" if blank.mark == label else escape(blank.mark),
        "answer": escape(blank.answer),
        "width": _width(False, blank.answer),
    }


def _lost(penalty: Fraction) -> str:
    """How much of its points a question takes away for a wrong choice: a fraction; 1 for all, empty for nothing."""
    return str(penalty) if penalty else ""


def _known(asked: WrittenQuestion, escape: Callable[[str], str]) -> list[Mapping[str, str]]:
    """What is known of each wrong answer, for whoever marks the paper."""
    wrong: list[tuple[str, WrittenOption | WrittenMistake]] = [
        (letter, option) for letter, option in zip(ascii_uppercase, asked.options, strict=False) if not option.correct
    ]
    wrong.extend((mistake.answer, mistake) for mistake in asked.mistakes)
    known = [(answer, mistake, asked.points) for answer, mistake in wrong]
    known += [(f"{blank.mark} {one.answer}", one, blank.points) for blank in asked.blanks for one in blank.mistakes]
    told = [(answer, one, worth) for answer, one, worth in known if one.misconception or one.credit]
    return [
        {"answer": escape(answer), "mistake": escape(mistake.misconception), "points": points(share * worth)}
        for answer, mistake, worth in told
        for share in [asked.share(mistake) if isinstance(mistake, WrittenOption) else mistake.credit]
    ]


def halves(count: str, half: str) -> str:
    """Points, in whole and half ones."""
    whole, rest = divmod(Fraction(count), 1)
    return f"{whole or ('' if rest else 0)}{half if rest else ''}"


def _width(wide: bool, answer: str) -> int:
    """Millimeters of the line for an answer."""
    return min(_WIDE, max(_WIDE if wide else _NARROW, 3 * len(answer)))
