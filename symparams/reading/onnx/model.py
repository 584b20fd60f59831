"""A model of ONNX -> what was read of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symparams.algebra.formula import Symbol, Value
from symparams.errors import Place, Source, Span, SymparamsError
from symparams.reading.onnx.flows import BATCH, Flow, Sizes, Thing, Weight, is_batch
from symparams.reading.onnx.folding import folded, known_tensor
from symparams.reading.onnx.operators import OPERATORS
from symparams.reading.onnx.placing import LETTERS, Network, StopError
from symparams.reading.onnx.records import Operation, Tensor
from symparams.reading.onnx.records import Value as Stated
from symparams.reading.onnx.text import graph_of
from symparams.reading.python.graph import Node, own, safe, statements
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r

KIND = "onnx"
_HEAD = re.compile(r"\s*<\s*ir_version\s*:|\s*[\w\"/. -]+\s*\([^()]*\)\s*=>\s*\(")
_BATCH = re.compile(r"(?i)n|b|bs|bsz|batch\w*|\w*_batch|n?_?batch_?size|num_?batch\w*|examples|.*batch.*")
_NO_TENSORS = ("If", "Loop", "Scan", "SequenceMap")


def recognised(text: str) -> float:
    """How sure a look at a text makes that it is what ONNX prints of a model."""
    return 1.0 if _HEAD.match(text) and re.search(r"=>\s*\(", text[:1_000_000]) else 0.0


def read_onnx(source: Source, model: str | None = None) -> Reading:
    """The model in a text that ONNX prints.

    Raises SymparamsError, with its place, where it is none, or where a node cannot be followed.
    """
    graph = graph_of(source)
    network = Network(source, graph)
    _start(network)
    try:
        for operation in graph.operations:
            _follow(network, operation)
    except StopError:
        pass  # the builder says why the last layer does not fit
    if not network.uses.nodes:
        raise SymparamsError("this model has no layers", source=source)
    found: list[r.Statement] = [r.Model(graph.name, Span(0))] if '"' not in graph.name and graph.name else []
    found += statements(network.uses.nodes, "torch", Span(0))
    return Reading(KIND, source, tuple(found), (), tuple(network.assumed), (graph.name,))


# ---------------------------------------------------------------- inputs and initializers


def _start(network: Network) -> None:
    """The tensors that nothing has to be computed for."""
    for name, tensor in network.graph.initializers.items():
        network.things[name] = _initial(name, tensor, network.graph.places.get(name, Span(0)))
    _find_batch(network)
    for value in network.graph.inputs:
        network.things[value.name] = _input(network, value)


def _initial(name: str, tensor: Tensor, at: Span) -> Thing:
    """An initializer: sizes, or weights; a number alone is no weight."""
    is_trained = not tensor.type.startswith(("int64", "int32", "int16", "uint64", "uint32", "bool", "string"))
    known = known_tensor(tensor) if not is_trained or not tensor.dims else None
    return known or Weight((name,), tensor.dims, is_trained and bool(tensor.dims), at, tensor.data)


def _find_batch(network: Network) -> None:
    """What the batch is called, or how many examples the file was written for."""
    for value in network.graph.inputs:
        axis = _batch_axis(network, value)
        size = None if axis is None or value.dims is None else value.dims[axis]
        if isinstance(size, str):
            network.batch_names.add(size)
        elif isinstance(size, int) and network.batch is None and not network.batch_names:
            network.batch = size
    if network.batch_names:
        network.batch = None


def _batch_axis(network: Network, value: Stated) -> int | None:
    """Which axis of an input is that of the batch: the one that is called so, else the first."""
    dims = value.dims
    if dims is None or not dims or (len(dims) == 1 and isinstance(dims[0], int)):
        return None
    for i, size in enumerate(dims):
        if isinstance(size, str) and _BATCH.fullmatch(size):
            return i
    behind = network.behind(value.name)
    in_steps = behind is not None and behind.type in ("LSTM", "GRU", "RNN") and not behind.attributes.get("layout")
    return 1 if in_steps and len(dims) == 3 else 0


def _input(network: Network, value: Stated) -> Thing:
    if value.dims is None:
        matter = f"the file does not say the shape of the input {value.name}; a model with shapes can be read"
        raise SymparamsError(matter, Place(network.source, *value.at))
    axis = _batch_axis(network, value)
    if axis is not None and isinstance(value.dims[axis], int) and value.dims[axis] != network.batch:
        axis = None
    letters = iter(LETTERS)
    dims: list[Value] = []
    for i, size in enumerate(value.dims):
        if i == axis or size in network.batch_names:
            dims.append(BATCH)
        elif isinstance(size, int):
            dims.append(size)
        else:
            dims.append(_letter(network, value, size, letters))
    if not dims or any(size == 0 for size in dims):
        return None
    sizes: Sizes = tuple(size for size in dims if not is_batch(size)) or (1,)
    node, shape = network.put(Node(own("input", value.at, *sizes), (), value.at, None, value.name))
    return Flow(node, shape, tuple(dims))


def _letter(network: Network, value: Stated, size: str | None, letters: object) -> Symbol:
    """A size that is not fixed."""
    if size is not None and size.isidentifier() and size.isascii():
        return Symbol(safe(size))
    letter = next(letters, "S")  # type: ignore[call-overload]
    what = f"{letter} stands for a size of {value.name} that the file leaves open"
    network.assumed.append(Repair(what, value.at))
    return Symbol(safe(letter))


# ---------------------------------------------------------------- nodes


def _follow(network: Network, operation: Operation) -> None:
    """Find out what a node gives."""
    missing = next((name for name in operation.inputs if name and name not in network.things), None)
    if missing is not None:
        raise network.error(operation, _missing(network, missing))
    given = network.given(operation)
    found: Thing | tuple[Thing, ...] = None if operation.domain else folded(network, operation, given)
    if found is None and not operation.domain and operation.type == "Constant":
        found = _constant(operation)
    reads = OPERATORS.get(operation.type)
    known = any(isinstance(one, (Flow, Weight)) for one in given)
    if found is None and reads is not None and (known or any(given)) and not operation.has_graph:
        found = reads(network, operation, given) if given else None
    if isinstance(found, Flow) and not network.fits_file(found, operation):
        found = _as_stated(network, operation, given, found)
    if found is None and known and reads is not None and None in given:
        given = _with_states(network, operation, given)
        found = reads(network, operation, given)
    if found is None and known:
        found = _opaque(network, operation, given)
    several = found if type(found) is tuple else (found,)
    for name, thing in zip(operation.outputs, (*several, *(None,) * len(operation.outputs)), strict=False):
        if name:
            network.things[name] = thing


def _constant(operation: Operation) -> Thing:
    value = operation.attributes.get("value")
    name = operation.outputs[0] if operation.outputs else "constant"
    return Weight((name,), value.dims, False, operation.at, value.data) if isinstance(value, Tensor) else None


def _with_states(network: Network, operation: Operation, given: Sequence[Thing]) -> list[Thing]:
    """What feeds a node, what is worked out from nothing that flows as an input: the state that a loop begins with."""
    found = list(given)
    for i, (name, thing) in enumerate(zip(operation.inputs, given, strict=True)):
        dims = network.stated(name) if name and thing is None else None
        if dims is None or not dims or any(size == 0 for size in dims):
            continue
        sizes: Sizes = tuple(size for size in dims if not is_batch(size)) or (1,)
        node, shape = network.put(Node(own("input", operation.at, *sizes), (), operation.at, None, name))
        found[i] = network.things[name] = Flow(node, shape, dims)
    return found


def _missing(network: Network, name: str) -> str:
    if any(name in one.outputs for one in network.graph.operations):
        return (
            f"it is fed by {name}, which is made further below; in a graph of ONNX what feeds a node stands before it"
        )
    return f"it is fed by {name}, which nothing makes"


def _as_stated(network: Network, operation: Operation, given: Sequence[Thing], found: Flow) -> Flow:
    """A layer whose shape is another one in the file: that is what counts."""
    dims = network.stated(operation.outputs[0], found)
    if dims is None:
        return found
    doubt = f"{operation.title} has the shape that the file says"
    return network.opaque(operation, [found], dims, doubt)


def _opaque(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing | tuple[Thing, ...]:
    """A node that is not known, or does what no layer does: its shape is the one that the file says."""
    flows = [one for one in given if isinstance(one, Flow)]
    weights = [one for one in given if isinstance(one, Weight)]
    if not flows and not any(one.trained for one in weights):
        return None
    found: list[Thing] = []
    for name in operation.outputs:
        dims = network.stated(name, flows[0] if flows else None) if name else None
        if dims is None or not flows or any(size == 0 for size in dims):
            found.append(None)
            continue
        doubt = f"{operation.title} is not followed; its output has the shape that the file says"
        found.append(network.opaque(operation, given, dims, doubt if not found else "", weights if not found else ()))
    if not any(found):
        raise network.error(operation, _refusal(operation))
    return tuple(found)


def _refusal(operation: Operation) -> str:
    if operation.has_graph or operation.type in _NO_TENSORS:
        return "graphs inside a node are not followed, and the file does not say the shape of what it gives"
    what = "this operator is not known" if operation.type not in OPERATORS else "this cannot be followed"
    return f"{what}, and the file does not say the shape of what it gives; onnx.shape_inference may add it"
