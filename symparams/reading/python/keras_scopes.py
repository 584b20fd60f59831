"""Scopes of variables in TensorFlow 1: what is made in one that is used again has the weights that are there."""

from __future__ import annotations

import re
from typing import Any

from symparams.reading.python.graph import Keras
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Native, Unknown, Value

_REUSED = re.compile(r"AUTO_REUSE$")


class Scopes:
    """What was made in each scope, in its order."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, ...], list[Any]] = {}  # by the names of the scopes
        self.inside: list[VariableScope] = []  # the scopes that a program is in, the innermost last

    def known(self, kind: str, reuse: bool) -> Any:
        """What is used again in place of something of a kind that is to be made; None: it is new."""
        if not reuse and not any(scope.reuses for scope in self.inside):
            return None
        scope = self.inside[-1] if self.inside else None
        made = self.made.get(self.path, [])
        start = scope.taken if scope is not None else 0
        for place in range(start, len(made)):
            if getattr(made[place], "kind", "variable") == kind:
                if scope is not None:
                    scope.taken = place + 1
                return made[place]
        return None

    def add(self, one: Any) -> None:
        """Something is made in the scope that the program is in."""
        made = self.made.setdefault(self.path, [])
        made.append(one)
        if self.inside:
            self.inside[-1].taken = len(made)

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(scope.name for scope in self.inside)


class VariableScope(Value):
    """`with tf.variable_scope("net", reuse=True) as scope:`."""

    def __init__(self, scopes: Scopes, name: str, reuse: Any) -> None:
        self.scopes = scopes
        self.name = name
        always = isinstance(reuse, Unknown) and _REUSED.search(reuse.path)
        self.reuses = reuse is True or bool(always)
        self.taken = 0  # so many of what was made there before are used again already

    def entered(self, run: Run) -> None:
        self.taken = 0 if self.reuses else len(self.scopes.made.get((*self.scopes.path, self.name), ()))
        self.scopes.inside.append(self)

    def left(self, run: Run) -> None:
        self.scopes.inside.pop()

    def attribute(self, run: Run, name: str) -> Any:
        if name == "reuse_variables":
            return Native(name, lambda run, given: self.again())
        return self.name if name == "name" else Unknown(f"scope.{name}")

    def again(self) -> None:
        """From here on everything is used again."""
        self.reuses, self.taken = True, 0

    def text(self) -> str:
        return "scope"


def of_scopes(keras: Keras, run: Run, last: str, given: Arguments) -> Any:
    """What a function of scopes gives; None for any other."""
    scopes: Scopes = keras.scopes
    if last == "get_variable_scope":
        return scopes.inside[-1] if scopes.inside else VariableScope(scopes, "", None)
    if last != "variable_scope":
        return None
    name, reuse = given.get(0, "name_or_scope"), given.get(None, "reuse")
    if isinstance(name, VariableScope):
        reuse = name.reuses if reuse is None else reuse
        name = name.name
    if not isinstance(name, str):
        name = given.get(1, "default_name")
    return VariableScope(scopes, name if isinstance(name, str) else "scope", reuse)
