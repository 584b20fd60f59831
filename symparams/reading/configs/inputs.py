"""What flows into a model of a config: its sizes, letters where the config leaves them open."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.errors import Span
from symparams.reading.configs.models import Layer, Model
from symparams.sources import records as r

_SHAPES = ("batch_shape", "batch_input_shape")
_LETTERS = {1: ("T",), 2: ("T",), 3: ("H", "W"), 4: ("D", "H", "W")}  # of open sizes, by the number of axes
_CHANNELS = "C"
_OF_SEQUENCES = frozenset(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed", "MultiHeadAttention"))


class Sizes(NamedTuple):
    """The sizes of an input."""

    sizes: tuple[Formula, ...]  # without the batch axis
    open: tuple[str, ...]  # the letters among them
    at: Span


def sizes_of(layer: Layer, model: Model) -> Sizes:
    """The sizes that a layer takes which is the first to take any."""
    for key in _SHAPES:
        if _is_shape(layer.config.get(key)):
            return _sizes(layer.config[key][1:], layer.config.place(key))
    if _is_shape(layer.config.get("shape")):
        return _sizes(layer.config["shape"], layer.config.place("shape"))
    if _is_shape(model.config.get("build_input_shape")):
        return _sizes(model.config["build_input_shape"][1:], model.config.place("build_input_shape"))
    return _guessed(layer)


def has_sizes(layer: Layer) -> bool:
    """Whether a layer itself says what flows in."""
    return any(_is_shape(layer.config.get(key)) for key in _SHAPES)


def turned(sizes: Sizes) -> Sizes:
    """Channels first -> channels last."""
    if len(sizes.sizes) < 3:
        return sizes
    return sizes._replace(sizes=(*sizes.sizes[1:], sizes.sizes[0]))


def input_call(sizes: Sizes) -> r.Call:
    """`input(28, 28, 1)`."""
    return r.Call("input", tuple(r.Argument(None, size, sizes.at) for size in sizes.sizes), sizes.at)


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(
        size is None or (isinstance(size, int) and not isinstance(size, bool)) for size in value
    )


def _sizes(shape: Any, at: Span) -> Sizes:
    """Known sizes as numbers, open ones as the letters that go with so many axes."""
    letters = iter(_LETTERS.get(len(shape), ()))
    channels = len(shape) - 1 if len(shape) > 1 else None
    found: list[Formula] = []
    for axis, size in enumerate(shape):
        if size is not None:
            found.append(as_formula(size))
        elif axis == channels:
            found.append(Symbol(_CHANNELS))
        else:
            found.append(Symbol(next(letters, f"N_{axis + 1}")))
    return Sizes(tuple(found), tuple(s.name for s in found if isinstance(s, Symbol)), at)


def _guessed(layer: Layer) -> Sizes:
    """The sizes that a layer of this class takes, all open."""
    ranked = re.search(r"([123])D$", layer.kind)
    if layer.kind == "Embedding":
        axes = 1
    elif layer.kind in _OF_SEQUENCES:
        axes = 2
    elif ranked:
        axes = int(ranked[1]) + 1
    else:
        return Sizes((Symbol("n"),), ("n",), layer.at)
    return _sizes([None] * axes, layer.at)
