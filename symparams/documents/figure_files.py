"""Figures in files: the suffix says in which format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from symparams.documents.escaping import escape_latex
from symparams.documents.formats import check_letters, format_named
from symparams.documents.pdf import check_typst, figure_pdf, figure_png
from symparams.errors import SymparamsError, listed
from symparams.figures.scene import Scene
from symparams.figures.svg import svg, told
from symparams.figures.tikz import tikz
from symparams.files import write_whole

SCALE = 2.0  # pixels of a PNG for each of CSS
_MOST = 20.0


def tex(scene: Scene) -> str:
    """The figure as TikZ; raises SymparamsError for a letter that LaTeX cannot print."""
    return check_letters(tikz(scene, escape_latex), format_named("latex"))


def pdf(scene: Scene, fonts: Sequence[str] = ()) -> bytes:
    """The figure as a PDF of its size; raises SymparamsError without typst, and for a character that no font has."""
    return figure_pdf(svg(scene), told(scene), fonts)


def png(scene: Scene, scale: float = SCALE, fonts: Sequence[str] = ()) -> bytes:
    """The figure as PNG, with so many pixels for each of CSS; raises SymparamsError as for a PDF."""
    check_scale(scale)
    return figure_png(svg(scene), told(scene), scale, fonts)


_TEXTS: dict[str, Callable[[Scene], str]] = {".svg": svg, ".tex": tex}
_MADE = (".pdf", ".png")  # which typst makes
SUFFIXES = (*_TEXTS, *_MADE)


def check_scale(scale: float) -> None:
    """Raise SymparamsError for a scale that gives no picture."""
    if not 0 < scale <= _MOST:
        raise SymparamsError(f"the scale is more than 0 and at most {_MOST:g}, not {scale:g}")


def check_file(path: Path, what: str = "a figure") -> None:
    """Raise SymparamsError unless a figure can be written to such a file."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SymparamsError(f"{path}: {what} is a file that ends with {listed(SUFFIXES, 'or')}")
    if suffix in _MADE:
        check_typst(f"{what} as {suffix[1:].upper()}")


def write(scene: Scene, path: Path, scale: float = SCALE, fonts: Sequence[str] = ()) -> None:
    """Write a figure to a file; the same figure gives the same bytes."""
    check_file(path)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        write_whole(path, pdf(scene, fonts))
    elif suffix == ".png":
        write_whole(path, png(scene, scale, fonts))
    else:
        write_whole(path, _TEXTS[suffix](scene))
