"""Boxes with their repeats folded: what follows one another equally is drawn once, in a frame that says how often."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Value
from symparams.algebra.sums import Repeat
from symparams.figures.boxes import Box, reuses
from symparams.figures.runs import Run, runs
from symparams.model.layer import Layer
from symparams.model.network import Network, Node

_PHASES = 64  # how many ways to cut a run into copies are tried


@dataclass(frozen=True, slots=True)
class Leaf:
    """One box, which stands for the same one of every copy around it."""

    box: int  # its index; of copies that are folded, that of the first


@dataclass(frozen=True, slots=True)
class Frame:
    """Items that are drawn once and stand there several times."""

    items: tuple[Item, ...]  # of the first copy
    times: Value  # how often
    first: int  # the box with which the first copy begins
    period: int  # how many boxes a copy has; 0: the network has only one, which stands for all
    alike: bool = False  # whether sizes differ from copy to copy
    entry: int | None = None  # the box that feeds the first copy as each copy feeds the next; None: there is none
    repeat: Repeat | None = None  # of copies whose number is a letter


Item: TypeAlias = "Leaf | Frame"


class _Cut(NamedTuple):
    """A run that is cut into copies."""

    run: Run
    entry: int  # the box that feeds the first copy


def folded(network: Network, boxes: Sequence[Box], *, alike: bool = False) -> tuple[Item, ...]:
    """The boxes as items; with `alike` also those that differ in nothing but channels and dilation are folded."""
    return _Folder(network, boxes, alike).items(0, len(boxes), 0)


class _Folder:
    """What is known of the boxes of a network while they are folded."""

    def __init__(self, network: Network, boxes: Sequence[Box], alike: bool) -> None:
        self.nodes, self.boxes = network.nodes, boxes
        self.exact = _numbered(self._token(box, False) for box in boxes)  # equal numbers: equal boxes
        self.tokens = _numbered(self._token(box, True) for box in boxes) if alike else self.exact
        self.last_use = list(range(len(boxes)))
        for index, box in enumerate(boxes):
            for source in box.inputs:
                self.last_use[source] = max(self.last_use[source], index)

    def _token(self, box: Box, alike: bool) -> Hashable:
        """What must be equal in two boxes, but for inputs; with `alike` also but for channels and dilation."""
        return tuple(self._layer_token(self.nodes[i], alike) for i in box.layers)

    def _layer_token(self, node: Node, alike: bool) -> Hashable:
        repeats = tuple((r.count, r.first, r.variable if r.runs else "") for r in node.repeats)
        about = (len(node.inputs), reuses(node), node.frozen, repeats)
        if not alike:
            return (_settled(node.layer), node.shape, node.counts.params, about)
        axis = node.derived.feature_axis
        channels = node.shape[axis] if node.shape else None
        return (*_but_for(node.layer, channels), (*node.shape[:axis], *node.shape[axis + 1 :]), about)

    def items(self, start: int, end: int, depth: int) -> tuple[Item, ...]:
        """The items of a stretch of boxes in which brackets so deep are open."""
        elements = list(self._elements(start, end, depth))
        numbers: dict[Hashable, int] = {}
        row = [numbers.setdefault(tuple(self.tokens[a:b]), len(numbers)) for a, b in elements]
        return tuple(self._folded(elements, row, depth))

    def _elements(self, start: int, end: int, depth: int) -> Iterator[tuple[int, int]]:
        """The boxes of a stretch, those of a bracket together: from where to where."""
        place = start
        for bracket, several in groupby(range(start, end), lambda i: self._bracket(i, depth)):
            count = len(list(several))
            if bracket is None:
                yield from ((i, i + 1) for i in range(place, place + count))
            else:
                yield (place, place + count)
            place += count

    def _bracket(self, index: int, depth: int) -> int | None:
        brackets = self.nodes[self.boxes[index].main].brackets
        return brackets[depth] if len(brackets) > depth else None

    def _folded(self, elements: Sequence[tuple[int, int]], row: Sequence[int], depth: int) -> Iterator[Item]:
        """Elements as items: runs in frames, those that save the most first, and the same inside of them."""
        framed: dict[int, _Cut] = {}
        free = [True] * len(row)
        for run in runs(row):
            pending = list(_stretches(free, run))
            while pending:
                low, high = pending.pop()
                cut = self._best(elements, Run(low, run.period, high - low))
                if cut is not None:
                    start, stop = cut.run.start, cut.run.start + cut.run.length
                    framed[start] = cut
                    free[start:stop] = [False] * cut.run.length
                    pending += [(low, start), (stop, high)]
        place = 0
        while place < len(row):
            cut = framed.get(place)
            if cut is None:
                yield self._element(*elements[place], depth)
                place += 1
                continue
            run = cut.run
            inside = elements[place : place + run.period]
            items = tuple(self._folded(inside, row[place : place + run.period], depth))
            first, period = inside[0][0], inside[-1][1] - inside[0][0]
            times = run.length // run.period
            numbers = self.exact[first : first + period * times]
            differ = any(numbers[i] != numbers[i - period] for i in range(period, len(numbers)))
            yield Frame(items, times, first, period, differ, cut.entry)
            place += run.length

    def _element(self, start: int, end: int, depth: int) -> Item:
        if self._bracket(start, depth) is None:
            return Leaf(start)
        repeat = self.nodes[self.boxes[start].main].repeats[depth]
        entry = next(iter(self.boxes[start].inputs), None)
        return Frame(self.items(start, end, depth + 1), repeat.count, start, 0, entry=entry, repeat=repeat)

    def _best(self, elements: Sequence[tuple[int, int]], run: Run) -> _Cut | None:
        """The most copies that the run can be cut into so that each hands its last box on to the next."""
        best: _Cut | None = None
        for phase in range(min(2 * run.period, _PHASES)):
            length = run.length - phase
            if length < 2 * run.period or (best is not None and best.run.length >= length // run.period * run.period):
                break
            one = self._cut(elements, run.start + phase, run.period, length)
            if one is not None and (best is None or one.run.length > best.run.length):
                best = one
        return best

    def _cut(self, elements: Sequence[tuple[int, int]], start: int, period: int, length: int) -> _Cut | None:
        """The copies from a place on that are alike in their inputs; None if there are not two."""
        times = 1
        first = elements[start][0]
        copies = _Copies(self, first, elements[start + period - 1][1] - first)
        while (times + 1) * period <= length and copies.follows(times):
            times += 1
        times = copies.handing_on(times)
        if times < 2 or copies.entry is None:  # of copies that are not fed one by the other, each is drawn
            return None
        return _Cut(Run(start, period, times * period), copies.entry)


class _Copies:
    """Copies of a stretch of boxes: whether the next one is fed as the first one is."""

    def __init__(self, folder: _Folder, first: int, period: int) -> None:
        self.folder, self.first, self.period = folder, first, period
        self.entry: int | None = None  # the box that feeds the first copy, and the copy before in all others
        self.steady: set[int] = set()  # boxes that feed every copy

    def follows(self, number: int) -> bool:
        """Whether the copy of that number, from 1, is fed like the first."""
        start = self.first + number * self.period
        for place in range(self.period):
            ours, theirs = self.folder.boxes[start + place], self.folder.boxes[self.first + place]
            for source, model in zip(ours.inputs, theirs.inputs, strict=True):
                if not self._agree(source, model, start):
                    return False
            if ours.source != theirs.source and not self._is_as_far(ours.source, theirs.source, start):
                return False
        return True

    def _is_as_far(self, source: int | None, model: int | None, start: int) -> bool:
        """Whether a copy uses weights of its own as the first one does."""
        return source is not None and model is not None and source - start == model - self.first

    def _agree(self, source: int, model: int, start: int) -> bool:
        if source >= start or model >= self.first:
            return source - start == model - self.first
        if source == start - 1:  # what the copy before ends with
            if self.entry is None and model not in self.steady:
                self.entry = model
            return model == self.entry
        if source != model or source == self.entry:
            return False
        self.steady.add(source)
        return True

    def handing_on(self, times: int) -> int:
        """How many of so many copies there are of which nothing but the last box is used outside of its copy."""
        last_use = self.folder.last_use
        for copy in range(times):
            end = self.first + (copy + 1) * self.period
            if any(last_use[box] >= end for box in range(end - self.period, end - 1)):
                return copy
            if last_use[end - 1] >= end + self.period:
                return copy + 1
        return times


def _numbered(tokens: Iterable[Hashable]) -> list[int]:
    """Tokens by numbers, which are compared faster."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(token, len(numbers)) for token in tokens]


