"""An exam in a format: its questions by their numbers, as a text, or written to a file or folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from symparams import limits
from symparams.documents.exam_document import ExamDocument, ExamPaper
from symparams.documents.formats import markup_named
from symparams.documents.network_rows import is_drawn
from symparams.documents.question_writer import Writer
from symparams.documents.rendering import Document, written_with
from symparams.documents.written_question import BankInfo, Draw, WrittenQuestion
from symparams.errors import SymparamsError, listed
from symparams.exams.course import Course
from symparams.exams.examination import TYPES, Examination, Wanted
from symparams.exams.kinds import KINDS
from symparams.exams.question import AnswerType
from symparams.exams.selection import kind_named
from symparams.exports.answer_sheets import students as listed_students
from symparams.exports.bank import Progress, write_bank
from symparams.exports.export import Export, Item, PaperExport, TextExport
from symparams.exports.registry import PAPERS, export
from symparams.version import __version__

OWN = ("markdown", "latex", "typst", "html")  # the formats in which templates of users write exams
Part: TypeAlias = tuple[int, int]  # the first and the last of some questions, from 1


class Edition:
    """All questions of an exam in a format; with `students` there is a paper for each."""

    def __init__(
        self,
        courses: Sequence[Course],
        wanted: Wanted,
        format_: str,
        *,
        title: str = "",
        digits: str = "comma",
        students: Sequence[str] = (),
        draw: Draw = "one",
        sheets: bool = False,
        fonts: Sequence[str] = (),
        engine: str = "",
    ) -> None:
        self.export = export(format_, engine)
        if isinstance(self.export, PaperExport):
            self.export.students, self.export.sheets, self.export.fonts = students, sheets, fonts
            self.export.draws = any(course.show == "figure" for course in courses)
        elif students:
            raise SymparamsError(f"names of students go with the format {listed(PAPERS, 'or')}")
        variants = max(wanted.variants, len(students))
        types = wanted.answer_types & answer_types(self.export)
        self.examination = Examination(courses, replace(wanted, variants=variants, answer_types=types))
        request = f"{self.examination.request}-{digits}" + ("" if draw == "one" else f"-{draw}")
        questions = self.total // variants
        self.info = BankInfo(title or "Exam", wanted.seed, __version__, request, variants, questions, draw)
        self._writers = {
            course: Writer(
                course, self.export.markup, wanted.seed, digits, wanted.credit, pictures=self.export.pictures
            )
            for course in courses
        }

    @property
    def notices(self) -> list[str]:
        """What was asked for and cannot be had in this format, a sentence each."""
        own = [*self.export.notices(self.examination.wanted), *self._typing_notices(), *self._part_notices()]
        own += self._picture_notices()
        return list(dict.fromkeys([*self.examination.notices, *own]))

    def _typing_notices(self) -> Iterator[str]:
        """Which questions are choices although their answers would be typed, and which spellings earn nothing."""
        asked = {(plan.kind, plan.answer_type) for plan in self.examination.asked}
        for kind, types in map(kind_named, self.examination.wanted.kinds):
            for answer_type in types:
                if answer_type not in answer_types(self.export) and (kind.name, "choice") in asked:
                    ask = f"questions of the kind {kind.name} are choices"
                    yield f"the format {self.export.name} cannot mark a {answer_type} that is typed: {ask}"
        said = {"shape": self.export.shape_notice, "formula": self.export.formula_notice}
        yield from (text for type_, text in said.items() if text and any(one == type_ for _, one in asked))

    def _picture_notices(self) -> Iterator[str]:
        """Which networks are tables although pictures were asked for."""
        drawn = [course for course in self._writers if course.show == "figure"]
        if drawn and not self.export.pictures:
            yield f"the format {self.export.name} has no pictures: networks are shown as tables"
            return
        for course in drawn:
            if not is_drawn(course):
                name = course.title or course.source.name
                yield f"{name} has many layers, or some that stand for copies: it is shown as a table, not as a figure"

    def _part_notices(self) -> Iterator[str]:
        """Whether parts that build on one another are marked by the right answers to earlier ones only."""
        if not self.export.follows and any(KINDS[plan.kind].parts for plan in self.examination.asked):
            yield (
                f"the format {self.export.name} marks every part by the right answers to earlier parts; "
                "`symparams grade`, PrairieLearn and Numbas go on from a student's own"
            )

    @property
    def total(self) -> int:
        """How many questions there are."""
        return self.examination.total

    def asked(self, number: int) -> WrittenQuestion:
        """The question of a number, from 0."""
        with limits.work():  # of its own: what a question is never depends on those before it
            question = self.examination.question(number)
            asked = self._writers[question.course].asked(question)
        slot, variant = divmod(number, self.info.variants)
        return replace(asked, number=slot + 1, variant=variant + 1 if self.info.variants > 1 else 0)

    def item(self, number: int) -> Item:
        """What the format keeps of the question of a number, from 0."""
        return self.export.item(self.asked(number))

    def papers(self, part: Part | None = None) -> list[range]:
        """The numbers of the questions of each paper; where nothing is printed, of all together."""
        first, last = part or (1, self.total)
        if not 1 <= first <= last <= self.total:
            raise SymparamsError(f"there are {self.total:,} questions; {first}..{last} is not among them")
        if not isinstance(self.export, PaperExport):
            return [range(first - 1, last)]
        step = self.info.variants
        own = [range(first - 1 + (variant + 1 - first) % step, last, step) for variant in range(step)]
        return [numbers for numbers in own if numbers]

    def texts(self, part: Part | None = None) -> Iterator[str]:
        """The bank as a text, in pieces; of an exam on paper the exam alone."""
        self.export.check()
        for text in self._texts(self.papers(part)):
            if not isinstance(text, str):
                raise SymparamsError(f"the format {self.export.name} makes something other than text")
            yield text

    def _texts(self, papers: list[range]) -> Iterator[str]:
        if isinstance(self.export, PaperExport) and self.export.is_text:
            yield from self.export.text(self.info, [list(map(self.item, paper)) for paper in papers], key=False)
            return
        if not isinstance(self.export, TextExport):
            raise SymparamsError(f"the format {self.export.name} is not text; say which file to write")
        yield from self.export.body(self.info, map(self.item, papers[0]))
        yield self.export.end(self.info, len(papers[0]), "printed")

    def written_with(self, template: Path, part: Part | None = None) -> str:
        """What a user's own template makes of the exam; its questions are written in the format."""
        if self.export.name not in OWN:
            raise SymparamsError(f"templates go with the formats {listed(OWN)}, not with {self.export.name}")
        students = self.export.students if isinstance(self.export, PaperExport) else ()
        step = self.info.variants
        first, last = part or (1, self.total)
        papers = [[at for at in range(first - 1, min(last, self.total)) if at % step == one] for one in range(step)]
        names = [student.name for student in listed_students(students or [""] * step)]
        about = ExamDocument(
            self.info.title,
            self.info.seed,
            self.info.version,
            tuple(
                ExamPaper(number, name, tuple(map(self.asked, paper)))
                for number, (name, paper) in enumerate(zip(names, papers, strict=True), 1)
                if paper
            ),
        )
        layers = max(sum(map(len, papers)), 1)
        return written_with(template, layers, Document(format=markup_named(self.export.markup).name), d=about)

    def write(self, path: Path, part: Part | None = None, progress: Progress = lambda count: None) -> None:
        """Write all questions or a part of them; what stands there already and is something else is left alone."""
        self.export.check()
        said = f"{part[0]}..{part[1]}" if part else ""
        write_bank(self.export, path, self.info, self.papers(part), self.item, said, progress)


def answer_types(chosen: Export) -> frozenset[AnswerType]:
    """The types of answers that a format can mark."""
    unmarked = {"shape": not chosen.shapes, "formula": not chosen.formulas}
    return frozenset(t for t in TYPES if not unmarked.get(t, False))
