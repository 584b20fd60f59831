"""The command that draws a network."""

from __future__ import annotations

from collections.abc import Sequence

import click

from symparams.commands.console import SOURCES, Inputs, assignments, of
from symparams.commands.to_picture import Target, to_picture
from symparams.figures.figure import VIEWS, figure
from symparams.figures.window_view import window_figure
from symparams.quantities.named_layers import layer_named
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
@click.option("--layer", metavar="NAME", help="Where the windows of this layer stand, instead of the network.")
@to_picture("a figure")
def draw(inputs: Inputs, given: Sequence[str], view: str, depth: int | None, layer: str | None, target: Target) -> None:
    """Draw a network: its layers with shapes and parameters, what is repeated in a frame."""
    if layer is not None and (view != VIEWS[0] or depth is not None):
        raise click.UsageError("--layer draws one layer; leave out --view and --depth")
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    read = network(texts[0], assignments(given))
    if layer is not None:
        target.deliver(of(texts[0], window_figure, layer_named(read, layer)))
    else:
        target.deliver(of(texts[0], figure, read, view, depth))
