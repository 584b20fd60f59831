"""The command that makes the appendix of a book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from symparams.appendices.files import Place, check_place, difference, is_current, write
from symparams.appendices.making import EXERCISES
from symparams.appendices.request import DRAWN, LEVELS, OWN, TEXTS, TITLE, Composed, Request
from symparams.commands.console import SOURCES, TEMPLATE, Inputs, assignments, check_template, of
from symparams.commands.file_options import WrittenFile
from symparams.commands.format_option import WRITTEN, Output, with_format
from symparams.documents.formats import GROUPS, is_whole
from symparams.errors import Source, listed
from symparams.files import place_for, write_standard_output
from symparams.model.network import Network
from symparams.model.tensor import BOTH, Convention
from symparams.reading.door import network

_FORMATS = {name: WRITTEN[name] for name in TEXTS}


@click.command()
@SOURCES
@with_format(_FORMATS, "latex")
@click.option("--title", default=TITLE, show_default=True, help="The heading of the appendix.")
@click.option(
    "--exercises", type=click.IntRange(0, 1000), default=EXERCISES, show_default=True, metavar="N", help="How many."
)
@click.option(
    "--section", "level", type=click.Choice(LEVELS), default="section", show_default=True,
    help="In LaTeX, Typst and Markdown: the level of its heading.",
)  # fmt: skip
@click.option("--standalone", "whole", is_flag=True, help="In LaTeX and Typst: a whole document, not a part of a book.")
@click.option(
    "--convention", "unstated", type=click.Choice(BOTH), help="Of networks that state none, in their text or its names."
)
@click.option(
    "--pictures", "drawn", type=click.Choice(list(DRAWN)), default="pdf", show_default=True,
    help="In LaTeX: pictures as PDF, or as TikZ, which TeX itself draws.",
)  # fmt: skip
@TEMPLATE
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show the difference if there is one.")
@click.option("--digits", type=click.Choice(GROUPS), default="comma", help="The thousands separator, as in 18,207.")
@click.option(
    "-o", "--output", metavar="FOLDER|FILE", type=WrittenFile(), help="A folder, or a file whose suffix says what."
)
def appendix(
    inputs: Inputs,
    given: Sequence[str],
    format_: str,
    title: str,
    exercises: int,
    level: str,
    whole: bool,
    unstated: Convention | None,
    drawn: str,
    template: Path | None,
    check: bool,
    digits: str,
    output: Output,
) -> None:
    """Make the appendix of a book: notation, each rule once, a section for each network, exercises and solutions.

    A folder gets appendix.tex (or .typ, .pdf, .html, .md), symparams.bib and figures/.
    """
    if output.path is None:
        raise click.UsageError("say where to write it with -o FOLDER or -o FILE")
    check_template(template, format_, output, OWN)
    if format_ == "lualatex":
        raise click.UsageError("an appendix is set by Typst; for LuaLaTeX, write it with --format latex --standalone")
    if drawn != "pdf" and output.format != "latex":
        raise click.UsageError("--pictures goes with --format latex; other texts have pictures of their own")
    if whole and (output.format not in ("latex", "typst") or not is_whole(output.format)):
        raise click.UsageError(f"--standalone goes with --format {listed(('latex', 'typst'), 'or')}")
    sources = tuple(inputs.sources())
    request = Request(
        sources, assignments(given), title, exercises, level, digits, whole, (), unstated, template, drawn
    )
    request = replace(request, words=_words(inputs, given, request, Place(Path(output.path), output.format)))
    with place_for(Path(output.path)) as path:
        differs = _delivered(Place(path, output.format), request, check, output.fonts)
    if differs:
        write_standard_output(f"{differs}\n")
        raise SystemExit(1)


def _delivered(place: Place, request: Request, check: bool, fonts: Sequence[str]) -> str:
    """How what is there differs, where that is asked; else it is written unless it is there already."""
    if not check:
        check_place(place, request)
        if is_current(place, request):
            return ""
    composed = Composed(request, [_network(source, request) for source in request.sources])
    if check:
        return difference(place, composed)
    write(place, composed, fonts)
    return ""


def _network(source: Source, request: Request) -> Network:
    return of(source, partial(network, unstated=request.unstated), source, dict(request.given))


def _words(inputs: Inputs, given: Sequence[str], request: Request, place: Place) -> tuple[str, ...]:
    """The command that makes it again, but for the names of many files."""
    files = [Path(file).name for file in inputs.files]
    words = ["symparams", "appendix", *(files if len(files) <= 3 else ["FILE..."])]
    words += [word for one in given for word in ("--set", one)]
    words += ["--convention", request.unstated] if request.unstated else []
    words += ["--title", f"'{request.title}'"] if request.title != TITLE else []
    words += ["--exercises", str(request.exercises)] if request.exercises != EXERCISES else []
    words += ["--section", request.level] if request.level != "section" else []
    words += ["--standalone"] if request.whole else []
    words += ["--pictures", request.drawn] if request.drawn != "pdf" else []
    words += ["--template", request.template.name] if request.template else []
    words += ["--digits", request.digits] if request.digits != "comma" else []
    words += ["--format", place.format] if not place.is_file and place.format != "latex" else []
    return (*words, "-o", place.path.name or ".")
