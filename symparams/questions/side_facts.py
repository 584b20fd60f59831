"""What a text asks beside a number and one fact of the network answers: its channels, biases, steps, shared weights."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.errors import SymparamsError
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.embedding import Tied
from symparams.layers.normalization import BatchNormalization
from symparams.layers.recurrent import Recurrent
from symparams.layers.wrapping import TimeDistributed
from symparams.model.derived import known
from symparams.model.network import Network, Node
from symparams.model.provenance import names_read, origin
from symparams.model.sentence import Text
from symparams.questions.state_dicts import embedded
from symparams.reading.side_sentences import Ask

Kind: TypeAlias = Literal[
    "one-hot", "biases", "image", "steps", "wrapped", "last", "freezing", "own matrix", "undone", "idle", "dense"
]

_IMAGE = re.compile(
    r"\brgb\b|\bcolou?rs?\b|\bgr[ae]y(?:scale)?\b|\b(?:input|image|picture|photo)s?\b[^?]*\bchannels?\b", re.I
)
_ONE_HOT = re.compile(r"\bone[\s-]?hot", re.I)
_BIAS = re.compile(
    r"\b(?:no|without|any|an?|where|have|has|its?\s+own)\b[^?,]*\bbias(?:es)?\b|\bare\b[^?,]*\bthe\s+biases\b", re.I
)
_NEEDED = re.compile(r"\b(?:useless|useful|needed|need|necessary|redundant|matter|effect|point|sense)\b", re.I)
_LAST = re.compile(r"\b(?:only|just)\b[^?]*\blast\b|\blast\s+(?:time[\s-]?)?step\s+only", re.I)
_EACH = re.compile(r"\b(?:every|each|all)\s+(?:of\s+)?(?:the\s+)?(?:\d+\s+)?(?:time[\s-]?)?steps?\b", re.I)
_WRAPPED = re.compile(r"time[\s_-]?distributed", re.I)
_FREEZING = re.compile(r"\bfr(?:eez|oze)|\btrainable\s?=\s?False|\brequires_grad", re.I)
_TYING = re.compile(r"\bt(?:ied?|ying)\b|\bshar(?:e[ds]?|ing)\b", re.I)
_UNFROZEN = re.compile(
    r"\b(?:(?:did|do|have|had)(?:\s+not|n['’]t)|never|nothing|not\s+(?:a|any))\b[^.?!]{0,30}\bfr(?:eez|oze)", re.I
)
_DENSE = re.compile(
    r"\b(?:dense|fully[\s-]connected|linear)\b[^?]{0,80}?\b(?:same|equal|identical)\b[^?]{0,40}?"
    r"\b(?:inputs?|outputs?|sizes?|shapes?|dimensions?)\b",
    re.I,
)
_FEW = 3  # layers that read the image: more are not named
_STEPS = ("length", "time steps", "steps", "positions")  # axes along which a sequence goes


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the network that answers a question."""

    ask: Ask  # the sentence that asks
    kind: Kind  # what it is about; "wrapped": a wrapper that is not needed, "own matrix": what sharing one saves
    opening: Literal["", "yes", "no"]  # the word that answers it; "": no word does
    node: Node  # the layer that it is about
    told: Text = ""  # what the layer says of it
    count: Value = 0  # how many biases, channels, steps, parameters or output values
    other: Value = 0  # the channels, or the values, that the layer itself reads
    names: tuple[str, ...] = ()  # the layers that read the image

    @property
    def line(self) -> Formula:
        """How the parameters of a dense layer come out that reads and makes as many values as the layer."""
        return (as_formula(self.other) + 1) * as_formula(self.count)


def facts(
    network: Network, asks: Iterable[Ask], node_of: Callable[[Ask], Node | None], about: Sequence[Node]
) -> Iterator[Fact]:
    """The facts that answer these sentences; `node_of` says about which layer each is, `about` about which the text."""
    for ask in asks:
        if not (ask.is_polar or "?" in ask.text):
            continue
        node = node_of(ask)
        yield from _of_embedding(network, ask)
        yield from _image(network, ask, [*([] if node is None else [node]), *(() if ask.mark else about)])
        yield from _dense(ask, [node for node in network.nodes if len(node.shape) > 1 and node.counts.params != 0])
        if node is not None:
            yield from _biases(ask, node)
            yield from _steps(network, ask, node)
        yield from _freezing(network, ask)
        yield from _tying(network, ask)
        yield from _undone(network, ask)
        yield from _idle(network, ask)


def says_nothing_is_frozen(prose: str) -> bool:
    """Whether somebody says of a network that nothing in it was frozen."""
    return _UNFROZEN.search(prose) is not None


def _opening(ask: Ask, is_so: bool) -> Literal["", "yes", "no"]:
    return "" if not ask.is_polar else "yes" if is_so else "no"


def _of_embedding(network: Network, ask: Ask) -> Iterator[Fact]:
    if _ONE_HOT.search(ask.text):
        nodes = (node for node in network.nodes if "one-hot" in node.layer.asked)
        yield from (Fact(ask, "one-hot", _opening(ask, False), node, node.layer.asked["one-hot"]) for node in nodes)


def _image(network: Network, ask: Ask, nodes: Iterable[Node]) -> Iterator[Fact]:
    """Which layers read the channels of the image, if one that is asked about does not."""
    if not _IMAGE.search(ask.text):
        return
    reading = {one.name: _channels(network, one) for one in network.nodes}
    read = [name for name, (source, _) in reading.items() if source == "input"]
    first = tuple(name for name in read if network.node(name).counts.params)
    weighted = [one for one in nodes if one.derived.counts.params != 0]
    node = next((one for one in weighted if reading[one.name][0] == "layer"), None)
    if node is not None and first and len(first) < _FEW:
        yield Fact(ask, "image", "", node, count=reading[first[0]][1], other=reading[node.name][1], names=first)


