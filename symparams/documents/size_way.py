"""How the spatial sizes change on the way to a layer, each change worked out where there are few."""

from __future__ import annotations

from typing import NamedTuple

from symparams.model.derived import Derived
from symparams.model.layer import Shape
from symparams.model.network import Network
from symparams.model.size_changes import size_changes
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_derivations import LayerDerivations

_WORKED = 3  # changes of size that are worked out in a sentence
_LISTED = 8  # the same in a list


class SizeStep(NamedTuple):
    """A layer on the way of the spatial sizes."""

    layer: str  # its name
    sizes: Shape  # of its output, without channels and features
    work: Derivation | None  # how its first size comes out, where the others come out alike and the way is short


class SizeWay(NamedTuple):
    """The way of the spatial sizes to the output of a layer."""

    source: str  # the layer whose output they start from
    is_only_input: bool  # whether that is the only input of the network
    sizes: Shape  # of its output
    changes: tuple[SizeStep, ...]  # the layers that change them, in the order of the data

    @property
    def is_list(self) -> bool:
        """Whether each change is worked out, and there are too many for a sentence."""
        return len(self.changes) > _WORKED and all(one.work is not None for one in self.changes)


def size_way(network: Network, index: int, *, listed: bool = False) -> SizeWay | None:
    """The way to the output of the layer at an index; None where no spatial size changes. `listed`: in a list."""
    found = size_changes(network, index)
    if found is None:
        return None
    is_short = len(found.changes) <= (_LISTED if listed else _WORKED)
    steps = [SizeStep(*one, _work(network.node(one.layer).derived) if is_short else None) for one in found.changes]
    return SizeWay(found.source, found.is_only_input, found.sizes, tuple(steps))


def _work(derived: Derived) -> Derivation | None:
    """How the size along the first spatial axis comes out, if those along the others come out alike."""
    axes = [x for x in LayerDerivations(derived).axes if x.axis not in ("channels", "features")]
    return axes[0].derivation if axes and all(x.like == axes[0].axis for x in axes[1:]) else None
