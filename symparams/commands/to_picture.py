"""The options that say to which file a picture is written, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import click

from symparams.commands.console import options
from symparams.commands.file_options import WrittenFile
from symparams.documents.figure_files import SCALE, check_file, check_scale, write
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.files import write_standard_output

_Command: TypeAlias = Callable[..., Any]

_SET = (".pdf", ".png")  # formats with fonts of their own


class Target(NamedTuple):
    """Where a picture is to stand, and how it is made."""

    output: Path | None  # None: it is printed as SVG
    scale: float | None  # of a PNG; None: the usual one
    fonts: Sequence[str]  # files or folders with further fonts

    def deliver(self, scene: Scene) -> None:
        """Write a picture, or print it."""
        if self.output is None:
            write_standard_output(svg(scene))
        else:
            write(scene, self.output, SCALE if self.scale is None else self.scale, self.fonts)


_OPTIONS = options(
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=WrittenFile(path_type=Path),
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


def to_picture(what: str) -> Callable[[_Command], _Command]:
    """The options for a picture, which the command gets together; `what` says what the file is: a figure."""

    def decorated(command: _Command) -> _Command:
        @wraps(command)
        def gathered(**given: Any) -> Any:
            target = Target(*(given.pop(name) for name in Target._fields))
            _check(target, what)
            return command(target=target, **given)

        return _OPTIONS(gathered)

    return decorated


def _check(target: Target, what: str) -> None:
    """Raise UsageError, or SymparamsError, where no such file can be made; before there is any work."""
    suffix = "" if target.output is None else target.output.suffix.lower()
    if target.output is not None:
        check_file(target.output, what)
    if target.fonts and suffix not in _SET:
        raise click.UsageError("--font goes with a file that ends with .pdf or .png")
    if target.scale is not None:
        if suffix != ".png":
            raise click.UsageError("--scale goes with a file that ends with .png")
        check_scale(target.scale)
