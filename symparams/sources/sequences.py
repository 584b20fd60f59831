"""What two axes mean in PyTorch's order: channels and length, or positions and features, as their readers have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from symparams.layers.reshaping import Permute
from symparams.model.builder import Builder
from symparams.model.layer import Layer


def sequences(builder: Builder, undecided: bool = False) -> frozenset[Layer]:
    """The layers that lay out two axes which the first layer to say so reads as positions and features.

    With `undecided`, those too of which no layer has said so yet.
    """
    if builder.convention != "torch":
        return frozenset()
    readers: dict[int, list[int]] = {}
    for i, node in enumerate(builder.nodes):
        for j in node.inputs:
            readers.setdefault(j, []).append(i)
    laid_out = [i for i, node in enumerate(builder.nodes) if node.layer.reading == "new" and len(node.shape) == 2]
    said = {i: _said(builder, readers, i) for i in laid_out}
    return frozenset(builder.nodes[i].layer for i, meant in said.items() if meant or (undecided and meant is None))


def _said(builder: Builder, readers: Mapping[int, Sequence[int]], start: int) -> bool | None:
    """Whether the first layer behind that says what two axes are takes them for positions and features."""
    pending = [(i, False) for i in readers.get(start, ())]  # in reading order, with whether the axes are exchanged
    seen = {start}
    while pending:
        index, exchanged = heappop(pending)
        if index in seen:
            continue
        seen.add(index)
        node = builder.nodes[index]
        if node.layer.reading in ("features", "channels"):
            return (node.layer.reading == "features") != exchanged
        if node.layer.reading == "new" or len(node.shape) != 2:
            continue
        said = (builder.nodes[j].derived.is_sequence for j in node.inputs if j not in seen)
        known = next((sequence for sequence in said if sequence is not None), None)
        if known is not None:
            return known != exchanged
        exchanged ^= isinstance(node.layer, Permute) and node.layer.order == (2, 1)
        for i in readers.get(index, ()):
            heappush(pending, (i, exchanged))
    return None
