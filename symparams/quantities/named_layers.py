"""Which layers of a network a name means: their own, that of what they stand in, or the one that Keras gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symparams.algebra.formula import Number
from symparams.errors import SymparamsError, listed, nearest
from symparams.layers import CATALOGUE, Entry
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.quantities.counted_off import counted_off

_LISTED = 8  # so many names stand in a message


def layers_named(network: Network, name: str) -> tuple[Node, ...]:
    """The layers that a name means, several where it is that of a macro or a bracket; an error if there are none."""
    if name in network.names:
        return (network.node(name),)
    inside = tuple(node for node in network.nodes if name in node.within and node.kind != "copies")
    if inside:
        return inside
    entry = CATALOGUE.get(_number(name)[0]) if network.convention == "keras" else None
    if entry is not None and (several := _of_class(network, entry)):
        return (_numbered(name, several),)
    counted = counted_off(network, name)
    if counted is not None:
        return (counted,)
    groups = [group for node in network.nodes for group in node.within]
    near = nearest(name, [*network.names, *groups])
    raise SymparamsError(f"there is no layer `{name[:60]}`{near or f'; the layers are {_some(list(network.names))}'}")


def layer_named(network: Network, name: str) -> Node:
    """The only layer that a name means; an error if there is none, or several."""
    several = layers_named(network, name)
    if len(several) > 1:
        names = _some([node.name for node in several])
        raise SymparamsError(f"`{name}` has several layers, {names}; name one of them")
    return several[0]


def _number(name: str) -> tuple[str, int]:
    """What Keras calls the class of a layer, as the catalogue has it, and which of them it is, from 0."""
    parts = re.fullmatch(r"(\w*?[^\W_])(?:_([1-9]\d{0,5}))?", name)
    return (parts[1].replace("_", ""), int(parts[2] or 0)) if parts else ("", 0)


def _of_class(network: Network, entry: Entry) -> list[Node]:
    """The layers that Keras numbers with those of a class, in reading order; used again, a layer keeps its name."""
    presets = entry.layer.presets
    ranked = [n for n in entry.layer.names if re.search(r"[123][dD]", n) and presets.get(n, {}) == entry.preset]
    if entry.name.islower() and ranked:
        return []  # Keras has a class for each number of spatial axes: it has no `conv`
    return [node for node in network.nodes if node.shared is None and _is_of(node, entry)]


def _is_of(node: Node, entry: Entry) -> bool:
    layer = node.layer
    if type(layer) is not entry.layer or any(getattr(layer, name) != value for name, value in entry.preset.items()):
        return False
    return entry.rank is None or len(node.derived.arriving[0].shape) == entry.rank + 1


def _numbered(name: str, several: Sequence[Node]) -> Node:
    """The layer that Keras gives a name to, if that is certain.

    It is not where a layer of the class has a name of its own, which Keras may or may not have been given, and none
    behind one that stands for copies.
    """
    place = _number(name)[1]
    unnamed = [node for node in several if re.fullmatch(rf"{node.kind}_\d+", node.name)]
    ways = {nodes[place].name: nodes[place] for nodes in (several, unnamed) if place < len(nodes)}
    if len(ways) > 1 or any(node.repeats for node in several[: place + 1]):
        could = listed([node.name for node in several[:_LISTED]], "or")
        raise SymparamsError(f"`{name}` could be {could}; name one of them")
    for node in ways.values():
        return node
    base = name.removesuffix(f"_{place}")
    pairs = [f"{base}_{i} ({node.name})" if i else f"{base} ({node.name})" for i, node in enumerate(several)]
    raise SymparamsError(f"there is no layer `{name[:60]}`; Keras would have {_some(pairs)}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")


def numbers_given(layer: Layer) -> set[int]:
    """The whole numbers that a layer has as its arguments: filters, units, the size of a vocabulary."""
    given = (getattr(layer, one.name, None) for one in arguments_of(type(layer)))
    return {one.value for one in given if isinstance(one, Number) and isinstance(one.value, int)}
