"""What a layer would read if another one stood before it: one value a channel, or all positions in one row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import prod

from symparams.algebra.formula import ONE, Value
from symparams.converters.keras_layers import recipe as keras_recipe
from symparams.converters.literals import OpenSizeError
from symparams.converters.recipes import NoCounterpartError
from symparams.converters.torch_layers import recipe as torch_recipe
from symparams.errors import SymparamsError
from symparams.layers.adaptive import AdaptiveAveragePooling
from symparams.layers.dense import Dense, Flatten
from symparams.layers.pooling import GlobalAveragePooling
from symparams.model.derived import Derived, known
from symparams.model.layer import Layer, Shape
from symparams.model.network import Network, Node
from symparams.questions.changed_call import Way

_LEAST_AXES = 2  # of what has channels and positions


def before_it(network: Network, node: Node) -> Iterator[tuple[Way, Derived]]:
    """Each layer that people put before one with a weight for every input, and that layer on what it then reads."""
    derived = node.derived
    if not isinstance(derived.layer, Dense) or len(derived.arriving) != 1:
        return
    keras = derived.convention == "keras"
    (x,) = derived.arriving
    flatten = _laid_out(network, node)
    pool = None if flatten is None else _pool(flatten)
    if flatten is not None and pool is not None:
        way = Way("in place of" if keras else "before", pool[0], flatten.name)
        yield way, _on(derived, (pool[1],))
    if len(x.shape) > 1 and all(isinstance(size, int) for size in x.shape):
        code = "Flatten" if keras else "nn.Flatten()"
        yield Way("before", code, node.name), _on(derived, (prod(n for n in x.shape if isinstance(n, int)),))


def _pool(flatten: Node) -> tuple[str, Value] | None:
    """What averages each channel over all positions, and how many channels there are; None where nothing does."""
    derived = flatten.derived
    (laid,) = derived.arriving
    is_keras = laid.convention == "keras"
    if len(laid.shape) < _LEAST_AXES or (laid.is_sequence and not is_keras):  # PyTorch pools along the last axis
        return None
    pool: Layer = GlobalAveragePooling() if is_keras else AdaptiveAveragePooling((ONE,))
    with suppress(SymparamsError, NoCounterpartError, OpenSizeError):
        code = _code(replace(flatten, derived=known(pool, (laid.shape,), laid.convention, derived.facts, (None,))))
        return (code, laid.shape[laid.channel_axis % len(laid.shape)]) if code else None
    return None


def _laid_out(network: Network, node: Node) -> Node | None:
    """The flattening whose row a layer reads, through layers that leave it as it is; None where there is none."""
    while len(node.inputs) == 1:
        before = network.nodes[node.inputs[0]]
        if isinstance(before.layer, Flatten) and len(before.derived.arriving) == 1 and len(before.shape) == 1:
            return before
        if before.shape != node.derived.arriving[0].shape or before.counts.params != 0 or len(before.inputs) != 1:
            return None
        if network.nodes[before.inputs[0]].shape != before.shape:
            return None
        node = before
    return None


def _code(node: Node) -> str:
    """The class of a layer in its framework, or its call where it has arguments."""
    made = (keras_recipe if node.derived.convention == "keras" else torch_recipe)(node).made
    return made[0].replace("layers.", "").replace("()", "") if made else ""


def _on(derived: Derived, shape: Shape) -> Derived:
    return known(derived.layer, (shape,), derived.convention, derived.facts, (None,), derived.laid_out)
