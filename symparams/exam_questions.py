"""An exam and its questions, as Python has them; loaded when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from symparams import limits
from symparams.api import Net
from symparams.documents.formats import format_named
from symparams.documents.written_question import DRAWS, AnswerType, BankInfo, Draw, WrittenQuestion
from symparams.errors import Source, SymparamsError, listed
from symparams.exams.blueprint import BlueprintLine, read_blueprint
from symparams.exams.checks import stress as check
from symparams.exams.course import SHOWN, Course
from symparams.exams.examination import USUAL, Wanted, check_number
from symparams.exams.levels import levels_of
from symparams.exams.shares import credit_of
from symparams.exports.answer_sheets import students_of
from symparams.exports.bank import Progress
from symparams.exports.edition import Edition, Part
from symparams.exports.export import PaperExport
from symparams.exports.markdown import answer_line
from symparams.exports.registry import export
from symparams.files import read_source
from symparams.quantities.settings import Setting, Settings
from symparams.results import Shown


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A wrong answer that is known in advance."""

    answer: str  # as a student types it; of a choice the text of the option, without markup
    credit: Fraction  # its share of the points, less than 1; below 0 for a choice that takes some away
    mistake: str  # the name of what was done wrong; empty where it is only a number near by
    feedback: str  # what is said to one who gives it, in Markdown


@limits.face
@dataclass(frozen=True, repr=False)
class Question:
    """A question of an exam, in one of its variants; all texts are Markdown."""

    number: int  # from 1
    variant: int  # of the question, from 1
    _asked: WrittenQuestion

    @property
    def identity(self) -> str:
        """A name that is equal for equal questions only: q-6fbd9f3d173d4bfd."""
        return self._asked.identity

    @property
    def name(self) -> str:
        """A short title: Parameters of conv_2."""
        return self._asked.name

    @property
    def kind(self) -> str:
        """What it asks for: params, shape, macs, field, total, blank, inverse, formula, mistake, compare, truth …"""
        return self._asked.kind

    @property
    def type(self) -> AnswerType:
        """How it is answered: number, shape, formula or choice."""
        return self._asked.answer_type

    @property
    def prompt(self) -> str:
        """What a student reads."""
        return self._asked.stem

    @property
    def key(self) -> str:
        """The right answer as a student types it: 18207, 24x24x63; of a choice the text of the option."""
        return self._asked.answer

    @property
    def value(self) -> int | Fraction | None:
        """The right answer as a number; None where it is not one."""
        return self._asked.value

    @property
    def options(self) -> tuple[str, ...]:
        """The answers to choose from, in their order; () where the answer is typed."""
        return tuple(option.plain for option in self._asked.options)

    @property
    def wrong_answers(self) -> tuple[WrongAnswer, ...]:
        """The wrong answers that are known, the likeliest first; of a choice the wrong options in their order."""
        asked = self._asked
        wrong = (
            WrongAnswer(o.plain, asked.share(o), o.misconception, o.feedback) for o in asked.options if not o.correct
        )
        return (*wrong, *(WrongAnswer(m.answer, m.credit, m.misconception, m.feedback) for m in asked.mistakes))

    @property
    def solution(self) -> str:
        """The worked solution."""
        return self._asked.solution

    @property
    def points(self) -> Fraction:
        """What a right answer gives; a multiple of 1/2."""
        return self._asked.points

    @property
    def difficulty(self) -> int:
        """From 1 to 5."""
        return self._asked.difficulty

    def __repr__(self) -> str:
        return f"<Question {self.number}: {self.name}, {self.type}>"

    def _repr_markdown_(self) -> str:
        return f"{self.prompt.rstrip()}\n\n{answer_line(self._asked)}\n"


