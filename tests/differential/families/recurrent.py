"""Recurrent layers, their cells, and both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symparams.algebra.formula import ZERO
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.cell import Cell
from symparams.layers.recurrent import GRU, LSTM, RNN, Recurrent
from symparams.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from symparams.layers.stacked_cells import StackedCells
from tests.differential.family import (
    ANY,
    SEQUENCES,
    VECTORS,
    Arriving,
    Built,
    Draw,
    Family,
    NoEquivalentError,
    RefusedError,
    Sizes,
    maybe,
    plain,
    written,
)
from tests.differential.functions import keras_function

FAMILY = Family("recurrent")

FUNCTIONS = ("tanh", "relu", "sigmoid", "elu")


# ---------------------------------------------------------------- texts


def _settings(draw: Draw, kind: str) -> list[str]:
    """What cells and layers have alike."""
    return [
        maybe(draw, *FUNCTIONS),
        maybe(draw, "bias=no"),
        maybe(draw, "reset_after=no") if kind == "gru" else "",
        maybe(draw, "recurrent_activation=hardsigmoid") if kind != "rnn" else "",
    ]


def _cell(draw: Draw, depth: int = 0) -> str:
    kind = draw(st.sampled_from(["rnn", "lstm", "gru", "stacked"] if depth < 2 else ["rnn", "lstm", "gru"]))
    if kind == "stacked":
        return written("stackedcells", *(_cell(draw, depth + 1) for _ in range(draw(st.integers(1, 3)))))
    return written(f"{kind}cell", draw(st.integers(1, 8)), *_settings(draw, kind))


def _one_way(draw: Draw, *more: str) -> str:
    if draw(st.integers(0, 4)) == 0:
        return written("rnn", _cell(draw), *more)
    kind = draw(st.sampled_from(["rnn", "lstm", "gru"]))
    return written(kind, draw(st.integers(1, 8)), *_settings(draw, kind), *more)


@FAMILY.layer(axes=(VECTORS,), conventions=("keras",))
def cell(draw: Draw, x: Arriving) -> str:
    return _cell(draw)


@FAMILY.layer(axes=(VECTORS,), conventions=("torch",))
def torch_cell(draw: Draw, x: Arriving) -> str:
    kind = draw(st.sampled_from(["rnn", "lstm", "gru"]))
    return written(f"{kind}cell", draw(st.integers(1, 8)), maybe(draw, "tanh", "relu"), maybe(draw, "bias=no"))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("keras",), weight=2)
def keras_layer(draw: Draw, x: Arriving) -> str:
    steps = maybe(draw, "sequences", "sequences", "last")
    return _one_way(draw, steps, maybe(draw, "bidirectional"), maybe(draw, "layers=2"))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("torch",), weight=3)
def torch_layer(draw: Draw, x: Arriving) -> str:
    kind = draw(st.sampled_from(["rnn", "lstm", "gru"]))
    return written(
        kind,
        draw(st.integers(1, 8)),
        maybe(draw, "tanh", "relu"),
        maybe(draw, "bias=no"),
        maybe(draw, "layers=2", "layers=3", "layers=11"),
        maybe(draw, "bidirectional"),
        maybe(draw, "last", "sequences", "sequences=no"),
        maybe(draw, f"projection={draw(st.integers(1, 8))}") if kind == "lstm" else "",
    )


@FAMILY.layer(axes=ANY)
def anywhere(draw: Draw, x: Arriving) -> str:
    """On sequences and on what is none."""
    return draw(st.sampled_from(["lstm(5, sequences)", "gru(4)", "rnn(3, bidirectional)", "lstm(2, last)"]))


@FAMILY.layer(axes=(SEQUENCES,), conventions=("keras",), weight=2)
def both_ways(draw: Draw, x: Arriving) -> str:
    steps = maybe(draw, "sequences")
    backward = _one_way(draw, steps) if draw(st.booleans()) else ""
    merge = maybe(draw, "concat", "sum", "mul", "ave", "none")
    return written("bidirectional", _one_way(draw, steps), backward, merge)


# ---------------------------------------------------------------- Keras


@FAMILY.keras(RNNCell, LSTMCell, GRUCell, StackedCells)
def keras_cell(layer: Cell, arriving: Sequence[Sizes]) -> Built:
    if len(arriving[0]) != 1:
        raise RefusedError("a cell takes one step")
    built = _keras_cell(layer)

    def call(x: Any) -> Any:
        return built(x, built.get_initial_state(x.shape[0]))[0]

    return Built((built,), call)


def _keras_cell(layer: Any) -> Any:
    from keras import layers

    if isinstance(layer, StackedCells):
        return layers.StackedRNNCells([_keras_cell(one) for one in layer.cells])
    of = {RNNCell: layers.SimpleRNNCell, LSTMCell: layers.LSTMCell, GRUCell: layers.GRUCell}[layer.__class__]
    given = {"use_bias": layer.bias, "activation": keras_function(layer.activation)}
    return of(plain(layer).units, **given, **_keras_gates(layer))


def _keras_gates(layer: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    if hasattr(layer, "recurrent_activation"):
        found["recurrent_activation"] = keras_function(layer.recurrent_activation)
    if hasattr(layer, "reset_after"):
        found["reset_after"] = layer.reset_after
    return found


def _keras_one_way(layer: Any, steps: bool, backwards: bool = False) -> Any:
    from keras import layers

    given = {"return_sequences": steps, "go_backwards": backwards}
    if isinstance(layer.units, Cell):
        if layer.dropout != ZERO or not layer.bias or layer.activation != "tanh":
            raise NoEquivalentError("the cell has these")
        return layers.RNN(_keras_cell(layer.units), **given)
    of = {RNN: layers.SimpleRNN, LSTM: layers.LSTM, GRU: layers.GRU}[layer.__class__]
    given |= {"use_bias": layer.bias, "activation": keras_function(layer.activation)} | _keras_gates(layer)
    return of(plain(layer).units, dropout=float(plain(layer).dropout), **given)


@FAMILY.keras(RNN, LSTM, GRU)
def keras_recurrent(layer: Recurrent, arriving: Sequence[Sizes]) -> Built:
    """So many layers in a row; all but the last give out every step."""
    from keras import layers

    if getattr(layer, "projection", None) is not None:
        raise RefusedError("Keras has no projection")
    _check_steps(layer, arriving)
    if layer.last and layer.sequences:
        raise RefusedError("every step, or the last one")
    if isinstance(layer.units, Cell) and plain(layer).layers != 1:
        raise RefusedError("an RNN runs one cell, which may be a stack")
    parts = []
    for i in range(plain(layer).layers):
        one = _keras_one_way(layer, bool(layer.sequences) or i < plain(layer).layers - 1)
        parts.append(layers.Bidirectional(one) if layer.bidirectional else one)

    def call(x: Any) -> Any:
        for part in parts:
            x = part(x)
        return x

    return Built(parts, call)


@FAMILY.keras(Bidirectional)
def keras_bidirectional(layer: Any, arriving: Sequence[Sizes]) -> Any:
    from keras import layers

    if layer.merge == "none":
        raise RefusedError("two outputs are a fork here")
    for one in (layer.layer, layer.backward):
        _check_steps(one, arriving)
        if one is not None and (one.bidirectional or plain(one).layers != 1 or getattr(one, "projection", None)):
            raise RefusedError("a single layer is read both ways")
    forward = _keras_one_way(layer.layer, bool(layer.layer.sequences))
    if layer.backward is None:
        return layers.Bidirectional(forward, merge_mode=layer.merge)
    backward = _keras_one_way(layer.backward, bool(layer.backward.sequences), backwards=True)
    return layers.Bidirectional(forward, merge_mode=layer.merge, backward_layer=backward)


def _check_steps(layer: Any, arriving: Sequence[Sizes]) -> None:
    if len(arriving[0]) != 2 and isinstance(getattr(layer, "units", None), Cell):
        raise RefusedError("the RNN of a cell fails when it runs, not before")


# ---------------------------------------------------------------- PyTorch


@FAMILY.torch(RNNCell, LSTMCell, GRUCell)
def torch_one_step(layer: Any, arriving: Sequence[Sizes]) -> Built:
    from torch import nn

    _check_functions(layer)
    of: Any = {RNNCell: nn.RNNCell, LSTMCell: nn.LSTMCell, GRUCell: nn.GRUCell}[layer.__class__]
    more = {"nonlinearity": layer.activation} if isinstance(layer, RNNCell) else {}
    built = of(arriving[0][-1], plain(layer).units, bias=layer.bias, **more)

    def call(x: Any) -> Any:
        found = built(x)
        return found[0] if isinstance(layer, LSTMCell) else found

    return Built((built,), call)


@FAMILY.torch(RNN, LSTM, GRU)
def torch_recurrent(layer: Any, arriving: Sequence[Sizes]) -> Built:
    from torch import nn

    if len(arriving[0]) != 2:
        raise RefusedError("with one axis less the batch would be taken for the steps")
    if isinstance(layer.units, Cell):
        raise NoEquivalentError("PyTorch runs no cell over a sequence")
    _check_functions(layer)
    of: Any = {RNN: nn.RNN, LSTM: nn.LSTM, GRU: nn.GRU}[layer.__class__]
    given = plain(layer)
    more: dict[str, object] = {"nonlinearity": layer.activation} if isinstance(layer, RNN) else {}
    if getattr(layer, "projection", None) is not None:
        more["proj_size"] = given.projection
    built = of(
        arriving[0][-1],
        given.units,
        given.layers,
        bias=layer.bias,
        bidirectional=layer.bidirectional,
        dropout=float(given.dropout),
        batch_first=True,
        **more,
    )

    def call(x: Any) -> Any:
        every = built(x)[0]
        return every[:, -1] if layer.last or layer.sequences is False else every

    return Built((built,), call)


def _check_functions(layer: Any) -> None:
    """PyTorch has no argument for these."""
    if not isinstance(layer, (RNN, RNNCell)) and (layer.activation, layer.recurrent_activation) != ("tanh", "sigmoid"):
        raise RefusedError("the functions are fixed")
    if not getattr(layer, "reset_after", True):
        raise RefusedError("the reset gate comes after the matrix")
