"""How much of a quantity each layer has, equal layers once: so many units, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from symparams.algebra.equality import same, shortened
from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Number,
    Symbol,
    Value,
    as_formula,
    parts,
    total,
)
from symparams.algebra.normal_form import plus, value_of
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import poly, simplified
from symparams.algebra.substitution import can_put_in, put_in
from symparams.algebra.sums import over, over_shown
from symparams.model.network import Network, Node
from symparams.model.tensor import flat
from symparams.quantities.derivation import Derivation, derive
from symparams.quantities.totals import TotalQuantity
from symparams.quantities.unit_counts import counts_by_unit


@dataclass(frozen=True, slots=True)
class Units:
    """So many units that all need the same: filters with their parameters, values with their products."""

    word: str  # what they are called, in the plural: filters; empty: output values
    tensor: str  # whose weights they take, where a layer has several; else empty
    many: Formula  # how many there are, values put in: 14·14·64
    each: Formula  # what each of them needs, values put in: 3·3·32 + 1
    value: Value  # what all of them need

    @property
    def each_value(self) -> Value:
        """What each of them needs, worked out where that is shorter."""
        value = simplified(self.each)
        longer = isinstance(value, Formula) and len(shown(self.each, PLAIN)) <= len(shown(value, PLAIN)) + 2
        return self.each if longer else value

    @property
    def product(self) -> Formula:
        """What all of them need, as it is written: 14·14·64·288; with equal letters in the usual order."""
        written = flat((self.many, as_formula(self.each_value)))
        result = as_formula(self.value)
        return result if sorted(map(repr, parts(written))) == sorted(map(repr, parts(result))) else written

    @property
    def number(self) -> Value:
        """How many there are, a lone number as one."""
        return self.many.value if isinstance(self.many, Number) else self.many

    @property
    def is_one(self) -> bool:
        """Whether there is only one."""
        return self.many == ONE


@dataclass(frozen=True, slots=True)
class LayerAmount:
    """What a layer, or several equal ones, has of a quantity."""

    names: tuple[str, ...]  # of these layers
    derivation: Derivation  # how it comes out for one copy of one of them
    units: tuple[Units, ...]  # the same as units with what each needs; () where it does not come out so
    one: Formula  # what one of these layers has in all its copies, as it is written
    value: Value  # what all of them have together

    @property
    def all(self) -> Formula:
        """What all of them have, as it is written: 3·36,928."""
        return self.one if len(self.names) == 1 else flat((Number(len(self.names)), self.one))

    @property
    def stands_for_copies(self) -> bool:
        """Whether one of the layers stands for several copies."""
        return self.one != as_formula(self.derivation.value)


def layer_amounts(network: Network, what: TotalQuantity) -> list[LayerAmount]:
    """Every layer that has some of a quantity, in order; equal ones where the first of them stands."""
    groups: dict[object, list[Node]] = {}
    for node in network.nodes:
        if what.of_layer(node) != 0:
            groups.setdefault((node.derived, node.shared is None, node.frozen, node.repeats), []).append(node)
    return [_amount(nodes, what, network) for nodes in groups.values()]


def _amount(nodes: Sequence[Node], what: TotalQuantity, network: Network) -> LayerAmount:
    node, facts = nodes[0], network.facts
    value = what.of_layer(node)
    copies = over(value, node.repeats, facts)
    many = value_of(plus([poly(as_formula(copies), facts)] * len(nodes)))
    return LayerAmount(
        tuple(each.name for each in nodes),
        derive(what.name, "", what.rule(node), value, node.derived.facts),
        _units(node, what, value),
        over_shown(as_formula(value), node.repeats),
        shortened(many, facts),
    )


def rule_over_layers(network: Network, what: TotalQuantity) -> Formula:
    """The rules of all layers added up, which says of which factors a total is made."""
    amounts = ((what.rule(node), node.repeats) for node in network.nodes if what.of_layer(node) != 0)
    return total(over_shown(rule, repeats) for rule, repeats in amounts)


# ---------------------------------------------------------------- units


def _units(node: Node, what: TotalQuantity, value: Value) -> tuple[Units, ...]:
    """What the layer has as units with what each needs; () where that does not give the same."""
    if what.name == "params":
        units = tuple(_with_parameters(node))
    elif what.name == "macs":
        units = tuple(_with_products(node))
    else:
        return ()
    summed = value_of(plus(poly(as_formula(each.value)) for each in units))
    return units if same(summed, value, node.derived.facts) else ()


def _with_parameters(node: Node) -> Iterator[Units]:
    """The filters or units of a layer, if its tensors have them in common."""
    for counted in counts_by_unit(node.derived.rules, node.derived.facts):
        yield Units(counted.plural, "", counted.many, counted.each, counted.value)


def _with_products(node: Node) -> Iterator[Units]:
    """The values that the tensors of a layer make, with the products that each of them adds up."""
    joining = [t for t in node.derived.rules.tensors if t.joins and t.uses != ZERO]
    positions = node.derived.out.positions()
    for products, alike in groupby(joining, lambda t: t.of("kernel", "input", "state")):
        tensors = list(alike)
        if len({(t.of("copy", "part", "output"), t.uses) for t in tensors}) != 1:
            return
        t = tensors[0]
        used = positions if t.uses is None else (t.uses,)
        counted = (Number(len(tensors)),) if len(tensors) > 1 else ()
        name = t.name if len(joining) > 1 and len(tensors) == 1 else ""
        yield _made("", name, flat(_flat(*counted, *used, *t.of("copy", "part", "output"))), flat(products))


def _flat(*factors: Formula) -> tuple[Formula, ...]:
    return tuple(f for f in factors if f != ONE and not (isinstance(f, Symbol) and f.value == ONE))


def _made(word: str, tensor: str, many: Formula, each: Formula) -> Units:
    value = simplified(many * each)
    return Units(word, tensor, _with_values(many), _with_values(each), value)


def _with_values(rule: Formula) -> Formula:
    while can_put_in(rule):
        rule = put_in(rule)
    return rule
