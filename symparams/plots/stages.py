"""The stages of a network: what is at about one resolution between two places where it falls or rises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from symparams.algebra.formula import Value
from symparams.figures.boxes import PADDING
from symparams.figures.words import shape_text
from symparams.model.network import Network, Node

VECTORS = "vectors"  # the stage of layers whose output has channels alone
_FACTOR = 1.5  # by which a resolution falls or rises from stage to stage; convolutions without padding take off less

_Sizes: TypeAlias = tuple[Value, ...]
_Stage: TypeAlias = tuple[int, _Sizes]  # how many stages are before it, and the resolution it begins with


def stages(network: Network) -> list[tuple[str, list[int]]]:
    """The resolutions of each stage, the first and the last, and its layers.

    Layers that give up the resolution and have it again later, as those that squeeze and excite, stay in their stage,
    and so does padding.
    """
    found: dict[_Stage, list[int]] = {}
    for index, stage in enumerate(_stages(network.nodes)):
        found.setdefault(stage, []).append(index)
    return [(_label(network, stage, layers), layers) for stage, layers in found.items()]


def _label(network: Network, stage: _Stage, layers: Sequence[int]) -> str:
    """56 × 56; of convolutions without padding 572 × 572 … 568 × 568."""
    first = stage[1]
    if not first:
        return VECTORS
    working = [network.nodes[layer] for layer in layers if network.nodes[layer].layer.family != "Shape"]
    last = next(filter(None, map(_resolution, reversed(working))), first)
    return shape_text(first) if last == first else f"{shape_text(first)} … {shape_text(last)}"


def _stages(nodes: Sequence[Node]) -> list[_Stage]:
    """The stage of each layer."""
    returns = _returning(nodes)
    fed = {source: node for node in reversed(nodes) for source in node.inputs}
    found: list[_Stage] = []
    for index, node in enumerate(nodes):
        own = _resolution(node)
        if not node.inputs and not own and index in fed:  # numbers of tokens, which have no channels yet
            own = _resolution(fed[index])
        before = [found[i] for i in node.inputs]
        if before and (_is_padding(node) or (not own and returns[index])):
            found.append(before[0])
            continue
        like = [found[i] for i in node.inputs if _is_near(_resolution(nodes[i]), own)]
        like = like or [stage for stage in before if _is_near(stage[1], own)]
        number = 1 + max((stage[0] for stage in before), default=-1)
        found.append(max(like, key=lambda stage: stage[0]) if like else (number, own))
    return found


def _is_padding(node: Node) -> bool:
    return node.kind in PADDING


def _is_near(one: _Sizes, other: _Sizes) -> bool:
    """Whether two resolutions are of one stage; where there are letters, only equal ones are."""
    if one == other or len(one) != len(other):
        return one == other
    return all(
        a == b or (isinstance(a, int) and isinstance(b, int) and _nearly(a, b)) for a, b in zip(one, other, strict=True)
    )


def _nearly(one: int, other: int) -> bool:
    return max(one, other) < _FACTOR * min(one, other)


def _returning(nodes: Sequence[Node]) -> list[bool]:
    """Whether what a layer gives is used, at once or later, where there is a resolution."""
    found = [False] * len(nodes)
    for index in range(len(nodes) - 1, -1, -1):
        if found[index] or _resolution(nodes[index]):
            for source in nodes[index].inputs:
                found[source] = True
    return found


def _resolution(node: Node) -> _Sizes:
    """The sizes of the output but for its channels; (): it has no others, or all are 1."""
    axis = node.derived.feature_axis
    sizes = (*node.shape[:axis], *node.shape[axis + 1 :]) if node.shape else ()
    return () if all(size == 1 for size in sizes) else sizes
