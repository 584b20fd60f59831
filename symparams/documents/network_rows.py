"""A network as an exam shows it in a table: a row for each layer, and what has to be said of rows and letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.algebra.sums import Repeat
from symparams.documents.layer_description import ArrivingEntry, LayerEntry, described
from symparams.exams.course import CODE, Course
from symparams.exams.values import bound
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.embedding import Tied
from symparams.model.arguments import arguments_of
from symparams.model.conditions import formulas_of
from symparams.model.layer import Incoming
from symparams.model.network import Network, Node


class NetworkRow(NamedTuple):
    """A layer in its place."""

    name: str  # of the layer
    layer: LayerEntry  # what it is and its settings
    arriving: ArrivingEntry | None  # the sizes of an input; None for other layers
    fed_by: tuple[str, ...]  # the names of the layers that feed it; () where that is the row above, or none
    is_unfed: bool  # whether no layer feeds it, though it is no input
    attends: bool  # whether it attends to the further ones of these
    shared: str  # the layer whose weights it uses again, or whose table; empty where it has its own
    frozen: bool  # whether it is not trained
    shape: tuple[Value, ...]  # of its output, where a summary is shown
    params: Value | None  # the same; None for the cell that is left blank


class Block(NamedTuple):
    """Layers that stand for several copies of them."""

    first: str  # the name of its first layer
    last: str  # the name of its last layer
    times: Value  # how many copies there are
    counter: Symbol | None  # the letter that counts them, where sizes depend on it
    start: Value  # its value in the first copy
    end: Value  # its value in the last copy


@dataclass(frozen=True)
class ShownNetwork:
    """A network with the values of a variant, or with letters, in the way that was asked for."""

    course: Course  # that it is from
    point: Point  # the values of all letters that are drawn; {} where they stay letters
    blank: Node | None = None  # of a summary: the layer whose parameters are left out

    @property
    def way(self) -> str:
        """How it is shown: table, keras, torch or language; code cannot have letters, a table can."""
        has_code = self.course.show in CODE
        return "table" if has_code and self.course.ranges and not self.point else self.course.show

    @property
    def text(self) -> str:
        """The network as code, or in the language."""
        if self.way in CODE:
            return self.course.code(self.point)
        return self.course.text(self.point or {name: name for name in self.course.ranges})

    @cached_property
    def _nodes(self) -> list[tuple[int, Node]]:
        return [(i, node) for i, node in enumerate(self.course.network.nodes) if node.kind != "copies"]

    @cached_property
    def rows(self) -> list[NetworkRow]:
        """A row for each layer."""
        before = (-1, *(i for i, _ in self._nodes))
        return [self._row(node, i) for i, (_, node) in zip(before, self._nodes, strict=False)]

    def _row(self, node: Node, before: int) -> NetworkRow:
        network = self.course.network
        fed = tuple(_behind_marks(network, i) for i in node.inputs)
        values = tuple((name, self.point[name]) for name in _letters(node) if name in self.point)
        return NetworkRow(
            name=node.name,
            layer=_described(node, values),
            arriving=self._incoming(node) if node.layer.inputs == "none" else None,
            fed_by=() if fed in ((before,), ()) else tuple(network.nodes[i].name for i in fed),
            is_unfed=not node.inputs and node.layer.inputs != "none",
            attends=bool(node.layer.sources) and len(fed) > 1,
            shared=node.shared or _table_of(network, node),
            frozen=node.frozen,
            shape=() if self.blank is None else tuple(_at(size, self.point) for size in node.shape),
            params=None if self.blank in (None, node) else _at(node.counts.params, self.point),
        )

    def _incoming(self, node: Node) -> ArrivingEntry:
        readers = [
            one for one in self.course.network.nodes if any(self.course.network.nodes[i] is node for i in one.inputs)
        ]
        has_tokens = any(a.name == "vocabulary" for one in readers for a in arguments_of(type(one.layer)))
        in_steps = any(one.layer.at_each_step is not None or isinstance(one.layer, ConvLSTM) for one in readers)
        axes = node.derived.out.axes
        if in_steps and len(axes) > 2:  # behind the first axis those of a single step
            axes = ("steps", *Incoming(node.shape[1:], node.derived.convention).axis_names())
        return ArrivingEntry(tuple(_at(size, self.point) for size in node.shape), axes, has_tokens)

    @property
    def inputs(self) -> list[NetworkRow]:
        """The rows of the inputs."""
        return [row for row in self.rows if row.arriving is not None]

    @property
    def has_branches(self) -> bool:
        """Whether a layer is fed by something else than the row above."""
        return any(row.fed_by or row.is_unfed for row in self.rows)

    @property
    def blocks(self) -> Iterator[Block]:
        """The layers that are repeated, the outermost blocks first."""
        inside: dict[tuple[int, Repeat], list[str]] = {}
        for _, node in self._nodes:
            for bracket, repeat in zip(node.brackets, node.repeats, strict=True):
                inside.setdefault((bracket, repeat), []).append(node.name)
        for (_, repeat), names in inside.items():
            times, start, end = (_at(value, self.point) for value in (repeat.count, repeat.first, repeat.last))
            yield Block(names[0], names[-1], times, repeat.symbol if repeat.runs else None, start, end)

    @property
    def letters(self) -> list[Symbol]:
        """The letters that stand in the rows without a number."""
        counters = {repeat.variable for _, node in self._nodes for repeat in node.repeats}
        every = dict.fromkeys(name for _, node in self._nodes for name in _letters(node))
        return [Symbol(name) for name in every if name not in counters and name not in self.point]


def _behind_marks(network: Network, index: int) -> int:
    """The layer whose output that is: copies only pass it on."""
    while network.nodes[index].kind == "copies":
        (index,) = network.nodes[index].inputs
    return index


def _table_of(network: Network, node: Node) -> str:
    """The embedding whose table a layer uses."""
    if not isinstance(node.layer, Tied):
        return ""
    return next((one.name for one in network.nodes if one.layer == node.layer.embedding), "")


@lru_cache(maxsize=4096)
def _described(node: Node, values: tuple[tuple[str, int], ...]) -> LayerEntry:
    if node.layer.inputs == "none":
        return LayerEntry(node.kind, node.layer.title, ())  # its sizes are told as what it gives
    return described(node.layer, (*node.derived.arriving, node.derived.leaving)[0], dict(values))


@lru_cache(maxsize=4096)
def _letters(node: Node) -> tuple[str, ...]:
    """The letters in the arguments of a layer, and in what comes in at it."""
    given: list[Formula] = [formula for _, formula in formulas_of(node.layer)]
    return tuple(dict.fromkeys(name for formula in given for name in letters_of(formula)))


def _at(value: Value, point: Point) -> Value:
    if not isinstance(value, Formula):
        return value
    try:
        return at(value, point)
    except KeyError:
        return simplified(bound(value, point))
