"""The command line: reads what is asked, calls the library, prints; one message and status 2 if something is wrong."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from symparams import extensions, limits
from symparams.commands.choices import OpenChoice
from symparams.commands.completion import layers_of_the_network
from symparams.commands.console import (
    ALL_LAYERS,
    FIGURES,
    FORMAT,
    OUTPUT,
    SOURCES,
    STANDALONE,
    TEMPLATE,
    Inputs,
    as_json,
    as_ours,
    check_figures,
    check_standalone,
    check_template,
    deliver,
    deliver_document,
    networks,
    of,
    plain_warnings,
    say,
    with_settings,
)
from symparams.commands.format_option import WRITTEN, Output, with_format
from symparams.documents import contract
from symparams.documents.labels import slugs
from symparams.documents.rendering import STYLES, Document, record, render, render_with
from symparams.documents.solution import Solution
from symparams.documents.totals import BYS
from symparams.errors import Source, SymparamsError
from symparams.files import let_go
from symparams.quantities.layer_quantities import ALL, QUANTITIES, USUAL
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import amount
from symparams.version import __version__

# Where the other commands stand; each is loaded when it is called, because exams need much that solutions do not.
_COMMANDS = {
    "appendix": "appendix",
    "answer": "answer",
    "check": "check",
    "compare": "questions",
    "convert": "convert",
    "find": "questions",
    "format": "layout",
    "diagnose": "diagnose",
    "draw": "draw",
    "exam": "exams",
    "grade": "grading",
    "examples": "examples",
    "hover": "hover",
    "lsp": "lsp",
    "mcp": "mcp",
    "layers": "catalogues",
    "families": "catalogues",
    "extensions": "catalogues",
    "misconceptions": "catalogues",
    "plot": "plot",
    "template": "catalogues",
}


class _Commands(click.Group):
    """The commands of this module, and those that are loaded later."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"symparams.commands.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="symparams")
@click.option("--with", "with_", multiple=True, metavar="NAME", help="Use an extension for every network.")
def main(with_: Sequence[str]) -> None:
    """Explain the shapes, parameters and work of neural networks, with numbers or letters."""
    for name in with_:
        extensions.use(name)


@main.command()
@SOURCES
@click.option(
    "--style", type=click.Choice(STYLES), help="The style of the solution; `steps`, with --layer or --total `answer`."
)
@FORMAT
@STANDALONE
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="NAME",
    shell_complete=layers_of_the_network,
    help='Only this layer, by its name or counted off, as in "second conv"; may be repeated.',
)
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    type=OpenChoice("quantity", [*QUANTITIES, "all"]),
    help="Only this quantity; may be repeated. Default: shape and params; all: shape, params, macs, flops, "
    "activations, memory, cache and field.",
)
@click.option("--total", is_flag=True, help="Only the totals, and how they come out.")
@click.option("--detail", is_flag=True, help="In short answers on a receptive field, also jump and offset.")
@click.option("--by", type=click.Choice(BYS), help="Subtotals for each kind of layer or each macro.")
@FIGURES
@ALL_LAYERS
@with_settings
@TEMPLATE
@OUTPUT
def solve(
    inputs: Inputs,
    given: Sequence[str],
    style: str | None,
    format_: str,
    math: str,
    whole: bool,
    layers: Sequence[str],
    quantities: Sequence[str],
    total: bool,
    detail: bool,
    by: str | None,
    figures: bool,
    all_layers: bool,
    settings: dict[str, Setting],
    template: Path | None,
    digits: str,
    output: Output,
) -> None:
    """Solve a network: every shape and count with its steps, or a short answer for one layer."""
    check_standalone(whole, format_)
    check_figures(figures, format_)
    check_template(template, format_, output)
    if total or by:
        check_whole(layers, quantities if total else (), template if total else None)
    style, chosen = meant(style or ("steps" if template else None), layers, quantities, total)
    known = Settings(**settings)
    built = networks(inputs, given)
    names = slugs((source, one.title) for source, one in built)
    solutions: list[tuple[Source, Solution]] = []
    numbered = 0
    for (source, one), name in zip(built, names, strict=True):
        told = Solution(one, chosen, tuple(layers), known, name, numbered, by or "", detail, figures, all_layers)
        solutions.append((source, told))
        numbered += solutions[-1][1].equations if style == "textbook" and len(built) > 1 else 0
    if format_ == "json":
        deliver(as_json([of(source, record, solution) for source, solution in solutions]), output)
        return
    voice, document = (
        partial(render_with, template) if template else render,
        Document("total" if total and style != "answer" else style, format_, digits, math),
    )
    body = "\n".join(of(source, voice, solution, document) for source, solution in solutions)
    deliver_document(body, format_, output, whole, is_all=template is not None)


