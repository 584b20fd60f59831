"""What names mean at a place in the text: values of parameters, and points that `as` has named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from symparams.algebra.formula import Formula
from symparams.sources import records as r


@dataclass(frozen=True, slots=True)
class Use:
    """A named use of a macro: what `share(@name)` applies again."""

    call: r.Call
    scope: Scope
    layers: tuple[int, ...]  # the nodes with its weights, in order


@dataclass(frozen=True, slots=True)
class Point:
    """What `as` has named."""

    node: int
    use: Use | None  # set if the item was the use of a macro


@dataclass(slots=True)
class Scope:
    """Names that hold in a file, a use of a macro or a copy of a repetition."""

    outer: Scope | None = None
    values: dict[str, Formula] = field(default_factory=dict)  # parameters and loop variables
    points: dict[str, Point] = field(default_factory=dict)
    frozen: bool = False  # whether the layers in it are not trained
    macros: tuple[str, ...] = ()  # the macros being expanded, outermost first

    def value(self, name: str) -> Formula | None:
        """The value of a parameter or loop variable, from here outward."""
        return next((scope.values[name] for scope in self.outward() if name in scope.values), None)

    def point(self, name: str) -> Point | None:
        """The point of that name, from here outward."""
        return next((scope.points[name] for scope in self.outward() if name in scope.points), None)

    def outward(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def inside(self, frozen: bool = False) -> Scope:
        return Scope(outer=self, frozen=self.frozen or frozen, macros=self.macros)
