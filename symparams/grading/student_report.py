"""What a student gets back: each question with the answer, what was said to it, and how it comes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from symparams.documents.formats import OFFICE, Format
from symparams.documents.office import check_pandoc, office
from symparams.documents.pdf import check_typst, pdf
from symparams.documents.rendering import Document, standalone, written
from symparams.errors import SymparamsError
from symparams.files import desk, write_whole
from symparams.grading.bank_text import in_format
from symparams.grading.marking import NO_KNOWN
from symparams.grading.marks import Answer, ClassMarks, Student, decimal

ReportFormat: TypeAlias = Literal["html", "markdown", "typst", "pdf", "docx", "epub"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
_SUFFIX: dict[str, str] = {"html": ".html", "markdown": ".md", "typst": ".typ", "pdf": ".pdf", **OFFICE}
_MADE_OF = {"pdf": "typst", **dict.fromkeys(OFFICE, "office")}  # what is no text, and the format of what makes it
_LONGEST = 200  # characters of an answer that are shown
_NAME = 40  # characters of a name in the name of a file


@dataclass(frozen=True)
class StudentDocument:
    """The report for a student."""

    marks: ClassMarks  # of the class
    student: Student  # whose report it is
    format: Format  # what it is written in

    @property
    def title(self) -> str:
        """That of the exam."""
        return self.marks.bank.info.title

    @property
    def paper(self) -> int | None:
        """The paper that the student had, where there are several."""
        return self.student.paper if self.marks.bank.info.variants > 1 else None

    def from_bank(self, text: str) -> str:
        """A text of the bank, as blocks of the format; banks have Markdown."""
        return text.strip("\n") if self.format.name == "markdown" else in_format(text, self.format)

    def given(self, answer: Answer) -> str:
        """An answer as it was typed, or the option that was chosen, in a line."""
        text = " ".join((answer.mark.chosen or answer.text).split())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def key(self, answer: Answer) -> str:
        """The right answer, or that of each blank."""
        blanks = "; ".join(f"{blank.mark} {blank.answer}" for blank in answer.asked.blanks)
        return self.line(blanks or answer.asked.answer)

    def line(self, text: str) -> str:
        """What somebody wrote, in a line."""
        return " ".join(text.split())

    def is_usual(self, remark: str) -> bool:
        """Whether a remark says only that the answer is wrong."""
        return remark == NO_KNOWN

    def points(self, count: Fraction) -> str:
        """Points with two decimals at most: 1, 0.5, 0.33."""
        return decimal(count, 2)

    @property
    def percent(self) -> str:
        """The share of the points, in a hundred."""
        return decimal(100 * self.student.share, 0)


def student_report(marks: ClassMarks, student: Student, format_: ReportFormat = "html", digits: str = "comma") -> str:
    """The report for a student, as a document that stands alone; of what is no text what it is made of."""
    document = Document(format=_MADE_OF.get(format_, format_), digits=digits)
    text = written(document, "student", d=StudentDocument(marks, student, document.record))
    return text if format_ == "markdown" else standalone(text, document.format)


def student_reports(
    marks: ClassMarks, format_: ReportFormat = "html", digits: str = "comma", fonts: Sequence[str] = ()
) -> Iterator[tuple[str, str | bytes]]:
    """The names of the files for all students, and what is in them."""
    width = len(str(len(marks.students)))
    for number, student in enumerate(marks.students, 1):
        name = f"{number:0{width}}-{_plain(student.name)}{_SUFFIX[format_]}"  # by its number no reserved one
        text = student_report(marks, student, format_, digits)
        yield name, _made(text, format_, fonts)


def _made(text: str, format_: ReportFormat, fonts: Sequence[str]) -> str | bytes:
    """What stands in the file of a report."""
    if format_ == "pdf":
        return pdf(text, fonts)
    return office(text, format_) if format_ in OFFICE else text


def write_reports(
    marks: ClassMarks,
    folder: Path,
    format_: ReportFormat = "html",
    digits: str = "comma",
    fonts: Sequence[str] = (),
) -> None:
    """Write the reports into a folder, which is made if it is not there."""
    if format_ == "pdf":
        check_typst()
    if format_ in OFFICE:
        check_pandoc()
    try:
        if desk() is None:
            folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "no folder can have such a name"
        raise SymparamsError(f"cannot write {folder}: {reason}") from None
    for name, contents in student_reports(marks, format_, digits, fonts):
        write_whole(folder / name, contents)


def _plain(name: str) -> str:
    """A name as part of the name of a file: its letters, marks and digits, of whatever script."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    seen = (sign for sign in composed if unicodedata.category(sign) != "Cf")  # such as those that turn the direction
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" else "-" for sign in seen)
    return _beginning(re.sub("-+", "-", kept).strip("-")) or "student"


def _beginning(name: str) -> str:
    """As much of a name as there is room for, no letter without its marks."""
    end = _NAME
    while end and unicodedata.category(name[end : end + 1] or "x")[0] == "M":
        end -= 1
    return name[:end].strip("-")
