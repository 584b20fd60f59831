"""Weights that a program of Keras makes itself: what layers of its own multiply by and add."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from symparams.errors import Span
from symparams.reading.python.graph import Keras, Node, Pointer, Word, own
from symparams.reading.python.keras_tensors import KerasTensor
from symparams.reading.python.operations import operated
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Native, Unknown, Value, is_number, letter
from symparams.sources import records as r

_PRODUCTS = ("matmul", "dot", "tensordot", "MatMult")
_JOINS = {"Add": "add", "bias_add": "add", "add": "add", "Mult": "multiply", "multiply": "multiply"}
KEEPING = ("broadcast_to", "expand_dims", "tile", "repeat", "cast", "convert_to_tensor")  # what leaves weights weights


class KerasWeight(Value):
    """`self.add_weight(shape=(n, units))`."""

    def __init__(self, keras: Keras, name: str, shape: Sequence[Any], frozen: bool) -> None:
        self.keras = keras
        self.name = name  # of the layer that it belongs to
        self.shape = tuple(shape)
        self.frozen = frozen
        self.is_placed = False  # whether a layer of the network has it

    def text(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str) -> Any:
        if name == "get_shape":
            return Native(name, lambda run, given: self.shape)
        return self.shape if name == "shape" else Unknown(f"{self.name}.{name}")

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        if isinstance(other, KerasTensor):
            return self.keras.operated(run, other, operator, self, not reflected, at)
        return Unknown(self.name)

    @property
    def size(self) -> Any:
        """How many numbers it holds."""
        return _product(self.shape)


def _product(sizes: Iterable[Any]) -> Any:
    result: Any = 1
    for size in sizes:
        result = operated("Mult", result, size)
    return result


def made_weight(keras: Keras, run: Run, name: str, given: Arguments) -> Any:
    """The weight that a call makes, if it says its shape."""
    shape = given.get(None, "shape")
    if shape is None:
        shape = next((g.value for g in given.positional if isinstance(g.value, (tuple, list))), None)
    if is_number(shape):
        shape = (shape,)
    if shape is None or not isinstance(shape, (tuple, list)) or not all(is_number(letter(size)) for size in shape):
        return Unknown(f"{name}()")
    run.allowance.make()
    return KerasWeight(keras, name, [letter(size) for size in shape], given.get(None, "trainable") is False)


def applied(keras: Keras, run: Run, how: str, tensor: KerasTensor, weight: KerasWeight, at: Span) -> KerasTensor | None:
    """A tensor multiplied by a weight or with it added; None where that is no layer of ours."""
    before = tensor.settled(run).node
    if how in _PRODUCTS and len(weight.shape) == 2:
        return _put(run, tensor, weight, own("dense", at, weight.shape[1], bias=False), at)
    join = _JOINS.get(how)
    if join is None:
        return None
    product = before.owner
    if join == "add" and isinstance(product, KerasWeight) and _is_bias(before, product, weight):
        if not weight.is_placed:
            kept = (a for a in before.call.arguments if a.keyword not in ("bias", "use_bias"))
            before.call = before.call._replace(arguments=tuple(kept))
        weight.is_placed = True
        return tensor
    return _put(run, tensor, weight, own("param", at, *(weight.shape or (1,)), Word(join)), at)


def flowing(keras: Keras, value: Any, at: Span) -> Any:
    """A weight as it flows, the same for every example; anything else as it is."""
    if not isinstance(value, KerasWeight):
        return value
    value.is_placed = True
    node = Node(own("param", at, *value.shape), (), at, value, value.name, value.frozen)
    return KerasTensor(keras, keras.graph.add(node))


def _is_bias(before: Node, product: KerasWeight, weight: KerasWeight) -> bool:
    """Whether a weight that is added is the bias of the product before it."""
    return (
        (before.call.name == "dense" or before.call.name.startswith("Conv"))
        and weight.shape == (product.shape[-2] if before.call.name.endswith("Transpose") else product.shape[-1],)
        and weight.name == product.name
        and weight.frozen == product.frozen
    )


def _put(run: Run, tensor: KerasTensor, weight: KerasWeight, call: Any, at: Span) -> KerasTensor:
    weight.is_placed = True
    return tensor.through(run, Node(call, (tensor.node,), at, weight, weight.name, weight.frozen))


def with_rest(keras: Keras, run: Run, owner: object, weights: Sequence[KerasWeight], result: Any, at: Span) -> Any:
    """What a layer of the program gives, with the weights of which nobody knows what they do."""
    result = flowing(keras, result, at)
    rest = [weight for weight in weights if not weight.is_placed]
    if not rest or not isinstance(result, KerasTensor):
        return result
    sizes = keras.sizes(run).of(result.settled(run).node)
    if sizes is None:
        return result
    count: Any = 0
    for weight in rest:
        weight.is_placed = True
        count = operated("Add", count, weight.size)
    name = rest[0].name
    run.assume(f"what the weights of `{name}` do is not known: they are counted, and it is taken to keep the sizes", at)
    return result.through(run, Node(own("opaque", at, *sizes, parameters=count), (result.node,), at, owner, name))


class Table(Value):
    """The weights of an embedding: `layer.embeddings`."""

    def __init__(self, layer: Any, transposed: bool = False) -> None:
        self.layer = layer
        self.is_transposed = transposed

    def text(self) -> str:
        return "embeddings"


def tied(keras: Keras, run: Run, how: str, given: Arguments) -> Any:
    """The table of an embedding turned, or what flows multiplied by it; None where there is none."""
    tables = [value for value in given.values() if isinstance(value, Table)]
    if not tables:
        return None
    table = tables[0]
    if how in ("transpose", "permute_dimensions"):
        return Table(table.layer, not table.is_transposed)
    flow, turned = given.get(0, "a", "x1"), table.is_transposed or given.get(None, "transpose_b") is True
    node = next((one for one in keras.graph.nodes if one.owner is table.layer), None)
    if how not in _PRODUCTS or not turned or node is None or not isinstance(flow, KerasTensor):
        return None
    call = r.Call("tied", (r.Argument(None, Pointer.to(node), given.at),), given.at)
    name = keras.fresh("tied")
    return flow.through(run, Node(call, (flow.node,), given.at, name=name, beside=(node,)))


_LOSSES = re.compile(
    r"cross_entropy|_loss\b|mean_squared|accuracy|argmax|in_top_k|^(?:run|eval|minimize|gradients|scalar|histogram|Print)$"
)


def is_loss(name: str) -> bool:
    """Whether a function only looks at what a model gives, as losses and reports do, and is no part of it."""
    return _LOSSES.search(name) is not None
