"""What PyTorch's `state_dict()` lists beside the parameters: a shared matrix under each of its names, and buffers."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from symparams.algebra.formula import Value
from symparams.layers.embedding import Tied
from symparams.model.network import Network, Node
from symparams.quantities.tensor_counts import stored_tensors


@dataclass(frozen=True, slots=True)
class Listed:
    """What `state_dict()` lists, where that is more than the parameters."""

    total: int  # numbers in all its tensors
    params: int  # the parameters, each tensor once
    again: tuple[tuple[str, int], ...]  # the layers whose weights are those of an embedding, with how many these are
    buffers: int  # numbers in buffers


def listed(network: Network) -> Listed | None:
    """What `state_dict()` lists in all; None where it lists the parameters alone, or not all is known."""
    if network.convention != "torch" or any(node.repeats for node in network.nodes):
        return None
    again = [(n.name, embedded(network, n.layer)) for n in network.nodes if isinstance(n.layer, Tied)]
    buffers = [size for node in network.nodes if node.shared is None for size in _buffers(node)]
    params = network.counts.params
    numbers = [params, *(count for _, count in again), *buffers]
    known = [n for n in numbers if isinstance(n, int)]
    if not isinstance(params, int) or len(known) < len(numbers) or sum(known) == params:
        return None
    twice = tuple((name, count) for name, count in again if isinstance(count, int))
    return Listed(sum(known), params, twice, sum(known) - params - sum(count for _, count in twice))


def embedded(network: Network, tied: Tied) -> Value:
    """How many weights the embedding has that a layer uses."""
    return next((node.counts.weights for node in network.nodes if node.layer == tied.embedding), 0)


def _buffers(node: Node) -> list[Value]:
    """The sizes of its buffers; a size with letters stands for what is not known."""
    found: list[Value] = []
    for tensor in stored_tensors(node.derived.rules, node.derived.facts):
        if tensor.is_buffer:
            sizes = [n for n in (*tensor.shape, tensor.copies) if isinstance(n, int)]
            open_ = next((n for n in (*tensor.shape, tensor.copies) if not isinstance(n, int)), None)
            found.append(prod(sizes) if open_ is None else open_)
    return found
