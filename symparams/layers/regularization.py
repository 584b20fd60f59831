"""Layers that act in training only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from symparams.arguments import RATE, argument
from symparams.formula import Formula, Number
from symparams.layer import Incoming, Layer, Rules, nothing_to_learn


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """Switches off a share of the units while training: same shape, no parameters.

    The weights of its neighbours stay and are counted there. Srivastava et al., Dropout, 2014.
    """

    rate: Formula = argument(RATE, "share of units that are switched off", Number(Fraction(1, 2)))

    names: ClassVar = (
        "dropout", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "GaussianDropout",
    )  # fmt: skip
    title: ClassVar = "Dropout"
    ranked: ClassVar = False
    example: ClassVar = "input(128) -> dropout(0.5)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return nothing_to_learn(
            x.kept(),
            "dropout switches units off in training, but the weights stay in the model and are counted where they are",
            "units that are switched off still have their place, so the shape stays",
        )
