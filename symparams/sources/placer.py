"""Placements -> nodes: each layer made of its arguments and put behind what feeds it, in one walk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from symparams import limits
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.errors import LayerError, LimitError, MissingInputError, Place, Span, SymparamsError, spatial_axes_of
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import Named
from symparams.model.builder import Builder
from symparams.model.layer import Layer
from symparams.sources.arriving import difference
from symparams.sources.binding import Given, bound
from symparams.sources.names import Names, computed
from symparams.sources.placements import Bracket, End, LayerCall, Placed, Placement, Pointed, copies_of, filled, whole
from symparams.sources.records import Told
from symparams.sources.repetition import Repetition


class Placer:
    """Puts placements into a network that is being built."""

    def __init__(self, names: Names, builder: Builder) -> None:
        self.names = names
        self.source = names.source
        self.error = names.error
        self.builder = builder
        self.counting: set[str] = set()  # letters that count copies
        self.around: list[str] = []  # those of the brackets around this place
        self.tried = 0  # layers of copies in copies that were tried
        self.spans: dict[int, Span] = {}  # where the call of each node stands, in their order
        self._made: dict[int, list[int]] = {}  # the nodes of each placement, one for each copy
        self._letters: dict[str, Formula] = {}  # values of letters that count copies, in this copy
        self._wrapped: dict[Layer, TimeDistributed] = {}

    def put(self, placements: Iterable[Placed]) -> None:
        """Add all layers, in their order."""
        for one in placements:
            try:
                node = self._layer(one) if isinstance(one, Placement) else self._bracket(one)
            except LayerError as error:
                later = next((copy for copy in reversed(one.copies) if copy > 1), None)
                if later is not None:
                    error.behind(f"copy {later}")
                raise
            self._made.setdefault(one.number, []).append(node)

    # ------------------------------------------------------------ layers

    def _layer(self, placement: Placement) -> int:
        try:
            layer = self._bound(placement.call)
            inputs = [self._made[number][-1] for number in placement.inputs]
            self._check_inputs(placement, layer, inputs)
            name = placement.name
            if name is not None and (placement.counted or placement.number in self._made):
                name = self.builder.free_name(name)
            shared = self._weights(placement)
            for _ in range(placement.steps):
                layer = self._wrapped.setdefault(layer, TimeDistributed(layer))
            node = self.builder.add(
                layer,
                inputs,
                name,
                shared=shared,
                frozen=placement.frozen,
                within=placement.within,
                macro=placement.macro,
            )
            self.spans[node] = placement.at
            if not placement.steps:
                self._compare(placement.call.told, node)
            return node
        except SymparamsError as error:
            if error.place is None or placement.shared is not None:
                error.place = Place(self.source, *placement.at)
            raise

    def _compare(self, told: Sequence[Told], node: int) -> None:
        """Raise LayerError if a framework's call says another input than arrives; with letters it is a condition."""
        for one in told:
            try:
                meant = one._replace(value=self._filled(one.value, one.at))
                self.builder.require(node, difference(meant, self.builder.nodes[node].derived.arriving))
            except LayerError as error:
                error.matter = f"{self.builder.nodes[node].name}: {error.matter}"
                error.place = Place(self.source, *one.at)
                raise

    def _bound(self, call: LayerCall) -> Layer:
        """The layer with its arguments."""
        given = call.given
        if call.waits or self._letters:
            given = tuple(Given(g.keyword, self._meant(g.value, at)) for g, at in zip(given, call.places, strict=True))
        try:
            return bound(call.entry, call.word, given, self.names.reserved)
        except SymparamsError as error:
            index = getattr(error, "argument", None)
            error.place = Place(self.source, *(call.at if index is None else call.places[index]))
            raise

    def _meant(self, value: object, at: Span) -> object:
        """An argument with the sizes, the layers and the numbers of copies that it waited for."""
        if isinstance(value, LayerCall):
            return self._bound(value)
        if isinstance(value, Pointed):
            return Named(value.name, self.builder.nodes[self._made[value.number][-1]].layer)
        if isinstance(value, tuple):
            return tuple(self._meant(part, at) for part in value)
        return self._filled(value, at) if isinstance(value, Formula) else value

    def _filled(self, formula: Formula, at: Span) -> Formula:
        meant = filled(formula, self._channels, self._letters)
        if meant == formula:
            return formula
        self.names.check(meant, at)
        return computed(meant)

    def _channels(self, number: int) -> Formula:
        """How many channels the output of a placement has."""
        derived = self.builder.nodes[self._made[number][-1]].derived
        return as_formula(derived.leaving.channels)

    def _check_inputs(self, placement: Placement, layer: Layer, inputs: Sequence[int]) -> None:
        """Raise SymparamsError if a layer is fed too little, too much, or another rank than its name says."""
        word, at = placement.call.word, placement.at
        if layer.inputs == "none":
            if inputs:
                raise self.error(f"{word} starts a chain; it cannot follow ->", at)
        elif not inputs and layer.inputs != "optional":
            matter = f"{word} has no input; a chain starts with input(…) or @name"
            if not self.builder.nodes:
                raise self.error(matter, at, MissingInputError)
            raise self.error(f"{matter}; is a -> missing before it?", at)
        elif layer.inputs in ("one", "optional") and placement.forks:
            raise self.error(f"a fork must be followed by a merging layer such as add or concat, not {word}", at)
        elif layer.inputs == "many" and not placement.forks and len(inputs) < 2:
            raise self.error(f"{word} joins branches: write {{ … | … }} -> {word}, or {word}(@name)", at)
        rank = placement.call.entry.rank
        arrived = len(self.builder.nodes[inputs[0]].shape) - 1 - placement.steps if inputs else 0
        if rank is not None and inputs and arrived != rank:
            raise self.error(f"{word} is for {spatial_axes_of(rank)}, but its input has {arrived}", at)

    def _weights(self, placement: Placement) -> int | None:
        """The node whose weights a layer uses again."""
        shared = placement.shared
        if shared is None:
            return None
        weights, before = self._made[shared.number], len(self._made.get(placement.number, ()))
        if shared.copied and before >= len(weights):
            message = f"{placement.call.word} is a layer more than there are weights to share"
            raise self.error(message, placement.at)
        return weights[before if shared.copied else -1]

    # ------------------------------------------------------------ copies

    def _bracket(self, bracket: Bracket) -> int:
        """Copies whose number is known now that sizes are, or those that stand for all."""
        first, last = self._ends(bracket)
        flow = self._made[bracket.flow][-1]
        if isinstance(first, int) and isinstance(last, int):
            flow = self._copies(bracket, flow, copies_of(first, last, self.source, bracket.count_at))
        else:
            try:
                flow = Repetition(self, bracket, as_formula(first), as_formula(last)).built(flow)
            except SymparamsError as error:
                error.place = error.place or Place(self.source, *bracket.at)
                raise
        if not self.around:
            self._check_weights(bracket.body)
        return flow

    def _ends(self, bracket: Bracket) -> tuple[Value, Value]:
        place = Place(self.source, *bracket.count_at)
        first, last = (
            whole(self._filled(formula, bracket.count_at), self.builder.facts, end, place)
            for formula, end in ((bracket.first, End.START), (bracket.last, End.TIMES if bracket.times else End.LAST))
        )
        return first, last

    def _copies(self, bracket: Bracket, flow: int, copies: range) -> int:
        before = len(self.builder.nodes)
        for done, value in enumerate(copies):
            try:
                flow = self.copy(bracket, flow, as_formula(value))
            except LayerError as error:
                if done:
                    error.behind(f"copy {done + 1}")
                raise
            if done == 0 and (len(self.builder.nodes) - before) * len(copies) > limits.LAYERS:
                message = f"this expands to more than {limits.LAYERS:,} layers, which is the limit"
                raise self.error(message, bracket.at, LimitError)
        return flow

    def copy(self, bracket: Bracket, flow: int, copy: Formula) -> int:
        """Add one copy behind a node; the letter that counts copies is `copy` in it."""
        self._made[bracket.arrival] = [flow]
        around = self._letters
        if bracket.variable is not None:
            self._letters = {**around, bracket.variable: copy}
        try:
            self.put(bracket.body)
        finally:
            self._letters = around
        return self._made[bracket.end][-1]

    def back_to(self, bracket: Bracket, mark: tuple[int, dict[str, int]]) -> None:
        """Take away the copies of a bracket that were tried."""
        self.builder.back_to(mark)
        while self.spans and next(reversed(self.spans)) >= mark[0]:
            self.spans.popitem()
        for number in range(bracket.arrival + 1, bracket.number):
            if number in self._made:
                self._made[number] = [node for node in self._made[number] if node < mark[0]]

    def _check_weights(self, body: Sequence[Placed]) -> None:
        """Copies of what is shared use all the weights of the copies that have them."""
        for one in body:
            if isinstance(one, Bracket):
                self._check_weights(one.body)
            elif one.shared is not None and one.shared.copied:
                weights, used = self._made.get(one.shared.number, []), len(self._made.get(one.number, ()))
                if used < len(weights):
                    left = self.builder.nodes[weights[used]].name
                    message = f"@{one.shared.name} has weights that are not used here, those of {left}"
                    raise self.error(message, one.at)

    # ------------------------------------------------------------ words for copies

    def free_letter(self, wanted: Sequence[str]) -> str:
        """The first of some letters that the text does not use, else one of them with a number."""
        candidates = (*wanted, *(f"{wanted[0]}_{n}" for n in range(2, len(self._words) + len(self.around) + 3)))
        return next(name for name in candidates if name not in self._words and name not in self.around)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self.source.text))

    def axis_name(self, axis: int) -> str:
        """What an axis of the layer added last is called."""
        names = self.builder.nodes[-1].derived.leaving.axis_names()
        name = names[axis] if axis < len(names) else "size"
        return f"number of {name}" if name in ("channels", "features") else name
