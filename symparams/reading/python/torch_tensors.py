"""Tensors of PyTorch as `forward` handles them; their batch is an axis that networks here do not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams.errors import Span
from symparams.reading.python.graph import Node, Torch
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Native, Unknown, Value, reshaped


class Batch(Value):
    """The number of examples, or that times something."""

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        if operator == "Mult" and other != 1:
            return FOLDED
        return BATCH if operator in ("FloorDiv", "Div") else self

    def text(self) -> str:
        return "batch"


BATCH = Batch()
FOLDED = Batch()  # that times something: parts of examples stand where examples do


class Data(Value):
    """Numbers that a program makes up: torch.randn(1, 3, 32, 32)."""

    def __init__(self, shape: Sequence[Any] | None, at: Span) -> None:
        self.data_shape = None if shape is None else tuple(shape)
        self.at = at

    def text(self) -> str:
        return "data"

    def attribute(self, run: Run, name: str) -> Any:
        if name == "shape" and self.data_shape is not None:
            return self.data_shape
        if name in ("size", "dim"):
            return Native(name, lambda run, given: self._size(name, given))
        if name in ("unsqueeze", "view", "reshape", "permute", "transpose"):
            return Native(name, lambda run, given: self._changed(name, given))
        return Native(name, lambda run, given: self)

    def _size(self, name: str, given: Arguments) -> Any:
        if self.data_shape is None:
            return Unknown("shape")
        if name == "dim":
            return len(self.data_shape)
        index = given.get(0, "dim")
        return self.data_shape if not isinstance(index, int) else self.data_shape[index]

    def _changed(self, name: str, given: Arguments) -> Any:
        if name == "unsqueeze" and self.data_shape is not None and isinstance(given.get(0, "dim"), int):
            place = given.get(0, "dim") % (len(self.data_shape) + 1)
            return Data((*self.data_shape[:place], 1, *self.data_shape[place:]), self.at)
        if name in ("view", "reshape"):
            return Data(reshaped(self.data_shape, given), self.at)
        return Data(None, self.at)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        one = isinstance(key, int) and self.data_shape is not None and len(self.data_shape) > 1
        return Data(self.data_shape[1:] if one and self.data_shape else None, at)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        if isinstance(other, Tensor):
            return other
        return self


class Tensor(Value):
    """What flows: the output of a module or a function, one example of it, and where its batch stands."""

    def __init__(self, torch: Torch, node: Node, batch: int | None = 0) -> None:
        self.torch = torch
        self.node = node
        self.batch = batch  # which axis counts the examples; None: the same for all examples

    def text(self) -> str:
        return self.node.name

    def sizes(self, run: Run) -> tuple[Any, ...] | None:
        """The sizes of all axes, the batch among them; None if they cannot be worked out."""
        shape: tuple[Any, ...] | None = self.torch.shape(run, self.node)
        if shape is None or self.batch is None:
            return shape
        batch = FOLDED if self.torch.folded.get(self.node) else BATCH
        return (*shape[: self.batch], batch, *shape[self.batch :])

    def axis(self, run: Run, dim: Any) -> int | None:
        """The axis of one example that a dimension is, counted from 0; None for the batch, and for one that is none."""
        rank = self.rank(run)
        if not isinstance(dim, int) or (rank is None and dim < 0) or (rank is not None and not -rank <= dim < rank):
            return None
        place: int = dim + (rank or 0) if dim < 0 else dim
        if self.batch is None:
            return place
        return None if place == self.batch else place - (place > self.batch)

    def rank(self, run: Run) -> int | None:
        """How many axes there are, the batch among them."""
        sizes = self.sizes(run)
        return None if sizes is None else len(sizes)

    def attribute(self, run: Run, name: str) -> Any:
        return self.torch.tensor_attribute(run, self, name)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        return self.torch.sliced(run, self, key, at)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        return self.torch.operated(run, self, operator, other, reflected, at)

    def length(self, run: Run) -> Any:
        sizes = self.sizes(run)
        return Unknown("len") if sizes is None else sizes[0]

    def items(self, run: Run) -> Sequence[Any] | None:
        return None


class OpenShape(Value):
    """The shape of an input of which nothing is known yet; unpacking it tells how many axes there are."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def text(self) -> str:
        return f"{self.tensor.text()}.shape"

    def unpacked(self, run: Run, count: int) -> Sequence[Any] | None:
        """So many sizes."""
        self.tensor.torch.settle_axes(run, self.tensor, count - 1)
        return self.tensor.sizes(run)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        if key == 0 and self.tensor.batch == 0:
            return BATCH
        return Unknown(f"{self.text()}[{key}]")


class States(Value):
    """The last states of a recurrent module, one for each layer and direction."""

    def __init__(self, output: Tensor, directions: int, layers: Any, hidden: Any) -> None:
        self.output = output
        self.directions = directions
        self.layers = layers
        self.hidden = hidden

    def text(self) -> str:
        return f"{self.output.text()}_state"

    def last(self, run: Run, at: Span) -> Tensor:
        """The last step of the output."""
        made: Tensor = self.output.torch.last_step(run, self.output, at)
        return made

    def item(self, run: Run, key: Any, at: Span) -> Any:
        first = key[0] if isinstance(key, tuple) else key
        if isinstance(first, slice):
            return self
        last = self.last(run, at)
        if self.directions == 1:
            return last
        half = 0 if first in (-2, 0) else 1
        return self.output.torch.part(run, last, 0, half, self.directions, at)

    def attribute(self, run: Run, name: str) -> Any:
        if name in ("squeeze", "mean", "view", "reshape"):
            return Native(name, lambda run, given: self.last(run, given.at))
        if name in ("transpose", "permute", "contiguous", "detach"):
            return Native(name, lambda run, given: self)
        if name in ("shape", "size"):
            return Unknown(name)
        return self.last(run, Span(0)).attribute(run, name)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        return self.last(run, at).operated(run, operator, other, reflected, at)
