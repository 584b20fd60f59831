"""What stands in the box of a layer: what it is, with the arguments that readers look for, its output, its count."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.layers.activation import FUNCTIONS
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer, Shape
from symparams.model.network import Node

# How the field abbreviates what a heading spells out, by the name in the language.
_SHORT = {
    "conv": "Conv",
    "depthwise": "Depthwise conv",
    "separable": "Separable conv",
    "tconv": "Transposed conv",
    "locallyconnected": "Locally connected",
    "dense": "Dense",
    "bn": "BN",
    "ln": "Layer norm",
    "rmsnorm": "RMS norm",
    "groupnorm": "Group norm",
    "instancenorm": "Instance norm",
    "lrn": "Local response norm",
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn": "RNN",
    "convlstm": "ConvLSTM",
    "ffn": "Feed-forward",
    "gatedffn": "Gated feed-forward",
    "globalavgpool": "Global average pool",
    "globalmaxpool": "Global max pool",
    "maxpool": "Max pool",
    "avgpool": "Average pool",
    "adaptiveavgpool": "Adaptive average pool",
    "adaptivemaxpool": "Adaptive max pool",
    "tied": "Tied output",
    "rope": "Rotary embedding",
    "layerscale": "Layer scale",
    "prelu": "PReLU",
    "glu": "GLU",
    "bidirectional": "Bidirectional",
    "timedistributed": "Time-distributed",
}
# How an argument is worded; those that are not here stand in no box.
_WORDING = {
    "kernel": "{}",
    "size": "{}",
    "window": "{}",
    "factor": "{}",
    "stride": "stride {}",
    "dilation": "dilation {}",
    "groups": "{} groups",
    "multiplier": "multiplier {}",
    "heads": "{} heads",
    "num_heads": "{} heads",
    "num_query_heads": "{} heads",
    "kv": "{} for keys",
    "hidden": "hidden {}",
    "experts": "{} experts",
    "top": "top {}",
    "layers": "{} layers",
    "rate": "{}",
    "rank": "rank {}",
}
_SIZES = ("kernel", "size", "window", "factor")  # which are written along every axis: 3 × 3
_SWITCHES = ("causal", "bidirectional")  # which are named where they are on
_ACTIVATION = "activation"
_NONE = "linear"  # the activation that does nothing


def titles_of(nodes: Sequence[Node], main: Node, others: Sequence[Node] = ()) -> list[str]:
    """What the layers of a box are, in their order; padding before a convolution is told behind it.

    `others` are further layers that the main one stands for, whose sizes may differ.
    """
    titles: list[str] = []
    last: list[str] = []
    for node in nodes:
        if node is main:
            titles += [*_headings([node, *others]), *last]
        elif node.layer.family == "Shape":
            last += _padding(node.layer)
        else:
            titles.append(name_of(node.layer))
    return titles


def _padding(layer: Layer) -> list[str]:
    """Padding 3, where it is the same everywhere; else only that there is some."""
    amounts = {number(one) for side in getattr(layer, "amount", ()) for one in side if isinstance(one, Formula)}
    return [f"padding {next(iter(amounts))}" if len(amounts) == 1 else "padding"]


def _headings(nodes: Sequence[Node]) -> list[str]:
    """What layers are: Conv 3 × 3, stride 2, ReLU, each by itself; what differs is told of all."""
    every = [_details(node) for node in nodes]
    names = list(dict.fromkeys(name for details in every for name in details))
    worded: list[str] = []
    for name in names:
        texts = list(dict.fromkeys(details.get(name, "1") for details in every))
        worded.append(_WORDING.get(name, "{}").format(_one_of(texts)))
    name = name_of(nodes[0].layer)
    if names and names[0] in _SIZES and " × " in worded[0]:
        return [f"{name} {worded[0]}", *worded[1:]]
    if names and names[0] in _SIZES:
        worded[0] = f"{'kernel' if names[0] == 'kernel' else 'size'} {worded[0]}"
    return [name, *worded]


def _one_of(texts: Sequence[str]) -> str:
    """2; 1 or 2; 64–1,024, from the least to the most."""
    if len(texts) < 3:
        return " or ".join(sorted(texts))
    numbers = {text: text.replace(",", "") for text in texts}
    if not all(digits.isdecimal() for digits in numbers.values()):
        return f"{texts[0]}–{texts[-1]}"
    ordered = sorted(texts, key=lambda text: int(numbers[text]))
    return f"{ordered[0]}–{ordered[-1]}"


def name_of(layer: Layer) -> str:
    """What a kind of layer is called in a figure: the field's short form, a function, or its heading."""
    function = getattr(layer, "function", None)
    if isinstance(function, str):
        return function_name(function)
    inside = getattr(layer, "layer", None)
    short = _SHORT.get(layer.names[0] if layer.names else "", layer.heading or layer.kind)
    return f"{short} {name_of(inside)}" if isinstance(inside, Layer) else short


