"""What a framework's call says about its input, against what arrives."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.errors import LayerError
from symparams.layers.sizes import equal, known
from symparams.model.layer import Incoming, Requirement
from symparams.sources.records import Told


def difference(told: Told, arriving: Sequence[Incoming]) -> tuple[Requirement, ...]:
    """What must hold for the input to be as it is said to be; raises LayerError for another axis."""
    x = arriving[-1] if told.what == "features of input 2" else arriving[0]
    if told.what == "axis of the channels":
        if number(told.value) not in (-1, len(x.shape)):
            raise LayerError(f"{told.name} is {known(told.value)}, but the channels of {x} are axis {len(x.shape)}")
        return ()
    what = "channels" if told.what == "channels" and len(x.shape) > 1 else "features"
    size = as_formula(x.channels if told.what == "channels" else x.shape[-1])
    matter = f"{told.name} is {known(told.value)}, but the input {x} has {known(size)} {what}"
    return equal(size, told.value, lambda: matter)
