"""Normalization over the last axis, or over several that are named."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula
from symparams.algebra.notation import size
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.gamma_and_beta import Factored
from symparams.layers.sharing import count_of_positions
from symparams.layers.sizes import axes_of, sizes_of
from symparams.model.arguments import INTEGERS, SIZES, argument
from symparams.model.layer import EVERYWHERE, UNKNOWN, Incoming, Sight, layer_class
from symparams.model.sentence import Text
from symparams.model.tensor import flat


@layer_class
class OverAxes(Factored):
    """A normalization over the last axis, or over several that are named."""

    family: ClassVar = "Normalization"

    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    reads: ClassVar = "features"

    shape: tuple[Formula, ...] | None = argument(
        SIZES, "sizes of the last axes that are normalized together (PyTorch's normalized_shape)", None
    )
    trailing: tuple[int, ...] | None = argument(
        INTEGERS, "number of last axes that are normalized together, by default one", None, keyword=True
    )
    axis: tuple[int, ...] | None = argument(INTEGERS, "axes that are normalized together (Keras)", None, keyword=True)

    def places(self, x: Incoming) -> tuple[int, ...]:
        """The axes that are normalized together."""
        given = [name for name in ("shape", "trailing", "axis") if getattr(self, name) is not None]
        rank = len(x.shape)
        if len(given) > 1:
            raise LayerError(f"{given[0]} and {given[1]} both say which axes are normalized; give one of them")
        if self.axis is not None:
            places = axes_of(self.axis, x)
            if x.convention == "torch" and places != tuple(range(rank - len(places), rank)):
                raise LayerError("PyTorch normalizes the last axes only; choose convention keras or permute before it")
            return places
        count = 1
        if self.trailing is not None:
            count = self.trailing[0]
            if len(self.trailing) != 1 or not 1 <= count <= rank:
                raise LayerError(f"trailing must be one number from 1 to {rank}, the axes of {x}")
        if self.shape is not None:
            count = len(self.shape)
            arrived = x.shape[-count:]
            wanted = tuple(simplified(one) for one in self.shape)
            if count > rank or not all(map(same, arrived, wanted)):
                raise LayerError(f"the axes to normalize have the sizes {size(wanted, PLAIN)}, but {x} arrives")
        return tuple(range(rank - count, rank))

    def sizes(self, x: Incoming) -> tuple[Formula, ...]:
        every = sizes_of(x, x.feature_names())
        return tuple(every[place] for place in self.places(x))

    def normalized(self, sizes: tuple[Formula, ...]) -> str:
        """What has a scale of its own."""
        return "feature" if len(sizes) == 1 else "value"

    def shared(self, x: Incoming) -> tuple[Text, ...]:
        """That the other axes do not matter; () where there are none."""
        others = tuple(size for i, size in enumerate(sizes_of(x)) if i not in self.places(x))
        if not others:
            return ()
        return (count_of_positions(flat(others), "all positions share the same parameters"),)

    def reach(self, *arriving: Incoming) -> Sight:
        """Everywhere as soon as the numbers of several positions are normalized together; one row has no formula."""
        (x,) = arriving
        last = len(x.shape) - 1
        if not last or self.places(x) != (last,):
            return EVERYWHERE
        return UNKNOWN if x.axis_names()[last] == "width" else ()
