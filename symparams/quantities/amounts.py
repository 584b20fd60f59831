"""What networks are compared by and searched for: every quantity that adds up over the layers, through one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.summing import over, over_shown
from symparams.errors import SymparamsError, nearest
from symparams.model.network import Network, Node
from symparams.quantities.measured import sum_of
from symparams.quantities.measures import MEASURES, Settings, of_layer, of_network

_COUNTS = {  # the counts of a network and what they are called
    "params": "parameters",
    "weights": "weights",
    "biases": "biases",
    "trainable": "trainable parameters",
    "non_trainable": "non-trainable parameters",
}

AMOUNTS = (*_COUNTS, *MEASURES)


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity under its settings."""

    name: str  # as asked for: params
    plural: str  # what is counted: parameters
    left: str  # the word on the left of its equations
    letter: str  # what the totals of two networks are called: P_A
    convention: str  # what is counted and what is not; empty for parameters
    of_network: Callable[[Network], Value]  # the sum over all layers and copies
    of_layer: Callable[[Node], Value]  # of one copy, where it stands for several
    rule: Callable[[Node], Formula]  # of one copy, in reading order


def amount(name: str, settings: Settings | None = None) -> Amount:
    """The quantity of that name."""
    if name in _COUNTS:
        plural = _COUNTS[name]

        def counted(of: Network | Node) -> Value:
            value: Value = getattr(of.counts, name)
            return value

        def rule(node: Node) -> Formula:
            return node.derived.rules.parameters if name == "params" else as_formula(counted(node))

        return Amount(name, plural, plural, "P", "", counted, counted, rule)
    if name not in MEASURES:
        near = nearest(name, AMOUNTS) or f"; there are {', '.join(AMOUNTS)}"
        raise SymparamsError(f"there is no quantity `{name[:60]}`{near}")
    measure = MEASURES[name]
    known = settings or Settings()
    return Amount(
        name,
        f"bytes of {measure.title.lower()}" if measure.in_bytes else measure.unit,
        measure.left,
        "M" if measure.in_bytes else "N",
        measure.convention(known),
        lambda network: of_network(measure, network, known),
        lambda node: of_layer(measure, node, known),
        lambda node: measure.rule(node, known),
    )


def amount_of(network: Network, what: Amount, layer: str | None = None) -> Value:
    """How much of a quantity a network, or one of its layers with all its copies, has."""
    if layer is None:
        return what.of_network(network)
    found = node(network, layer)
    return over(what.of_layer(found), found.repeats, network.facts)


def node(network: Network, name: str) -> Node:
    """The layer of that name."""
    names = list(network.names)
    if name not in names:
        listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise SymparamsError(f"there is no layer `{name}`{nearest(name, names) or f'; the layers are {listed}'}")
    return network.node(name)


def sum_over_layers(network: Network, what: Amount) -> Formula:
    """The sum that gives the total; in a long one equal terms are taken together."""
    found = ((each, what.of_layer(each)) for each in network.nodes)
    return sum_of(over_shown(as_formula(value), each.repeats) for each, value in found if value != 0)
