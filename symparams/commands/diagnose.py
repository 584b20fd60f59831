"""The command that explains a wrong answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from symparams.commands.choices import OpenChoice
from symparams.commands.completion import layers_of_the_network
from symparams.commands.console import (
    FORMAT,
    OUTPUT,
    SOURCES,
    STANDALONE,
    TEMPLATE,
    Inputs,
    as_json,
    assignments,
    check_standalone,
    check_template,
    deliver,
    deliver_document,
    with_settings,
)
from symparams.commands.format_option import Output
from symparams.documents.diagnosis_document import diagnosis_with, record, render_diagnosis
from symparams.documents.rendering import STYLES, Document
from symparams.misconceptions.task import ASKED
from symparams.model.network import Network
from symparams.quantities.settings import Setting, Settings
from symparams.questions.diagnosis import Diagnostician
from symparams.reading.door import network


@click.command()
@SOURCES
@click.option(
    "--answer", "answer", required=True, metavar="ANSWER", help='The answer of a student: 630, "(k^2+1)*F", 26x26x32.'
)
@click.option(
    "--layer", metavar="NAME", shell_complete=layers_of_the_network, help="The layer that the question was about."
)
@click.option("--total", is_flag=True, help="The question was about the whole network.")
@click.option("--quantity", type=OpenChoice("quantity", ASKED), default="params", show_default=True)
@click.option(
    "--style", type=click.Choice(STYLES), default="answer", show_default=True, help="The style of the explanation."
)
@FORMAT
@STANDALONE
@TEMPLATE
@with_settings
@OUTPUT
def diagnose(
    inputs: Inputs,
    given: Sequence[str],
    answer: str,
    layer: str | None,
    total: bool,
    quantity: str,
    style: str,
    format_: str,
    math: str,
    whole: bool,
    template: Path | None,
    settings: dict[str, Setting],
    digits: str,
    output: Output,
) -> None:
    """Explain a wrong answer: which mistake leads to it, and where the solution goes wrong."""
    check_template(template, format_, output)
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    check_standalone(whole, format_)
    asked = network(texts[0], assignments(given))
    _check_asked(asked, layer, total)
    diagnosis = Diagnostician(asked, Settings(**settings)).typed(layer, quantity, answer)
    if format_ == "json":
        deliver(as_json([record(diagnosis)]), output)
        return
    document = Document(style, format_, digits, math)
    body = diagnosis_with(template, diagnosis, document) if template else render_diagnosis(diagnosis, document)
    deliver_document(body, format_, output, whole, is_all=template is not None)


def _check_asked(asked: Network, layer: str | None, total: bool) -> None:
    """Raise UsageError unless either a layer or the total is asked about."""
    if layer is not None and total:
        raise click.UsageError("give --layer or --total, not both")
    if layer is None and not total:
        names = list(asked.names)
        listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise click.UsageError(f"give --layer NAME or --total; the layers are {listed}")
