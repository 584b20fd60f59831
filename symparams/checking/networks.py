"""Two texts of a network, or two networks, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symparams.checking.aligning import Look, aligned
from symparams.checking.check import Alone, Check, Pair
from symparams.checking.difference import Difference, Unlike, difference
from symparams.checking.measured import Measured, check_numbers, measured, whole
from symparams.checking.printed import as_printed, total_difference
from symparams.converters.literals import literal, plain, short
from symparams.converters.steps import is_named
from symparams.errors import SymparamsError
from symparams.layers.source import Input
from symparams.model.arguments import arguments_of
from symparams.model.derived import Derived, derive
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.reading.reading import WrongRow


def against_network(
    networks: tuple[Network, Network],
    titles: tuple[str, str],
    wrong: tuple[Sequence[WrongRow], Sequence[WrongRow]] = ((), ()),
) -> Check:
    """Two networks side by side, with what each prints otherwise; raises SymparamsError where one has letters."""
    for network, title in zip(networks, titles, strict=True):
        check_numbers(network, f" in {title}")
    first, second = networks
    is_alike = first.convention == second.convention
    pairs: list[Pair] = []
    alone: list[Alone] = []
    nodes = (first.nodes, second.nodes)
    one_look, other_look = ([_look(node, is_alike) for node in side] for side in nodes)
    before = ["", ""]  # the name of the layer that was last, on each side
    for i, j in aligned(one_look, other_look):
        one, other = (None if k is None else side[k] for k, side in zip((i, j), nodes, strict=True))
        if one is not None and other is not None:
            pairs.append(_pair((one, other), wrong, is_alike))
        else:
            found = _alone(one or other, 0 if other is None else 1, before)
            if isinstance(found, Alone):
                alone.append(found)
            else:
                pairs.append(found)
        before = [node.name if node else last for node, last in zip((one, other), before, strict=True)]
    totals = whole(first.counts.params), whole(second.counts.params)
    total = total_difference(totals, wrong) if any(wrong) else None
    return Check(titles, "", tuple(pairs), tuple(alone), total)


def _measured(node: Node, is_alike: bool, wrong: Sequence[WrongRow] = ()) -> Measured:
    """A layer as it is printed; where the other text has another convention, with the channels last."""
    found = as_printed(measured(node), wrong)
    if is_alike:
        return found
    axis = node.derived.leaving.channel_axis
    shape = (*found.shape[:axis], *found.shape[axis + 1 :], found.shape[axis]) if found.shape else ()
    return found._replace(shape=shape, tensors=None)


def _look(node: Node, is_alike: bool) -> Look:
    found = _measured(node, is_alike)
    return Look(node.kind, found.shape, found.params, node.name if is_named(node) else "")


def _pair(nodes: tuple[Node, Node], wrong: tuple[Sequence[WrongRow], Sequence[WrongRow]], is_alike: bool) -> Pair:
    one, other = nodes
    first, second = (_measured(node, is_alike, rows) for node, rows in zip(nodes, wrong, strict=True))
    found = difference(first, second, one.derived.leaving.axis_names() if is_alike else ())
    if found is not None and is_alike:
        found = replace(found, arguments=tuple(_arguments(one, other)))
    return Pair(first, second, found)


def _alone(node: Node | None, side: int, before: Sequence[str]) -> Alone | Pair:
    """A layer that only one side has: a difference, unless it has no parameters and leaves the shape as it is."""
    assert node is not None
    layer = measured(node)
    if layer.params == 0 and len(node.inputs) == 1 and node.derived.arriving[0].shape == node.shape:
        return Alone(layer, side)
    first, second = (layer, None) if side == 0 else (None, layer)
    return Pair(first, second, Difference("layer", first, second, behind=before[side]))


# ---------------------------------------------------------------- which arguments make a difference


def _arguments(one: Node, other: Node) -> Iterator[Unlike]:
    """The arguments of two layers of a kind that differ, and matter to what is compared."""
    if type(one.layer) is not type(other.layer) or isinstance(one.layer, Input):
        return
    for argument in arguments_of(type(one.layer)):
        first, second = getattr(one.layer, argument.name), getattr(other.layer, argument.name)
        if first != second and not isinstance(first, Layer) and _matters(one.derived, argument.name, second):
            yield Unlike(argument.name, _text(first), _text(second))


def _matters(derived: Derived, name: str, value: Any) -> bool:
    """Whether a layer with another value for an argument has another output or other parameters."""
    try:
        layer = replace(derived.layer, **{name: value})
        shapes, read = tuple(x.shape for x in derived.arriving), tuple(x.is_sequence for x in derived.arriving)
        changed = derive(layer, shapes, derived.convention, derived.facts, read, derived.laid_out)
    except SymparamsError:
        return True
    return (changed.shape, changed.counts) != (derived.shape, derived.counts)


def _text(value: Any) -> str:
    return literal(short(plain(value)))
