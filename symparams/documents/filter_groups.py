"""The groups of a grouped convolution: which filters each of them has, and what it outputs."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.documents.entries import LayerEntry
from symparams.layers.convolution import Convolution
from symparams.model.layer import Shape

_FEW = 4  # groups whose slices are written one by one


@dataclass(frozen=True, slots=True)
class FilterGroups:
    """How the filters of a convolution are divided."""

    count: int  # the groups
    filters: int  # of each group
    channels: int  # of the input that each group sees
    output: Shape  # of each group
    slices: tuple[str, ...]  # the weights of each group as code: weight[0:4]; of many groups the first two and the last

    @property
    def has_gap(self) -> bool:
        """Whether slices are left out before the last one."""
        return self.count > len(self.slices)


def filter_groups(entry: LayerEntry) -> FilterGroups | None:
    """The groups of a layer whose sizes are known; None for one without groups."""
    derived = entry.node.derived
    if not isinstance(derived.layer, Convolution):
        return None
    (x,), axis = derived.arriving, derived.feature_axis
    groups, channels, filters = map(number, map(as_formula, (derived.layer.groups, x.channels, derived.shape[axis])))
    if not (isinstance(groups, int) and isinstance(channels, int) and isinstance(filters, int)) or groups < 2:
        return None
    each = filters // groups
    output = tuple(each if i == axis % len(derived.shape) else size for i, size in enumerate(derived.shape))
    places = range(groups) if groups <= _FEW else (0, 1, groups - 1)
    before, name = ("", "weight") if derived.convention == "torch" else ("..., ", "kernel")
    slices = tuple(f"{name}[{before}{i * each}:{(i + 1) * each}]" for i in places)
    return FilterGroups(groups, each, channels // groups, output, slices)
