"""Functions, classes and their instances, as a program defines them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from symparams.errors import LimitError
from symparams.reading.python.allowance import CALLS
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Copies, Given, Unknown, Value, copied


@dataclass(slots=True)
class Scope:
    """Names of a module or of a call."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None
    shared: set[str] = field(default_factory=set)  # declared global or nonlocal
    owner: UserClass | None = None  # the class in whose method this is
    this: Any = None  # and its first argument

    def find(self, name: str) -> Any:
        """What a name stands for; KeyError if nothing."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        raise KeyError(name)

    def put(self, name: str, value: Any) -> None:
        """Give a name a value."""
        scope = self
        if name in self.shared:
            around = self.outer
            while around is not None and name not in around.names and around.outer is not None:
                around = around.outer
            scope = around or self
        scope.names[name] = value


class ReturnError(Exception):
    """`return` on its way out of a function."""

    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass(slots=True, eq=False)
class Function(Value):
    """A function or a lambda with the names around it."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Any]
    owner: UserClass | None = None
    this: Any = None  # what it is bound to
    calls: int = 0

    def called(self, run: Run, given: Arguments) -> Any:
        run.allowance.depth += 1
        self.calls += 1
        try:
            if run.allowance.depth > CALLS:
                raise LimitError(f"functions call each other more than {CALLS} deep here, which is the limit")
            scope = Scope(self._bound(run, given), self.scope, owner=self.owner, this=self.this)
            if isinstance(self.node, ast.Lambda):
                return run.value(self.node.body, scope)
            try:
                run.statements(self.node.body, scope)
            except ReturnError as returned:
                return returned.value
            return None
        finally:
            run.allowance.depth -= 1

    def _bound(self, run: Run, given: Arguments) -> dict[str, Any]:
        """Every parameter with its value; one without any becomes a letter."""
        spec = self.node.args
        positional = [*spec.posonlyargs, *spec.args]
        names = [p.arg for p in positional]
        bound: dict[str, Any] = {}
        values = [g.value for g in given.positional]
        if self.this is not None and names:
            values = [self.this, *values]
        bound.update(zip(names, values, strict=False))
        known = {*names, *(p.arg for p in spec.kwonlyargs)}
        others = {k: g.value for k, g in given.keywords.items() if k not in known}
        bound.update({k: g.value for k, g in given.keywords.items() if k in known})
        for name in (*names, *(p.arg for p in spec.kwonlyargs)):
            if name not in bound:
                bound[name] = self.defaults[name] if name in self.defaults else run.framework.parameter(run, name)
        if spec.vararg is not None:
            bound[spec.vararg.arg] = tuple(values[len(names) :])
        if spec.kwarg is not None:
            bound[spec.kwarg.arg] = others
        return bound

    def kinds(self) -> set[str]:
        """The plain decorators: staticmethod, property."""
        return {d.id for d in getattr(self.node, "decorator_list", ()) if isinstance(d, ast.Name)}

    def bound_to(self, this: Any) -> Function:
        """The method of an instance."""
        return Function(self.name, self.node, self.scope, self.defaults, self.owner, this)

    def text(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class UserClass(Value):
    """A class that the program defines."""

    name: str
    bases: list[Any]
    members: dict[str, Any]
    node: ast.ClassDef
    made: int = 0  # instances

    def lineage(self) -> Iterator[UserClass]:
        """The class and those of the program that it extends, each once, itself first."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            cls = waiting.pop()
            if id(cls) not in seen:
                seen.add(id(cls))
                yield cls
                waiting.extend(base for base in reversed(cls.bases) if isinstance(base, UserClass))

    def member(self, name: str) -> Any:
        """What the class or one of its bases defines; KeyError if none does."""
        for cls in self.lineage():
            if name in cls.members:
                return cls.members[name]
        raise KeyError(name)

    def roots(self) -> list[str]:
        """The paths of all classes that come from outside."""
        outside = [base for cls in self.lineage() for base in cls.bases if not isinstance(base, UserClass)]
        return [base.text() if isinstance(base, Value) else "" for base in outside]

    def is_a(self, kind: Any, name: str) -> bool:
        """Whether the class is another one, or that of some name, or extends it."""
        inside = any(cls is kind or cls.name == name for cls in self.lineage())
        return inside or any(root.rpartition(".")[2] == name for root in self.roots())

    def attribute(self, run: Run, name: str) -> Any:
        try:
            member = self.member(name)
        except KeyError:
            return Unknown(f"{self.name}.{name}")
        return member.bound_to(self) if isinstance(member, Function) and "classmethod" in member.kinds() else member

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        self.members[name] = value

    def called(self, run: Run, given: Arguments) -> Any:
        self.made += 1
        instance = run.framework.instance(run, self)
        instance.start(run, given)
        return instance

    def text(self) -> str:
        return self.name


class Instance(Value):
    """An instance of a class that the program defines."""

    def __init__(self, cls: UserClass) -> None:
        self.cls = cls
        self.fields: dict[str, Any] = {}

    def copied(self, run: Run, deeply: Copies | None) -> Any:
        made = run.framework.instance(run, self.cls)
        if deeply is not None:
            deeply[id(self)] = made
        for name, value in self.fields.items():
            made.set_attribute(run, name, value if deeply is None else copied(run, value, deeply))
        return made

    def start(self, run: Run, given: Arguments) -> None:
        """What `__init__` does."""
        self.run_method(run, "__init__", given)

    def has(self, name: str) -> bool:
        """Whether the class defines something."""
        try:
            self.cls.member(name)
        except KeyError:
            return False
        return True

    def run_method(self, run: Run, name: str, given: Arguments) -> Any:
        """Call a method that the class may define."""
        if self.has(name):
            member = self.cls.member(name)
            if isinstance(member, Function):
                return member.bound_to(self).called(run, given)
        return None

    def attribute(self, run: Run, name: str) -> Any:
        if name in self.fields:
            return self.fields[name]
        try:
            member = self.cls.member(name)
        except KeyError:
            return self.other(run, name)
        if isinstance(member, Function):
            kinds = member.kinds()
            if "staticmethod" in kinds:
                return member
            if "property" in kinds:
                return member.bound_to(self).called(run, Arguments())
            return member.bound_to(self.cls if "classmethod" in kinds else self)
        return member

    def other(self, run: Run, name: str) -> Any:
        """An attribute that neither the program nor its class has set."""
        return Unknown(f"self.{name}")

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        self.fields[name] = value

    def called(self, run: Run, given: Arguments) -> Any:
        if self.has("__call__"):
            return self.run_method(run, "__call__", given)
        return run.framework.not_understood(run, self.cls.name, given)

    def text(self) -> str:
        return self.cls.name


class Super(Value):
    """`super()`: what the bases of a class define."""

    def __init__(self, owner: UserClass | None, this: Any) -> None:
        self.owner = owner
        self.this = this

    def attribute(self, run: Run, name: str) -> Any:
        for base in self.owner.bases if self.owner is not None else ():
            if isinstance(base, UserClass):
                try:
                    member = base.member(name)
                except KeyError:
                    continue
                return member.bound_to(self.this) if isinstance(member, Function) else member
        if isinstance(self.this, Instance) and name not in ("__init__", "forward", "call"):
            return self.this.other(run, name)
        return run.framework.base_method(run, self.this, name)

    def text(self) -> str:
        return "super()"


def positional(*values: Any) -> Arguments:
    """Arguments of a call that the program does not write."""
    return Arguments([Given(v, Arguments().at) for v in values])


def code(text: str) -> list[ast.stmt]:
    """Code of ours as statements without places: what happens in it happens where the program asks for it."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            del node.lineno
    return tree.body
