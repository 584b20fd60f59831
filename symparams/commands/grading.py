"""The command that marks a class."""

from __future__ import annotations

from pathlib import Path

import click

from symparams import limits
from symparams.commands.console import (
    OUTPUT,
    STANDALONE,
    as_json,
    check_standalone,
    deliver,
    deliver_document,
    read,
    say,
)
from symparams.commands.file_options import ReadFile, WrittenFile
from symparams.commands.format_option import WRITTEN, Output, with_format
from symparams.documents.formats import is_written
from symparams.grading.marks import ClassMarks, graded
from symparams.grading.plot import check_plot, plot
from symparams.grading.report import report
from symparams.grading.student_report import REPORT_FORMATS, ReportFormat, write_reports
from symparams.grading.tables import TABLES, as_csv, as_record

_NAMED, _SHOWN = 12, 60  # columns in a note, and characters of each


@click.command()
@click.argument("bank", type=ReadFile(), metavar="BANK")
@click.option(
    "--answers",
    required=True,
    type=ReadFile(),
    metavar="FILE",
    help="CSV: student, question, answer; or student and one column per question; or as Moodle or a form exports it.",
)
@with_format({**WRITTEN, "csv": (".csv",)}, "text", picture="picture")
@STANDALONE
@click.option("--table", type=click.Choice(TABLES), help="With --format csv: which table. Default: marks.")
@click.option(
    "--plot", "picture", metavar="FILE", type=WrittenFile(path_type=Path), help="Draw the mistakes: png, svg or pdf."
)
@click.option(
    "--reports",
    metavar="FOLDER",
    type=WrittenFile(path_type=Path),
    help="Write a report with feedback for each student there.",
)
@click.option(
    "--reports-as",
    "written_as",
    type=click.Choice(REPORT_FORMATS),
    help="What the reports are written in. Default: html.",
)
@OUTPUT
def grade(
    bank: str,
    answers: str,
    format_: str,
    whole: bool,
    table: str | None,
    picture: Path | None,
    reports: Path | None,
    written_as: ReportFormat | None,
    digits: str,
    output: Output,
) -> None:
    """Grade a class, and list the mistakes behind its wrong answers.

    BANK is a file written by `symparams exam --format json`.
    """
    check_standalone(whole, format_)
    if table is not None and format_ != "csv":
        raise click.UsageError("--table goes with --format csv")
    if written_as is not None and reports is None:
        raise click.UsageError("--reports-as goes with --reports")
    if bank == answers == "-":
        raise click.UsageError("only one of BANK and --answers can be the standard input")
    if picture is not None:
        check_plot(picture)
    marks = graded(read(bank, limits.BANK_BYTES), read(answers, limits.ANSWERS_BYTES))
    if marks.passed_over:
        say(f"symparams: {answers}: columns that are no question of the bank are passed over: {_listed(marks)}")
    text = _written(marks, format_, digits, table or TABLES[0])
    if picture is not None:
        plot(marks, picture, output.fonts)
    if reports is not None:
        write_reports(marks, reports, written_as or REPORT_FORMATS[0], digits, output.fonts)
    if is_written(format_):
        deliver_document(text, format_, output, whole)
    else:
        deliver(text, output)


def _listed(marks: ClassMarks) -> str:
    names = [name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…" for name in marks.passed_over[:_NAMED]]
    return ", ".join(names) + (" …" if len(marks.passed_over) > _NAMED else "")


def _written(marks: ClassMarks, format_: str, digits: str, table: str) -> str:
    if format_ == "json":
        return as_json([as_record(marks)])
    return as_csv(marks, table) if format_ == "csv" else report(marks, format_, digits)
