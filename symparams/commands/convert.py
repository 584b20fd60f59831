"""The command that writes a network as something else: the language, code of a framework, a drawing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from symparams.commands.console import SOURCES, Inputs, assignments, deliver, of
from symparams.commands.file_options import WrittenFile
from symparams.commands.format_option import Output, with_named
from symparams.converters.targets import SUFFIXES, TARGETS, converted
from symparams.reading.door import network, reading_of


@click.command()
@SOURCES
@with_named("--to", "target", click.Choice(list(TARGETS)), SUFFIXES, "arch")
@click.option("-o", "--output", metavar="FILE", type=WrittenFile(), help="The file to write. Default: standard output.")
def convert(inputs: Inputs, given: Sequence[str], target: str, output: str | None) -> None:
    """Write a network as the language, as code for Keras or PyTorch, or as a drawing."""
    values = assignments(given)
    texts: list[str] = []
    for source in inputs.sources():
        texts.append(of(source, converted, target, network(source, values), reading_of(source).statements))
    deliver("\n".join(texts), Output(output, target))
