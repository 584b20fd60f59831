"""Where the sizes that arrive at a layer come from: which layer makes each, of what, and which layers pass it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from symparams.algebra.formula import Formula, Product, Sum, Symbol, Value, symbols
from symparams.algebra.simplification import simplified
from symparams.model.derived import Derived
from symparams.model.layer import Incoming, Reading
from symparams.model.marked_rules import (
    Mark,
    argument_in,
    mark_of,
    marks_in,
    marks_passed,
    named_marks,
    sizes_made,
    values_put_in,
)
from symparams.model.network import Network, Node

# How a layer makes a size. argument: one of its arguments says how large it is; sum: it puts sizes side by side; rule:
# it works it out of sizes that arrive at it; branches: all its branches have that size; data: it is what comes in.
Making: TypeAlias = Literal["argument", "sum", "rule", "branches", "data"]


@dataclass(frozen=True, slots=True)
class Share:
    """An equal share of a size: 24 units in each direction."""

    size: Value  # how many
    word: str  # of what: units
    each: str  # where each share is: "in each direction"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a size of what arrives at a layer comes from."""

    axis: str  # what it is there: channels, features, height …
    size: Value  # how large it is there
    passing: int  # how many layers pass it on as it is
    through: tuple[str, ...]  # their names in the order of the data; of more than four the first two and the last
    source: str  # the layer that makes it
    is_only_input: bool  # whether that is the only input of the network
    made: Making  # how that layer makes it
    number: Value  # how large it is behind that layer: in copy i of it, where sizes change
    word: str  # what that layer has so many of: filters; the axis of its output, where no argument says so
    argument: str  # which of its arguments says so, by its keyword: filters; empty: none does
    share: Share | None  # where it is the same several times
    rule: Formula  # how it comes out, values put in: 12·12·63
    is_product: bool  # whether it is nothing but sizes that arrive there, multiplied
    parts: tuple[Origin, ...]  # the sizes that it is made of, where it is channels or features
    further: tuple[Origin, ...]  # where later copies have it from, if the layer or one that passes it on has copies
    copy: Literal["", "before", "last"]  # which copy of the source is meant; empty: it has only one, or the same


def origins(network: Network, node: Node) -> tuple[Origin, ...]:
    """Where each size comes from that arrives at a layer, in the order of its inputs and of their axes."""
    arriving = enumerate(node.derived.arriving)
    return tuple(origin(network, node, axis, i) for i, x in arriving for axis in range(len(x.shape)))


def origin(network: Network, node: Node, axis: int, among: int = 0) -> Origin:
    """Where one size comes from: that of an axis of one of the inputs."""
    known, place = _known_before.setdefault(network, {}), _Place(network.index(node.name), among, axis)
    if place not in known:
        known[place] = _of(network, place)
    return known[place]


def symbol_origin(network: Network, node: Node, symbol: Symbol) -> Origin | None:
    """Where the size comes from that a symbol of the rules of a layer stands for; none for its own sizes."""
    place = named_marks(node.derived).get(symbol.name) if symbol.incoming else None
    return None if place is None else origin(network, node, place.axis, place.among)


def names_read(derived: Derived, among: int = 0) -> tuple[str, ...]:
    """What the axes of what arrives are for a layer, as it reads them."""
    x, at_each_step = derived.arriving[among], derived.layer.at_each_step
    if at_each_step is not None:
        return "time steps", *_names(Incoming(x.shape[1:], x.convention), at_each_step)
    if len(x.shape) == 1 and len(derived.shape) > 1 and marks_passed(derived)[0] == Mark(among, 0):
        return (derived.rules.output[0].name,)  # the tokens of an embedding are a length
    return _names(x, derived.layer.reading)


def _names(x: Incoming, reading: Reading) -> tuple[str, ...]:
    names = list(x.feature_names() if reading == "features" else x.axis_names())
    if reading == "features" and len(names) == 2:
        names[-1] = "features"
    if reading == "channels" and len(names) > 1:
        names[x.channel_axis] = "channels"
    return tuple(names)


