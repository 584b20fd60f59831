"""The answer to a question beside a number: the network with a change, and what that does to the number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from symparams.algebra.formula import Value
from symparams.model.network import Network
from symparams.model.sentence import Text
from symparams.quantities.totals import amount
from symparams.reading.side_sentences import Ask

Kind: TypeAlias = Literal["same", "changed", "batch"]
Opening: TypeAlias = Literal["", "yes", "no", "still"]


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
    channels: int = 0  # other channels of the image; 0: they are the same
    topic: str = ""  # what may enter or not, as `Inquiry` has it

    @property
    def changes(self) -> tuple[tuple[str, Value, Value], ...]:
        """The layers whose number differs, each with both."""
        return changes_of(self.own, self.other, self.quantity)

    @property
    def number(self) -> Value:
        """The number that is asked about."""
        return number_of(self.own, self.layer, self.quantity)

    @property
    def other_number(self) -> Value:
        """The number with the change."""
        return number_of(self.other, self.layer, self.quantity)


def changes_of(own: Network, other: Network, quantity: str) -> tuple[tuple[str, Value, Value], ...]:
    """The layers whose number differs in another network, each with both."""
    what = amount(quantity)
    pairs = ((a.name, what.of_layer(a), what.of_layer(b)) for a, b in zip(own.nodes, other.nodes, strict=True))
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def number_of(network: Network, layer: str, quantity: str) -> Value:
    """How much of a quantity a layer has, or the network where no layer is named."""
    what = amount(quantity)
    return what.of_layer(network.node(layer)) if layer else what.of_network(network)


def ratio_of(own: Value, other: Value, told: bool) -> Fraction | None:
    """How many times as large the number is with what is asked about."""
    if not (isinstance(own, int) and isinstance(other, int) and own and other):
        return None
    return Fraction(other, own) if told else Fraction(own, other)


def opening_of(ask: Ask, grows: int, ratio: Fraction | None = None) -> Opening:
    """The word that answers a question if the number grows, shrinks (-1) or stays (0) with what is asked about.

    `ratio`: how many times as large it is with that.
    """
    if ask.is_what:
        return "still" if grows == 0 else ""
    if not ask.is_polar or (ask.is_amount and grows != 0):
        return ""
    if ask.wanted == "same":
        return "yes" if grows == 0 else "no"
    if grows == 0:
        return "no"
    if ask.factor is not None and ratio is not None:
        return "yes" if ratio == ask.factor else "no"
    wanted = {"more": 1, "fewer": -1}.get(ask.wanted, grows)
    return "yes" if wanted == grows else "no"
