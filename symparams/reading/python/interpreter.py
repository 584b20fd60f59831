"""A program followed statement by statement: what is certain is worked out, all else is left out or stays open."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.python.allowance import LOOP_STEPS, Allowance, check_size
from symparams.reading.python.builtin import BUILTINS
from symparams.reading.python.expressions import Expressions, counts, makes_layers, taken_once
from symparams.reading.python.framework import Framework
from symparams.reading.python.functions import Function, ReturnError, Scope, UserClass
from symparams.reading.python.operations import is_true
from symparams.reading.python.records import complete
from symparams.reading.python.values import Arguments, Unknown, Value
from symparams.reading.reading import Repair


class _LeaveLoopError(Exception):
    """`break` and `continue` on their way out."""

    def __init__(self, again: bool) -> None:
        self.again = again


class Interpreter(Expressions):
    """Follows statements."""

    def __init__(self, framework: Framework, source: Source, spans: Callable[[ast.AST], Span]) -> None:
        self.run = self
        self.framework = framework
        self.source = source
        self._spans = spans
        self._last = Span(0)  # the place that was asked for last
        self.allowance = Allowance()
        self.top = Scope(dict(BUILTINS))
        self.globals = Scope(outer=self.top)
        self.assumed: list[Repair] = []
        self.given_away: dict[
            int, tuple[Any, str, Span]
        ] = {}  # lists and dictionaries, by id: themselves, to what, where

    def spans(self, node: ast.AST) -> Span:
        """The place of a piece of syntax; what is not written in the program happens where it last was."""
        if hasattr(node, "lineno"):
            self._last = self._spans(node)
        return self._last

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        """An error at a place of the original."""
        return kind(matter, Place(self.source, *at))

    def may_change(self, name: str, given: Arguments) -> None:
        """Remember that a call of which nothing is known has the lists and dictionaries that it is given."""
        for one in given.values():
            if isinstance(one, (list, dict)):
                self.given_away[id(one)] = (one, name, given.at)

    def unchanged(self, value: Any) -> Any:
        """A value that is read: one that something unknown may have changed is taken as it was, which is said."""
        if id(value) in self.given_away:
            _, name, at = self.given_away.pop(id(value))
            self.assume(f"what `{name}` does is not known: it is taken to leave what it is given as it is", at)
        return value

    def assume(self, what: str, at: Span) -> None:
        """Note what was taken as usual, once."""
        if all(a.what != what for a in self.assumed):
            self.assumed.append(Repair(what, at))

    def program(self, body: Sequence[ast.stmt]) -> None:
        """Follow a whole program."""
        self.globals.names["__name__"] = "__main__"
        for statement in body:
            try:
                self.statement(statement, self.globals)
            except ReturnError as returned:
                self.globals.names["return"] = returned.value
            except _LeaveLoopError:
                continue

    def statements(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Follow statements in a row."""
        for statement in body:
            self.statement(statement, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        """Follow one statement; an error in it is at its place."""
        self.allowance.spend()
        does = _STATEMENTS.get(type(node).__name__)
        if does is None:
            return  # import of nothing, pass, del, assert, match: nothing that makes layers
        try:
            does(self, node, scope)
        except SymparamsError as error:
            if error.place is None:
                error.place = Place(self.source, *self.spans(node))
            raise
        except RecursionError:
            raise self.error("this is nested too deeply to be followed", self.spans(node), LimitError) from None

    # ------------------------------------------------------------ names

    def expression(self, node: ast.Expr, scope: Scope) -> None:
        self.value(node.value, scope)

    def imports(self, node: ast.Import, scope: Scope) -> None:
        for name in node.names:
            if name.asname is not None:
                scope.put(name.asname, Unknown(name.name))
            else:
                first = name.name.partition(".")[0]
                scope.put(first, Unknown(first))

    def imports_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        for name in node.names:
            if name.name != "*":
                path = f"{node.module}.{name.name}" if node.module else name.name
                known = self.framework.constant(self, path)
                scope.put(name.asname or name.name, Unknown(path) if known is None else known)

    def assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.put(target, value, scope)

    def assign_annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.put(node.target, self.value(node.value, scope), scope)

    def assign_operated(self, node: ast.AugAssign, scope: Scope) -> None:
        before = self.value(node.target, scope)
        added = self.value(node.value, scope)
        if isinstance(before, list) and isinstance(added, (list, tuple)) and isinstance(node.op, ast.Add):
            check_size(len(before) + len(added))
            self.allowance.spend(len(added))
            before.extend(added)
            return
        after = self.operate(type(node.op).__name__, before, added, self.spans(node))
        self.put(node.target, after, scope)

    def put(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Assign a value to what stands left of `=`."""
        if isinstance(target, ast.Name):
            scope.put(target.id, value)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope)
            if isinstance(owner, Value):
                owner.set_attribute(self, target.attr, value)
        elif isinstance(target, ast.Subscript):
            self.put_item(self.value(target.value, scope), self.value(target.slice, scope), value)
        elif isinstance(target, ast.Starred):
            self.put(target.value, value, scope)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target.elts, value, scope)

    def unpack(self, targets: Sequence[ast.expr], value: Any, scope: Scope) -> None:
        """Assign the parts of a value."""
        unpacked = getattr(value, "unpacked", None)
        parts = self.each(value) if unpacked is None else unpacked(self, len(targets))
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        if parts is not None and star is not None and len(parts) >= len(targets) - 1:
            behind = len(targets) - star - 1
            middle = list(parts[star : len(parts) - behind])
            parts = [*parts[:star], middle, *parts[len(parts) - behind :]]
        for i, target in enumerate(targets):
            if parts is not None and i < len(parts):
                self.put(target, parts[i], scope)
            else:
                self.put(target, self.item(value, i, self.spans(target)) if parts is None else Unknown("value"), scope)

    def define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, owner: UserClass | None = None
    ) -> None:
        made = Function(node.name, node, scope, self.defaults(node.args, scope), owner)
        scope.put(node.name, made)

    def define_class(self, node: ast.ClassDef, scope: Scope) -> None:
        made = UserClass(node.name, [self._base(base, scope) for base in node.bases], {}, node)
        inner = Scope(made.members, scope)
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                made.members[statement.name] = Function(
                    statement.name, statement, scope, self.defaults(statement.args, inner), made
                )
            else:
                self.statement(statement, inner)
        complete(self, made, inner)
        scope.put(node.name, made)

    def _base(self, node: ast.expr, scope: Scope) -> Any:
        """What a class extends, its code if that is known."""
        base = self.value(node, scope)
        defined = self.framework.defined(self, base.path, self.spans(node)) if isinstance(base, Unknown) else None
        return base if defined is None else defined

    def names_shared(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.shared.update(node.names)

    # ------------------------------------------------------------ ways

    def returned(self, node: ast.Return, scope: Scope) -> None:
        raise ReturnError(None if node.value is None else self.value(node.value, scope))

    def decide(self, test: ast.expr, scope: Scope) -> bool:
        """Whether a condition holds; one that is open is taken as not met."""
        return bool(is_true(self.value(test, scope)))

    def branch(self, node: ast.If, scope: Scope) -> None:
        held = is_true(self.value(node.test, scope))
        if held is None and makes_layers(node.body):
            self.assume(f"the condition `{ast.unparse(node.test)[:60]}` is taken as not met", self.spans(node.test))
        self.statements(node.body if held else node.orelse, scope)

    def loop(self, node: ast.For, scope: Scope) -> None:
        over = self.value(node.iter, scope)
        parts = over if isinstance(over, range) else self.each(over)
        if parts is None:
            self._once(node, scope)
            return
        left, made = self.allowance.left, self.allowance.made
        for part in parts:
            self.put(node.target, part, scope)
            if not self._round(node.body, scope) or self._endless(node, left, made):
                return
        self.statements(node.orelse, scope)

    def _once(self, node: ast.For, scope: Scope) -> None:
        """A loop over something unknown: nobody knows how often, so its names stay open."""
        self.put(node.target, Unknown(ast.unparse(node.target)), scope)
        is_counted = counts(node.iter) and makes_layers(node.body)
        if is_counted:
            self.assume(taken_once(node.iter), self.spans(node.iter))
        if is_counted or self.framework.follows(self, node):
            self._round(node.body, scope)

    def loop_while(self, node: ast.While, scope: Scope) -> None:
        left, made = self.allowance.left, self.allowance.made
        while self.decide(node.test, scope):
            self.allowance.spend()
            if not self._round(node.body, scope) or self._endless(node, left, made):
                return
        self.statements(node.orelse, scope)

    def _round(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Go through the body of a loop; whether it goes on."""
        try:
            self.statements(body, scope)
        except _LeaveLoopError as leave:
            return leave.again
        return True

    def _endless(self, node: ast.For | ast.While, left: int, made: int) -> bool:
        """Whether a loop has gone on for too long; one that makes layers is refused then."""
        if left - self.allowance.left <= LOOP_STEPS:
            return False
        if self.allowance.made == made:
            self.allowance.left = left - LOOP_STEPS
            return True
        if self.allowance.left < 0 or isinstance(node, ast.While):
            raise self.error("this loop does not end within the steps that it may take", self.spans(node), LimitError)
        return False

    def leave(self, node: ast.Break | ast.Continue, scope: Scope) -> None:
        raise _LeaveLoopError(isinstance(node, ast.Continue))

    def attempt(self, node: ast.Try, scope: Scope) -> None:
        self.statements([*node.body, *node.orelse, *node.finalbody], scope)

    def within(self, node: ast.With, scope: Scope) -> None:
        entered: list[Value] = []
        for item in node.items:
            value = self.value(item.context_expr, scope)
            if isinstance(value, Value):
                value.entered(self)
                entered.append(value)
            if item.optional_vars is not None:
                self.put(item.optional_vars, value, scope)
        try:
            self.statements(node.body, scope)
        finally:
            for value in reversed(entered):
                value.left(self)


_STATEMENTS: dict[str, Callable[[Interpreter, Any, Scope], None]] = {
    "Expr": Interpreter.expression,
    "Import": Interpreter.imports,
    "ImportFrom": Interpreter.imports_from,
    "Assign": Interpreter.assign,
    "AnnAssign": Interpreter.assign_annotated,
    "AugAssign": Interpreter.assign_operated,
    "FunctionDef": Interpreter.define,
    "AsyncFunctionDef": Interpreter.define,
    "ClassDef": Interpreter.define_class,
    "Global": Interpreter.names_shared,
    "Nonlocal": Interpreter.names_shared,
    "Return": Interpreter.returned,
    "If": Interpreter.branch,
    "For": Interpreter.loop,
    "While": Interpreter.loop_while,
    "Break": Interpreter.leave,
    "Continue": Interpreter.leave,
    "Try": Interpreter.attempt,
    "With": Interpreter.within,
}
