"""A network as a question shows it: every layer in a box of its own with all its settings, without what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from symparams.figures.boxes import Box
from symparams.figures.cards import HEIGHT, Drawn, even
from symparams.figures.column import Opened, pieces_of
from symparams.figures.folding import Leaf
from symparams.figures.pages import on_a_page
from symparams.figures.parts import Part
from symparams.figures.scene import INSET, LINE, TEXT, TITLE, Card, Scene
from symparams.figures.widths import width
from symparams.model.network import Network

_MARGIN = 10.0
_ROOM = 210.0  # for the text of a box, which takes as many lines as it needs
_LEAST = 80.0  # and for that of a box with little of it


class Told(NamedTuple):
    """What stands in the box of a layer."""

    title: str  # what it is: Convolution
    details: Sequence[str]  # its settings: 32 filters, kernel size 3 × 3


def stem_figure(network: Network, told: Sequence[Told]) -> Scene:
    """The network as a picture with a text for each of its layers; `copies` of layers are not for it."""
    boxes = tuple(Box((i,), i, node.inputs, None, node.layer.inputs == "none") for i, node in enumerate(network.nodes))
    drawn = _Stem(network, boxes, tuple(map(Leaf, range(len(boxes)))), tuple(told))
    part = on_a_page(pieces_of(drawn, drawn.items, None, Opened()))
    names = "; ".join(
        ", ".join([f"{node.name}: {one.title}", *one.details]) + _fed(network, i)
        for i, (node, one) in enumerate(zip(network.nodes, told, strict=True))
    )
    scene = Scene(part.width + 2 * _MARGIN, part.height + 2 * _MARGIN, network.title or "Network", names)
    part.draw_on(scene, _MARGIN, _MARGIN)
    return scene


def _fed(network: Network, index: int) -> str:
    """What feeds a layer, where it is not the one before it, for those who do not see the lines."""
    inputs = network.nodes[index].inputs
    if not inputs or inputs == (index - 1,):
        return ""
    return f" (from {', '.join(network.nodes[i].name for i in inputs)})"


@dataclass(frozen=True)
class _Stem(Drawn):
    """A network whose boxes say what questions tell of their layers."""

    told: tuple[Told, ...] = ()  # by the index of a layer

    def card(self, leaf: Leaf, about: Sequence[int] = ()) -> Part:
        node, (title, details) = self.network.nodes[leaf.box], self.told[leaf.box]
        lines = _lines(details)
        texts = [width(title, TITLE, bold=True), width(node.name, TEXT), *(width(line, TEXT) for line in lines)]
        wide = even(max(_LEAST, *texts) + 2 * INSET)
        high = HEIGHT + LINE * len(lines)
        whole = "; ".join([node.name, title, *details])
        card = Card(0, 0, wide, high, node.layer.family, (title,), "", node.name, "", whole, (leaf.box,), lines)
        return Part(wide, high, wide / 2, cards=[card], is_box=True)


def _lines(details: Sequence[str]) -> tuple[str, ...]:
    """The settings in as many lines as they need, broken behind words."""
    lines: list[str] = []
    for word in ", ".join(details).split():
        if lines and width(f"{lines[-1]} {word}", TEXT) <= _ROOM:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)
