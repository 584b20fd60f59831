"""Layers as code of Keras: those that its signatures do not say alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symparams.converters.class_calls import KERAS_FUNCTIONS, class_call
from symparams.converters.literals import call, plain, plain_fields, short
from symparams.converters.recipes import Makers, NoCounterpartError, Recipe
from symparams.layers.activation import Activation
from symparams.layers.attention import Attention
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.cell import Cell
from symparams.layers.contraction import Dot
from symparams.layers.convolution import Convolution, Depthwise, Separable
from symparams.layers.dense import Flatten
from symparams.layers.einsum import EinsumDense
from symparams.layers.embedding import Positional
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.fixed_normalization import Normalization, SpectralNormalization
from symparams.layers.locally_connected import LocallyConnected
from symparams.layers.merging import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from symparams.layers.multihead import GroupedQueryAttention, MultiHeadAttention
from symparams.layers.padding import Cropping, ZeroPadding
from symparams.layers.param import Param
from symparams.layers.pooling import AveragePooling, MaxPooling
from symparams.layers.preprocessing import Augmentation, Lookup
from symparams.layers.recurrent import GRU, LSTM, RNN, Recurrent
from symparams.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from symparams.layers.scores import AdditiveAttention
from symparams.layers.stacked_cells import StackedCells
from symparams.layers.tokens import LayerScale
from symparams.layers.wrapping import TimeDistributed
from symparams.model.derived import known
from symparams.model.layer import Layer
from symparams.model.network import Node

_UNNAMED = ("softmin", "threshold", "rrelu")  # functions that no word of Keras stands for
_LISTED = "[{xs}]"


def recipe(node: Node) -> Recipe:
    """How Keras has a layer; raises NoCounterpartError."""
    layer = node.layer
    for name in ("activation", "recurrent_activation", "function"):
        if getattr(layer, name, "") in _UNNAMED:
            raise NoCounterpartError
    special = MAKERS.get(type(layer))
    return special(layer, node) if special is not None else Recipe((usual(layer, node),))


def usual(layer: Layer, node: Node, **more: Any) -> str:
    """The call of the class that the signatures name."""
    text = class_call(layer, "keras", node.derived.arriving, **more)
    if text is None:
        raise NoCounterpartError
    return f"layers.{text}"


def _rank(node: Node) -> int:
    return len(node.derived.arriving[0].shape) - 1


def _activation(layer: Activation, node: Node) -> Recipe:
    """`Activation("relu")`, or the class of a function that takes a number."""
    if any(not isinstance(one, str) for one in layer.settings):
        return Recipe((usual(layer, node),))
    word = KERAS_FUNCTIONS.get(layer.function, layer.function)
    return Recipe((call("layers.Activation", word),))


def _sliding(layer: Any, node: Node) -> Recipe:
    """Keras takes a word as padding; numbers are a layer of zeros before it."""
    if isinstance(layer.padding, str):
        return Recipe((usual(layer, node),))
    zeros = call(f"layers.ZeroPadding{_rank(node)}D", short(plain(layer.padding)))
    return Recipe((zeros, usual(replace(layer, padding="valid"), node)), weighted=1)


def _flatten(layer: Flatten, node: Node) -> Recipe:
    if (layer.start, layer.end) == (1, -1):
        return Recipe(("layers.Flatten()",))
    return Recipe((call("layers.Reshape", plain(node.shape)),))


def _merged(layer: Layer, node: Node) -> Recipe:
    return Recipe((usual(layer, node),), _LISTED)


def _scored(layer: AdditiveAttention, node: Node) -> Recipe:
    """Queries and values in a list, though they be the same."""
    return Recipe((usual(layer, node),), _LISTED if len(node.inputs) > 1 else "[{x}, {x}]")


def _border(layer: ZeroPadding | Cropping, node: Node) -> Recipe:
    """One amount; or before and after on each axis."""
    rank = _rank(node)
    word = "Cropping" if isinstance(layer, Cropping) else "ZeroPadding"
    amounts = plain(layer.amount)
    if rank == 1 and len(amounts) == 2:
        amounts = ((amounts[0][0], amounts[1][0]),)
    amounts = amounts * rank if len(amounts) == 1 else amounts
    if getattr(layer, "mode", "zeros") not in ("zeros", "constant") or len(amounts) != rank:
        raise NoCounterpartError
    if all(before == after for before, after in amounts):
        amounts = short(tuple(before for before, _ in amounts))
    elif rank == 1:
        amounts = amounts[0]
    return Recipe((call(f"layers.{word}{rank}D", amounts),))


def _called(node: Node, made: str, causal: bool) -> Recipe:
    """Query and value, or query, value and key, in the order of Keras."""
    ways = {1: "{x0}, {x0}", 2: "{x0}, {x1}", 3: "{x0}, {x2}, {x1}"}
    return Recipe((made,), ways[len(node.inputs)], "use_causal_mask=True" if causal else "")


def _attention(layer: Attention, node: Node) -> Recipe:
    given, width = plain_fields(layer), plain(node.derived.arriving[0].shape[-1])
    if layer.biaskv or layer.qkvbias is not None or layer.qknorm != "none" or layer.rope:
        raise NoCounterpartError
    more = {} if layer.bias else {"use_bias": False}
    more |= {"dropout": given["dropout"]} if given["dropout"] else {}
    more |= {"use_gate": True} if layer.gate else {}
    head = given["head"] or width // given["heads"]
    if given["kv"] is not None:
        if given["value"] is not None or given["output"] is not None or _rank(node) > 1:
            raise NoCounterpartError
        made = call("layers.GroupQueryAttention", head, given["heads"], given["kv"], **more)
        return _called(node, made, layer.causal)
    sizes = {"value_dim": given["value"], "output_shape": given["output"]}
    more |= {name: size for name, size in sizes.items() if size is not None}
    return _called(node, call("layers.MultiHeadAttention", given["heads"], head, **more), layer.causal)


def _multihead(layer: MultiHeadAttention, node: Node) -> Recipe:
    given = plain_fields(layer)
    heads = given["first"] if given["num_heads"] is None else given["num_heads"]
    width = given["second"] if given["key_dim"] is None else given["key_dim"]
    names = {"value_dim": None, "output_shape": None, "use_gate": False, "dropout": 0, "bias": True}
    more = {"use_bias" if k == "bias" else k: given[k] for k, usual_value in names.items() if given[k] != usual_value}
    return _called(node, call("layers.MultiHeadAttention", heads, width, **more), layer.causal)


def _grouped(layer: GroupedQueryAttention, node: Node) -> Recipe:
    if _rank(node) > 1:
        raise NoCounterpartError
    return _called(node, usual(layer, node), layer.causal)


def _einsum(layer: EinsumDense, node: Node) -> Recipe:
    sizes = plain(node.shape)
    word = KERAS_FUNCTIONS.get(layer.activation, layer.activation)
    more = {} if word == "linear" else {"activation": word}
    more |= {"bias_axes": layer.bias_axes} if layer.bias_axes else {}
    return Recipe((call("layers.EinsumDense", layer.equation, sizes[0] if len(sizes) == 1 else sizes, **more),))


def _feedforward(layer: FeedForward, node: Node) -> Recipe:
    """Two dense layers."""
    more = {} if layer.bias else {"use_bias": False}
    function = (
        {} if layer.activation == "linear" else {"activation": KERAS_FUNCTIONS.get(layer.activation, layer.activation)}
    )
    wide = call("layers.Dense", plain(layer.hidden), **function, **more)
    return Recipe((wide, call("layers.Dense", plain(node.shape[-1]), **more)))


def _gated(layer: GatedFeedForward, node: Node) -> Recipe:
    """One dense layer multiplied by another with a function, and a third behind them."""
    more = {} if layer.bias else {"use_bias": False}
    word = KERAS_FUNCTIONS.get(layer.activation, layer.activation)
    gate = call("layers.Dense", plain(layer.hidden), activation=word, **more)
    wide = call("layers.Dense", plain(layer.hidden), **more)
    last = call("layers.Dense", plain(node.shape[-1]), **more)
    return Recipe((gate, wide, last), "{m2}(layers.Multiply()([{m0}({x}), {m1}({x})]))")


def _layer_scale(layer: LayerScale, node: Node) -> Recipe:
    return Recipe((call("Learned", (plain(node.shape[-1]),), "multiply"),), helper="Learned")


def _inside(node: Node, layer: Layer, shape: tuple[Any, ...]) -> Recipe:
    """A layer that another one wraps, on the shape that arrives there."""
    derived = node.derived
    inner = known(layer, (shape,), derived.convention, derived.facts, (None,), False)
    found = recipe(replace(node, derived=inner))
    if found.called != "{x}" or found.more or not found.made:
        raise NoCounterpartError
    return found


def _over_time(layer: TimeDistributed, node: Node) -> Recipe:
    found = _inside(node, layer.layer, node.derived.arriving[0].shape[1:])
    return found._replace(made=tuple(f"layers.TimeDistributed({text})" for text in found.made))


def _spectral(layer: SpectralNormalization, node: Node) -> Recipe:
    found = _inside(node, layer.layer, node.derived.arriving[0].shape)
    if len(found.made) != 1:
        raise NoCounterpartError
    return found._replace(made=(f"layers.SpectralNormalization({found.made[0]})",))


def _param(layer: Param, node: Node) -> Recipe:
    axis = {} if layer.axis is None else {"axis": layer.axis}
    return Recipe((call("Learned", plain(layer.shape), layer.join, **axis),), helper="Learned")


def _positional(layer: Positional, node: Node) -> Recipe:
    if layer.sinusoidal:
        raise NoCounterpartError
    return Recipe((call("Positions", plain(layer.length), plain(layer.width)),), helper="Positions")


def _cell(cell: Any) -> str:
    if isinstance(cell, StackedCells):
        return f"layers.StackedRNNCells([{', '.join(map(_cell, cell.cells))}])"
    of = {RNNCell: "SimpleRNNCell", LSTMCell: "LSTMCell", GRUCell: "GRUCell"}[type(cell)]
    return call(f"layers.{of}", plain(cell.units), **_settings(cell))


def _settings(layer: Any) -> dict[str, Any]:
    """What differs from the usual in a recurrent layer or a cell."""
    usual_ones = {
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "bias": True,
        "reset_after": True,
        "dropout": 0,
    }
    found = {name: plain(getattr(layer, name)) for name in usual_ones if hasattr(layer, name)}
    spelled = {name: KERAS_FUNCTIONS.get(v, v) if isinstance(v, str) else v for name, v in found.items()}
    return {"use_bias" if n == "bias" else n: v for n, v in spelled.items() if found[n] != usual_ones[n]}


def _one_step(layer: Any, node: Node) -> Recipe:
    """A cell is called with its states, which are zeros here; an LSTM has two."""
    zeros = f"ops.repeat(ops.zeros_like({{x}}[:, :1]), {plain(layer.units)}, 1)"
    states = ", ".join([zeros] * (2 if isinstance(layer, LSTMCell) else 1))
    return Recipe((usual(layer, node),), f"{{m0}}({{x}}, [{states}])[0]")


def _one_way(layer: Any, steps: bool, backwards: bool = False) -> str:
    more = _settings(layer) | ({"return_sequences": True} if steps else {})
    more |= {"go_backwards": True} if backwards else {}
    if isinstance(layer.units, Cell):
        more.pop("dropout", None)
        given = "".join(f", {name}={value!r}" for name, value in more.items())
        return f"layers.RNN({_cell(layer.units)}{given})"
    of = {RNN: "SimpleRNN", LSTM: "LSTM", GRU: "GRU"}[type(layer)]
    return call(f"layers.{of}", plain(layer.units), **more)


def _recurrent(layer: Recurrent, node: Node) -> Recipe:
    """So many layers in a row; all but the last give out every step."""
    if getattr(layer, "projection", None) is not None:
        raise NoCounterpartError
    count = plain(layer.layers)
    ways = [_one_way(layer, bool(layer.sequences) or i < count - 1) for i in range(count)]
    return Recipe(tuple(f"layers.Bidirectional({way})" if layer.bidirectional else way for way in ways))


def _bidirectional(layer: Bidirectional, node: Node) -> Recipe:
    if layer.merge == "none":
        raise NoCounterpartError
    forward: Any = layer.layer
    backward: Any = layer.backward
    given = [_one_way(forward, bool(forward.sequences))]
    given += [] if layer.merge == "concat" else [f'merge_mode="{layer.merge}"']
    if backward is not None:
        given.append(f"backward_layer={_one_way(backward, bool(backward.sequences), backwards=True)}")
    return Recipe((f"layers.Bidirectional({', '.join(given)})",))


def _normalization(layer: Normalization, node: Node) -> Recipe:
    fixed = {"mean": 0.0, "variance": 1.0} if layer.fixed else {}
    axis = short(layer.axis)
    return Recipe((call("layers.Normalization", **({} if axis == -1 else {"axis": axis}), **fixed),))


def _left_out(layer: Layer, node: Node) -> Recipe:
    """Keras 3 does not have it, or not without a choice that the layer leaves open."""
    raise NoCounterpartError


MAKERS: Makers = {
    AdditiveAttention: _scored,
    Activation: _activation,
    Attention: _attention,
    Bidirectional: _bidirectional,
    Cropping: _border,
    FeedForward: _feedforward,
    EinsumDense: _einsum,
    GatedFeedForward: _gated,
    GroupedQueryAttention: _grouped,
    Lookup: _left_out,
    LayerScale: _layer_scale,
    LocallyConnected: _left_out,
    Augmentation: _left_out,
    Flatten: _flatten,
    MultiHeadAttention: _multihead,
    Normalization: _normalization,
    Param: _param,
    Positional: _positional,
    SpectralNormalization: _spectral,
    TimeDistributed: _over_time,
    ZeroPadding: _border,
    **dict.fromkeys((AveragePooling, Convolution, Depthwise, MaxPooling, Separable), _sliding),
    **dict.fromkeys((Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract), _merged),
    **dict.fromkeys((GRU, LSTM, RNN), _recurrent),
    **dict.fromkeys((GRUCell, LSTMCell, RNNCell), _one_step),
}

HELPERS = {
    "Learned": '''class Learned(layers.Layer):
    """Learned numbers, the same for every example, joined with what arrives."""

    def __init__(self, shape, join, axis=1, **more):
        super().__init__(**more)
        self.sizes, self.join, self.axis = shape, join, axis

    def build(self, arriving):
        self.numbers = self.add_weight(shape=self.sizes, name="numbers")

    def call(self, x):
        if self.join in ("add", "multiply"):
            return x + self.numbers if self.join == "add" else x * self.numbers
        numbers = ops.broadcast_to(self.numbers, (ops.shape(x)[0], *self.sizes))
        if self.join is None:
            return numbers
        return ops.concatenate([numbers, x] if self.join == "prepend" else [x, numbers], self.axis)
''',
    "Positions": '''class Positions(layers.Layer):
    """A learned vector for each position."""

    def __init__(self, length, width, **more):
        super().__init__(**more)
        self.sizes = (length, width)

    def build(self, arriving):
        self.vectors = self.add_weight(shape=self.sizes, name="vectors")

    def call(self, x):
        length = x.shape[1]
        return ops.broadcast_to(self.vectors[:length], (ops.shape(x)[0], length, self.sizes[1]))
''',
}
