"""Appendices that several tests look at."""

from __future__ import annotations

from functools import cache

from symparams.appendices.request import Composed, Request
from symparams.errors import Source
from symparams.files import read_source
from symparams.sources.language import network
from tests.conftest import EXAMPLES

FEW = ("mnist-63", "resnet50", "gpt2", "vgg16-letters", "unet")
FORMATS = ("markdown", "latex", "typst", "html")


@cache
def of_examples(*names: str) -> Composed:
    """That of some networks of examples/, or of all."""
    files = [EXAMPLES / f"{name}.arch" for name in names] or sorted(EXAMPLES.glob("*.arch"))
    return of_sources(*map(read_source, files))


def of_texts(*texts: str, title: str = "Counting the networks of this book") -> Composed:
    """That of networks in the language."""
    return of_sources(*(Source(f"net{n}.arch", text) for n, text in enumerate(texts)), title=title)


def of_sources(*sources: Source, title: str = "Counting the networks of this book") -> Composed:
    return Composed(Request(tuple(sources), {}, title), [network(source) for source in sources])
