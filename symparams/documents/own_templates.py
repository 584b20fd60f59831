"""A document through a template of the user's own: read, compiled so that its work is counted, and run."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.visitor import NodeTransformer

from symparams.documents.former_names import FormerNames
from symparams.documents.metering import READ, SPENT, WRITTEN, Meter
from symparams.documents.sandbox import Sandbox
from symparams.documents.solution import Solution
from symparams.documents.typesetting import Typesetter, filters
from symparams.errors import LimitError, Place, Source, SymparamsError
from symparams.files import opened

_BYTES = 1 << 15  # of a template
_NESTED = 12  # loops in loops
# What Python, Jinja and our functions raise when they are given what they cannot work with.
_OF_TEMPLATES = (
    TemplateError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError, AssertionError, RuntimeError,
)  # fmt: skip


def own_document(
    template: Path,
    about: Mapping[str, Any],
    layers: int,
    writes: Typesetter,
    phrases: Mapping[str, Any],
    options: Mapping[str, Any],
) -> str:
    """What a template of the user's makes of the objects of a document; undefined names are errors.

    `about`: the objects by the names that the template has for them; `layers`: of the networks, by which its work is
    bounded.
    """
    text = template_text(template)
    meter = Meter(layers)
    solution = about.get("s")
    former = FormerNames(solution, writes, phrases).functions if isinstance(solution, Solution) else {}
    names = {**filters(writes), **phrases, **former, **about}
    try:
        sandbox = Sandbox(meter, names, filters(writes), options)
        tree = _Metering().visit(sandbox.parse(text))
        code = sandbox.compile(tree, filename=str(template))
        return sandbox.template_class.from_code(sandbox, code, sandbox.make_globals(None)).render(names)
    except TemplateSyntaxError as error:
        raise _at(template, text, error.lineno, str(error.message)) from None
    except UndefinedError as error:
        known = f"{error.message}; the names a template can use are {', '.join(sorted(names))}"
        raise _at(template, text, _line(error, template), known) from None
    except SecurityError as error:
        raise _at(template, text, _line(error, template), f"a template may not do this: {error}") from None
    except SymparamsError as error:
        raise _at(template, text, _line(error, template), error.matter, type(error)) from None
    except (RecursionError, SyntaxError, MemoryError) as error:
        raise _at(template, text, _line(error, template), "this is nested too deeply", LimitError) from None
    except _OF_TEMPLATES as error:
        raise _at(template, text, _line(error, template), str(error) or type(error).__name__) from None


def template_text(template: Path) -> str:
    """What a template of a user's own says; SymparamsError where it cannot be read."""
    try:
        with opened(template) as file:
            data = file.read(_BYTES + 1)
        if len(data) > _BYTES:
            raise LimitError(f"{template}: the template is larger than {_BYTES >> 10} KiB, which is the limit")
        return data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SymparamsError(f"cannot read the template {template}: {reason}") from None


def _line(error: BaseException, template: Path) -> int | None:
    """The line of a template at which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(template)), None)


def _at(
    template: Path, text: str, line: int | None, matter: str, kind: type[SymparamsError] = SymparamsError
) -> SymparamsError:
    kind = LimitError if issubclass(kind, LimitError) else SymparamsError
    if line is None:
        return kind(f"{template}: {matter}")
    before = text.split("\n")[: line - 1]
    start = sum(len(part) + 1 for part in before)
    while text[start : start + 1] in ("#", " ", "\t"):  # which a place would take for a comment
        start += 1
    return kind(matter, Place(Source(str(template), text), start))


# ---------------------------------------------------------------- while a template is compiled


class _Metering(NodeTransformer):
    """A template in which every piece that can be repeated, or can be large, takes its steps."""

    def __init__(self) -> None:
        self._loops = 0

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self._loops += 1
        if self._loops > _NESTED:
            message = f"loops are nested more than {_NESTED} deep, which is the limit"
            raise TemplateSyntaxError(message, node.lineno)
        self.generic_visit(node)
        self._loops -= 1
        if node.test is not None:
            node.test = nodes.And(_spent(node.lineno, node.test), node.test, lineno=node.lineno)
        return _priced(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        return _priced(self._inside(node))

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        return _priced(self._inside(node))

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        return _priced(self._inside(node))

    def _inside(self, node: nodes.Node) -> nodes.Node:
        """What becomes a function of its own: its loops begin anew."""
        loops, self._loops = self._loops, 0
        self.generic_visit(node)
        self._loops = loops
        return node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Const:
        return nodes.Const(node.data, lineno=node.lineno)  # is written like every value, and so counted

    def visit_Concat(self, node: nodes.Concat) -> nodes.Concat:
        self.generic_visit(node)
        node.nodes = [_filtered(part, WRITTEN) for part in node.nodes]
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:
        self.generic_visit(node)
        node.expr = _filtered(node.expr, READ)
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, READ)
        return node

    def visit_List(self, node: nodes.List | nodes.Dict) -> nodes.Expr:
        self.generic_visit(node)
        return _filtered(node, READ)

    visit_Dict = visit_List  # noqa: N815

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        self.generic_visit(node)
        return _filtered(node, READ) if node.ctx == "load" else node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:
        self.generic_visit(node)
        return _filtered(node, READ) if isinstance(node.arg, nodes.Slice) else node

    def visit_Include(self, node: nodes.Node) -> NoReturn:
        raise TemplateSyntaxError("a template of your own must stand alone: it cannot use another one", node.lineno)

    visit_Import = visit_FromImport = visit_Extends = visit_Include  # noqa: N815


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _spent(line: int, *repeated: nodes.Node) -> nodes.Filter:
    """What takes the steps of pieces that are run once more: one for each node, but not for those of inner loops."""
    return _filtered(nodes.Const(1 + sum(map(_size, repeated)), lineno=line), SPENT)


def _size(node: nodes.Node) -> int:
    if isinstance(node, (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)):
        return 1
    return 1 + sum(map(_size, node.iter_child_nodes()))


def _priced(node: nodes.Node) -> nodes.Node:
    """A loop or a macro that takes the steps of its body whenever it is run."""
    assert isinstance(node, (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block))
    node.body = [nodes.ExprStmt(_spent(node.lineno, *node.body), lineno=node.lineno), *node.body]
    return node
