"""Receptive fields with the stride of the layer before in place of all earlier strides."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.formula import ONE, Formula, product, total
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.seen import way_to
from symparams.misconceptions.task import Subject


@misconception(
    "only the stride before counted",
    "field",
    explanation="you multiplied `k - 1` by the stride of the layer before only",
    repair="the positions that a layer sees lie as far apart as the product of all earlier strides",
    claim="How much a layer adds to the receptive field depends on its kernel and on the stride of the layer before it "
    "only.",
    source="pages that state l_k = l_(k-1) + (f_k - 1)·s_(k-1), with a single stride in place of the product",
)
def stride_before(s: Subject) -> Iterable[Formula]:
    """1 + (k_1 - 1) + (k_2 - 1)·s_1 + (k_3 - 1)·s_1·s_2 … → 1 + (k_1 - 1) + (k_2 - 1)·s_1 + (k_3 - 1)·s_2 …."""
    way = way_to(s)
    if way is None or any(w.repeats for w in way) or sum(w.moves for w in way[:-1]) < 2:
        return
    before = (None, *way)
    steps = ([b.s] if b is not None and b.moves else [] for b in before)
    yield total([ONE, *(product([w.k - 1, *step]) for w, step in zip(way, steps, strict=False))])
