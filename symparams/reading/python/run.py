"""What values may ask of the run of a program in which they stand."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from symparams.errors import Source, Span, SymparamsError
from symparams.reading.python.allowance import Allowance

Arguments: TypeAlias = Any  # of values, which stand above


class Run(Protocol):
    """A program that is followed."""

    framework: Any  # of the protocol Framework, which stands above
    allowance: Allowance
    source: Source
    globals: Any  # the names of the program, a Scope

    def spans(self, node: ast.AST) -> Span:
        """The place of a piece of syntax in the original."""

    def value(self, node: ast.expr, scope: Any) -> Any:
        """What an expression stands for."""

    def statements(self, body: Sequence[ast.stmt], scope: Any) -> None:
        """Follow statements in a row."""

    def each(self, value: Any) -> Sequence[Any] | None:
        """What a loop over a value goes through; None if that is open."""

    def operate(self, name: str, left: Any, right: Any, at: Span) -> Any:
        """`left + right`."""

    def item(self, owner: Any, key: Any, at: Span) -> Any:
        """`owner[key]`."""

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        """An error at a place of the original."""

    def may_change(self, name: str, given: Arguments) -> None:
        """Remember that a call of which nothing is known has the lists and dictionaries that it is given."""

    def assume(self, what: str, at: Span) -> None:
        """Note what was taken as usual, once."""
