"""Channels: those that arrive left out, those of earlier layers multiplied in."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Symbol, as_formula, product
from symparams.misconceptions.editing import exchanged, named, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject


@misconception(
    "input channels left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    explanation="you counted one kernel for each filter, as if a single channel arrived",
    repair="every filter spans all input channels: it has one kernel for each of them",
    claim="A filter of a convolution has as many weights as its kernel has places, however many channels arrive.",
    source="Stack Exchange, questions on Keras' model.summary(): (3*3 + 1)*64 for a second convolution",
    credit=Fraction(1, 2),
)
def input_channels_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (k·k + 1)·C_out."""
    return some(without_factor(s.rule, named("C_in")))


@misconception(
    "filters of all earlier layers multiplied in",
    "params",
    "weights",
    "trainable",
    "macs",
    explanation="you multiplied by the filters of every earlier convolution, not only by the channels that arrive",
    repair="a layer sees only what arrives: the filters of the layer before are its input channels, "
    "those of layers further back are not",
    claim="The weights of a convolution are multiplied by the filters of all convolutions before it.",
    source="Stack Exchange, questions on stacked convolutions: k²·C_0·C_1·F",
)
def earlier_filters(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out → k·k·C_0·C_1·C_out."""
    further: list[Formula] = []
    for node in s.before:
        channels = [x.channels for x in node.derived.arriving]
        if node.derived.counts.params != 0 and len(node.shape) > 1 and channels:
            further.append(Symbol(f"C_{len(further)}", as_formula(channels[0]), f"input channels of {node.name}"))
        if len(further) and product(further) != as_formula(1):
            yield from some(exchanged(s.rule, named("C_in"), lambda node: product([*further[::-1], node])))
