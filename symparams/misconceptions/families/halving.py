"""Pooling taken for halving, whatever its stride is."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, floor
from symparams.layers.pooling import Pooling
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import along, intact
from symparams.misconceptions.task import Subject


@misconception(
    "pooling taken for halving",
    "shape",
    layers=(Pooling,),
    explanation="you halved the size",
    repair="the stride decides how much smaller the output is; only a stride of 2 halves it",
    claim="Every max pooling layer halves height and width.",
    source="Convolutional Neural Networks, Coursera, quiz of week 1: 64x64x12 for a 4x4 pooling of 128x128x12",
)
def pooling_halves(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → ⌊n/2⌋."""
    a = along(s)
    if a is not None and isinstance(s.layer, Pooling) and number(a.s) != 2 and intact(s):
        yield floor(a.n / 2)
