"""Learned numbers of any shape: that they are learned, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula
from symparams.layers.param import Param
from symparams.misconceptions.edits import exchanged, named, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.model.layer import Layer

_COUNTS = ("params", "weights", "trainable")
_DOSOVITSKIY = "Dosovitskiy et al., An Image is Worth 16x16 Words, 2021"


@misconception(
    "learned numbers taken for given",
    *_COUNTS,
    layers=(Param,),
    explanation="you treated the values as data and counted nothing",
    repair="class tokens and learned position embeddings are parameters, the same for every example",
    claim="A class token is part of the data and has no parameters.",
    source=f"{_DOSOVITSKIY}, section 3.1: the token and the positions are learned",
)
def taken_for_given(s: Subject) -> Iterable[Formula]:
    """n·d → 0."""
    if isinstance(s.layer, Param) and s.rule != ZERO:
        yield ZERO


@misconception(
    "a vector more or less than positions",
    *_COUNTS,
    layers=(Param,),
    explanation="you counted one vector more or less than there are positions, as if the class token did not count",
    repair="learned positions have one vector for each position, and the class token is a position too",
    claim="A vision transformer has exactly as many positions as its image has patches.",
    source=f"{_DOSOVITSKIY}, equation 1: there are N + 1 positions for N patches",
    credit=Fraction(1, 2),
)
def off_by_one(s: Subject) -> Iterable[Formula]:
    """n·d → (n - 1)·d; → (n + 1)·d."""
    if _adds_vectors(s.layer) and s.rule != ZERO:
        n = named("n")
        yield from some(exchanged(s.rule, n, lambda size: size - 1), exchanged(s.rule, n, lambda size: size + 1))


def _adds_vectors(layer: Layer) -> bool:
    """Whether it joins a vector with each of several positions."""
    if not isinstance(layer, Param) or layer.join not in ("add", "multiply"):
        return False
    return len(layer.shape) == 2 and number(layer.shape[0]) != 1
