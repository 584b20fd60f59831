"""What a text asks beside a number: whether a setting, a layer or a size of the input changes it, worked out anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Value, as_formula
from symparams.errors import SymparamsError
from symparams.layers.activation import Activation
from symparams.layers.dense import Flatten
from symparams.model.network import Network, Node
from symparams.model.provenance import names_meant
from symparams.model.sentence import Text
from symparams.quantities.totals import adds_up, amount
from symparams.questions.changed_networks import changed, changed_alone, resized, with_setting, without
from symparams.questions.side_facts import Fact, facts
from symparams.questions.side_settings import Setting, settings_in
from symparams.questions.spoken_of import Spoken
from symparams.reading.asking import TOPICS, named_in
from symparams.reading.side_sentences import Ask, asks

Kind: TypeAlias = Literal["same", "changed", "batch"]
Opening: TypeAlias = Literal["", "yes", "no", "still"]

_TIMES = 2  # as many positions are tried where no other number of them is told
_SIZES = re.compile(r"(?<![\w.])(\d{1,5})\s?[x×]\s?(\d{1,5})(?![\w])")
_OF_SIZES = re.compile(r"\b(?:values|outputs?|sizes?|shapes?)\b", re.I)
_PLAIN = re.compile(r"(?<![\w.,])\d{1,6}(?![\w]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Side:
    """A question beside the one about a number, with its answer."""

    ask: Ask  # the sentence that asks
    kind: Kind  # same: nothing changes the number; changed: it would be another one; batch: it is about the batch size
    opening: Opening  # the word that answers it; still: the number stays; "": no word does
    layer: str  # the layer whose number is meant; empty: the network
    quantity: str  # of which it is a number
    own: Network  # the network that is asked about
    other: Network  # the network with the change
    told: tuple[Text, ...] = ()  # what the layers say of it themselves
    code: str = ""  # the setting that is changed, with its other value; empty: none is
    left_out: tuple[str, ...] = ()  # the layers that are left out in the other network
    sizes: tuple[int, ...] = ()  # other sizes of the input; (): none are told
    topic: str = ""  # what may enter or not, as `Inquiry` has it

    @property
    def changes(self) -> tuple[tuple[str, Value, Value], ...]:
        """The layers whose number differs, each with both."""
        return _changes(self.own, self.other, self.quantity)

    @property
    def number(self) -> Value:
        """The number that is asked about."""
        return _number(self.own, self.layer, self.quantity)

    @property
    def other_number(self) -> Value:
        """The number with the change."""
        return _number(self.other, self.layer, self.quantity)


def _changes(own: Network, other: Network, quantity: str) -> tuple[tuple[str, Value, Value], ...]:
    """The layers whose number differs in another network, each with both."""
    what = amount(quantity)
    pairs = ((a.name, what.of_layer(a), what.of_layer(b)) for a, b in zip(own.nodes, other.nodes, strict=True))
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _number(network: Network, layer: str, quantity: str) -> Value:
    what = amount(quantity)
    return what.of_layer(network.node(layer)) if layer else what.of_network(network)


class Sides:
    """Reads the questions beside numbers in a text about one network.

    `about` has the layers and quantities of these numbers, None for the total.
    """

    def __init__(self, network: Network, prose: str, about: Sequence[tuple[str | None, str]]) -> None:
        self.network = network
        self.prose = prose
        self.about = about

    @cached_property
    def spoken(self) -> Spoken:
        """What the text says of the network."""
        return Spoken(self.network, self.prose)

    def facts(self) -> Iterator[Fact]:
        """The answers that are facts of the network, each once."""
        seen: set[object] = set()
        every = list(facts(self.network, asks(self.prose), self._node))
        for fact in sorted(every, key=lambda one: not one.opening):  # of two that say the same, the one that answers
            key = (fact.kind, fact.node.name)
            if key not in seen:
                seen.add(key)
                yield fact

    def found(self) -> Iterator[Side]:
        """The answers, one for each sentence and each thing that it asks about."""
        seen: set[object] = set()
        for ask in asks(self.prose):
            if not (ask.is_what or (ask.about_effect and (ask.is_polar or ask.is_denied))):
                continue
            for side in self._of(ask):
                key = (side.kind, side.layer, side.quantity, side.code, side.left_out, side.told, side.topic)
                if key not in seen:
                    seen.add(key)
                    yield side

    def _of(self, ask: Ask) -> Iterator[Side]:
        quantity = self._quantity(ask)
        if quantity is None:
            return
        found = [*self._of_settings(ask, quantity)]
        found += self._of_layers(ask, quantity)
        found += self._of_positions(ask, quantity) if not found else ()
        found += self._of_batch(ask, quantity)
        yield from found

    # ------------------------------------------------------------ what is meant

    def _quantity(self, ask: Ask) -> str | None:
        """What a sentence asks about: what it names itself, else what the text is about; None where that has no sum."""
        told = [quantity for _, quantity in self.about]
        if "shape" in told and _OF_SIZES.search(ask.text):
            return None
        some = [*named_in(ask.text), *told, "params"]
        return some[0] if adds_up(some[0]) else None

    def _layer(self, ask: Ask) -> str:
        """The layer whose number is meant: one that the sentence names, else the one that the text is about.

        What changes is asked of the whole network.
        """
        if ask.is_what:
            return ""
        spoken = self.spoken
        every = (*spoken.named, *spoken.counted_off, *spoken.only_ones)
        named = [name for name, sentence in every if sentence == ask.number and not spoken.is_without(name)]
        if named:
            return named[0]
        about = [layer for layer, _ in self.about if layer is not None and not spoken.is_without(layer)]
        return "" if ask.mark or not about else about[0]

    def _node(self, ask: Ask) -> Node | None:
        """The same, where that is a layer."""
        name = self._layer(ask)
        return self.network.node(name) if name else None

    def _nodes(self, ask: Ask) -> list[Node]:
        """The layers whose settings may be meant, the likeliest first."""
        named = [name for name, sentence in self.spoken.named if sentence == ask.number]
        kinds = {kind for kind, sentence in self.spoken.kinds if sentence == ask.number}
        first = [*named, self._layer(ask)]
        return sorted(
            (node for node in self.network.nodes if node.inputs),
            key=lambda n: (first.index(n.name) if n.name in first else len(first), type(n.layer) not in kinds),
        )

    # ------------------------------------------------------------ settings

    def _of_settings(self, ask: Ask, quantity: str) -> Iterator[Side]:
        """Whether settings that the sentence names change the number: in one layer, or in all that have them."""
        layer, kinds = self._layer(ask), self._kinds(ask)
        found = list(settings_in(ask.text, self._nodes(ask)))
        places: set[int] = set()
        for name in dict.fromkeys(one.name for one in found):
            first = next(one for one in found if one.name == name)
            several = [one for one in found if one.name == name and one.argument.name == first.argument.name]
            if first.at in places:
                continue
            places.add(first.at)
            of_one = first.node.name == layer or type(first.node.layer) in kinds
            yield from self._of_setting(ask, several[:1] if of_one else several, layer, quantity)

    def _kinds(self, ask: Ask) -> set[type]:
        return {kind for kind, sentence in self.spoken.kinds if sentence == ask.number}

    def _of_setting(self, ask: Ask, several: Sequence[Setting], layer: str, quantity: str) -> Iterator[Side]:
        """Whether a setting changes the number: with each of its other values, or with the one that is told."""
        one = several[0]
        others = [(value, network) for value in one.others for network in self._with(several, value, layer)]
        if others and one.told and others[0][0] != one.others[0]:  # the network cannot have it
            return
        own = _number(self.network, layer, quantity)
        changing = [pair for pair in others if _number(pair[1], layer, quantity) != own]
        if changing and not (one.told and changing[0] is not others[0]):
            value, network = changing[0]
            grows = self._grows(own, _number(network, layer, quantity), one.told)
            if grows is not None:
                opening, code = _opening(ask, grows), one.written(value)
                yield Side(ask, "changed", opening, layer, quantity, self.network, network, code=code)
        elif others:
            value, network = others[0]
            told = self._ignored(network, one.node.name) or self._ignored(network, one.node.name, theirs=True)
            if one.argument.name == "activation":
                told = (Activation.because,)
            code, opening = one.written(value), _opening(ask, 0)
            yield Side(ask, "same", opening, layer, quantity, self.network, network, told, code, topic=one.topic)

    def _with(self, several: Sequence[Setting], value: object, layer: str) -> Iterator[Network]:
        """The network with another value of a setting, if there is such a network; else that layer alone changed."""
        one = several[0]
        with suppress(SymparamsError, ValueError, TypeError, IndexError):
            own = {s.node.name: with_setting(s.node.layer, s.owner, s.argument.name, value) for s in several}
            try:
                yield changed(self.network, own)
            except SymparamsError:
                if one.node.name == layer and len(own) == 1:
                    yield changed_alone(self.network, layer, own[layer])

    @staticmethod
    def _grows(own: Value, other: Value, told: bool) -> int | None:
        """1 if what is asked about makes the number larger, -1 if smaller; None where that is not known."""
        if not (isinstance(own, int) and isinstance(other, int)):
            return None
        return 1 if (other > own) == told else -1

    def _ignored(self, other: Network, name: str = "", *, theirs: bool = False) -> tuple[Text, ...]:
        """What layers say does not affect their parameters, of what is different in the other network.

        `theirs`: as the layers of the other network say it.
        """
        found: dict[Text, None] = {}
        kinds = set()
        for one, another in zip(self.network.nodes, other.nodes, strict=True):
            own, its = one.derived.rules.ignores, another.derived.rules.ignores
            if type(one.layer) in kinds or one.derived.counts.params == 0 or name not in ("", one.name):
                continue
            own, its = (its, own) if theirs else (own, its)
            if told := [sentence for sentence in own if sentence not in its]:
                kinds.add(type(one.layer))
                found.update(dict.fromkeys(told))
        return tuple(found)

    # ------------------------------------------------------------ layers without parameters

    def _of_layers(self, ask: Ask, quantity: str) -> Iterator[Side]:
        """Whether layers without parameters, of a kind that the sentence names, change the number."""
        layer = self._layer(ask)
        for kind in dict.fromkeys(kind for kind, sentence in self.spoken.kinds if sentence == ask.number):
            nodes = [node for node in self.network.nodes if type(node.layer) is kind and node.inputs]
            if not nodes or kind is Flatten or any(node.derived.counts.params != 0 for node in nodes):
                continue
            names = tuple(node.name for node in nodes)
            with suppress(SymparamsError, ValueError, IndexError):
                other = without(self.network, *names)
                own, its = (_number(one, layer, quantity) for one in (self.network, other))
                if own == its and not _changes(self.network, other, quantity):
                    because = nodes[0].derived.rules.because
                    told = (because,) if quantity == "params" and because else ()
                    yield self._same(ask, layer, quantity, other, told, left_out=names)
                elif own != its and (grows := self._grows(own, its, told=False)) is not None:
                    opening = _opening(ask, grows)
                    yield Side(ask, "changed", opening, layer, quantity, self.network, other, left_out=names)

    def _same(
        self, ask: Ask, layer: str, quantity: str, other: Network, told: Iterable[Text], *,
        left_out: tuple[str, ...] = (), sizes: tuple[int, ...] = (), topic: str = "",
    ) -> Side:  # fmt: skip
        opening = _opening(ask, 0)
        return Side(ask, "same", opening, layer, quantity, self.network, other, tuple(told), "", left_out, sizes, topic)

    # ------------------------------------------------------------ sizes of the input

    def _of_positions(self, ask: Ask, quantity: str) -> Iterator[Side]:
        """Whether the size of the image, or the number of steps, changes the number."""
        if not _speaks(ask, TOPICS["positions"]):
            return
        layer = self._layer(ask)
        with suppress(SymparamsError, ValueError, IndexError):
            told = tuple(self._sizes(ask))
            other, sizes = self._resized(told)
            if other is None:
                return
            own, its = (_number(one, layer, quantity) for one in (self.network, other))
            if own == its:
                said = self._ignored(other, layer, theirs=self._is_open(told)) if quantity == "params" else ()
                if said or sizes:
                    yield self._same(ask, layer, quantity, other, said, sizes=sizes, topic="positions")
            elif sizes and (grows := self._grows(own, its, told=True)) is not None:
                opening = _opening(ask, grows)
                yield Side(
                    ask, "changed", opening, layer, quantity, self.network, other, sizes=sizes, topic="positions"
                )

    def _sizes(self, ask: Ask) -> Iterator[int]:
        """Other sizes that the sentence tells."""
        known = {size for node in self.network.nodes for size in node.shape}
        for one in _SIZES.finditer(ask.text):
            if {int(one[1]), int(one[2])} - known:
                yield from (int(one[1]), int(one[2]))
                return
        told = [int(one[0]) for one in _PLAIN.finditer(ask.text) if int(one[0]) > 1 and int(one[0]) not in known]
        yield from told if len(told) == 1 else ()

    def _resized(self, told: Sequence[int]) -> tuple[Network | None, tuple[int, ...]]:
        """The network on an input with these sizes along its positions, else with twice as many; and these sizes."""
        layers, sizes = {}, tuple(told)
        for node in self.network.nodes:
            if node.inputs or not hasattr(node.layer, "shape"):
                continue
            names = names_meant(self.network, node)
            axes = [axis for axis, name in enumerate(names) if name not in ("channels", "features")]
            if len(told) not in (0, 1, len(axes)) or not axes:
                return None, ()
            new = {axis: self._size(node.shape[axis], told, place) for place, axis in enumerate(axes)}
            sizes = tuple(n for size in new.values() if isinstance(n := number(size), int))
            layers[node.name] = resized(node.layer, new)
        return (changed(self.network, layers), sizes) if layers else (None, ())

    def _is_open(self, told: Sequence[int]) -> bool:
        """Whether sizes are told that the network itself leaves open."""
        inputs = [node for node in self.network.nodes if not node.inputs]
        return bool(told) and any(not isinstance(size, int) for node in inputs for size in node.shape)

    @staticmethod
    def _size(own: Value, told: Sequence[int], place: int) -> Formula:
        return Number(told[place % len(told)]) if told else as_formula(_TIMES * own)

    def _of_batch(self, ask: Ask, quantity: str) -> Iterator[Side]:
        if _speaks(ask, r"batch(?:[\s_-]?size)?") and quantity == "params":
            yield replace(self._same(ask, self._layer(ask), quantity, self.network, (), topic="batch"), kind="batch")


def _speaks(ask: Ask, words: str) -> bool:
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", ask.text, re.I) is not None


def _opening(ask: Ask, grows: int) -> Opening:
    """The word that answers a question if the number grows, shrinks (-1) or stays (0) with what is asked about."""
    if ask.is_what:
        return "still" if grows == 0 else ""
    if not ask.is_polar:
        return ""
    if grows == 0:
        return "no"
    if ask.by_how_much:
        return ""
    wanted = {"more": 1, "fewer": -1}.get(ask.wanted, grows)
    return "yes" if wanted == grows else "no"
