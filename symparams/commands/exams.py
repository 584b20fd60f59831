"""The command that makes exams: questions on networks, in the formats of the systems that ask them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from symparams import limits
from symparams.commands.console import COMMAND_LINE, GROUPS, SETTINGS, assignments, read, sources
from symparams.documents.asked import Asked, BankInfo
from symparams.documents.asking import Writer
from symparams.errors import SymparamsError
from symparams.exams.checking import stress
from symparams.exams.course import Course
from symparams.exams.examination import TYPES, USUAL, Examination, Wanted
from symparams.exams.kinds import KINDS
from symparams.exams.question import AnswerType
from symparams.exports.bank import write_bank, write_papers
from symparams.exports.export import Export, PaperExport, TextExport
from symparams.exports.registry import EXPORTS, export
from symparams.files import write_standard_output
from symparams.quantities.measures import Settings
from symparams.version import __version__

_LEVELS = re.compile(r"([1-5])(?:\.\.([1-5]))?")
_MOST = 1_000_000  # questions of a bank


class _Levels(click.ParamType[tuple[int, int]]):
    """3, or 2..4."""

    name = "level"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = _LEVELS.fullmatch(str(value).strip())
        if found is None or int(found[2] or found[1]) < int(found[1]):
            self.fail(f"a level is a number from 1 to 5, or two of them as 2..4, not {str(value)[:40]}", param, ctx)
        return int(found[1]), int(found[2] or found[1])


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of a file.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter; it is not drawn.")
@click.option("--questions", type=click.IntRange(1, _MOST), metavar="N", help="How many questions; 10 if not given.")
@click.option("--variants", type=click.IntRange(1, _MOST), default=1, show_default=True, help="Of each question.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Decides what is drawn.")
@click.option(
    "--kinds",
    default=",".join(USUAL),
    metavar="KIND,KIND:TYPE…",
    help=f"Of {', '.join(KINDS)}; a type ({', '.join(TYPES)}) may follow a colon.",
)
@click.option("--level", type=_Levels(), default=(1, 5), metavar="N or N..M", help="How hard: from 1 to 5.")
@click.option(
    "--fade", type=click.IntRange(0, 20), default=0, metavar="N", help="Leave out the last N steps of solutions."
)
@click.option(
    "--stress", "stressed", type=click.IntRange(0), default=0, metavar="N", help="Check N more variants of each."
)
@click.option("--title", default="", help="Of the exam; that of the network if not given.")
@click.option(
    "--names", metavar="FILE", type=click.Path(), help="With --format latex: a name a line, a paper for each."
)
@click.option("--format", "format_", type=click.Choice(list(EXPORTS)), default="markdown", show_default=True)
@SETTINGS
@click.option("--digits", type=click.Choice(GROUPS), default="comma", help="The mark between thousands: 18,207.")
@click.option(
    "-o", "--output", metavar="PATH", type=click.Path(), help="Where to write; text formats print if not given."
)
def exam(
    files: Sequence[str],
    expression: str | None,
    given: Sequence[str],
    questions: int | None,
    variants: int,
    seed: int,
    kinds: str,
    level: tuple[int, int],
    fade: int,
    stressed: int,
    title: str,
    names: str | None,
    format_: str,
    dtype: str,
    optimizer: str,
    flops: str,
    digits: str,
    output: str | None,
) -> None:
    """Exam questions with keys, worked solutions and feedback for known mistakes."""
    chosen = export(format_)
    students = _students(names, chosen)
    settings = Settings(dtype, optimizer, flops)
    courses = [Course(source, settings, assignments(given)) for source in sources(files, expression)]
    wanted = Wanted(
        questions,
        max(variants, len(students)),
        seed,
        tuple(dict.fromkeys(name.strip() for name in kinds.split(",") if name.strip())),
        level,
        fade,
        _types(chosen),
    )
    examination = Examination(courses, wanted)
    stress(examination, stressed)
    bank = _Bank(examination, chosen, digits)
    info = BankInfo(title or bank.title, seed, __version__, f"{examination.request}-{digits}", wanted.variants)
    if isinstance(chosen, PaperExport):
        _write_papers(chosen, info, bank, students, output)
    elif output is None:
        _print(chosen, info, bank)
    else:
        progress = _Progress(examination.total)
        write_bank(chosen, Path(output), info, bank.questions, examination.total, progress)
        progress.end()


class _Bank:
    """The questions of an examination, written for a format."""

    def __init__(self, examination: Examination, chosen: Export, digits: str) -> None:
        self.examination = examination
        seed = examination.wanted.seed
        self._writers = {id(c): Writer(c, chosen.markup, seed, digits) for c in examination.courses}

    @property
    def title(self) -> str:
        courses = self.examination.courses
        named = [c.title or c.stem for c in courses if c.source.name != COMMAND_LINE]
        return ", ".join(dict.fromkeys(named)) or "Exam"

    def questions(self, start: int = 0) -> Iterator[Asked]:
        """All questions from an index on."""
        for question in self.examination.questions(start):
            limits.begin_work()
            yield self._writers[id(question.course)].asked(question)

    def papers(self) -> list[list[Asked]]:
        """The questions of each paper."""
        return [[self._writers[id(q.course)].asked(q) for q in paper] for paper in self.examination.papers()]


def _types(chosen: Export) -> frozenset[AnswerType]:
    """The types of answers that a format can mark."""
    unmarked = {"shape": not chosen.shapes, "formula": not chosen.formulas}
    return frozenset(t for t in TYPES if not unmarked.get(t, False))


def _students(names: str | None, chosen: Export) -> list[str]:
    """The names in a file, a line each."""
    if names is None:
        return []
    if not isinstance(chosen, PaperExport):
        raise click.UsageError("--names goes with --format latex")
    found = [line.strip() for line in read(names).text.splitlines() if line.strip()]
    if not found:
        raise SymparamsError(f"{names}: there is no name in this file")
    return found


def _write_papers(
    chosen: PaperExport, info: BankInfo, bank: _Bank, students: Sequence[str], output: str | None
) -> None:
    """The exam and its key; the exam alone where it is printed."""
    papers = bank.papers()
    if output is None:
        write_standard_output(chosen.texts(info, students, papers)[""])
        return
    write_papers(chosen, Path(output), info, students, papers)


def _print(chosen: Export, info: BankInfo, bank: _Bank) -> None:
    """A bank that is text, on the terminal or into a pipe."""
    if not isinstance(chosen, TextExport):
        raise click.UsageError(f"--format {chosen.name} makes no text; name what to write with -o PATH")
    write_standard_output(chosen.head(info))
    for i, asked in enumerate(bank.questions()):
        write_standard_output((chosen.between() if i else "") + chosen.item(asked))
    write_standard_output(chosen.end(info, bank.examination.total, "printed"))


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
