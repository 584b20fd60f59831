"""How far a wrong size along a spatial axis reaches: parameters of most layers are the same at any size."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.model.network import Node
from symparams.model.outside import is_outside


def unmoved(nodes: Sequence[Node]) -> list[bool]:
    """By layer: whether a wrong size along a spatial axis of its output changes neither counts nor channels behind it.

    It ends where nothing is left but channels, as behind global pooling.
    """
    unmoved = [True] * len(nodes)
    for i in reversed(range(len(nodes))):
        layer, leaving = nodes[i].layer, nodes[i].derived.leaving
        still = layer.at_any_size and not is_outside(layer) and (not leaving.spatial or unmoved[i])
        for j in nodes[i].inputs if not still else ():
            unmoved[j] = False
    return unmoved
