"""Figures in files: the suffix says in which format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from symparams.documents.formats import check_letters, escape_latex, format_named
from symparams.errors import SymparamsError, listed
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.figures.tikz import tikz
from symparams.files import write_whole


def tex(scene: Scene) -> str:
    """The figure as TikZ; raises SymparamsError for a letter that LaTeX cannot print."""
    return check_letters(tikz(scene, escape_latex), format_named("latex"))


_WRITERS: dict[str, Callable[[Scene], str]] = {".svg": svg, ".tex": tex}


def check_suffix(path: Path) -> None:
    """Raise SymparamsError unless a figure can be written to such a file."""
    if path.suffix.lower() not in _WRITERS:
        raise SymparamsError(f"{path}: a figure is a file that ends with {listed(list(_WRITERS), 'or')}")


def write(scene: Scene, path: Path) -> None:
    """Write a figure to a file; the same figure gives the same bytes."""
    check_suffix(path)
    write_whole(path, _WRITERS[path.suffix.lower()](scene))
