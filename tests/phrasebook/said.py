"""What stands in the code as text that is said: pieces of sentences and messages of errors, read off the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import jinja2.nodes

from symparams.documents.formats import FORMATS
from symparams.documents.rendering import environment

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "symparams"
TEMPLATES = ROOT / "templates"

_NO_SPEECH = {
    "keras",
    "keras1",
    "torch",
    "bound",
    "Symbol",
    "symbol",
    "Literal",
    "TypeVar",
    "Kind",
    "Misconception",
    "found_in",
    "citations",
}  # calls whose texts are looked for elsewhere
_PUT_IN = re.compile(r"‹[^›]*›|\{[^}]*\}|<[^>]*>")
_TAG = re.compile(r"</?[a-z][^>]*>?")
_LINKING = re.compile(r"(?i)\b(?:a|an|the|of|is|are|has|have|to|and|or|in|no|not|it)\b")  # else a list of names
_HOLE = re.compile(r"\{[=.@]?\w*|\}|<[<%#].*?[>%#]>", re.S)


@cache
def tree(path: Path) -> ast.Module:
    """What a module consists of."""
    return ast.parse(path.read_text("utf-8"))


def modules(*folders: str) -> list[Path]:
    """The modules of the package, or of folders of it."""
    roots = [PACKAGE / folder for folder in folders] or [PACKAGE]
    return sorted(path for root in roots for path in ([root] if root.suffix else root.rglob("*.py")))


def pieces(path: Path) -> Iterator[str]:
    """The texts of at least three words in a module that are neither docstrings nor parts of messages of errors."""
    silent = {id(part) for node in _silent(path) for part in ast.walk(node)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield from _speaking(_HOLE.split(node.value))


def messages(path: Path) -> list[str]:
    """The messages of errors in a module, what is put into them between angle quotes."""
    return _whole((*_of_messages(path), *_silent_functions(path)))


def others(path: Path) -> list[str]:
    """The texts in a module that are said but belong to no error, f-strings whole."""
    silent = {id(part) for node in _silent(path) for part in ast.walk(node)}
    nodes = [node for node in ast.walk(tree(path)) if id(node) not in silent]
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    return _whole(n for n in nodes if isinstance(n, (ast.JoinedStr, ast.Constant)) and id(n) not in inside)


def pieces_of(text: str) -> list[str]:
    """The pieces of at least three words between what is put into a text."""
    return list(_speaking(_PUT_IN.split(text)))


def _whole(nodes: Iterable[ast.AST]) -> list[str]:
    found = {" ".join(text.split()): None for node in nodes for text in _texts(node)}
    return [text for text in found if any(_speaking([_PUT_IN.sub(" ", text)]))]


def left_out(said: Iterable[str], page: str) -> list[str]:
    """The clauses of at least three words in what is said that a page, in plain small letters, does not have."""
    return [clause for one in said for clause in parts_of(one) if clause not in page]


def plain(text: str) -> str:
    """A text in small letters, without Markdown's escapes and lines."""
    return " ".join(text.replace("\\", "").casefold().split())


def spoken_texts() -> Iterator[str]:
    """All pieces of texts in the code and the templates."""
    for path in modules():
        yield from pieces(path)
    for path in sorted(TEMPLATES.rglob("*.j2")):
        yield from template_pieces(path)


def parts_of(text: str) -> list[str]:
    """The clauses of at least three words in a text, in plain small letters."""
    parts = map(plain, re.split(r"[()`]|[.,;:?](?:\s|$)", text))
    return [part for part in parts if len(part.split()) > 2]


def template_pieces(path: Path) -> Iterator[str]:
    """The texts of at least three words in a template, without the commands and comments of LaTeX."""
    markdown = environment(FORMATS["markdown"])
    for node in markdown.parse(path.read_text("utf-8")).find_all((jinja2.nodes.TemplateData, jinja2.nodes.Const)):
        text = getattr(node, "data", None) or getattr(node, "value", None)
        if isinstance(text, str):
            yield from _speaking(line for line in text.split("\n") if not line.lstrip(" {}").startswith(("\\", "%")))


