"""LSTM, GRU and RNN: along an axis of steps, with the batch behind it or in front."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.reading.onnx.flows import BATCH, Flow, Known, Sizes, Thing, Weight, is_batch
from symparams.reading.onnx.placing import Network, whole, word
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import own, words

_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def recurrent(network: Network, operation: Operation, given: Sequence[Thing]) -> tuple[Thing, ...] | None:
    """The outputs of all steps, and those of the last one."""
    x, matrix, again, bias = [*given, None, None, None, None][:4]
    if not isinstance(x, Flow) or len(x.dims) != 3 or isinstance(bias, Flow):
        return None
    if not isinstance(matrix, Weight) or not isinstance(again, Weight) or len(matrix.dims) != 3 or len(again.dims) != 3:
        return None
    if len(given) > 7 and given[7] is not None:  # peepholes
        return None
    batch = 0 if whole(operation, "layout", 0) else 1
    if not is_batch(x.dims[batch]):
        return None
    directions, units = matrix.dims[0], again.dims[2]
    if matrix.dims[1] != _GATES[operation.type] * units or directions not in (1, 2):
        return None
    wants_all = network.is_used(operation.outputs[0])
    wants_last = any(map(network.is_used, operation.outputs[1:]))
    both = ["bidirectional"] * (word(operation, "direction", "forward") == "bidirectional")
    named = {} if bias is not None and not isinstance(bias, Known) else {"bias": False}
    only_last = wants_last and not wants_all
    call = own(operation.type.lower(), operation.at, units, *words(*both, *["last"] * only_last), **named)
    every = weighted(network, operation, x, call, (matrix, again, bias), _laid)
    if every is None:
        return None
    last = every if only_last else _last(network, operation, every) if wants_last else None
    found = _outputs(operation, every, last, x, directions, units, batch)
    return (None, *found[1:]) if only_last else found


def _laid(x: Flow, shape: Sizes) -> Sizes:
    return shape


def _last(network: Network, operation: Operation, every: Flow) -> Flow:
    """The last of all steps; the first one, of the direction that comes back, has the same shape."""
    plain = Flow(every.node, every.shape, every.shape)
    node, shape = network.layer(operation, [plain], own("slice", operation.at, axis=1, start=-1), "_last")
    return Flow(node, shape, shape)


def _outputs(
    operation: Operation, every: Flow, last: Flow | None, x: Flow, directions: int, units: int, batch: int
) -> tuple[Thing, ...]:
    """In the shapes of ONNX: (T, directions, N, units) and (directions, N, units), or with N in front."""
    steps = x.dims[1 - batch]
    all_dims: Sizes = (steps, directions, BATCH, units) if batch else (BATCH, steps, directions, units)
    last_dims: Sizes = (directions, BATCH, units) if batch else (BATCH, directions, units)
    found: list[Thing] = [Flow(every.node, every.shape, all_dims)]
    for name in operation.outputs[1:]:
        found.append(Flow(last.node, last.shape, last_dims) if name and last is not None else None)
    return tuple(found)
