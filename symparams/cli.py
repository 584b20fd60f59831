"""The command line: reads what is asked, calls the library, prints; one message and status 2 if something is wrong."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from symparams import contract
from symparams.catalogue import catalogue_text
from symparams.errors import Source, SymparamsError, clean
from symparams.files import read_source, read_standard_input, write_standard_output, write_whole
from symparams.formula import Formula
from symparams.measured import QUANTITIES, USUAL
from symparams.measures import BYTES, POLICIES, STATES, Settings
from symparams.network import Network
from symparams.solution import Solution
from symparams.sources.language import network
from symparams.sources.reader import read_expression
from symparams.version import __version__
from symparams.writing import STYLES, Document, render, render_with, standalone

_FORMATS = ("markdown", "latex", "text", "json")
_GROUPS = ("comma", "space", "none")


def _options(*several: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(several):
            command = option(command)
        return command

    return decorated


_SOURCES = _options(
    click.argument("files", nargs=-1, metavar="[FILE]..."),
    click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of a file."),
    click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter; wins over `let`."),
)
_OUTPUT = _options(
    click.option("--digits", type=click.Choice(_GROUPS), default="comma", help="The mark between thousands: 18,207."),
    click.option(
        "-o", "--output", metavar="FILE", type=click.Path(), help="Where to write; standard output if not given."
    ),
)


_SETTINGS = _options(
    click.option(
        "--dtype", type=click.Choice(list(BYTES)), default="float32", show_default=True, help="Of one number."
    ),
    click.option(
        "--optimizer",
        type=click.Choice(list(STATES)),
        default="none",
        show_default=True,
        help="With memory: whose gradients and states are kept.",
    ),
    click.option(
        "--flops",
        type=click.Choice(list(POLICIES)),
        default="multiply-add",
        show_default=True,
        help="The policy by which FLOPs are counted.",
    ),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="symparams")
def main() -> None:
    """Worked solutions for the shapes and parameter counts of neural networks, with letters where you like."""


@main.command()
@_SOURCES
@click.option(
    "--style", type=click.Choice(STYLES), default="steps", show_default=True, help="The voice of the solution."
)
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="markdown", show_default=True)
@click.option("--standalone", "whole", is_flag=True, help="With --format latex: a whole document, not a fragment.")
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="Only this layer; may be repeated.")
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    type=click.Choice([*QUANTITIES, "all"]),
    help="Only this quantity; may be repeated; shape and params if not given.",
)
@_SETTINGS
@click.option("--template", metavar="FILE", type=click.Path(path_type=Path), help="A Jinja template of your own.")
@_OUTPUT
def solve(
    files: Sequence[str],
    expression: str | None,
    given: Sequence[str],
    style: str,
    format_: str,
    whole: bool,
    layers: Sequence[str],
    quantities: Sequence[str],
    dtype: str,
    optimizer: str,
    flops: str,
    template: Path | None,
    digits: str,
    output: str | None,
) -> None:
    """The worked solution: every shape and count with its steps."""
    if whole and format_ != "latex":
        raise click.UsageError("--standalone goes with --format latex")
    if template is not None and format_ == "json":
        raise click.UsageError("--template goes with markdown, latex or text")
    chosen = QUANTITIES if "all" in quantities else tuple(q for q in QUANTITIES if q in quantities) or USUAL
    settings = Settings(dtype, optimizer, flops)
    solutions = [(s, Solution(n, chosen, tuple(layers), settings)) for s, n in _networks(files, expression, given)]
    if format_ == "json":
        found = [contract.solve(solution) for _, solution in solutions]
        _deliver(_json(found), output)
        return
    bodies = []
    slugs: list[str] = []
    for source, solution in solutions:
        slugs.append(_slug(solution.title or source.name))
        count = slugs.count(slugs[-1])
        document = Document(style, format_, digits, slugs[-1] if count == 1 else f"{slugs[-1]}-{count}")
        bodies.append(render_with(template, solution, document) if template else render(solution, document))
    body = "\n".join(bodies)
    _deliver(standalone(body) if whole else body, output)


@main.command()
@_SOURCES
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    type=click.Choice([*QUANTITIES, "all"]),
    help="A further column; may be repeated.",
)
@_SETTINGS
@_OUTPUT
def summary(
    files: Sequence[str],
    expression: str | None,
    given: Sequence[str],
    format_: str,
    quantities: Sequence[str],
    dtype: str,
    optimizer: str,
    flops: str,
    digits: str,
    output: str | None,
) -> None:
    """The familiar table of layers, shapes and parameters."""
    chosen = QUANTITIES if "all" in quantities else tuple(q for q in QUANTITIES if q in (*USUAL, *quantities))
    settings = Settings(dtype, optimizer, flops)
    solutions = [Solution(n, chosen, (), settings) for _, n in _networks(files, expression, given)]
    if format_ == "json":
        _deliver(_json([contract.summary(solution) for solution in solutions]), output)
    else:
        _deliver("\n".join(render(solution, Document("summary", format_, digits)) for solution in solutions), output)


@main.command()
@click.argument("name", required=False)
@click.option("--format", "format_", type=click.Choice(("text", "markdown")), default="text", show_default=True)
def layers(name: str | None, format_: str) -> None:
    """The catalogue: every layer with its arguments, its rules and an example."""
    _deliver(catalogue_text(name, format_), None)


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program: every error is one message on standard error and status 2."""
    try:
        main(arguments, standalone_mode=False)
    except SymparamsError as error:
        _fail(str(error))
    except click.UsageError as error:
        hint = f"\n{error.ctx.get_usage()}" if error.ctx is not None else ""
        _fail(error.format_message() + hint)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except RecursionError:
        _fail("this is nested too deeply")
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    sys.stderr.buffer.write((clean(message, 4000) + "\n").encode("utf-8", "replace"))
    sys.stderr.flush()
    sys.exit(2)


def _networks(files: Sequence[str], expression: str | None, given: Sequence[str]) -> list[tuple[Source, Network]]:
    values = dict(map(_assignment, given))
    if expression is not None:
        if files:
            raise click.UsageError("give files or -e, not both")
        sources = [Source("<command line>", expression)]
    elif files:
        sources = [read_standard_input() if file == "-" else read_source(Path(file)) for file in files]
    else:
        raise click.UsageError("give a FILE, - for standard input, or -e SOURCE")
    return [(source, network(source, values)) for source in sources]


def _assignment(text: str) -> tuple[str, Formula]:
    name, sign, value = text.partition("=")
    if not sign or not re.fullmatch(r"\w+", name.strip()):
        raise SymparamsError(f"--set takes NAME=VALUE, not {text[:60]}")
    return name.strip(), read_expression(Source(f"--set {name.strip()}", value))


def _slug(name: str) -> str:
    """A name for labels: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-") or "network"


def _json(found: Sequence[dict[str, Any]]) -> str:
    return json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2) + "\n"


def _deliver(text: str, output: str | None) -> None:
    if output is not None:
        write_whole(Path(output), text)
        return
    write_standard_output(text)
