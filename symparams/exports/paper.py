"""An exam on paper, through LaTeX's class `exam`, and its key from the same questions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from symparams.documents.formats import FORMATS, check_letters, escape_latex
from symparams.documents.rendering import environment
from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports import answer_sheets
from symparams.exports.answer_sheets import Student, rows_of, sheet_code
from symparams.exports.points import points

_GRADES = 10  # questions in a row of the table of grades
_HALF = r"\half"  # as the class adds it up
_NARROW, _WIDE = 40, 120  # millimetres of a line to write on


def document(
    title: str, students: Sequence[str], papers: Sequence[Iterable[Mapping[str, Any]]], key: bool, exam: str = ""
) -> Iterator[str]:
    """A LaTeX document in pieces, with a paper for each student, or with their keys; of each paper its questions.

    Without names there is a line to write one on; with the code of an exam, a sheet for the answers is before each
    paper.
    """
    if students and len(students) != len(papers):
        raise SymparamsError(f"there are {len(students)} students and {len(papers)} papers; each needs one")
    titles = {"title": escape_latex(title), "short_title": escape_latex(_short(title, 55))}
    template = environment(FORMATS["latex"]).get_template("formats/exam.tex.j2")
    listed = answer_sheets.students(students or [""] * len(papers))
    exam = "" if key else exam
    pieces = template.generate(key=key, sheets=exam, papers=_papers(listed, papers, exam), **titles)
    return (check_letters(piece, FORMATS["latex"]) for piece in pieces)


def variant(identities: Iterable[str]) -> str:
    """A short code that papers with the same questions in the same order share: 4B2F91."""
    return hashlib.sha256("\n".join(identities).encode("utf-8")).hexdigest()[:6].upper()


def exam_code(bank: BankInfo) -> str:
    """A short code of an exam: of its sources, options and version."""
    return hashlib.sha256(bank.request.encode("utf-8")).hexdigest()[:6].upper()


# What the QR code of an answer sheet says, and nothing else: the exam, the paper, and the number of the student.
SHEET = re.compile(r"(?P<exam>[0-9A-F]{6})-(?P<paper>[0-9A-F]{6})(?:-(?P<student>.+))?")


def _papers(
    students: Sequence[Student], papers: Sequence[Iterable[Mapping[str, Any]]], exam: str
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
            "name": escape_latex(student.name),
            "short_name": escape_latex(_short(student.name, 30)),
            "code": code,
            "count": len(identities),
            "worth": points(sum(worth, Fraction(0))),
            "has_lines": any(typed),
            "has_options": not all(typed),
            "penalty": _lost(max(penalties, default=Fraction(0))),
            "grades": _grades(worth),
            "questions": questions,
            "sheet": _sheet(sheet_code(exam, code, student.number), student, rows) if exam else None,
        }
        before += len(identities)


def _sheet(text: str, student: Student, rows: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The sheet of a student, in pages that each have the QR code."""
    pages = answer_sheets.pages(rows)
    return {
        "text": escape_latex(text),
        "qr": answer_sheets.qr_code(text),
        "number": escape_latex(student.number),
        "pages": pages,
        "is_odd": len(pages) % 2 == 1,
    }


def _short(text: str, longest: int) -> str:
    """What fits above a page."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _grades(worth: Sequence[Fraction]) -> list[Mapping[str, object]]:
    """The table of grades, in rows that fit the page."""
    cells = [{"number": str(at), "points": _half(each)} for at, each in enumerate(worth, 1)]
    cells.append({"number": r"\textbf{Total}", "points": _half(sum(worth, Fraction(0)))})
    return [{"cells": cells[at : at + _GRADES]} for at in range(0, len(cells), _GRADES)]


def question(asked: WrittenQuestion) -> dict[str, Any]:
    """What the template needs of a question; the points stand on it or on its parts, for LaTeX adds up both."""
    in_parts = sum((blank.points for blank in asked.blanks), Fraction(0)) == asked.points and all(
        (2 * blank.points).denominator == 1 and blank.points for blank in asked.blanks
    )
    typed = not asked.options and not asked.blanks
    return {
        "identity": asked.identity,
        "worth": str(asked.points),
        "points": "" if asked.blanks and in_parts else _bracketed(asked.points),
        "stem": asked.stem.strip("\n"),
        "options": [{"text": option.text.strip("\n"), "right": option.correct} for option in asked.options],
        "parts": [_part(asked, at, in_parts) for at in range(len(asked.blanks))],
        "solution": asked.solution.strip("\n"),
        "penalty": str(asked.penalty),
        "known": _known(asked),
        "room": asked.answer_type if typed else "",
        "answer": _filled_in(asked.answer),
        "width": _width(asked.answer_type == "formula", asked.answer) if typed else "",
    }


def _part(asked: WrittenQuestion, at: int, has_points: bool) -> Mapping[str, object]:
    blank = asked.blanks[at]
    label = f"({ascii_uppercase[at].lower()})" if at < len(ascii_uppercase) else ""  # what LaTeX calls the part
    return {
        "points": _bracketed(blank.points) if has_points else "",
        "mark": "" if blank.mark == label else f"{escape_latex(blank.mark)}\\enspace ",
        "answer": _filled_in(blank.answer),
        "width": _width(False, blank.answer),
    }


def _lost(penalty: Fraction) -> str:
    """How much of its points a question takes away for a wrong choice; empty for nothing."""
    return "all the points" if penalty == 1 else f"${penalty}$ of the points" if penalty else ""


def _known(asked: WrittenQuestion) -> list[str]:
    """What is known of each wrong answer, for whoever marks the paper."""
    wrong: list[tuple[str, WrittenOption | WrittenMistake]] = [
        (letter, option) for letter, option in zip(ascii_uppercase, asked.options, strict=False) if not option.correct
    ]
    wrong.extend((mistake.answer, mistake) for mistake in asked.mistakes)
    known = [(answer, mistake, asked.points) for answer, mistake in wrong]
    known += [(f"{blank.mark} {one.answer}", one, blank.points) for blank in asked.blanks for one in blank.mistakes]
    told = [(answer, one, worth) for answer, one, worth in known if one.misconception or one.credit]
    return [
        f"\\textbf{{{escape_latex(answer)}}} "
        + (f"{escape_latex(mistake.misconception)}, " if mistake.misconception else "")
        + points(share * worth).replace(" ", "~")
        for answer, mistake, worth in told
        for share in [asked.share(mistake) if isinstance(mistake, WrittenOption) else mistake.credit]
    ]


def _bracketed(count: Fraction) -> str:
    return f"[{_half(count, _HALF)}]"


def _half(count: Fraction, half: str = r"\textonehalf{}") -> str:
    """Points, in whole and half ones."""
    whole, rest = divmod(count, 1)
    return f"{whole or ('' if rest else 0)}{half if rest else ''}"


def _filled_in(answer: str) -> str:
    """An answer on a line; braces keep a bracket in it from ending the argument."""
    return f"{{{escape_latex(answer)}}}"


def _width(wide: bool, answer: str) -> str:
    return f"{min(_WIDE, max(_WIDE if wide else _NARROW, 3 * len(answer)))}mm"
