"""The tally of a class as a picture in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symparams.documents.pdf import check_typst, figure_pdf, figure_png
from symparams.errors import SymparamsError, listed
from symparams.files import write_whole
from symparams.grading.marks import ClassMarks
from symparams.grading.picture import heading, picture

SUFFIXES = (".png", ".svg", ".pdf")
_OWN = ".svg"  # which needs no other package


def check_plot(path: Path) -> None:
    """Raise SymparamsError unless such a picture can be drawn."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SymparamsError(f"{path}: a plot is a file that ends with {listed(SUFFIXES, 'or')}")
    if suffix != _OWN:
        check_typst(f"a plot as {suffix[1:].upper()}")


def plot(marks: ClassMarks, path: Path, fonts: Sequence[str] = ()) -> None:
    """Draw the tally, the most frequent misconception on top; the same tally gives the same bytes.

    `fonts` are files or folders, for characters in a PNG or PDF that the usual ones lack.
    """
    check_plot(path)
    svg, told, suffix = picture(marks), heading(marks), path.suffix.lower()
    if suffix == _OWN:
        write_whole(path, svg)
    elif suffix == ".pdf":
        write_whole(path, figure_pdf(svg, told, fonts))
    else:
        write_whole(path, figure_png(svg, told, fonts=fonts))
