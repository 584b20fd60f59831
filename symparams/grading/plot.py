"""The tally of a class as a picture in a file: SVG as it is, PNG and PDF through matplotlib."""

from __future__ import annotations

import importlib
import io
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symparams.documents.words import capital
from symparams.errors import SymparamsError, listed
from symparams.files import write_whole
from symparams.grading.marks import ClassMarks, Tally
from symparams.grading.picture import MOST, picture

SUFFIXES = (".png", ".svg", ".pdf")
_OWN = ".svg"  # which needs no other package
_LINE = 36  # characters of a name in a line
# What would make the same picture differ from run to run.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def check_plot(path: Path) -> None:
    """Raise SymparamsError unless such a picture can be drawn."""
    if path.suffix.lower() not in SUFFIXES:
        raise SymparamsError(f"{path}: a plot is a file that ends with {listed(SUFFIXES, 'or')}")
    if path.suffix.lower() != _OWN:
        _matplotlib()


def plot(marks: ClassMarks, path: Path) -> None:
    """Draw the tally, the most frequent misconception on top; the same tally gives the same bytes."""
    check_plot(path)
    suffix = path.suffix.lower()
    if suffix == _OWN:
        write_whole(path, picture(marks))
        return
    buffer = io.BytesIO()
    matplotlib = _matplotlib()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font lacks
        matplotlib.rcdefaults()
        figure = _figure(marks.tally[:MOST], marks.bank.info.title, matplotlib)
        figure.savefig(buffer, format=suffix[1:], dpi=150, metadata=_METADATA[suffix])
    write_whole(path, buffer.getvalue())


def _matplotlib() -> Any:
    try:
        for part in ("backends.backend_agg", "figure", "ticker"):
            importlib.import_module(f"matplotlib.{part}")
        return importlib.import_module("matplotlib")
    except ImportError:
        raise SymparamsError(
            'a plot as PNG or PDF needs matplotlib: pip install "symparams[plots]"; one that ends with .svg does not'
        ) from None


def _figure(tally: Sequence[Tally], title: str, matplotlib: Any) -> Any:
    names = [textwrap.fill(capital(t.misconception), _LINE, max_lines=3, placeholder=" …") for t in tally]
    lines = sum(max(1, name.count("\n") + 1) for name in names)
    figure = matplotlib.figure.Figure(figsize=(8, 1.5 + 0.28 * max(len(tally), 2) + 0.14 * lines), layout="constrained")
    matplotlib.backends.backend_agg.FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    bars = axes.barh(range(len(tally)), [t.count for t in tally], color="#4878a8", height=0.7)
    axes.bar_label(bars, padding=3)
    axes.set_yticks(range(len(tally)), names)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(left=0)
    axes.set_xlabel("wrong answers")
    axes.spines[["top", "right"]].set_visible(False)
    heading = f"{title}: mistakes" if title else "Mistakes"
    axes.set_title(textwrap.shorten(heading, 70, placeholder=" …"), loc="left")
    if not tally:
        axes.text(0.5, 0.5, "No known mistake was made.", ha="center", va="center", transform=axes.transAxes)
    for text in [axes.title, *axes.get_yticklabels()]:
        text.set_parse_math(False)
    return figure
