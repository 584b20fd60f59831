"""Activations, arithmetic of tensors value by value, and what leaves them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from symparams.algebra.formula import Value
from symparams.reading.onnx.flows import BATCH, Flow, Known, Sizes, Thing, Weight, has_batch, is_batch, same_sizes
from symparams.reading.onnx.placing import Network, integers, whole, wholes
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import own, words

ACTIVATIONS = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "softmax", "LogSoftmax": "logsoftmax",
    "Gelu": "gelu", "LeakyRelu": "leakyrelu", "Elu": "elu", "Celu": "celu", "Selu": "selu", "HardSwish": "hardswish",
    "HardSigmoid": "hardsigmoid", "Softplus": "softplus", "Softsign": "softsign", "Mish": "mish", "Swish": "silu",
    "ThresholdedRelu": "threshold", "FastGelu": "gelu", "BiasGelu": "gelu", "QuickGelu": "gelu", "Exp": "exponential",
}  # fmt: skip
JOINING = {"Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "multiply", "Max": "maximum", "Min": "minimum"}
JOINING |= {"Sum": "add", "Mean": "average", "Pow": "multiply", "Mod": "multiply", "And": "multiply", "Or": "add"}


def activated(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """A function of every value."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    node, shape = network.layer(operation, [x], own(ACTIVATIONS[operation.type], operation.at))
    return Flow(node, shape, x.dims)


