"""Biases: left out, one for the whole layer, one for each weight."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.exact import number
from symparams.algebra.formula import ONE, Formula, product, total
from symparams.algebra.simplifying import simplified
from symparams.misconceptions.editing import some, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject


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
    biases = s.task.derived.counts.biases
    if biases == 0:
        return
    wanted = s.task.derived.counts.weights
    edited = without_term(s.rule, lambda term: number(term) == 1 and term == ONE)
    if edited is not None and simplified(edited, s.network.facts) == wanted:
        yield edited
    else:
        yield total(product(w.dimensions) for w in s.weights if w.kind != "bias")


@misconception(
    "one bias for the whole layer",
    "params",
    "trainable",
    explanation="you added a single bias for the whole layer",
    repair="every output channel (or unit) has a bias of its own",
    claim="A layer has a single bias, which all its outputs share.",
    source="Stack Overflow, 'How to calculate the number of parameters of a CNN'",
    credit=Fraction(1, 2),
)
def one_bias(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out + C_out → k·k·C_in·C_out + 1."""
    return some(*(rule + 1 for rule in biases_left_out.edit(s)))
