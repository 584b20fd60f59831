"""The command that says what stands at a place of a text, for editors and pages that show it under the pointer."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress

import click

from symparams import limits
from symparams.commands.console import Inputs
from symparams.commands.file_options import ReadFile
from symparams.errors import LimitError, Source, SymparamsError
from symparams.files import write_standard_output

_PLACE = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


@click.command()
@click.argument("files", nargs=-1, type=ReadFile(), metavar="[FILE]...")
@click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of in a file.")
@click.option("--at", "place", required=True, metavar="LINE:COLUMN", help="The place, counted from 1 as in messages.")
@click.option("--format", "format_", type=click.Choice(("markdown", "json")), default="markdown", show_default=True)
def hover(files: Sequence[str], expression: str | None, place: str, format_: str) -> None:
    """Say what stands at a place of a network: its output shape, how its parameters come out, what it is.

    Nothing, or null as JSON, where there is nothing to say. Where a network has an error, only words are explained.
    """
    sources = Inputs(tuple(files), expression).sources()
    if len(sources) != 1:
        raise click.UsageError("give one network")
    (source,) = sources
    hovering = importlib.import_module("symparams.editing.hovering")  # which reads networks as commands do
    found = None
    with suppress(LimitError), limits.work():  # a formula may grow too large to be worked out
        found = hovering.told(source.text, _offset(source, place))
    if format_ == "markdown":
        write_standard_output(f"{found.text}\n" if found else "")
        return
    made = None if found is None else {**found._asdict(), "made": [one._asdict() for one in found.made]}
    write_standard_output(json.dumps(made, ensure_ascii=False, indent=2) + "\n")


def _offset(source: Source, place: str) -> int:
    """A line and a column as the number of characters before them."""
    given = _PLACE.fullmatch(place)
    lines = source.text.split("\n")
    line, column = map(int, given.groups()) if given else (0, 0)
    if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1):
        last = f"{len(lines)}:{len(lines[-1]) + 1}"
        raise SymparamsError(f"--at is a line and a column of the text, from 1:1 to {last}, not {place[:30]}")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
