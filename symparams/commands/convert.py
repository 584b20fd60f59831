"""The command that writes a network as something else: the language, code of a framework, a drawing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from symparams.commands.console import assignments, deliver, of, sources
from symparams.converters.targets import TARGETS, converted
from symparams.errors import Source
from symparams.reading.configs.keras import read_keras_config, recognised
from symparams.sources.language import built
from symparams.sources.reader import read_network
from symparams.sources.records import Statement


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of in a file.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter; overrides `let`.")
@click.option("--to", "target", type=click.Choice(list(TARGETS)), default="arch", show_default=True)
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="The file to write. Default: standard output.")
def convert(
    files: Sequence[str], expression: str | None, given: Sequence[str], target: str, output: str | None
) -> None:
    """Write a network as the language, as code for Keras or PyTorch, or as a drawing."""
    values = assignments(given)
    texts: list[str] = []
    for source in sources(files, expression):
        statements = _statements(source)
        network = built(statements, source, values)
        texts.append(of(source, converted, target, network, statements))
    deliver("\n".join(texts), output)


def _statements(source: Source) -> Sequence[Statement]:
    """What a text says: a config of Keras, or the language."""
    if recognised(source.text) == 1:
        return read_keras_config(source).statements
    return read_network(source)
