"""Settings of the layers before a row with which it has another length: zeros around images, sizes rounded up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Number
from symparams.errors import SymparamsError
from symparams.layers.convolution import Convolution
from symparams.layers.pooling import Pooling
from symparams.model.derived import known
from symparams.model.layer import Layer, Shape
from symparams.model.network import Network, Node
from symparams.model.tensor import Convention

_Kind: TypeAlias = "Callable[[Layer, Convention], tuple[Layer, str] | None]"  # the layer so changed, and its argument
_LAYERS = 8  # of a kind, all subsets of which are tried


class Setting(NamedTuple):
    """An argument of a layer as its framework writes it, with the layer."""

    code: str  # padding=2
    layer: str  # the name of the layer


def refitted(network: Network, end: Node, size: int) -> tuple[Setting, ...]:
    """The fewest settings of one kind with which the last axis of a layer has that size; () if there are none."""
    for kind in (_rounded_up, _kept):
        every = dict(_changed(network, end, kind))
        for many in range(1, len(every) + 1) if len(every) <= _LAYERS else ():
            for some in combinations(every, many):
                if _sized(network, end, {name: every[name][0] for name in some}) == size:
                    return tuple(Setting(every[name][1], name) for name in some)
    return ()


def _changed(network: Network, end: Node, kind: _Kind) -> Iterator[tuple[str, tuple[Layer, str]]]:
    """The layers before one that can have another setting, each by the name of the first place where it is used."""
    for node in network.nodes[: network.index(end.name)]:
        if node.shared is None and (other := kind(node.layer, node.derived.convention)) is not None:
            yield node.name, other


def _kept(layer: Layer, convention: Convention) -> tuple[Layer, str] | None:
    """A convolution that pads its input so that its size stays, where it has no padding and an odd kernel."""
    if not isinstance(layer, Convolution) or any(number(s) != 1 for s in layer.stride):
        return None
    padding = layer.padding
    if padding != "valid" and (isinstance(padding, str) or any(number(p) != 0 for p in padding)):
        return None
    if convention == "keras":
        return replace(layer, padding="same"), 'padding="same"'
    spans = [(number(k), number(d)) for k, d in zip(layer.kernel, layer.dilation * len(layer.kernel), strict=False)]
    sides = [d * (k - 1) for k, d in spans if isinstance(k, int) and isinstance(d, int)]
    if len(sides) < len(spans) or any(side % 2 for side in sides) or not any(sides) or len(set(sides)) > 1:
        return None
    return replace(layer, padding=tuple(Number(side // 2) for side in sides)), f"padding={sides[0] // 2}"


def _rounded_up(layer: Layer, convention: Convention) -> tuple[Layer, str] | None:
    """A pooling layer that rounds up."""
    if convention == "keras" or not isinstance(layer, Pooling) or layer.ceil:
        return None
    return replace(layer, ceil=True), "ceil_mode=True"


def _sized(network: Network, end: Node, layers: Mapping[str, Layer]) -> int | None:
    """The last axis of a layer if some before it are others, everywhere they are used; None where that cannot be."""
    shapes: dict[int, Shape] = {}
    with suppress(SymparamsError, ValueError, IndexError):
        for i, node in enumerate(network.nodes[: network.index(end.name) + 1]):
            arriving = tuple(shapes[one] for one in node.inputs)
            layer = layers.get(node.shared or node.name, node.layer)
            derived = node.derived
            if layer is node.layer and arriving == tuple(x.shape for x in derived.arriving):
                shapes[i] = node.shape
            else:
                read = tuple(x.is_sequence for x in derived.arriving)
                again = known(layer, arriving, derived.convention, derived.facts, read, derived.laid_out)
                shapes[i] = again.shape
        last = shapes[network.index(end.name)][-1]
        return last if isinstance(last, int) else None
    return None
