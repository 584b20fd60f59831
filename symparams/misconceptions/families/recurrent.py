"""Recurrent layers: their matrices, gates and biases, their steps, layers and directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Number,
    Product,
    Sum,
    Symbol,
    product,
    rebuilt,
    total,
)
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.cell import Cell
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.recurrent import Recurrent
from symparams.layers.recurrent_cells import GRUCell
from symparams.layers.stacked_cells import StackedCells
from symparams.misconceptions.edits import changed, exchanged, rewritten, some, tidy, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import gates
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs, shares, tensors, without_tensors
from symparams.model.layer import Layer
from symparams.model.tensor import Tensor, parameter_rule

RECURRENT = (Recurrent, ConvLSTM, Cell, Bidirectional)
_COUNTS = ("params", "weights", "trainable")
_WORK = ("macs", "flops")
_HOCHREITER = "Hochreiter and Schmidhuber, Long Short-Term Memory, 1997; "
_QUESTIONS = "Stack Overflow, 'How to calculate the number of parameters of an LSTM network?'"


def recurrent_of(s: Subject) -> Recurrent | ConvLSTM | Cell | None:
    """The recurrent layer or cell, also that in both directions."""
    layer: Layer | None = as_a(s, *RECURRENT)
    if isinstance(layer, Bidirectional):
        layer = layer.layer
    return layer if isinstance(layer, (Recurrent, ConvLSTM, Cell)) else None


def _cells(layer: Recurrent | ConvLSTM | Cell | None) -> tuple[Cell, ...]:
    """What it does at a step; a convolutional LSTM has no cell of its own."""
    if layer is None or isinstance(layer, ConvLSTM):
        return ()
    cell = layer.cell() if isinstance(layer, Recurrent) else layer
    return cell.each() if isinstance(cell, StackedCells) else (cell,)


def on_rule(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterable[Formula]:
    """A change of the rule, or of that for the multiply-accumulates where work is asked for."""
    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))


# ---------------------------------------------------------------- the two matrices


def _joined(node: Formula) -> bool:
    """D + U: what arrives at a step, and the outputs of the step before."""
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return False
    arriving, before = node.terms
    if isinstance(arriving, Product):
        arriving = arriving.factors[-1] if isinstance(arriving.factors[0], Number) else ONE
    return isinstance(arriving, Symbol) and isinstance(before, Symbol)


def _one_matrix(s: Subject, keeps: int) -> Iterable[Formula]:
    """Only one of the two matrices: D + U → D, or → U."""
    if not _is_stepwise(s):
        return ()
    if s.quantity in ("weights", "trainable"):
        return some(without_tensors(s, _is_recurrent if keeps == 0 else _is_input))

    def one(node: Formula) -> Formula:
        assert isinstance(node, Sum)
        return node.terms[keeps]

    return on_rule(s, lambda rule: exchanged(rule, _joined, one))


def _is_stepwise(s: Subject) -> bool:
    """Whether a layer sees its outputs of the step before, and what is asked for is counted here."""
    return not shares(s) and any(map(_is_recurrent, s.tensors))


def _is_recurrent(t: Tensor) -> bool:
    return bool(t.of("state"))


def _is_input(t: Tensor) -> bool:
    return bool(t.of("input")) and bool(t.of("part"))


# ---------------------------------------------------------------- biases


def _bias_terms(rule: Formula, change: Callable[[Formula], Formula]) -> Formula | None:
    """The rule with the biases in the sums of cells changed: (D + U)·U + 2·U."""

    def biased(node: Formula) -> bool:
        return isinstance(node, Symbol) or (
            isinstance(node, Product) and len(node.factors) == 2 and node.factors[0] == Number(2)
        )

    def in_sum(node: Formula) -> Formula | None:
        if not isinstance(node, Sum) or not any(
            isinstance(t, Product) and any(map(_joined, t.factors)) for t in node.terms
        ):
            return None
        return total(change(t) if biased(t) else rewritten(t, in_sum) for t in node.terms)

    return changed(rule, rewritten(rule, in_sum))


@misconception(
    "one bias where there are two",
    "params",
    "biases",
    "trainable",
    layers=RECURRENT,
    explanation="you counted one bias where the layer has two",
    repair="in PyTorch's recurrent layers, and in Keras's GRU with reset_after=True (the default), there are two "
    "biases, one for the input weights and one for the recurrent weights",
    claim="An LSTM has as many biases in PyTorch as in Keras.",
    source="PyTorch documentation of LSTM: bias_ih and bias_hh; Keras documentation of GRU: reset_after",
    credit=Fraction(1, 2),
)
def one_for_two(s: Subject) -> Iterable[Formula]:
    """(D + H)·H + 2·H → (D + H)·H + H."""
    if recurrent_of(s) is None:
        return ()
    if s.quantity != "params":
        return some(without_tensors(s, lambda t: "bias_hh" in t.stored.name) or _unpacked(s))
    return some(_bias_terms(s.rule, lambda t: t.factors[1] if isinstance(t, Product) else t))


def _unpacked(s: Subject) -> Formula | None:
    """Keras keeps both biases as two rows of one tensor."""

    def one_row(t: Tensor) -> Tensor:
        if t.kind != "bias":
            return t
        return replace(t, axes=tuple(axis for axis in t.axes if axis.role != "part" or axis.size != Number(2)))

    every = tensors(s)
    single = tuple(map(one_row, every))
    return parameter_rule(single) if single != every else None


@misconception(
    "two biases where there is one",
    "params",
    "biases",
    layers=RECURRENT,
    explanation="you counted two biases where the layer has one",
    repair="in Keras a recurrent layer has one bias for the sum of both products, except a GRU with "
    "reset_after=True; PyTorch has one for each of the two products",
    claim="In Keras, every unit of an LSTM has two biases in each gate.",
    source="PyTorch forums, questions on the two biases of an LSTM; Keras documentation of LSTM",
    credit=Fraction(1, 2),
)
def two_for_one(s: Subject) -> Iterable[Formula]:
    """(D + U)·U + U → (D + U)·U + 2·U."""
    cells = _cells(recurrent_of(s))
    if not any(getattr(cell, "bias", False) and not _has_two(cell, s) for cell in cells):
        return ()
    if s.quantity == "biases":
        return () if s.rule == ZERO or len(cells) > 1 else (2 * s.rule,)
    return some(_bias_terms(s.rule, lambda t: t if isinstance(t, Product) else 2 * t))


def _has_two(cell: Cell, s: Subject) -> bool:
    return s.convention == "torch" or (isinstance(cell, GRUCell) and cell.reset_after)


# ---------------------------------------------------------------- matrices and gates


@misconception(
    "recurrent matrix left out",
    *_COUNTS,
    *_WORK,
    needs="state",
    explanation="you left out the recurrent weights",
    repair="every unit of a recurrent layer also has a weight for each component of the previous hidden state",
    claim="A recurrent layer has as many weights as a dense layer with the same units applied to one time step.",
    source=_QUESTIONS,
    credit=Fraction(1, 2),
)
def recurrent_left_out(s: Subject) -> Iterable[Formula]:
    """g·((D + U)·U + U) → g·(D·U + U)."""
    return _one_matrix(s, 0)


@misconception(
    "input matrix left out",
    *_COUNTS,
    *_WORK,
    needs="state",
    explanation="you left out the input weights",
    repair="every unit of a recurrent layer has weights for the input features of the time step as well as for the "
    "previous hidden state",
    claim="The number of parameters of a recurrent layer does not depend on its number of input features.",
    source=_QUESTIONS,
    credit=Fraction(1, 2),
)
def input_left_out(s: Subject) -> Iterable[Formula]:
    """g·((D + U)·U + U) → g·(U·U + U)."""
    return _one_matrix(s, 1)


@misconception(
    "one recurrent weight for each unit",
    "params",
    *_WORK,
    needs="state",
    explanation="you gave each unit one recurrent weight, as if it saw only its own previous output",
    repair="a recurrent unit sees the previous outputs of all units, so the recurrent weights form a full matrix",
    claim="In a simple recurrent layer, every unit is connected only to its own previous output.",
    source="Elman, Finding Structure in Time, 1990; Li et al., Independently Recurrent Neural Network, 2018, does so",
)
def own_output(s: Subject) -> Iterable[Formula]:
    """(D + U)·U + U → D·U + U + U."""

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product):
            return None
        i = next((i for i, f in enumerate(node.factors[:-1]) if _joined(f)), None)
        if i is None:
            return None
        both = node.factors[i]
        assert isinstance(both, Sum)
        each = both.terms[0] * node.factors[i + 1] + both.terms[1]
        return tidy(product([*node.factors[:i], each, *node.factors[i + 2 :]]))

    if not _is_stepwise(s):
        return ()
    return on_rule(s, lambda rule: changed(rule, rewritten(rule, change)))


# ---------------------------------------------------------------- gates


@misconception(
    "gates left out",
    *_COUNTS,
    "biases",
    *_WORK,
    needs="state",
    explanation="you counted the weights of a simple recurrent layer, without gates",
    repair="an LSTM has four sets of weights (three gates and a candidate), a GRU three (two gates and a candidate)",
    claim="An LSTM has as many parameters as a simple recurrent layer with the same units.",
    source=_HOCHREITER + _QUESTIONS,
)
def gates_left_out(s: Subject) -> Iterable[Formula]:
    """4·((D + U)·U + U) → (D + U)·U + U."""
    parts = gates(s)
    return on_rule(s, lambda rule: without_factor(rule, lambda f: isinstance(f, Number) and f.value in parts))


def _as_gates(s: Subject, new: dict[int, int]) -> Iterable[Formula]:
    """Other numbers of gates, where they stand as factors."""
    wanted = {old: new[old] for old in gates(s) if old in new}

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product):
            return None
        factors = [
            Number(wanted[int(f.value)]) if isinstance(f, Number) and f.value in wanted else rewritten(f, change)
            for f in node.factors
        ]
        return rebuilt(node, tuple(factors))

    return on_rule(s, lambda rule: changed(rule, rewritten(rule, change))) if wanted else ()


@misconception(
    "new content not counted beside the gates",
    *_COUNTS,
    "biases",
    *_WORK,
    needs="state",
    explanation="you counted only the gates and left out the candidate",
    repair="the candidate has its own weights, just like each gate: an LSTM has three gates and a cell candidate, a "
    "GRU two gates and a candidate state",
    claim="An LSTM has three times as many parameters as a simple recurrent layer, because it has three gates.",
    source=_HOCHREITER + "Stack Exchange, questions on the factor 4 in the parameters of an LSTM",
    credit=Fraction(1, 2),
)
def content_left_out(s: Subject) -> Iterable[Formula]:
    """4·(…) → 3·(…); 3·(…) → 2·(…)."""
    return _as_gates(s, {4: 3, 3: 2})


@misconception(
    "gates of an LSTM in a GRU",
    *_COUNTS,
    "biases",
    *_WORK,
    needs="state",
    explanation="you counted four sets of weights, as in an LSTM",
    repair="a GRU has three sets of weights: for two gates and for the candidate state",
    claim="A GRU has as many parameters as an LSTM with the same units.",
    source="Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014",
    credit=Fraction(1, 2),
)
def lstm_for_gru(s: Subject) -> Iterable[Formula]:
    """3·(…) → 4·(…)."""
    return _as_gates(s, {3: 4})
