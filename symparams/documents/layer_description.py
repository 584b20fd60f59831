"""A layer as an exam describes it: its arguments, what arrives, which of its kind it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Value
from symparams.algebra.simplification import simplified
from symparams.exams.describable import is_neutral
from symparams.exams.values import bound
from symparams.model.arguments import Argument, arguments_of
from symparams.model.layer import Incoming
from symparams.model.network import Network, Node

_UNSAID = (
    "activation",
    "recurrent_activation",
    "dropout",
    "sequences",
    "last",
)  # what is asked does not depend on them
_SPATIAL = ("padding", "stride")  # told always

# How an argument is told: so many of something, a number, a size, sizes each with its axis, a flag, a word, or that
# there are biases, that there is padding, that the stride is as large as the window.
Form: TypeAlias = Literal["count", "number", "size", "sizes", "word", "biases", "padding", "stride"]


class ArgumentEntry(NamedTuple):
    """An argument of a layer."""

    form: Form  # count, number, size, sizes, word, biases, padding or stride
    noun: str  # what it is: kernel size
    value: Value | bool | str = 0  # of a count, a number, a word, biases or padding
    sizes: tuple[Value, ...] = ()  # of sizes
    axes: tuple[str, ...] = ()  # the axes that they belong to, where that has to be said


class ArrivingEntry(NamedTuple):
    """What a layer is fed."""

    shape: tuple[Value, ...]  # its sizes
    axes: tuple[str, ...]  # what its axes are called
    has_tokens: bool  # whether its numbers stand for words


def arguments(node: Node, point: Mapping[str, int]) -> list[ArgumentEntry]:
    """The arguments of a layer that are not at their default, and those that always matter."""
    layer, x = node.layer, node.derived.arriving[0]
    given = ((argument, getattr(layer, argument.name)) for argument in arguments_of(type(layer)))
    told = (
        _told(argument, value, x, point)
        for argument, value in given
        if not _is_unsaid(argument, value) and (value != argument.default or _always(argument))
    )
    return [entry for some in told for entry in some]


def _is_unsaid(argument: Argument, value: object) -> bool:
    """Whether what is asked does not depend on an argument."""
    return argument.name in _UNSAID or (argument.weightless and isinstance(value, bool))


def _noun(argument: Argument) -> str:
    """What an argument is called in a sentence: filters, kernel size."""
    noun, *more = re.split("[:;,]", argument.meaning)
    short = noun if more or noun.count(" ") < 3 else noun.partition(" of ")[0]
    return short if short.count(" ") < 3 else argument.name.replace("_", " ")


def _always(argument: Argument) -> bool:
    """Whether an argument is told even where it has its default."""
    return argument.name in _SPATIAL or not is_neutral(argument.default)


def _told(argument: Argument, value: object, x: Incoming, point: Mapping[str, int]) -> Iterator[ArgumentEntry]:
    noun = _noun(argument)
    if value is None:
        if argument.name == "stride":
            yield ArgumentEntry("stride", noun)
    elif argument.name == "bias":
        yield ArgumentEntry("biases", noun, bool(value))
    elif argument.name == "padding" and isinstance(value, str):
        yield ArgumentEntry("padding", noun, value)
    elif isinstance(value, Formula):
        plural = noun.removeprefix("number of ")
        form: Form = "count" if plural.endswith("s") else "number"
        yield ArgumentEntry(form, plural if form == "count" else noun, simplified(bound(value, point)))
    elif isinstance(value, tuple) and all(isinstance(v, Formula) for v in value):
        yield _sizes(argument, noun, tuple(simplified(bound(v, point)) for v in value), x)
    else:
        yield ArgumentEntry("word", noun, str(value))


def _sizes(argument: Argument, noun: str, sizes: tuple[Value, ...], x: Incoming) -> ArgumentEntry:
    """3 × 3 of a kernel; 2 of a stride; 1 (height) and 0 (width) of a padding that is not the same everywhere."""
    if argument.name in ("kernel", "size"):
        sizes *= max(len(x.spatial), 1) if len(sizes) == 1 else 1
        return ArgumentEntry("size", noun, sizes=sizes) if len(sizes) > 1 else ArgumentEntry("number", noun, sizes[0])
    if len(set(sizes)) == 1:
        return ArgumentEntry("number", noun, sizes[0])
    names = tuple(name for name in x.axis_names() if name != "channels")
    return ArgumentEntry("sizes", noun, sizes=sizes[: len(names)], axes=names[: len(sizes)])


def arriving(node: Node, point: Mapping[str, int]) -> ArrivingEntry:
    """What a layer is fed: 26 × 26 × 32 (height × width × channels); 128 features."""
    shape = tuple(simplified(bound(v, point)) if isinstance(v, Formula) else v for v in node.derived.arriving[0].shape)
    has_tokens = any(argument.name == "vocabulary" for argument in arguments_of(type(node.layer)))
    return ArrivingEntry(shape, _axis_names(node), has_tokens)


def _axis_names(node: Node) -> tuple[str, ...]:
    """What the axes of the input are called: features come last where the layer reads them so."""
    x = node.derived.arriving[0]
    out = node.derived.out.axes
    last = (len(out) > 1 and out[-1] == "features") or (node.layer.reading == "features" and "channels" not in out)
    return x.feature_names() if last else x.axis_names()


def place(network: Network, node: Node) -> tuple[int, int]:
    """Which of its kind a layer is, from 1, and how many there are."""
    alike = [n for n in network.nodes if n.layer.title == node.layer.title]
    return next(i for i, n in enumerate(alike, 1) if n is node), len(alike)