@limits.face
@dataclass(frozen=True, repr=False)
class Exam(Shown):
    """Questions on networks with keys, solutions and feedback; made by `exam`."""

    nets: tuple[Net, ...]  # that it asks about
    _wanted: Wanted
    _settings: Settings
    title: str
    digits: str  # the mark between thousands: comma, space or none
    network_as: str  # how questions show a network: table, keras, torch, language or figure
    names: tuple[str, ...]  # of the students who each get a paper of their own; (): a line to write one on
    draw: Draw = "one"  # whether a student gets one of the variants of a question in a quiz, or all of them
    sheets: bool = False  # whether each paper has a sheet for the answers
    fonts: tuple[str, ...] = ()  # files or folders with further fonts, for a PDF
    engine: str = "typst"  # what makes a PDF: typst or lualatex

    @property
    def _layers(self) -> int:
        return sum(map(len, self.nets))

    @cached_property
    def _courses(self) -> tuple[Course, ...]:
        return tuple(self._course(n) for n in self.nets)

    def _course(self, net: Net) -> Course:
        course = Course(net._source, self._settings, net._values, net._catalogue, net._network, self.network_as)
        course.check_shown()
        return course

    @cached_property
    def _editions(self) -> dict[str, Edition]:
        return {}  # by format; what they planned is kept

    def edition(self, format_: str) -> Edition:
        """The exam in a format; one that cannot mark a typed shape or formula asks for a choice there."""
        if format_ not in self._editions:
            students = self.names if isinstance(export(format_), PaperExport) else ()
            self._editions[format_] = Edition(
                self._courses,
                self._wanted,
                format_,
                title=self.title,
                digits=self.digits,
                students=students,
                draw=self.draw,
                sheets=self.sheets,
                fonts=self.fonts,
                engine=self.engine,
            )
        return self._editions[format_]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions, as JSON has them: every variant of the first, then of the second …"""
        edition = self.edition("json")
        every = (divmod(number, edition.info.variants) for number in range(edition.total))
        asked = map(edition.asked, range(edition.total))
        return tuple(Question(slot + 1, variant + 1, one) for (slot, variant), one in zip(every, asked, strict=True))

    @property
    def info(self) -> BankInfo:
        """What the exam says of itself: title, seed, version, request and variants."""
        return self.edition("json").info

    def notices(self, format: str = "json") -> list[str]:
        """What was asked for and cannot be had in a format, a sentence each: kinds without a question, a penalty."""
        return self.edition(format).notices

    def write(
        self,
        path: str | Path,
        format: str = "markdown",
        *,
        part: Part | None = None,
        progress: Progress = lambda count: None,
    ) -> None:
        """Write it to a file or folder, as the command does: a file stands there whole, or not at all.

        `format`: markdown, json, latex, typst, html, pdf, docx, epub, moodle, gift, qti12, qti21, blackboard,
        prairielearn, anki, numbas, rexams or h5p; `part`: only the questions from one number to another, such as
        (1, 100). Raises SymparamsError where something else stands already.
        """
        self.edition(format).write(Path(path), part, progress)

    def with_template(self, template: str | Path, format: str = "markdown", *, part: Part | None = None) -> str:
        """The exam through a template of your own, with its questions in markdown, latex, typst or html."""
        return self.edition(format).written_with(Path(template), part)

    def _rendered(self, format_: str) -> str:
        return "".join(self.edition(format_).texts())

    def to_text(self) -> str:
        return self.to_markdown()

    def to_json(self) -> str:
        return self._rendered("json")

    def _repr_markdown_(self) -> str:
        """Its questions as a student reads them, each in its first variant."""
        edition, escape = self.edition("markdown"), format_named("markdown").escape
        asked = map(edition.asked, range(0, edition.total, edition.info.variants))
        texts = (
            f"**{number}. {escape(one.name)}**\n\n{one.stem.strip()}\n\n{answer_line(one)}\n"
            for number, one in enumerate(asked, 1)
        )
        return "\n".join((f"**{escape(self.info.title)}**\n", *texts))

    def _repr_latex_(self) -> None:
        """None: in LaTeX it is a paper of its own."""

    def _repr_mimebundle_(self, **choice: Any) -> dict[str, str]:
        return {"text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Exam {self.info.title!r}: {self.edition('json').total:,} questions>"

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # without what was worked out


@limits.work()
def exam(
    *nets: Net,
    questions: int | None = None,
    variants: int = 1,
    seed: int = 0,
    kinds: str | Sequence[str] | None = None,
    level: int | str | tuple[int, int] = (1, 5),
    fade: int = 0,
    show: str = SHOWN[0],
    stress: int = 0,
    credit: str | Path | Mapping[str, object] = "default",
    penalty: int | float | str | Fraction = 0,
    title: str = "",
    layers: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
    blueprint: str | Path | Source | None = None,
    story: bool = False,
    names: str | Path | Sequence[str] = (),
    sheets: bool = False,
    fonts: Sequence[str] = (),
    engine: str = "typst",
    format: str = "json",
    digits: str = "comma",
    draw: str = "one",
    **settings: Setting,
) -> Exam:
    """An exam on some networks, as `symparams exam` makes it.

    `questions`: how many, 10 if not given, or fewer where a network has not as many; `variants` of each; `seed`
    decides what is drawn. `kinds`: names, each perhaps with a type behind a colon, such as ["params",
    "shape:choice"] or "params,shape". `level`: 3, or (2, 4). `layers`: only these are asked about; `without`: these
    are not. `blueprint`: a CSV file with the columns points, kind, level and layer and a line for each question;
    empty cells mean any. `story`: one question whose parts build on one another. `fade`: how many of the last steps
    of solutions are left out. `show`: how questions show a network: table (of its layers), keras or torch (as
    code), language, figure. `stress`: so many more variants of each question are checked. `credit`: default (a typed
    wrong answer earns the share of its mistake, unless it is 0 or stands in the question; options earn nothing),
    choices (known wrong answers earn it wherever they are given), none, or the path of a CSV file with the columns
    mistake and share, or a dict of them. `penalty`: the share of the points, from 0 to 1, that a wrong choice takes
    away. `names`: students who each get a paper, or the path of a file with a name a line, a student number perhaps
    behind a semicolon; `sheets`: with a sheet for the answers before each of these papers; `fonts`: files or
    folders with further fonts, for a PDF, and `engine`: typst or lualatex. `format`: the one whose types of answers
    are planned and checked now, see `Exam.write`. `digits`: the mark between thousands, comma, space or none.
    `draw`: in the quizzes that formats describe, a student gets one of the variants of a question, or all of them.
    `settings`: see `Net.quantity`.
    Raises SymparamsError where there are not so many questions, with the reason.
    """
    if not nets:
        raise SymparamsError("an exam needs a network: exam(net)")
    check_number("stress", stress, 0)
    students = students_of(read_source(Path(names))) if isinstance(names, (str, Path)) else tuple(map(str, names))
    if story and kinds is not None:
        raise SymparamsError("a story is a kind of question: leave the kinds out, or name story among them")
    if story and questions is None and blueprint is None:
        questions = 1
    wanted = Wanted(
        questions,
        max(variants, len(students)) if students else variants,
        seed,
        _kinds(kinds, story),
        kinds is not None,
        levels_of(level),
        fade,
        credit=credit_of(credit, penalty),
        layers=_names(layers),
        without=_names(without),
        blueprint=() if blueprint is None else _blueprint(blueprint),
    )
    printed = (students, _draw(draw), sheets, tuple(map(str, fonts)), engine)
    made = Exam(nets, wanted, Settings(**settings), title or _title(nets), digits, show, *printed)
    check(made.edition(format).examination, stress)
    return made


def _kinds(given: str | Sequence[str] | None, story: bool) -> tuple[str, ...]:
    if given is not None:
        return _names(given)
    return ("story",) if story else USUAL


def _draw(given: str) -> Draw:
    for draw in DRAWS:
        if draw == given:
            return draw
    raise SymparamsError(f"draw: {listed(DRAWS, 'or')} is expected, not {str(given)[:40]}")


def _blueprint(given: str | Path | Source) -> tuple[BlueprintLine, ...]:
    return read_blueprint(given if isinstance(given, Source) else read_source(Path(given)))


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """Names in a list, or in a text with commas between them, each once."""
    names = given.split(",") if isinstance(given, str) else map(str, given)
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _title(nets: Sequence[Net]) -> str:
    """The titles of the networks, or the names of their files."""
    stems = ["" if n._source.name.startswith("<") else Path(n._source.name).stem for n in nets]
    return ", ".join(dict.fromkeys(filter(None, (n.title or stem for n, stem in zip(nets, stems, strict=True)))))
