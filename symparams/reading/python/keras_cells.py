"""Recurrent networks of TensorFlow 1: a cell is made, and run over the steps: tf.nn.dynamic_rnn(cell, x)."""

from __future__ import annotations

import re
from typing import Any

from symparams.reading.python.graph import Keras
from symparams.reading.python.keras_layers import KerasLayer
from symparams.reading.python.keras_tensors import KerasTensor
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Native, Row, Unknown, Value

_OF_CELLS = re.compile(r"(?:\brnn|rnn_cell)\.|Basic\w+Cell")
_KINDS = {
    "BasicLSTMCell": "LSTM",
    "LSTMCell": "LSTM",
    "LSTMBlockCell": "LSTM",
    "GRUCell": "GRU",
    "GRUBlockCell": "GRU",
    "BasicRNNCell": "SimpleRNN",
}


class Cell(Value):
    """A cell, or several one above the other."""

    def __init__(self, kinds: list[tuple[str, Any]]) -> None:
        self.kinds = kinds  # the layer of each, and how many units it has

    def attribute(self, run: Run, name: str) -> Any:
        return Native(name, lambda run, given: Unknown("state")) if name == "zero_state" else Unknown(f"cell.{name}")

    def over(self, keras: Keras, run: Run, flow: Any, given: Arguments) -> tuple[Any, list[Any]]:
        """What it gives at every step, and the state of each cell after the last one."""
        states: list[Any] = []
        for kind, units in self.kinds:
            known = {
                "return_sequences": True,
                "return_state": True,
                **({"reset_after": False} if kind == "GRU" else {}),
            }
            keywords = {key: Given(value, given.at) for key, value in known.items()}
            layer = KerasLayer(keras, run, kind, Arguments([Given(units, given.at)], keywords, given.at))
            made = layer.called(run, Arguments([Given(flow, given.at)], {}, given.at))
            if not isinstance(made, list):
                return made, states
            flow, *last = made
            states.append(Row.of(("c", "h"), last) if len(last) == 2 else last[0])
        return flow, states

    def text(self) -> str:
        return "cell"


class Steps(Value):
    """A tensor as its steps in a row, or with the steps before the examples."""

    def __init__(self, tensor: KerasTensor) -> None:
        self.tensor = tensor

    def item(self, run: Run, key: Any, at: Any) -> Any:
        return self.tensor.item(run, (slice(None, None), key), at) if isinstance(key, int) else Unknown("step")

    def text(self) -> str:
        return "steps"


def recurrent(keras: Keras, run: Run, path: str, given: Arguments) -> Any:
    """What a function of cells gives; None for any other."""
    last = path.rpartition(".")[2]
    if last in _KINDS and _OF_CELLS.search(path):
        return Cell([(_KINDS[last], given.get(0, "num_units"))])
    if last == "MultiRNNCell":
        cells = [one for one in run.each(given.get(0, "cells")) or () if isinstance(one, Cell)]
        return Cell([kind for cell in cells for kind in cell.kinds])
    if last.endswith("Wrapper") and isinstance(given.get(0, "cell"), Cell):
        return given.get(0, "cell")
    if last in ("dynamic_rnn", "static_rnn", "rnn") and isinstance(given.get(0, "cell"), Cell):
        return _run(keras, run, given)
    if last in ("bidirectional_dynamic_rnn", "static_bidirectional_rnn") and isinstance(given.get(0, "cell_fw"), Cell):
        return _both_ways(keras, run, given)
    return _rearranged(run, last, given)


def _run(keras: Keras, run: Run, given: Arguments) -> Any:
    value = given.get(1, "inputs")
    in_steps = isinstance(value, Steps)
    outputs, states = given.get(0, "cell").over(keras, run, value.tensor if in_steps else value, given)
    if isinstance(outputs, KerasTensor) and in_steps:
        outputs = Steps(outputs)
    return (outputs, states[0] if len(states) == 1 else tuple(states))


def _both_ways(keras: Keras, run: Run, given: Arguments) -> Any:
    value = given.get(2, "inputs")
    in_steps = isinstance(value, Steps)
    value = value.tensor if in_steps else value
    ways = [given.get(at, name).over(keras, run, value, given) for at, name in enumerate(("cell_fw", "cell_bw"))]
    outputs, states = zip(*ways, strict=True)
    last = tuple(one[0] if len(one) == 1 else tuple(one) for one in states)
    if not in_steps:
        return (outputs, last)
    layer = KerasLayer(keras, run, "Concatenate", Arguments(at=given.at))
    joined = layer.called(run, Arguments([Given(list(outputs), given.at)], {}, given.at))
    return (Steps(joined) if isinstance(joined, KerasTensor) else joined, *last)


def _rearranged(run: Run, last: str, given: Arguments) -> Any:
    """What only turns steps and examples around, or takes one step."""
    value = given.get(0, "value", "a", "params")
    if last in ("unstack", "unpack") and isinstance(value, KerasTensor) and given.get(2, "axis") == 1:
        return Steps(value)
    order = given.get(1, "perm")
    if last == "transpose" and isinstance(order, (list, tuple)) and list(order) == [1, 0, 2]:
        return Steps(value) if isinstance(value, KerasTensor) else value.tensor if isinstance(value, Steps) else None
    if last == "gather" and isinstance(value, Steps):
        return value.item(run, -1, given.at)
    return None
