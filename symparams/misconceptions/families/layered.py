"""Recurrent layers above each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, as_formula
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.recurrent import Recurrent
from symparams.misconceptions.edits import bound
from symparams.misconceptions.families.recurrent import RECURRENT, on_rule, recurrent_of
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import on_macs
from symparams.model.derived import macs_of
from symparams.model.layer import symbol

_COUNTS = ("params", "weights", "trainable")
_WORK = ("macs", "flops")


@misconception(
    "layers above see the input",
    *_COUNTS,
    *_WORK,
    layers=RECURRENT,
    around=True,
    explanation="you used the input features of the first layer for a layer above it",
    repair="in a stack of recurrent layers, each layer above the first takes the outputs of the layer below as its "
    "input features",
    claim="In a stacked LSTM, the layers above the first see the input features, as the first layer does.",
    source="PyTorch documentation of LSTM, weight_ih_l[k]: its shape for k > 0",
    credit=Fraction(1, 2),
)
def above_sees_input(s: Subject) -> Iterable[Formula]:
    """one(D) + (n - 1)·one(U) → n·one(D); D of the second layer → D of the first."""
    layer = recurrent_of(s)
    if isinstance(layer, Recurrent) and number(layer.layers) != 1:
        n = symbol("n", layer.layers, "layers")
        alone = replace(layer, layers=ONE)
        if s.quantity == "params":
            yield n * alone.rules(s.x).parameters
        elif s.quantity in _WORK:
            work = n * macs_of(alone, s.out, s.x)
            yield from on_macs(s, lambda rule: work)
        return
    below = next((node for node in s.before if node.derived.counts.params != 0), None)
    if layer is not None and below is not None and isinstance(below.layer, (Recurrent, Bidirectional)):
        first = as_formula(below.derived.arriving[0].shape[-1])
        yield from on_rule(s, lambda rule: bound(rule, "D", first, "input features of the layer below"))
