"""Recurrent layers: their matrices, gates and biases, their steps, layers and directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.exact import number
from symparams.algebra.formula import ONE, ZERO, Formula, Number, Product, Sum, Symbol, product, rebuilt, total
from symparams.layers.attention import Attention
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.dense import Dense
from symparams.layers.experts import Experts
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.recurrent import Recurrent
from symparams.layers.recurrent_cells import Cell, GRUCell, LSTMCell
from symparams.layers.stacked_cells import StackedCells
from symparams.layers.stacks import TransformerEncoder
from symparams.layers.transformer import EncoderLayer
from symparams.misconceptions.editing import bound, changed, exchanged, named, rewritten, some, tidy, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.telling import as_a, counted, on_macs, tensors, without_tensors
from symparams.model.layer import Layer, Weight, symbol

_COUNTS = ("params", "weights", "trainable")
_WORK = ("macs", "flops")
_HOCHREITER = "Hochreiter and Schmidhuber, Long Short-Term Memory, 1997; "
_QUESTIONS = "Stack Overflow, 'How to calculate the number of parameters of an LSTM network?'"


def _recurrent(s: Subject) -> Recurrent | ConvLSTM | Cell | None:
    """The recurrent layer or cell, also that in both directions."""
    layer: Layer | None = as_a(s, Recurrent, ConvLSTM, Cell, Bidirectional)
    if isinstance(layer, Bidirectional):
        layer = layer.layer
    return layer if isinstance(layer, (Recurrent, ConvLSTM, Cell)) else None


def _cells(layer: Recurrent | ConvLSTM | Cell | None) -> tuple[Cell, ...]:
    """What it does at a step; a convolutional LSTM has no cell of its own."""
    if layer is None or isinstance(layer, ConvLSTM):
        return ()
    cell = layer.cell() if isinstance(layer, Recurrent) else layer
    return cell.each() if isinstance(cell, StackedCells) else (cell,)


def _counts_parts(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterable[Formula]:
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
    if _recurrent(s) is None:
        return ()
    if s.quantity in ("weights", "trainable"):
        return some(without_tensors(s, _is_recurrent if keeps == 0 else _is_input))

    def one(node: Formula) -> Formula:
        assert isinstance(node, Sum)
        return node.terms[keeps]

    return _counts_parts(s, lambda rule: exchanged(rule, _joined, one))


def _is_recurrent(w: Weight) -> bool:
    return "recurrent kernel" in w.name or "weight_hh" in w.name


def _is_input(w: Weight) -> bool:
    return not _is_recurrent(w) and (w.name.endswith("kernel") or "weight_ih" in w.name)


@misconception(
    "recurrent matrix left out",
    *_COUNTS,
    *_WORK,
    explanation="you left out the matrix for the outputs of the step before",
    repair="every unit also weighs the outputs that all units gave at the step before",
    claim="A recurrent layer has as many weights as a dense layer with the same units on the features of one step.",
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
    explanation="you left out the matrix for the features that arrive",
    repair="every unit weighs the features of the step as well as the outputs of the step before",
    claim="The parameters of a recurrent layer do not depend on how many features arrive at a step.",
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
    explanation="you counted one weight of each unit for the step before, as if it saw only its own output",
    repair="every unit sees the outputs of all units at the step before, so the recurrent weights are a square matrix",
    claim="In a simple recurrent layer every unit is connected only to its own output of the step before.",
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

    if _recurrent(s) is None:
        return ()
    return _counts_parts(s, lambda rule: changed(rule, rewritten(rule, change)))


# ---------------------------------------------------------------- gates


def _gates(s: Subject) -> set[int]:
    """How many parts its cells have that are alike: 4, 3."""
    layer = _recurrent(s)
    if isinstance(layer, ConvLSTM):
        return {4}
    kinds = [(LSTMCell, 4), (GRUCell, 3)]
    return {gates for cell in _cells(layer) for kind, gates in kinds if isinstance(cell, kind)}


@misconception(
    "gates left out",
    *_COUNTS,
    "biases",
    *_WORK,
    explanation="you counted the weights of a simple recurrent layer, without the gates",
    repair="each gate has weights and biases of its own, as many as the new content: four times in an LSTM, "
    "three times in a GRU",
    claim="An LSTM has as many parameters as a simple recurrent layer with the same units.",
    source=_HOCHREITER + _QUESTIONS,
)
def gates_left_out(s: Subject) -> Iterable[Formula]:
    """4·((D + U)·U + U) → (D + U)·U + U."""
    gates = _gates(s)
    return _counts_parts(s, lambda rule: without_factor(rule, lambda f: isinstance(f, Number) and f.value in gates))


def _as_gates(s: Subject, new: dict[int, int]) -> Iterable[Formula]:
    """Other numbers of gates, where they stand as factors."""
    wanted = {old: new[old] for old in _gates(s) if old in new}

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product):
            return None
        factors = [
            Number(wanted[int(f.value)]) if isinstance(f, Number) and f.value in wanted else rewritten(f, change)
            for f in node.factors
        ]
        return rebuilt(node, tuple(factors))

    return _counts_parts(s, lambda rule: changed(rule, rewritten(rule, change))) if wanted else ()


@misconception(
    "new content not counted beside the gates",
    *_COUNTS,
    "biases",
    *_WORK,
    explanation="you counted the gates alone, without the new content that they let in",
    repair="the new content has weights of its own, as each gate has: an LSTM has three gates and four parts, "
    "a GRU two gates and three parts",
    claim="An LSTM has three times as many parameters as a simple recurrent layer, as it has three gates.",
    source=_HOCHREITER + "Stack Exchange, 'Why 4 in the number of parameters of an LSTM?'",
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
    explanation="you counted four parts, as an LSTM has them",
    repair="a GRU has two gates and the new content, three parts with weights of their own",
    claim="A GRU has as many parameters as an LSTM with the same units.",
    source="Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014",
    credit=Fraction(1, 2),
)
def lstm_for_gru(s: Subject) -> Iterable[Formula]:
    """3·(…) → 4·(…)."""
    return _as_gates(s, {3: 4})


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
    explanation="you counted one bias for each unit where the layer has two",
    repair="there is one bias beside each of the two matrices: so it is in PyTorch, and in a GRU of Keras "
    "whose reset gate comes after the matrix",
    claim="In PyTorch an LSTM has as many biases as in Keras.",
    source="PyTorch documentation of LSTM: bias_ih and bias_hh; Keras documentation of GRU: reset_after",
    credit=Fraction(1, 2),
)
def one_for_two(s: Subject) -> Iterable[Formula]:
    """(D + H)·H + 2·H → (D + H)·H + H."""
    if _recurrent(s) is None:
        return ()
    if s.quantity != "params":
        return some(without_tensors(s, lambda w: "bias_hh" in w.name) or _unpacked(s))
    return some(_bias_terms(s.rule, lambda t: t.factors[1] if isinstance(t, Product) else t))


def _unpacked(s: Subject) -> Formula | None:
    """Keras keeps both biases as two rows of one tensor."""

    def one_row(w: Weight) -> Weight:
        packed = w.kind == "bias" and len(w.dimensions) > 1 and w.dimensions[0] == Number(2)
        return replace(w, dimensions=w.dimensions[1:]) if packed else w

    every = tensors(s)
    single = tuple(map(one_row, every))
    return counted(single) if single != every else None


@misconception(
    "two biases where there is one",
    "params",
    "biases",
    explanation="you counted two biases for each unit where the layer has one",
    repair="Keras adds one bias to the sum of both products; PyTorch keeps one beside each matrix",
    claim="In Keras every unit of an LSTM has two biases in each gate.",
    source="PyTorch forums, 'Why does the LSTM have two biases?'; Keras documentation of LSTM",
    credit=Fraction(1, 2),
)
def two_for_one(s: Subject) -> Iterable[Formula]:
    """(D + U)·U + U → (D + U)·U + 2·U."""
    cells = _cells(_recurrent(s))
    if not any(getattr(cell, "bias", False) and not _has_two(cell, s) for cell in cells):
        return ()
    if s.quantity == "biases":
        return () if s.rule == ZERO or len(cells) > 1 else (2 * s.rule,)
    return some(_bias_terms(s.rule, lambda t: t if isinstance(t, Product) else 2 * t))


def _has_two(cell: Cell, s: Subject) -> bool:
    return s.convention == "torch" or (isinstance(cell, GRUCell) and cell.reset_after)


# ---------------------------------------------------------------- steps

_AT_EACH_STEP = (
    Recurrent,
    ConvLSTM,
    Bidirectional,
    Attention,
    FeedForward,
    GatedFeedForward,
    Experts,
    EncoderLayer,
    TransformerEncoder,
    Dense,
)


@misconception(
    "sequence length multiplied in",
    *_COUNTS,
    "biases",
    explanation="you multiplied by the length of the sequence",
    repair="all steps use the same weights, so the length of the sequence does not count",
    claim="A recurrent layer has weights of its own for every time step.",
    source="Goodfellow, Bengio and Courville, Deep Learning, 2016, section 10.1 on parameter sharing; " + _QUESTIONS,
)
def times_steps(s: Subject) -> Iterable[Formula]:
    """P → T·P."""
    layer = as_a(s, *_AT_EACH_STEP)
    if layer is None or s.rule == ZERO:
        return
    if len(s.x.shape) == 2 or isinstance(layer, ConvLSTM):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True) * s.rule


@misconception(
    "work of one step",
    *_WORK,
    explanation="you counted the work of a single step",
    repair="the same weights are used again at every step of the sequence",
    claim="A recurrent layer takes as many multiplications for a long sequence as for a short one.",
    source="questions on the FLOPs of recurrent layers",
    credit=Fraction(1, 2),
)
def one_step(s: Subject) -> Iterable[Formula]:
    """T·4·(D + U)·U → 4·(D + U)·U."""
    if as_a(s, Recurrent, ConvLSTM, Bidirectional, FeedForward, GatedFeedForward, Experts) is None:
        return ()
    return on_macs(s, lambda rule: without_factor(rule, named("T")))


def _last_step(s: Subject) -> bool:
    """Whether it gives out the last step alone."""
    return as_a(s, Recurrent, Bidirectional) is not None and len(s.out.shape) == 1


@misconception(
    "units multiplied by steps",
    "shape",
    explanation="you put the outputs of all steps side by side",
    repair="without the outputs of every step only those of the last one leave: one number for each unit",
    claim="By default an LSTM of Keras gives out as many numbers as it has units times steps.",
    source="Stack Overflow, questions on return_sequences",
)
def units_times_steps(s: Subject) -> Iterable[Formula]:
    """U → T·U."""
    if _last_step(s):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True) * s.rule


@misconception(
    "steps in place of units",
    "shape",
    explanation="you gave one number for each step",
    repair="a recurrent layer gives one number for each unit; how long the sequence is does not show in them",
    claim="A recurrent layer that gives out its last step has one output for each step.",
    source="Stack Overflow, 'What is num_units in an LSTM cell?'",
)
def steps_for_units(s: Subject) -> Iterable[Formula]:
    """U → T."""
    if _last_step(s):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True)


@misconception(
    "only one step given out",
    "shape",
    explanation="you gave out one step, though the layer gives out all of them",
    repair="with the outputs of every step the length of the sequence stays",
    claim="A recurrent layer always gives out the last step only.",
    source="Stack Overflow, questions on return_sequences; PyTorch documentation of LSTM: output and h_n",
    credit=Fraction(1, 2),
)
def one_step_out(s: Subject) -> Iterable[Formula]:
    """(T, U) → (1, U)."""
    if as_a(s, Recurrent, Bidirectional) is not None and s.axis == "length":
        yield ONE


@misconception(
    "features kept by a recurrent layer",
    "shape",
    explanation="you kept the features that arrive",
    repair="a recurrent layer gives one number for each of its units, however many features arrive",
    claim="The output of a recurrent layer has as many features as its input.",
    source="Stack Overflow, 'What is num_units in an LSTM cell?'",
)
def features_kept(s: Subject) -> Iterable[Formula]:
    """U → D."""
    if _recurrent(s) is not None and not isinstance(_recurrent(s), ConvLSTM) and s.axis in ("channels", "features"):
        yield symbol("D", s.x.shape[-1], "input features", incoming=True)


# ---------------------------------------------------------------- layers above each other


@misconception(
    "layers above see the input",
    *_COUNTS,
    *_WORK,
    explanation="you counted the input features for a layer that stands above another one",
    repair="a layer above the first sees the outputs of the layer below it, in place of the input features",
    claim="All layers of a stacked LSTM have as many parameters as its first one.",
    source="PyTorch documentation of LSTM, weight_ih_l[k]: its shape for k > 0",
    credit=Fraction(1, 2),
)
def above_sees_input(s: Subject) -> Iterable[Formula]:
    """one(D) + (n - 1)·one(U) → n·one(D); D of the second layer → D of the first."""
    layer = _recurrent(s)
    if isinstance(layer, Recurrent) and number(layer.layers) != 1:
        n = symbol("n", layer.layers, "layers")
        alone = replace(layer, layers=ONE)
        if s.quantity == "params":
            yield n * alone.rules(s.x).parameters
        elif s.quantity in _WORK:
            work = n * alone.work(s.out, s.x).macs
            yield from on_macs(s, lambda rule: work)
        return
    below = next((node for node in s.before if node.derived.counts.params != 0), None)
    if layer is not None and below is not None and isinstance(below.layer, (Recurrent, Bidirectional)):
        D = below.derived.arriving[0].shape[-1]
        first = symbol("D", D, "input features of the layer below", incoming=True)
        yield from _counts_parts(s, lambda rule: bound(rule, "D", first, first.meaning))
