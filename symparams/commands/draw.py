"""The command that draws a network."""

from __future__ import annotations

from collections.abc import Sequence

import click

from symparams.commands.console import SOURCES, Inputs, assignments, of
from symparams.commands.to_picture import Target, to_picture
from symparams.figures.figure import VIEWS, figure
from symparams.reading.door import network


@click.command()
@SOURCES
@click.option("--view", type=click.Choice(VIEWS), default=VIEWS[0], show_default=True, help="How it is laid out.")
@click.option(
    "--depth",
    type=click.IntRange(0),
    metavar="N",
    help="How many frames inside one another are opened; all if not given, and 0 draws every repeat as one box.",
)
@to_picture("a figure")
def draw(inputs: Inputs, given: Sequence[str], view: str, depth: int | None, target: Target) -> None:
    """Draw a network: its layers with shapes and parameters, what is repeated in a frame."""
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    target.deliver(of(texts[0], figure, network(texts[0], assignments(given)), view, depth))
