"""A call such as `conv(64, 3)` in its place: its arguments worked out, the layer made and put behind what feeds it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import TypeAlias

from symparams.algebra.formula import CHANNELS, Formula, Number, Symbol, Value, as_formula
from symparams.algebra.notation import SOURCE, shown
from symparams.algebra.simplifying import simplified
from symparams.errors import Place, Source, Span, SymparamsError, nearest, spatial_axes_of
from symparams.layers import Catalogue, Entry, key
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import KEEP, Named, Quoted
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network
from symparams.sources import records as r
from symparams.sources.binding import FROZEN, Given, bind, reserved_words
from symparams.sources.hints import no_layer
from symparams.sources.names import Names
from symparams.sources.scope import Point, Scope

Flow: TypeAlias = "int | tuple[int, ...] | None"  # a node, the ends of a fork, or nothing yet


class Placing:
    """Makes layers from calls and adds them to the network."""

    macros: dict[str, r.Macro]  # by name
    names: Names  # the letters of the file
    network: Network  # as far as it is built

    def __init__(
        self, source: Source, given: Mapping[str, Formula], catalogue: Catalogue, for_others: bool = False
    ) -> None:
        self.source = source
        self.for_others = for_others
        self.given = given
        self.catalogue = catalogue
        self.reserved = reserved_words(catalogue)
        self.layers: dict[tuple[str, tuple[Given, ...]], Layer] = {}  # equal layers are one object
        self.reused: list[int] | None = None  # while sharing: the nodes whose weights come next
        self.shared_as: str | None = None  # the name of the layer that `share` or `timedistributed` will make
        self.steps = 0  # how many `timedistributed` stand around this place
        self.wrapped: dict[int, TimeDistributed] = {}  # layers put into one, by identity
        self.counting: set[str] = set()  # letters that count copies
        self.around: list[str] = []  # those of the brackets around this place
        self.work = 0
        self.tried = 0  # layers of copies in copies that were tried

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        """An error at a place of the source."""
        return kind(matter, Place(self.source, *at))

    def point(self, reference: r.Reference, scope: Scope) -> Point:
        """What `@name` refers to; an error with the nearest name if there is nothing of that name."""
        found = scope.point(reference.name)
        if found is None:
            near = nearest(reference.name, [*scope.points, *(scope.outer.points if scope.outer else ())])
            message = f"there is no `as {reference.name}` before this place{near}"
            raise self.error(message, reference.at)
        return found

    def whole(self, formula: Formula, scope: Scope, arriving: int | None, what: str, at: Span) -> Value:
        """A whole number, or a formula with letters."""
        try:
            value = simplified(self.resolved(formula, scope, arriving, at), self.network.facts)
        except SymparamsError as error:
            error.place = error.place or Place(self.source, *at)
            raise
        if isinstance(value, Fraction):
            raise self.error(f"{what} must be whole, not {shown(value, SOURCE)}", at)
        return value

    def free_letter(self, wanted: Sequence[str]) -> str:
        """The first of some letters that the text does not use, else one of them with a number."""
        used = {*re.findall(r"\w+", self.source.text), *self.around}
        numbered = (f"{wanted[0]}_{number}" for number in count(2))
        return next((name for name in wanted if name not in used), "") or next(n for n in numbered if n not in used)

    def axis_name(self, axis: int) -> str:
        """What an axis of the layer added last is called."""
        shape = self.network.nodes[-1].shape
        names = Incoming(shape, self.network.convention).axis_names()
        name = names[axis] if axis < len(names) else "size"
        return f"number of {name}" if name in ("channels", "features") else name

    def entry(self, call: r.Call) -> Entry:
        """What the catalogue has under the name of a layer."""
        entry = self.catalogue.get(key(call.name))
        if entry is None:
            if call.name in self.macros:
                raise self.error(f"a layer is expected here; `{call.name}` is a macro", call.at)
            near = nearest(call.name, [*self.macros, *(e.name for e in self.catalogue.values()), "id", "share"])
            raise self.error(f"unknown layer `{call.name}`{no_layer(call.name) or near}", call.at)
        return entry

    def argument(self, argument: r.Argument, scope: Scope, arriving: int | None) -> Given:
        """An argument as layers take it: letters and `channels` resolved, names looked up."""
        value = argument.value
        if isinstance(value, str):
            return Given(argument.keyword, Quoted(value[1:-1]))
        if isinstance(value, r.Call):
            return Given(argument.keyword, self.inner_layer(value, scope, arriving))
        if isinstance(value, r.Reference):
            return Given(argument.keyword, Named(value.name, self.layer_of(value, scope)))
        if isinstance(value, tuple):
            return Given(argument.keyword, self.several(value, scope, arriving, argument.at))
        if isinstance(value, Symbol) and value.name.casefold() in self.reserved:
            return Given(argument.keyword, value)
        return Given(argument.keyword, self.resolved(value, scope, arriving, argument.at))

    def inner_layer(self, call: r.Call, scope: Scope, arriving: int | None) -> Layer:
        """A layer as the argument of another: bidirectional(lstm(64))."""
        self.entry(call)
        given = tuple(self.argument(a, scope, arriving) for a in call.arguments)
        return self.bound(call, given, [a.at for a in call.arguments])

    def layer_of(self, reference: r.Reference, scope: Scope) -> Layer:
        """The layer that a name stands for, as an argument: tied(@wte)."""
        use = self.point(reference, scope).use
        if use is None or len(use.layers) != 1:
            raise self.error(f"@{reference.name} does not name a single layer", reference.at)
        return self.network.nodes[use.layers[0]].layer

    def several(self, sizes: tuple[object, ...], scope: Scope, arriving: int | None, at: Span) -> tuple[object, ...]:
        """Sizes in brackets, which may stand in one another, resolved."""
        resolved: list[object] = []
        for size in sizes:
            if isinstance(size, tuple):
                resolved.append(self.several(size, scope, arriving, at))
            elif isinstance(size, Symbol) and size.name.casefold() == KEEP:
                resolved.append(KEEP)
            else:
                assert isinstance(size, Formula)
                resolved.append(self.resolved(size, scope, arriving, at))
        return tuple(resolved)

    def bound(self, call: r.Call, given: tuple[Given, ...], places: Sequence[Span]) -> Layer:
        """The layer with its arguments; the same call with the same arguments is the same object."""
        where = (key(call.name), given)
        layer = self.layers.get(where)
        if layer is None:
            try:
                layer = bind(self.catalogue[key(call.name)], call.name, given, self.reserved)
            except SymparamsError as error:
                index = getattr(error, "argument", None)
                error.place = Place(self.source, *(call.at if index is None else places[index]))
                raise
            self.layers[where] = layer
        return layer

    def check_inputs(self, call: r.Call, layer: Layer, flow: Flow, inputs: Sequence[int]) -> None:
        """Raise SymparamsError if a layer is fed too little, too much, or another rank than its name says."""
        if layer.inputs == "none":
            if inputs:
                raise self.error(f"{call.name} starts a chain; it cannot follow ->", call.at)
        elif not inputs:
            missing = "; is a -> missing before it?" if self.network.nodes else ""
            raise self.error(f"nothing arrives at {call.name}; a chain starts with input(…) or @name{missing}", call.at)
        elif layer.inputs == "one" and isinstance(flow, tuple):
            raise self.error(
                f"a fork must be followed by a merging layer such as add or concat, not {call.name}", call.at
            )
        elif layer.inputs == "many" and not isinstance(flow, tuple) and len(inputs) < 2:
            raise self.error(
                f"{call.name} joins branches: write {{ … | … }} -> {call.name}, or {call.name}(@name)", call.at
            )
        rank = self.catalogue[key(call.name)].rank
        arrived = len(self.network.nodes[inputs[0]].shape) - 1 - self.steps if inputs else 0
        if rank is not None and inputs and arrived != rank:
            raise self.error(f"{call.name} is for {spatial_axes_of(rank)}, but what arrives has {arrived}", call.at)

    def add(
        self, call: r.Call, layer: Layer, inputs: Sequence[int], scope: Scope, name: r.Named | None, frozen: bool
    ) -> int:
        """The index of the layer, put into the network with its name and whose weights it shares."""
        title, self.shared_as = self.shared_as or self.title(name, scope), None
        shared = None
        if self.reused is not None:
            if not self.reused:
                raise self.error(f"{call.name} is a layer more than there are weights to share", call.at)
            shared = self.reused.pop(0)
        for _ in range(self.steps):
            layer = self.wrapped.setdefault(id(layer), TimeDistributed(layer))
        try:
            return self.network.add(layer, inputs, title, shared=shared, frozen=frozen)
        except SymparamsError as error:
            error.place = error.place or Place(self.source, *call.at)
            raise

    def title(self, name: r.Named | None, scope: Scope) -> str | None:
        """What a layer is called: as named, with a counter inside macros and copies."""
        if name is None:
            return None
        return name.name if scope.outer is None else self.network.free_name(name.name)

    def resolved(self, formula: Formula, scope: Scope, arriving: int | None, at: Span) -> Formula:
        """The formula with every name given its meaning: parameter, let, number of channels, or free symbol."""
        if isinstance(formula, Number):
            return formula
        return self.names.resolved(formula, scope.value, lambda: self.channels(arriving, at), at)

    def channels(self, arriving: int | None, at: Span) -> Formula:
        """What the word `channels` stands for here."""
        if arriving is None:
            raise self.error("`channels` is the number of channels that arrive, but nothing arrives here", at)
        shape = self.network.nodes[arriving].shape
        return Symbol(CHANNELS, as_formula(Incoming(shape, self.network.convention).channels))


def is_source(argument: r.Argument, layer: type[Layer]) -> bool:
    """Whether @name as an argument is a tensor that the layer takes beside the one that flows in."""
    if argument.keyword is not None:
        return argument.keyword in layer.sources
    return layer.inputs in ("many", "some")


def is_frozen(argument: r.Argument) -> bool:
    """Whether an argument is the flag that keeps parameters from training."""
    value = argument.value
    return argument.keyword is None and isinstance(value, Symbol) and value.name.casefold() == FROZEN
