"""Settings of the layers on the way to a shape with which it would be another one: padding, sizes rounded up."""

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
from symparams.layers.transposed import TransposedConvolution
from symparams.model.derived import known
from symparams.model.layer import Layer, Shape
from symparams.model.network import Network, Node
from symparams.model.tensor import Convention

_Kind: TypeAlias = "Callable[[Layer, Convention], tuple[Layer, str] | None]"  # the layer so changed, and its argument
_LAYERS = 8  # of a kind, all subsets of which are tried


class Setting(NamedTuple):
    """An argument as the framework of a network writes it, with the layers that have it."""

    code: str  # padding=2
    layers: tuple[str, ...]  # their names


def refitted(network: Network, end: Node, shape: Shape) -> tuple[Setting, ...]:
    """The fewest settings of one kind with which the output of a layer has that shape; () if there are none."""
    for kind in (_rounded_up, _kept, _padded_after):
        every = dict(_changed(network, end, kind))
        for many in range(1, len(every) + 1) if len(every) <= _LAYERS else ():
            for some in combinations(every, many):
                if _shape(network, end, {name: every[name][0] for name in some}) == shape:
                    codes = dict.fromkeys(every[name][1] for name in some)
                    return tuple(Setting(code, tuple(n for n in some if every[n][1] == code)) for code in codes)
    return ()


def _changed(network: Network, end: Node, kind: _Kind) -> Iterator[tuple[str, tuple[Layer, str]]]:
    """The layers up to one that can have another setting, each by the name of the first place where it is used."""
    for node in network.nodes[: network.index(end.name) + 1]:
        if node.shared is None and (other := kind(node.layer, node.derived.convention)) is not None:
            yield node.name, other


def _kept(layer: Layer, convention: Convention) -> tuple[Layer, str] | None:
    """A convolution without padding that pads so that its size stays, or is the input's times the stride in Keras."""
    if isinstance(layer, TransposedConvolution):
        is_bare = convention == "keras" and layer.padding == "valid" and layer.output_padding is None
        return (replace(layer, padding="same"), 'padding="same"') if is_bare else None
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


def _padded_after(layer: Layer, convention: Convention) -> tuple[Layer, str] | None:
    """A transposed convolution with a stride that says its output padding: PyTorch's has none, Keras's fills up."""
    if not isinstance(layer, TransposedConvolution) or all(number(s) == 1 for s in layer.stride):
        return None
    given = layer.output_padding
    if given is not None and (convention == "keras" or any(number(p) != 0 for p in given)):
        return None
    more = 0 if convention == "keras" else 1
    return replace(layer, output_padding=(Number(more),) * len(layer.kernel)), f"output_padding={more}"


def _shape(network: Network, end: Node, layers: Mapping[str, Layer]) -> Shape | None:
    """The output of a layer if some up to it are others, everywhere they are used; None where that cannot be."""
    shapes: dict[int, Shape] = {}
    last = network.index(end.name)
    with suppress(SymparamsError, ValueError, IndexError):
        for i, node in enumerate(network.nodes[: last + 1]):
            arriving = tuple(shapes[one] for one in node.inputs)
            layer = layers.get(node.shared or node.name, node.layer)
            derived = node.derived
            if layer is node.layer and arriving == tuple(x.shape for x in derived.arriving):
                shapes[i] = node.shape
            else:
                read = tuple(x.is_sequence for x in derived.arriving)
                again = known(layer, arriving, derived.convention, derived.facts, read, derived.laid_out)
                shapes[i] = again.shape
        return shapes[last]
    return None
