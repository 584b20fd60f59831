"""What names mean at a place in the text, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from symparams.algebra.formula import Formula
from symparams.errors import Span
from symparams.model.network import MacroUse
from symparams.sources import records as r


@dataclass(frozen=True, slots=True)
class Use:
    """A named layer or use of a macro: what `share(@name)` applies again."""

    call: r.Call
    scope: Scope
    placements: tuple[int, ...]  # the numbers of those with its weights, in order


@dataclass(frozen=True, slots=True)
class Point:
    """What `as` has named."""

    number: int  # of a placement
    use: Use | None  # set if it names a layer or the use of a macro


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a `share` around this place takes its weights from."""

    name: str  # as it stands behind @
    weights: Iterator[int]  # the numbers of placements, one for each layer to come
    at: Span  # where errors are


@dataclass(frozen=True, slots=True)
class Scope:
    """Names that hold in a file, a use of a macro or a copy of a repetition."""

    outer: Scope | None = None
    values: dict[str, Formula] = field(default_factory=dict)  # parameters and loop variables
    points: dict[str, Point] = field(default_factory=dict)
    macros: tuple[str, ...] = ()  # the macros being expanded, outermost first
    use: MacroUse | None = None  # where the outermost of these macros is used
    frozen: bool = False  # whether the layers in it are not trained
    steps: int = 0  # how many `timedistributed` stand around
    copies: tuple[int, ...] = ()  # which copy it is of each bracket around, the outermost first
    sharing: Sharing | None = None
    copied: bool = False  # whether the number of copies of a bracket around, inside what is shared, is open

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

    def inside(self, **changes: object) -> Scope:
        """A scope inside this one."""
        return replace(self, **{"outer": self, "values": {}, "points": {}, **changes})  # type: ignore[arg-type]

    def points_around(self) -> Scope:
        """What a macro sees: the names of points outside can be used in it, the caller's parameters cannot."""
        points: dict[str, Point] = {}
        for around in self.outward():
            points = around.points | points
        return Scope(points=points)
