"""A network -> its boxes: each layer with those that readers take together with it, such as Conv, BN, ReLU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from symparams.model.network import Network, Node

_CONVOLUTIONS = ("Convolution", "Upsampling and transposed convolution")
_MERGING = "Branches joined"
# Which families of layers are joined to what stands before them, and to what.
_JOINED = {
    "Normalization": (*_CONVOLUTIONS, _MERGING),
    "Activation": (*_CONVOLUTIONS, "Normalization", "Dense layers", _MERGING),
    "Regularization": (*_CONVOLUTIONS, "Normalization", "Dense layers", _MERGING, "Activation", "Pooling"),
}
PADDING = ("zeropad", "pad")  # kinds of layers that only add places around
_PADDED = ("conv", "depthwise", "separable", "maxpool", "avgpool")  # layers that padding before them belongs to


@dataclass(frozen=True, slots=True)
class Box:
    """Layers that are drawn as one."""

    layers: tuple[int, ...]  # their indices in the network, in order
    main: int  # the one that the others go with: the convolution
    inputs: tuple[int, ...]  # the boxes that feed it, by index
    source: int | None = None  # the box whose weights it uses again
    is_data: bool = False  # whether it is an input of the network


def boxes_of(network: Network) -> tuple[Box, ...]:
    """The boxes in reading order; each layer is in one of them."""
    nodes = network.nodes
    groups = _groups(nodes)
    at = {layer: number for number, group in enumerate(groups) for layer in group}
    named = {node.name: index for index, node in enumerate(nodes)}
    boxes = []
    for group in groups:
        main = min(group, key=lambda i: _rank(nodes[i]))
        shared = nodes[main].shared if reuses(nodes[main]) else None
        source = None if shared is None or shared not in named else at[named[shared]]
        inputs = tuple(at[i] for i in nodes[group[0]].inputs)
        boxes.append(Box(tuple(group), main, inputs, source, nodes[main].layer.inputs == "none"))
    return tuple(boxes)


def reuses(node: Node) -> bool:
    """Whether a layer uses the weights of another one again; one without weights does not, whoever calls it twice."""
    return node.shared is not None and node.derived.counts.params != 0


def _rank(node: Node) -> int:
    """How little a layer gives its box its name: padding least, a convolution most."""
    order = ("Normalization", "Activation", "Regularization")
    return 4 if node.kind in PADDING else order.index(node.layer.family) + 1 if node.layer.family in order else 0


def _groups(nodes: Sequence[Node]) -> list[list[int]]:
    """The layers of each box."""
    follower = _followers(nodes)
    seldom = _seldom(nodes, follower)
    groups: list[list[int]] = []
    while (first := groups[-1][-1] + 1 if groups else 0) < len(nodes):
        group = [first]
        if nodes[first].kind in PADDING and follower[first] is not None and nodes[first + 1].kind in _PADDED:
            group.append(first + 1)
        elif nodes[first].layer.family == "Normalization":
            group = _led(nodes, follower, first)
        if nodes[first].layer.family != "Normalization" or len(group) == 1:
            while follower[group[-1]] is not None and _goes_with(nodes, group, seldom):
                group.append(group[-1] + 1)
        groups.append(group)
    return groups


def _followers(nodes: Sequence[Node]) -> list[Node | None]:
    """For each layer the next one, if that takes only its output, nothing else does, and both stand for as many."""
    users = [0] * len(nodes)
    for node in nodes:
        for source in node.inputs:
            users[source] += 1
    followers: list[Node | None] = [None] * len(nodes)
    for index in range(len(nodes) - 1):
        node, behind = nodes[index], nodes[index + 1]
        is_only = users[index] == 1 and behind.inputs == (index,)
        is_alike = (node.repeats, node.brackets) == (behind.repeats, behind.brackets)
        if is_only and is_alike and not reuses(node) and not reuses(behind):
            followers[index] = behind
    return followers


def _led(nodes: Sequence[Node], follower: Sequence[Node | None], first: int) -> list[int]:
    """A normalization with the activation and the convolution behind it, where a block begins with these."""
    group = [first]
    for families in (("Activation",), _CONVOLUTIONS):
        behind = follower[group[-1]]
        if behind is not None and behind.layer.family in families:
            group.append(group[-1] + 1)
    return group


def _seldom(nodes: Sequence[Node], follower: Sequence[Node | None]) -> set[tuple[str, str]]:
    """Kinds that follow where branches are joined in less than half of the cases, such as the norm behind a stack.

    Joined to the last of its blocks only, they would keep it from being folded with the others.
    """
    every = Counter(node.kind for node in nodes if node.layer.family == _MERGING)
    pairs = Counter(
        (node.kind, behind.kind)
        for node, behind in zip(nodes, follower, strict=True)
        if behind is not None and node.layer.family == _MERGING
    )
    return {pair for pair, often in pairs.items() if 2 * often < every[pair[0]]}


def _goes_with(nodes: Sequence[Node], group: Sequence[int], seldom: set[tuple[str, str]]) -> bool:
    """Whether the layer behind a box is drawn in it; each family at most once."""
    index = group[-1] + 1
    if (nodes[group[-1]].kind, nodes[index].kind) in seldom:
        return False
    family = nodes[index].layer.family
    families = [nodes[i].layer.family for i in group if nodes[i].kind not in PADDING]
    if not families:  # padding alone has no box that a further layer could be drawn in
        return False
    return family in _JOINED and family not in families and families[-1] in _JOINED[family]
