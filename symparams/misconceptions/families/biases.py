"""Biases: left out, too few, or where there are none."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula
from symparams.misconceptions.edits import some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import with_biases, without_biases
from symparams.misconceptions.task import Subject


@misconception(
    "biases left out",
    "params",
    "trainable",
    needs="tensor",
    whole=True,
    explanation="you counted the weights and left out the biases",
    repair="in Keras and PyTorch, most layers with weights also have biases by default",
    claim="A convolution layer with default settings has weights but no biases.",
    source="Stack Overflow, 'How to calculate the number of parameters for convolutional neural network?'",
    credit=Fraction(1, 2),
)
def biases_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → k·k·C_in·C_out."""
    return some(without_biases(s))


@misconception(
    "one bias for the whole layer",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you added a single bias for the whole layer",
    repair="every filter of a convolution and every unit of a dense layer has its own bias",
    claim="A layer has a single bias that all its outputs share.",
    source="Stack Overflow, 'How to calculate the number of parameters for convolutional neural network?'",
    credit=Fraction(1, 2),
)
def one_bias(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + 1; not where a single output has a single bias."""
    single = any(t.kind == "bias" and number(t.size) == 1 for t in s.tensors)
    return () if single else with_biases(s, ONE)


@misconception(
    "biases that are not there",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you counted biases, although there are none",
    repair="with the bias turned off a layer has only weights, which is common before a normalization layer",
    claim="Turning off the bias of a layer does not change its number of parameters.",
    source="Ioffe and Szegedy, Batch Normalization, 2015, section 3.2",
    credit=Fraction(1, 2),
)
def biases_not_there(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out → (k·k·C_in + 1)·C_out."""
    if getattr(s.layer, "bias", None) is not False or len(s.tensors) > 2 or not s.tensors:
        return
    biases = s.out.size(s.out.axes[0] if s.out.axes[0] == "channels" else s.out.axes[-1])
    if s.quantity == "biases":
        yield biases
    elif s.rule != ZERO:
        yield s.rule + biases
