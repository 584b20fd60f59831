"""What stands in a layer's brackets, and behind @, at its place in the text: names given their meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symparams import extensions
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.errors import Span, nearest
from symparams.layers import Catalogue, Entry, key, with_extensions
from symparams.model.arguments import KEEP, Quoted
from symparams.sources import records as r
from symparams.sources.binding import Given, takes_nothing
from symparams.sources.declarations import NO_LAYERS
from symparams.sources.hints import no_layer
from symparams.sources.names import Names
from symparams.sources.placements import LayerCall, Pointed, channels_at, waits
from symparams.sources.scope import Point, Scope


@dataclass(frozen=True, slots=True)
class Aside:
    """What arrives at a branch that starts anew: nothing there reads it, but `channels` is how many it has."""

    number: int  # of a placement


# The number of a placement, those of a fork's ends, or nothing yet.
Flow: TypeAlias = "int | tuple[int, ...] | Aside | None"


class Resolver:
    """Gives names their meanings."""

    def __init__(self, names: Names, macros: Mapping[str, r.Macro], catalogue: Catalogue) -> None:
        self.names = names
        self.error = names.error
        self.macros = macros
        self.catalogue = catalogue

    def point(self, reference: r.Reference, scope: Scope) -> Point:
        """What `@name` refers to; an error with the nearest name if there is nothing of that name."""
        target = scope.point(reference.name)
        if target is None:
            near = nearest(reference.name, [*scope.points, *(scope.outer.points if scope.outer else ())])
            message = f"there is no `as {reference.name}` before this place{near}"
            raise self.error(message, reference.at)
        return target

    def entry(self, call: r.Call) -> Entry:
        """What the catalogue has under the name of a layer."""
        if call.entry is not None:
            return call.entry
        entry = with_extensions(self.catalogue, [call.name]).get(key(call.name))
        if entry is None:
            if call.name in self.macros:
                raise self.error(f"a layer is expected here; `{call.name}` is a macro", call.at)
            layers = (*(e.name for e in self.catalogue.values()), *extensions.names("layer"))
            near = nearest(call.name, [*self.macros, *layers, *NO_LAYERS])
            raise self.error(f"unknown layer `{call.name}`{no_layer(call.name) or near}", call.at)
        return entry

    def starts_anew(self, item: r.Item, scope: Scope) -> bool:
        """Whether an item begins with a layer that takes nothing though something might arrive, such as param."""
        used: set[str] = set()  # macros that are followed already
        while not isinstance(item, (r.Reference, r.Branches)):
            if isinstance(item, r.Named):
                item = item.item
            elif isinstance(item, r.Group):
                item = item.chain.items[0]
            elif item.name in self.macros and item.name not in used:
                used.add(item.name)
                item = self.macros[item.name].chain.items[0]
            elif item.name == "share" and len(item.arguments) == 1:
                reference = item.arguments[0].value
                point = scope.point(reference.name) if isinstance(reference, r.Reference) else None
                if point is None or point.use is None:
                    return False
                item, scope = point.use.call, point.use.scope
            else:
                entry = self.catalogue.get(key(item.name))
                return entry is not None and takes_nothing(item.arguments, entry.layer)
        return False

    def layer_call(
        self, call: r.Call, entry: Entry, arguments: Sequence[r.Argument], flow: Flow, scope: Scope
    ) -> LayerCall:
        """A layer with its arguments: letters resolved, names looked up."""
        given = tuple([Given(a.keyword, self.argument(a, flow, scope), a.called) for a in arguments])
        told = tuple([t._replace(value=self.resolved(t.value, flow, scope, t.at)) for t in call.told])
        waiting = any(waits(value) for value in (*(one.value for one in given), *(one.value for one in told)))
        return LayerCall(call.name, entry, given, tuple([a.at for a in arguments]), call.at, waiting, told)

    def argument(self, argument: r.Argument, flow: Flow, scope: Scope) -> object:
        value = argument.value
        if isinstance(value, str):
            return Quoted(value[1:-1])
        if isinstance(value, r.Call):
            return self.layer_call(value, self.entry(value), value.arguments, flow, scope)
        if isinstance(value, r.Reference):
            use = self.point(value, scope).use
            if use is None or len(use.placements) != 1:
                raise self.error(f"@{value.name} does not name a single layer", value.at)
            return Pointed(value.name, use.placements[0])
        if isinstance(value, tuple):
            return self.several(value, flow, scope, argument.at)
        if isinstance(value, Symbol) and value.name.casefold() in self.names.reserved:
            return value
        return self.resolved(value, flow, scope, argument.at)

    def several(self, sizes: tuple[object, ...], flow: Flow, scope: Scope, at: Span) -> tuple[object, ...]:
        """Sizes in brackets, which may stand in one another, resolved."""
        resolved: list[object] = []
        for size in sizes:
            if isinstance(size, tuple):
                resolved.append(self.several(size, flow, scope, at))
            elif isinstance(size, Symbol) and size.name.casefold() == KEEP:
                resolved.append(KEEP)
            else:
                if not isinstance(size, Formula):
                    raise self.error("what stands in brackets must be sizes: numbers or letters", at)
                resolved.append(self.resolved(size, flow, scope, at))
        return tuple(resolved)

    def resolved(self, formula: Formula, flow: Flow, scope: Scope, at: Span) -> Formula:
        """The formula with every name given its meaning: parameter, let, number of channels, or free symbol."""
        if isinstance(formula, Number):
            return formula

        def channels() -> Formula:
            arriving = flow.number if isinstance(flow, Aside) else flow
            if not isinstance(arriving, int):
                message = "`channels` is the number of input channels, but there is no input here"
                raise self.error(message, at)
            return channels_at(arriving)

        return self.names.resolved(formula, scope.value, channels, at)
