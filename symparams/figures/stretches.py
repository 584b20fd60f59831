"""Networks too long to be drawn layer by layer: a column of stretches, each with what its layers have together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from symparams.algebra.formula import Value
from symparams.figures.cards import Drawn, summed_part
from symparams.figures.folding import Leaf, end_box, first_box
from symparams.figures.pages import on_a_page
from symparams.figures.parts import Part
from symparams.figures.segments import Segments
from symparams.figures.words import name_of

MANY = 120  # boxes from which on a network is drawn so, unless it is asked for otherwise
_BOXES = 24  # stretches that fit a page
_FEWEST = 4  # of fewer it cannot be seen what the network is
_KINDS = 4  # kinds of layers that are named

_Stretch: TypeAlias = tuple[int, int]  # items: from where to where


def stretches(drawn: Drawn) -> Part | None:
    """The network as its stretches; None where it has no places at which only one line runs on."""
    segments = list(Segments(drawn.boxes, drawn.items, None).segments())
    found = list(_stretches(drawn, segments))
    if len(found) < _FEWEST:
        return None
    parts = [_part(drawn, low, high) for low, high in found]
    widest = max(part.width for part in parts)
    for part in parts:
        part.stretch(widest)
    return on_a_page([(part, number > 0) for number, part in enumerate(parts)])


def _stretches(drawn: Drawn, segments: Sequence[_Stretch]) -> Iterator[_Stretch]:
    """Segments taken together, as far as can be within one resolution; first and last of the network stay alone."""
    if len(segments) <= 2:
        yield from segments
        return
    first, *inner, last = segments
    runs = [list(run) for _, run in groupby(inner, lambda segment: _resolution(drawn, segment))]
    if len(runs) > _BOXES:
        runs = [inner]
    yield first
    for run in runs:
        many = max(1, round(_BOXES * len(run) / len(inner)))
        for number in range(many):
            several = run[len(run) * number // many : len(run) * (number + 1) // many]
            if several:
                yield several[0][0], several[-1][1]
    yield last


def _resolution(drawn: Drawn, segment: _Stretch) -> tuple[Value, ...]:
    """The sizes of what a segment gives, but for its channels."""
    last = drawn.network.nodes[drawn.boxes[end_box(drawn.items[segment[1] - 1]) - 1].layers[-1]]
    axis = last.derived.feature_axis
    return (*last.shape[:axis], *last.shape[axis + 1 :])


def _part(drawn: Drawn, low: int, high: int) -> Part:
    items = drawn.items[low:high]
    if len(items) == 1 and isinstance(items[0], Leaf):
        return drawn.card(items[0])
    boxes = range(first_box(items[0]), end_box(items[-1]))
    names = Counter(name_of(node.layer) for box in boxes for node in drawn.nodes(box))
    often = {name for name, _ in names.most_common(_KINDS)}
    said = [name for name in names if name in often]
    return summed_part(drawn, boxes, [*said, *(["others"] if len(names) > len(said) else [])])
