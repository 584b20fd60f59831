"""A quantity: what the multiply-accumulates of a layer cost on a chip."""

from __future__ import annotations

from symparams.extend import ZERO, Formula, Node, Quantity, Settings, symbol


def _energy(node: Node, settings: Settings) -> Formula:
    macs = node.derived.macs
    return ZERO if macs == ZERO else macs * symbol("e", 4, "picojoules for each multiply-accumulate")


energy = Quantity(
    name="energy",
    title="Energy",
    left="energy",
    unit="picojoules",
    rule=_energy,
    because=lambda node, settings: "every multiply-accumulate costs the same",
    convention=lambda settings: "Energy: 4 picojoules for each multiply-accumulate of one forward pass",
)
