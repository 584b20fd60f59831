"""A mistake about the layer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.extend import Formula, Subject, misconception, named, some, without_factor

from .gated_memory import GatedMemory


@misconception(
    "gate of the memory left out",
    "params",
    "macs",
    layers=(GatedMemory,),
    explanation="you counted the memory and left out its gate",
    repair="the gate is computed from all inputs, too, and needs as many parameters as the memory",
    claim="A gate has no parameters.",
    source="Kim and Park, Gates that remember, 2021",
    credit=Fraction(1, 2),
)
def one_gate(s: Subject) -> Iterable[Formula]:
    """p·(d + 1)·m → (d + 1)·m."""
    return some(without_factor(s.rule, named("p")))
