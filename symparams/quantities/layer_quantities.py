"""The further quantities of a network as a solution shows them: a derivation for each layer, and totals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Product, Quotient, Value, as_formula, symbols, total
from symparams.algebra.shortest_form import shortest
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import renamed
from symparams.algebra.sums import over, over_shown
from symparams.model.derived import Derived
from symparams.model.network import Network, Node
from symparams.model.sentence import Text
from symparams.quantities.derivation import Derivation, derive
from symparams.quantities.field import Field, State, fields
from symparams.quantities.quantity import QUANTITY_RULES, WITH_ALL, Quantity, chosen, of_layer, of_network
from symparams.quantities.settings import Settings
from symparams.quantities.upsampled_fields import Neighbors, neighbors

QUANTITIES = ("shape", "params", *QUANTITY_RULES, "field", "padding")
ALL = ("shape", "params", *WITH_ALL, "field")  # those that are shown with all
USUAL = ("shape", "params")  # what a solution shows unless more is asked for


@dataclass(frozen=True, slots=True)
class LayerQuantity:
    """One quantity of one layer."""

    measure: Quantity  # which quantity
    derivation: Derivation  # for one copy
    together: Value  # in all copies
    because: Text  # one clause on the rule


@dataclass(frozen=True, slots=True)
class FieldSteps:
    """How the receptive field along one axis comes out."""

    axis: str  # height, width …
    field: Field  # its size, jump and offset
    steps: tuple[Derivation, ...]  # size, jump and offset, in the last copy; (): as in the layer before
    of_copy: tuple[Derivation, ...]  # the same in copy i, where they change from copy to copy; (): they do not
    like: str | None  # the axis before it that comes out in just the same way


class NetworkQuantities:
    """Every further quantity that was asked for, worked out when a document wants it."""

    def __init__(self, network: Network, quantities: Collection[str], settings: Settings) -> None:
        self.network = network
        self.settings = settings
        self.chosen = chosen(quantities)
        self.has_fields = "field" in quantities
        self.has_padding = "padding" in quantities
        self.wanted = bool(self.chosen) or self.has_fields or self.has_padding  # whether any of them was asked for
        self._known: dict[tuple[object, ...], LayerQuantity | None] = {}

    def of(self, node: Node) -> tuple[LayerQuantity, ...]:
        """The quantities that a layer has some of."""
        quantities = (self._one(measure, node) for measure in self.chosen)
        return tuple(m for m in quantities if m is not None)

    def named(self, name: str, node: Node) -> LayerQuantity | None:
        """One quantity of a layer; None if it has nothing of it."""
        return self._one(QUANTITY_RULES[name], node)

    def _one(self, measure: Quantity, node: Node) -> LayerQuantity | None:
        key = (measure.name, node.derived, node.shared is None, node.frozen, node.repeats)
        if key not in self._known:
            self._known[key] = self._worked_out(measure, node)
        return self._known[key]

    def _worked_out(self, measure: Quantity, node: Node) -> LayerQuantity | None:
        facts = node.derived.facts
        value = of_layer(measure, node, self.settings)
        if value == 0:
            return None
        derivation = derive(measure.name, "", measure.rule(node, self.settings), value, facts)
        together = over(value, node.repeats, facts) if node.repeats else value
        return LayerQuantity(measure, derivation, together, measure.because(node, self.settings))

    def lacking(self, node: Node) -> tuple[tuple[Quantity, str], ...]:
        """The quantities of which a layer has nothing, each with the reason."""
        lacked = (m for m in self.chosen if self._one(m, node) is None)
        return tuple((m, m.lacking(node, self.settings)) for m in lacked)

    def total(self, measure: Quantity) -> Value:
        """The quantity of the network, in its shortest form."""
        return shortest(of_network(measure, self.network, self.settings), self.network.facts)

    def total_sum(self, measure: Quantity) -> Formula:
        """The sum over the layers."""
        pairs = ((node, self._one(measure, node)) for node in self.network.nodes)
        return sum_of((over_shown(as_formula(m.derivation.value), n.repeats) for n, m in pairs if m is not None))

    @cached_property
    def states(self) -> list[State]:
        """The receptive field behind each layer."""
        return fields(self.network)

    @cached_property
    def neighbors(self) -> Neighbors | None:
        """How many positions neighboring outputs see behind a layer that enlarges; none where no layer does."""
        made = (f.made_of for state in self.states if not isinstance(state, str) for f in state if f.made_of)
        if not any(isinstance(number(as_formula(m[4])), Fraction) or isinstance(m[4], Quotient) for m in made):
            return None
        return neighbors(self.network, [not isinstance(state, str) for state in self.states])

    def fields_of(self, index: int) -> tuple[FieldSteps, ...] | str:
        """The receptive field at the output of a layer; a word where it has no size of its own."""
        state = self.states[index]
        if isinstance(state, str):
            return state
        field_steps: list[FieldSteps] = []
        facts = self.network.facts
        for field in state:
            like = next((f.axis for f in field_steps if f.like is None and _alike(f.field, field)), None)
            inside = self.network.nodes[index].derived
            of_copy = _steps(field.of_copy, inside, inside.facts) if field.of_copy is not None else ()
            field_steps.append(FieldSteps(field.axis, field, _steps(field, inside, facts), of_copy, like))
        return tuple(field_steps)


def _steps(field: Field, layer: Derived, facts: Facts) -> tuple[Derivation, ...]:
    """How size, jump and offset come out."""
    values = (field.size, field.jump, field.offset)
    others = _other_names(field, layer)
    return tuple(
        derive("field", field.axis, renamed(rule, others), value, facts)
        for rule, value in zip(field.rules, values, strict=bool(field.rules))
    )


def _other_names(field: Field, layer: Derived) -> dict[str, str]:
    """Names for the k, s and p of a field that are not those of the layer's own rules: with dilation k_eff."""
    rules = (layer.rules.parameters, *(axis.size for axis in layer.rules.output))
    own: dict[str, set[Value]] = {}
    for known in (one for rule in rules for one in symbols(rule)):
        if known.value is not None:
            own.setdefault(known.name.split("_")[0], set()).add(simplified(known.value, layer.facts))
    values = zip(("k", "s", "p"), field.made_of[3:], strict=bool(field.made_of))
    return {name: f"{name}_eff" for name, value in values if own.get(name) and value not in own[name]}


def _alike(one: Field, other: Field) -> bool:
    return (one.size, one.jump, one.offset, one.made_of) == (other.size, other.jump, other.offset, other.made_of)


def sum_of(terms: Iterable[Formula]) -> Formula:
    """The sum of what the layers have; in a long one equal terms are taken together."""
    listed = list(terms)
    if len(listed) <= 12:
        return total(listed)
    times: dict[Formula, int] = {}
    for term in listed:
        times[term] = times.get(term, 0) + 1
    return total(term if n == 1 else Product((Number(n), term)) for term, n in times.items())
