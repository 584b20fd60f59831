"""Dense layers on feature maps and sequences: taken to flatten them first."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.formula import ONE, Formula, product
from symparams.layers.dense import Dense
from symparams.layers.sizes import sizes_of
from symparams.misconceptions.edits import bound_where, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import is_of, matrix
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import Subject


@misconception(
    "dense layer taken to flatten",
    "shape",
    "params",
    "weights",
    "trainable",
    layers=(Dense,),
    explanation="you let the dense layer flatten its input",
    repair="a dense layer works on the last axis and keeps the others; a flatten in front of it makes one axis of all",
    claim="The output of a dense layer has a single axis, whatever arrives.",
    source="Stack Exchange, 'Can't understand output shape of a Dense layer': (None, 512) for an image of 32x32x3",
)
def dense_flattens(s: Subject) -> Iterable[Formula]:
    """H × W × n_out → 1 × 1 × n_out, as a whole n_out alone; n_in = C → n_in = H·W·C."""
    one = matrix(s) if isinstance(s.layer, Dense) and s.arriving and len(s.x.shape) > 1 else None
    if one is None or not intact(s):
        return
    if s.quantity != "shape":
        yield from some(bound_where(s.rule, is_of((one,), "input"), product(sizes_of(s.x))))
    elif s.axis != s.task.axes[-1]:
        yield ONE
