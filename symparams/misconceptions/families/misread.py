"""Questions misread: another quantity, or another layer. These come last, where nothing else explains an answer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.algebra.simplification import simplified
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import COUNTS, Subject
from symparams.model.layer import symbol
from symparams.model.network import Network, Node

_NOTHING = Fraction(0)


def _asked(s: Subject) -> bool:
    return intact(s) and bool(s.arriving)


@misconception(
    "only the biases given",
    "params",
    explanation="you gave the number of biases",
    repair="the parameters are all weights and biases of the layer",
    source="questions on weights and parameters",
    credit=_NOTHING,
)
def one_tensor(s: Subject) -> Iterable[Formula]:
    """P → biases alone."""
    biases = s.task.derived.counts.biases
    if _asked(s) and biases != 0:
        yield symbol("P_b", biases, "biases")


@misconception(
    "work given for parameters",
    "params",
    "weights",
    "trainable",
    explanation="you gave the number of multiply-accumulates",
    repair="each weight is stored once, however often it is used",
    source="questions on parameters and operations",
    credit=_NOTHING,
)
def work_given(s: Subject) -> Iterable[Formula]:
    """P → MACs."""
    if _asked(s):
        macs = s.task.derived.macs
        if macs != ZERO and not same(simplified(macs, s.network.facts), s.task.values[0], s.network.facts):
            yield macs


@misconception(
    "parameters given for work",
    "macs",
    "flops",
    explanation="you gave the number of parameters",
    repair="the work counts each use of a weight, and biases do not count as multiply-accumulates",
    source="questions on parameters and operations",
    credit=_NOTHING,
)
def parameters_given(s: Subject) -> Iterable[Formula]:
    """MACs → P."""
    if _asked(s) and s.rules.parameters != ZERO and s.rule != ZERO:
        yield s.rules.parameters


@misconception(
    "output size given for parameters",
    "params",
    "weights",
    "trainable",
    explanation="you gave the number of values in the output",
    repair="the parameters are stored in the layer; the output is computed for each example",
    source="questions on the columns of Keras's model.summary(): output shape and parameters",
    credit=_NOTHING,
)
def output_given(s: Subject) -> Iterable[Formula]:
    """P → H_out·W_out·C_out."""
    if _asked(s) and s.rule != ZERO:
        yield s.out.numbers()


@misconception(
    "the whole network given",
    *COUNTS,
    around=True,
    explanation="you gave the total of the whole network",
    repair="the question is about this layer alone",
    source="questions on the last lines of Keras's model.summary()",
    credit=_NOTHING,
)
def network_given(s: Subject) -> Iterable[Formula]:
    """P → the sum over all layers."""
    if _asked(s):
        total = getattr(s.network.counts, s.quantity)
        if not same(total, getattr(s.task.derived.counts, s.quantity), s.network.facts):
            yield symbol("P", total, "of the whole network")


# In a total, the whole question is misread: each with the quantity whose total is given instead.
MISREAD = ((one_tensor, "biases"), (work_given, "macs"), (parameters_given, "params"))


def _neighbor(s: Subject, node: Node) -> Iterable[Formula]:
    """The answer for another layer."""
    if s.quantity == "shape":
        axes = node.derived.out.axes
        if axes == s.task.axes and node.shape != s.task.derived.shape:
            yield as_formula(node.shape[axes.index(s.axis)])
    elif s.quantity in COUNTS:
        count = getattr(node.counts, s.quantity)
        if count != 0:
            yield as_formula(count)


@misconception(
    "the layer before given",
    *COUNTS,
    "shape",
    around=True,
    explanation="you gave the answer for the layer before",
    repair="the question is about this layer, whose input is the output of the layer before",
    source="questions on the rows of Keras's model.summary()",
    credit=_NOTHING,
)
def layer_before(s: Subject) -> Iterable[Formula]:
    """What the nearest layer before has: of the same axes, or with parameters."""
    if not _asked(s):
        return
    for node in s.before:
        answers = tuple(_neighbor(s, node)) if node.inputs or s.quantity == "shape" else ()
        yield from answers
        if answers or s.quantity == "shape":
            return


@misconception(
    "the layer after given",
    *COUNTS,
    "shape",
    around=True,
    explanation="you gave the answer for the layer after",
    repair="the question is about this layer, whose output is the input of the layer after it",
    source="questions on the rows of Keras's model.summary()",
    credit=_NOTHING,
)
def layer_after(s: Subject) -> Iterable[Formula]:
    """What the nearest layer behind has: of the same axes, or with parameters."""
    if not _asked(s):
        return
    for node in _behind(s.network, s.task.index):
        answers = tuple(_neighbor(s, node))
        yield from answers
        if answers or s.quantity == "shape":
            return


def _behind(network: Network, index: int) -> Iterable[Node]:
    for i in range(index + 1, len(network.nodes)):
        if index in network.nodes[i].inputs:
            index = i
            yield network.nodes[i]
