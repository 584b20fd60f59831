"""Weights of their own at every position, taken for shared ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.formula import Formula
from symparams.layers.locally_connected import LocallyConnected
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.model.tensor import Tensor, parameter_rule


@misconception(
    "weights shared as in a convolution",
    "params",
    "weights",
    "biases",
    "trainable",
    layers=(LocallyConnected,),
    whole=True,
    explanation="you counted each filter once, as in a convolution",
    repair="a locally connected layer has other weights and biases at every output position",
    claim="A locally connected layer has as many parameters as a convolution with the same filters.",
    source="Keras 2 documentation of LocallyConnected2D: the weights are unshared",
)
def shared(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out·H_out·W_out → (k·k·C_in + 1)·C_out."""
    if isinstance(s.layer, LocallyConnected):
        yield parameter_rule(map(_at_one_position, _counted(s)))


@misconception(
    "one bias for each filter of a locally connected layer",
    "params",
    "biases",
    "trainable",
    layers=(LocallyConnected,),
    whole=True,
    explanation="you gave each filter one bias for all positions",
    repair="in Keras's locally connected layers each output value has a bias of its own, as it has its own weights",
    claim="A locally connected layer has one bias for each filter.",
    source="Keras 2 source of LocallyConnected2D: a bias of shape (rows, columns, filters)",
    credit=Fraction(1, 2),
)
def one_bias(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_out·W_out + C_out·H_out·W_out → k·k·C_in·C_out·H_out·W_out + C_out."""
    if isinstance(s.layer, LocallyConnected):
        yield parameter_rule(t if t.joins else _at_one_position(t) for t in _counted(s))


def _counted(s: Subject) -> Iterable[Tensor]:
    """The tensors that the quantity counts."""
    every = {"weights": ("weight",), "biases": ("bias",)}.get(s.quantity, ("weight", "bias"))
    return (t for t in s.tensors if t.kind in every)


def _at_one_position(t: Tensor) -> Tensor:
    """The tensor of one output position, which only has the filters as outputs."""
    filters = t.of("output")[0]
    return replace(t, axes=tuple(axis for axis in t.axes if axis.role != "output" or axis.size == filters))
