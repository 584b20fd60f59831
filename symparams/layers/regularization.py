"""Layers that act in training only."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from symparams.algebra.formula import Formula, Number
from symparams.layers.passing import Passing
from symparams.model.arguments import NOT_NEGATIVE, RATE, SETTINGS, argument
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import Incoming, Outgoing, layer_class
from symparams.model.work import Saved


@layer_class
class Dropout(Passing):
    """Sets a fraction of the values to zero in training: same shape, no parameters.

    The weights of the layers around it stay and are counted there.
    """

    rate: Formula = argument(
        RATE, "dropout rate: the fraction of values set to zero", Number(Fraction(1, 2)), told=True
    )

    names: ClassVar = (
        "dropout", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "GaussianDropout",
    )  # fmt: skip
    calls: ClassVar = (
        keras("Dropout AlphaDropout", "rate! -noise_shape -seed"),
        torch("Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout", "p:rate -inplace"),
        keras("SpatialDropout1D", "rate! -seed -dtype"),
        keras("SpatialDropout2D SpatialDropout3D", "rate! -data_format -seed -dtype"),
        keras("GaussianDropout", "rate! -seed"),
        keras1("Dropout", "p:rate! -noise_shape -seed"),
        keras1("SpatialDropout1D GaussianDropout", "p:rate!"),
        keras1("SpatialDropout2D SpatialDropout3D", "p:rate! -dim_ordering"),
    )
    cited: ClassVar = found_in(shape="srivastava2014 §4")
    title: ClassVar = "Dropout"
    family: ClassVar = "Regularization"
    ranked: ClassVar = False
    example: ClassVar = "input(128) -> dropout(0.5)"
    because: ClassVar = (
        "dropout only sets values to zero in training; the weights around it stay and are counted in their own layers"
    )
    shape_because: ClassVar = "values that are set to zero keep their places, so the shape stays the same"
    saves: ClassVar = "the mask says, with one byte each, which values were dropped"

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        """The mask."""
        return Saved(masks=out.numbers())


@layer_class
class GaussianNoise(Passing):
    """Adds random numbers while training: same shape, no parameters."""

    deviation: Formula = argument(RATE, "standard deviation of the noise", short="stddev")

    names: ClassVar = ("noise", "GaussianNoise")
    calls: ClassVar = (
        keras("GaussianNoise", "stddev:deviation! -seed"),
        keras1("GaussianNoise", "sigma:deviation!"),
    )
    title: ClassVar = "Gaussian noise"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(128) -> noise(0.1)"
    because: ClassVar = "random noise is added in training, so there is nothing to learn"
    shape_because: ClassVar = "noise is added to each value, so the shape stays the same"


@layer_class
class ActivityRegularization(Passing):
    """Adds a penalty for large outputs to the loss: same shape, no parameters."""

    l1: Formula = argument(NOT_NEGATIVE, "factor of the penalty on absolute values", Number(0), keyword=True)
    l2: Formula = argument(NOT_NEGATIVE, "factor of the penalty on squares", Number(0), keyword=True)

    names: ClassVar = ("activityregularization", "ActivityRegularization")
    calls: ClassVar = (keras("ActivityRegularization", "l1 l2"),)
    title: ClassVar = "Activity regularization"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(128) -> activityregularization(l2=0.01)"
    because: ClassVar = "a penalty is added to the loss, but there is nothing to learn"
    shape_because: ClassVar = "the output equals the input"


@layer_class
class Masking(Passing):
    """Marks the time steps that the layers after it skip: same shape, no parameters."""

    value: tuple[object, ...] = argument(SETTINGS, "the value that marks a step", (Number(0),), short="mask_value")

    names: ClassVar = ("masking", "Masking")
    calls: ClassVar = (keras("Masking", "mask_value:value"),)
    title: ClassVar = "Masking"
    family: ClassVar = "Regularization"
    example: ClassVar = "input(10, 8) -> masking"
    because: ClassVar = "masking only marks time steps, so there is nothing to learn"
    shape_because: ClassVar = "the marked steps remain in the sequence, so the shape stays the same"
