"""The architecture language -> Network: names resolved, macros expanded, repetition unrolled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symparams import limits
from symparams.algebra.formula import Formula, Symbol, Value, as_formula
from symparams.collector import paused
from symparams.errors import LayerError, LimitError, Place, Source, Span, SymparamsError
from symparams.layers import CATALOGUE, Catalogue
from symparams.layers.wrapping import TimeDistributed
from symparams.model.network import Network
from symparams.sources import records as r
from symparams.sources.binding import bind_macro
from symparams.sources.declarations import declared
from symparams.sources.names import Names
from symparams.sources.placing import Flow, Placing, is_frozen, is_source
from symparams.sources.ranges import read_ranges
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
    without_ranges: bool = False,
) -> Network:
    """The network that a text describes; `given` are values that win over `let`.

    With `for_others` there may be values for letters that this network does not have; `without_ranges` leaves out what
    each `range` says.

    Raises SymparamsError, with its place, for whatever is wrong with the text.
    """
    limits.begin_work()
    try:
        with paused():
            statements = read_network(source)
            if without_ranges:
                statements = [s for s in statements if not isinstance(s, r.Range)]
            return Builder(source, given or {}, catalogue, for_others).built(statements)
    except RecursionError:
        raise LimitError(f"{source.name}: the formulas here are nested too deeply") from None


class Builder(Placing):
    """Walks the chains once, adding layers to the network as they come."""

    def built(self, statements: Sequence[r.Statement]) -> Network:
        found = declared(statements, self.source, self.catalogue)
        self.macros = found.macros
        self.names = Names(self.source, found.lets, self.given, self.reserved)
        for macro in found.macros.values():
            for parameter in macro.parameters:
                self.names.check_word(parameter.name, macro.at)
        ranges = read_ranges(found.ranges, self.names).narrowed(found.facts)
        self.network = Network(found.convention, found.title, facts_of([*ranges.facts(), *found.facts], self.names))
        self.network.ranges = ranges.within(self.network.facts, found.facts)
        self.network.stated = tuple((fact.left, fact.relation, fact.right) for fact in found.facts)
        self.network.reserved = found.names()
        self.walk(found.chains)
        if not self.for_others:
            self.names.check_given(self.given)
        self.network.symbols = self.names.all()
        for name in self.counting & self.network.symbols.keys():
            raise self.error(
                f"{name} counts copies and is a letter of its own as well; one needs another name", Span(0)
            )
        return self.network

    def walk(self, chains: Sequence[r.Chain]) -> None:
        """Add the layers of all chains."""
        top = Scope()
        for chain in chains:
            if isinstance(self.chain(chain, None, top), tuple):
                message = "a fork ends here; a merging layer such as add or concat must follow it"
                raise self.error(message, chain.items[-1].at)
        if not self.network.nodes:
            raise self.error("there is no network here; it starts with input(…)", Span(len(self.source.text)))
        self.network.check_conditions()

    # ------------------------------------------------------------ chains
    def chain(self, chain: r.Chain, flow: Flow, scope: Scope) -> Flow:
        for index, item in enumerate(chain.items):
            flow = self.item(item, flow, scope, first=index == 0)
        return flow

    def item(self, item: r.Item, flow: Flow, scope: Scope, first: bool, name: r.Named | None = None) -> Flow:
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

    def fork(self, item: r.Branches, flow: Flow, scope: Scope) -> Flow:
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

    def named(self, item: r.Named, flow: Flow, scope: Scope, first: bool) -> Flow:
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
        elif isinstance(item.item, r.Call) and item.item.name == "share":
            use = self.shared(item.item, scope)[1]
        elif isinstance(item.item, r.Call) and item.item.name != "id":
            use = Use(item.item, scope, (flow,))
        scope.points[item.name] = Point(flow, use)
        return flow

    # ------------------------------------------------------------ repetition
    def group(self, group: r.Group, flow: Flow, scope: Scope) -> Flow:
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
                return Repetition(self, self.chain, group, scope, *map(as_formula, ends)).built(flow)
            except SymparamsError as error:
                error.place = error.place or Place(self.source, *group.at)
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

    # ------------------------------------------------------------ macros

    def macro(self, call: r.Call, flow: Flow, scope: Scope) -> Flow:
        macro = self.macros[call.name]
        if call.name in scope.macros:
            round_trip = " -> ".join([*scope.macros[scope.macros.index(call.name) :], call.name])
            raise self.error(f"the macro `{call.name}` uses itself: {round_trip}", call.at)
        if len(scope.macros) >= limits.NESTING:
            raise self.error(
                f"macros are nested more than {limits.NESTING} deep, which is the limit", call.at, LimitError
            )
        frozen = [a for a in call.arguments if is_frozen(a)]
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
        self, macro: r.Macro, given: Sequence[r.Argument], flow: Flow, scope: Scope, call: r.Call
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

    def layer(self, call: r.Call, flow: Flow, scope: Scope, name: r.Named | None) -> Flow:
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
            if is_frozen(argument):
                frozen = True
            elif isinstance(argument.value, r.Reference) and is_source(argument, entry.layer):
                inputs.append(self.point(argument.value, scope).node)
            else:
                given.append(self.argument(argument, scope, arriving))
                places.append(argument.at)
        layer = self.bound(call, tuple(given), places)
        self.check_inputs(call, layer, flow, inputs)
        return self.add(call, layer, inputs, scope, name, frozen)

    def over_time(self, call: r.Call, flow: Flow, scope: Scope, name: r.Named | None) -> Flow:
        """`timedistributed(frame)`: every layer inside works at each time step."""
        inside = [a for a in call.arguments if not is_frozen(a)]
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

    def shared(self, call: r.Call, scope: Scope) -> tuple[str, Use]:
        """What `share(@name)` shares, with its name."""
        reference = call.arguments[0].value if len(call.arguments) == 1 else None
        if not isinstance(reference, r.Reference):
            raise self.error("share takes one name, of a layer or of the use of a macro: share(@name)", call.at)
        use = self.point(reference, scope).use
        if use is None or not use.layers:
            raise self.error(
                f"@{reference.name} names a point, not a layer or the use of a macro", call.arguments[0].at
            )
        return reference.name, use

    def share(self, call: r.Call, flow: Flow, scope: Scope) -> Flow:
        """`share(@name)`: the same layer or macro once more, with the same weights."""
        name, use = self.shared(call, scope)
        if self.network.nodes[use.layers[0]].layer.inputs == "none":
            raise self.error(f"@{name} is an input, which has no weights to share", call.arguments[0].at)
        if self.reused is not None:
            raise self.error("share cannot stand inside what is shared", call.at)
        self.reused = list(use.layers)
        try:
            end = self.item(use.call, flow, use.scope.inside(), first=False)
            if self.reused:
                left = self.network.nodes[self.reused[0]].name
                raise self.error(f"@{name} has weights that are not used here, those of {left}", call.at)
            return end
        except SymparamsError as error:
            error.place = Place(self.source, *call.at)
            raise
        finally:
            self.reused = None

    # ------------------------------------------------------------ values
