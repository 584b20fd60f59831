"""Sizes: the number of filters in place of the kernel size."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.layers.convolution import Convolution
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import along, intact
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol


@misconception(
    "filters in place of the kernel size",
    "shape",
    layers=(Convolution,),
    explanation="you put in the number of filters for the kernel size",
    repair="the kernel size decides how much smaller the output is; the number of filters decides how many channels it "
    "has",
    source="pages on Keras's Conv1D: (1000 + 2*0 - 32 + 1)/1 = 969 for a layer with 32 filters",
)
def filters_for_kernel(s: Subject) -> Iterable[Formula]:
    """n - k + 1 → n - C_out + 1."""
    a = along(s)
    if a is None or not isinstance(s.layer, Convolution) or a.fills or a.p is not None or not a.still or not intact(s):
        return
    filters = number(s.layer.filters)
    size = number(a.n)
    if filters is not None and size is not None and filters <= size and number(a.span) != 1:
        yield a.n - symbol("C_out", s.layer.filters, "filters") + 1