def meant(
    style: str | None, layers: Sequence[str], quantities: Sequence[str], total: bool
) -> tuple[str, tuple[str, ...]]:
    """The style and the quantities of a solution; what is not named follows from what it is about."""
    style = style or ("answer" if layers or total else "steps")
    return style, in_order(quantities) or (() if style == "answer" and layers else USUAL)


def check_whole(layers: Sequence[str], quantities: Sequence[str], template: Path | None) -> None:
    """Raise UsageError where something is asked for that the totals of whole networks do not go with."""
    if layers:
        raise click.UsageError("--total and --by are about the whole network; leave out --layer")
    if template is not None:
        raise click.UsageError("--total has a template of its own; leave out --template")
    for name in quantities:
        if name != "all":
            amount(name)


@main.command()
@SOURCES
@with_format(WRITTEN, "text")
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    type=OpenChoice("quantity", [*(name for name in QUANTITIES if name != "padding"), "all"]),
    help="An additional column; may be repeated.",
)
@FIGURES
@ALL_LAYERS
@with_settings
@OUTPUT
def summary(
    inputs: Inputs,
    given: Sequence[str],
    format_: str,
    quantities: Sequence[str],
    figures: bool,
    all_layers: bool,
    settings: dict[str, Setting],
    digits: str,
    output: Output,
) -> None:
    """Print the summary table: layers, shapes and parameters."""
    check_figures(figures, format_)
    chosen = in_order((*USUAL, *quantities))
    known = Settings(**settings)
    solutions = [
        (source, Solution(one, chosen, (), known, pictures=figures, all_layers=all_layers))
        for source, one in networks(inputs, given)
    ]
    if format_ == "json":
        deliver(as_json([of(source, contract.summary, solution) for source, solution in solutions]), output)
        return
    document = Document("summary", format_, digits)
    body = "\n".join(of(source, render, solution, document) for source, solution in solutions)
    deliver_document(body, format_, output)


def in_order(quantities: Sequence[str]) -> tuple[str, ...]:
    """The quantities in the order of documents, those of extensions last; `all` is all of the package."""
    own = tuple(q for q in QUANTITIES if q in quantities or ("all" in quantities and q in ALL))
    return tuple(dict.fromkeys([*own, *(q for q in quantities if q not in QUANTITIES and q != "all")]))


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program: every error is one message on standard error and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not closed, nor taken by a program that runs this one
            stream.reconfigure(errors="replace")  # of click's own texts where a terminal lacks a character
    try:
        with plain_warnings(), limits.work():
            main(arguments, "symparams", standalone_mode=False)
    except SymparamsError as error:
        _fail(str(error), error.status)
    except click.UsageError as error:
        hint = f"\n{error.ctx.get_usage()}" if error.ctx is not None else ""
        _fail(error.format_message() + hint)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (RecursionError, MemoryError) as error:
        _fail(str(as_ours(error)))
    except OSError as error:  # of click's own texts; where files are read and written, the message says which
        let_go()
        _fail(f"cannot write to the standard output: {error.strerror}")
    except Exception as error:
        if not extensions.loaded():
            raise
        _fail(str(as_ours(error)))
    sys.exit(0)


def _fail(message: str, status: int = 2) -> NoReturn:
    say(message)
    sys.exit(status)