def clipped(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Clip`: between 0 and 6 it is relu6, else hardtanh."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    ends = [one.values[0] if isinstance(one, Known) and one.values else None for one in given[1:3]]
    ends = [*ends, None, None][:2]
    low, high = operation.attributes.get("min", ends[0]), operation.attributes.get("max", ends[1])
    function = "relu6" if (low, high) == (0, 6) else "relu" if low == 0 and high is None else "hardtanh"
    node, shape = network.layer(operation, [x], own(function, operation.at))
    return Flow(node, shape, x.dims)


def kept(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """What changes values only, one by one and by no layer: `Cast`, `Identity`, `Sqrt`."""
    return given[0] if given else None


def dropped(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Dropout`."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    node, shape = network.layer(operation, [x], own("dropout", operation.at))
    return Flow(node, shape, x.dims)


def sloped(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`PRelu`: one slope, or one for each channel."""
    x, slope = given[0], given[1]
    if not isinstance(x, Flow) or not isinstance(slope, Weight) or not x.batch_first:
        return None
    count = prod(slope.dims)
    if count != 1 and (len(x.sizes) + 1 < len(slope.dims) or x.sizes[0] != count or _channel_axis(x, slope) != count):
        return None
    call = own("prelu", operation.at, *(() if count == 1 else (count,)))
    return weighted(network, operation, x, call, (slope,), lambda x, shape: x.dims)


def _channel_axis(x: Flow, slope: Weight) -> int:
    aligned = (1,) * (len(x.dims) - len(slope.dims)) + slope.dims
    return aligned[1] if len(aligned) > 1 else 1


# ---------------------------------------------------------------- several tensors


def joined(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """Arithmetic value by value: of tensors, of a tensor and weights, of a tensor and a number, which is no weight."""
    given = [None if isinstance(one, Weight) and prod(one.dims) == 1 else one for one in given]
    flows = [one for one in given if isinstance(one, Flow)]
    if operation.outputs[0] in network.passed:
        return flows[0] if flows else None
    weights = [one for one in given if isinstance(one, Weight) and one.trained]
    constants = [one for one in given if isinstance(one, Weight) and not one.trained]
    if not flows:
        return _of_weights(given)
    if len(flows) == 1 and not weights:
        return _grown(network, operation, flows[0], constants)
    if len(flows) == 1 and len(weights) == 1 and not network.counted.intersection(weights[0].keys):
        found = _with_weights(network, operation, flows[0], weights[0])
        if found is not None:
            return found
    several = [network.learned(one, operation) if isinstance(one, Weight) else one for one in given]
    return _added(network, operation, [one for one in several if isinstance(one, Flow)])


def _of_weights(given: Sequence[Thing]) -> Thing:
    weights = [one for one in given if isinstance(one, Weight)]
    if not weights:
        return None
    dims = spread([one.dims for one in weights])
    names = tuple(dict.fromkeys(name for one in weights for name in one.names))
    sizes = tuple(size for size in dims if isinstance(size, int))
    return Weight(names, sizes, any(one.trained for one in weights), weights[0].at)


def _grown(network: Network, operation: Operation, x: Flow, constants: Sequence[Weight]) -> Flow | None:
    """A tensor with constants: where these are larger, the shape is."""
    dims = spread([x.dims, *(one.dims for one in constants)])
    return x if same_sizes(dims, x.dims) else network.opaque(operation, [x], dims)


def _with_weights(network: Network, operation: Operation, x: Flow, weight: Weight) -> Flow | None:
    dims = spread([x.dims, weight.dims])
    if not same_sizes(dims, x.dims):
        return None
    aligned = (1,) * (len(dims) - len(weight.dims)) + weight.dims
    if any(has_batch(size) and own_size != 1 for size, own_size in zip(x.dims, aligned, strict=True)):
        return None
    sizes = tuple(a for size, a in zip(x.dims, aligned, strict=True) if not is_batch(size))
    how = "add" if JOINING[operation.type] in ("add", "subtract") else "multiply"
    call = own("param", operation.at, *sizes, *words(how))
    return weighted(network, operation, x, call, (weight,), lambda x, shape: x.dims)


def _added(network: Network, operation: Operation, flows: Sequence[Flow]) -> Flow | None:
    dims = spread([flow.dims for flow in flows])
    aligned = [_aligned(network, operation, flow, dims) for flow in flows]
    kind = JOINING[operation.type]
    if len(flows) == 1:
        return flows[0]
    if any(flow is None for flow in aligned) or (kind == "subtract" and len(flows) > 2):
        return network.opaque(operation, list(flows), dims)
    node, shape = network.layer(operation, [flow for flow in aligned if flow is not None], own(kind, operation.at))
    return Flow(node, shape, dims)


def _aligned(network: Network, operation: Operation, flow: Flow, dims: Sizes) -> Flow | None:
    """A tensor with all axes that another has; None where its batch would stand elsewhere."""
    full: Sizes = (*(1,) * (len(dims) - len(flow.dims)), *flow.dims)
    places = [i for i, size in enumerate(dims) if is_batch(size)]
    if any(has_batch(size) and not has_batch(dims[i]) for i, size in enumerate(full)):
        return None
    if any(not is_batch(full[i]) and full[i] != 1 for i in places):
        return None
    full = tuple(BATCH if i in places else size for i, size in enumerate(full))
    return Flow(flow.node, flow.shape, full)


def spread(several: Sequence[Sizes]) -> Sizes:
    """The shape of tensors together: an axis of size 1 is repeated."""
    rank = max(map(len, several))
    full = [(*(1,) * (rank - len(dims)), *dims) for dims in several]
    return tuple(_larger(sizes) for sizes in zip(*full, strict=True))


def _larger(sizes: Sequence[Value]) -> Value:
    others = [size for size in sizes if size != 1]
    return next((size for size in others if has_batch(size)), others[0] if others else 1)


def compared(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Where`, `Equal`: the shape of all tensors together."""
    tensors = [one for one in given if isinstance(one, (Flow, Weight))]
    flows = [one for one in tensors if isinstance(one, Flow)]
    if not flows:
        return None
    dims = spread([one.dims for one in tensors])
    for flow in reversed(flows):
        if same_sizes(flow.dims, dims):
            return flow
    return network.opaque(operation, flows, dims)


def reduced(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`ReduceMean` and its kin: over all positions of an image it is global pooling."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    axes = wholes(operation, "axes") or (integers(given[1]) if len(given) > 1 else None)
    numbers = sorted({axis % len(x.dims) for axis in axes or range(len(x.dims))})
    own_axes = [x.axis(number) for number in numbers]
    if None in own_axes or any(has_batch(x.dims[n]) for n in numbers) or not own_axes:
        return None
    keeps = bool(whole(operation, "keepdims", 1))
    by = {"ReduceMean": "averaged", "ReduceMax": "largest", "ReduceMin": "smallest"}.get(operation.type, "summed")
    left = tuple(1 if i in numbers else s for i, s in enumerate(x.dims) if keeps or i not in numbers)
    places = [axis for axis in own_axes if axis is not None]
    if not keeps and len(places) == len(x.sizes):
        return network.opaque(operation, [x], (*left, 1))
    pooling = {"averaged": "globalavgpool", "largest": "globalmaxpool"}.get(by)
    flags = words(*["keepdims"] * keeps)
    if pooling and x.batch_first and len(x.sizes) > 2 and places == list(range(1, len(x.sizes))):
        call = own(pooling, operation.at, *flags)
    else:
        call = own("reduce", operation.at, *(axis + 1 for axis in places), *words(by), *flags)
    node, shape = network.layer(operation, [x], call)
    return Flow(node, shape, left)
