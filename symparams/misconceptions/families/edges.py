"""The edge that a kernel leaves out, taken off on both sides of the image."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import CONVOLVING, along, intact
from symparams.misconceptions.task import Subject


@misconception(
    "edge taken off on each side",
    "shape",
    layers=CONVOLVING,
    explanation="you took `k - 1` off on each side of the input",
    repair="without padding the output has `k - 1` positions fewer along an axis in total, not on each side",
    claim="Without padding, a 3x3 convolution takes off two rows at the top and two at the bottom.",
    source="NPTEL, Deep Learning, week 8: 1020 x 1020 x 40 for 3x3 kernels on 1024 x 1024",
)
def edge_on_each_side(s: Subject) -> Iterable[Formula]:
    """n - k + 1 → n - 2(k - 1)."""
    a = along(s)
    if a is not None and a.still and not a.fills and a.p is None and a.span == a.k and number(a.k) != 1 and intact(s):
        yield a.n - 2 * (a.k - 1)