def _channels(network: Network, node: Node) -> tuple[str, Value]:
    """Whether the channels that a layer reads are those of an input or of a layer, and how many they are."""
    if len(node.inputs) == 1 and len(node.derived.arriving[0].shape) > 1:
        names = names_read(node.derived)
        if "channels" in names:
            axis = names.index("channels")
            made = origin(network, node, axis)
            is_input = network.node(made.source).layer.inputs == "none"
            return ("input" if is_input else "layer"), node.derived.arriving[0].shape[axis]
    return "", 0


def _dense(ask: Ask, nodes: Sequence[Node]) -> Iterator[Fact]:
    """What a dense layer would take that connects all values which the only convolution reads to all that it makes."""
    if _DENSE.search(ask.text) and len(nodes) == 1:
        made, read = nodes[0].shape, nodes[0].derived.arriving[0].shape
        if all(isinstance(size, int) for size in (*made, *read)):
            yield Fact(ask, "dense", "", nodes[0], count=math.prod(made), other=math.prod(read))


def _biases(ask: Ask, node: Node) -> Iterator[Fact]:
    if ask.about_effect or not _BIAS.search(ask.text) or node.shared is not None:
        return
    count = node.derived.counts.biases
    yield Fact(ask, "biases", "", node, node.layer.asked.get("bias", "") if count == 0 else "", count)


def _steps(network: Network, ask: Ask, node: Node) -> Iterator[Fact]:
    """Whether a layer works at each step, and whether it has to be wrapped for that."""
    if not (ask.is_polar and node.inputs):
        return
    if len(node.derived.arriving[0].shape) == 1 and _LAST.search(ask.text):
        node = _before(network, node)
    if len(node.derived.arriving[0].shape) != 2:
        return
    names, shape = names_read(node.derived), node.shape
    steps = node.derived.arriving[0].shape[0]
    if names[0] not in _STEPS:
        return
    keeps = len(shape) == 2 and shape[0] == steps
    if _WRAPPED.search(ask.text):
        if keeps and _same_when_wrapped(node):
            yield Fact(ask, "wrapped", "no", node, count=steps)
    elif _LAST.search(ask.text):
        is_last = isinstance(node.layer, (Recurrent, Bidirectional)) and len(shape) == 1
        if keeps or is_last:
            yield Fact(ask, "steps" if keeps else "last", _opening(ask, is_last), node, count=steps)
    elif _EACH.search(ask.text) and not ask.about_effect and keeps:
        yield Fact(ask, "steps", _opening(ask, True), node, count=steps)


def _before(network: Network, node: Node) -> Node:
    """The first layer on the way back that reads a sequence; the first one of all where none does."""
    while network.nodes[node.inputs[0]].inputs and len(node.derived.arriving[0].shape) == 1:
        node = network.nodes[node.inputs[0]]
    return node


def _same_when_wrapped(node: Node) -> bool:
    """Whether `TimeDistributed` around a layer changes neither its output nor its parameters."""
    derived = node.derived
    if isinstance(node.layer, TimeDistributed):
        return False
    with suppress(SymparamsError, ValueError, IndexError):
        shapes = tuple(x.shape for x in derived.arriving)
        read = tuple(x.is_sequence for x in derived.arriving)
        wrapped = known(TimeDistributed(node.layer), shapes, derived.convention, derived.facts, read)
        return wrapped.shape == derived.shape and wrapped.counts.params == derived.counts.params
    return False


def _freezing(network: Network, ask: Ask) -> Iterator[Fact]:
    if ask.about_effect and _FREEZING.search(ask.text) and ask.is_polar:
        yield Fact(ask, "freezing", "no", network.nodes[-1])


def _tying(network: Network, ask: Ask) -> Iterator[Fact]:
    """How many parameters a layer would have of its own that uses those of another one."""
    if not (ask.about_effect and (ask.is_polar or ask.is_what) and _TYING.search(ask.text)):
        return
    for node in network.nodes:
        saved: Value = 0
        if isinstance(node.layer, Tied):
            saved = embedded(network, node.layer)
        elif node.shared is not None:
            saved = node.derived.counts.params
        if isinstance(saved, int) and saved:
            opening = "" if ask.is_amount or ask.factor else _opening(ask, ask.wanted != "more")
            yield Fact(ask, "own matrix", opening, node, count=saved)


def _undone(network: Network, ask: Ask) -> Iterator[Fact]:
    """The first layer whose bias a batch normalization behind it subtracts again."""
    if not (_NEEDED.search(ask.text) and re.search(r"\bbias", ask.text, re.I)):
        return
    for index, node in enumerate(network.nodes):
        readers = [one for one in network.nodes if index in one.inputs]
        if hasattr(node.layer, "bias") and readers and all(isinstance(n.layer, BatchNormalization) for n in readers):
            yield Fact(ask, "undone", "", node, names=(readers[0].name,))
            return


def _idle(network: Network, ask: Ask) -> Iterator[Fact]:
    """The first argument of a framework that a sentence names and on which no number depends."""
    for node in network.nodes if ask.about_effect and ask.is_polar else ():
        for called in node.layer.calls:
            for one in called.parameters() if called.framework == node.derived.convention else ():
                if not one.argument and not one.told and "_" in one.name and re.search(rf"\b{one.name}\b", ask.text):
                    yield Fact(ask, "idle", _opening(ask, False), node, names=(one.name,))
                    return
