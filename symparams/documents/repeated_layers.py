"""Long documents: a block of layers that repeats is told once, and all layers that repeat it together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple, TypeAlias

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Product, Value, as_formula
from symparams.documents.entries import Figure, LayerEntry
from symparams.documents.repetitions import pieces
from symparams.model.derived import Counts, added
from symparams.model.layer import Shape
from symparams.quantities.quantity import Quantity

_NEAR = 120  # layers between one that is read and its last reader, if it is read anew in every block


class RepeatedAmount(NamedTuple):
    """What layers that repeat a block have of a quantity."""

    each: Value  # that of the block
    term: Formula  # that of all of them, as it is written: 1,665·37,184
    value: Value  # the same, worked out


@dataclass(frozen=True)
class RepeatedLayers:
    """Layers that repeat the block before them, once or several times; they stand in one place together."""

    block: tuple[LayerEntry, ...]  # the layers that they repeat
    layers: tuple[LayerEntry, ...]  # in reading order
    facts: Facts  # what is known of the letters

    @property
    def is_repetition(self) -> bool:
        """True: it is no layer, but several that repeat others."""
        return True

    @property
    def first(self) -> LayerEntry:
        """The first of them."""
        return self.layers[0]

    @property
    def last(self) -> LayerEntry:
        """The last of them."""
        return self.layers[-1]

    @property
    def times(self) -> int:
        """How many more times the block stands there."""
        return len(self.layers) // len(self.block)

    @property
    def shape(self) -> Shape:
        """The sizes of the output of the last of them."""
        return self.last.shape

    @property
    def field_sizes(self) -> Shape | str:
        """The size of the receptive field at the output of the last of them; or a word, as of a layer."""
        return self.last.field_sizes

    @cached_property
    def params(self) -> RepeatedAmount:
        """Their parameters."""
        return self._amount([entry.counts.params for entry in self.block])

    @cached_property
    def all_counts(self) -> Counts:
        """What they add to the totals."""
        of_block = [entry.counts for entry in self.block]
        sums = (self._amount([getattr(one, field.name) for one in of_block]) for field in fields(Counts))
        return Counts(*(one.value for one in sums))

    @property
    def reuse_weights(self) -> bool:
        """Whether a layer of the block uses weights that are counted elsewhere."""
        return any(entry.shared is not None for entry in self.block)

    @property
    def have_weights_of_their_own(self) -> bool:
        """Whether they have parameters, none of which is counted elsewhere."""
        return self.params.each != 0 and not self.reuse_weights

    @property
    def quantities(self) -> list[tuple[Quantity, RepeatedAmount]]:
        """What they have of the further quantities, without those of which they have nothing."""
        every = ((measure, self.amount(measure)) for measure in self.first.measurements.chosen)
        return [(measure, amount) for measure, amount in every if amount.value != 0]

    def amount(self, measure: Quantity) -> RepeatedAmount:
        """What they have of a further quantity."""
        found = (self.first.measurements.named(measure.name, entry.node) for entry in self.block)
        return self._amount([one.together for one in found if one is not None])

    def _amount(self, values: Sequence[Value]) -> RepeatedAmount:
        each = added(values, self.facts)
        term = as_formula(each) if self.times == 1 else Product((Number(self.times), as_formula(each)))
        return RepeatedAmount(each, term, added([each] * self.times, self.facts))


class RepeatedFigure(NamedTuple):
    """What layers that repeat a block have of a further quantity, as a row of a table."""

    entry: RepeatedLayers  # the layers
    measure: Quantity  # which quantity
    amount: RepeatedAmount  # how it comes out


Told: TypeAlias = LayerEntry | RepeatedLayers  # what has a place of its own in a document


def told(layers: Sequence[LayerEntry], facts: Facts) -> tuple[Told, ...]:
    """The layers of a whole network, those that repeat others together."""
    numbers: dict[Hashable, int] = {}
    row = [numbers.setdefault(token, len(numbers)) for token in _tokens(layers)]
    starts = {source + 1 for place, entry in enumerate(layers) for source in entry.node.inputs if source != place - 1}
    return tuple(
        layers[piece]
        if isinstance(piece, int)
        else RepeatedLayers(
            tuple(layers[piece.start - piece.period : piece.start]), tuple(layers[piece.start : piece.end]), facts
        )
        for piece in pieces(row, starts)
    )


def figures_of(shown: Sequence[Told], measure: Quantity) -> list[Figure | RepeatedFigure]:
    """What has some of a further quantity, in reading order."""
    found: list[Figure | RepeatedFigure] = []
    for one in shown:
        if isinstance(one, RepeatedLayers):
            amount = one.amount(measure)
            found += [RepeatedFigure(one, measure, amount)] if amount.value != 0 else []
        else:
            quantity = one.measurements.named(measure.name, one.node)
            found += [Figure(one, quantity)] if quantity is not None else []
    return found


def _tokens(layers: Sequence[LayerEntry]) -> Iterator[Hashable]:
    """What must be equal in two layers of which one repeats the other."""
    places = {entry.name: place for place, entry in enumerate(layers)}
    reads = [(*entry.node.inputs, *_sources_of_weights(entry, places)) for entry in layers]
    last = {source: place for place, several in enumerate(reads) for source in several}  # its last reader
    for place, entry in enumerate(layers):
        if entry.is_input or entry.repeats or entry.is_marker:
            yield place  # which repeats nothing
            continue
        fed = tuple(
            source - place if source == place - 1 else _seen_from(place, source, last) for source in entry.node.inputs
        )
        weights = tuple(_seen_from(place, source, last) for source in _sources_of_weights(entry, places))
        yield entry.node.derived, fed, weights, entry.shared is None, entry.frozen


def _seen_from(place: int, source: int, last: Mapping[int, int]) -> int:
    """A layer that is read: how far before its reader it stands, below 0; its place, where many read it from afar."""
    return source if last[source] - source > _NEAR else source - place


def _sources_of_weights(entry: LayerEntry, places: Mapping[str, int]) -> tuple[int, ...]:
    source = None if entry.shared is None else places.get(entry.shared)
    return () if source is None else (source,)
