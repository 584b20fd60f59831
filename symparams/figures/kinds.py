"""Kinds of blocks: stretches that branch and are equal but for their sizes, each with a letter."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.figures.cards import BLOCK, Drawn
from symparams.figures.folding import Item, Leaf, first_box, leaves
from symparams.figures.segments import Segments
from symparams.model.layer import Layer

_STRIDE = "stride"  # whose size changes where the sizes of a block do


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of block."""

    name: str  # A
    uses: tuple[tuple[Item, ...], ...]  # each stretch of this kind
    entry: int | None  # the box that feeds the first of them

    @property
    def called(self) -> str:
        """What it is called in a figure: Block A."""
        return f"{BLOCK} {self.name}"


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of blocks in a network."""

    every: tuple[Kind, ...]
    of: Mapping[int, Kind]  # by the box that a use begins with


def kinds_of(drawn: Drawn) -> Kinds:
    """The kinds of blocks, in the order in which they first come."""
    found: dict[Hashable, list[tuple[tuple[Item, ...], int | None]]] = {}
    for items, entry, signature in _stretches(drawn, drawn.items, None):
        found.setdefault(signature, []).append((items, entry))
    every = tuple(
        Kind(_letters(place), tuple(items for items, _ in uses), uses[0][1])
        for place, uses in enumerate(found.values())
    )
    return Kinds(every, MappingProxyType({first_box(use[0]): kind for kind in every for use in kind.uses}))


def _letters(place: int) -> str:
    """A to Z, then AA."""
    return chr(ord("A") + place) if place < 26 else _letters(place // 26 - 1) + _letters(place % 26)


def _stretches(
    drawn: Drawn, items: Sequence[Item], entry: int | None
) -> Iterator[tuple[tuple[Item, ...], int | None, Hashable]]:
    """The stretches that branch: their items, the box that feeds them, and what is equal in all of their kind."""
    row = Segments(drawn.boxes, items, entry)
    for low, high in row.segments():
        if high - low > 1:
            before = entry if low == 0 else _last_box(items[low - 1])
            start = first_box(items[low])
            yield tuple(items[low:high]), before, tuple(_signature(drawn, item, start) for item in items[low:high])
            continue
        item = items[low]
        if not isinstance(item, Leaf):
            yield from _stretches(drawn, item.items, item.entry)


def _last_box(item: Item) -> int:
    """The box that hands on what an item makes."""
    if isinstance(item, Leaf):
        return item.box
    last = _last_box(item.items[-1])
    return last + item.period * (item.times - 1) if item.period and isinstance(item.times, int) else last


def _signature(drawn: Drawn, item: Item, start: int) -> Hashable:
    """An item without its sizes."""
    if isinstance(item, Leaf):
        box = drawn.boxes[item.box]
        layers = tuple(_without_sizes(node.layer) for node in drawn.nodes(item.box))
        return layers, tuple(max(source - start, -1) for source in box.inputs), box.source is None
    return item.times, tuple(_signature(drawn, inner, start) for inner in item.items)


def _without_sizes(layer: Layer) -> Hashable:
    """A layer with what its kernels and functions are, but not how many it has of anything."""
    names = [field.name for field in fields(layer) if field.name != _STRIDE]
    return (type(layer), *(_unsized(getattr(layer, name)) for name in names))


def _unsized(value: object) -> Hashable:
    if isinstance(value, Formula):
        return number(value) == 1
    if isinstance(value, tuple):
        return tuple(number(one) if isinstance(one, Formula) else _unsized(one) for one in value)
    if isinstance(value, Layer):
        return _without_sizes(value)
    assert isinstance(value, Hashable)
    return value


def boxes_in(items: Sequence[Item]) -> tuple[int, ...]:
    """The boxes that are drawn for items."""
    return tuple(leaf.box for leaf in leaves(items))
