"""A layer as an exam describes it: its settings, what arrives, which of its kind it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Number, Value
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.exams.describable import axes_of_input, is_neutral
from symparams.exams.values import bound
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.padding import sides
from symparams.layers.recurrent import Recurrent
from symparams.layers.spelling import Spelling
from symparams.model.arguments import NAMED, TOTALS, Argument, arguments_of
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network, Node

# What no number that is asked for depends on; and what is told with another argument.
_UNSAID = ("recurrent_activation", "last", "norm_first", "base")
_UNSAID_ALONE = ("activation", "dropout", "sequences")  # the same of a layer without its network
_SPATIAL = ("padding", "stride", "amount")  # told always
_SWITCHES = ("bias", "sequences", "reset_after", "convbias", "gated", "merge", "by")  # told always, as readers wonder

# How a setting is told: so many of something, a number, a size, sizes each with its axis, amounts at both ends of each
# axis, a word, a function, that something is so or is not, that there is padding, that the stride is as large as the
# window, a layer inside.
Form: TypeAlias = Literal[
    "count", "number", "size", "sizes", "ends", "word", "function", "switch", "padding", "stride", "layer"
]


class LayerEntry(NamedTuple):
    """A layer with its settings."""

    kind: str  # its name in the language, which tells templates what it is
    title: str  # as a heading: Convolution
    settings: tuple[SettingEntry, ...]  # all that have to be told


class SettingEntry(NamedTuple):
    """A setting of a layer."""

    form: Form  # how it is told
    name: str  # of the argument: kernel
    kind: str  # of the layer
    noun: str  # what it is: kernel size
    value: Value | bool | str = 0  # of a count, a number, a word, a function, a switch or padding
    sizes: tuple[Value, ...] = ()  # of sizes
    axes: tuple[str, ...] = ()  # the axes that they belong to, where that has to be said
    pairs: tuple[tuple[Value, Value], ...] = ()  # of ends: before and after, an axis each
    inside: LayerEntry | None = None  # of a layer


class ArrivingEntry(NamedTuple):
    """What a layer is fed."""

    shape: tuple[Value, ...]  # its sizes
    axes: tuple[str, ...]  # what its axes are called
    has_tokens: bool  # whether its numbers stand for words


def described(layer: Layer, x: Incoming, point: Point) -> LayerEntry:
    """A layer of a network with all that can be told of it."""
    layer = layer.meant(x) if isinstance(layer, Spelling) else layer
    if layer.at_each_step is not None or isinstance(layer, ConvLSTM):  # its settings are for what stands at one step
        x = Incoming(x.shape[1:], x.convention, x.is_sequence)
    return LayerEntry(layer.kind, layer.heading, tuple(_settings(layer, x, point, _UNSAID, weights_only=False)))


def settings(node: Node, point: Point, *, weights_only: bool) -> list[SettingEntry]:
    """The settings of a layer that stands alone; with `weights_only` those that numbers of weights depend on."""
    x = node.derived.arriving[0]
    return list(_settings(node.layer, x, point, (*_UNSAID, *_UNSAID_ALONE), weights_only=weights_only))


def _settings(
    layer: Layer, x: Incoming, point: Point, unsaid: tuple[str, ...], *, weights_only: bool
) -> Iterator[SettingEntry]:
    """The arguments that are not at their default, and those that always matter."""
    for argument in arguments_of(type(layer)):
        value = getattr(layer, argument.name)
        if argument.name == "sequences" and isinstance(layer, Recurrent):
            value = layer.every_step(x)
        left_out = argument.name in unsaid or (weights_only and argument.weightless and isinstance(value, bool))
        if not left_out and (value != argument.default or _always(argument, x)):
            yield from _told(layer, argument, value, x, point)


def noun_of(argument: Argument) -> str:
    """What an argument is called in a sentence: filters, kernel size."""
    noun, *more = re.split("[:;,]", argument.meaning)
    is_short = more or noun.startswith("number of ") or noun.count(" ") < 3
    short = noun if is_short else noun.partition(" of ")[0]
    return short if is_short or short.count(" ") < 3 else argument.name.replace("_", " ")


def _always(argument: Argument, x: Incoming) -> bool:
    """Whether an argument is told even where it has its default."""
    if argument.name == "reset_after":
        return x.convention == "keras"  # PyTorch leaves no choice
    return argument.name in (*_SPATIAL, *_SWITCHES) or not is_neutral(argument.default)


def _told(layer: Layer, argument: Argument, value: object, x: Incoming, point: Point) -> Iterator[SettingEntry]:
    noun = noun_of(argument)

    def entry(form: Form, value: Value | bool | str = 0, *, noun: str = noun, **more: object) -> SettingEntry:
        return SettingEntry(form, argument.name, layer.kind, noun, value, **more)  # type: ignore[arg-type]

    if value is None:
        if argument.name == "stride":
            yield entry("stride")
    elif isinstance(value, bool):
        yield entry("switch", value)
    elif argument.kind is NAMED:
        return  # which layer it is, the network says
    elif isinstance(value, Layer):
        yield entry("layer", inside=described(value, x, point))
    elif argument.name == "padding" and isinstance(value, str):
        yield entry("padding", value)
    elif isinstance(value, str):
        yield entry("function" if argument.name in ("activation", "function") else "word", value)
    elif isinstance(value, Formula):
        plural = noun.removeprefix("number of ")
        if plural.endswith("s"):
            yield entry("count", _at(value, point), noun=plural)
        else:
            yield entry("number", _at(value, point))
    elif isinstance(value, tuple) and value:
        yield from _several(entry, argument, value, x, point)
    elif not isinstance(value, tuple):
        yield entry("word", str(value))


def _several(
    entry: Callable[..., SettingEntry], argument: Argument, value: tuple[object, ...], x: Incoming, point: Point
) -> Iterator[SettingEntry]:
    """A setting of several numbers, or of several layers."""
    if isinstance(value[0], Layer):
        for one in value:
            assert isinstance(one, Layer)
            yield entry("layer", inside=described(one, x, point))
    elif argument.kind is TOTALS:
        borders = sides(value, x, "p", "padding")  # type: ignore[arg-type]
        pairs = tuple((_at(side.before, point), _at(side.after, point)) for side in borders)
        yield entry("ends", axes=tuple(side.axis for side in borders), pairs=pairs)
    elif all(isinstance(one, Formula) for one in value):
        yield _sized(entry, argument, tuple(_at(one, point) for one in value if isinstance(one, Formula)), x)
    else:
        yield entry("word", ", ".join("keep" if one is None else shown(one, PLAIN) for one in value))  # type: ignore[arg-type]


def _sized(
    entry: Callable[..., SettingEntry], argument: Argument, sizes: tuple[Value, ...], x: Incoming
) -> SettingEntry:
    """3 × 3 of a kernel; 2 of a stride; 1 (height) and 0 (width) of a padding that is not the same everywhere."""
    if argument.name in ("kernel", "size", "window"):
        sizes *= max(len(x.spatial), 1) if len(sizes) == 1 else 1
        return entry("size", sizes=sizes) if len(sizes) > 1 else entry("number", sizes[0])
    if argument.name in ("shape", "target", "sizes"):
        return entry("size", sizes=sizes)
    if len(set(sizes)) == 1:
        return entry("number", sizes[0])
    names = tuple(name for name in x.axis_names() if name != "channels")
    return entry("sizes", sizes=sizes[: len(names)], axes=names[: len(sizes)])


def _at(value: Formula, point: Point) -> Value:
    """A size with the numbers of a variant."""
    return (
        value.value if isinstance(value, Number) and isinstance(value.value, int) else simplified(bound(value, point))
    )


def arriving(node: Node, point: Point) -> ArrivingEntry:
    """What a layer is fed: 26 × 26 × 32 (height × width × channels); 128 features."""
    shape = tuple(_at(v, point) if isinstance(v, Formula) else v for v in node.derived.arriving[0].shape)
    has_tokens = any(argument.name == "vocabulary" for argument in arguments_of(type(node.layer)))
    return ArrivingEntry(shape, axes_of_input(node.derived), has_tokens)


def place(network: Network, node: Node) -> tuple[int, int]:
    """Which of its kind a layer is, from 1, and how many there are."""
    alike = [n for n in network.nodes if n.layer.heading == node.layer.heading]
    return next(i for i, n in enumerate(alike, 1) if n is node), len(alike)
