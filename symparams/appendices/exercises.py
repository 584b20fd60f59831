"""Exercises on layers of the networks: numbers to be found by one of the rules, a different rule each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symparams.appendices.canonical import Features
from symparams.appendices.identity import Found, Identity, measure_found, params_found, size_found
from symparams.appendices.record import Exercise, NetworkSection, Rule
from symparams.documents.entries import LayerEntry
from symparams.documents.layer_description import arriving, settings
from symparams.documents.solution import Solution
from symparams.exams.describable import can_be_described
from symparams.quantities.derivation import Derivation

_ASKED = ("params", "shape", "macs")  # in turn
_LEAST = 20  # an answer that is not guessed


def exercises_of(
    several: Sequence[tuple[NetworkSection, Solution]], rules: Mapping[Identity, Rule], count: int
) -> tuple[Exercise, ...]:
    """So many, or as many as there are rules for: in turn on parameters, sizes and work."""
    open_ = {quantity: list(_candidates(several, rules, quantity)) for quantity in _ASKED}
    made: list[Exercise] = []
    used: set[int] = set()
    asked: dict[str, int] = {}
    while len(made) < count and any(open_.values()):
        for quantity in _ASKED:
            if len(made) == count or not open_[quantity]:
                continue
            best = min(open_[quantity], key=lambda one: (asked.get(one.slug, 0), one.rule.number))
            open_[quantity] = [one for one in open_[quantity] if one.rule is not best.rule]
            used.add(best.rule.number)
            asked[best.slug] = asked.get(best.slug, 0) + 1
            made.append(best)
    return tuple(made)


def _candidates(
    several: Sequence[tuple[NetworkSection, Solution]], rules: Mapping[Identity, Rule], quantity: str
) -> Iterator[Exercise]:
    """For every rule and network a layer, one to which the numbered formula applies as it is if there is one."""
    for section, solution in several:
        best: dict[int, Exercise] = {}
        for entry in solution.every:
            if entry.is_marker or entry.is_input or not can_be_described(entry.node.derived, quantity):
                continue
            for found, derivation in _questions(entry, quantity):
                rule, features = rules[found.identity], found.features
                value, known = derivation.value, best.get(rule.number)
                is_better = known is None or (features == rule.features != known.features)
                if is_better and isinstance(value, int) and value >= (2 if quantity == "shape" else _LEAST):
                    best[rule.number] = _exercise(section, entry, quantity, rule, features, derivation)
        yield from best.values()


def _questions(entry: LayerEntry, quantity: str) -> Iterator[tuple[Found, Derivation]]:
    """The rules of a layer for a quantity, with what comes out."""
    if quantity == "shape":
        for axis in entry.account.axes:
            found = size_found(entry, axis)
            if found.identity.role == "size" and axis.like is None and axis.value != entry.arriving[0][0]:
                yield found, axis.derivation
    elif quantity == "params":
        if entry.has_parameters and entry.shared is None:
            yield params_found(entry), entry.account.params
    else:
        for one in entry.quantities:
            if one.measure.name == quantity:
                yield measure_found(entry, one), one.derivation


def _exercise(
    section: NetworkSection, entry: LayerEntry, quantity: str, rule: Rule, features: Features, derivation: Derivation
) -> Exercise:
    node = entry.node
    return Exercise(
        label=f"{section.slug}:{entry.name}:{quantity}",
        slug=section.slug,
        title=section.title,
        convention=section.convention,
        layer=entry.name,
        heading=node.layer.heading,
        settings=tuple(settings(node, {}, weights_only=quantity == "params")),
        arriving=arriving(node, {}),
        quantity=quantity,
        axis=derivation.axis,
        rule=rule,
        features=features,
        derivation=derivation,
        shape=node.shape,
    )
