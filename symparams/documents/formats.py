"""The formats a document can have: notation, escaping, inline marks. The blocks are in templates/formats/."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from symparams.algebra.notation import GREEK, HTML_LATEX, LATEX, PLAIN, Notation, with_groups
from symparams.errors import SymparamsError, listed
from symparams.extensions import Open


@dataclass(frozen=True, slots=True)
class Format:
    """How a format writes what stands inside a line."""

    name: str  # also the template of its blocks
    notation: Notation  # how formulas are written
    inline: tuple[str, str]  # around mathematics in a line
    word: Callable[[str], str]  # a word inside mathematics
    escape: Callable[[str], str]  # text that a user gave
    named: Callable[[str], str]  # the name of a layer
    group: str  # between groups of three digits in text
    line_break: str  # inside a displayed expression that is too long
    width: int  # how long a displayed line may be, in characters of plain text
    code_break: str = "\n"  # between the lines of a text in the language
    blank: str = "[{}]"  # a place to fill in, inside mathematics
    blocks: str = ""  # the template of its blocks; empty: it is in templates/formats/
    continuing: tuple[str, ...] = ()  # lines that belong to the paragraph before: no empty line there


_MARKDOWN = str.maketrans({c: "\\" + c for c in "\\`*_[]<>#|~$&"})
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "→": r"$\rightarrow$", "×": r"$\times$", "≥": r"$\ge$", "≤": r"$\le$",
    "…": r"\ldots{}", "−": "$-$", "·": r"$\cdot$",
}  # fmt: skip


# Inside what TeX would set as one sign: -- as a dash, '' as a quotation mark, ?` upside down.
_LIGATURE = re.compile("(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)|(?<=,)(?=,)|(?<=[?!])(?=`)")


def escape_latex(text: str) -> str:
    """Text for LaTeX; letters that pdfTeX's fonts lack become a question mark."""
    return "{}".join("".join(map(_latex_character, part)) for part in _LIGATURE.split(text))


def _latex_character(c: str) -> str:
    if c in _LATEX:
        return _LATEX[c]
    if c in GREEK:
        return f"${LATEX.symbol(c)}$"
    known = c.isprintable() and (ord(c) < 0x17F or c in "–—‘’“”„€")
    return c if known and not 0x7F <= ord(c) < 0xA1 else "?"


def _escape_markdown(text: str) -> str:
    return _printable(text).translate(_MARKDOWN)


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def escape_html(text: str) -> str:
    """Text for HTML; a dollar or backslash stands alone, so that what typesets formulas finds none in it."""
    return html.escape(_printable(text)).translate(_NO_FORMULA)


_NO_FORMULA = str.maketrans({c: f"<span>{c}</span>" for c in "$\\"})


def _as_it_is(text: str) -> str:
    return text


_OWN: dict[str, Format] = {
    "markdown": Format(
        name="markdown",
        notation=LATEX,
        inline=("$", "$"),
        word=r"\text{{{}}}".format,
        blank=r"\underline{{\;\text{{{}}}\;}}",
        escape=_escape_markdown,
        named="`{}`".format,
        group=",",
        line_break=" \\\\\n&\\quad {}",
        width=72,
    ),
    "latex": Format(
        continuing=(r"\begin{align", r"\begin{itemize}"),
        code_break="\\\\\n",
        name="latex",
        notation=LATEX,
        inline=("$", "$"),
        word=r"\text{{{}}}".format,
        blank=r"\underline{{\;\text{{{}}}\;}}",
        escape=escape_latex,
        named=lambda name: f"\\texttt{{{escape_latex(name)}}}",
        group=",",
        line_break=" \\\\\n&\\quad {}",
        width=72,
    ),
    "html": Format(
        name="html",
        notation=HTML_LATEX,
        inline=(r"\(", r"\)"),
        word=r"\text{{{}}}".format,
        blank=r"\underline{{\;\text{{{}}}\;}}",
        escape=escape_html,
        named=lambda name: f"<code>{escape_html(name)}</code>",
        group=",",
        line_break=" \\\\\n&amp;\\quad {}",
        width=72,
    ),
    "text": Format(
        name="text",
        notation=PLAIN,
        inline=("", ""),
        word=_as_it_is,
        escape=_printable,
        named=_as_it_is,
        group=",",
        line_break="\n",
        width=88,
    ),
}

FORMATS = Open("format", _OWN)

_THIN = {"markdown": "\u202f", "html": "\u202f", "latex": r"\,", "text": "\u202f"}


GROUPS = ("comma", "space", "none")  # marks between thousands


def with_digits(format_: Format, digits: str) -> Format:
    """The format with thousands marked by a comma, a thin space, or not at all."""
    if digits not in GROUPS:
        raise SymparamsError(f"there is no mark between thousands called `{digits[:60]}`; there are {listed(GROUPS)}")
    if digits == "comma":
        return format_
    if digits == "none":
        return replace(format_, notation=with_groups(format_.notation, ""), group="")
    thin = _THIN[format_.name]
    inside = thin if format_.notation is PLAIN else r"\,"
    return replace(format_, notation=with_groups(format_.notation, inside), group=thin)
