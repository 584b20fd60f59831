"""Layers as code of PyTorch: modules, and what is computed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from symparams.algebra.formula import as_formula
from symparams.converters.class_calls import class_call
from symparams.converters.literals import call, literal, plain, plain_fields, short
from symparams.converters.recipes import Makers, NoCounterpartError, Recipe
from symparams.converters.torch_functions import function, module_of
from symparams.layers.activation import Activation, PReLU
from symparams.layers.attention import Attention
from symparams.layers.convolution import Depthwise, Separable
from symparams.layers.dense import Flatten
from symparams.layers.embedding import Positional
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.merging import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from symparams.layers.multihead import MultiHeadAttention
from symparams.layers.normalization import LayerNormalization, RMSNormalization
from symparams.layers.over_axes import OverAxes
from symparams.layers.padding import Cropping, Padding, ZeroPadding
from symparams.layers.param import Param
from symparams.layers.pooling import GlobalAveragePooling, GlobalMaxPooling
from symparams.layers.recurrent import GRU, LSTM, RNN
from symparams.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from symparams.layers.reshaping import Permute, Reshape
from symparams.layers.resizing import Upsampling
from symparams.layers.stacks import Transformer, TransformerEncoderLayer
from symparams.layers.tokens import ClassToken, LayerScale
from symparams.layers.unpooling import MaxUnpooling
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Node

CALLED = "{m0}({x})"
_WITH_ITS_FUNCTION = (  # layers whose function is not one on their output
    *(Activation, FeedForward, GatedFeedForward, RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell),
    *(Transformer, TransformerEncoderLayer),
)
_ASIDE = frozenset(("activation", "sequences", "last", "recurrent_activation", "reset_after"))


def recipe(node: Node) -> Recipe:
    """How PyTorch has a layer, without the function on its output; raises NoCounterpartError."""
    maker = MAKERS.get(type(node.layer))
    called = CALLED if len(node.inputs) == 1 else "{m0}({xs})"
    made = maker(node.layer, node) if maker is not None else Recipe((usual(node.layer, node),), called)
    if not _turns(node.layer, node.derived.arriving):
        return made
    turned = made.called.replace("{x}", "{x}.transpose(1, 2)")
    return made._replace(called=f"{turned}.transpose(1, 2)" if node.derived.is_sequence else turned)


def after(node: Node) -> str:
    """The function that a layer has on its output and PyTorch has behind it."""
    if isinstance(node.layer, _WITH_ITS_FUNCTION):
        return "linear"
    word = getattr(node.layer, "activation", "linear")
    return word if isinstance(word, str) else "linear"


def usual(layer: Layer, node: Node, **more: Any) -> str:
    """The call of the module that the signatures name."""
    text = class_call(layer, "torch", node.derived.arriving, _ASIDE, **more)
    if text is None:
        raise NoCounterpartError
    return f"nn.{text}"


def _turns(layer: Layer, arriving: Sequence[Incoming]) -> bool:
    """Whether a module wants the channels first where ours reads the features of a sequence last."""
    by_channels = layer.reading == "channels" or isinstance(layer, (Cropping, PReLU, Upsampling, ZeroPadding))
    read = next((x.is_sequence for x in arriving if x.is_sequence is not None), False)
    return by_channels and bool(read) and len(arriving[0].shape) == 2


def _activation(layer: Activation, node: Node) -> Recipe:
    return Recipe((module_of(layer.function, plain(layer.settings), len(node.shape)),), CALLED)


def _depthwise(layer: Depthwise, node: Node) -> Recipe:
    """A convolution with a group for each channel."""
    outputs = plain(node.derived.arriving[0].channels) * plain(layer.multiplier)
    return Recipe((_grouped(layer, node, outputs, layer.bias),), CALLED)


def _grouped(layer: Any, node: Node, outputs: int, bias: bool) -> str:
    x = node.derived.arriving[0]
    given = plain_fields(layer)
    more = {name: short(given[name]) for name in ("stride", "padding", "dilation")}
    usual_ones = {"stride": 1, "padding": "valid", "dilation": 1}
    named = {name: value for name, value in more.items() if value != usual_ones[name]}
    named |= {"groups": plain(x.channels)} | ({} if bias else {"bias": False})
    return call(f"nn.Conv{len(x.shape) - 1}d", plain(x.channels), outputs, short(given["kernel"]), **named)


def _separable(layer: Separable, node: Node) -> Recipe:
    x = node.derived.arriving[0]
    wide = plain(x.channels) * plain(layer.multiplier)
    bias = {} if layer.bias else {"bias": False}
    last = call(f"nn.Conv{len(x.shape) - 1}d", wide, plain(layer.filters), 1, **bias)
    return Recipe((_grouped(layer, node, wide, False), last), "{m1}({m0}({x}))")


def _flatten(layer: Flatten, node: Node) -> Recipe:
    given = {"start_dim": layer.start, "end_dim": layer.end}
    usual_ones = {"start_dim": 1, "end_dim": -1}
    return Recipe((call("nn.Flatten", **{k: v for k, v in given.items() if v != usual_ones[k]}),), CALLED)


def _joined(sign: str) -> Any:
    return lambda layer, node: Recipe((), f" {sign} ".join(f"{{x{i}}}" for i in range(len(node.inputs))))


def _pairwise(name: str) -> Any:
    def made(layer: Layer, node: Node) -> Recipe:
        text = "{x0}"
        for i in range(1, len(node.inputs)):
            text = f"torch.{name}({text}, {{x{i}}})"
        return Recipe((), text)

    return made


def _average(layer: Average, node: Node) -> Recipe:
    return Recipe((), f"({' + '.join(f'{{x{i}}}' for i in range(len(node.inputs)))}) / {len(node.inputs)}")


def _concatenated(layer: Concatenate, node: Node) -> Recipe:
    x = node.derived.arriving[0]
    axis = x.channel_axis + 1 if layer.axis is None else layer.axis
    return Recipe((), f"torch.cat([{{xs}}], dim={axis})")


def _reshape(layer: Reshape, node: Node) -> Recipe:
    return Recipe((), f"{{x}}.reshape(len({{x}}), {', '.join(map(literal, plain(layer.target)))})")


def _permute(layer: Permute, node: Node) -> Recipe:
    return Recipe((), f"{{x}}.permute(0, {', '.join(map(str, layer.order))})")


def _global(layer: GlobalAveragePooling, node: Node) -> Recipe:
    name = "amax" if isinstance(layer, GlobalMaxPooling) else "mean"
    axes = range(2, len(node.derived.arriving[0].shape) + 1)
    keep = ", keepdim=True" if layer.keepdims else ""
    return Recipe((), f"{{x}}.{name}({literal(short_axes(axes))}{keep})")


def short_axes(axes: Sequence[int]) -> Any:
    """One axis as a number."""
    return axes[0] if len(axes) == 1 else tuple(axes)


def _sides(layer: Any, node: Node) -> list[tuple[int, int]]:
    """Before and after on each spatial axis."""
    rank = len(node.derived.arriving[0].shape) - 1
    amounts = list(plain(layer.amount))
    if rank == 1 and len(amounts) == 2:
        return [(amounts[0][0], amounts[1][0])]
    if len(amounts) == 2 * rank:  # left, right, top, bottom
        return [(a[0], b[0]) for a, b in zip(amounts[::2], amounts[1::2], strict=True)][::-1]
    return amounts * rank if len(amounts) == 1 else amounts


def _padding(layer: ZeroPadding, node: Node) -> Recipe:
    sides = _sides(layer, node)
    flat = tuple(side for pair in reversed(sides) for side in pair)
    words = {"zeros": "Zero", "reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
    mode = getattr(layer, "mode", "zeros")
    name = words.get(mode, "Constant")
    value = (0.0,) if name == "Constant" else ()
    return Recipe((call(f"nn.{name}Pad{len(sides)}d", short(flat), *value),), CALLED)


def _cropping(layer: Cropping, node: Node) -> Recipe:
    cuts = [f"{before}:{f'-{behind}' if behind else ''}" for before, behind in _sides(layer, node)]
    return Recipe((), f"{{x}}[:, :, {', '.join(cuts)}]")


def _upsampling(layer: Upsampling, node: Node) -> Recipe:
    given = plain_fields(layer)
    mode = {} if layer.mode == "nearest" else {"mode": layer.mode}
    if layer.size is not None:
        return Recipe((call("nn.Upsample", size=short(given["size"]), **mode),), CALLED)
    return Recipe((call("nn.Upsample", scale_factor=short(given["factor"] or (2,)), **mode),), CALLED)


def _recurrent(layer: Any, node: Node) -> Recipe:
    functions = (layer.activation, getattr(layer, "recurrent_activation", "sigmoid"))
    if not isinstance(layer, RNN) and functions != ("tanh", "sigmoid"):
        raise NoCounterpartError
    if not getattr(layer, "reset_after", True):
        raise NoCounterpartError
    more = {"nonlinearity": layer.activation} if isinstance(layer, RNN) and layer.activation != "tanh" else {}
    made = usual(layer, node, batch_first=True, **more)
    only_last = layer.last or layer.sequences is False
    return Recipe((made,), "{m0}({x})[0]" + ("[:, -1]" if only_last else ""))


def _one_step(layer: Any, node: Node) -> Recipe:
    functions = (layer.activation, getattr(layer, "recurrent_activation", "sigmoid"))
    if not isinstance(layer, RNNCell) and functions != ("tanh", "sigmoid"):
        raise NoCounterpartError
    more = {"nonlinearity": layer.activation} if isinstance(layer, RNNCell) and layer.activation != "tanh" else {}
    return Recipe((usual(layer, node, **more),), CALLED + ("[0]" if isinstance(layer, LSTMCell) else ""))


def _attention(layer: Attention, node: Node) -> Recipe:
    given = plain_fields(layer)
    if layer.gate or any(given[name] is not None for name in ("head", "value", "output", "kv", "qkvbias")):
        raise NoCounterpartError
    if layer.qknorm != "none" or layer.rope:
        raise NoCounterpartError
    more = {"add_bias_kv": True} if layer.biaskv else {}
    return _attending(node, given["heads"], layer.bias, given["dropout"] or 0, layer.causal, more)


def _multihead(layer: MultiHeadAttention, node: Node) -> Recipe:
    given = plain_fields(layer)
    heads = given["second"] if given["num_heads"] is None else given["num_heads"]
    more = {"add_bias_kv": True} if layer.add_bias_kv else {}
    return _attending(node, heads, layer.bias, given["dropout"], layer.causal, more)


def _attending(node: Node, heads: int, bias: bool, dropout: float, causal: bool, more: dict[str, Any]) -> Recipe:
    widths = [plain(x.shape[-1]) for x in node.derived.arriving]
    query, key, value = (*widths, widths[-1], widths[-1])[:3]
    given: dict[str, Any] = {"dropout": dropout} if dropout else {}
    given |= {} if bias else {"bias": False}
    given |= more | ({} if (key, value) == (query, query) else {"kdim": key, "vdim": value})
    made = call("nn.MultiheadAttention", query, heads, **given, batch_first=True)
    xs = {1: "{x0}, {x0}, {x0}", 2: "{x0}, {x1}, {x1}", 3: "{x0}, {x1}, {x2}"}[len(node.inputs)]
    if causal:
        memory = "{x0}" if len(node.inputs) == 1 else "{x1}"
        hidden = f"torch.ones({{x0}}.shape[1], {memory}.shape[1], dtype=torch.bool).triu(1)"
        return Recipe((made,), f"{{m0}}({xs}, attn_mask={hidden})[0]")
    return Recipe((made,), f"{{m0}}({xs})[0]")


def _transformer(layer: Layer, node: Node) -> Recipe:
    text = class_call(layer, "torch", node.derived.arriving, batch_first=True)
    if text is None:
        raise NoCounterpartError
    return Recipe((f"nn.{text}",), "{m0}({xs})")


def _feedforward(layer: FeedForward, node: Node) -> Recipe:
    width, hidden = plain(node.shape[-1]), plain(layer.hidden)
    bias = {} if layer.bias else {"bias": False}
    made = (call("nn.Linear", width, hidden, **bias), call("nn.Linear", hidden, width, **bias))
    return Recipe(made, "{m1}(" + function(layer.activation, "{m0}({x})", len(node.shape)) + ")")


def _gated(layer: GatedFeedForward, node: Node) -> Recipe:
    width, hidden = plain(node.shape[-1]), plain(layer.hidden)
    bias = {} if layer.bias else {"bias": False}
    wide = call("nn.Linear", width, hidden, **bias)
    gate = function(layer.activation, "{m0}({x})", len(node.shape))
    return Recipe((wide, wide, call("nn.Linear", hidden, width, **bias)), f"{{m2}}({gate} * {{m1}}({{x}}))")


def _positional(layer: Positional, node: Node) -> Recipe:
    if layer.sinusoidal:
        raise NoCounterpartError
    made = call("nn.Embedding", plain(layer.length), plain(layer.width))
    return Recipe((made,), "{m0}.weight[: {x}.shape[1]].expand(len({x}), -1, -1)")


def _class_token(layer: ClassToken, node: Node) -> Recipe:
    made = f"nn.Parameter(torch.zeros({plain(layer.tokens)}, {plain(node.shape[-1])}))"
    return Recipe((made,), "torch.cat([{m0}.expand(len({x}), -1, -1), {x}], dim=1)")


def _normalized(layer: OverAxes, node: Node) -> Recipe:
    """A normalization over the last axes, whose sizes PyTorch is told."""
    several = -(layer.trailing or (1,))[0]
    shape = tuple(map(as_formula, node.derived.arriving[0].shape[several:])) if layer.shape is None else layer.shape
    return Recipe((usual(replace(layer, shape=shape, trailing=None), node),), CALLED)


def _layer_scale(layer: LayerScale, node: Node) -> Recipe:
    x = node.derived.arriving[0]
    made = f"nn.Parameter(torch.ones({plain(x.channels)}))"
    spread = f".reshape(-1{', 1' * (len(x.shape) - 1)})" if x.channels_first and len(x.shape) > 1 else ""
    return Recipe((made,), f"{{x}} * {{m0}}{spread}")


def _param(layer: Param, node: Node) -> Recipe:
    made = f"nn.Parameter(torch.zeros{literal(plain(layer.shape))})"
    if layer.join is None:
        return Recipe((made,), f"{{m0}}.expand(len({{x}}), {', '.join(['-1'] * len(layer.shape))})")
    x = node.derived.arriving[0]
    if layer.join in ("add", "multiply"):
        missing = len(x.shape) - len(layer.shape)
        spread = "{m0}"
        if x.channels_first and missing:
            spread = f"{{m0}}.reshape{literal(plain(layer.shape) + (1,) * missing)}"
        return Recipe((made,), f"{{x}} {'+' if layer.join == 'add' else '*'} {spread}")
    axis = layer.axis or (2 if x.channels_first and len(x.shape) > 1 else 1)
    numbers = f"{{m0}}.expand(len({{x}}), {', '.join(['-1'] * len(layer.shape))})"
    both = f"{numbers}, {{x}}" if layer.join == "prepend" else f"{{x}}, {numbers}"
    return Recipe((made,), f"torch.cat([{both}], dim={axis})")


def _left_out(layer: Layer, node: Node) -> Recipe:
    """PyTorch wants more than arrives: where the largest values were."""
    raise NoCounterpartError


MAKERS: Makers = {
    Activation: _activation,
    Add: _joined("+"),
    Attention: _attention,
    Average: _average,
    ClassToken: _class_token,
    Concatenate: _concatenated,
    Cropping: _cropping,
    Depthwise: _depthwise,
    FeedForward: _feedforward,
    Flatten: _flatten,
    GatedFeedForward: _gated,
    LayerNormalization: _normalized,
    LayerScale: _layer_scale,
    MaxUnpooling: _left_out,
    Maximum: _pairwise("maximum"),
    Minimum: _pairwise("minimum"),
    MultiHeadAttention: _multihead,
    Multiply: _joined("*"),
    Param: _param,
    Permute: _permute,
    Positional: _positional,
    RMSNormalization: _normalized,
    Reshape: _reshape,
    Separable: _separable,
    Subtract: _joined("-"),
    Upsampling: _upsampling,
    **dict.fromkeys((GlobalAveragePooling, GlobalMaxPooling), _global),
    **dict.fromkeys((GRU, LSTM, RNN), _recurrent),
    **dict.fromkeys((Transformer, TransformerEncoderLayer), _transformer),
    **dict.fromkeys((GRUCell, LSTMCell, RNNCell), _one_step),
    **dict.fromkeys((Padding, ZeroPadding), _padding),
}
