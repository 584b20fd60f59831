"""Tensors of Keras as a program handles them, and the inputs that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams.algebra.formula import Symbol
from symparams.errors import Span
from symparams.reading.python.graph import Keras, Node, own
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Native, Unknown, Value, is_number, letter

_LETTERS = {1: ("n",), 2: ("T", "d"), 3: ("H", "W", "C"), 4: ("D", "H", "W", "C")}


class KerasTensor(Value):
    """What leaves a layer."""

    def __init__(self, keras: Keras, node: Node, entrance: Entrance | None = None) -> None:
        self.keras = keras
        self.node = node
        self.entrance = entrance  # the input that it comes from, while the sizes of that are open

    def text(self) -> str:
        return self.node.name

    def through(self, run: Run, node: Node) -> KerasTensor:
        """What leaves the next layer."""
        run.allowance.spend()
        self.keras.graph.add(node)
        open_ = self.entrance if self.entrance is not None and self.entrance.is_open else None
        return KerasTensor(self.keras, node, open_)

    def settled(self, run: Run, axes: int = 0) -> KerasTensor:
        """The same, its input of so many axes if that was open."""
        if axes and self.entrance is not None and self.entrance.is_open:
            self.entrance.settle(axes)
        return self

    def attribute(self, run: Run, name: str) -> Any:
        if name in ("shape", "_keras_shape"):
            shape = self.keras.sizes(run).of(self.node)
            return Unknown(f"{self.node.name}.shape") if shape is None else (None, *shape)
        if name == "get_shape":
            return Native("get_shape", lambda run, given: self.attribute(run, "shape"))
        return Unknown(f"{self.node.name}.{name}")

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        return self.keras.operated(run, self, operator, other, reflected, at)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        return self.keras.sliced(run, self, key, at)

    def called(self, run: Run, given: Arguments) -> Any:
        return self


class Entrance(Value):
    """An input of a model; its sizes may be open until the first layer says how many axes it takes."""

    def __init__(self, keras: Keras, name: str, shape: Any, at: Span) -> None:
        self.keras = keras
        self.shape = shape
        self.is_open = not isinstance(shape, (tuple, list))
        self.node = keras.graph.add(Node(own("input", at, Symbol("n")), (), at, name=name))
        self.at = at
        if not self.is_open:
            self.node.call = own("input", at, *self.sizes(shape))

    def sizes(self, shape: Sequence[Any]) -> list[Any]:
        """The sizes, with letters for those that are open."""
        letters = _LETTERS.get(len(shape), tuple(f"n_{i + 1}" for i in range(len(shape))))
        found = [
            self.keras.letter(letters[i]) if size is None or not (is_number(letter(size))) else letter(size)
            for i, size in enumerate(shape)
        ]
        return self.keras.channels_last(found) or [1]

    def settle(self, axes: int, sizes: Sequence[Any] = ()) -> None:
        """Letters for so many sizes, as far as they are not known."""
        self.is_open = False
        self.node.call = own("input", self.at, *self.sizes(tuple(sizes) or (None,) * axes))

    def attribute(self, run: Run, name: str) -> Any:
        return self.node.name if name == "name" else Unknown(f"{self.node.name}.{name}")

    def called(self, run: Run, given: Arguments) -> Any:
        return given.get(0, "inputs")

    def tensor(self) -> KerasTensor:
        """What enters."""
        return KerasTensor(self.keras, self.node, self)


def entrance(keras: Keras, run: Run, given: Arguments, kind: str) -> Any:
    """`Input(shape=(…))`."""
    run.allowance.make()
    shape = given.get(0, "shape", "input_shape")
    whole = given.get(None, "batch_shape", "batch_input_shape")
    if isinstance(whole, (tuple, list)):
        shape = whole[1:]
    if is_number(shape):
        shape = (shape,)
    name = given.get(None, "name")
    made = Entrance(keras, name if isinstance(name, str) else keras.fresh(keras.input_name), shape, given.at)
    return made.tensor()
