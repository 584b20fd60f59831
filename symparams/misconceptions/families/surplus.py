"""Biases: too many of them."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.formula import Formula, Product, Symbol, product
from symparams.layers.locally_connected import LocallyConnected
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import has_kernel, with_biases, without_biases
from symparams.misconceptions.task import Subject
from symparams.model.tensor import flat, parameter_rule


@misconception(
    "a bias for each weight",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you gave every weight its own bias",
    repair="a bias is added to a sum of products, so there is one per sum, not one per weight",
    claim="Every weight of a layer has its own bias.",
    source="Stack Exchange, questions on what a bias belongs to: a weight, a neuron or a layer",
)
def bias_for_each_weight(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → 2·k·k·C_in·C_out."""
    weights = without_biases(s)
    if weights is None:
        return
    if s.quantity == "biases":
        yield parameter_rule(t for t in s.tensors if t.kind == "weight")
    else:
        yield product([2, *weights.factors]) if isinstance(weights, Product) else 2 * weights


@misconception(
    "a bias for each kernel",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you counted a bias for every pair of an input channel and a filter",
    repair="a filter of a convolution sums the results for all its input channels and adds one bias to the sum",
    claim="A convolution filter has one bias for each of its input channels.",
    source="Stack Exchange, questions on whether each kernel of a filter has its own bias",
)
def bias_for_each_kernel(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (k·k + 1)·C_in·C_out."""
    weights = without_biases(s)
    matrices = [t for t in s.tensors if t.joins]
    if weights is None or len(matrices) != 1 or not (matrices[0].of("kernel") and matrices[0].of("input")):
        return ()
    return with_biases(s, flat(matrices[0].of("part", "input", "output")))


@misconception(
    "a bias for each input",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you counted one bias per input, not one per output",
    repair="biases belong to the outputs of a layer, not to its inputs",
    claim="A dense layer always has as many biases as inputs.",
    source="Stack Exchange, questions on how many biases a layer has",
)
def bias_for_each_input(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + C_in."""
    arriving = [size for t in s.tensors if t.joins for size in t.of("input") if isinstance(size, Symbol)]
    return with_biases(s, arriving[0]) if len(arriving) == 1 and arriving[0].incoming else ()


@misconception(
    "a bias for each number of the output",
    "params",
    "trainable",
    "biases",
    needs="tensor",
    whole=True,
    explanation="you counted a bias for every output value",
    repair="all positions of a feature map share the bias of their channel, just as they share its weights",
    claim="A convolution has one bias for each value of its output.",
    source="Stack Exchange, questions on tied and untied biases of convolutions",
)
def bias_for_each_number(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + H_out·W_out·C_out."""
    weights = without_biases(s)
    if weights is None or not has_kernel(s, weights) or "channels" not in s.out.axes:
        return ()
    if isinstance(s.layer, LocallyConnected):  # which has one indeed
        return ()
    return with_biases(s, product([*s.out.spatial(), s.out.size("channels")]))
