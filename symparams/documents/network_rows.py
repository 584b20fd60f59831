"""A network as an exam shows it in a table: a row for each layer, and what has to be said of rows and letters."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.algebra.sums import Repeat
from symparams.documents.folded_rows import Copy, folded
from symparams.documents.layer_description import ArrivingEntry, LayerEntry, described
from symparams.exams.course import CODE, Course
from symparams.exams.values import bound
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.embedding import Tied
from symparams.model.arguments import arguments_of
from symparams.model.conditions import formulas_of
from symparams.model.layer import Incoming
from symparams.model.network import Network, Node

Values: TypeAlias = tuple[tuple[str, int], ...]  # of letters, by their names

_ROWS = 4096  # of one network, that are kept


@dataclass(frozen=True, eq=False)
class NetworkRow:
    """A layer in its place; of equal ones there is one object, so that it is written once."""

    name: str  # of the layer
    layer: LayerEntry  # what it is and its settings
    arriving: ArrivingEntry | None  # the sizes of an input; None for other layers
    fed_by: tuple[str, ...]  # the names of the layers that feed it; () where that is the row above, or none
    is_unfed: bool  # whether no layer feeds it, though it is no input
    attends: bool  # whether it attends to the further ones of these
    shared: str  # the layer whose weights it uses again, or whose table; empty where it has its own
    frozen: bool  # whether it is not trained
    last: str = ""  # of a row that stands for several layers: the name of the last one
    like: tuple[str, ...] = ()  # of such a row: the names of the first and the last of the layers that these repeat


class SummaryCells(NamedTuple):
    """What a summary has besides in the row of a layer."""

    shape: tuple[Value, ...]  # of its output
    params: Value | None  # its parameters; None for the cell that is left blank


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
    asked: tuple[str, ...] = ()  # the names of layers that are asked about, which a table of a long network shows
    is_cut: bool = False  # whether the layers behind these do not matter, so that such a table leaves them out

    @property
    def way(self) -> str:
        """How it is shown: table, keras, torch, language or figure; code cannot have letters, a table can."""
        has_code = self.course.show in CODE
        if self.course.show == "figure" and not is_drawn(self.course):
            return "table"
        return "table" if has_code and self.course.ranges and not self.point else self.course.show

    @property
    def text(self) -> str:
        """The network as code, or in the language."""
        if self.way in CODE:
            return self.course.code(self.point)
        return self.course.text(self.point or {name: name for name in self.course.ranges})

    @cached_property
    def _layers(self) -> _Layers:
        if self.course not in _LAYERS:
            _LAYERS[self.course] = _Layers(self.course.network)
        return _LAYERS[self.course]

    @cached_property
    def _count(self) -> int:
        """How many layers are shown, whether in rows of their own or not."""
        nodes = self._layers.nodes
        if not (self.is_cut and self.course.is_long):
            return len(nodes)
        return max((at for at, (_, node) in enumerate(nodes, 1) if node.name in self.asked), default=len(nodes))

    @property
    def cut_at(self) -> str:
        """The name of the last layer that is shown, where those behind it are left out."""
        nodes = self._layers.nodes
        return "" if self._count == len(nodes) else nodes[self._count - 1][1].name

    @cached_property
    def rows(self) -> list[NetworkRow]:
        """A row for each layer; of a long network one for each repetition of a block."""
        letters = self._layers.letters[: self._count]
        drawn = [{name: self.point[name] for name in names if name in self.point} for names in letters]
        rows = [self._layers.row(i, tuple(values.items())) for i, values in enumerate(drawn)]
        is_folded = self.course.is_long and self.blank is None and not self._layers.blocks
        return list(_folded(rows, self.asked)) if is_folded else rows

    @property
    def is_folded(self) -> bool:
        """Whether some rows stand for several layers."""
        return self.course.is_long and any(row.like for row in self.rows)

    @property
    def summary(self) -> list[SummaryCells]:
        """What a summary has besides in the row of each layer."""
        nodes = [node for _, node in self._layers.nodes[: self._count]]
        params = (None if node is self.blank else _at(node.counts.params, self.point) for node in nodes)
        shapes = (tuple(_at(size, self.point) for size in node.shape) for node in nodes)
        return [SummaryCells(*cells) for cells in zip(shapes, params, strict=True)]

    @property
    def inputs(self) -> list[NetworkRow]:
        """The rows of the inputs."""
        return [row for row in self.rows if row.arriving is not None]

    @property
    def has_branches(self) -> bool:
        """Whether a layer is fed by something else than the row above."""
        if not self.course.is_long:
            return self._layers.has_branches
        return any(row.fed_by or row.is_unfed for row in self.rows)

    @property
    def blocks(self) -> Iterator[Block]:
        """The layers that are repeated, the outermost blocks first."""
        shown = {node.name for _, node in self._layers.nodes[: self._count]}
        for repeat, every in self._layers.blocks:
            names = [name for name in every if name in shown]
            if not names:
                continue
            times, start, end = (_at(value, self.point) for value in (repeat.count, repeat.first, repeat.last))
            yield Block(names[0], names[-1], times, repeat.symbol if repeat.runs else None, start, end)

    @property
    def letters(self) -> list[Symbol]:
        """The letters that stand in the rows without a number."""
        told = set(chain.from_iterable(self._layers.told[: self._count]))
        return [Symbol(name) for name in self._layers.names if name in told and name not in self.point]


def is_drawn(course: Course) -> bool:
    """Whether a figure of the network fits a question: no layer stands for copies, and there are not many."""
    return not course.is_long and all(node.kind != "copies" and not node.repeats for node in course.network.nodes)


class _Layers:
    """What all tables of a network have in common, whatever the values of its letters are."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.nodes = [(i, node) for i, node in enumerate(network.nodes) if node.kind != "copies"]
        self.told = [_letters(node) for _, node in self.nodes]  # the letters that are told in each row
        counters = {repeat.variable for _, node in self.nodes for repeat in node.repeats}
        self.names = [name for name in dict.fromkeys(chain.from_iterable(self.told)) if name not in counters]
        self.letters = [(*names, *_of_shape(node)) for names, (_, node) in zip(self.told, self.nodes, strict=True)]
        self.row = lru_cache(maxsize=_ROWS)(self._row)  # of a number and the values of its letters

    @cached_property
    def has_branches(self) -> bool:
        """Whether a layer is fed by something else than the row above."""
        return any(self._fed(i) or _is_unfed(node) for i, (_, node) in enumerate(self.nodes))

    @cached_property
    def blocks(self) -> list[tuple[Repeat, list[str]]]:
        """What is repeated, the outermost first, each with the names of its layers."""
        inside: dict[tuple[int, Repeat], list[str]] = {}
        for _, node in self.nodes:
            for bracket, repeat in zip(node.brackets, node.repeats, strict=True):
                inside.setdefault((bracket, repeat), []).append(node.name)
        return [(repeat, names) for (_, repeat), names in inside.items()]

    def _row(self, number: int, values: Values) -> NetworkRow:
        network, node = self._network, self.nodes[number][1]
        fed = self._fed(number)
        return NetworkRow(
            name=node.name,
            layer=_described(node, values),
            arriving=self._incoming(node, dict(values)) if node.layer.inputs == "none" else None,
            fed_by=tuple(network.nodes[i].name for i in fed),
            is_unfed=_is_unfed(node),
            attends=bool(node.layer.sources) and len(node.inputs) > 1,
            shared=node.shared or _table_of(network, node),
            frozen=node.frozen,
        )

    def _fed(self, number: int) -> tuple[int, ...]:
        """The layers that feed the one in a row; () where that is the row above, or none."""
        fed = tuple(_behind_marks(self._network, i) for i in self.nodes[number][1].inputs)
        above = self.nodes[number - 1][0] if number else -1
        return () if fed == (above,) else fed

    def _incoming(self, node: Node, point: Point) -> ArrivingEntry:
        readers = [one for one in self._network.nodes if any(self._network.nodes[i] is node for i in one.inputs)]
        has_tokens = any(a.name == "vocabulary" for one in readers for a in arguments_of(type(one.layer)))
        in_steps = any(one.layer.at_each_step is not None or isinstance(one.layer, ConvLSTM) for one in readers)
        axes = node.derived.out.axes
        if in_steps and len(axes) > 2:  # behind the first axis those of a single step
            axes = ("steps", *Incoming(node.shape[1:], node.derived.convention).axis_names())
        return ArrivingEntry(tuple(_at(size, point) for size in node.shape), axes, has_tokens)


