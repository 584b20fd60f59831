"""What a framework must answer while a program is followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Protocol

from symparams.errors import Span
from symparams.reading.python.functions import Instance, Scope, UserClass
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments
from symparams.sources.records import Statement


class Framework(Protocol):
    """What Keras or PyTorch means by the names of its own."""

    kind: str  # keras or torch, as readings have it

    def constant(self, run: Run, path: str) -> Any:
        """The value of a name from outside; None if it has none here."""

    def defined(self, run: Run, path: str, at: Span) -> Any:
        """A class or function from outside of which the code is known; None if it is not."""

    def called(self, run: Run, path: str, given: Arguments) -> Any:
        """What a call of a name from outside gives."""

    def not_understood(self, run: Run, name: str, given: Arguments) -> Any:
        """What a call gives of which nothing is known."""

    def parameter(self, run: Run, name: str) -> Any:
        """A parameter of a function that nobody gives a value."""

    def instance(self, run: Run, cls: UserClass) -> Instance:
        """An instance of a class of the program, not yet started."""

    def base_method(self, run: Run, this: Any, name: str) -> Any:
        """A method of a class of the framework that the program's class extends."""

    def lost(self, run: Run, name: str) -> Any:
        """A name that nothing was assigned to; None: an unknown value."""

    def super(self, run: Run, scope: Scope) -> Any:
        """`super()` in a method."""

    def is_a(self, run: Run, value: Any, kind: Any) -> bool:
        """Whether a value is an instance of a class."""

    def follows(self, run: Run, node: ast.For) -> bool:
        """Whether the body of a loop over something unknown is followed once."""

    def comments(self, text: str) -> None:
        """Look for sizes in comments."""

    def found(self, run: Run) -> dict[str, Any]:
        """The models that a program has made, by the names that it gives them; the first one is meant."""

    def parts(self, found: Mapping[str, Any], whole: str) -> tuple[str, ...]:
        """The names of the models that are parts of another one."""

    def call_what_was_not(self, run: Run, wanted: str | None) -> None:
        """Call functions and classes that nobody calls, until there is a model; only the wanted one, if it is there."""

    def statements(self, run: Run, model: Any) -> list[Statement]:
        """A model as statements of the language."""
