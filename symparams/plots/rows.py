"""What is plotted: how much of each quantity the layers, stages or kinds of a network have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symparams.algebra.sums import over
from symparams.errors import SymparamsError, listed, nearest
from symparams.figures.boxes import boxes_of
from symparams.figures.cards import Drawn
from symparams.figures.folding import Frame, Item, end_box, first_box, folded, leaves
from symparams.figures.words import name_of
from symparams.model.network import Network, Node
from symparams.plots.stages import stages
from symparams.quantities.totals import TotalQuantity

BY = ("layer", "stage", "kind", "network")
USUAL = ("params", "macs", "activations")  # what is plotted unless something is named
_MOST = 48  # rows that fit a page


@dataclass(frozen=True, slots=True)
class Row:
    """A bar of each quantity."""

    label: str
    values: tuple[int, ...]  # of each quantity, those of all copies together
    layers: tuple[int, ...]  # which layers of the network it stands for


@dataclass(frozen=True, slots=True)
class Rows:
    """The bars of a network."""

    title: str  # of the network
    rows: tuple[Row, ...]
    totals: tuple[int, ...]  # of each quantity; (): the rows are networks, which do not add up


def rows_of(network: Network, by: str, quantities: Sequence[TotalQuantity]) -> Rows:
    """The rows of a network, as many as fit a page; raises SymparamsError where there are letters.

    `by`: one of BY; by network it is one row. Rows that have nothing of any quantity are left out.
    """
    if by not in BY:
        raise SymparamsError(f"a network is plotted by {listed(BY, 'or')}, not {by[:60]}{nearest(by, BY)}")
    amounts = _amounts(network, quantities)
    grouped = _groups(network, by, [any(row) for row in amounts])
    rows = [_row(label, layers, amounts) for label, layers in grouped]
    if by == "kind":
        rows.sort(key=lambda row: row.values, reverse=True)
    every = range(len(network.nodes))
    return Rows(
        network.title or "Network",
        tuple(row for row in rows if any(row.values)),
        _row("", tuple(every), amounts).values,
    )


def _amounts(network: Network, quantities: Sequence[TotalQuantity]) -> list[tuple[int, ...]]:
    """How much of each quantity each layer has, in all its copies."""
    known: dict[object, tuple[int, ...]] = {}
    found = []
    for node in network.nodes:
        key = (node.derived, node.shared is None, node.frozen, node.repeats)
        if key not in known:
            known[key] = tuple(_amount(network, node, quantity) for quantity in quantities)
        found.append(known[key])
    return found


def _amount(network: Network, node: Node, quantity: TotalQuantity) -> int:
    value = over(quantity.of_layer(node), node.repeats, network.facts)
    if isinstance(value, int):
        return value
    letters = [name for name, known in network.symbols.items() if known is None]
    if not letters and isinstance(quantity.settings.batch, str):
        raise SymparamsError("bars are drawn of numbers; give --batch a number")
    raise SymparamsError(
        f"bars are drawn of numbers, and {listed(letters, 'and')} {'is' if len(letters) == 1 else 'are'} not known; "
        f"give a value with --set {letters[0]}=…, or draw a curve with --against {letters[0]}"
    )


def _row(label: str, layers: Sequence[int], amounts: Sequence[tuple[int, ...]]) -> Row:
    columns = zip(*(amounts[i] for i in layers), strict=True)
    return Row(label, tuple(map(sum, columns)), tuple(layers))


_Group = tuple[str, tuple[int, ...]]


def _groups(network: Network, by: str, has_some: Sequence[bool]) -> list[_Group]:
    """What stands in a row together."""
    nodes = network.nodes
    if by == "network":
        return [(network.title or "Network", tuple(range(len(nodes))))]
    if by == "kind":
        kinds: dict[str, list[int]] = {}
        for index, node in enumerate(nodes):
            kinds.setdefault(name_of(node.layer), []).append(index)
        return [(name, tuple(layers)) for name, layers in kinds.items()]
    if by == "stage":
        return _fitting(network, _stages(network))
    every = [(nodes[index].name, (index,)) for index, some in enumerate(has_some) if some]
    boxes = _boxes(network) if len(every) > _MOST else []
    return boxes if 0 < len(boxes) <= _MOST else _fitting(network, every)


def _drawn(network: Network) -> Drawn:
    boxes = boxes_of(network)
    items = folded(network, boxes)
    if sum(1 for _ in leaves(items)) > _MOST:
        items = folded(network, boxes, alike=True)
    return Drawn(network, boxes, items)


def _boxes(network: Network) -> list[_Group]:
    """The boxes of the figure, each with all its copies."""
    drawn = _drawn(network)
    found = []
    for leaf in leaves(drawn.items):
        copies = drawn.copies[leaf.box]
        name = network.nodes[drawn.boxes[leaf.box].main].name
        layers = tuple(layer for box in copies for layer in drawn.boxes[box].layers)
        found.append((name if len(copies) == 1 else f"{name} … × {len(copies):,}", layers))
    return found


def _stages(network: Network) -> list[_Group]:
    """What is at one resolution; of a network that repeats one block most of the time, its blocks instead."""
    found = [(label, tuple(layers)) for label, layers in stages(network)]
    drawn = _drawn(network)
    framed = [len(_layers(drawn, item)) for item in drawn.items if isinstance(item, Frame)]
    if 2 * max(framed, default=0) > len(network.nodes):
        return _blocks(network, drawn)
    return found if len(found) > 1 else _boxes(network)


def _blocks(network: Network, drawn: Drawn) -> list[_Group]:
    """What is repeated, and the stretches between."""
    found: list[_Group] = []
    stretch: list[int] = []
    for item in drawn.items:
        if isinstance(item, Frame):
            found += [_named(network, stretch)] if stretch else []
            found.append(_named(network, _layers(drawn, item), f" × {item.times}" if item.period else ""))
            stretch = []
        else:
            stretch += _layers(drawn, item)
    return found + ([_named(network, stretch)] if stretch else [])


def _layers(drawn: Drawn, item: Item) -> list[int]:
    """The layers of an item in all its copies."""
    end = end_box(item)
    return [layer for box in drawn.boxes[first_box(item) : end] for layer in box.layers]


def _named(network: Network, layers: Sequence[int], times: str = "") -> _Group:
    first, last = (network.nodes[index].name for index in (layers[0], layers[-1]))
    return (first if first == last else f"{first} … {last}") + times, tuple(layers)


def _fitting(network: Network, groups: Sequence[_Group]) -> list[_Group]:
    """Rows that fit a page: of too many, several that stand behind one another are taken together."""
    if len(groups) <= _MOST:
        return list(groups)
    together = -(-len(groups) // _MOST)
    found = []
    for start in range(0, len(groups), together):
        layers = [layer for _, each in groups[start : start + together] for layer in each]
        found.append(_named(network, layers))
    return found
