"""The derivations of a layer, each with what is asked and why: what JSON and the Python interface show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from symparams.algebra.formula import ZERO, as_formula
from symparams.model.network import Node
from symparams.model.sentence import Text, together
from symparams.quantities.derivation import Derivation, derive, derive_shape
from symparams.quantities.field import Field
from symparams.quantities.layer_derivations import LayerDerivations
from symparams.quantities.layer_quantities import NetworkQuantities
from symparams.quantities.padding import padding_of

PARTS = ("size", "jump", "offset")  # of a receptive field
SIDES = ("before", "after", "total")  # of padding


@dataclass(frozen=True, slots=True)
class Explained:
    """A derivation and what is said of it."""

    derivation: Derivation
    asked: str  # what it gives: "parameters of conv_1"
    because: Text  # one clause on its rule; empty where there is none
    unit: str = ""  # what the result counts: "bytes"; empty for shapes and parameters
    part: str = ""  # of a receptive field: one of PARTS; of padding: one of SIDES


def explained(
    node: Node,
    index: int,
    account: LayerDerivations,
    quantities: Collection[str],
    measurements: NetworkQuantities,
    every: bool = False,
) -> Iterator[Explained]:
    """The derivations of the layer at an index, one for each axis of a shape or a receptive field.

    With `every` also those that say nothing in a document: that there is none, that it is as in the layer before.
    """
    if "shape" in quantities:
        for derivation in derive_shape(node.derived):
            asked = f"{derivation.axis} of the output of {node.name}"
            yield Explained(derivation, asked, node.derived.rules.shape_reason)
    if "params" in quantities:
        yield Explained(account.params, f"parameters of {node.name}", _because(node))
    for measure in measurements.chosen:
        m = measurements.named(measure.name, node)
        if m is not None:
            yield Explained(m.derivation, f"{measure.title} of {node.name}", m.because, measure.unit)
        elif every:
            yield Explained(_nothing(node, measure.name), f"{measure.title} of {node.name}", "", measure.unit)
    if measurements.has_padding:
        yield from _padding(node)
    fields = measurements.fields_of(index) if measurements.has_fields else ()
    for one in () if isinstance(fields, str) else fields:
        steps = one.steps or (_as_before(node, one.field) if every else ())
        for part, derivation in zip(PARTS, steps, strict=bool(steps)):
            asked = f"{part} of the receptive field of {node.name} along the {one.axis}"
            yield Explained(derivation, asked, "", part, part)


def _padding(node: Node) -> Iterator[Explained]:
    """The positions that are added before and after, along each axis."""
    for one in padding_of(node):
        for side, derivation in zip(SIDES, (one.before, one.after, one.total), strict=True):
            if derivation is not None:
                asked = f"{side} padding of {node.name} along the {one.axis}"
                yield Explained(derivation, asked, "", "positions", side)


def _nothing(node: Node, quantity: str) -> Derivation:
    return derive(quantity, "", ZERO, 0, node.derived.facts)


def _as_before(node: Node, field: Field) -> tuple[Derivation, ...]:
    sizes = (field.size, field.jump, field.offset)
    return tuple(derive("field", field.axis, as_formula(value), value, node.derived.facts) for value in sizes)


def _because(node: Node) -> Text:
    if node.shared is not None:
        return f"these are the weights of {node.shared}, which are counted there"
    has_parameters = node.derived.counts.params != 0
    return together(node.derived.rules.because, "they are frozen" if node.frozen and has_parameters else "")
