"""The formats for questions by name; the module of one is loaded when it is asked for."""

from __future__ import annotations

import importlib

from symparams.errors import SymparamsError, listed, nearest
from symparams.exports.export import Export
from symparams.extensions import Open

# Where each format is: the module here and its class; of an extension the class itself.
EXPORTS: Open[tuple[str, str] | type[Export]] = Open(
    "export",
    {
        "markdown": ("markdown", "Markdown"),
        "json": ("json", "Json"),
        "latex": ("latex", "Latex"),
        "typst": ("typst", "Typst"),
        "html": ("html", "Html"),
        "pdf": ("typst", "Pdf"),
        "docx": ("office", "Docx"),
        "epub": ("office", "Epub"),
        "moodle": ("moodle", "Moodle"),
        "gift": ("gift", "Gift"),
        "qti12": ("qti12", "Qti12"),
        "qti21": ("qti21", "Qti21"),
        "blackboard": ("blackboard", "Blackboard"),
        "prairielearn": ("prairielearn", "PrairieLearn"),
        "anki": ("anki", "Anki"),
        "numbas": ("numbas", "Numbas"),
        "rexams": ("rexams", "RExams"),
        "h5p": ("h5p", "H5p"),
    },
)

# The suffixes that files in each have; a course of PrairieLearn is a folder.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "markdown": (".md", ".markdown"),
    "json": (".json",),
    "latex": (".tex",),
    "typst": (".typ",),
    "html": (".html", ".htm"),
    "pdf": (".pdf",),
    "docx": (".docx",),
    "epub": (".epub",),
    "moodle": (".xml",),
    "gift": (".gift",),
    "qti12": (".zip",),
    "qti21": (".zip",),
    "blackboard": (".zip",),
    "prairielearn": (),
    "anki": (".apkg",),
    "numbas": (".exam",),
    "rexams": (".zip",),
    "h5p": (".h5p",),
}

# The formats of papers, which have names of students on them, and those that have sheets for answers.
PAPERS = ("latex", "typst", "html", "pdf", "docx", "epub")
SHEETS = ("latex", "typst", "html", "pdf")


# Other classes for a format, by what makes its files.
_BY_ENGINE = {("pdf", "lualatex"): ("latex", "LatexPdf")}


def export(name: str, engine: str = "") -> Export:
    """The format of this name; `engine`: what makes its files, where there are several ways."""
    found = _BY_ENGINE.get((name, engine)) or EXPORTS.ask(name)
    if found is None:
        names = EXPORTS.names()
        raise SymparamsError(
            f"there is no format `{name}` for questions; the choices are {listed(names)}{nearest(name, names)}"
        )
    if isinstance(found, type):
        return found()
    module, class_ = found
    format_ = getattr(importlib.import_module(f"symparams.exports.{module}"), class_)()
    assert isinstance(format_, Export)
    return format_
