"""A network with some of its layers changed, and what comes of that in the layers behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symparams.algebra.formula import Formula
from symparams.errors import SymparamsError
from symparams.layers.activation import Identity
from symparams.model.arguments import NAMED, Argument, arguments_of
from symparams.model.derived import Derived, known
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network, Node


def changed(network: Network, layers: Mapping[str, Layer]) -> Network:
    """The network with other layers under these names; what they share their weights with is changed likewise.

    Raises SymparamsError where they do not fit, or where several copies of a layer would change.
    """
    nodes: list[Node] = []
    same = [(network.node(name).layer, layer) for name, layer in layers.items()]
    for node in network.nodes:
        layer = layers.get(node.name) or (layers.get(node.shared) if node.shared else None)
        layer = layer or _referring(node.layer, same)
        feeding = [nodes[i].derived for i in node.inputs]
        is_fed_as_before = all(nodes[i] is network.nodes[i] for i in node.inputs)
        derived = node.derived if is_fed_as_before and layer == node.layer else _derived(node, layer, feeding)
        if node.repeats and derived is not node.derived:
            raise SymparamsError(f"{node.name} stands for several copies, which are not changed here")
        nodes.append(node if derived is node.derived else replace(node, derived=derived, told=()))
    other = replace(network, nodes=tuple(nodes))
    if network.symbols:  # known sizes were checked as they came out
        other.check_conditions()
    return other


def changed_alone(network: Network, name: str, layer: Layer) -> Network:
    """The network with another layer under a name, which the layers behind it may not fit; raises SymparamsError."""
    index = network.index(name)
    node = network.nodes[index]
    derived = _derived(node, layer, [network.nodes[i].derived for i in node.inputs])
    if node.repeats:
        raise SymparamsError(f"{name} stands for several copies, which are not changed here")
    return replace(network, nodes=(*network.nodes[:index], replace(node, derived=derived), *network.nodes[index + 1 :]))


def without(network: Network, *names: str) -> Network:
    """The network with nothing in the place of some layers; raises as `changed`."""
    return changed(network, dict.fromkeys(names, Identity()))


def _derived(node: Node, layer: Layer, feeding: list[Derived]) -> Derived:
    before = node.derived
    shapes = tuple(one.shape for one in feeding)
    own = before.arriving
    if layer == before.layer and shapes == tuple(x.shape for x in own):
        return before
    read = tuple(_read(x, one) for x, one in zip(own, feeding, strict=True))
    return known(layer, shapes, before.convention, before.facts, read, before.laid_out)


def _read(before: Incoming, feeding: Derived) -> bool | None:
    """How what arrives is read: as before, if it has as many axes."""
    return before.is_sequence if len(before.shape) == len(feeding.shape) else feeding.is_sequence


def _referring(layer: Layer, same: list[tuple[Layer, Layer]]) -> Layer:
    """A layer that refers to others, such as `tied(@tokens)`, with those that were changed."""
    for argument in arguments_of(type(layer)):
        if argument.kind is NAMED:
            new = next((new for old, new in same if getattr(layer, argument.name) == old), None)
            layer = layer if new is None else replace(layer, **{argument.name: new})
    return layer


# ---------------------------------------------------------------- settings


def settings_of(layer: Layer) -> Iterator[tuple[Layer, Argument]]:
    """The arguments of a layer and of the layers in it, each with the layer that has it."""
    for argument in arguments_of(type(layer)):
        yield layer, argument
        inner = getattr(layer, argument.name)
        if isinstance(inner, Layer):
            yield from settings_of(inner)


def with_setting(layer: Layer, owner: Layer, name: str, value: object) -> Layer:
    """A layer with another value of an argument, which it has itself or a layer in it has; raises SymparamsError."""
    if layer is owner:
        return replace(layer, **{name: value})
    inner = {a.name: one for a in arguments_of(type(layer)) if isinstance(one := getattr(layer, a.name), Layer)}
    return replace(layer, **{key: with_setting(one, owner, name, value) for key, one in inner.items()})


def resized(layer: Layer, sizes: Mapping[int, Formula]) -> Layer:
    """An input with other sizes along some of its axes."""
    shape: tuple[Formula, ...] = getattr(layer, "shape", ())
    return replace(layer, shape=tuple(sizes.get(axis, size) for axis, size in enumerate(shape)))
