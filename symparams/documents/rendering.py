"""Solution + style + format -> text. The prose is in templates/; here is what templates can call."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import jinja2
from jinja2 import BytecodeCache, ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from symparams.documents.answer_text import ComparisonText, FindingText
from symparams.documents.formats import FORMATS, Format, with_digits
from symparams.documents.own_templates import own_document
from symparams.documents.solution import Solution
from symparams.documents.vocabulary import Vocabulary, filters
from symparams.errors import SymparamsError
from symparams.questions.comparison import Comparison
from symparams.questions.findings import Finding
from symparams.resources import folder, keep, kept

Style: TypeAlias = Literal["steps", "formula", "lesson", "table", "textbook"]
STYLES: tuple[Style, ...] = get_args(Style)

# Ours and LaTeX users' templates: braces and percent signs stay free for TeX.
_DELIMITERS: Mapping[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}
_OPTIONS: Mapping[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "autoescape": False,
}


class _Compiled(BytecodeCache):
    """The templates as Python's own code, kept between runs."""

    def load_bytecode(self, bucket: Bucket) -> None:
        code = kept(f"{bucket.key}.{sys.implementation.cache_tag}", self._origin(bucket))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        keep(f"{bucket.key}.{sys.implementation.cache_tag}", self._origin(bucket), bucket.bytecode_to_string())

    def _origin(self, bucket: Bucket) -> bytes:
        return f"{jinja2.__version__} {sys.version} {bucket.checksum}".encode()


@cache
def environment(format_: str) -> Environment:
    """The templates, set for a format."""
    own = FORMATS[format_].blocks
    loader = ChoiceLoader(
        [DictLoader({f"formats/{format_}.j2": own} if own else {}), FileSystemLoader(folder("templates"))]
    )
    environment = Environment(loader=loader, bytecode_cache=_Compiled(), **_OPTIONS, **_DELIMITERS)  # noqa: S701
    environment.filters |= filters(FORMATS[format_])
    return environment


@dataclass(frozen=True, slots=True)
class Document:
    """Choices for a document beside its contents."""

    style: str = "steps"  # one of STYLES, or summary
    format: str = "markdown"  # one of FORMATS
    digits: str = "comma"  # the mark between groups of three digits: comma, space or none
    slug: str = "network"  # what its labels start with


def render(solution: Solution, document: Document) -> str:
    """The solution in one of the styles and formats."""
    format_ = format_of(document)
    check_style(document.style, "summary")
    return written(Vocabulary(solution, format_, document.slug), document.style)


def render_comparison(comparison: Comparison, document: Document) -> str:
    """Two networks side by side."""
    format_ = format_of(document)
    return written(ComparisonText(comparison, format_, document.slug), "compare")


def render_finding(finding: Finding, document: Document) -> str:
    """The values that were searched for, and how they come out."""
    format_ = format_of(document)
    return written(FindingText(finding, format_, document.slug), "find")


def check_style(style: str, *more: str) -> None:
    """Raise SymparamsError for a style that there is not."""
    if style not in (*STYLES, *more):
        raise SymparamsError(f"there is no style `{style}`; there are {', '.join(STYLES)}")


def written(words: Vocabulary, template_: str, style: str = "") -> str:
    """The words arranged by one of our own templates; one that serves several styles is told which."""
    template = environment(words.format.name).get_template(f"styles/{template_}.j2")
    text = template.render(words.names(), format=f"formats/{words.format.name}.j2", style=style)
    return tidied(text, words.format)


def standalone(body: str) -> str:
    """A LaTeX document around one or more fragments."""
    return environment("latex").get_template("formats/document.tex.j2").render(body=body)


def render_with(template: Path, solution: Solution, document: Document) -> str:
    """The solution through a user's own template, in Jinja's sandbox."""
    format_ = format_of(document)
    options = {**_OPTIONS, **(_DELIMITERS if format_.name == "latex" else {})}
    return own_document(template, solution, Vocabulary(solution, format_, document.slug), options)


def format_of(document: Document) -> Format:
    """The format of a document, its digits grouped as asked."""
    found = FORMATS.ask(document.format)
    if found is None:
        raise SymparamsError(f"there is no format `{document.format}`; there are {', '.join(FORMATS.names())}")
    return with_digits(found, document.digits)


def tidied(text: str, format_: Format) -> str:
    """No more than one empty line in a row, none at the start or inside a paragraph."""
    lines: list[str] = []
    for line in text.split("\n"):
        if format_.continuing and line.startswith(format_.continuing) and lines and not lines[-1]:
            lines.pop()
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"