def function_name(word: str) -> str:
    """An activation as the frameworks spell it: ReLU."""
    return next(iter(FUNCTIONS.get(word, ())), word)


def _details(node: Node) -> dict[str, str]:
    """What is told of the arguments of a layer, by their names; sizes of windows first."""
    found: dict[str, str] = {}
    layer = node.layer
    for argument in sorted(arguments_of(type(layer)), key=lambda a: a.name not in _SIZES):
        value = getattr(layer, argument.name)
        if argument.name in _SWITCHES and value is True:
            found[argument.name] = argument.name
        elif argument.name == _ACTIVATION and isinstance(value, str) and value != _NONE:
            found[argument.name] = function_name(value)
        elif argument.name in _SIZES or (argument.name in _WORDING and value != argument.default):
            sizes = (value,) if isinstance(value, Formula) else value
            if isinstance(sizes, tuple) and sizes and all(isinstance(one, Formula) for one in sizes):
                found[argument.name] = _sizes_of(argument.name, sizes, node)
    return found


def _sizes_of(name: str, sizes: tuple[Formula, ...], node: Node) -> str:
    """Sizes along all axes: 3 × 3 of a kernel, 2 of a stride that is the same everywhere."""
    if name in _SIZES:
        axes = len(node.derived.arriving[0].spatial) if node.derived.arriving else 1
        sizes *= max(axes, 1) if len(sizes) == 1 else 1
    elif len(set(sizes)) == 1:
        sizes = sizes[:1]
    return " × ".join(map(_known, sizes))


def _known(value: Formula) -> str:
    """The number that an argument is, or its formula."""
    known = number(value)
    return shown(value, PLAIN) if known is None else f"{known:,}" if isinstance(known, int) else str(float(known))


def written(value: Value) -> str:
    """A number with its groups, or a formula in plain text."""
    return f"{value:,}" if isinstance(value, int) else shown(as_formula(value), PLAIN)


def shape_text(shape: Shape) -> str:
    """112 × 112 × 64; a sum among the sizes stands in brackets."""
    return " × ".join(_bracketed(written(size)) if len(shape) > 1 else written(size) for size in shape)


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text and not text.startswith(("⌊", "⌈")) else text


def shapes_text(shapes: Sequence[Shape]) -> str:
    """The shape of several copies; where a size differs, the least and the most: 56 × 56 × 96–256."""
    first = shapes[0]
    if all(shape == first for shape in shapes) or any(len(shape) != len(first) for shape in shapes):
        return shape_text(first)
    return " × ".join(_sizes_text(sizes, len(first)) for sizes in zip(*shapes, strict=True))


def _sizes_text(sizes: Sequence[Value], axes: int) -> str:
    if all(size == sizes[0] for size in sizes) or not all(isinstance(size, int) for size in sizes):
        return shape_text((sizes[0],)) if axes == 1 else _bracketed(written(sizes[0]))
    known = [size for size in sizes if isinstance(size, int)]
    return f"{min(known):,}–{max(known):,}"
