"""Products with a matrix of weights, and of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.reading.onnx.elementwise import spread
from symparams.reading.onnx.flows import Flow, Sizes, Thing, Weight, has_batch
from symparams.reading.onnx.placing import Network, whole
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import Pointer, own, words
from symparams.sources import records as r


def gemm(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Gemm`: x·W + b."""
    x, weight = given[0], given[1]
    bias = given[2] if len(given) > 2 else None
    if not isinstance(x, Flow) or not isinstance(weight, Weight) or len(weight.dims) != 2:
        return None
    units, features = weight.dims if whole(operation, "transB", 0) else reversed(weight.dims)
    if whole(operation, "transA", 0) or not _ends_in(x, features):
        return None
    return _linear(network, operation, x, weight, bias if isinstance(bias, Weight) else None, units)


def matmul(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`MatMul`: with a matrix of weights a dense layer, whose bias is what is added next."""
    x, other = given[0], given[1]
    if isinstance(x, Flow) and isinstance(other, Weight) and len(other.dims) == 2 and _ends_in(x, other.dims[0]):
        return _linear(network, operation, x, other, _added_next(network, operation, other.dims[1]), other.dims[1])
    flows = [network.learned(one, operation) if isinstance(one, Weight) else one for one in (x, other)]
    left, right = flows
    if not isinstance(left, Flow) or not isinstance(right, Flow):
        return None
    if len(left.dims) < 2 or len(right.dims) < 2:
        return None
    dims = (*spread([left.dims[:-2], right.dims[:-2]]), left.dims[-2], right.dims[-1])
    return network.opaque(operation, [left, right], dims)


def _linear(
    network: Network, operation: Operation, x: Flow, weight: Weight, bias: Weight | None, units: int
) -> Flow | None:
    table = network.tables.get(weight.names)
    if table is not None and units == table[1]:
        if bias is not None:
            network.count(bias)
        call = own("tied", operation.at, *words(*["bias"] * (bias is not None)))
        pointer = r.Argument(None, Pointer.to(table[0]), operation.at)
        call = call._replace(arguments=(pointer, *call.arguments))
        node, shape = network.layer(operation, [x], call, beside=(table[0],))
        return Flow(node, shape, _last(x, shape))
    named = {} if bias is not None else {"bias": False}
    return weighted(network, operation, x, own("dense", operation.at, units, **named), (weight, bias), _last)


def _added_next(network: Network, operation: Operation, units: int) -> Weight | None:
    """The bias that an `Add` behind a product adds; that node then passes on what it gets."""
    name = operation.outputs[0]
    behind = network.behind(name)
    if behind is None or behind.type != "Add" or len(behind.inputs) != 2:
        return None
    other = network.thing(behind.inputs[behind.inputs[0] == name])
    if not isinstance(other, Weight) or not other.trained or network.counted.intersection(other.keys):
        return None
    if other.dims[-1:] != (units,) or any(size != 1 for size in other.dims[:-1]) or len(other.dims) > 1:
        return None
    network.passed.add(behind.outputs[0])
    return other


def _ends_in(x: Flow, features: int) -> bool:
    """Whether the last axis is that of so many features, as far as is known."""
    if not x.dims or has_batch(x.dims[-1]):
        return False
    return x.dims[-1] == features or not isinstance(x.dims[-1], int)


def _last(x: Flow, shape: Sizes) -> Sizes:
    return (*x.dims[:-1], shape[-1])