def _stretches(free: Sequence[bool], run: Run) -> Iterator[tuple[int, int]]:
    """Where a run is still free for at least two periods: from where to where."""
    place, end = run.start, run.start + run.length
    while place < end:
        low = place
        while place < end and free[place]:
            place += 1
        if place - low >= 2 * run.period:
            yield low, place
        place += 1


def _settled(value: object) -> Hashable:
    """An argument with what is known of it worked out, so that 4·64 equals 256."""
    if isinstance(value, Formula):
        known = number(value)
        return value if known is None else known
    if isinstance(value, tuple):
        return tuple(map(_settled, value))
    if isinstance(value, Layer):
        return (type(value), *map(_settled, value._arguments()))
    assert isinstance(value, Hashable)
    return value


def _but_for(layer: Layer, channels: Value | None) -> tuple[Hashable, ...]:
    """A layer without its dilation and how many channels it makes: its class, and its other arguments."""
    given = ((one.name, _settled(getattr(layer, one.name))) for one in fields(layer))
    return (type(layer), *(None if value == channels or name == "dilation" else value for name, value in given))


def leaves(items: Sequence[Item]) -> Iterator[Leaf]:
    """All boxes that are drawn."""
    for item in items:
        if isinstance(item, Leaf):
            yield item
        else:
            yield from leaves(item.items)


def first_box(item: Item) -> int:
    """The box with which an item begins."""
    return item.box if isinstance(item, Leaf) else item.first


def end_box(item: Item) -> int:
    """The box behind an item and all its copies."""
    if isinstance(item, Leaf):
        return item.box + 1
    if item.period and isinstance(item.times, int):
        return item.first + item.period * item.times
    return end_box(item.items[-1])
