"""The command that draws a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from symparams.commands.console import SOURCES, Inputs, assignments, of
from symparams.documents.figure_files import check_suffix, write
from symparams.figures.figure import VIEWS, figure
from symparams.figures.svg import svg
from symparams.files import write_standard_output
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
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file to write; its suffix says the format. Default: SVG on standard output.",
)
def draw(inputs: Inputs, given: Sequence[str], view: str, depth: int | None, output: Path | None) -> None:
    """Draw a network: its layers with shapes and parameters, what is repeated in a frame."""
    if output is not None:
        check_suffix(output)
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    scene = of(texts[0], figure, network(texts[0], assignments(given)), view, depth)
    if output is None:
        write_standard_output(svg(scene))
    else:
        write(scene, output)
