"""Biases: left out, too few, too many."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.exact import number
from symparams.algebra.formula import ONE, ZERO, Formula, Product, product, total
from symparams.algebra.simplifying import simplified
from symparams.layers.convolution import Depthwise
from symparams.misconceptions.editing import some, without_term
from symparams.misconceptions.looking import has_kernel, intact
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject


def _weights(s: Subject) -> Formula | None:
    """The right rule without its biases; None where the biases are not those of sums: normalization has none such."""
    matrices = any(w.kind == "weight" and len(w.dimensions) > 1 for w in s.weights)
    if s.task.derived.counts.biases == 0 or not matrices or not intact(s) or s.rule == ZERO:
        return None
    edited = without_term(s.rule, lambda term: number(term) == 1 and term == ONE)
    trained = [w for w in s.weights if w.trained and w.kind != "statistic"]
    kept = trained if s.quantity == "trainable" else s.weights
    plain = total(product(w.dimensions) for w in kept if w.kind != "bias")
    if edited is not None and simplified(edited, s.network.facts) == simplified(plain, s.network.facts):
        return edited
    return plain


@misconception(
    "biases left out",
    "params",
    "trainable",
    explanation="you counted the weights and left out the biases",
    repair="every output channel (or unit) has one bias that is added to its sum",
    claim="A layer has no parameters beside the weights that multiply its inputs.",
    source="Stack Overflow, 'How to calculate the number of parameters of a CNN'",
    credit=Fraction(1, 2),
)
def biases_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → k·k·C_in·C_out."""
    return some(_weights(s))


@misconception(
    "one bias for the whole layer",
    "params",
    "trainable",
    "biases",
    explanation="you added a single bias for the whole layer",
    repair="every output channel (or unit) has a bias of its own",
    claim="A layer has a single bias, which all its outputs share.",
    source="Stack Overflow, 'How to calculate the number of parameters of a CNN'",
    credit=Fraction(1, 2),
)
def one_bias(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + 1."""
    return _with_biases(s, ONE)


def _with_biases(s: Subject, biases: Formula) -> Iterable[Formula]:
    """The rule with other biases."""
    weights = _weights(s)
    if weights is None:
        return ()
    return (biases if s.quantity == "biases" else weights + biases,)


@misconception(
    "a bias for each weight",
    "params",
    "trainable",
    "biases",
    explanation="you gave every weight a bias of its own",
    repair="a bias is added once to a finished sum, so there is one for each output channel (or unit)",
    claim="Every weight of a layer has a bias of its own.",
    source="Stack Exchange, questions on what a bias belongs to: a weight, a neuron or a layer",
)
def bias_for_each_weight(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → 2·k·k·C_in·C_out."""
    weights = _weights(s)
    if weights is None:
        return
    if s.quantity == "biases":
        yield total(product(w.dimensions) for w in s.weights if w.kind == "weight")
    else:
        yield product([2, *weights.factors]) if isinstance(weights, Product) else 2 * weights


@misconception(
    "a bias for each kernel",
    "params",
    "trainable",
    "biases",
    explanation="you added a bias for every kernel, that is for each pair of an input channel and a filter",
    repair="the input channels of a filter are added up first, and one bias is added to their sum",
    claim="A convolution filter has one bias for each of its input channels.",
    source="Stack Exchange, questions on whether each kernel of a filter has its own bias",
)
def bias_for_each_kernel(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (k·k + 1)·C_in·C_out."""
    weights = _weights(s)
    matrices = [w for w in s.weights if w.kind == "weight"]
    if weights is None or not has_kernel(weights) or len(matrices) > 1 or isinstance(s.layer, Depthwise):
        return ()
    kernels = product(d for d in matrices[0].dimensions if not has_kernel(d))
    return _with_biases(s, kernels)


@misconception(
    "a bias for each input",
    "params",
    "trainable",
    "biases",
    explanation="you added a bias for each input channel (or input), not for each output",
    repair="a bias belongs to a sum, and there are as many sums as output channels (or units)",
    claim="A layer has as many biases as inputs.",
    source="Stack Exchange, questions on how many biases a layer has",
)
def bias_for_each_input(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + C_in."""
    arriving = [d for w in s.weights if w.kind == "weight" for d in w.dimensions if getattr(d, "incoming", False)]
    return _with_biases(s, arriving[0]) if len(arriving) == 1 and not isinstance(s.layer, Depthwise) else ()


@misconception(
    "a bias for each number of the output",
    "params",
    "trainable",
    "biases",
    explanation="you added a bias for every number of the feature map",
    repair="the places of a feature map share the bias of their channel, as they share its weights",
    claim="A convolution has one bias for each number of its output.",
    source="Stack Exchange, questions on tied and untied biases of convolutions",
)
def bias_for_each_number(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + H_out·W_out·C_out."""
    weights = _weights(s)
    if weights is None or not has_kernel(weights) or "channels" not in s.out.axes:
        return ()
    return _with_biases(s, product([*s.out.spatial(), s.out.size("channels")]))


@misconception(
    "biases that are not there",
    "params",
    "trainable",
    "biases",
    explanation="you counted biases, but this layer is built without them",
    repair="a layer with the bias switched off has weights only, as is usual in front of normalization",
    claim="Switching the bias of a layer off does not change its number of parameters.",
    source="Ioffe and Szegedy, Batch Normalization, 2015, section 3.2",
    credit=Fraction(1, 2),
)
def biases_not_there(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out → (k·k·C_in + 1)·C_out."""
    if getattr(s.layer, "bias", None) is not False or not intact(s) or len(s.weights) > 2 or not s.weights:
        return
    biases = s.out.size(s.out.axes[0] if s.out.axes[0] == "channels" else s.out.axes[-1])
    if s.quantity == "biases":
        yield biases
    elif s.rule != ZERO:
        yield s.rule + biases
