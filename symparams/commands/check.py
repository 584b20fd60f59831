"""The command that compares a network with a second witness, layer by layer."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from symparams.algebra.formula import Formula
from symparams.checking.check import Check
from symparams.checking.framework import FRAMEWORKS, against_framework
from symparams.checking.networks import against_network
from symparams.commands.console import (
    COMMAND_LINE,
    OUTPUT,
    SOURCES,
    Inputs,
    as_json,
    assignments,
    deliver,
    deliver_document,
    of,
)
from symparams.commands.file_options import ReadFile
from symparams.commands.format_option import WRITTEN, Output, with_format
from symparams.documents.check_document import record, render_check
from symparams.documents.rendering import Document
from symparams.errors import Source, SymparamsError, nearest
from symparams.model.network import Network
from symparams.reading.door import network, reading_of
from symparams.reading.reading import Reading

_UNNAMED = {
    COMMAND_LINE: "the network",
    "<stdin>": "the standard input",
    "<against>": "the other text",
}  # what texts without a file are called


@click.command()
@SOURCES
@click.option(
    "--against",
    required=True,
    type=ReadFile(words=tuple(FRAMEWORKS)),
    metavar="keras|torch|INPUT",
    help="What to compare with: the installed Keras or PyTorch, which builds each layer, or another file.",
)
@with_format(WRITTEN, "text")
@OUTPUT
def check(inputs: Inputs, given: Sequence[str], against: str, format_: str, digits: str, output: Output) -> None:
    """Compare a network with a framework or with another text, layer by layer; status 1 if they differ."""
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    values = assignments(given)
    others = [] if against in FRAMEWORKS else Inputs((against,), None).sources()
    every = [*texts, *others]
    readings = [reading_of(source) for source in every]
    found = of(every[0], _checked, readings, against, values)
    if format_ == "json":
        deliver(as_json([record(found)]), output)
    else:
        deliver_document(render_check(found, readings, Document("check", format_, digits)), format_, output)
    if not found.agrees:
        sys.exit(1)


def _checked(readings: Sequence[Reading], against: str, values: Mapping[str, Formula]) -> Check:
    texts = [reading.source for reading in readings]
    if against in FRAMEWORKS:
        return against_framework(network(texts[0], values), _titles(texts)[0], FRAMEWORKS[against], readings[0].wrong)
    networks = [network(source, values, for_others=True) for source in texts]
    _check_letters(networks, values)
    first, second = _titles(texts)
    return against_network((networks[0], networks[1]), (first, second), (readings[0].wrong, readings[1].wrong))


def _titles(texts: Sequence[Source]) -> list[str]:
    """The names of the files, without their folders where that tells them apart."""
    names = [_UNNAMED.get(source.name, source.name) for source in texts]
    short = [Path(name).name for name in names]
    return short if len(set(short)) == len(short) else names


def _check_letters(networks: Sequence[Network], values: Mapping[str, Formula]) -> None:
    """Raise SymparamsError for a value of a letter that neither network has."""
    known = {name: None for one in networks for name in one.symbols}
    for name in values:
        if name not in known:
            listed = f"they have {', '.join(known)}" if known else "they have no letters"
            raise SymparamsError(f"there is no symbol `{name}` to set in the networks{nearest(name, known)}; {listed}")
