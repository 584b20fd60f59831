"""The command that makes exams: questions on networks, in the formats of the systems that ask them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from symparams.api import Net
from symparams.commands.choices import OpenChoice
from symparams.commands.console import TEMPLATE, Inputs, assignments, deliver, read, say, with_inputs, with_settings
from symparams.commands.file_options import ReadFile, WrittenFile
from symparams.commands.format_option import ENGINE, FONT, Output, check_pdf_options, with_named
from symparams.documents.formats import GROUPS
from symparams.documents.written_question import DRAWS
from symparams.errors import SymparamsError, listed
from symparams.exam_questions import Exam
from symparams.exam_questions import exam as made_exam
from symparams.exams.course import SHOWN
from symparams.exams.credit import POLICIES
from symparams.exams.examination import FADED, MOST, SEEDS, TYPES, USUAL
from symparams.exams.kinds import KINDS
from symparams.exams.levels import levels_of
from symparams.exports.answer_sheets import students_of
from symparams.exports.edition import OWN
from symparams.exports.export import PaperExport, TextExport
from symparams.exports.registry import EXPORTS, PAPERS, SHEETS, SUFFIXES
from symparams.files import place_for, write_standard_output
from symparams.layers import CATALOGUE
from symparams.quantities.settings import Setting

_PART = re.compile(r"([1-9]\d{0,11})(?:\.\.([1-9]\d{0,11}))?")


class _Span(click.ParamType[tuple[int, int]]):
    """A number, or two of them as 2..4."""

    def __init__(self, name: str, reading: Callable[[str], tuple[int, int]]) -> None:
        self.name = name
        self._reading = reading

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            return self._reading(str(value))
        except SymparamsError as error:
            self.fail(error.matter, param, ctx)


def _part_of(text: str) -> tuple[int, int]:
    span = _PART.fullmatch(text.strip())
    if span is None or int(span[2] or span[1]) < int(span[1]):
        raise SymparamsError(f"a part is the numbers of its first and last question, as 1..100, not {text[:40]}")
    return int(span[1]), int(span[2] or span[1])


_LEVEL = _Span("level", levels_of)
_QUESTIONS = _Span("part", _part_of)


@click.command()
@with_inputs
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter, which is then not drawn."
)
@click.option("--questions", type=click.IntRange(1, MOST), metavar="N", help="The number of questions. Default: 10.")
@click.option(
    "--variants",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    help="The number of variants of each question.",
)
@click.option(
    "--seed", type=click.IntRange(0, SEEDS), default=0, show_default=True, help="The seed for drawing values."
)
@click.option(
    "--kinds",
    default=None,
    metavar="KIND,KIND:TYPE…",
    help=f"Any of {', '.join(KINDS)}; a type ({', '.join(TYPES)}) may follow after a colon. "
    f"Default: {','.join(USUAL)}.",
)
@click.option("--level", type=_LEVEL, default=(1, 5), metavar="N or N..M", help="The difficulty, from 1 to 5.")
@click.option("--layers", default="", metavar="NAME,NAME…", help="Ask about these layers only.")
@click.option("--not", "without", default="", metavar="NAME,NAME…", help="Do not ask about these layers.")
@click.option(
    "--blueprint",
    metavar="FILE",
    type=ReadFile(),
    help="A CSV file with the columns points, kind, level, layer and a line for each question; empty cells mean any.",
)
@click.option(
    "--story", is_flag=True, help="One network for the whole paper, in parts (a), (b) … that build on one another."
)
@click.option(
    "--fade", type=click.IntRange(0, FADED), default=0, metavar="N", help="Leave out the last N steps of solutions."
)
@click.option(
    "--show",
    type=click.Choice(SHOWN),
    default=SHOWN[0],
    show_default=True,
    help="How questions show a network: its layers as a table or a figure, as code, or in the language.",
)
@click.option(
    "--stress",
    "stress",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Check N more variants of each question.",
)
@click.option(
    "--credit",
    type=ReadFile(words=POLICIES),
    default="default",
    metavar="|".join((*POLICIES, "FILE")),
    help="What wrong answers earn: default, typed ones the share of their mistake, unless they are 0 or stand in the "
    "question; choices, options too; none; or a CSV file with the columns mistake and share.",
)
@click.option("--penalty", default="0", metavar="SHARE", help="The share of the points that a wrong choice takes away.")
@click.option(
    "--draw",
    type=click.Choice(DRAWS),
    default="one",
    show_default=True,
    help="How many of the variants of a question a student gets in the quiz that a format describes.",
)
@click.option("--part", type=_QUESTIONS, metavar="A..B", help="Only questions A to B of the exam.")
@click.option("--title", default="", help="The title of the exam. Default: the title of the network.")
@click.option(
    "--names",
    metavar="FILE",
    type=ReadFile(),
    help="For papers: a file with one name per line, perhaps with `; NUMBER`; each name gets a paper.",
)
@click.option(
    "--sheets",
    is_flag=True,
    help="For papers: an answer sheet with a QR code before each.",
)
@TEMPLATE
@FONT
@ENGINE
@with_named("--format", "format_", OpenChoice("export", list(EXPORTS)), SUFFIXES, "markdown")
@with_settings
@click.option("--digits", type=click.Choice(GROUPS), default="comma", help="The thousands separator, as in 18,207.")
@click.option(
    "-o", "--output", metavar="PATH", type=WrittenFile(), help="Where to write. Default: text formats are printed."
)
def exam(
    inputs: Inputs,
    given: Sequence[str],
    blueprint: str | None,
    part: tuple[int, int] | None,
    names: str | None,
    sheets: bool,
    template: Path | None,
    fonts: Sequence[str],
    engine: str | None,
    format_: str,
    settings: dict[str, Setting],
    output: str | None,
    **asked: Any,
) -> None:
    """Make exam questions with keys, worked solutions and feedback on known mistakes."""
    _check_paper(format_, names is not None, sheets)
    check_pdf_options(format_, fonts, engine)
    if template is not None and format_ not in OWN:
        raise click.UsageError(f"--template goes with --format {listed(OWN, 'or')}")
    values = assignments(given)
    made = made_exam(
        *(Net(source, values, CATALOGUE) for source in inputs.sources()),
        blueprint=None if blueprint is None else read(blueprint),
        names=() if names is None else students_of(read(names)),
        sheets=sheets,
        fonts=fonts,
        engine=engine or "typst",
        format=format_,
        **asked,  # all else is called there as it is here
        **settings,
    )
    if template is not None:
        deliver(made.with_template(template, format_, part=part), Output(output, format_))
        return
    _deliver(made, format_, part, output)


def _check_paper(format_: str, has_names: bool, has_sheets: bool) -> None:
    """Raise UsageError where something is asked for that only papers have."""
    for option, is_given, able in (("--names", has_names, PAPERS), ("--sheets", has_sheets, SHEETS)):
        if is_given and format_ not in able:
            raise click.UsageError(f"{option} goes with --format {listed(able, 'or')}")


def _deliver(made: Exam, format_: str, part: tuple[int, int] | None, output: str | None) -> None:
    """Write the exam where it is to stand, or print it; then say what it lacks there."""
    edition = made.edition(format_)
    if output is not None:
        progress = _Progress(sum(map(len, edition.papers(part))))
        with place_for(Path(output)) as place:
            made.write(place, format_, part=part, progress=progress)
        progress.end()
    elif isinstance(edition.export, TextExport) or (isinstance(edition.export, PaperExport) and edition.export.is_text):
        for text in edition.texts(part):
            write_standard_output(text)
    else:
        raise click.UsageError(f"--format {format_} is not text; say where to write it with -o PATH")
    for notice in edition.notices:
        say(f"symparams: {notice}")


class _Progress:
    """How far a long run has come, on a terminal only."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._shown = sys.stderr.isatty()

    def __call__(self, count: int) -> None:
        if self._shown and (count % 50 == 0 or count == self._total):
            sys.stderr.write(f"\r{count:,} of {self._total:,} questions")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._shown:
            sys.stderr.write("\n")
