"""Texts that users gave, or names of layers, in the marks of a format: nothing in them means anything there."""

from __future__ import annotations

import html
import re

from symparams.algebra.notations import GREEK, LATEX
from symparams.algebra.typst_notation import quoted

_MARKDOWN = str.maketrans({c: "\\" + c for c in "\\`*_[]<>#|~$&"})
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "→": r"$\rightarrow$", "×": r"$\times$", "≥": r"$\ge$", "≤": r"$\le$",
    "…": r"\ldots{}", "−": "$-$", "·": r"$\cdot$",
}  # fmt: skip


# Inside what TeX, and its fonts in Typst, would set as one sign: -- as a dash, '' as a quotation mark, ?` upside down.
_LIGATURE = re.compile("(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)|(?<=,)(?=,)|(?<=[?!])(?=`)")


LATIN = re.compile("[^\\x00-\\x7f\\xa1-\u017e–—‘’“”„€]")  # what pdfTeX's fonts lack


def escape_latex(text: str) -> str:
    """Text for LaTeX; letters that pdfTeX's fonts lack stay as they are, for `check_letters` to find."""
    return "{}".join("".join(map(_latex_character, part)) for part in _LIGATURE.split(text))


def _latex_character(c: str) -> str:
    if c in _LATEX:
        return _LATEX[c]
    if c in GREEK:
        return f"${LATEX.symbol(c)}$"
    return c if c.isprintable() and c != "\xa0" else " "


def escape_markdown(text: str) -> str:
    """Text for Markdown."""
    return printable(text).translate(_MARKDOWN)


def printable(text: str) -> str:
    """The text with spaces for what is no sign, such as ends of lines."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def escape_page(text: str) -> str:
    """Text for a page of HTML with MathML."""
    return html.escape(printable(text))


def named_html(name: str) -> str:
    """The name of a layer, which may break behind the dots and lines in it."""
    return f"<code>{_AFTER.sub('<wbr>', escape_page(name))}</code>"


_AFTER = re.compile("(?<=[._/])(?=.)")


def escape_html(text: str) -> str:
    """The same where LaTeX stands beside it: a dollar or backslash stands alone, so that no formula is found in it."""
    return escape_page(text).translate(_NO_FORMULA)


_NO_FORMULA = str.maketrans({c: f"<span>{c}</span>" for c in "$\\"})


# What means nothing to Typst wherever it stands; all else is written as a string.
_TYPST = re.compile(r"[^\W\d_]+(?:[.,;:]? +[^\W\d_]+)*(?:[.,;:](?!\S))?| +")


def escape_typst(text: str) -> str:
    """Text for Typst: words as they are, what lies between them as strings."""
    text, pieces, end = printable(text), list[str](), 0
    for plain in _TYPST.finditer(text):
        pieces += [_typst_string(text[end : plain.start()]), plain[0]]
        end = plain.end()
    return "".join([*pieces, _typst_string(text[end:])])


def _typst_string(text: str) -> str:
    if _LIGATURE.search(text):
        return f"#apart({quoted(text)});"
    return f"#{quoted(text)};" if text else ""
