"""Layers with weights: counted once, shared where the same weights come again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symparams.reading.onnx.flows import Flow, Sizes, Thing, Weight
from symparams.reading.onnx.placing import Network
from symparams.reading.onnx.records import Operation
from symparams.sources import records as r


def weighted(
    network: Network,
    operation: Operation,
    x: Flow,
    call: r.Call,
    given: Sequence[Thing],
    dims: Callable[[Flow, Sizes], Sizes],
    suffix: str = "",
) -> Flow | None:
    """A layer with weights; None where some of them are those of another layer, or are worked out."""
    weights = [one for one in given if isinstance(one, Weight)]
    if any(isinstance(one, Flow) for one in given):
        return None
    key = tuple(name for weight in weights for name in weight.keys)
    said = (call.name, *((argument.keyword, argument.value) for argument in call.arguments))
    if network.counted.intersection(key) and network.owners.get(key) != said:
        return None
    network.owners[key] = said
    for weight in weights:
        network.count(weight)
    node, shape = network.layer(operation, [x], call, suffix, key)
    return Flow(node, shape, dims(x, shape))
