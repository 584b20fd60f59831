"""Expressions that our converters write, evaluated one call at a time: nothing is executed as a program."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from typing import Any

from symparams.errors import SymparamsError

_OPERATORS: Mapping[type[ast.AST], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}


def evaluated(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression of calls, literals and arithmetic, in which only these names are known.

    Attributes of `self` are names of their own: self.conv_1. Raises SymparamsError for anything else.
    """
    return _value(ast.parse(text, mode="eval").body, names)


def _value(tree: ast.expr, names: Mapping[str, Any]) -> Any:
    match tree:
        case ast.Constant():
            return tree.value
        case ast.Name() if tree.id in names:
            return names[tree.id]
        case ast.Attribute(value=ast.Name(id="self")) if f"self.{tree.attr}" in names:
            return names[f"self.{tree.attr}"]
        case ast.Attribute() if not tree.attr.startswith("_"):
            return getattr(_value(tree.value, names), tree.attr)
        case ast.Call():
            named = {one.arg: _value(one.value, names) for one in tree.keywords if one.arg is not None}
            return _value(tree.func, names)(*(_value(one, names) for one in tree.args), **named)
        case ast.Tuple() | ast.List():
            several = [_value(one, names) for one in tree.elts]
            return tuple(several) if isinstance(tree, ast.Tuple) else several
        case ast.BinOp() if type(tree.op) in _OPERATORS:
            return _OPERATORS[type(tree.op)](_value(tree.left, names), _value(tree.right, names))
        case ast.UnaryOp() if type(tree.op) in _OPERATORS:
            return _OPERATORS[type(tree.op)](_value(tree.operand, names))
        case ast.Subscript():
            return _value(tree.value, names)[_value(tree.slice, names)]
        case ast.Slice():
            ends = (tree.lower, tree.upper, tree.step)
            return slice(*(None if end is None else _value(end, names) for end in ends))
    raise SymparamsError(f"this is nothing that a converter writes: {ast.unparse(tree)[:200]}")
