"""The quantities that networks are compared by and searched for: one table, one function for each use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symparams.errors import SymparamsError, nearest
from symparams.formula import Formula, Number, Product, Value, as_formula, total
from symparams.network import Network, Node
from symparams.summing import over, over_shown


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that can be counted in a network and in each of its layers."""

    name: str  # as asked for: params
    plural: str  # as said: parameters
    of_network: Callable[[Network], Value]
    of_layer: Callable[[Node], Value]  # of one copy, where it stands for several


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure("params", "parameters", lambda n: n.counts.params, lambda n: n.counts.params),
        Measure("weights", "weights", lambda n: n.counts.weights, lambda n: n.counts.weights),
        Measure("biases", "biases", lambda n: n.counts.biases, lambda n: n.counts.biases),
        Measure("trainable", "trainable parameters", lambda n: n.counts.trainable, lambda n: n.counts.trainable),
        Measure(
            "non_trainable",
            "non-trainable parameters",
            lambda n: n.counts.non_trainable,
            lambda n: n.counts.non_trainable,
        ),
    )
}


def measure(name: str) -> Measure:
    """The quantity of that name."""
    if name not in MEASURES:
        near = nearest(name, MEASURES) or f"; there are {', '.join(MEASURES)}"
        raise SymparamsError(f"there is no quantity `{name}`{near}")
    return MEASURES[name]


def measured(network: Network, what: Measure, layer: str | None = None) -> Value:
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


def sum_over_layers(network: Network, what: Measure) -> Formula:
    """The sum that gives the total; in a long one equal terms are taken together."""
    terms = [over_shown(as_formula(n), each.repeats) for each in network.nodes if (n := what.of_layer(each)) != 0]
    if len(terms) <= 12:
        return total(terms)
    times: dict[Formula, int] = {}
    for term in terms:
        times[term] = times.get(term, 0) + 1
    return total(term if n == 1 else Product((Number(n), term)) for term, n in times.items())
