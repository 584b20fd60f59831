"""The box of each group of layers: what it says, and how wide that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import Value
from symparams.algebra.sums import over
from symparams.figures.boxes import Box
from symparams.figures.folding import Frame, Item, Leaf, end_box, first_box, leaves
from symparams.figures.parts import Part
from symparams.figures.scene import INSET, LINE, TEXT, TITLE, Card
from symparams.figures.widths import shortened, width
from symparams.figures.words import shape_text, shapes_text, titles_of, written
from symparams.model.derived import added
from symparams.model.family import Family
from symparams.model.network import Network, Node

HEIGHT = 36.0  # of a box with a title of one line
_APART = 12.0  # between the left and the right part of a line
BLOCK = "Block"  # what a block is called
_BLOCKS: Family = "Layers around layers"  # and what it is colored by
_LEAST, _MOST, _LETTERS = 96.0, 272.0, 560.0  # how wide a box is, and how wide its text is with letters


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
        return max((self.card(leaf).width for leaf in leaves(self.items)), default=0.0)

    def card(self, leaf: Leaf, about: Sequence[int] = ()) -> Part:
        """The box of a group of layers."""
        return card_part(self, leaf, about)

    def nodes(self, box: int) -> list[Node]:
        """The layers of a box."""
        return [self.network.nodes[i] for i in self.boxes[box].layers]

    def params(self, box: int) -> Value:
        """The parameters of one box, in one of its copies."""
        return added((node.counts.params for node in self.nodes(box)), self.network.facts)


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


def card_part(drawn: Drawn, leaf: Leaf, about: Sequence[int] = ()) -> Part:
    """The box of a group of layers; with `about` that of a kind, which speaks of these and stands for none."""
    nodes, copies = drawn.nodes(leaf.box), tuple(about) or drawn.copies[leaf.box]
    main = drawn.network.nodes[drawn.boxes[leaf.box].main]
    others = {one.layer: one for one in (drawn.network.nodes[drawn.boxes[copy].main] for copy in copies)}
    titles = titles_of(nodes, main, tuple(others.values()))
    counts = [drawn.params(copy) for copy in copies]
    count = "" if all(one == 0 for one in counts) else counts_text(counts)
    shape = shapes_text([drawn.nodes(copy)[-1].shape for copy in copies])
    name = main.name if len(copies) == 1 else f"{main.name} …"
    told = "; ".join(filter(None, (", ".join(titles), ", ".join(node.name for node in nodes), shape, count)))
    return _card(main.layer.family, titles, count, (name, shape), told, () if about else copies)


def block_part(drawn: Drawn, items: Sequence[Item], name: str, *, alike: bool) -> Part:
    """A block whose kind is drawn elsewhere, as a single box: its name, its channels, its output and its parameters.

    With `alike` it stands for copies of several sizes, of which the frame around them tells the sum.
    """
    inside = list(leaves(items))
    every = tuple(sorted(copy for leaf in inside for copy in drawn.copies[leaf.box]))
    whole = range(first_box(items[0]), end_box(items[-1]))
    count = "" if alike else written(added(map(drawn.params, whole), drawn.network.facts))
    shape = shapes_text([drawn.nodes(copy)[-1].shape for copy in drawn.copies[inside[-1].box]])
    title = f"{BLOCK} {name}"
    channels = "" if alike else _channels(drawn, inside)
    told = "; ".join(filter(None, (title, channels, shape, count)))
    return _card(_BLOCKS, [title], count, (channels, shape), told, every)


def _channels(drawn: Drawn, inside: Sequence[Leaf]) -> str:
    """The channels of each convolution in a block: 64, 64, 256."""
    nodes = [drawn.network.nodes[drawn.boxes[leaf.box].main] for leaf in inside]
    return ", ".join(written(n.shape[n.derived.feature_axis]) for n in nodes if n.layer.family == "Convolution")


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


def summed_part(drawn: Drawn, boxes: Sequence[int], kinds: Sequence[str]) -> Part:
    """Boxes one behind the other as a single one, with what all their layers have together; `kinds` says of what."""
    nodes = [node for box in boxes for node in drawn.nodes(box)]
    total = added((node.all_counts.params for node in nodes), drawn.network.facts)
    names, shape = f"{nodes[0].name} … {nodes[-1].name}", shape_text(nodes[-1].shape)
    title, count = f"{len(nodes):,} layers:", "" if total == 0 else written(total)
    told = "; ".join(filter(None, (f"{title} {', '.join(kinds)}", names, shape, count)))
    return _card(_BLOCKS, [f"{title} {kinds[0]}", *kinds[1:]], count, (names, shape), told, tuple(boxes))


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
    formulas = max(width(titles[0], TITLE, bold=True) + _beside(count), width(second[1], TEXT) + _beside(second[0]))
    room = min(max(_MOST - 2 * INSET, formulas), _LETTERS)  # counts and shapes with letters are long
    count, shape = shortened(count, room * 0.8, TEXT), shortened(second[1], room, TEXT)
    title = _title(titles, max(room - _beside(count), _LEAST), room)
    name = shortened(second[0], max(room - _beside(shape), 0.0), TEXT)
    lines = [width(title[0], TITLE, bold=True) + _beside(count), width(name, TEXT) + _beside(shape)]
    needed = max(*lines, *(width(line, TITLE, bold=True) for line in title[1:])) if title[1:] else max(lines)
    wide = even(max(_LEAST, needed + 2 * INSET))
    high = HEIGHT + LINE * (len(title) - 1)
    card = Card(0, 0, wide, high, family, title, count, name, shape, told, boxes)
    return Part(wide, high, wide / 2, cards=[card], is_box=True)


def _title(titles: Sequence[str], room: float, below: float) -> tuple[str, ...]:
    """The parts of a title in one line, or in two where one is too short for them."""
    line = ", ".join(titles)
    if width(line, TITLE, bold=True) <= room or len(titles) == 1:
        return (shortened(line, room, TITLE, bold=True),)
    first = max((n for n in range(1, len(titles)) if _fits(titles[:n], room)), default=1)
    second = shortened(", ".join(titles[first:]), below, TITLE, bold=True)
    return shortened(", ".join(titles[:first]), room, TITLE, bold=True), second


def _fits(titles: Sequence[str], room: float) -> bool:
    return width(", ".join(titles), TITLE, bold=True) <= room


def even(length: float) -> float:
    """A length whose half is whole, so that lines meet."""
    return 2.0 * math.ceil(length / 2)


def _beside(text: str) -> float:
    return width(text, TEXT) + _APART if text else 0.0


def frame_texts(drawn: Drawn, frame: Frame, *, alike: bool) -> tuple[str, str]:
    """How often what is in a frame stands there, and what each or all of it has; with `alike` the copies differ."""
    times = f"× {written(frame.times)}"
    if frame.repeat is not None and frame.repeat.runs:
        times = f"{times}, {frame.repeat.variable} = {written(frame.repeat.first)} … {written(frame.repeat.last)}"
    whole = range(frame.first, end_box(frame))
    if frame.repeat is None and not alike:
        one = added(map(drawn.params, whole[: frame.period]), drawn.network.facts)
        return times, "" if one == 0 else f"{written(one)} each"
    total = added((_in_all(node, frame) for box in whole for node in drawn.nodes(box)), drawn.network.facts)
    return times, "" if total == 0 else f"{written(total)} in all"


def _in_all(node: Node, frame: Frame) -> Value:
    """What a layer has in all copies of a frame, but not in those of frames around it."""
    if frame.repeat is None:
        return node.counts.params
    return over(node.counts.params, node.repeats[node.repeats.index(frame.repeat) :], node.derived.facts)
