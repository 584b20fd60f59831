"""Classes and functions of torchvision that programs import as parts of their own networks, as code to be followed."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any

from symparams.errors import Span
from symparams.reading.python.functions import Scope, code
from symparams.reading.python.run import Run
from symparams.resources import folder

_PLACES = ("ops", "ops.misc", "ops.stochastic_depth", "utils", "_utils", "models._utils", "_api", "models._api")
_AMBIGUOUS = frozenset(("MLP", "Permute"))  # names that others use too: only what is imported from there is meant


@lru_cache(1)
def _body() -> list[ast.stmt]:
    return code((folder("applications") / "torchvision.txt").read_text("utf-8"))


@lru_cache(1)
def _names() -> frozenset[str]:
    return frozenset(n.name for n in _body() if isinstance(n, (ast.ClassDef, ast.FunctionDef)))


class Library:
    """What a program may take from torchvision, defined once it asks for something."""

    def __init__(self) -> None:
        self.scope: Scope | None = None

    def find(self, run: Run, path: str, at: Span) -> Any:
        """The class or function that a path of names means; None if it is none of these."""
        place, _, name = path.rpartition(".")
        if name not in _names():
            return None
        known = re.sub(r"^torchvision\.", "", place) in _PLACES
        if not known and (name in _AMBIGUOUS or "." in place):
            return None
        if not known:
            run.assume(f"`{name}` is not defined here: it is taken to be that of torchvision", at)
        if self.scope is None:
            self.scope = Scope(outer=run.globals.outer)
            run.statements(_body(), self.scope)
        return self.scope.names[name]