def names_meant(network: Network, node: Node) -> tuple[str, ...]:
    """What the axes are called of data that comes in: as the first layer has them that says what they are."""
    behind = {network.index(node.name)}
    for index, reader in enumerate(network.nodes):
        for among, feeding in enumerate(reader.inputs):
            if feeding not in behind:
                continue
            if reader.layer.reading in ("channels", "features"):
                return names_read(reader.derived, among)
            if [mark_of(size) for size in sizes_made(reader.derived)] == [
                Mark(among, i) for i in range(len(node.shape))
            ]:
                behind.add(index)
    return node.derived.leaving.axis_names()


class _Place(NamedTuple):
    """A size that arrives at a layer."""

    at: int  # the index of the layer
    among: int  # which of its inputs
    axis: int  # of that input


class _Entry(NamedTuple):
    """What later copies of a bracket read where the first one reads what stands before it."""

    start: int  # the first layer of the bracket
    end: int  # its last layer, which they read
    axis: int  # of its output


class _Made(NamedTuple):
    """A size where a layer makes it."""

    at: int  # the index of the layer
    axis: int  # of its output
    passing: int = 0  # how many layers pass it on from there
    first: tuple[str, ...] = ()  # the names of the first four of them, in the order of the data
    last: str = ""  # and of the last
    entries: tuple[_Entry, ...] = ()  # the brackets that it is passed into, the innermost first

    @property
    def through(self) -> tuple[str, ...]:
        return self.first if self.passing <= _NAMED else (*self.first[:2], self.last)


_NAMED = 4  # so many layers that pass a size on are all named

_known_before: WeakKeyDictionary[Network, dict[_Place, Origin]] = WeakKeyDictionary()
_followed_before: WeakKeyDictionary[Network, dict[tuple[int, int], _Made]] = WeakKeyDictionary()


def _of(network: Network, place: _Place, depth: int = 0) -> Origin:
    node = network.nodes[place.at]
    axis, size = names_read(node.derived, place.among)[place.axis], node.derived.arriving[place.among].shape[place.axis]
    made = _passed_into(_followed(network, node.inputs[place.among], place.axis), network, place)
    first = _made(network, made, axis, size, depth)
    source = network.nodes[made.at]
    inside = source.brackets != node.brackets[: len(source.brackets)]
    further = () if depth else tuple(_further(network, made, axis, size))
    return replace(first, further=further, copy="last" if inside else "")


def _further(network: Network, first: _Made, axis: str, size: Value) -> Iterator[Origin]:
    """Where later copies have a size from, the innermost bracket first."""
    for entry in first.entries:
        made = _followed(network, entry.end, entry.axis)
        if (made.at, made.axis) != (first.at, first.axis):
            yield replace(_made(network, made, axis, size, 1), copy="before")


def _followed(network: Network, index: int, axis: int) -> _Made:
    """Back from the output of a layer to the layer that makes the size along an axis of it."""
    known = _followed_before.setdefault(network, {})
    trail: list[tuple[_Place, int]] = []  # the sizes that are passed on, each with the axis that it becomes
    while (index, axis) not in known:
        node = network.nodes[index]
        mark = _passed(node)[axis]
        if mark is None or _joins(node, axis):
            known[index, axis] = _Made(index, axis)
        else:
            trail.append((_Place(index, *mark), axis))
            index, axis = node.inputs[mark.among], mark.axis
    made = known[index, axis]
    for place, becomes in reversed(trail):
        node, made = network.nodes[place.at], _passed_into(made, network, place)
        if node.kind != "copies":
            made = made._replace(passing=made.passing + 1, first=(*made.first, node.name)[:_NAMED], last=node.name)
        known[place.at, becomes] = made
    return made


def _passed_into(made: _Made, network: Network, place: _Place) -> _Made:
    """The same with the brackets at whose start a layer stands, without those that it does not stand in."""
    brackets = network.nodes[place.at].brackets
    if not brackets and not made.entries:
        return made
    around = (entry for entry in made.entries if entry.start in brackets)
    return made._replace(entries=(*around, *_entries(network, place)))


