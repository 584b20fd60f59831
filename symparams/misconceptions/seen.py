"""The windows that a number of a feature map is seen through, from the input on; of copies, those of one for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ONE, Formula, Quotient, Value, as_formula, product, total
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in, replaced
from symparams.algebra.sums import Repeat, mentions, over, over_shown
from symparams.layers.pooling import Pooling
from symparams.misconceptions.surroundings import intact, sides
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol
from symparams.model.network import Network, Node


@dataclass(frozen=True, slots=True)
class Seen:
    """A window on the way from the input."""

    k: Formula  # the places that it covers
    s: Formula  # its stride
    plain: Formula  # the places that it would cover without its dilation
    d: Formula | None  # its dilation; None where it has none
    pools: bool  # whether it belongs to a pooling layer
    repeats: tuple[Repeat, ...]  # the copies of it that are seen through; (): only itself
    bracket: int  # where the bracket of these copies starts; -1 where there is none
    facts: Facts  # those of the network

    @property
    def moves(self) -> bool:
        """Whether neighboring windows begin more than a place apart."""
        return number(self.s) != 1

    @property
    def alike(self) -> tuple[Value, Value]:
        """What is equal for equal windows."""
        return simplified(self.k, self.facts), simplified(self.s, self.facts)

    def in_all_copies(self, term: Formula) -> Formula:
        """What it adds to a sum over all windows."""
        if not self.repeats:
            return term
        if self.changes(term):
            return as_formula(over(simplified(_put_in(term), self.facts), self.repeats, self.facts))
        return over_shown(term, self.repeats)

    def in_last_copy(self, term: Formula) -> Formula:
        """A number of the layer as it is in its last copy."""
        for repeat in self.repeats if self.changes(term) else ():
            term = replaced(_put_in(term), repeat.variable, repeat.last)
        return term

    def changes(self, term: Formula) -> bool:
        """Whether a number of the layer is another one in every copy."""
        return any(mentions(_put_in(term), repeat.variable) for repeat in self.repeats)


def _put_in(formula: Formula) -> Formula:
    while can_put_in(formula):
        formula = put_in(formula)
    return formula


# ---------------------------------------------------------------- the way


def way_to(s: Subject) -> list[Seen] | None:
    """The windows from the input to the layer; None if it has no windows, branches that see apart, or a wrong rule."""
    nodes = _nodes(s) if intact(s) else None
    if nodes is None or _is_amid_copies(s.network, s.task.index):
        return None
    windows: list[Seen] = []
    for node in nodes:
        window = _window(node, s.task.axes.index(s.axis), len(windows) + 1)
        if isinstance(window, str):
            return None
        if window is not None:
            windows.append(window)
    return windows if sum(1 + bool(w.repeats) for w in windows if number(w.k) != 1) > 1 else None


def _nodes(s: Subject) -> list[Node] | None:
    """The layers from the input on; past what is added to its own input, which sees no more. None where it forks."""
    nodes, index = s.network.nodes, s.task.index
    way, beside = [index], set[int]()
    while nodes[index].inputs:
        index, *others = sorted(nodes[index].inputs, key=lambda i: (_seen_last(nodes, i), i), reverse=True)
        beside.update(others)
        way.append(index)
    for other in beside:
        while other not in way:
            if len(nodes[other].inputs) != 1 or not _sees_one(nodes[other]):
                return None
            (other,) = nodes[other].inputs
    return [nodes[i] for i in reversed(way)]


def _seen_last(nodes: Sequence[Node], index: int) -> int:
    """The last layer before one, or itself, that sees more than one place or is fed by several."""
    while len(nodes[index].inputs) == 1 and _sees_one(nodes[index]):
        (index,) = nodes[index].inputs
    return index


def _sees_one(node: Node) -> bool:
    reach = node.layer.reach(*node.derived.arriving)
    return not isinstance(reach, str) and all(number(one.kernel) == 1 for one in reach)


def _is_amid_copies(network: Network, index: int) -> bool:
    """Whether further windows follow in the same copy, of which the layer's last copy sees one fewer."""
    node = network.nodes[index]
    if not node.brackets:
        return False
    inside = (later for later in network.nodes[index + 1 :] if later.brackets[:1] == node.brackets[:1])
    return any(later.derived.arriving and not _sees_one(later) for later in inside)


def _window(node: Node, axis: int, count: int) -> Seen | str | None:
    """What a layer sees along an axis; None if only its own place."""
    reach = node.layer.reach(*node.derived.arriving) if node.derived.arriving else ()
    if isinstance(reach, str) or not reach:
        return None if not reach else "no size"
    one = reach[axis] if axis < len(reach) else None
    if one is None or isinstance(one.stride, Quotient):  # what makes feature maps larger is another matter
        return "no size"
    if number(one.kernel) == 1 == number(one.stride):
        return None
    k = symbol(f"k_{count}", one.kernel, f"places that {node.name} spans")
    s = symbol(f"s_{count}", one.stride, f"stride of {node.name}")
    plain, d = k, None
    for along in list(sides(node.derived).values())[axis : axis + 1]:
        if along.span != along.k:
            plain, d = symbol(f"k_{count}", along.k, f"kernel size of {node.name}"), along.d
    bracket = node.brackets[0] if node.repeats else -1
    return Seen(k, s, plain, d, isinstance(node.layer, Pooling), node.repeats, bracket, node.derived.facts)


# ---------------------------------------------------------------- what is added up


def summed(windows: Sequence[Seen], term: Callable[[Seen], Formula]) -> Formula:
    """A term for each window, added up over all copies."""
    return total(w.in_all_copies(term(w)) for w in windows)


def grown(
    windows: Sequence[Seen], size: Callable[[Seen], Formula], moves: Callable[[Seen], bool] = lambda w: w.moves
) -> Formula | None:
    """1 + (k_1 - 1) + (k_2 - 1)·s_1 …, with these sizes of the windows, and the strides of those that move.

    None where strides in copies inside copies make it more than that.
    """
    terms: list[Formula] = [ONE]
    for w, strides in zip(windows, _strides(windows, moves), strict=False):
        if strides is None:
            return None
        terms.append(w.in_all_copies(product([size(w) - 1, *strides])))
    return total(terms)


def _strides(windows: Sequence[Seen], moves: Callable[[Seen], bool]) -> Iterator[list[Formula] | None]:
    """The strides before each window; None, and an end, where they have no formula."""
    before: list[Formula] = []
    for _, copied in groupby(windows, key=lambda w: w.bracket):
        block = list(copied)
        own = [w.s for w in block if moves(w)] if block[0].repeats else []
        repeat = block[0].repeats[0] if own else None
        if repeat is not None and (
            len({w.repeats for w in block}) > 1
            or len(block[0].repeats) > 1
            or any(mentions(_put_in(s), repeat.variable) for s in own)
        ):
            yield None
            return
        inside = [] if repeat is None else [product(own) ** (repeat.symbol - repeat.first)]
        for w in block:
            yield [*before, *inside]
            if moves(w):
                (inside if block[0].repeats else before).append(w.s)
        if repeat is not None:
            before.append(product(own) ** as_formula(repeat.count))
