"""Sizes that do not fit, as a message of a framework says: which layer reads them, and which one makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from symparams.algebra.formula import Formula, Number, Product, as_formula
from symparams.errors import SymparamsError
from symparams.layers.dense import Flatten
from symparams.model.network import Network, Node
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.questions.refitted import Setting, refitted
from symparams.reading.mismatches import Mismatch, mismatches
from symparams.reading.reading import Reading
from symparams.sources import records as r
from symparams.sources.language import built


@dataclass(frozen=True, slots=True)
class Misfit:
    """A message about sizes, with the layers of the network that it is about."""

    mismatch: Mismatch  # what the message says
    reader: str | None  # the layer that reads the size; None where two sizes of the same axis differ
    maker: str | None  # the last layer before it that changes the shape, or whose output has the size; None: the input
    argument: str  # which argument of the reader should say it; empty: none does
    diagnosis: Diagnosis | None  # of the size that was expected, as the shape of the maker
    remedy: tuple[str, ...] = ()  # the transposed convolutions whose output padding of 1 gives the size that is missing
    is_free: bool = False  # whether that adds no parameters
    other: int = 0  # the size that is missing, of two on the same axis
    row: Formula | None = None  # how many values a flattening lays out in a row, as a product of the sizes it reads
    settings: tuple[Setting, ...] = ()  # with which the size that was expected would arrive


def misfit(network: Network, reading: Reading) -> Misfit | None:
    """What the first message of a text about sizes means for its network; None where it is about none of its layers."""
    told = next(mismatches(reading.prose), None)
    if told is None:
        return None
    if told.of == "size":
        made = _with_size(network, told)
        if made is None:
            return None
        remedy, is_free = _remedy(network, reading, made, told)
        other = _other(made, told)
        return Misfit(told, None, made.name, "", _of_size(network, made, told), remedy, is_free, other)
    if told.of == "normalized":
        return Misfit(told, None, None, "", None)
    reader = next(_readers(network, told), None)
    if reader is None:
        return None
    argument = next((one for one in _ARGUMENTS if any(f"`{one}`" in repair.what for repair in reading.repairs)), "")
    maker = _maker(network, reader)
    diagnosis = _of_row(network, maker, told)
    if maker is None or not isinstance(maker.layer, Flatten):
        return Misfit(told, reader.name, None if maker is None else maker.name, argument, diagnosis)
    row = Product(tuple(map(as_formula, maker.derived.arriving[0].shape)))
    settings = refitted(network, maker, (told.expected,))
    return Misfit(told, reader.name, maker.name, argument, diagnosis, row=row, settings=settings)


_ARGUMENTS = ("in_features", "in_channels", "num_features", "input_size")


def _readers(network: Network, told: Mismatch) -> Iterator[Node]:
    """The layers with parameters that such a size reaches, with as many outputs as the message says."""
    for node in network.nodes:
        if node.counts.params == 0 or len(node.derived.arriving) != 1:
            continue
        arriving = node.derived.arriving[0].shape
        axis = -1 if told.of == "features" else node.derived.feature_axis
        gives = node.shape[node.derived.feature_axis]
        if told.shape and tuple(arriving) != told.shape:
            continue
        if -len(arriving) <= axis < len(arriving) and arriving[axis] == told.arrives and told.gives in (None, gives):
            yield node


def _maker(network: Network, reader: Node) -> Node | None:
    """The last layer before one that changes the shape; None if that is an input."""
    node = network.nodes[reader.inputs[0]]
    while len(node.inputs) == 1 and network.nodes[node.inputs[0]].shape == node.shape:
        node = network.nodes[node.inputs[0]]
    return node if node.inputs else None


def _with_size(network: Network, told: Mismatch) -> Node | None:
    """The last layer that changes the shape and has one of two sizes on their axis."""
    axis = (told.axis or 0) - 1
    for size in (told.arrives, told.expected):
        for node in reversed(network.nodes):
            changes = len(node.inputs) == 1 and network.nodes[node.inputs[0]].shape != node.shape
            if changes and 0 <= axis < len(node.shape) and node.shape[axis] == size:
                return node
    return None


def _remedy(network: Network, reading: Reading, made: Node, told: Mismatch) -> tuple[tuple[str, ...], bool]:
    """The transposed convolutions that give the other size with an output padding of 1, and whether that is free."""
    axis, other = (told.axis or 0) - 1, _other(made, told)
    names: list[str] = []
    statements = tuple(_padded(one, names) for one in reading.statements)
    with suppress(SymparamsError):
        again = built(statements, reading.source, for_others=True)
        if names and again.node(made.name).shape[axis] == other:
            return tuple(names), again.counts.params == network.counts.params
    return (), False


def _padded(item: Any, names: list[str]) -> Any:
    """A statement whose transposed convolutions with strides have an output padding of 1; `names` gets theirs."""
    match item:
        case r.Named(r.Call(kind, arguments, at) as call, name) if re.search(r"ConvTranspose\dd$", kind):
            given = {one.keyword: one.value for one in arguments}
            stride = given.get("stride", arguments[3].value if len(arguments) > 3 else Number(1))
            if "output_padding" in given or stride == Number(1):
                return item
            names.append(name)
            more = r.Argument("output_padding", Number(1), at)
            return item._replace(item=call._replace(arguments=(*arguments, more)))
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_padded(part, names) for part in item))
        case tuple():
            return tuple(_padded(part, names) for part in item)
    return item


def _of_row(network: Network, maker: Node | None, told: Mismatch) -> Diagnosis | None:
    """What the expected number of features is, as that of a row that the maker lays out."""
    if maker is None or len(maker.shape) != 1:
        return None
    return _typed(network, maker.name, str(told.expected))


def _other(made: Node, told: Mismatch) -> int:
    """The one of two sizes that a layer has not."""
    return told.expected if made.shape[(told.axis or 0) - 1] == told.arrives else told.arrives


def _of_size(network: Network, made: Node, told: Mismatch) -> Diagnosis | None:
    """What the other size is, as that of all axes that have this one."""
    axis = (told.axis or 0) - 1
    here, other = made.shape[axis], _other(made, told)
    sizes = [other if size == here else size for size in made.shape]
    return _typed(network, made.name, " x ".join(map(str, sizes)))


def _typed(network: Network, layer: str, text: str) -> Diagnosis | None:
    with suppress(SymparamsError):
        found = Diagnostician(network).typed(layer, "shape", text)
        own = tuple(match for match in found.matches if not match.way)  # what comes from layers before it is a guess
        return replace(found, matches=own) if own else None
    return None
