"""What each rule of a layer is known by: layers whose rules have one identity are counted by one numbered rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from symparams.algebra.formula import Formula, Symbol, symbols
from symparams.algebra.substitution import renamed, without_values
from symparams.appendices.canonical import NONE, Features, canonical, features, neutral, of_one_axis, text_of
from symparams.documents.entries import LayerEntry
from symparams.model.layer import SPATIAL, Layer
from symparams.model.sentence import Text, changed
from symparams.model.tensor import parameter_rule
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_derivations import AxisSize
from symparams.quantities.layer_quantities import LayerQuantity

_SPATIAL = frozenset(name for axes in SPATIAL.values() for name, _, _ in axes)


class Identity(NamedTuple):
    """What is equal for rules that are one but for settings."""

    quantity: str  # shape, params, macs …
    role: str  # of a shape: size, of a spatial axis, or features, also for channels, or steps …; else empty
    text: str  # of the formula without any setting


@dataclass(frozen=True, slots=True)
class Found:
    """A rule of one layer."""

    identity: Identity
    layer: Layer
    heading: str  # what layers of its kind are called; empty: all layers have the rule
    left: Symbol | str  # what it gives
    formula: Formula  # canonical
    features: Features
    because: Text
    symbols: tuple[Symbol, ...]  # with their meanings


def size_found(entry: LayerEntry, axis: AxisSize) -> Found:
    """The rule for the size along an axis."""
    rules = entry.node.derived.rules
    is_size = axis.axis in _SPATIAL
    rule = axis.derivation.rule
    formula = of_one_axis(rule) if is_size else canonical(rule)
    kept = features(formula, entry.node.layer, False, is_size)
    role = "size" if is_size else {"channels": "features"}.get(axis.axis, axis.axis)
    identity = Identity("shape", role, text_of(neutral(formula, kept, is_size)))
    because = changed((is_size and rules.size_reason) or rules.shape_reason, of_one_axis if is_size else canonical)
    return Found(identity, entry.node.layer, entry.heading, axis.symbol, formula, kept, because, _known(formula))


def params_found(entry: LayerEntry) -> Found:
    """The rule for the parameters."""
    rules = entry.node.derived.rules
    formula = canonical(entry.account.params.rule)
    others = tuple(t for t in rules.counted if t.kind != "bias")
    joins = any(t.joins for t in others)  # a scale alone is no layer with its biases left out
    has_bias = joins and len(others) < len(rules.counted) and rules.written is None
    kept = features(formula, entry.node.layer, has_bias, False)
    bare = canonical(parameter_rule(others)) if has_bias else formula
    identity = Identity("params", "", text_of(neutral(bare, kept, False)))
    return Found(identity, entry.node.layer, entry.heading, Symbol("P"), formula, kept, rules.because, _known(formula))


def measure_found(entry: LayerEntry, quantity: LayerQuantity) -> Found:
    """The rule for a further quantity."""
    measure = quantity.measure
    formula = canonical(quantity.derivation.rule)
    kept = features(formula, entry.node.layer, False, False) if measure.by_layer else NONE
    text = text_of(neutral(formula, kept, False)) if measure.by_layer else ""
    heading = entry.heading if measure.by_layer else ""
    identity = Identity(measure.name, "", text)
    return Found(identity, entry.node.layer, heading, measure.left, formula, kept, quantity.because, _known(formula))


# What a receptive field has, with the letter for it and the reason of its rule.
_FIELD: dict[str, tuple[str, str]] = {
    "size": ("r", "an output value sees `k` positions of its layer's input, each a jump of that input from the next"),
    "jump": ("j", "neighboring output values begin `s` positions of the layer's input apart"),
    "offset": ("o", "the first output value begins `p` positions before the input of the layer begins"),
}  # fmt: skip
_SPANS = re.compile(r"([ksp])_(?:eff|\d+)")  # of a field in a network where k is the letter for something else


def field_found(entry: LayerEntry, role: str, derivation: Derivation) -> Found:
    """The rule for the size, jump or offset of a receptive field."""
    rule = canonical(derivation.rule)
    rule = renamed(rule, {s.name: f[1] for s in symbols(rule) if (f := _SPANS.fullmatch(s.name))})
    letter, because = _FIELD[role]
    return Found(Identity("field", role, ""), entry.node.layer, "", Symbol(letter), rule, NONE, because, _known(rule))


def _known(formula: Formula) -> tuple[Symbol, ...]:
    return tuple(dict.fromkeys(s for s in symbols(without_values(formula)) if s.meaning))
