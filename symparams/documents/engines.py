"""What makes a PDF of a document: Typst, or LuaLaTeX where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symparams.documents.rendering import standalone
from symparams.errors import SymparamsError, listed

# What makes a PDF, and the format of the text that it is made of.
ENGINES = {"typst": "typst", "lualatex": "lualatex"}


def check_engine(engine: str) -> None:
    """Raise SymparamsError where a PDF cannot be made so, before there is any work."""
    if engine not in ENGINES:
        raise SymparamsError(f"a PDF is made by {listed(list(ENGINES), 'or')}, not by {engine[:60]}")
    if engine == "lualatex":
        from symparams.documents.latex_pdf import check_lualatex  # noqa: PLC0415 - seldom needed

        check_lualatex()
    else:
        from symparams.documents.pdf import check_typst  # noqa: PLC0415 - not needed for texts

        check_typst()


def pdf_by(engine: str, document: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document in the format of an engine."""
    if engine == "lualatex":
        from symparams.documents.latex_pdf import latex_pdf  # noqa: PLC0415 - seldom needed

        return latex_pdf(document, fonts)
    from symparams.documents.pdf import pdf  # noqa: PLC0415 - not needed for texts

    return pdf(document, fonts)


def made_pdf(rendered: Callable[[str], str], engine: str, fonts: Sequence[str]) -> bytes:
    """The same of what is rendered in any format."""
    check_engine(engine)
    return pdf_by(engine, standalone(rendered(ENGINES[engine]), ENGINES[engine]), fonts)
