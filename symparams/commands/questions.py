"""The commands that ask something of networks: which is larger, which value fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from symparams.algebra.formula import Formula
from symparams.commands.choices import OpenChoice
from symparams.commands.completion import layers_of_the_network
from symparams.commands.console import (
    COMMAND_LINE,
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
    read,
    with_settings,
)
from symparams.commands.file_options import ReadFile
from symparams.commands.format_option import Output
from symparams.documents import contract
from symparams.documents.rendering import (
    COMPARISON_STYLES,
    Document,
    comparison_with,
    render_comparison,
    render_finding,
)
from symparams.errors import Source, SymparamsError
from symparams.model.network import Network
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import TOTALS, amount
from symparams.questions.comparison import compared
from symparams.questions.finding import find as found
from symparams.questions.targets import read_target
from symparams.reading.door import network


@click.command()
@click.argument("files", nargs=-1, type=ReadFile(), metavar="[A] [B]")
@click.option(
    "-e", "expressions", multiple=True, metavar="SOURCE", help="A network instead of a file; may be repeated."
)
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter, substituted at the end."
)
@click.option("--quantity", type=OpenChoice("quantity", TOTALS), default="params", show_default=True)
@click.option(
    "--style",
    type=click.Choice(COMPARISON_STYLES),
    default="answer",
    show_default=True,
    help="The answer and its reasons, or every step.",
)
@FORMAT
@STANDALONE
@TEMPLATE
@with_settings
@OUTPUT
def compare(
    files: Sequence[str],
    expressions: Sequence[str],
    given: Sequence[str],
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
    """Compare two networks: difference and ratio, with letters and for values."""
    texts = [*map(read, files), *(Source(COMMAND_LINE, text) for text in expressions)]
    if len(texts) != 2:
        raise click.UsageError(f"give two networks, as files or with -e; this is {len(texts)}")
    check_standalone(whole, format_)
    check_template(template, format_, output)
    what = amount(quantity, Settings(**settings))
    titles = ["" if source.name.startswith("<") else Path(source.name).stem for source in texts]
    comparison = compared([partial(_built, source) for source in texts], titles, assignments(given), what)
    if format_ == "json":
        answer = render_comparison(comparison, Document("answer", "markdown", digits))
        deliver(as_json([contract.compare(comparison, answer)]), output)
        return
    document = Document(style, format_, digits, math)
    body = comparison_with(template, comparison, document) if template else render_comparison(comparison, document)
    deliver_document(body, format_, output, whole, is_all=template is not None)


@click.command()
@SOURCES
@click.option("--unknown", "unknowns", multiple=True, metavar="NAME", help="The letter to find; may be given twice.")
@click.option("--target", required=True, metavar="TARGET", help="params=51264, params<=100000, weights>=1000 …")
@click.option("--layer", metavar="NAME", shell_complete=layers_of_the_network, help="Count this layer only.")
@FORMAT
@STANDALONE
@with_settings
@OUTPUT
def find(
    inputs: Inputs,
    given: Sequence[str],
    unknowns: Sequence[str],
    target: str,
    layer: str | None,
    format_: str,
    math: str,
    whole: bool,
    settings: dict[str, Setting],
    digits: str,
    output: Output,
) -> None:
    """Find all values of a letter that give a number of parameters or fit a budget."""
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    check_standalone(whole, format_)
    values = assignments(given)
    for name in unknowns:
        if name in values:
            raise SymparamsError(f"`{name}` cannot be both set and unknown")
    wanted = read_target(target, layer, Settings(**settings))
    finding = found(partial(_with_more, texts[0], values), unknowns, wanted)
    if format_ == "json":
        deliver(as_json([contract.find(finding)]), output)
        return
    body = render_finding(finding, Document("find", format_, digits, math))
    deliver_document(body, format_, output, whole)


def _with_more(
    source: Source, values: Mapping[str, Formula], more: Mapping[str, Formula], /, *, without_ranges: bool = False
) -> Network:
    return network(source, {**values, **more}, without_ranges=without_ranges)


def _built(source: Source, values: dict[str, Formula]) -> Network:
    return network(source, values, for_others=True)
