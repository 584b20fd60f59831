"""The notations: plain text, LaTeX and the syntax of the language, and how letters are written in each."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from symparams.algebra.notation import Labelled, Notation

_SMALL = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_CAPITAL = ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"]
GREEK_LETTERS = dict(zip([*_SMALL, *_CAPITAL], "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))  # name: letter
# fmt: on
GREEK = {letter: name for name, letter in GREEK_LETTERS.items()}  # letter: name


def _plain_symbol(name: str) -> str:
    head, _, tail = name.partition("_")
    head = GREEK_LETTERS.get(head, head)
    return f"{head}_{tail}" if tail else head


def _latex_symbol(name: str) -> str:
    head, _, tail = name.strip("_").partition("_")
    letter = _latex_letter(head)
    if not tail:
        return letter
    words = tail.strip("_").split("_")
    if len(words) == 1 and (len(tail) == 1 or tail.isdigit()):
        return f"{letter}_{{{tail}}}" if len(tail) > 1 else f"{letter}_{tail}"
    return f"{letter}_{{\\mathrm{{{','.join(words)}}}}}"


def _latex_letter(head: str) -> str:
    head = GREEK.get(head, head)
    if head in GREEK_LETTERS:
        return f"\\{head}"
    if len(head) == 1:
        return head
    ending = re.fullmatch(r"([A-Za-z])(\d+)", head)
    if ending:
        return f"{ending[1]}_{{{ending[2]}}}"
    safe = "".join(f"\\{GREEK[c]} " if c in GREEK else c if c.isascii() else "?" for c in head)
    return f"\\mathit{{{safe}}}"


def _latex_indexed(letter: str, name: str) -> str:
    return f"{letter}_{{\\texttt{{{name.replace('_', chr(92) + '_')}}}}}"


def _plain_function(name: str, arguments: list[str]) -> str:
    if name in ("floor", "ceil"):
        left, right = "⌊⌋" if name == "floor" else "⌈⌉"
        return left + arguments[0] + right
    return f"{name}({', '.join(arguments)})"


def _latex_function(name: str, arguments: list[str]) -> str:
    grow = any("\\frac" in a for a in arguments)
    if name in ("floor", "ceil"):
        left, right = (f"\\l{name}", f"\\r{name}")
    else:
        left, right = "(", ")"
    inner = ", ".join(arguments)
    if grow:
        inner = f"\\left{left} {inner} \\right{right}"
    else:
        inner = f"{left} {inner} {right}" if left != "(" else f"({inner})"
    return inner if name in ("floor", "ceil") else f"\\{name}{inner}"


def _latex_bracket(inner: str) -> str:
    return f"\\Bigl({inner}\\Bigr)" if "\\frac" in inner else f"({inner})"  # not \left: a line may break inside


def _plain_labelled(terms: Labelled, start: str) -> str:
    widths = [max(map(len, (term, *texts))) for term, texts in terms]
    rows: list[str] = []
    for cells in zip(*((term, *texts) for term, texts in terms), strict=True):
        between, before = (" + ", start) if not rows else ("   ", " " * len(start))
        padded = between.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        rows.append((before + padded).rstrip())
    return "\n".join(rows)


def _latex_labelled(terms: Labelled, start: str) -> str:
    return start + " + ".join(f"\\underbrace{{{term}}}_{{{_latex_below(texts)}}}" for term, texts in terms)


def _latex_below(texts: Sequence[str]) -> str:
    lines = [" \\times ".join(map(_latex_typed, text.split(" × "))) for text in texts]
    return lines[0] if len(lines) == 1 else "\\substack{" + " \\\\ ".join(lines) + "}"


def _latex_typed(text: str) -> str:
    return "\\texttt{" + re.sub("[_%]", r"\\\g<0>", text) + "}"


def _superscript(base: str, exponent: str) -> str:
    if exponent.isdigit():
        return base + exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^({exponent})"


def _same(text: str) -> str:
    return text


PLAIN = Notation(
    number=_same,
    plus=" + ",
    times="·",
    beside="",
    parting="",
    cross=" × ",
    minus=" − ",
    leading_minus="−",
    group=",",
    thin="\u202f",
    symbol=_plain_symbol,
    indexed="{}({})".format,
    word=_same,
    blank="[{}]".format,
    quotient=None,
    over="/",
    power=_superscript,
    function=_plain_function,
    series="Σ({1} = {2} … {3}) {0}".format,
    bracket="({})".format,
    modulo=" mod ",
    relation={"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "divides": "divides", "about": "≈"},
    comma=", ",
    dots="…",
    members="{} ∈ {{{}}}".format,
    exact=False,
    labelled=_plain_labelled,
)

LATEX = Notation(
    number=_same,
    plus=" + ",
    times=" \\cdot ",
    beside=" ",
    parting=" \\allowbreak ",
    cross=" \\times ",
    minus=" - ",
    leading_minus="-",
    group="{,}",
    thin="\\,",
    symbol=_latex_symbol,
    indexed=_latex_indexed,
    word="\\text{{{}}}".format,
    blank="\\underline{{\\;\\text{{{}}}\\;}}".format,
    quotient="\\frac{{{}}}{{{}}}".format,
    over="/",
    power="{}^{{{}}}".format,
    function=_latex_function,
    series="\\sum_{{{1}={2}}}^{{{3}}} {0}".format,
    bracket=_latex_bracket,
    modulo=" \\bmod ",
    relation={
        "==": "=",
        "!=": "\\neq",
        "<": "<",
        "<=": "\\le",
        ">": ">",
        ">=": "\\ge",
        "divides": "\\mid",
        "about": "\\approx",
    },
    comma=", ",
    dots="\\dots",
    members="{} \\in \\lbrace {} \\rbrace".format,  # \\{ would lose its backslash in Markdown
    exact=False,
    whole="{{{}}}",
    labelled=_latex_labelled,
)

# LaTeX that stands in HTML: < and > would be read as tags before they are read as mathematics.
HTML_LATEX = replace(
    LATEX,
    relation={**LATEX.relation, "<": "\\lt", ">": "\\gt"},
    labelled=lambda terms, start: _latex_labelled(
        [(term, [html.escape(text, quote=False) for text in texts]) for term, texts in terms], start
    ),
)

SOURCE = Notation(
    number=_same,
    plus=" + ",
    times="*",
    beside=None,
    parting="*",
    cross=", ",
    minus=" - ",
    leading_minus="-",
    group="",
    thin="",
    symbol=_same,
    indexed="{}_{}".format,
    word=_same,
    blank="{}".format,
    quotient=None,
    over="/",
    power="{}^{}".format,
    function=lambda name, arguments: f"{name}({', '.join(arguments)})",
    series="sum({0}, {1}, {2}, {3})".format,
    bracket="({})".format,
    modulo=" % ",
    relation={sign: sign for sign in ("==", "!=", "<", "<=", ">", ">=")},
    comma=", ",
    dots="..",
    members="{} in {}".format,
    exact=True,
)


def with_groups(notation: Notation, group: str) -> Notation:
    """The same notation with another mark between groups of three digits."""
    return replace(notation, group=group)
