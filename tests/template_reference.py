"""The page on templates, made from the code: what every object that a template sees is for, and every filter."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from symparams.algebra.notation import Notation
from symparams.appendices.document import AppendixDocument
from symparams.appendices.writing import SAID
from symparams.documents.asked_document import AskedDocument
from symparams.documents.comparison_document import ComparisonDocument
from symparams.documents.diagnosis_sections import DiagnosisDocument
from symparams.documents.exam_document import ExamDocument
from symparams.documents.finding_document import FindingDocument
from symparams.documents.formats import FORMATS, Format
from symparams.documents.former_names import FormerNames
from symparams.documents.question_document import QuestionDocument
from symparams.documents.rendering import typesetter
from symparams.documents.solution import Solution
from symparams.documents.typesetting import filters
from symparams.grading.report import MarksDocument
from symparams.resources import folder

ROOTS = {
    "A solution: `s`, also `solution`": Solution,
    "An answer to a whole question: `d` for templates of your own": AskedDocument,
    "A comparison: `d` of `compare.j2`": ComparisonDocument,
    "Values that were searched for: `d` of `find.j2`": FindingDocument,
    "A diagnosis: `d` of `diagnose.j2`": DiagnosisDocument,
    "An exam: `d` for templates of your own": ExamDocument,
    "A question of an exam: `d` of `exam/question.j2`": QuestionDocument,
    "An appendix: `d` for templates of your own": AppendixDocument,
    "The marks of a class: `d` of `grade.j2`": MarksDocument,
}
OURS = (
    "symparams.appendices.",
    "symparams.documents.",
    "symparams.grading.report",
    "symparams.quantities.",
    "symparams.questions.",
)
OTHERS = ("Counts", "Condition", "Repeat")
CLOSED = (
    "Network",
    "Course",
    "Settings",
    "TotalQuantity",
    "Question",
)  # what stands behind a document; no template needs it whole


def objects() -> dict[str, list[type]]:
    """The classes of the objects that each template sees, each where it is seen first, by the title of the section."""
    seen: set[type] = set()
    return {title: [root, *_reached(root, seen)] for title, root in ROOTS.items()}


def page(introduction: str) -> str:
    """The whole page."""
    parts = [introduction]
    for title, (root, *others) in objects().items():
        parts.append(f"## {title}\n\n{_summary(root)}\n\n{_table(root)}")
        parts += [f"### `{found.__name__}`\n\n{_summary(found)}\n\n{_table(found)}" for found in others]
    parts.append(f"## Marks of the format: `mark`\n\n{_MARKS}\n\n{_table(Format)}\n\n{_NOTATION}\n\n{_table(Notation)}")
    parts.append(f"## Filters\n\n{_FILTERS}\n\n{_rows('filter', filters_told())}")
    parts.append(f"## Phrases\n\n{_PHRASES}\n\n{_rows('phrase', phrases())}")
    parts.append(f"## Phrases of an appendix\n\n{_SAID}\n\n{_rows('phrase', appendix_phrases())}")
    parts.append(f"## Names of versions before\n\n{_FORMER}\n\n{_former()}")
    return "\n\n".join(parts) + "\n"


_MARKS = """\
A format is one record in the list of `symparams/documents/formats.py`, with its blocks (titles, paragraphs, tables …)
in `templates/formats/`. To add one, add both; a test prints every document in a format that tags all it prints."""
_NOTATION = "Its notation, a record in `symparams/algebra/notation.py`, has every mark of a formula."
_FILTERS = """\
A template of your own can also call each of them as a function: `{{ number(s.total) }}` is `{{ s.total|number }}`."""
_PHRASES = """\
What the built-in styles say inside a line, from `templates/styles/phrases.j2`; a template of your own can call them."""
_SAID = "What a template for an appendix can call beside them, from `templates/appendix/say.j2`."
_FORMER = "These go on working in templates of your own; what they give is found on the objects above."


def _reached(root: type, seen: set[type]) -> Iterator[type]:
    """The classes of the objects that can be got at from one, in the order in which they are found."""
    pending = [root]
    seen.add(root)
    while pending:
        for found in _named(pending.pop(0)):
            if found not in seen:
                seen.add(found)
                pending.append(found)
                yield found


def _named(found: type) -> Iterator[type]:
    """The classes that stand in the types of fields and of what properties and methods give."""
    written = [str(text) for name, text in inspect.get_annotations(found).items() if not name.startswith("_")]
    written += [str(_function(member).__annotations__["return"]) for _, member in _members(found)]
    known = vars(sys.modules[found.__module__])
    for name in re.findall(r"\w+", " ".join(written)):
        one = known.get(name)
        if inspect.isclass(one) and (one.__module__.startswith(OURS) or name in OTHERS) and name not in CLOSED:
            yield one


def _members(found: type) -> Iterator[tuple[str, Any]]:
    """The public properties and methods that a class has itself."""
    for name, member in vars(found).items():
        is_member = isinstance(member, (property, cached_property)) or inspect.isfunction(member)
        if not name.startswith("_") and is_member:
            yield name, member


def _function(member: Any) -> Any:
    return member.fget if isinstance(member, property) else getattr(member, "func", member)


def attributes(found: type) -> dict[str, str]:
    """What each public field, property and method is; empty where nothing says so."""
    told = {name: text for name, text in _comments(found).items() if not name.startswith("_")}
    for name, member in _members(found):
        arguments = [] if not inspect.isfunction(member) else list(inspect.signature(member).parameters)[1:]
        call = f"({', '.join(arguments)})" if inspect.isfunction(member) else ""
        told[name + call] = _line(_function(member).__doc__)
    return told


def _comments(found: type) -> dict[str, str]:
    """The comment behind each field, or on the line before it."""
    lines = textwrap.dedent(inspect.getsource(found)).splitlines()
    (tree,) = ast.parse("\n".join(lines)).body
    assert isinstance(tree, ast.ClassDef)
    fields = [node for node in tree.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
    return {typing.cast(ast.Name, node.target).id: _comment(lines, node) for node in fields}


def _comment(lines: list[str], node: ast.AnnAssign) -> str:
    behind = re.search(r"  # (.*)$", lines[(node.end_lineno or node.lineno) - 1])
    before = re.match(r"\s*# (.*)$", lines[node.lineno - 2])
    return behind[1] if behind else before[1] if before else ""


def _line(docstring: str | None) -> str:
    return inspect.cleandoc(docstring or "").partition("\n")[0]


def _summary(found: type) -> str:
    return _line(found.__doc__)


def _table(found: type) -> str:
    return _rows("attribute", attributes(found))


def _rows(title: str, told: dict[str, str]) -> str:
    rows = [f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in told.items()]
    return "\n".join([f"| {title} | what |", "| --- | --- |", *rows])


def filters_told() -> dict[str, str]:
    """What each filter makes of a value, with its arguments."""
    every = filters(typesetter(FORMATS["text"]))
    return {_filter(name, function): _line(function.__doc__) for name, function in sorted(every.items())}


def _filter(name: str, function: Callable[..., Any]) -> str:
    first, *others = inspect.signature(function).parameters.values()
    arguments = [str(one).partition(":")[0] + _default(one) for one in others]
    return f"{first.name}|{name}({', '.join(arguments)})" if others else f"{first.name}|{name}"


def _default(one: inspect.Parameter) -> str:
    return "" if one.default is inspect.Parameter.empty else f"={one.default!r}"


def phrases() -> dict[str, str]:
    """What each phrase says, from the comment on the line before it."""
    return _macros("styles/phrases.j2")


def appendix_phrases() -> dict[str, str]:
    """The same of those that templates for an appendix have beside them."""
    return {call: told for call, told in _macros("appendix/say.j2").items() if call.partition("(")[0] in SAID}


def _macros(file: str) -> dict[str, str]:
    text = (folder("templates") / file).read_text("utf-8")
    return {m[2]: m[1] or "" for m in re.finditer(r"(?:<# ([^-\n].*) #>\n)?<% macro (.*?) %>", text)}


def _former() -> str:
    return ", ".join(f"`{name}`" for name in FormerNames.names) + "."
