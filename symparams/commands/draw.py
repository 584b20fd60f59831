"""The command that draws a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

from symparams.commands.console import SOURCES, Inputs, assignments, of
from symparams.documents.figure_files import SCALE, check_file, check_scale, write
from symparams.figures.figure import VIEWS, figure
from symparams.figures.svg import svg
from symparams.files import write_standard_output
from symparams.reading.door import network

_Command: TypeAlias = Callable[..., Any]

_SET = (".pdf", ".png")  # formats with fonts of their own


def to_a_picture(command: _Command) -> _Command:
    """The options that say to which file a picture is written, and how."""
    options = (
        click.option(
            "-o",
            "--output",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="The file to write; its suffix says the format. Default: SVG on standard output.",
        ),
        click.option(
            "--scale",
            type=float,
            metavar="N",
            help=f"For a PNG: how many pixels make one of the SVG, {SCALE:g} if not given.",
        ),
        click.option(
            "--font",
            "fonts",
            multiple=True,
            metavar="PATH",
            type=click.Path(exists=True),
            help="For a PDF or PNG: a font, or a folder of fonts, for characters that the usual ones lack; "
            "may be repeated.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def check_picture(output: Path | None, scale: float | None, fonts: Sequence[str], what: str = "a figure") -> None:
    """Raise UsageError, or SymparamsError, where no such file can be made; before there is any work."""
    suffix = "" if output is None else output.suffix.lower()
    if output is not None:
        check_file(output, what)
    if fonts and suffix not in _SET:
        raise click.UsageError("--font goes with a file that ends with .pdf or .png")
    if scale is not None:
        if suffix != ".png":
            raise click.UsageError("--scale goes with a file that ends with .png")
        check_scale(scale)


@click.command()
@SOURCES
@click.option("--view", type=click.Choice(VIEWS), default=VIEWS[0], show_default=True, help="How it is laid out.")
@click.option(
    "--depth",
    type=click.IntRange(0),
    metavar="N",
    help="How many frames inside one another are opened; all if not given, and 0 draws every repeat as one box.",
)
@to_a_picture
def draw(
    inputs: Inputs,
    given: Sequence[str],
    view: str,
    depth: int | None,
    output: Path | None,
    scale: float | None,
    fonts: Sequence[str],
) -> None:
    """Draw a network: its layers with shapes and parameters, what is repeated in a frame."""
    check_picture(output, scale, fonts)
    texts = inputs.sources()
    if len(texts) != 1:
        raise click.UsageError("give one network")
    scene = of(texts[0], figure, network(texts[0], assignments(given)), view, depth)
    if output is None:
        write_standard_output(svg(scene))
    else:
        write(scene, output, SCALE if scale is None else scale, fonts)
