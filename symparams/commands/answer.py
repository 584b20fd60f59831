"""The command that answers a whole question, pasted as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from symparams.commands.choices import OpenChoice
from symparams.commands.completion import layers_of_the_network
from symparams.commands.console import (
    FIGURES,
    FORMAT,
    OUTPUT,
    SOURCES,
    TEMPLATE,
    Inputs,
    as_json,
    assignments,
    check_figures,
    check_template,
    deliver,
    deliver_document,
)
from symparams.commands.format_option import Output
from symparams.documents.asked_several import asked_of
from symparams.documents.rendering import Document
from symparams.errors import SymparamsError
from symparams.misconceptions.task import ASKED
from symparams.reading.door import network, reading_of


@click.command()
@SOURCES
@click.option(
    "--layer",
    metavar="NAME",
    shell_complete=layers_of_the_network,
    help="The layer that is asked about, by a name or counted off.",
)
@click.option("--quantity", type=OpenChoice("quantity", ASKED), help="What is asked about it. Default: as asked.")
@FIGURES
@FORMAT
@TEMPLATE
@OUTPUT
def answer(
    inputs: Inputs,
    given: Sequence[str],
    layer: str | None,
    quantity: str | None,
    figures: bool,
    format_: str,
    math: str,
    template: Path | None,
    digits: str,
    output: Output,
) -> None:
    """Answer a question as people paste it: prose, code and printed tables in any order."""
    check_figures(figures, format_)
    check_template(template, format_, output)
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one question")
    try:
        reading = reading_of(texts[0])
    except SymparamsError as error:
        error.status = 1
        raise
    values = assignments(given)
    described = network(texts[0], values, for_others=bool(reading.alternatives))
    asked = asked_of(reading, described, values, layer, quantity, figures=figures)
    if format_ == "json":
        deliver(as_json([asked.record()]), output)
        return
    document = Document("answer", format_, digits, math)
    body = asked.document(document) if template is None else asked.document_with(template, document)
    deliver_document(body, format_, output, is_all=template is not None)
