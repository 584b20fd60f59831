"""Pooling: what it keeps of the sizes and of the channels."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, floor
from symparams.layers.pooling import Pooling
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import along, intact
from symparams.misconceptions.task import Subject


@misconception(
    "pooling keeps the size",
    "shape",
    layers=(Pooling,),
    explanation="you kept height and width",
    repair="pooling reduces each window to one value, and the windows are one stride apart",
    claim="Max pooling with a 2x2 window and stride 2 keeps height and width.",
    source="Stack Exchange, questions on the inputs of the first dense layer behind pooling",
)
def pooling_keeps(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → n."""
    a = along(s)
    if a is not None and isinstance(s.layer, Pooling) and not a.still and intact(s):
        yield a.n


@misconception(
    "pooling divides the channels",
    "shape",
    layers=(Pooling,),
    explanation="you divided the channels too",
    repair="every channel is pooled by itself, so the number of channels does not change",
    claim="Max pooling with a 2x2 window halves the number of channels.",
    source="Stack Exchange, questions on whether pooling reduces the depth",
)
def pooling_divides(s: Subject) -> Iterable[Formula]:
    """C → C/k."""
    if isinstance(s.layer, Pooling) and s.axis == "channels" and intact(s):
        window = s.layer.window(s.x).sizes()[0]
        if number(window) != 1:
            yield s.x.C_in() / window
            yield floor(s.x.C_in() / window)
