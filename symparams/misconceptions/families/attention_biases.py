"""Biases of the attention inside encoder and decoder layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.formula import Formula, total
from symparams.layers.heads import Heads
from symparams.layers.projections import merged
from symparams.misconceptions.families.attention import Ways, parameters_of
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import BLOCKS, blocks


@misconception(
    "biases of the attention left out",
    "params",
    layers=BLOCKS,
    explanation="you left out the biases of the attention, but not those of the feed-forward part",
    repair="by default the four projections of the attention have biases, too",
    claim="In a transformer layer of PyTorch only the feed-forward part has biases by default.",
    source="course notes that count 12d² + 5d for an encoder block: d² for each of four projections, 4d² + 4d, 4d² + d",
    credit=Fraction(1, 2),
)
def attention_without_biases(s: Subject) -> Iterable[Formula]:
    """4·(d + 1)·d → 4·d·d."""

    def ways(of: Heads) -> Ways:
        if all(p.bias for p in of.projections):
            bare = (replace(p, bias=False) for p in of.projections)
            yield total(p.count() for p in merged(bare))

    return parameters_of(s, ways) if blocks(s) else ()
