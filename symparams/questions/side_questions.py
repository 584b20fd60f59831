"""What a text asks beside a number: whether a setting, a layer or a size of the input changes it, worked out anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from symparams.algebra.formula import Value
from symparams.errors import SymparamsError
from symparams.layers.activation import Activation
from symparams.layers.dense import Flatten
from symparams.model.network import Network, Node
from symparams.model.sentence import Text
from symparams.quantities.totals import adds_up
from symparams.questions.changed_networks import changed, changed_alone, with_setting, without
from symparams.questions.side_answers import Side, changes_of, number_of, opening_of, ratio_of
from symparams.questions.side_facts import Fact, facts
from symparams.questions.side_inputs import is_open, with_channels, with_positions
from symparams.questions.side_settings import Setting, settings_in
from symparams.questions.spoken_of import Spoken
from symparams.reading.asking import IN_ALL, TOPICS, named_in
from symparams.reading.side_sentences import Ask, asks

_CHANNELS = {
    r"gr[ae]y(?:[\s-]?scale)?|black\s+and\s+white|monochrome": 1,
    r"rgb|colou?r": 3,
}  # of an image, by its words
_SIZES = re.compile(r"(?<![\w.])(\d{1,5})\s?[x×]\s?(\d{1,5})(?![\w])")
_POSITIONS = rf"{TOPICS['positions']}|\d+\s+(?:words|frames|samples|characters|days)"
_OF_SIZES = re.compile(r"\b(?:values|outputs?|sizes?|shapes?)\b", re.I)
_PLAIN = re.compile(r"(?<![\w.,])\d{1,6}(?![\w]|[.,]\d)")


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
        every = list(facts(self.network, asks(self.prose), self._node, self._about))
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
                key = (
                    side.kind,
                    side.layer,
                    side.quantity,
                    side.code,
                    side.left_out,
                    side.told,
                    side.topic,
                    side.channels,
                )
                if key not in seen:
                    seen.add(key)
                    yield side

    def _of(self, ask: Ask) -> Iterator[Side]:
        quantity = self._quantity(ask)
        if quantity is None:
            return
        found = [*self._of_settings(ask, quantity)]
        found += self._of_layers(ask, quantity)
        found += self._of_channels(ask, quantity) if not found else ()
        found += self._of_positions(ask, quantity) if not found and not self._speaks_of_channels(ask) else ()
        found += self._of_batch(ask, quantity)
        yield from found

    # ------------------------------------------------------------ what is meant

    def _quantity(self, ask: Ask) -> str | None:
        """What a sentence asks about: what it names itself, else what the text is about; None where that has no sum."""
        told = [] if ask.mark else [quantity for _, quantity in self.about]
        if "shape" in told and _OF_SIZES.search(ask.text):
            return None
        some = [*named_in(ask.text), *told, "params"]
        return some[0] if adds_up(some[0]) else None

    def _layer(self, ask: Ask) -> str:
        """The layer whose number is meant: one that the sentence names, else the one that the text is about.

        What changes is asked of the whole network.
        """
        if ask.is_what or IN_ALL.search(ask.text):
            return ""
        spoken = self.spoken
        every = (*spoken.named, *spoken.counted_off, *spoken.only_ones)
        near = [(name, at) for name, at in every if ask.first <= at <= ask.number and not spoken.is_without(name)]
        if near:  # in its own sentence before those of its item
            return min(near, key=lambda pair: ask.number - pair[1])[0]
        about = [layer for layer, _ in self.about if layer is not None and not spoken.is_without(layer)]
        return "" if ask.mark or not about else about[0]

    def _node(self, ask: Ask) -> Node | None:
        """The same, where that is a layer."""
        name = self._layer(ask)
        return self.network.node(name) if name else None

    @property
    def _about(self) -> list[Node]:
        """The layers that the text is about."""
        return [self.network.node(name) for name, _ in self.about if name is not None]

    def _named(self, ask: Ask) -> list[str]:
        """The layers that the sentence names or counts off."""
        every = (*self.spoken.named, *self.spoken.counted_off)
        return [name for name, sentence in every if sentence == ask.number]

    def _nodes(self, ask: Ask) -> list[Node]:
        """The layers whose settings may be meant, the likeliest first."""
        named = self._named(ask)
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
            of_one = first.node.name in (layer, *self._named(ask)) or type(first.node.layer) in kinds
            yield from self._of_setting(ask, several[:1] if of_one else several, layer, quantity)

    def _kinds(self, ask: Ask) -> set[type]:
        return {kind for kind, sentence in self.spoken.kinds if sentence == ask.number}

    def _of_setting(self, ask: Ask, several: Sequence[Setting], layer: str, quantity: str) -> Iterator[Side]:
        """Whether a setting changes the number: with each of its other values, or with the one that is told."""
        one = several[0]
        others = [(value, network) for value in one.others for network in self._with(several, value, layer)]
        if others and one.told and others[0][0] != one.others[0]:  # the network cannot have it
            return
        own = number_of(self.network, layer, quantity)
        changing = [pair for pair in others if number_of(pair[1], layer, quantity) != own]
        if changing and not (one.told and changing[0] is not others[0]):
            value, network = changing[0]
            its = number_of(network, layer, quantity)
            grows = self._grows(own, its, one.told)
            if grows is not None:
                opening, code = opening_of(ask, grows, ratio_of(own, its, one.told)), one.written(value)
                yield Side(ask, "changed", opening, layer, quantity, self.network, network, code=code)
        elif others:
            value, network = others[0]
            told = self._ignored(network, one.node.name) or self._ignored(network, one.node.name, theirs=True)
            if one.argument.name == "activation":
                told = (Activation.because,)
            code, opening = one.written(value), opening_of(ask, 0)
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

    def _ignored(self, other: Network, name: str = "", *, theirs: bool = False, only: bool = False) -> tuple[Text, ...]:
        """What layers say does not affect their parameters, of what is different in the other network.

        `theirs`: as the layers of the other network say it; `only`: also the only thing that a layer says at all.
        """
        found: dict[Text, None] = {}
        kinds = set()
        for one, another in zip(self.network.nodes, other.nodes, strict=True):
            own, its = one.derived.rules.ignores, another.derived.rules.ignores
            if type(one.layer) in kinds or one.derived.counts.params == 0 or name not in ("", one.name):
                continue
            own, its = (its, own) if theirs else (own, its)
            told = [sentence for sentence in own if sentence not in its]
            if told := told or list(own if only and len(own) == 1 else ()):
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
            meant = self._named(ask)
            names = tuple(n.name for n in nodes if n.name in meant) or tuple(n.name for n in nodes)
            with suppress(SymparamsError, ValueError, IndexError):
                other = without(self.network, *names)
                own, its = (number_of(one, layer, quantity) for one in (self.network, other))
                if own == its and not changes_of(self.network, other, quantity):
                    because = nodes[0].derived.rules.because
                    told = (because,) if quantity == "params" and because else ()
                    yield self._same(ask, layer, quantity, other, told, left_out=names)
                elif own != its and (grows := self._grows(own, its, told=False)) is not None:
                    opening = opening_of(ask, grows, ratio_of(own, its, told=False))
                    yield Side(ask, "changed", opening, layer, quantity, self.network, other, left_out=names)

    def _same(
        self, ask: Ask, layer: str, quantity: str, other: Network, told: Iterable[Text], *,
        left_out: tuple[str, ...] = (), sizes: tuple[int, ...] = (), topic: str = "",
    ) -> Side:  # fmt: skip
        opening, said = opening_of(ask, 0), tuple(told)
        return Side(
            ask, "same", opening, layer, quantity, self.network, other, said,
            left_out=left_out, sizes=sizes, topic=topic,
        )  # fmt: skip

    # ------------------------------------------------------------ sizes of the input

    def _of_positions(self, ask: Ask, quantity: str) -> Iterator[Side]:
        """Whether the size of the image, or the number of steps, changes the number."""
        if not _speaks(ask, _POSITIONS):
            return
        layer = self._layer(ask)
        with suppress(SymparamsError, ValueError, IndexError):
            told = tuple(self._sizes(ask))
            other, sizes = with_positions(self.network, told)
            if other is None:
                return
            own, its = (number_of(one, layer, quantity) for one in (self.network, other))
            if own == its:
                said = (
                    self._ignored(other, layer, theirs=bool(told) and is_open(self.network), only=True)
                    if quantity == "params"
                    else ()
                )
                if said or sizes:
                    yield self._same(ask, layer, quantity, other, said, sizes=sizes, topic="positions")
            elif sizes and (grows := self._grows(own, its, told=True)) is not None:
                opening = opening_of(ask, grows, ratio_of(own, its, told=True))
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

    def _of_channels(self, ask: Ask, quantity: str) -> Iterator[Side]:
        """What another number of channels of the image changes."""
        layer = self._layer(ask)
        channels = self._speaks_of_channels(ask)
        with suppress(SymparamsError, ValueError, IndexError):
            other = with_channels(self.network, channels) if channels else None
            if other is None:
                return
            own, its = (number_of(one, layer, quantity) for one in (self.network, other))
            if own != its and (grows := self._grows(own, its, told=True)) is not None:
                opening = opening_of(ask, grows, ratio_of(own, its, told=True))
                yield Side(ask, "changed", opening, layer, quantity, self.network, other, channels=channels)

    @staticmethod
    def _speaks_of_channels(ask: Ask) -> int:
        """How many channels an image has that is called gray or colored; 0: it is not."""
        return next((n for words, n in _CHANNELS.items() if _speaks(ask, words)), 0)

    def _of_batch(self, ask: Ask, quantity: str) -> Iterator[Side]:
        if _speaks(ask, r"batch(?:[\s_-]?size)?") and quantity == "params":
            yield replace(self._same(ask, self._layer(ask), quantity, self.network, (), topic="batch"), kind="batch")


def _speaks(ask: Ask, words: str) -> bool:
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", ask.text, re.I) is not None
