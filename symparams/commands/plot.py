"""The command that plots what networks have of some quantities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from symparams.commands.choices import OpenChoice
from symparams.commands.console import COMMAND_LINE, SOURCES, Inputs, networks, of, with_settings
from symparams.commands.to_picture import Target, to_picture
from symparams.errors import Source
from symparams.model.network import Network
from symparams.plots.plot import plot_against, plot_of_rows
from symparams.plots.rows import BY
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import TOTALS

_RANGE = re.compile(r"\s*([1-9][0-9]{0,17})\s*\.\.\s*([1-9][0-9]{0,17})\s*")


@click.command()
@SOURCES
@click.option(
    "--by", type=click.Choice(BY), help="What has a bar: by layer if not given, and of several networks by network."
)
@click.option("--against", "letter", metavar="LETTER", help="The totals as curves against a letter instead of bars.")
@click.option("--over", metavar="FROM..TO", help="With --against: the values of the letter; all that fit if not given.")
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    type=OpenChoice("quantity", TOTALS),
    help="What is plotted; may be repeated. Default: params, macs and activations; with --against params.",
)
@with_settings
@to_picture("a plot")
def plot(
    inputs: Inputs,
    given: Sequence[str],
    by: str | None,
    letter: str | None,
    over: str | None,
    quantities: Sequence[str],
    settings: dict[str, Setting],
    target: Target,
) -> None:
    """Plot networks: parameters, MACs and activation memory by layer, stage or kind, or totals against a letter."""
    if letter is not None and by is not None:
        raise click.UsageError("--by goes with bars, and --against draws curves; give one of them")
    if letter is None and over is not None:
        raise click.UsageError("--over goes with --against")
    known, values = Settings(**settings), None if over is None else _values(over)
    named = [(source, _titled(source, one)) for source, one in networks(inputs, given)]
    several = [one for _, one in named]
    if letter is not None:
        target.deliver(of(named[0][0], plot_against, several, letter, values, quantities, known))
    else:
        target.deliver(of(named[0][0], plot_of_rows, several, by or "", quantities, known))


def _titled(source: Source, one: Network) -> Network:
    """The network with the name of its file where it has no title."""
    is_file = source.name != COMMAND_LINE and not source.name.startswith("<")
    return one if one.title or not is_file else replace(one, title=Path(source.name).stem)


def _values(text: str) -> range:
    """The values of --over."""
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise click.UsageError(f"--over takes two whole numbers from 1 on, as in 1..256, not {text[:60]}")
    return range(int(found[1]), int(found[2]) + 1)
