"""Layers without parameters, and dropout beside layers that have some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Product, as_formula, product
from symparams.layers.adaptive import AdaptiveAveragePooling
from symparams.layers.dense import Dense, Flatten
from symparams.layers.merging import Add, Concatenate
from symparams.layers.padding import Cropping, ZeroPadding
from symparams.layers.passing import Passing
from symparams.layers.pooling import GlobalAveragePooling, Pooling
from symparams.layers.regularization import Dropout
from symparams.layers.reshaping import Permute, RepeatVector, Reshape, Unflatten
from symparams.layers.resizing import Upsampling
from symparams.misconceptions.edits import exchanged, named, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import weighted_before
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol
from symparams.model.network import Node

_REARRANGING = (Flatten, Reshape, Unflatten, Permute, RepeatVector)
_POOLING = (Pooling, GlobalAveragePooling, AdaptiveAveragePooling)
_NOTHING = (Passing, *_REARRANGING, *_POOLING, Add, Concatenate, ZeroPadding, Cropping, Upsampling)


def _learns_nothing(s: Subject) -> bool:
    return isinstance(s.layer, _NOTHING) and s.rule == ZERO and bool(s.arriving)


@misconception(
    "pooling given weights",
    "params",
    "weights",
    "trainable",
    layers=(Pooling,),
    whole=True,
    explanation="you gave the pooling window weights, as if it were a kernel",
    repair="pooling only takes maxima or averages, so it has nothing to learn",
    claim="A 2x2 max pooling layer has 4 weights for each channel.",
    source="Stack Exchange, questions on the parameters of pooling layers",
)
def pooling_weights(s: Subject) -> Iterable[Formula]:
    """0 → k·k·C_in, (k·k + 1)·C_in, k·k, (k·k·C_in + 1)·C_in."""
    if not isinstance(s.layer, Pooling) or not _learns_nothing(s):
        return
    k, C_in = s.layer.window(s.x).sizes(), s.x.C_in()
    yield product([*k, C_in])
    if s.quantity != "weights":
        yield (product(k) + 1) * C_in
    yield product(k)
    yield (product([*k, C_in]) + (0 if s.quantity == "weights" else 1)) * C_in


@misconception(
    "a parameter for each channel",
    "params",
    "biases",
    "trainable",
    layers=_NOTHING,
    whole=True,
    explanation="you gave every channel a parameter",
    repair="layers that only select, pass on or rearrange values have neither weights nor biases",
    claim="Every layer of a network has at least one bias for each channel.",
    source="Stack Exchange, questions on why pooling, activation and dropout show 0 parameters",
)
def one_for_each_channel(s: Subject) -> Iterable[Formula]:
    """0 → C_in."""
    if _learns_nothing(s) and len(s.x.shape) > 1:
        yield s.x.C_in()


@misconception(
    "a parameter for each number",
    "params",
    "weights",
    "trainable",
    layers=_NOTHING,
    whole=True,
    explanation="you gave every output value a parameter",
    repair="a layer that does not multiply its inputs by learned weights or add learned biases has no parameters",
    claim="Flattening a feature map takes one parameter for each of its values.",
    source="Stack Exchange, questions on why Flatten shows 0 parameters",
)
def one_for_each_number(s: Subject) -> Iterable[Formula]:
    """0 → H_out·W_out·C_out."""
    if _learns_nothing(s):
        yield s.out.numbers()


# ---------------------------------------------------------------- dropout


def _rate(layer: Dropout) -> Formula:
    return symbol("r", layer.rate, "share of units that are switched off")


@misconception(
    "dropout given parameters",
    "params",
    "weights",
    "trainable",
    layers=(Dropout,),
    around=True,
    whole=True,
    explanation="you gave dropout parameters, in proportion to its rate",
    repair="dropout sets values to zero during training; it has no weights and removes none",
    claim="A dropout layer with rate 0.5 has half as many parameters as the layer before it.",
    source="Stack Exchange, questions on why dropout shows 0 parameters",
)
def dropout_parameters(s: Subject) -> Iterable[Formula]:
    """0 → r·P, (1 - r)·P, r·n."""
    if not isinstance(s.layer, Dropout) or not _learns_nothing(s):
        return
    rate = _rate(s.layer)
    before = next(weighted_before(s), None)
    if before is not None and before.derived.counts.params != 0:
        P = symbol("P", before.derived.counts.params, f"parameters of {before.name}")
        yield rate * P
        yield (1 - rate) * P
    yield product([rate, *_factors(s.out.numbers())])


def _factors(rule: Formula) -> tuple[Formula, ...]:
    return rule.factors if isinstance(rule, Product) else (rule,)


@misconception(
    "dropout takes parameters away",
    "params",
    "weights",
    "trainable",
    around=True,
    whole=True,
    beside=(Dropout,),
    explanation="you subtracted the share that dropout sets to zero",
    repair="dropout sets values to zero at random during training; all weights remain in the network and count",
    claim="Dropout with rate 0.5 halves the number of parameters of the dense layer before it.",
    source="Stack Overflow, 'Keras CNN model parameters calculation': why the table does not reflect dropout",
)
def dropout_takes_away(s: Subject) -> Iterable[Formula]:
    """P → (1 - r)·P; behind dropout also (n_in + 1)·n_out → ((1 - r)·n_in + 1)·n_out."""
    if s.task.derived.counts.params == 0 or s.rule == ZERO:
        return
    before = _dropout_before(s)
    if before is not None and isinstance(s.layer, Dense):
        stays = 1 - _rate(before)
        yield from some(exchanged(s.rule, named("n_in"), lambda n_in: stays * n_in))
    for dropout in (before, _dropout_behind(s)):
        if dropout is not None and number(dropout.rate) != 0:
            yield product([1 - _rate(dropout), *_factors(s.rule)])


def _dropout_before(s: Subject) -> Dropout | None:
    """The dropout between it and the layer with parameters before it."""
    return _dropout_among(s.before)


def _dropout_behind(s: Subject) -> Dropout | None:
    """The dropout between it and the next layer with parameters."""
    return _dropout_among(_behind(s))


def _behind(s: Subject) -> Iterator[Node]:
    """The layers that it feeds, one behind the other, the first where there are several."""
    index = s.task.index
    nodes = s.network.nodes
    for i in range(index + 1, len(nodes)):
        if index in nodes[i].inputs:
            index = i
            yield nodes[i]


def _dropout_among(nodes: Iterable[Node]) -> Dropout | None:
    for node in nodes:
        if isinstance(node.layer, Dropout):
            return node.layer
        if not isinstance(node.layer, _NOTHING):
            return None
    return None


@misconception(
    "dropout makes the output smaller",
    "shape",
    layers=(Dropout,),
    explanation="you removed the units that dropout sets to zero",
    repair="dropped units output zeros, so the shape does not change",
    claim="Dropout with rate 0.5 halves the number of outputs.",
    source="Srivastava et al., Dropout, 2014; questions on the output shape of Dropout",
)
def dropout_shrinks(s: Subject) -> Iterable[Formula]:
    """n → (1 - r)·n."""
    if isinstance(s.layer, Dropout) and s.axis in ("channels", "features") and number(s.layer.rate) != 0:
        letter = "C" if s.axis == "channels" else "n"
        yield (1 - _rate(s.layer)) * symbol(letter, s.out.size(s.axis).value or ONE, s.axis, incoming=True)


@misconception(
    "activation or reshaping taken for a dense layer",
    "params",
    "weights",
    "trainable",
    layers=(Passing, Flatten),
    whole=True,
    explanation="you connected every input value to every output value",
    repair="activations and layers that only rearrange values have no weights",
    claim="The softmax function has a weight for each pair of an input and an output.",
    source="Stack Exchange, questions on whether softmax and flatten layers have parameters",
)
def taken_for_dense(s: Subject) -> Iterable[Formula]:
    """0 → n·n."""
    if isinstance(s.layer, (Passing, Flatten)) and not isinstance(s.layer, Dropout) and _learns_nothing(s):
        n = symbol("n", product(map(as_formula, s.x.shape)), "numbers that arrive", incoming=True)
        yield n * n
