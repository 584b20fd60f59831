"""The command that lays out texts of the language."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from symparams.commands.console import COMMAND_LINE, read, say
from symparams.commands.file_options import ReadFile
from symparams.errors import Source, clean
from symparams.files import write_standard_output, write_whole
from symparams.sources.layout import laid_out


@click.command("format")
@click.argument("files", nargs=-1, type=ReadFile(), metavar="[FILE]...")
@click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of in a file.")
@click.option("--check", is_flag=True, help="Change nothing; status 1 if a text is laid out otherwise.")
def format(files: Sequence[str], expression: str | None, check: bool) -> None:
    """Lay out networks in the language: one statement a line, spaces where they belong, comments kept.

    Files are changed where they are; what is piped in, or given with -e, is printed. If one of the texts has an error,
    all of them stay as they are. Code and tables become texts of the language by `symparams convert`.
    """
    if expression is not None and files:
        raise click.UsageError("give files or -e, not both")
    if expression is None and not files:
        raise click.UsageError("give a FILE, - for standard input, or -e SOURCE")
    sources = [read(file) for file in files] if expression is None else [Source(COMMAND_LINE, expression)]
    made = [(source, laid_out(source)) for source in sources]
    changed = 0
    for name, (source, text) in zip(files or ["-"], made, strict=True):
        if name == "-" and not check:
            write_standard_output(text)
        elif source.text != text:
            changed += 1
            _change(name, source, None if check else text)
    if check and changed:
        sys.exit(1)


def _change(name: str, source: Source, text: str | None) -> None:
    """Write a file as it is laid out, and say so; None: it is only said that it would be laid out otherwise."""
    if text is not None:
        write_whole(Path(name), text)
    say(f"{clean(source.name)}: {'would be laid out otherwise' if text is None else 'laid out anew'}")
