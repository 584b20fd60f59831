"""The layers that a graph of ONNX comes to, as they are found: each is placed at once, so that shapes are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from symparams.algebra.formula import Symbol, Value
from symparams.errors import LimitError, Place, Source, SymparamsError
from symparams.reading.onnx.flows import (
    BATCH,
    Flow,
    Known,
    Sizes,
    Thing,
    Weight,
    alike,
    has_batch,
    is_batch,
    same_sizes,
)
from symparams.reading.onnx.records import Dims, Graph, Operation
from symparams.reading.python.graph import Graph as Uses
from symparams.reading.python.graph import Node, own, safe
from symparams.reading.python.sizes import Sizes as Placed
from symparams.reading.reading import Repair
from symparams.sources import records as r

_LAYERS = 4_000  # of a model that is read
LETTERS = "HWDTLMPQ"  # for sizes that nobody names


class StopError(Exception):
    """A layer that does not fit; the builder says why."""


class Network:
    """What has been read of a graph so far."""

    def __init__(self, source: Source, graph: Graph) -> None:
        self.source = source
        self.graph = graph
        self.uses = Uses()
        self.things: dict[str, Thing] = {}
        self.batch: int | None = None  # how many examples the file was written for, where it says so
        self.batch_names: set[str] = set()
        self.assumed: list[Repair] = []
        self.owners: dict[tuple[str, ...], object] = {}  # by the names of its weights: what a layer is called with
        self.counted: set[str] = set()
        self.tables: dict[tuple[str, ...], tuple[Node, int]] = {}  # embeddings by their weights, and how many rows
        self.passed: set[str] = set()  # outputs of nodes whose work is done by the layer before
        self._behind: dict[str, Operation | None] = {}  # by tensor: the one node that it feeds; None: several
        for one in graph.operations:
            for name in one.inputs:
                self._behind[name] = None if name in self._behind else one
        for value in graph.outputs:
            self._behind[value.name] = None
        self._learned: dict[tuple[str, ...], Flow] = {}
        self._laid_out: dict[tuple[int, Sizes], Flow] = {}  # by node and sizes
        self._placed = Placed(source, "torch")

    def error(self, operation: Operation, matter: str) -> SymparamsError:
        """What is wrong with a node."""
        return SymparamsError(f"{operation.title}: {matter}", Place(self.source, *operation.at))

    # ------------------------------------------------------------ layers

    def layer(
        self,
        operation: Operation,
        inputs: Sequence[Flow],
        call: r.Call,
        suffix: str = "",
        owner: object = None,
        beside: tuple[Node, ...] = (),
    ) -> tuple[Node, Sizes]:
        """Put a layer behind others; StopError where it does not fit."""
        fed = tuple(self.as_meant(flow, operation).node for flow in inputs)
        return self.put(Node(call, fed, operation.at, owner, self.name_of(operation) + suffix, beside=beside))

    def put(self, node: Node) -> tuple[Node, Sizes]:
        """Put a node behind others; StopError where it does not fit."""
        if len(self.uses.nodes) >= _LAYERS:
            matter = f"the model has more than {_LAYERS:,} layers, which is the limit"
            raise LimitError(matter, Place(self.source, *node.at))
        self.uses.add(node)
        shape = self._placed.of(node)
        if shape is None:
            raise StopError
        return node, shape

    def name_of(self, operation: Operation) -> str:
        """The name of a node, else that of what it gives."""
        wanted = operation.name or next(filter(None, operation.outputs), "") or operation.type.lower()
        return "".join(c if c.isprintable() and c not in '"\\' else "_" for c in wanted)[:200]

    def as_meant(self, flow: Flow, operation: Operation) -> Flow:
        """A tensor in the shape that ONNX has it in; what was only laid out anew becomes a layer where it is used."""
        sizes = flow.sizes
        if same_sizes(flow.shape, sizes):
            return flow
        key = (id(flow.node), sizes)
        if key not in self._laid_out:
            self._laid_out[key] = self.laid_out(flow, flow.dims, operation, "_reshape")
        return replace(self._laid_out[key], dims=flow.dims)

    def laid_out(self, flow: Flow, dims: Sizes, operation: Operation, suffix: str = "") -> Flow:
        """The same values in another shape, by a layer."""
        target = Flow(flow.node, flow.shape, dims).sizes
        call = own("flatten", operation.at) if len(target) == 1 else own("reshape", operation.at, *target)
        node, shape = self.put(Node(call, (flow.node,), operation.at, None, self.name_of(operation) + suffix))
        return Flow(node, shape, dims)

    def opaque(
        self,
        operation: Operation,
        inputs: Sequence[Thing],
        dims: Sizes,
        doubt: str = "",
        weights: Iterable[Weight] = (),
    ) -> Flow:
        """A layer of which the shape is known, and the number of its parameters."""
        flows = [thing for thing in inputs if isinstance(thing, Flow)]
        sizes = Flow(flows[0].node, (), dims).sizes if flows else dims
        own_weights = [w for w in weights if w.trained and not self.counted.intersection(w.keys)]
        count = sum(prod(self.graph.initializers[name].dims) for w in own_weights for name in w.names)
        for weight in own_weights:
            self.count(weight)
        named = {"parameters": count} if count else {}
        fed = list({id(flow.node): flow for flow in flows}.values())
        node, shape = self.layer(operation, fed, own("opaque", operation.at, *(sizes or (1,)), **named))
        if doubt:
            self.assumed.append(Repair(doubt, operation.at))
        return Flow(node, shape, dims)

    def count(self, weight: Weight) -> None:
        """Say that a layer has these weights."""
        self.counted.update(weight.keys)

    def learned(self, weight: Weight, operation: Operation) -> Flow:
        """Weights as a tensor that flows; its first axis is that of the batch if it is 1."""
        known = self._learned.get((*weight.names, *map(str, weight.dims)))
        if known is None:
            known = self._started(weight, operation)
            self._learned[(*weight.names, *map(str, weight.dims))] = known
        return known

    def _started(self, weight: Weight, operation: Operation) -> Flow:
        dims: Sizes = weight.dims
        if len(dims) > 1 and dims[0] == 1:
            dims = (BATCH, *dims[1:])
        sizes = tuple(size for size in dims if not is_batch(size)) or (1,)
        name = "".join(c if c.isprintable() and c not in '"\\' else "_" for c in weight.names[0])[:200]
        word = "param" if weight.trained and not self.counted.intersection(weight.keys) else "input"
        self.count(weight)
        node, shape = self.put(Node(own(word, weight.at, *sizes), (), weight.at, None, name))
        return Flow(node, shape, dims)

    # ------------------------------------------------------------ what the file says of shapes

    def stated(self, name: str, like: Flow | None = None) -> Sizes | None:
        """The shape that the file says of a tensor; None where it leaves something open."""
        value = self.graph.stated.get(name)
        return None if value is None else self.dims_of(value.dims, like)

    def dims_of(self, dims: Dims | None, like: Flow | None = None) -> Sizes | None:
        """Sizes of the file as we have them."""
        if dims is None:
            return None
        found: list[Value] = []
        for size in dims:
            if isinstance(size, int):
                found.append(size)
            elif size in self.batch_names:
                found.append(BATCH)
            elif size is not None and size.isidentifier() and not size.startswith("unk__"):
                found.append(Symbol(safe(size)))
            else:
                return None
        return self._with_batch(tuple(found), like)

    def _with_batch(self, dims: Sizes, like: Flow | None) -> Sizes:
        """With the batch where it has to be, though the file has a number there."""
        if self.batch is None or any(map(has_batch, dims)) or not dims:
            return dims
        places = [i for i, size in enumerate(dims) if size == self.batch]
        wanted = next((i for i, size in enumerate(like.dims) if is_batch(size)), None) if like is not None else 0
        if wanted is None or not places:
            return dims
        place = wanted if wanted in places else places[0]
        return (*dims[:place], BATCH, *dims[place + 1 :])

    # ------------------------------------------------------------ what feeds a node

    def behind(self, name: str) -> Operation | None:
        """The node that a tensor feeds, where it feeds one alone and is no output."""
        return self._behind.get(name)

    def is_used(self, name: str) -> bool:
        """Whether a tensor feeds anything, or is an output."""
        return bool(name) and name in self._behind

    def thing(self, name: str) -> Thing:
        """What a name stands for; None where it is not followed."""
        return self.things.get(name) if name else None

    def given(self, operation: Operation) -> list[Thing]:
        """What feeds a node."""
        return [self.thing(name) for name in operation.inputs]

    def fits_file(self, flow: Flow, operation: Operation) -> bool:
        """Whether a shape is the one that the file says, as far as it says one."""
        said = self.stated(operation.outputs[0], flow) if operation.outputs else None
        if said is None or not all(isinstance(s, int) or is_batch(s) for s in (*said, *flow.dims)):
            return True
        return len(said) == len(flow.dims) and all(
            a == b or is_batch(a) or is_batch(b) or alike(a, b) for a, b in zip(said, flow.dims, strict=True)
        )


def integers(thing: Thing) -> tuple[int, ...] | None:
    """Whole numbers that are known; None where one is not."""
    if isinstance(thing, Known) and all(isinstance(value, int) for value in thing.values):
        return tuple(value for value in thing.values if isinstance(value, int))
    return None


def attribute(operation: Operation, name: str, default: Any = None) -> Any:
    """The value of an attribute."""
    found = operation.attributes.get(name)
    return default if found is None else found


def whole(operation: Operation, name: str, default: int) -> int:
    """An attribute that is a whole number."""
    found = operation.attributes.get(name)
    return found if isinstance(found, int) else default


def wholes(operation: Operation, name: str) -> tuple[int, ...] | None:
    """An attribute that is a list of whole numbers; None where it is not given."""
    found = operation.attributes.get(name)
    if not isinstance(found, tuple) or not all(isinstance(one, int) for one in found):
        return None
    return tuple(one for one in found if isinstance(one, int))


def row(operation: Operation, name: str) -> Known | None:
    """An attribute that is a list of whole numbers, as an input would give it; None where it is not given."""
    found = wholes(operation, name)
    return None if found is None else Known(found)


def word(operation: Operation, name: str, default: str) -> str:
    """An attribute that is a text."""
    found = operation.attributes.get(name)
    return found if isinstance(found, str) else default
