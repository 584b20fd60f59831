"""The box of each group of layers: what it says, and how wide that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import Value
from symparams.figures.boxes import Box
from symparams.figures.folding import Frame, Item, Leaf, leaves
from symparams.figures.parts import Part
from symparams.figures.scene import INSET, LINE, TEXT, TITLE, Card
from symparams.figures.widths import shortened, width
from symparams.figures.words import shapes_text, titles_of, written
from symparams.model.derived import added
from symparams.model.family import Family
from symparams.model.network import Network, Node

HEIGHT = 36.0  # of a box with a title of one line
_APART = 12.0  # between the left and the right part of a line
_LEAST, _MOST = 96.0, 272.0  # how wide a box is


@dataclass(frozen=True)
class Drawn:
    """A network, its boxes, and which of them stand for which others."""

    network: Network
    boxes: tuple[Box, ...]
    items: tuple[Item, ...]

    @cached_property
    def copies(self) -> dict[int, tuple[int, ...]]:
        """For each box that is drawn, those that it stands for, itself among them."""
        found: dict[int, tuple[int, ...]] = {}
        _spread(self.items, (0,), found)
        return found

    @cached_property
    def shown(self) -> dict[int, int]:
        """For each box the one that is drawn for it."""
        return {copy: box for box, copies in self.copies.items() for copy in copies}

    @cached_property
    def widest(self) -> float:
        """The width of the widest box."""
        return max((card_part(self, leaf).width for leaf in leaves(self.items)), default=0.0)

    def nodes(self, box: int) -> list[Node]:
        """The layers of a box."""
        return [self.network.nodes[i] for i in self.boxes[box].layers]

    def params(self, box: int) -> Value:
        """The parameters of one box, in one of its copies."""
        return added((node.counts.params for node in self.nodes(box)), self.network.facts)

    def total(self, items: Sequence[Item]) -> Value:
        """The parameters of everything that items stand for."""
        every = [copy for leaf in leaves(items) for copy in self.copies[leaf.box]]
        return added((node.all_counts.params for box in every for node in self.nodes(box)), self.network.facts)


def _spread(items: Sequence[Item], offsets: tuple[int, ...], found: dict[int, tuple[int, ...]]) -> None:
    """Which boxes each one that is drawn stands for, by how far the copies around it are from the first."""
    for item in items:
        if isinstance(item, Leaf):
            found[item.box] = tuple(item.box + offset for offset in offsets)
        elif item.period and isinstance(item.times, int):
            further = [copy * item.period for copy in range(item.times)]
            _spread(item.items, tuple(a + b for a in offsets for b in further), found)
        else:
            _spread(item.items, offsets, found)


def card_part(drawn: Drawn, leaf: Leaf) -> Part:
    """The box of a group of layers."""
    nodes, copies = drawn.nodes(leaf.box), drawn.copies[leaf.box]
    main = drawn.network.nodes[drawn.boxes[leaf.box].main]
    titles = titles_of(nodes, main)
    counts = [drawn.params(copy) for copy in copies]
    count = "" if all(one == 0 for one in counts) else counts_text(counts)
    shape = shapes_text([drawn.nodes(copy)[-1].shape for copy in copies])
    name = main.name if len(copies) == 1 else f"{main.name} …"
    told = "; ".join(filter(None, (", ".join(titles), ", ".join(node.name for node in nodes), shape, count)))
    return _card(main.layer.family, titles, count, (name, shape), told, copies)


def closed_part(drawn: Drawn, frame: Frame) -> Part:
    """One copy of what is in a frame, as a single box."""
    inside = list(leaves(frame.items))
    nodes = [node for leaf in inside for node in drawn.nodes(leaf.box)]
    every = tuple(copy for leaf in inside for copy in drawn.copies[leaf.box])
    many = (
        len(nodes)
        if frame.repeat is not None
        else frame.period
        and sum(len(drawn.boxes[box].layers) for box in range(frame.first, frame.first + frame.period))
    )
    names = f"{nodes[0].name} … {nodes[-1].name}"
    shape = shapes_text([node.shape for node in nodes[-1:]])
    title = f"{many:,} {'layer' if many == 1 else 'layers'}"
    return _card(nodes[-1].layer.family, [title], "", (names, shape), f"{title}: {names}; {shape}", every)


def counts_text(counts: Sequence[Value]) -> str:
    """The parameters of one copy; of copies that differ, the least and the most."""
    if all(count == counts[0] for count in counts):
        return written(counts[0])
    known = [count for count in counts if isinstance(count, int)]
    return f"{min(known):,}–{max(known):,}" if len(known) == len(counts) else f"{written(counts[0])} …"


def _card(
    family: Family, titles: Sequence[str], count: str, second: tuple[str, str], told: str, boxes: tuple[int, ...]
) -> Part:
    """A box that says what it is, with its count, and below its name and shape; what is too long is shortened."""
    room = _MOST - 2 * INSET
    count, shape = shortened(count, room * 0.6, TEXT), shortened(second[1], room * 0.75, TEXT)
    title = _title(titles, room - _beside(count))
    name = shortened(second[0], room - _beside(shape), TEXT)
    lines = [width(title[0], TITLE, bold=True) + _beside(count), width(name, TEXT) + _beside(shape)]
    needed = max(*lines, *(width(line, TITLE, bold=True) for line in title[1:])) if title[1:] else max(lines)
    wide = even(max(_LEAST, needed + 2 * INSET))
    high = HEIGHT + LINE * (len(title) - 1)
    card = Card(0, 0, wide, high, family, title, count, name, shape, told, boxes)
    return Part(wide, high, wide / 2, cards=[card], is_box=True)


def _title(titles: Sequence[str], room: float) -> tuple[str, ...]:
    """The parts of a title in one line, or in two where one is too short for them."""
    line = ", ".join(titles)
    if width(line, TITLE, bold=True) <= room or len(titles) == 1:
        return (shortened(line, room, TITLE, bold=True),)
    first = max((n for n in range(1, len(titles)) if _fits(titles[:n], room)), default=1)
    second = shortened(", ".join(titles[first:]), _MOST - 2 * INSET, TITLE, bold=True)
    return shortened(", ".join(titles[:first]), room, TITLE, bold=True), second


def _fits(titles: Sequence[str], room: float) -> bool:
    return width(", ".join(titles), TITLE, bold=True) <= room


def even(length: float) -> float:
    """A length whose half is whole, so that lines meet."""
    return 2.0 * math.ceil(length / 2)


def _beside(text: str) -> float:
    return width(text, TEXT) + _APART if text else 0.0


def frame_texts(drawn: Drawn, frame: Frame) -> tuple[str, str]:
    """How often what is in a frame stands there, and what all of it has."""
    total = drawn.total([frame])
    times = f"× {written(frame.times)}"
    if frame.repeat is not None and frame.repeat.runs:
        times = f"{times}, {frame.repeat.variable} = {written(frame.repeat.first)} … {written(frame.repeat.last)}"
    if total == 0:
        return times, ""
    one = _one_copy(drawn, frame)
    if one is None or not isinstance(total, int):
        return times, f"{written(total)} in all"
    return times, f"{written(one)} each"


def _one_copy(drawn: Drawn, frame: Frame) -> Value | None:
    """The parameters of one copy; None where the copies differ."""
    if frame.alike or frame.repeat is not None or not isinstance(frame.times, int) or not frame.period:
        return None
    copies = range(frame.first, frame.first + frame.period)
    return added((drawn.params(box) for box in copies), drawn.network.facts)
