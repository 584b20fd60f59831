"""A network on another input: an image of another size or with other channels, a sequence of another length."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Value, as_formula
from symparams.model.network import Network, Node
from symparams.model.provenance import names_meant
from symparams.questions.changed_networks import changed, resized

_TIMES = 2  # as many positions are tried where no other number of them is told


def with_positions(network: Network, told: Sequence[int]) -> tuple[Network | None, tuple[int, ...]]:
    """The network on an input with these sizes along its positions, else with twice as many; and these sizes.

    None where it has no positions, or another number of axes; raises SymparamsError where a layer does not fit.
    """
    layers, sizes = {}, tuple(told)
    for node in _inputs(network):
        names = names_meant(network, node)
        axes = [axis for axis, name in enumerate(names) if name not in ("channels", "features")]
        if len(told) not in (0, 1, len(axes)) or not axes:
            return None, ()
        new = {axis: _size(node.shape[axis], told, place) for place, axis in enumerate(axes)}
        sizes = tuple(n for size in new.values() if isinstance(n := number(size), int))
        layers[node.name] = resized(node.layer, new)
    return (changed(network, layers), sizes) if layers else (None, ())


def with_channels(network: Network, channels: int) -> Network | None:
    """The network on an image with so many channels; None where it has them, or does not read one image.

    Raises SymparamsError where a layer does not fit.
    """
    inputs = _inputs(network)
    names = names_meant(network, inputs[0]) if len(inputs) == 1 else ()
    if "channels" not in names or inputs[0].shape[axis := names.index("channels")] == channels:
        return None
    return changed(network, {inputs[0].name: resized(inputs[0].layer, {axis: Number(channels)})})


def is_open(network: Network) -> bool:
    """Whether a network leaves sizes of its input open."""
    return any(not isinstance(size, int) for node in _inputs(network) for size in node.shape)


def _inputs(network: Network) -> list[Node]:
    return [node for node in network.nodes if not node.inputs and hasattr(node.layer, "shape")]


def _size(own: Value, told: Sequence[int], place: int) -> Formula:
    return Number(told[place % len(told)]) if told else as_formula(_TIMES * own)