_LAYERS: WeakKeyDictionary[Course, _Layers] = WeakKeyDictionary()


def _is_unfed(node: Node) -> bool:
    return not node.inputs and node.layer.inputs != "none"


def _folded(rows: Sequence[NetworkRow], asked: Collection[str]) -> Iterator[NetworkRow]:
    """The rows, those of repeated blocks in one; what other rows name is shown, or stands at the end of a block."""
    places = {row.name: at for at, row in enumerate(rows)}
    keys = [_key(row, at, places) for at, row in enumerate(rows)]
    kept = {at for at, row in enumerate(rows) if row.shared or row.arriving is not None or row.name in asked}
    starts = {places[name] + 1 for row in rows for name in row.fed_by}  # behind layers from which a branch begins
    while True:
        parts = folded(keys, kept, starts)
        copies = [part for part in parts if isinstance(part, Copy)]
        hidden = {at for c in copies for at in range(c.first, c.first + c.length - 1)}
        shown = [rows[part] for part in parts if isinstance(part, int)]
        named = {places[name] for row in shown for name in (*row.fed_by, row.shared) if name}
        if not named & hidden:
            break
        kept |= named & hidden
    for part in parts:
        if isinstance(part, int):
            yield rows[part]
        else:
            like = (rows[part.like].name, rows[part.like + part.length - 1].name)
            yield replace(rows[part.first], last=rows[part.first + part.length - 1].name, like=like, fed_by=())


def _key(row: NetworkRow, at: int, places: Mapping[str, int]) -> Hashable:
    """What a row says but for names: those of other layers by how far before it they stand."""
    others = tuple(at - places[name] for name in row.fed_by)
    shared = at - places[row.shared] if row.shared else 0
    return (row.layer, row.arriving, others, row.is_unfed, row.attends, shared, row.frozen)


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


def _described(node: Node, values: Values) -> LayerEntry:
    if node.layer.inputs == "none":
        return LayerEntry(node.kind, node.layer.heading, ())  # its sizes are told as what it gives
    return described(node.layer, (*node.derived.arriving, node.derived.leaving)[0], dict(values))


def _of_shape(node: Node) -> list[str]:
    """The letters in the sizes of an input."""
    sizes = node.shape if node.layer.inputs == "none" else ()
    return [name for size in sizes if isinstance(size, Formula) for name in letters_of(size)]


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
