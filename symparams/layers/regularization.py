"""Layers that act in training only."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from symparams.algebra.formula import Formula, Number
from symparams.layers.passing import Passing
from symparams.model.arguments import NOT_NEGATIVE, RATE, SETTINGS, argument
from symparams.model.layer import layer_class


@layer_class
class Dropout(Passing):
    """Switches off a share of the units while training: same shape, no parameters.

    The weights of its neighbours stay and are counted there. Srivastava et al., Dropout, 2014.
    """

    rate: Formula = argument(RATE, "share of units that are switched off", Number(Fraction(1, 2)), told=True)

    names: ClassVar = (
        "dropout", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "GaussianDropout",
    )  # fmt: skip
    title: ClassVar = "Dropout"
    family: ClassVar = "Regularization"
    ranked: ClassVar = False
    example: ClassVar = "input(128) -> dropout(0.5)"
    because: ClassVar = (
        "dropout switches units off in training, but the weights stay in the model and are counted where they are"
    )
    shape_because: ClassVar = "units that are switched off still have their place, so the shape stays"


@layer_class
class GaussianNoise(Passing):
    """Adds random numbers while training: same shape, no parameters."""

    deviation: Formula = argument(RATE, "standard deviation of the noise", short="stddev")

    names: ClassVar = ("noise", "GaussianNoise")
    title: ClassVar = "Gaussian noise"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(128) -> noise(0.1)"
    because: ClassVar = "the noise is random and only added in training; there is nothing in it to learn"
    shape_because: ClassVar = "every number keeps its place, so the shape stays"


@layer_class
class ActivityRegularization(Passing):
    """Adds a penalty for large outputs to the loss: same shape, no parameters."""

    l1: Formula = argument(NOT_NEGATIVE, "penalty for the size", Number(0), keyword=True)
    l2: Formula = argument(NOT_NEGATIVE, "penalty for the square", Number(0), keyword=True)

    names: ClassVar = ("activityregularization", "ActivityRegularization")
    title: ClassVar = "Activity regularization"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(128) -> activityregularization(l2=0.01)"
    because: ClassVar = "the penalty is added to the loss; there is nothing in it to learn"
    shape_because: ClassVar = "the numbers are handed on as they are, so the shape stays"


@layer_class
class Masking(Passing):
    """Marks the time steps that the layers behind it leave out: same shape, no parameters."""

    value: tuple[object, ...] = argument(SETTINGS, "the number that marks a step", (Number(0),), short="mask_value")

    names: ClassVar = ("masking", "Masking")
    title: ClassVar = "Masking"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(10, 8) -> masking"
    because: ClassVar = "masking only marks steps; there is nothing in it to learn"
    shape_because: ClassVar = "steps that are marked still have their place, so the shape stays"