def _passed(node: Node) -> tuple[Mark | None, ...]:
    """The size that a layer passes on along each axis of its output; the marks of copies pass on what arrives."""
    if node.kind == "copies":
        return tuple(Mark(0, axis) for axis in range(len(node.shape)))
    return marks_passed(node.derived)


def _joins(node: Node, axis: int) -> bool:
    """Whether branches meet in a layer that have their channels or features in common."""
    return node.layer.inputs == "many" and len(node.inputs) > 1 and axis == node.derived.feature_axis


def _entries(network: Network, place: _Place) -> Iterator[_Entry]:
    """The brackets at whose start a layer stands."""
    nodes, node = network.nodes, network.nodes[place.at]
    for depth, start in reversed(list(enumerate(node.brackets))):
        end = place.at
        while end + 1 < len(nodes) and nodes[end + 1].brackets[depth : depth + 1] == (start,):
            end += 1
        if node.inputs[place.among] not in nodes[start].inputs[:1]:
            return
        if len(nodes[end].shape) == len(node.derived.arriving[place.among].shape):
            yield _Entry(start, end, place.axis)


# ---------------------------------------------------------------- what a layer makes of what arrives


def _made(network: Network, made: _Made, axis: str, size: Value, depth: int) -> Origin:
    """The origin of a size that has been followed to the layer that makes it."""
    node = network.nodes[made.at]
    formula, there = sizes_made(node.derived)[made.axis], node.derived.out.axes[made.axis]
    marks = [] if not node.inputs else list(dict.fromkeys(marks_in(formula)))
    if marks and _joins(node, made.axis) and mark_of(formula):
        making: Making = "branches"
        marks = [Mark(i, _aligned(node, i, made.axis)) for i in range(len(node.inputs))]
    else:
        making = "data" if node.layer.inputs == "none" else _making(formula)
    word, argument, share = _words(node, made.axis, formula) if making in ("argument", "data") else (there, "", None)
    if making == "data" and node.layer.kind == "input":  # what layers behind it say; one may exchange the axes
        word = names_meant(network, node)[made.axis] if made.passing else axis
    deep = depth < 2 and made.axis == node.derived.feature_axis
    below = depth + 1 if making == "rule" else 2
    parts = (_of(network, _Place(made.at, *mark), below) for mark in marks if mark.axis >= 0)
    return Origin(
        axis=axis,
        size=size,
        passing=made.passing,
        through=made.through,
        source=node.name,
        is_only_input=node.layer.inputs == "none" and network.inputs == 1,
        made=making,
        number=node.shape[made.axis],
        word=word,
        argument=argument,
        share=share,
        rule=values_put_in(formula),
        is_product=isinstance(formula, Product) and all(map(mark_of, formula.factors)),
        parts=tuple(parts) if deep else (),
        further=(),
        copy="",
    )


def _making(formula: Formula) -> Making:
    if not any(marks_in(formula)):
        return "argument"
    return "sum" if isinstance(formula, Sum) and all(map(mark_of, formula.terms)) else "rule"


def _aligned(node: Node, among: int, axis: int) -> int:
    """The axis of a branch that stands at an axis of the whole; -1: it has none there, or is repeated along it."""
    x = node.derived.arriving[among]
    missing = len(node.shape) - len(x.shape)
    place = axis if x.channels_first else axis - missing
    return place if 0 <= place < len(x.shape) and x.shape[place] == node.shape[axis] else -1


def _words(node: Node, axis: int, formula: Formula) -> tuple[str, str, Share | None]:
    """What a layer has so many of, the argument that says so, and the share of each, where it is several times that."""
    own = list(symbols(formula))
    is_feature = axis == node.derived.feature_axis
    one = own[0] if len(own) == 1 else None
    argument = argument_in(formula)
    word = (is_feature and node.derived.rules.channels_are) or (one and one.meaning) or node.derived.out.axes[axis]
    rule = node.derived.rules.output[axis]
    if one is None or not rule.each or not isinstance(formula, Product):
        return word, argument, None
    return word, argument, Share(simplified(one, node.derived.facts), one.meaning, rule.each)
