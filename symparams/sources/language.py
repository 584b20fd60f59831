"""The architecture language -> Network: names resolved, macros expanded, repetition unrolled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from symparams import limits
from symparams.algebra import simplified
from symparams.arguments import KEEP, Quoted
from symparams.collector import paused
from symparams.errors import LayerError, LimitError, Place, Source, SymparamsError, nearest
from symparams.formula import CHANNELS, Formula, Number, Symbol, Value, as_formula
from symparams.layer import Incoming, Layer
from symparams.layers import CATALOGUE, Catalogue, Entry, key
from symparams.layers.wrapping import TimeDistributed
from symparams.network import Network
from symparams.notation import SOURCE, shown
from symparams.sources import records as r
from symparams.sources.binding import FROZEN, Given, bind, bind_macro, reserved_words
from symparams.sources.declarations import declared
from symparams.sources.names import Names
from symparams.sources.reader import read_network
from symparams.sources.repeating import Repetition
from symparams.sources.scope import Point, Scope, Use
from symparams.sources.where import facts_of

_WORK = 4 * limits.LAYERS  # items that may be expanded, layers or not


def network(
    source: Source,
    given: Mapping[str, Formula] | None = None,
    catalogue: Catalogue = CATALOGUE,
    *,
    for_others: bool = False,
) -> Network:
    """The network that a text describes; `given` are values that win over `let`.

    With `for_others` there may be values for letters that this network does not have.

    Raises SymparamsError, with its place, for whatever is wrong with the text.
    """
    limits.begin_work()
    try:
        with paused():
            return Builder(source, given or {}, catalogue, for_others).built(read_network(source))
    except RecursionError:
        raise LimitError(f"{source.name}: the formulas here are nested too deeply") from None


_Flow = int | tuple[int, ...] | None  # a node, the ends of a fork, or nothing yet


class Builder:
    """Walks the chains once, adding layers to the network as they come."""

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

    def built(self, statements: Sequence[r.Statement]) -> Network:
        found = declared(statements, self.source, self.catalogue)
        self.macros = found.macros
        self.names = Names(self.source, found.lets, self.given, self.reserved)
        for macro in found.macros.values():
            for parameter in macro.parameters:
                self.names.check_word(parameter.name, macro.at)
        self.network = Network(found.convention, found.title, facts_of(found.facts, self.names))
        self.network.stated = tuple((fact.left, fact.relation, fact.right) for fact in found.facts)
        self.network.reserved = found.names()
        self.walk(found.chains)
        if not self.for_others:
            self.names.check_given(self.given)
        self.network.symbols = self.names.all()
        for name in self.counting & self.network.symbols.keys():
            raise self.error(f"{name} counts copies and is a letter of its own as well; one needs another name", 0)
        return self.network

    def walk(self, chains: Sequence[r.Chain]) -> None:
        """Add the layers of all chains."""
        top = Scope()
        for chain in chains:
            if isinstance(self.chain(chain, None, top), tuple):
                message = "a fork ends here; a merging layer such as add or concat must follow it"
                raise self.error(message, chain.items[-1].at)
        if not self.network.nodes:
            raise self.error("there is no network here; it starts with input(…)", len(self.source.text))
        self.network.check_conditions()

    def error(self, matter: str, at: int, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        return kind(matter, Place(self.source, at))

    # ------------------------------------------------------------ chains

    def chain(self, chain: r.Chain, flow: _Flow, scope: Scope) -> _Flow:
        for index, item in enumerate(chain.items):
            flow = self.item(item, flow, scope, first=index == 0)
        return flow

    def item(self, item: r.Item, flow: _Flow, scope: Scope, first: bool, name: r.Named | None = None) -> _Flow:
        self.work += 1
        if self.work > _WORK:
            raise self.error(
                f"this expands to more than {limits.LAYERS:,} layers, which is the limit", item.at, LimitError
            )
        if isinstance(item, r.Call):
            if item.name in self.macros:
                return self.macro(item, flow, scope)
            if item.name == "id":
                return flow
            return self.layer(item, flow, scope, name)
        if isinstance(item, r.Named):
            return self.named(item, flow, scope, first)
        if isinstance(item, r.Reference):
            if not first:
                raise self.error(f"@{item.name} starts a chain or stands as a branch; it cannot follow ->", item.at)
            return self.point(item, scope).node
        if isinstance(item, r.Branches):
            return self.fork(item, flow, scope)
        return self.group(item, flow, scope)

    def fork(self, item: r.Branches, flow: _Flow, scope: Scope) -> _Flow:
        if isinstance(flow, tuple):
            raise self.error("a fork ends here; a merging layer such as add or concat must follow it", item.at)
        ends: list[int] = []
        if len(item.chains) > limits.ARGUMENTS:
            message = f"a fork has more than {limits.ARGUMENTS:,} branches, which is the limit"
            raise self.error(message, item.chains[limits.ARGUMENTS].at, LimitError)
        for chain in item.chains:
            end = self.chain(chain, flow, scope)
            if isinstance(end, tuple):
                raise self.error("this branch ends in a fork; a merging layer must close it", chain.items[-1].at)
            if end is None:
                raise self.error("nothing arrives at this branch; it must start with input(…) or @name", chain.at)
            ends.append(end)
        return tuple(ends)

    def named(self, item: r.Named, flow: _Flow, scope: Scope, first: bool) -> _Flow:
        self.names.check_word(item.name, item.at)
        if item.name in scope.points:
            raise self.error(f"the name `{item.name}` is taken already", item.at)
        before = len(self.network.nodes)
        flow = self.item(item.item, flow, scope, first, name=item)
        if not isinstance(flow, int):
            raise self.error(f"`{item.name}` would name a fork; name what follows the merging layer", item.at)
        use = None
        if isinstance(item.item, r.Call) and item.item.name in self.macros:
            use = Use(item.item, scope, tuple(range(before, len(self.network.nodes))))
        elif isinstance(item.item, r.Call) and item.item.name not in ("id", "share"):
            use = Use(item.item, scope, (flow,))
        scope.points[item.name] = Point(flow, use)
        return flow

    def point(self, reference: r.Reference, scope: Scope) -> Point:
        found = scope.point(reference.name)
        if found is None:
            near = nearest(reference.name, [*scope.points, *(scope.outer.points if scope.outer else ())])
            message = f"there is no `as {reference.name}` before this place{near}"
            raise self.error(message, reference.at)
        return found

    # ------------------------------------------------------------ repetition

    def group(self, group: r.Group, flow: _Flow, scope: Scope) -> _Flow:
        if group.times is None and group.variable is None:
            return self.chain(group.chain, flow, scope)
        arriving = flow if isinstance(flow, int) else None
        if group.variable is not None:
            self.names.check_word(group.variable, group.count_at)
        before = len(self.network.nodes)
        ends = self.ends(group, scope, arriving)
        if not all(isinstance(end, int) for end in ends):
            if not isinstance(flow, int):
                message = "copies without a known number need something that arrives at the first of them"
                raise self.error(message, group.at)
            try:
                return Repetition(self, group, scope, *map(as_formula, ends)).built(flow)
            except SymparamsError as error:
                error.place = error.place or Place(self.source, group.at)
                raise
        values = self.copies(group, *ends)
        for done, value in enumerate(values):
            inner = scope.inside()
            if group.variable is not None:
                inner.values[group.variable] = as_formula(value)
            try:
                flow = self.chain(group.chain, flow, inner)
            except LayerError as error:
                if done and "does not fit behind" not in error.matter:
                    error.matter = f"copy {done + 1} does not fit behind the one before: {error.matter}"
                raise
            if done == 0 and (len(self.network.nodes) - before) * len(values) > limits.LAYERS:
                message = f"this expands to more than {limits.LAYERS:,} layers, which is the limit"
                raise self.error(message, group.at, LimitError)
        return flow

    def ends(self, group: r.Group, scope: Scope, arriving: int | None) -> tuple[Value, Value]:
        """The numbers of the first and of the last copy, known or not."""
        if group.times is not None:
            count = self.whole(group.times, scope, arriving, "the number of copies", group.count_at)
            if isinstance(count, int) and count < 0:
                raise self.error(f"the number of copies must be at least 0, not {count}", group.count_at)
            return 1, count
        assert group.first is not None
        assert group.last is not None
        first = self.whole(group.first, scope, arriving, "the start of the repetition", group.count_at)
        return first, self.whole(group.last, scope, arriving, "the end of the repetition", group.count_at)

    def copies(self, group: r.Group, first: Value, last: Value) -> range:
        """The values that the copies run through."""
        assert isinstance(first, int)
        assert isinstance(last, int)
        if last - first >= limits.LAYERS:
            message = f"{last - first + 1:,} copies are more than {limits.LAYERS:,}, which is the limit"
            raise self.error(message, group.count_at, LimitError)
        return range(first, last + 1)

    def whole(self, formula: Formula, scope: Scope, arriving: int | None, what: str, at: int) -> Value:
        """A whole number, or a formula with letters."""
        try:
            value = simplified(self.resolved(formula, scope, arriving, at), self.network.facts)
        except SymparamsError as error:
            error.place = error.place or Place(self.source, at)
            raise
        if isinstance(value, Fraction):
            raise self.error(f"{what} must be whole, not {shown(value, SOURCE)}", at)
        return value

    def free_letter(self, wanted: Sequence[str]) -> str:
        """The first of some letters that the text does not use."""
        words = set(re.findall(r"\w+", self.source.text))
        return next((name for name in wanted if name not in words and name not in self.around), "copy_number")

    def axis_name(self, axis: int) -> str:
        """What an axis of the layer added last is called."""
        shape = self.network.nodes[-1].shape
        names = Incoming(shape, self.network.convention).axis_names()
        name = names[axis] if axis < len(names) else "size"
        return f"number of {name}" if name in ("channels", "features") else name

    # ------------------------------------------------------------ macros

    def macro(self, call: r.Call, flow: _Flow, scope: Scope) -> _Flow:
        macro = self.macros[call.name]
        if call.name in scope.macros:
            round_trip = " -> ".join([*scope.macros[scope.macros.index(call.name) :], call.name])
            raise self.error(f"the macro `{call.name}` uses itself: {round_trip}", call.at)
        if len(scope.macros) >= limits.NESTING:
            raise self.error(
                f"macros are nested more than {limits.NESTING} deep, which is the limit", call.at, LimitError
            )
        frozen = [a for a in call.arguments if _is_frozen(a)]
        inner = Scope(frozen=scope.frozen or bool(frozen), macros=(*scope.macros, call.name))
        inner.values = self.macro_arguments(macro, [a for a in call.arguments if a not in frozen], flow, scope, call)
        inner.outer = self._outer_points(scope)
        return self.chain(macro.chain, flow, inner)

    def _outer_points(self, scope: Scope) -> Scope:
        """Inside a macro the names of points outside can be used, the caller's parameters cannot."""
        points: dict[str, Point] = {}
        for around in scope.outward():
            points = around.points | points
        return Scope(points=points)

    def macro_arguments(
        self, macro: r.Macro, given: Sequence[r.Argument], flow: _Flow, scope: Scope, call: r.Call
    ) -> dict[str, Formula]:
        """The values of a macro's parameters, computed where the call stands."""
        arriving = flow if isinstance(flow, int) else None
        values: dict[str, Formula] = {}
        for name, (value, at) in bind_macro(macro, given, call.at, self.source).items():
            values[name] = self.resolved(value, scope, arriving, at)
        for parameter in macro.parameters:
            if parameter.name not in values and parameter.default is not None:
                here = Scope(values=dict(values))
                values[parameter.name] = self.resolved(parameter.default, here, arriving, macro.at)
        return values

    # ------------------------------------------------------------ layers

    def layer(self, call: r.Call, flow: _Flow, scope: Scope, name: r.Named | None) -> _Flow:
        if call.name == "share":
            self.shared_as = self.title(name, scope)
            return self.share(call, flow, scope)
        entry = self.entry(call)
        if entry.layer is TimeDistributed:
            return self.over_time(call, flow, scope, name)
        inputs = [] if flow is None else [flow] if isinstance(flow, int) else list(flow)
        arriving = flow if isinstance(flow, int) else None
        if len(call.arguments) > limits.ARGUMENTS:
            message = f"{call.name} has more than {limits.ARGUMENTS:,} arguments, which is the limit"
            raise self.error(message, call.arguments[limits.ARGUMENTS].at, LimitError)
        frozen, given, places = scope.frozen, [], []
        for argument in call.arguments:
            if _is_frozen(argument):
                frozen = True
            elif isinstance(argument.value, r.Reference) and _is_source(argument, entry.layer):
                inputs.append(self.point(argument.value, scope).node)
            else:
                given.append(self.argument(argument, scope, arriving))
                places.append(argument.at)
        layer = self.bound(call, tuple(given), places)
        self._check_inputs(call, layer, flow, inputs)
        return self.add(call, layer, inputs, scope, name, frozen)

    def entry(self, call: r.Call) -> Entry:
        """What the catalogue has under the name of a layer."""
        entry = self.catalogue.get(key(call.name))
        if entry is None:
            near = nearest(call.name, [*self.macros, *(e.name for e in self.catalogue.values()), "id", "share"])
            raise self.error(f"unknown layer `{call.name}`{near}", call.at)
        return entry

    def argument(self, argument: r.Argument, scope: Scope, arriving: int | None) -> Given:
        value = argument.value
        if isinstance(value, str):
            return Given(argument.keyword, Quoted(value[1:-1]))
        if isinstance(value, r.Call):
            return Given(argument.keyword, self.inner_layer(value, scope, arriving))
        if isinstance(value, r.Reference):
            return Given(argument.keyword, self.layer_of(value, scope))
        if isinstance(value, tuple):
            return Given(argument.keyword, self._several(value, scope, arriving, argument.at))
        if isinstance(value, Symbol) and value.name.casefold() in self.reserved:
            return Given(argument.keyword, value)
        return Given(argument.keyword, self.resolved(value, scope, arriving, argument.at))

    def inner_layer(self, call: r.Call, scope: Scope, arriving: int | None) -> Layer:
        """A layer as the argument of another: bidirectional(lstm(64))."""
        if call.name in self.macros:
            raise self.error(f"a layer is expected here; `{call.name}` is a macro", call.at)
        self.entry(call)
        given = tuple(self.argument(a, scope, arriving) for a in call.arguments)
        return self.bound(call, given, [a.at for a in call.arguments])

    def layer_of(self, reference: r.Reference, scope: Scope) -> Layer:
        """The layer that a name stands for, as an argument: tied(@wte)."""
        use = self.point(reference, scope).use
        if use is None or len(use.layers) != 1:
            raise self.error(f"@{reference.name} does not name a single layer", reference.at)
        return self.network.nodes[use.layers[0]].layer

    def over_time(self, call: r.Call, flow: _Flow, scope: Scope, name: r.Named | None) -> _Flow:
        """`timedistributed(frame)`: every layer inside works at each time step."""
        inside = [a for a in call.arguments if not _is_frozen(a)]
        value = inside[0].value if len(inside) == 1 else None
        if isinstance(value, Symbol):
            value = r.Call(value.name, (), inside[0].at)
        if not isinstance(value, r.Call):
            raise self.error(f"{call.name} takes a layer or a macro, such as timedistributed(conv(8, 3))", call.at)
        if flow is None:
            raise self.error(f"nothing arrives at {call.name}; a chain starts with input(…) or @name", call.at)
        if self.shared_as is None and value.name not in (*self.macros, "id"):
            self.shared_as = self.title(name, scope)
        self.steps += 1
        try:
            return self.item(value, flow, scope.inside(len(inside) < len(call.arguments)), first=False, name=name)
        finally:
            self.steps -= 1

    def _several(self, sizes: tuple[object, ...], scope: Scope, arriving: int | None, at: int) -> tuple[object, ...]:
        resolved: list[object] = []
        for size in sizes:
            if isinstance(size, tuple):
                resolved.append(self._several(size, scope, arriving, at))
            elif isinstance(size, Symbol) and size.name.casefold() == KEEP:
                resolved.append(KEEP)
            else:
                assert isinstance(size, Formula)
                resolved.append(self.resolved(size, scope, arriving, at))
        return tuple(resolved)

    def bound(self, call: r.Call, given: tuple[Given, ...], places: Sequence[int]) -> Layer:
        where = (key(call.name), given)
        layer = self.layers.get(where)
        if layer is None:
            try:
                layer = bind(self.catalogue[key(call.name)], call.name, given, self.reserved)
            except SymparamsError as error:
                index = getattr(error, "argument", None)
                error.place = Place(self.source, call.at if index is None else places[index])
                raise
            self.layers[where] = layer
        return layer

    def _check_inputs(self, call: r.Call, layer: Layer, flow: _Flow, inputs: Sequence[int]) -> None:
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
            axes = f"{rank} spatial ax{'i' if rank == 1 else 'e'}s"
            raise self.error(f"{call.name} is for {axes}, but what arrives has {arrived}", call.at)

    def add(
        self, call: r.Call, layer: Layer, inputs: Sequence[int], scope: Scope, name: r.Named | None, frozen: bool
    ) -> int:
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
            error.place = error.place or Place(self.source, call.at)
            raise

    def title(self, name: r.Named | None, scope: Scope) -> str | None:
        """What a layer is called: as named, with a counter inside macros and copies."""
        if name is None:
            return None
        return name.name if scope.outer is None else self.network.free_name(name.name)

    def share(self, call: r.Call, flow: _Flow, scope: Scope) -> _Flow:
        """`share(@name)`: the same layer or macro once more, with the same weights."""
        reference = call.arguments[0].value if len(call.arguments) == 1 else None
        if not isinstance(reference, r.Reference):
            raise self.error("share takes the name of a layer or of the use of a macro: share(@name)", call.at)
        use = self.point(reference, scope).use
        if use is None:
            raise self.error(
                f"@{reference.name} names a point, not a layer or the use of a macro", call.arguments[0].at
            )
        if self.reused is not None:
            raise self.error("share cannot stand inside what is shared", call.at)
        self.reused = list(use.layers)
        try:
            end = self.item(use.call, flow, use.scope.inside(), first=False)
            if self.reused:
                left = self.network.nodes[self.reused[0]].name
                raise self.error(f"@{reference.name} has weights that are not used here, those of {left}", call.at)
            return end
        except SymparamsError as error:
            error.place = Place(self.source, call.at)
            raise
        finally:
            self.reused = None

    # ------------------------------------------------------------ values

    def resolved(self, formula: Formula, scope: Scope, arriving: int | None, at: int) -> Formula:
        """The formula with every name given its meaning: parameter, let, number of channels, or free symbol."""
        if isinstance(formula, Number):
            return formula
        return self.names.resolved(formula, scope.value, lambda: self.channels(arriving, at), at)

    def channels(self, arriving: int | None, at: int) -> Formula:
        if arriving is None:
            raise self.error("`channels` is the number of channels that arrive, but nothing arrives here", at)
        node = self.network.nodes[arriving]
        shape = node.shape
        size = shape[0] if self.network.convention == "torch" and len(shape) > 1 else shape[-1]
        return Symbol(CHANNELS, as_formula(size))


def _is_source(argument: r.Argument, layer: type[Layer]) -> bool:
    """Whether @name as an argument is a tensor that the layer takes beside the one that flows in."""
    if argument.keyword is not None:
        return argument.keyword in layer.sources
    return layer.inputs in ("many", "some")


def _is_frozen(argument: r.Argument) -> bool:
    value = argument.value
    return argument.keyword is None and isinstance(value, Symbol) and value.name.casefold() == FROZEN
