"""Convolutions in groups: what is not divided among them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula
from symparams.misconceptions.families.groups import without_groups
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import groups
from symparams.misconceptions.task import Subject


@misconception(
    "biases divided among groups",
    "params",
    "trainable",
    needs="groups",
    explanation="you divided the biases by the number of groups, too",
    repair="with `g` groups each filter has `1/g` of the weights, but every filter keeps its bias",
    claim="A convolution with 4 groups has exactly a quarter of the parameters that it has without groups.",
    source="questions on grouped convolutions: the number of parameters without groups, divided by the groups",
    credit=Fraction(1, 2),
)
def biases_divided(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in/g + 1)·C_out → (k·k·C_in + 1)·C_out/g."""
    g = groups(s)
    if g is not None and any(t.kind == "bias" for t in s.tensors):
        yield from (rule / g for rule in without_groups(s, s.rule))
