"""Statements -> placements: names resolved, macros expanded, forks, groups and references followed, copies laid out.

No size is known here, so two things are left to placing: `channels` stays a stand-in for the output of a placement,
and copies whose number has letters, or `channels`, stay one bracket with the body of a copy, its letter in it. How
often that body must be placed, and on which sizes, only the sizes can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symparams import limits
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Symbol, Value, as_formula
from symparams.errors import LimitError, MissingInputError, Place, Span, SymparamsError
from symparams.layers import Catalogue, Entry
from symparams.layers.wrapping import TimeDistributed
from symparams.model.builder import too_many_layers
from symparams.model.network import MacroUse
from symparams.sources import records as r
from symparams.sources.binding import bind_macro, is_frozen, is_source
from symparams.sources.names import Names
from symparams.sources.placements import (
    Bracket,
    End,
    Placed,
    Placement,
    Shared,
    copies_of,
    inside,
    moved,
    numbers_of,
    titled,
    whole,
)
from symparams.sources.printer import written_item
from symparams.sources.resolver import Aside, Flow, Resolver
from symparams.sources.scope import Point, Scope, Sharing, Use

_WORK = 4 * limits.LAYERS  # items that may be expanded, layers or not


def expanded(
    chains: Sequence[r.Chain], names: Names, facts: Facts, macros: Mapping[str, r.Macro], catalogue: Catalogue
) -> list[Placed]:
    """The placements of all chains, in reading order."""
    expansion = Expansion(Resolver(names, macros, catalogue), facts)
    top = Scope()
    for chain in chains:
        if isinstance(expansion.chain(chain, None, top), tuple):
            raise expansion.error(_OPEN_FORK, chain.items[-1].at)
    return expansion.placed


_OPEN_FORK = "a fork ends here; a merging layer such as add or concat must follow it"


class Expansion:
    """Walks the chains once, noting placements as they come."""

    def __init__(self, meanings: Resolver, facts: Facts) -> None:
        self.meanings = meanings
        self.names = meanings.names
        self.macros = meanings.macros
        self.source = meanings.names.source
        self.error = meanings.error
        self.facts = facts
        self.placed: list[Placed] = []  # of the file, or of the bracket that is being expanded
        self.count = 0  # numbers that have been given
        self.layers = 0  # and layers noted
        self.work = 0  # items that have been expanded

    def number(self) -> int:
        self.count += 1
        return self.count

    # ------------------------------------------------------------ chains

    def chain(self, chain: r.Chain, flow: Flow, scope: Scope) -> Flow:
        for index, item in enumerate(chain.items):
            flow = self.item(item, flow, scope, first=index == 0)
        return flow

    def item(self, item: r.Item, flow: Flow, scope: Scope, first: bool, name: str | None = None) -> Flow:
        self.work += 1
        if self.work > _WORK:
            raise self.too_many(item.at)
        if isinstance(item, r.Call):
            return self.call(item, flow, scope, name)
        if isinstance(item, r.Named):
            return self.named(item, flow, scope, first)
        if isinstance(item, r.Reference):
            if not first:
                raise self.error(f"@{item.name} starts a chain or is a branch by itself; it cannot follow ->", item.at)
            return self.meanings.point(item, scope).number
        if isinstance(item, r.Branches):
            return self.fork(item, flow, scope)
        return self.group(item, flow, scope)

    def too_many(self, at: Span) -> SymparamsError:
        return self.error(f"this expands to more than {limits.LAYERS:,} layers, which is the limit", at, LimitError)

    def fork(self, item: r.Branches, flow: Flow, scope: Scope) -> Flow:
        if isinstance(flow, tuple):
            raise self.error(_OPEN_FORK, item.at)
        ends: list[int] = []
        if len(item.chains) > limits.ARGUMENTS:
            message = f"a fork has more than {limits.ARGUMENTS:,} branches, which is the limit"
            raise self.error(message, item.chains[limits.ARGUMENTS].at, LimitError)
        for chain in item.chains:
            start = flow
            if isinstance(flow, int) and self.meanings.starts_anew(chain.items[0], scope):
                start = Aside(flow)
            end = self.chain(chain, start, scope)
            if isinstance(end, tuple):
                raise self.error("this branch ends in a fork; a merging layer must close it", chain.items[-1].at)
            if not isinstance(end, int):
                raise self.error("this branch has no input; it must start with input(…) or @name", chain.at)
            ends.append(end)
        return tuple(ends)

    def named(self, item: r.Named, flow: Flow, scope: Scope, first: bool) -> Flow:
        if item.bare:
            self.names.check_word(item.name, item.at)
        if item.name in scope.points:
            raise self.error(f"the name `{item.name}` is taken already", item.at)
        before, call = len(self.placed), item.item
        flow = self.item(call, flow, scope, first, item.name)
        if not isinstance(flow, int):
            raise self.error(f"`{item.name}` would name a fork; name what follows the merging layer", item.at)
        if isinstance(call, r.Group) or (isinstance(call, r.Call) and call.name in self.macros):
            self.parts_of(item.name, before)
        use = None
        if isinstance(call, r.Call) and call.name == "share":
            use = self.shared(call, scope)[1]
        elif isinstance(call, r.Call) and call.name in self.macros:
            use = Use(call, scope, tuple(numbers_of(self.placed[before:])))
        elif isinstance(call, r.Call) and call.name != "id":
            use = Use(call, scope, (flow,))
        scope.points[item.name] = Point(flow, use)
        return flow

    # ------------------------------------------------------------ repetition

    def group(self, group: r.Group, flow: Flow, scope: Scope) -> Flow:
        if group.times is None and group.variable is None:
            return self.chain(group.chain, flow, scope)
        if group.variable is not None:
            self.names.check_word(group.variable, group.count_at)
        first, last = self.ends(group, flow, scope)
        if not (isinstance(first, int) and isinstance(last, int)):
            return self.bracket(group, flow, scope, as_formula(first), as_formula(last))
        copies, before = copies_of(first, last, self.source, group.count_at), self.count
        alike = scope.sharing is None and not r.uses(group.chain, group.variable)
        for done, value in enumerate(copies):
            start, worked = len(self.placed), self.work
            values = {} if group.variable is None else {group.variable: as_formula(value)}
            flow = self.chain(group.chain, flow, scope.inside(values=values, copies=(*scope.copies, done + 1)))
            if done == 0 and (self.count - before) * len(copies) > limits.LAYERS:
                raise self.too_many(group.at)
            if done == 1 and alike and isinstance(flow, int):
                copy = [one for one in self.placed[start:] if isinstance(one, Placement) and not one.call.waits]
                if len(copy) == len(self.placed) - start:
                    self.work += (self.work - worked) * (len(copies) - 2)
                    if self.work > _WORK:
                        raise self.too_many(group.at)
                    return self.once_more(copy, before, flow, len(scope.copies), len(copies) - 2)
        return flow

    def once_more(self, copy: Sequence[Placement], before: int, end: int, depth: int, times: int) -> int:
        """Note a second copy so many times more: the same, but for the numbers of what is inside its brackets."""
        size = (self.count - before) // 2
        for further in range(1, times + 1):
            for one in copy:
                self.count_layer(one.call.at)
                copies = (*one.copies[:depth], further + 2, *one.copies[depth + 1 :])
                self.placed.append(moved(one, before, further * size)._replace(copies=copies))
        self.count += times * size
        return end + times * size if end > before else end

    def ends(self, group: r.Group, flow: Flow, scope: Scope) -> tuple[Value, Value]:
        """The numbers of the first and of the last copy, known or not."""
        numbers: list[Value] = [1]
        for formula, end in ((group.first, End.START), (group.last, End.LAST), (group.times, End.TIMES)):
            if formula is not None:
                meant = self.meanings.resolved(formula, flow, scope, group.count_at)
                numbers.append(whole(meant, self.facts, end, Place(self.source, *group.count_at)))
        return numbers[-2], numbers[-1]

    def bracket(self, group: r.Group, flow: Flow, scope: Scope, first: Formula, last: Formula) -> Flow:
        """Copies whose number is open: one body for all."""
        if not isinstance(flow, int):
            raise self.error("when the number of copies is not known, the first copy needs an input", group.at)
        around, self.placed, arrival = self.placed, [], self.number()
        values: dict[str, Formula] = {} if group.variable is None else {group.variable: Symbol(group.variable)}
        end = self.chain(group.chain, arrival, scope.inside(values=values, copies=(), copied=scope.sharing is not None))
        if not isinstance(end, int):
            raise self.error("a fork ends here; a merging layer must close it", group.at)
        at, count_at = (group.at, group.count_at) if scope.sharing is None else (scope.sharing.at,) * 2
        body, self.placed = tuple(self.placed), around
        bracket = Bracket(
            number=self.number(),
            arrival=arrival,
            flow=flow,
            body=body,
            end=end,
            first=first,
            last=last,
            variable=group.variable if r.uses(group.chain, group.variable) else None,
            times=group.times is not None,
            copies=scope.copies,
            at=at,
            count_at=count_at,
        )
        around.append(bracket)
        return bracket.number

    # ------------------------------------------------------------ macros

    def macro(self, call: r.Call, flow: Flow, scope: Scope) -> Flow:
        macro = self.macros[call.name]
        if call.name in scope.macros:
            round_trip = " -> ".join([*scope.macros[scope.macros.index(call.name) :], call.name])
            raise self.error(f"the macro `{call.name}` uses itself: {round_trip}", call.at)
        if len(scope.macros) >= limits.NESTING:
            message = f"macros are nested more than {limits.NESTING} deep, which is the limit"
            raise self.error(message, call.at, LimitError)
        given = [a for a in call.arguments if not is_frozen(a)]
        inner = scope.inside(
            outer=scope.points_around(),
            values=self.macro_arguments(macro, given, flow, scope, call),
            macros=(*scope.macros, call.name),
            use=scope.use or MacroUse(written_item(call), self.number()),
            frozen=scope.frozen or len(given) < len(call.arguments),
        )
        return self.chain(macro.chain, flow, inner)

    def parts_of(self, name: str, start: int) -> None:
        """Say of all that has been placed since that it is a part of what has a name."""
        self.placed[start:] = [inside(one, name) for one in self.placed[start:]]

    def macro_arguments(
        self, macro: r.Macro, given: Sequence[r.Argument], flow: Flow, scope: Scope, call: r.Call
    ) -> dict[str, Formula]:
        """The values of a macro's parameters, computed where the call stands."""
        values: dict[str, Formula] = {}
        for name, (value, at) in bind_macro(macro, given, call.at, self.source).items():
            values[name] = self.meanings.resolved(value, flow, scope, at)
        for parameter in macro.parameters:
            if parameter.name not in values and parameter.default is not None:
                values[parameter.name] = self.meanings.resolved(
                    parameter.default, flow, Scope(values=dict(values)), macro.at
                )
        return values

    # ------------------------------------------------------------ layers

    def call(self, call: r.Call, flow: Flow, scope: Scope, name: str | None) -> Flow:
        if call.name in self.macros:
            return self.macro(call, flow, scope)
        if call.name == "id":
            return flow
        if call.name == "share":
            return self.named_first(name, scope, lambda: self.share(call, flow, scope))
        entry = self.meanings.entry(call)
        if entry.layer is TimeDistributed:
            return self.over_time(call, flow, scope, name)
        return self.layer(call, entry, flow, scope, name)

    def layer(self, call: r.Call, entry: Entry, flow: Flow, scope: Scope, name: str | None) -> int:
        """Note a layer with what feeds it."""
        self.count_layer(call.at)
        inputs = [flow] if isinstance(flow, int) else list(flow) if isinstance(flow, tuple) else []
        if len(call.arguments) > limits.ARGUMENTS:
            message = f"{call.name} has more than {limits.ARGUMENTS:,} arguments, which is the limit"
            raise self.error(message, call.arguments[limits.ARGUMENTS].at, LimitError)
        frozen, given = scope.frozen, []
        for argument in call.arguments:
            if is_frozen(argument):
                frozen = True
            elif isinstance(argument.value, r.Reference) and is_source(argument, entry.layer):
                inputs.append(self.meanings.point(argument.value, scope).number)
            else:
                given.append(argument)
        at, shared, sharing = call.at, None, scope.sharing
        if sharing is not None:
            at, shared = sharing.at, Shared(sharing.name, next(sharing.weights), scope.copied)
        placement = Placement(
            number=self.number(),
            call=self.meanings.layer_call(call, entry, given, flow, scope),
            inputs=tuple(inputs),
            forks=isinstance(flow, tuple),
            name=name,
            counted=scope.outer is not None,
            shared=shared,
            frozen=frozen,
            macro=scope.use,
            within=scope.macros,
            steps=scope.steps,
            copies=scope.copies,
            at=at,
        )
        self.placed.append(placement)
        return placement.number

    def count_layer(self, at: Span) -> None:
        self.layers += 1
        if self.layers > limits.LAYERS:
            raise self.error(too_many_layers().matter, at, LimitError)

    def named_first(self, name: str | None, scope: Scope, expand: Callable[[], Flow]) -> Flow:
        """What is expanded, with a name for its first layer."""
        start = len(self.placed)
        end = expand()
        if name is not None and len(self.placed) > start:
            self.placed[start] = titled(self.placed[start], name, scope.outer is not None)
        return end

    def over_time(self, call: r.Call, flow: Flow, scope: Scope, name: str | None) -> Flow:
        """`timedistributed(frame)`: every layer inside works at each time step."""
        inside = [a for a in call.arguments if not is_frozen(a)]
        value = inside[0].value if len(inside) == 1 else None
        if isinstance(value, Symbol):
            value = r.Call(value.name, (), inside[0].at)
        if not isinstance(value, (r.Call, r.Group)):
            raise self.error(f"{call.name} takes a layer or a macro, such as timedistributed(conv(8, 3))", call.at)
        if flow is None:
            kind = SymparamsError if self.placed else MissingInputError
            raise self.error(f"{call.name} has no input; a chain starts with input(…) or @name", call.at, kind)
        frame, frozen = value, scope.frozen or len(inside) < len(call.arguments)
        inner = scope.inside(steps=scope.steps + 1, frozen=frozen)
        title = None if isinstance(frame, r.Group) or frame.name in self.macros else name
        return self.named_first(title, scope, lambda: self.item(frame, flow, inner, first=False))

    def shared(self, call: r.Call, scope: Scope) -> tuple[str, Use]:
        """What `share(@name)` shares, with its name."""
        reference = call.arguments[0].value if len(call.arguments) == 1 else None
        if not isinstance(reference, r.Reference):
            raise self.error("share takes one name, of a layer or of the use of a macro: share(@name)", call.at)
        use = self.meanings.point(reference, scope).use
        if use is None or not use.placements:
            message = f"@{reference.name} names a point, not a layer or the use of a macro"
            raise self.error(message, call.arguments[0].at)
        return reference.name, use

    def share(self, call: r.Call, flow: Flow, scope: Scope) -> Flow:
        """`share(@name)`: the same layer or macro once more, with the same weights."""
        name, use = self.shared(call, scope)
        if use.call.name not in self.macros and self.meanings.entry(use.call).layer.inputs == "none":
            raise self.error(f"@{name} is an input, which has no weights to share", call.arguments[0].at)
        if scope.sharing is not None:
            raise self.error("share cannot be inside what is shared", call.at)
        sharing = Sharing(name, iter(use.placements), call.at)
        inner = use.scope.inside(sharing=sharing, steps=scope.steps, copies=scope.copies)
        try:
            return self.item(use.call, flow, inner, first=False)
        except SymparamsError as error:
            error.place = Place(self.source, *call.at)
            raise
