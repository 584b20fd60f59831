"""Recurrent layers over a sequence: their steps, and what they give out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Product,
)
from symparams.layers.attention import Attention
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.convlstm import ConvLSTM
from symparams.layers.dense import Dense
from symparams.layers.experts import Experts
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.recurrent import Recurrent
from symparams.layers.stacks import TransformerEncoder
from symparams.layers.transformer import EncoderLayer
from symparams.layers.wrapping import TimeDistributed
from symparams.misconceptions.edits import exchanged, named, some, without_factor
from symparams.misconceptions.families.recurrent import RECURRENT, recurrent_of
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import letters
from symparams.misconceptions.surroundings import in_work
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs, shares
from symparams.model.layer import symbol

_COUNTS = ("params", "weights", "trainable")
_WORK = ("macs", "flops")
_QUESTIONS = "Stack Overflow, 'How to calculate the number of parameters of an LSTM network?'"

# ---------------------------------------------------------------- steps

_OVER_STEPS = (Recurrent, ConvLSTM, Bidirectional, FeedForward, GatedFeedForward, Experts)
_AT_EACH_STEP = (*_OVER_STEPS, Attention, EncoderLayer, TransformerEncoder, Dense, TimeDistributed)


@misconception(
    "sequence length multiplied in",
    *_COUNTS,
    "biases",
    layers=_AT_EACH_STEP,
    explanation="you multiplied by the length of the sequence",
    repair="all time steps use the same weights, so the length of the sequence does not matter",
    claim="A recurrent layer has separate weights for every time step.",
    source="Goodfellow, Bengio and Courville, Deep Learning, 2016, chapter 10 on parameter sharing; " + _QUESTIONS,
)
def times_steps(s: Subject) -> Iterable[Formula]:
    """P → T·P."""
    layer = as_a(s, *_AT_EACH_STEP)
    if layer is None or s.rule == ZERO:
        return
    if len(s.x.shape) == 2 or isinstance(layer, (ConvLSTM, TimeDistributed)):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True) * s.rule


@misconception(
    "steps in place of features",
    *_COUNTS,
    *_WORK,
    needs="tensor",
    explanation="you took the length of the sequence for the number of its features",
    repair="the weights of a layer are for the features of one time step; the number of steps does not matter",
    claim="The number of weights of a recurrent layer grows with the length of the sequence.",
    source="Stack Overflow, questions on input_shape=(timesteps, features) of an LSTM",
)
def steps_for_features(s: Subject) -> Iterable[Formula]:
    """g·((D + U)·U + U) → g·((T + U)·U + U)."""
    if not s.arriving or len(s.arriving) > 1 or len(s.x.shape) != 2 or s.x.axis_names()[0] != "length" or shares(s):
        return ()
    features = [letter for letter in letters(s.tensors, "input") if letter.incoming]
    produced = letters(s.tensors, "output")
    names = [letter.name for letter in features if letter.name not in {other.name for other in produced}]
    steps = symbol("T", s.x.shape[0], "sequence length", incoming=True)
    return in_work(s, lambda rule: some(exchanged(rule, named(*names), steps))) if names else ()


@misconception(
    "features of all steps",
    *_COUNTS,
    layers=RECURRENT,
    explanation="you used the features of all time steps as inputs of one step",
    repair="a recurrent layer reads one time step at a time, so it has weights for the features of one step only",
    claim="A recurrent layer has a weight for every feature of every time step.",
    source=_QUESTIONS,
)
def features_of_all_steps(s: Subject) -> Iterable[Formula]:
    """g·((D + U)·U + U) → g·((T·D + U)·U + U)."""
    if recurrent_of(s) is None or len(s.arriving) != 1 or len(s.x.shape) != 2 or shares(s):
        return ()
    if s.x.shape[-1] == 1:  # then these are as many as the steps
        return ()
    features = {letter.name: letter for letter in letters(s.tensors, "input") if letter.incoming}
    names = [name for name in features if name not in {other.name for other in letters(s.tensors, "output")}]
    if len(names) != 1:
        return ()
    steps = symbol("T", s.x.shape[0], "sequence length", incoming=True)
    return some(exchanged(s.rule, named(*names), Product((steps, features[names[0]]))))


@misconception(
    "work of one step",
    *_WORK,
    layers=_OVER_STEPS,
    explanation="you counted the work of a single time step",
    repair="a recurrent layer uses the same weights at every time step, so its work is multiplied by the number of "
    "steps",
    claim="A recurrent layer takes as many multiplications for a long sequence as for a short one.",
    source="questions on the FLOPs of recurrent layers",
    credit=Fraction(1, 2),
)
def one_step(s: Subject) -> Iterable[Formula]:
    """T·4·(D + U)·U → 4·(D + U)·U."""
    if as_a(s, *_OVER_STEPS) is None:
        return ()
    return on_macs(s, lambda rule: without_factor(rule, named("T")))


def _last_step(s: Subject) -> bool:
    """Whether it gives out the last step alone."""
    return as_a(s, Recurrent, Bidirectional) is not None and len(s.out.shape) == 1


@misconception(
    "units multiplied by steps",
    "shape",
    layers=RECURRENT,
    explanation="you concatenated the outputs of all time steps",
    repair="unless it returns sequences, a recurrent layer returns only its last output: one value per unit",
    claim="By default, the output of an LSTM in Keras has as many values as units times time steps.",
    source="Stack Overflow, questions on return_sequences",
)
def units_times_steps(s: Subject) -> Iterable[Formula]:
    """U → T·U."""
    if _last_step(s):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True) * s.rule


@misconception(
    "steps in place of units",
    "shape",
    layers=RECURRENT,
    explanation="you gave one value for each time step",
    repair="the last output of a recurrent layer has one value per unit, whatever the length of the sequence",
    claim="A recurrent layer that returns only its last output has as many outputs as the sequence has time steps.",
    source="Stack Overflow, questions on the units of an LSTM",
)
def steps_for_units(s: Subject) -> Iterable[Formula]:
    """U → T."""
    if _last_step(s):
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True)


@misconception(
    "only one step given out",
    "shape",
    layers=RECURRENT,
    explanation="you gave the output of the last step, but this layer returns every step",
    repair="a recurrent layer that returns sequences keeps the length of the sequence",
    claim="A recurrent layer always returns only its last output.",
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
    layers=RECURRENT,
    explanation="you kept the number of input features",
    repair="a recurrent layer outputs one value per unit, whatever its number of input features",
    claim="The output of a recurrent layer always has as many features as its input.",
    source="Stack Overflow, questions on the units of an LSTM",
)
def features_kept(s: Subject) -> Iterable[Formula]:
    """U → D."""
    if recurrent_of(s) is not None and not isinstance(recurrent_of(s), ConvLSTM) and s.axis in ("channels", "features"):
        yield symbol("D", s.x.shape[-1], "input features", incoming=True)