def _speaking(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        piece = " ".join(_TAG.sub(" ", text).split()).strip(" ;,.:()")
        words = re.findall(r"[^\W\d_]{2,}", piece)
        if len(words) >= 3 and (len(words) < 6 or _LINKING.search(piece)):
            yield piece


@cache
def _silent(path: Path) -> tuple[ast.AST, ...]:
    """What says nothing that a reader of the page looks for, or only where something is wrong."""
    return (*_without_speech(path), *_of_messages(path), *_silent_functions(path))


def _without_speech(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(tree(path)):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_type = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"
        called = _called(node) if isinstance(node, ast.Call) else ""
        is_repr = isinstance(node, ast.FunctionDef) and node.name == "__repr__"
        is_table = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("_KERAS")
        if is_docstring or is_type or is_repr or is_table or called in _NO_SPEECH or called == "split":
            yield node
        elif isinstance(node, ast.Call) and called == "misconception":
            yield from (keyword for keyword in node.keywords if keyword.arg == "source")
        elif isinstance(node, ast.Assign) and _names(node.targets[0]) <= _sources(path):
            yield node


@cache
def _sources(path: Path) -> frozenset[str]:
    """The constants of a module that say where mistakes are described."""
    sources = [n for n in ast.walk(tree(path)) if isinstance(n, ast.keyword) and n.arg == "source"]
    return frozenset(name for node in sources for name in _names(node) if name.strip("_").isupper())


# ---------------------------------------------------------------- messages of errors


@cache
def _functions() -> dict[str, list[ast.FunctionDef]]:
    """The functions of the package by their names."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
    return found


@cache
def _builders() -> frozenset[str]:
    """The functions whose texts end in messages: those that an error or a requirement mentions, and what they call."""
    open_ = [node for path in modules() for node in _of_messages(path)]
    found: set[str] = set()
    while open_:
        for name in _names(open_.pop()) - found:
            texts = list(filter(_gives_text, _functions().get(name, ())))
            found |= {name} if texts else set()
            open_ += texts
    return frozenset(found)


@cache
def _refusing() -> frozenset[str]:
    """The functions that raise an error themselves, or say what must hold, and give nothing else."""
    return frozenset(
        name
        for name, several in _functions().items()
        if any(
            "Requirement" in ast.unparse(f.returns)
            or (ast.unparse(f.returns) == "None" and any(isinstance(part, ast.Raise) for part in ast.walk(f)))
            for f in several
            if f.returns
        )
    )


def _silent_functions(path: Path) -> Iterator[ast.AST]:
    """The functions of a module whose texts end in messages."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name in _builders():
            yield node


@cache
def _of_messages(path: Path) -> tuple[ast.AST, ...]:
    """The other places of a module whose texts end in messages of errors."""
    return tuple(_found_of_messages(path))


def _found_of_messages(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assert) or _tells_error(node):
            yield node
        elif isinstance(node, ast.FunctionDef):
            told = {name for part in ast.walk(node) if _tells_error(part) for name in _names(part)}
            for part in ast.walk(node):
                if isinstance(part, ast.Assign) and _names(part.targets[0]) <= told:
                    yield part
        elif isinstance(node, ast.Assign) and _names(node.targets[0]) <= _named_by_errors(path):
            yield node


@cache
def _named_by_errors(path: Path) -> frozenset[str]:
    """The constants of a module that errors mention."""
    tells = [node for node in ast.walk(tree(path)) if _tells_error(node)]
    return frozenset(name for node in tells for name in _names(node) if name.strip("_").isupper())


def _names(node: ast.AST) -> set[str]:
    """The names and attributes that are mentioned."""
    parts = list(ast.walk(node))
    return {p.id for p in parts if isinstance(p, ast.Name)} | {p.attr for p in parts if isinstance(p, ast.Attribute)}


def _tells_error(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    called = _called(node) if isinstance(node, ast.Call) else ""
    return called == "Requirement" or called.endswith("Error") or called in _refusing()


def _gives_text(function: ast.FunctionDef) -> bool:
    return isinstance(function.returns, ast.Name) and function.returns.id == "str"


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts in an expression, f-strings whole."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(_part(value) for value in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not (isinstance(node, ast.Call) and _called(node) in _NO_SPEECH):
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                yield from _texts(child)


def _part(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    assert isinstance(value, ast.FormattedValue)
    return f"‹{_called_in_short(value.value)}›"


def _called_in_short(value: ast.expr) -> str:
    """A word for what is put into a text: the last name in it."""
    while not isinstance(value, (ast.Name, ast.Attribute)):
        inner = next((part for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr)), None)
        if isinstance(value, ast.Call) and value.args:
            inner = value.args[0]
        if inner is None:
            return "…"
        value = inner
    name = value.attr if isinstance(value, ast.Attribute) else value.id
    return name.strip("_").casefold().replace("_", " ")


def _called(node: ast.Call) -> str:
    """The name of the function that is called."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
