"""What networks are compared by and searched for: every quantity that adds up over the layers, through one function."""

from __future__ import annotations

from dataclasses import dataclass

from symparams import extensions
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.sums import over, over_shown
from symparams.errors import SymparamsError, nearest
from symparams.model.network import Network, Node
from symparams.quantities.counts import COUNTS
from symparams.quantities.layer_quantities import sum_of
from symparams.quantities.named_layers import layer_named
from symparams.quantities.quantity import QUANTITY_RULES, Quantity, of_layer, of_network
from symparams.quantities.settings import Settings

TOTALS = ("params", *QUANTITY_RULES)


@dataclass(frozen=True, slots=True)
class TotalQuantity:
    """A quantity under its settings; made by `amount`."""

    name: str  # as asked for: params
    settings: Settings  # those of a measure; the usual ones for parameters, which do not depend on them

    @property
    def measure(self) -> Quantity | None:
        """None: it is the parameters."""
        return QUANTITY_RULES.get(self.name)

    @property
    def plural(self) -> str:
        """What is counted: parameters."""
        if self.measure is None:
            return "parameters"
        return f"bytes of {self.measure.title.lower()}" if self.measure.in_bytes else self.measure.unit

    @property
    def left(self) -> str:
        """The word on the left of its equations."""
        return self.plural if self.measure is None else self.measure.left

    @property
    def letter(self) -> str:
        """What the totals of two networks are called: P_A."""
        if self.measure is None or self.name in COUNTS:
            return "P"
        return "M" if self.measure.in_bytes else "N"

    @property
    def convention(self) -> str:
        """What is counted and what is not; empty for parameters."""
        return "" if self.measure is None else self.measure.convention(self.settings)

    def of_network(self, network: Network) -> Value:
        """The sum over all layers and copies."""
        if self.measure is None:
            return network.counts.params
        return of_network(self.measure, network, self.settings)

    def of_layer(self, node: Node) -> Value:
        """That of one copy, where the layer stands for several."""
        return node.counts.params if self.measure is None else of_layer(self.measure, node, self.settings)

    def rule(self, node: Node) -> Formula:
        """The rule for one copy, in reading order."""
        if self.measure is not None:
            return self.measure.rule(node, self.settings)
        return node.derived.rules.parameters


def adds_up(name: str) -> bool:
    """Whether the layers of a network have a total of a quantity."""
    return name not in ("shape", "padding", "field")


def amount(name: str, settings: Settings | None = None) -> TotalQuantity:
    """The quantity of that name, which may have hyphens: non-trainable."""
    name = name if name in TOTALS else name.replace("-", "_")
    if not adds_up(name):
        raise SymparamsError(f"{name} does not add up over the layers; name a layer, or ask for {', '.join(TOTALS)}")
    if name not in TOTALS and QUANTITY_RULES.ask(name) is None:
        known = (*TOTALS, *extensions.names("quantity"))
        near = nearest(name, known) or f"; the choices are {', '.join(known)}"
        raise SymparamsError(f"there is no quantity `{name[:60]}`{near}")
    return TotalQuantity(name, settings if settings is not None and name in QUANTITY_RULES else Settings())


def total_of(network: Network, what: TotalQuantity, layer: str | None = None) -> Value:
    """How much of a quantity a network, or one of its layers with all its copies, has."""
    if layer is None:
        return what.of_network(network)
    layer_node = layer_named(network, layer)
    return over(what.of_layer(layer_node), layer_node.repeats, network.facts)


def sum_over_layers(network: Network, what: TotalQuantity) -> Formula:
    """The sum that gives the total; in a long one equal terms are taken together."""
    amounts = ((each, what.of_layer(each)) for each in network.nodes)
    return sum_of(over_shown(as_formula(value), each.repeats) for each, value in amounts if value != 0)
