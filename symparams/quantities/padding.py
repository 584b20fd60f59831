"""How many positions a layer adds before and after its input, along each axis."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.equality import collected
from symparams.algebra.formula import Formula, Value
from symparams.model.network import Node
from symparams.quantities.derivation import Derivation, derive


@dataclass(frozen=True, slots=True)
class PaddingSteps:
    """How the padding along one axis comes out."""

    axis: str  # height, width …
    total: Derivation | None  # the positions at both ends, where half of them is added at each
    before: Derivation  # the positions at the start
    after: Derivation  # those at the end
    like: str | None  # the axis before it that comes out in just the same way


def padding_of(node: Node) -> tuple[PaddingSteps, ...]:
    """The padding of a layer, an axis each; () where it adds none."""
    every: list[PaddingSteps] = []
    for one in node.layer.padding_of(*node.derived.arriving) if node.derived.arriving else ():
        before, after = (_derived(rule, one.axis, node) for rule in (one.before, one.after))
        total = None if one.added is None else _derived(one.added, one.axis, node)
        like = next((s.axis for s in every if s.like is None and _alike(s, total, before, after)), None)
        every.append(PaddingSteps(one.axis, total, before, after, like))
    return tuple(every)


def _derived(rule: Formula, axis: str, node: Node) -> Derivation:
    facts = node.derived.facts
    return derive("padding", axis, rule, collected(rule, facts), facts)


def _alike(steps: PaddingSteps, *others: Derivation | None) -> bool:
    """Whether two axes have the same numbers put in and give the same."""
    pairs = zip((steps.total, steps.before, steps.after), others, strict=True)
    return all(one is other or (one and other and _shown(one) == _shown(other)) for one, other in pairs)


def _shown(derivation: Derivation) -> tuple[Formula, Value]:
    return derivation.substitution, derivation.value
