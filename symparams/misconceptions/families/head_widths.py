"""Attention whose heads have a width of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.formula import Formula, total
from symparams.layers.heads import Heads
from symparams.layers.projections import merged, projected
from symparams.misconceptions.families.attention import parameters_of, work_of
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import ATTENDING


@misconception(
    "head width not used",
    "params",
    "macs",
    "flops",
    layers=ATTENDING,
    explanation="you gave every projection as many features as the input has, as if the heads divided these",
    repair="where the width `d_h` of a head is given, `h` heads have `h*d_h` features together, whatever the input has",
    claim="In multi-head attention, the number of heads never changes the number of parameters, not even where the "
    "width of a head is given.",
    source="Keras documentation of MultiHeadAttention: key_dim, size of each attention head",
    credit=Fraction(1, 2),
)
def width_unused(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·h·d_h + (h·d_h + 1)·d → 4·(d + 1)·d."""

    def ways(of: Heads) -> Iterable[Formula]:
        if not of.plain and of.kv is None:
            wide = [replace(p, joins=of.d) if p.name == "output" else replace(p, wide=of.d) for p in of.projections]
            if s.quantity == "params":
                yield total(p.count() for p in merged(iter(wide)))
            else:
                yield total([*projected(wide), *of.mixed()])

    return parameters_of(s, ways) if s.quantity == "params" else work_of(s, ways)
