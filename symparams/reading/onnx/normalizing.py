"""Normalization."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from symparams.reading.onnx.flows import Flow, Sizes, Thing, Weight
from symparams.reading.onnx.placing import Network, whole
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import own, words


def by_batch(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`BatchNormalization`; its moving mean and variance are no parameters."""
    x = given[0] if given else None
    if not isinstance(x, Flow) or not x.batch_first or not all(isinstance(one, Weight) for one in given[1:3]):
        return None
    for moving in given[3:5]:
        if isinstance(moving, Weight):
            network.count(moving)
    learned = [one for one in given[1:3] if isinstance(one, Weight) and one.trained]
    flags = {} if learned else {"affine": False}
    return weighted(network, operation, x, own("bn", operation.at, **flags), learned, _same)


def by_layer(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`LayerNormalization`, `RMSNormalization`."""
    x = given[0] if given else None
    scale, shift = (given[i] if len(given) > i else None for i in (1, 2))
    if not isinstance(x, Flow) or not isinstance(scale, Weight) or isinstance(shift, Flow):
        return None
    axis = whole(operation, "axis", -1)
    count = -axis if axis < 0 else len(x.dims) - axis
    if count > len(x.sizes) or prod(scale.dims) != prod(s for s in x.sizes[-count:] if isinstance(s, int)):
        return None
    named = {"trailing": count} if count > 1 else {}
    kind = "ln" if operation.type == "LayerNormalization" else "rmsnorm"
    if kind == "ln" and shift is None:
        named["center"] = False
    if kind == "rmsnorm" and isinstance(shift, Weight):
        return None
    return weighted(network, operation, x, own(kind, operation.at, **named), (scale, shift), _same)


def by_instance(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`InstanceNormalization`; exporters write it with ones and zeros where nothing is learned."""
    x = given[0] if given else None
    if not isinstance(x, Flow) or not x.batch_first or len(x.dims) < 3:
        return None
    learned = [one for one in given[1:3] if isinstance(one, Weight) and one.trained]
    if len(learned) == 1 or any(isinstance(one, Flow) for one in given[1:3]):
        return None
    flags = words(*["affine"] * bool(learned))
    return weighted(network, operation, x, own("instancenorm", operation.at, *flags), learned, _same)


def by_group(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`GroupNormalization`, with a factor for each channel."""
    x = given[0] if given else None
    if not isinstance(x, Flow) or not x.batch_first or not all(isinstance(one, Weight) for one in given[1:3]):
        return None
    learned = [one for one in given[1:3] if isinstance(one, Weight) and one.trained]
    if any(prod(one.dims) != x.sizes[0] for one in learned) or len(learned) == 1:
        return None
    flags = {} if learned else {"affine": False}
    groups = whole(operation, "num_groups", 1)
    return weighted(network, operation, x, own("groupnorm", operation.at, groups, **flags), learned, _same)


def by_neighbors(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`LRN`."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    node, _ = network.layer(operation, [x], own("lrn", operation.at, whole(operation, "size", 5)))
    return Flow(node, x.sizes, x.dims)


def _same(x: Flow, shape: Sizes) -> Sizes:
    return x.dims
