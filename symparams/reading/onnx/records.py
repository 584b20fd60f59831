"""A graph of ONNX without the numbers of its weights."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from symparams.errors import Span

Dims: TypeAlias = "tuple[int | str | None, ...]"  # a str names a size that is not fixed; None: nothing is said
Data: TypeAlias = "tuple[int | float | str, ...]"


class Tensor(NamedTuple):
    """A tensor whose values stand in the graph: an initializer, or one in an attribute."""

    type: str  # of its elements: float, int64 …
    dims: tuple[int, ...]
    data: Data | None  # None: it has values, which were not read


Attribute: TypeAlias = "int | float | str | Data | Tensor | None"  # None: what is not read, such as a graph


class Operation(NamedTuple):
    """A node of the graph."""

    name: str  # "" where it has none
    domain: str  # "" for the operators of ONNX itself
    type: str  # Conv
    inputs: tuple[str, ...]  # "" for one that is left out
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]
    at: Span  # of its type
    has_graph: bool = False  # whether an attribute is a graph: the branches of If, the body of Loop

    @property
    def title(self) -> str:
        """What a message calls it."""
        return f"{self.name} ({self.type})" if self.name else self.type


class Value(NamedTuple):
    """A tensor that flows, as far as the file says."""

    name: str
    type: str  # of its elements
    dims: Dims | None  # None: the file does not say
    at: Span


class Graph(NamedTuple):
    """What a model computes."""

    name: str
    inputs: tuple[Value, ...]  # without those that have initializers
    outputs: tuple[Value, ...]
    initializers: dict[str, Tensor]
    stated: dict[str, Value]  # what is said of tensors on the way, and of outputs
    operations: tuple[Operation, ...]
    places: dict[str, Span]  # of inputs and initializers, by name
