"""How the spatial sizes change on the way to a layer: 28 × 28 of the input, 26 × 26 in conv_1, 13 × 13 in maxpool_1."""

from __future__ import annotations

from typing import NamedTuple

from symparams.algebra.formula import as_formula, symbols
from symparams.model.derived import Derived
from symparams.model.layer import UNKNOWN, Shape
from symparams.model.network import Network

_SHOWN = 6  # so many changes are shown, the last ones


class SizeChange(NamedTuple):
    """A layer that outputs other spatial sizes than it receives."""

    layer: str
    sizes: Shape  # of its output, without channels and features


class SizeChanges(NamedTuple):
    """The way of the spatial sizes to the output of a layer."""

    source: str  # the layer whose output they start from
    is_only_input: bool  # whether that is the only input of the network
    sizes: Shape  # of its output
    changes: tuple[SizeChange, ...]  # in the order of the data


def size_changes(network: Network, index: int) -> SizeChanges | None:
    """The way to the output of the layer at an index; None where nothing changes, or changes from copy to copy."""
    nodes = network.nodes
    changes: list[SizeChange] = []
    sizes = nodes[index].derived.leaving.spatial
    here = _letters(nodes[index].shape)  # others would have to be explained
    while True:
        node = nodes[index]
        if node.repeats or node.kind == "copies":
            return None
        if not node.inputs or len(changes) == _SHOWN:
            break
        before = nodes[node.inputs[0]].derived.leaving.spatial
        if len(before) != len(sizes) or not _letters(before) <= here or _moves(node.derived):
            break
        if before != sizes:
            changes.append(SizeChange(node.name, sizes))
        index, sizes = node.inputs[0], before
    if not changes:
        return None
    alone = nodes[index].layer.inputs == "none" and network.inputs == 1
    return SizeChanges(nodes[index].name, alone, sizes, tuple(reversed(changes)))


def _moves(derived: Derived) -> bool:
    """Whether the positions of the output are others than those of the input, as of a layer that exchanges axes."""
    arriving, leaving = derived.arriving, derived.leaving
    return derived.layer.reach(*arriving) == UNKNOWN or arriving[0].channels_first != leaving.channels_first


def _letters(sizes: Shape) -> set[str]:
    return {one.name for size in sizes for one in symbols(as_formula(size))}
