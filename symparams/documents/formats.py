"""The formats a document can have: notation, escaping, inline marks. The blocks are in templates/formats/."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from symparams.algebra.mathml import MATHML
from symparams.algebra.notation import Notation
from symparams.algebra.notations import HTML_LATEX, LATEX, PLAIN, with_groups
from symparams.algebra.typst_notation import TYPST, quoted
from symparams.documents.escaping import (
    LATIN,
    escape_html,
    escape_latex,
    escape_markdown,
    escape_page,
    escape_typst,
    named_html,
    printable,
)
from symparams.documents.html_page import page_parts
from symparams.documents.mathml_lines import in_line
from symparams.errors import SymparamsError, listed
from symparams.extensions import Open


def _as_it_is(text: str) -> str:
    return text


def _body_alone(body: str) -> Mapping[str, object]:
    return {"body": body}


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """How a format writes what stands inside a line; to add one, add a record here and its blocks to the templates."""

    name: str  # as --format takes it
    notation: Notation  # how formulas are written
    inline: tuple[str, str]  # around mathematics in a line
    escape: Callable[[str], str]  # text that a user gave, or a sentence of a layer or mistake
    named: Callable[[str], str]  # the name of a layer
    code: Callable[[str], str]  # a piece of the language in a line
    line_break: str  # inside a displayed expression that is too long
    arrow: str  # from what a layer is fed to what it makes
    back: str  # an arrow that points at a line of a table
    cross: str  # between the names of axes
    dots: str  # for what a list leaves out
    dash: str  # in a cell of a table that has nothing
    percent: str  # behind a number
    equals: str = " = "  # between a number and the formula that it comes out of, in a sentence
    width: int = 72  # how long a displayed line may be, in characters of plain text
    number: Callable[[str], str] = _as_it_is  # the digits of a number in text, grouped
    group: str = ","  # between groups of three digits in text
    thin: str = "\u202f"  # the same with thin spaces
    code_break: str = "\n"  # between the lines of a text in the language
    continuing: tuple[str, ...] = ()  # lines that belong to the paragraph before: no empty line there
    across: int = 40  # columns of numbers for which a page has room
    solves: bool = True  # whether whole documents are offered in it; if not, it only serves questions
    suffixes: tuple[str, ...] = ()  # that files in it have, the usual one first
    whole: str = ""  # the template of a document around fragments; empty: a fragment stands alone
    parts: Callable[[str], Mapping[str, object]] = _body_alone  # what that template is given for the fragments
    is_always_whole: bool = False  # whether a document is delivered with that template without being asked for it
    in_line: Callable[[str], str] | None = None  # mathematics in a line, where more than `inline` around it is needed
    fragment: str = ""  # the template of what a fragment needs around it; empty: nothing
    soft_break: str = ""  # where a line may break inside a word
    lacks: re.Pattern[str] | None = None  # characters that it cannot print; None: it prints all
    has_braces: bool = False  # whether { and % mean something in it, so that templates have << >> for {{ }}
    picture: str = ""  # how a picture is put into its text: inline, image, data, tikz or typst; empty: it has none
    blocks: str = ""  # the template of its blocks; empty: it is in templates/formats/


def check_letters(text: str, format_: Format) -> str:
    """The text of a document; raises SymparamsError for a letter that its format cannot print."""
    missing = None if format_.lacks is None or text.isascii() else format_.lacks.search(text)
    if missing is None:
        return text
    words = text[max(0, missing.start() - 30) : missing.end() + 30]
    word = next(word for word in words.split() if missing[0] in word)
    raise SymparamsError(
        f"the format {format_.name} has no letter `{missing[0]}` (U+{ord(missing[0]):04X}), which occurs in `{word}`; "
        "write it in Latin letters, or choose another format, such as markdown"
    )


# Every format there is; the order is that of the help.
_OWN: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        Format(
            name="markdown",
            suffixes=(".md", ".markdown"),
            notation=LATEX,
            inline=("$", "$"),
            escape=escape_markdown,
            named="`{}`".format,
            code="`{}`".format,
            line_break=" \\\\\n&\\quad {}",
            arrow=r"$\to$",
            back=r"$\leftarrow$",
            cross=" × ",
            dots="…",
            dash="–",
            percent="%",
            picture="data",
        ),
        Format(
            name="latex",
            suffixes=(".tex",),
            notation=LATEX,
            inline=("$", "$"),
            escape=escape_latex,
            named=lambda name: f"\\texttt{{{escape_latex(name)}}}".replace(".", ".\\allowbreak{}"),  # of tensors
            code=lambda text: f"\\texttt{{{escape_latex(text)}}}",
            line_break=" \\\\\n&\\quad {}",
            arrow=r"$\to$",
            back=r"$\leftarrow$",
            cross=r" $\times$ ",
            dots=r"\ldots{}",
            dash="–",
            percent=r"\%",
            thin=r"\,",
            code_break="\\\\\n",
            continuing=(r"\begin{align", r"\begin{itemize}"),
            across=8,
            whole="formats/document.tex.j2",
            soft_break=r"\allowbreak{}",
            lacks=LATIN,
            has_braces=True,
            picture="tikz",
        ),
        Format(
            name="typst",
            suffixes=(".typ",),
            notation=TYPST,
            inline=("#m($", "$);"),
            escape=escape_typst,
            named=lambda name: f"#n({quoted(printable(name))});",
            code=lambda text: f"#raw({quoted(text)});",
            line_break=' \\\n& quad "" ',
            arrow="→",
            back="←",
            cross=" × ",
            dots="…",
            dash="–",
            percent="%",
            across=8,
            whole="formats/document.typ.j2",
            fragment="formats/fragment.typ.j2",
            soft_break="#sym.zws;",
            has_braces=True,
            picture="typst",
        ),
        Format(
            name="html",
            suffixes=(".html", ".htm"),
            notation=MATHML,
            inline=("<math>", "</math>"),
            escape=escape_page,
            named=named_html,
            code=lambda text: f"<code>{escape_page(text)}</code>",
            line_break="",  # in_line finds where lines may break
            arrow="→",
            back="←",
            cross=" × ",
            dots="…",
            dash="–",
            percent="%",
            across=10,
            whole="formats/document.html.j2",
            parts=page_parts,
            is_always_whole=True,
            in_line=in_line,
            soft_break="<wbr>",
            picture="inline",
        ),
        Format(
            name="text",
            suffixes=(".txt",),
            notation=PLAIN,
            inline=("", ""),
            escape=printable,
            named=_as_it_is,
            code=_as_it_is,
            line_break="\n",
            arrow="→",
            back="←",
            cross=" × ",
            dots="…",
            dash="–",
            percent="%",
            width=88,
            across=20,
        ),
        Format(
            name="html-latex",
            notation=HTML_LATEX,
            inline=(r"\(", r"\)"),
            escape=escape_html,
            named=lambda name: f"<code>{escape_html(name)}</code>",
            code=lambda text: f"<code>{escape_html(text)}</code>",
            line_break=" \\\\\n&amp;\\quad {}",
            arrow="→",
            back="←",
            cross=" × ",
            dots="…",
            dash="–",
            percent="%",
            solves=False,
            picture="image",
        ),
    )
}

FORMATS = Open("format", _OWN)

# Variants of formats whose formulas are plain text, for places that render no mathematics.
_UNICODE: dict[str, Format] = {
    "markdown": replace(
        _OWN["markdown"],
        name="markdown-unicode",
        notation=PLAIN,
        inline=("", ""),
        line_break="\n",
        arrow="→",
        back="←",
        width=88,
    )
}

# Variants that are not offered by name. For what stands inside another document, such as a cell of a notebook: no
# headings, which would be its own, and no labels, which could be there twice; and what becomes the tree of a book's own
# document, formulas in LaTeX.
_INNER: dict[str, Format] = {
    "markdown-cell": replace(_OWN["markdown"], name="markdown-cell"),
    "latex-cell": replace(_OWN["latex"], name="latex-cell", whole=""),
    "tree": replace(
        _OWN["html-latex"],
        name="tree",
        inline=("<m>", "</m>"),
        escape=escape_page,
        named=lambda name: f"<code>{escape_page(name)}</code>",
        code=lambda text: f"<code>{escape_page(text)}</code>",
        whole="",
        solves=True,
        across=10,
    ),
    # What LuaLaTeX sets: the same with any letter that a font has.
    "lualatex": replace(_OWN["latex"], name="lualatex", lacks=None),
    # What pandoc makes Word documents and EPUBs of.
    "office": replace(
        _OWN["html"], name="office", whole="formats/office.html.j2", parts=_body_alone, in_line=None, soft_break=""
    ),
}

OFFICE = {"docx": ".docx", "epub": ".epub"}  # what pandoc makes of the format `office`, and how its files end
MATH = ("latex", "unicode")  # how formulas in Markdown are written: between dollars, or as plain text

GROUPS = ("comma", "space", "none")  # marks between thousands


def format_named(name: str, digits: str = "comma", math: str = "latex") -> Format:
    """The format of that name, with thousands marked by a comma, a thin space, or not at all."""
    found = _INNER.get(name) or FORMATS.ask(name)
    if found is None:
        raise SymparamsError(f"there is no format `{name[:60]}`; the choices are {', '.join(FORMATS.names())}")
    if math not in MATH:
        raise SymparamsError(f"there is no way to write formulas called `{math[:60]}`; the choices are {listed(MATH)}")
    if math == "unicode":
        if name not in _UNICODE:
            raise SymparamsError(f"formulas can be plain text in {listed(tuple(_UNICODE))}, not in {name}")
        found = _UNICODE[name]
    if digits not in GROUPS:
        raise SymparamsError(
            f"there is no mark between thousands called `{digits[:60]}`; the choices are {listed(GROUPS)}"
        )
    return _with_digits(found, digits)


@cache
def _with_digits(format_: Format, digits: str) -> Format:
    """The same record whenever it is asked for, as templates are kept for each."""
    if digits == "comma":
        return format_
    inside, group = ("", "") if digits == "none" else (format_.notation.thin, format_.thin)
    return replace(format_, notation=with_groups(format_.notation, inside), group=group)


# What the markup of questions is called here where whole documents have another format of that name.
_MARKUPS = {"html": "html-latex", "mathml": "html"}


def markup_named(name: str, digits: str = "comma") -> Format:
    """The format in which questions are written for an export with that markup.

    HTML has LaTeX in it, for MathJax; what is called `mathml` is HTML without.
    """
    return format_named(_MARKUPS.get(name, name), digits)


def plain_like(format_: Format) -> Format:
    """Plain text with the same marks between thousands."""
    return next(f for f in (format_named("text", digits) for digits in GROUPS) if f.group == format_.group)


@cache
def without_pictures(format_: Format) -> Format:
    """The same for places that take no pictures; the same record whenever it is asked for."""
    return replace(format_, picture="")


def written_formats() -> tuple[str, ...]:
    """The names of the formats in which whole documents are offered."""
    return tuple(name for name, format_ in FORMATS.items() if format_.solves)


def is_written(name: str) -> bool:
    """Whether whole documents are offered in a format."""
    found = _INNER.get(name) or FORMATS.ask(name)
    return found is not None and found.solves


def whole_formats() -> tuple[str, ...]:
    """The names of those in which a document can stand alone."""
    return tuple(name for name in written_formats() if FORMATS[name].whole)


def is_whole(name: str) -> bool:
    """Whether a document can stand alone in a format."""
    found = _INNER.get(name) or FORMATS.ask(name)
    return found is not None and bool(found.whole)
