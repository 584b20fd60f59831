"""What a drawing of a network says of each layer."""

from __future__ import annotations

from symparams.algebra.formula import Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.model.network import Network, Node


def lines_of(node: Node) -> tuple[str, ...]:
    """The name of a layer, its class, its output and, if it has any, its parameters."""
    copies = "".join(f" × {_number(repeat.count)}" for repeat in node.repeats)
    count = (f"{_number(node.counts.params)} parameters",) if node.counts.params != 0 else ()
    shared = () if node.shared is None else (f"weights of {node.shared}",)
    return (f"{node.name}{copies}", node.layer.heading, " × ".join(map(_number, node.shape)), *count, *shared)


def arrows_of(network: Network) -> list[tuple[int, int]]:
    """Which layer feeds which, by their numbers."""
    return [(feeding, fed) for fed, node in enumerate(network.nodes) for feeding in node.inputs]


def _number(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else shown(as_formula(value), PLAIN)
