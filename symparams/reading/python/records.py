"""Classes that are only fields: @dataclass and NamedTuple, with the `__init__` that Python writes for them."""

from __future__ import annotations

import ast
from typing import Any

from symparams.reading.python.functions import Function, Scope, UserClass, code
from symparams.reading.python.run import Run


def complete(run: Run, made: UserClass, scope: Scope) -> None:
    """Give a class of fields its `__init__`."""
    named = any(root.rpartition(".")[2] == "NamedTuple" for root in made.roots())
    if "__init__" in made.members or not (named or any(map(_is_dataclass, made.node.decorator_list))):
        return
    fields: dict[str, ast.expr | None] = {}
    for cls in reversed(list(made.lineage())):
        for part in cls.node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not _is_shared(part):
                fields[part.target.id] = part.value
    run.allowance.spend(40 * len(fields))  # of the code that is written for them
    defaults = {name: _default(run, node, scope) for name, node in fields.items() if node is not None}
    made.members["__init__"] = Function("__init__", _init(list(fields), "__post_init__"), scope, defaults, made)


def _is_dataclass(decorator: ast.expr) -> bool:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) == "dataclass"


def _is_shared(part: ast.AnnAssign) -> bool:
    return "ClassVar" in ast.unparse(part.annotation)


def _default(run: Run, node: ast.expr, scope: Scope) -> Any:
    """The value of a field that is not given; `field(default_factory=list)` makes one."""
    if isinstance(node, ast.Call) and (ast.unparse(node.func)).rpartition(".")[2] == "field":
        for keyword in node.keywords:
            if keyword.arg == "default":
                return run.value(keyword.value, scope)
            if keyword.arg == "default_factory":
                return run.value(ast.Call(keyword.value, [], []), scope)
    return run.value(node, scope)


def _init(names: list[str], then: str) -> ast.FunctionDef:
    """`def __init__(self, a, b): self.a = a; self.b = b; self.__post_init__()`."""
    text = "".join(f"    self.{name} = {name}\n" for name in names)
    made = code(f"def __init__({', '.join(('self', *names))}):\n{text}    self.{then}()\n")[0]
    assert isinstance(made, ast.FunctionDef)
    return made
