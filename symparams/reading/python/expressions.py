"""Expressions worked out as far as they are certain."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symparams.algebra.formula import Formula
from symparams.errors import Span
from symparams.reading.python.allowance import ITEMS, Allowance, check_size
from symparams.reading.python.framework import Framework
from symparams.reading.python.functions import Function, Scope
from symparams.reading.python.methods import plain_attribute
from symparams.reading.python.operations import compared, is_true, operated
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Unknown, Value


def makes_layers(nodes: Sequence[ast.AST]) -> bool:
    """Whether something that looks like a layer is made in a piece of a program."""
    calls = (n.func for part in nodes for n in ast.walk(part) if isinstance(n, ast.Call))
    names = (f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls)
    return any(name[:1].isupper() or name == "add" for name in names)


def counts(over: ast.expr) -> bool:
    """Whether a loop only counts: `range(depth)`."""
    return isinstance(over, ast.Call) and getattr(over.func, "id", "") in ("range", "xrange")


def taken_once(over: ast.expr) -> str:
    """What is said where nobody knows how many times a loop runs."""
    return f"how many times a loop over `{ast.unparse(over)[:60]}` runs is not known: it is taken to run once"


class _OpenError(Exception):
    """What a comprehension goes through is not known."""


class Expressions:
    """Works out expressions; statements are the business of Run."""

    framework: Framework
    run: Run  # itself
    allowance: Allowance

    def spans(self, node: ast.AST) -> Span:
        raise NotImplementedError

    def value(self, node: ast.expr, scope: Scope) -> Any:
        """What an expression stands for."""
        self.allowance.spend()
        kind = type(node).__name__
        does = _EXPRESSIONS.get(kind)
        found = Unknown("value") if does is None else does(self, node, scope)
        if kind in _MAKES and isinstance(found, (str, list, tuple, dict)):
            self.allowance.spend(len(found))
        return found

    def constant(self, node: ast.Constant, scope: Scope) -> Any:
        return node.value

    def name(self, node: ast.Name, scope: Scope) -> Any:
        try:
            return scope.find(node.id)
        except KeyError:
            pass
        known = self.framework.lost(self.run, node.id)
        if known is None:
            known = self.framework.constant(self.run, node.id)
        return Unknown(node.id) if known is None else known

    def attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        owner = self.value(node.value, scope)
        if isinstance(owner, Value):
            return owner.attribute(self.run, node.attr)
        return plain_attribute(owner, node.attr)

    def subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        owner = self.value(node.value, scope)
        return self.item(owner, self.value(node.slice, scope), self.spans(node))

    def item(self, owner: Any, key: Any, at: Span) -> Any:
        """`owner[key]`."""
        if isinstance(owner, Value):
            return owner.item(self.run, key, at)
        try:
            if isinstance(owner, (list, tuple, str, dict)):
                return self.unchanged(owner)[key]
        except (TypeError, IndexError, KeyError, ValueError):
            pass
        return Unknown("value")

    def cut(self, node: ast.Slice, scope: Scope) -> Any:
        parts = (None if p is None else self.value(p, scope) for p in (node.lower, node.upper, node.step))
        return slice(*parts)

    def put_item(self, owner: Any, key: Any, value: Any) -> None:
        """`owner[key] = value`."""
        if isinstance(owner, Value):
            owner.set_item(self.run, key, value)
            return
        try:
            if isinstance(owner, (list, dict)):
                owner[key] = value
        except (TypeError, IndexError):
            pass

    # ------------------------------------------------------------ operators

    def binary(self, node: ast.BinOp, scope: Scope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return self.operate(type(node.op).__name__, left, right, self.spans(node))

    def operate(self, name: str, left: Any, right: Any, at: Span) -> Any:
        """`left + right`."""
        knows = isinstance(right, Value) and not isinstance(right, Unknown)
        if knows and (not isinstance(left, Value) or isinstance(left, Unknown)):
            return right.operated(self.run, name, left, True, at)
        if isinstance(left, Value):
            return left.operated(self.run, name, right, False, at)
        if isinstance(right, Value):
            return right.operated(self.run, name, left, True, at)
        if name == "Mod" and isinstance(left, str):
            right = tuple(map(_in_text, right)) if isinstance(right, tuple) else _in_text(right)
        return operated(name, left, right)

    def unary(self, node: ast.UnaryOp, scope: Scope) -> Any:
        value = self.value(node.operand, scope)
        if isinstance(node.op, ast.Not):
            held = is_true(value)
            return Unknown("value") if held is None else not held
        if isinstance(node.op, ast.USub):
            return (
                self.operate("Sub", 0, value, self.spans(node))
                if isinstance(value, (Value, Formula))
                else (operated("Sub", 0, value) if isinstance(value, (int, float)) else Unknown("value"))
            )
        return value

    def boolean(self, node: ast.BoolOp, scope: Scope) -> Any:
        wanted, found = isinstance(node.op, ast.Or), Unknown("value")
        result: Any = found
        open_ = False
        for part in node.values:
            result = self.value(part, scope)
            held = is_true(result)
            if held is None:
                open_ = True
            elif held == wanted:
                return result
        return found if open_ else result

    def compare(self, node: ast.Compare, scope: Scope) -> Any:
        left = self.value(node.left, scope)
        result: Any = True
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node, scope)
            held = compared(type(op).__name__, left, right)
            if held is False:
                return False
            if held is None:
                result = Unknown("value")
            left = right
        return result

    def conditional(self, node: ast.IfExp, scope: Scope) -> Any:
        return self.value(node.body if self.decide(node.test, scope) else node.orelse, scope)

    def decide(self, test: ast.expr, scope: Scope) -> bool:
        raise NotImplementedError

    # ------------------------------------------------------------ collections

    def elements(self, nodes: Sequence[ast.expr], scope: Scope) -> list[Any]:
        """Values in a row, `*` unpacked."""
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inside = self.each(self.value(node.value, scope))
                inside = [Unknown("value")] if inside is None else inside
                check_size(len(found) + len(inside))
                self.allowance.spend(len(inside))
                found.extend(inside)
            else:
                found.append(self.value(node, scope))
        return found

    def fixed(self, node: ast.Tuple, scope: Scope) -> Any:
        return tuple(self.elements(node.elts, scope))

    def row(self, node: ast.List, scope: Scope) -> Any:
        return self.elements(node.elts, scope)

    def dictionary(self, node: ast.Dict, scope: Scope) -> Any:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(value, scope)
            if key is None:
                made.update(found if isinstance(found, dict) else {})
            else:
                try:
                    made[self.value(key, scope)] = found
                except TypeError:
                    continue
        return made

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Any:
        try:
            return [self.value(node.elt, inner) for inner in self._rounds(node.generators, scope, node.elt)]
        except _OpenError:
            return Unknown(ast.unparse(node))

    def comprehension_of_dict(self, node: ast.DictComp, scope: Scope) -> Any:
        try:
            return {
                self.value(node.key, s): self.value(node.value, s)
                for s in self._rounds(node.generators, scope, node.value)
            }
        except _OpenError:
            return Unknown(ast.unparse(node))

    def _rounds(self, loops: Sequence[ast.comprehension], scope: Scope, made: ast.expr) -> Iterator[Scope]:
        if not loops:
            yield scope
            return
        loop, inner = loops[0], Scope(outer=scope, owner=scope.owner, this=scope.this)
        parts = self.each(self.value(loop.iter, scope))
        if parts is None and counts(loop.iter) and makes_layers([made]):
            self.run.assume(taken_once(loop.iter), self.spans(loop.iter))
            parts = [Unknown(ast.unparse(loop.target))]
        if parts is None:
            raise _OpenError
        for part in parts:
            self.allowance.spend()
            self.put(loop.target, part, inner)
            if all(self.decide(test, inner) for test in loop.ifs):
                yield from self._rounds(loops[1:], inner, made)

    def put(self, target: ast.expr, value: Any, scope: Scope) -> None:
        raise NotImplementedError

    def each(self, value: Any) -> Sequence[Any] | None:
        """What a loop over a value goes through; None if that is open."""
        if isinstance(value, Value):
            return value.items(self.run)
        if isinstance(value, range):
            check_size(len(value) if value.stop - value.start < ITEMS else value.stop - value.start)
        self.unchanged(value)
        if isinstance(value, (list, tuple, range)):
            return value
        if isinstance(value, (dict, str, set)):
            return list(value)
        return None

    # ------------------------------------------------------------ calls and texts

    def call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.value(node.func, scope)
        given = Arguments(at=self.spans(node))
        for argument in node.args:
            at = self.spans(argument)
            if isinstance(argument, ast.Starred):
                inside = self.each(self.value(argument.value, scope))
                self.allowance.spend(len(inside or ()))
                given.positional.extend(Given(v, at) for v in ([Unknown("value")] if inside is None else inside))
            else:
                given.positional.append(Given(self.value(argument, scope), at))
        for keyword in node.keywords:
            value, at = self.value(keyword.value, scope), self.spans(keyword.value)
            if keyword.arg is not None:
                given.keywords[keyword.arg] = Given(value, at)
            elif isinstance(self.unchanged(value), dict):
                given.keywords.update({str(k): Given(v, at) for k, v in value.items()})
        if isinstance(node.func, ast.Name) and node.func.id == "super" and isinstance(function, Value):
            return self.framework.super(self.run, scope)
        return function.called(self.run, given) if isinstance(function, Value) else Unknown("value")

    def unchanged(self, value: Any) -> Any:
        raise NotImplementedError

    def defaults(self, spec: ast.arguments, scope: Scope) -> dict[str, Any]:
        """Parameters with the values that they have by default."""
        positional = [*spec.posonlyargs, *spec.args]
        named = positional[len(positional) - len(spec.defaults) :]
        found = {p.arg: self.value(v, scope) for p, v in zip(named, spec.defaults, strict=True)}
        for p, v in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            if v is not None:
                found[p.arg] = self.value(v, scope)
        return found

    def function(self, node: ast.Lambda, scope: Scope) -> Any:
        return Function("lambda", node, scope, self.defaults(node.args, scope))

    def text(self, node: ast.JoinedStr, scope: Scope) -> Any:
        parts: list[str] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
                continue
            assert isinstance(part, ast.FormattedValue)
            value = self.value(part.value, scope)
            layout = self.value(part.format_spec, scope) if part.format_spec is not None else ""
            parts.append(_formatted(value, layout))
        return "".join(parts)

    def named(self, node: ast.NamedExpr, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        self.put(node.target, value, scope)
        return value


def _in_text(value: Any) -> Any:
    """A value as it is put into a text."""
    return value.text() if isinstance(value, Value) else str(value) if isinstance(value, Formula) else value


def _formatted(value: Any, layout: Any) -> str:
    plain = _in_text(value)
    if not isinstance(layout, str) or len(layout) > 6:
        layout = ""
    try:
        return format(plain, layout)[:1_000]
    except (ValueError, TypeError):
        return str(plain)[:1_000]


_MAKES = frozenset(("BinOp", "Subscript", "Call", "JoinedStr"))  # what may make something large out of little

_EXPRESSIONS: dict[str, Callable[[Any, Any, Scope], Any]] = {
    "Constant": Expressions.constant,
    "Name": Expressions.name,
    "Attribute": Expressions.attribute,
    "Subscript": Expressions.subscript,
    "Slice": Expressions.cut,
    "BinOp": Expressions.binary,
    "UnaryOp": Expressions.unary,
    "BoolOp": Expressions.boolean,
    "Compare": Expressions.compare,
    "IfExp": Expressions.conditional,
    "Tuple": Expressions.fixed,
    "List": Expressions.row,
    "Set": Expressions.row,
    "Dict": Expressions.dictionary,
    "ListComp": Expressions.comprehension,
    "GeneratorExp": Expressions.comprehension,
    "SetComp": Expressions.comprehension,
    "DictComp": Expressions.comprehension_of_dict,
    "Call": Expressions.call,
    "Lambda": Expressions.function,
    "JoinedStr": Expressions.text,
    "NamedExpr": Expressions.named,
}
