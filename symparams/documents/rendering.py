"""The object of a document + a template + a format -> text. The prose is in templates/."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import jinja2
from jinja2 import BytecodeCache, ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context

from symparams.documents import contract
from symparams.documents.formats import Format, check_letters, format_named, plain_like
from symparams.documents.solution import Solution
from symparams.documents.tables import Again, cells_behind
from symparams.documents.typesetting import Typesetter, filters
from symparams.errors import SymparamsError
from symparams.resources import folder, keep, kept

if TYPE_CHECKING:
    from symparams.documents.answer_document import AnswerDocument
    from symparams.documents.network_rows import ShownNetwork
    from symparams.questions.comparison import Comparison
    from symparams.questions.findings import Finding

Style: TypeAlias = Literal["answer", "steps", "formula", "lesson", "table", "textbook"]
STYLES: tuple[Style, ...] = get_args(Style)
COMPARISON_STYLES = ("answer", "steps")

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
    "optimized": False,
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


class _Unfolded(CodeGenerator):
    """Writes no filter's result into the code, because that serves every format."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, (nodes.TemplateData, nodes.Const)):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class _Plain(Context):
    """Calls what a template calls as it is: nothing that our templates call wants to know about the context."""

    def call(
        self, function: Any, *given: Any, _loop_vars: object = None, _block_vars: object = None, **named: Any
    ) -> Any:
        return function(*given, **named)


@cache
def typesetter(format_: Format) -> Typesetter:
    """Who writes in a format."""
    return Typesetter(format_)


@cache
def environment(format_: Format) -> Environment:
    """The templates, set for a format: `f` are its blocks, `mark` is its record, filters write what stands in lines."""
    blocks = f"formats/{format_.name}.j2"
    own = DictLoader({blocks: format_.blocks} if format_.blocks else {})
    loader = ChoiceLoader([own, FileSystemLoader(folder("templates"))])
    environment = Environment(loader=loader, bytecode_cache=_Compiled(), **_OPTIONS, **_DELIMITERS)  # noqa: S701
    environment.code_generator_class = _Unfolded
    environment.context_class = _Plain
    again = Again()
    environment.filters |= filters(typesetter(format_))
    environment.filters["drawn"] = partial(_drawn, format_)
    environment.filters |= {"again": again.text, "rows_again": again.rows, "cells_behind": cells_behind}
    environment.globals["mark"] = format_  # which the blocks use, too
    environment.globals["f"] = environment.get_template(blocks).module
    return environment


def _drawn(format_: Format, network: ShownNetwork) -> str:
    """The network of a question as a picture."""
    from symparams.documents.drawn_network import drawn_network  # noqa: PLC0415 - what draws is not always needed

    plain = environment(plain_like(format_)).get_template("exam/network.j2").module
    return typesetter(format_).picture(drawn_network(network, plain))


@dataclass(frozen=True, slots=True)
class Document:
    """Choices for a document beside its contents."""

    style: str = "steps"  # one of STYLES, or summary
    format: str = "markdown"  # one of FORMATS
    digits: str = "comma"  # the mark between groups of three digits: comma, space or none
    math: str = "latex"  # how formulas in Markdown are written: latex or unicode

    @property
    def record(self) -> Format:
        """The format with these choices."""
        return format_named(self.format, self.digits, self.math)


def render(solution: Solution, document: Document) -> str:
    """The solution in one of the styles and formats."""
    check_style(document.style, "summary", "total")
    if document.style == "answer":
        return written(document, "answer", s=solution, a=_answer(solution))
    return written(document, document.style, s=solution)


def _answer(solution: Solution) -> AnswerDocument:
    from symparams.documents.answer_document import AnswerDocument  # noqa: PLC0415  # few documents need it

    return AnswerDocument(solution)


def record(solution: Solution) -> dict[str, Any]:
    """The JSON of a solution: everything that is derived, and the answer in plain text."""
    answer = written(Document("answer", "text"), "answer", s=solution, a=_answer(solution))
    return {**contract.solve(solution), "answer": answer.rstrip()}


def render_comparison(comparison: Comparison, document: Document) -> str:
    """Two networks side by side, in one of the styles for that."""
    if document.style not in COMPARISON_STYLES:
        known = " and ".join(COMPARISON_STYLES)
        raise SymparamsError(f"there is no style `{document.style[:60]}` for comparisons; the choices are {known}")
    from symparams.documents.comparison_document import ComparisonDocument  # noqa: PLC0415  # nothing else needs it

    template = "compare" if document.style == "answer" else "compare_steps"
    return written(document, template, d=ComparisonDocument(comparison))


def comparison_with(template: Path, comparison: Comparison, document: Document) -> str:
    """The same through a user's own template."""
    from symparams.documents.comparison_document import ComparisonDocument  # noqa: PLC0415  # nothing else needs it

    layers = sum(len(side.network.nodes) for side in comparison.sides)
    return written_with(template, layers, document, d=ComparisonDocument(comparison))


def render_finding(finding: Finding, document: Document) -> str:
    """The values that were searched for, and how they come out."""
    from symparams.documents.finding_document import FindingDocument  # noqa: PLC0415  # nothing else needs it

    return written(document, "find", d=FindingDocument(finding))


def check_style(style: str, *more: str) -> None:
    """Raise SymparamsError for a style that there is not."""
    if style not in (*STYLES, *more):
        raise SymparamsError(f"there is no style `{style}`; the choices are {', '.join(STYLES)}")


def written(document: Document, template: str, **about: object) -> str:
    """What one of our own templates makes of the object of a document."""
    format_ = document.record
    text = environment(format_).get_template(f"styles/{template}.j2").render(about)
    return tidied(check_letters(text, format_), format_)


def standalone(body: str, format_: str = "latex") -> str:
    """A whole document around one or more fragments."""
    record = format_named(format_)
    return environment(record).get_template(record.whole).render(record.parts(body))


def delivered(body: str, format_: str, whole: bool = False) -> str:
    """One or more fragments, as a whole document if that is asked for or the format has no other.

    A fragment has around it what its format needs.
    """
    record = format_named(format_)
    if whole or record.is_always_whole:
        return standalone(body, format_)
    return environment(record).get_template(record.fragment).render(body=body) if record.fragment else body


def render_with(template: Path, solution: Solution, document: Document) -> str:
    """The solution through a user's own template, in Jinja's sandbox."""
    return written_with(template, len(solution.network.nodes), document, s=solution, solution=solution)


def written_with(template: Path, layers: int, document: Document, **about: object) -> str:
    """What a user's own template makes of the object of a document about networks of so many layers."""
    format_ = document.record
    options = {**_OPTIONS, **(_DELIMITERS if format_.has_braces else {})}
    phrases = vars(environment(format_).get_template("styles/phrases.j2").module)
    names = {name: macro for name, macro in phrases.items() if not name.startswith("_")}
    from symparams.documents.own_templates import own_document  # noqa: PLC0415  # few have a template of their own

    return own_document(template, about, layers, typesetter(format_), names, options)


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
