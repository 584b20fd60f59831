"""Both directions: twice the weights, twice the outputs, and nothing twice behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, Number, Product, Sum, as_formula, product
from symparams.algebra.simplification import simplified
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.recurrent import Recurrent
from symparams.misconceptions.edits import bound_where, named, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import letters
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, meant, on_macs, without_tensors
from symparams.model.derived import macs_of
from symparams.model.layer import Layer
from symparams.model.network import Node
from symparams.model.tensor import Tensor

_BOTH = (Bidirectional, Recurrent)
_SCHUSTER = "Schuster and Paliwal, Bidirectional Recurrent Neural Networks, 1997; "


def _reads_both_ways(layer: Layer | None) -> bool:
    return isinstance(layer, Bidirectional) or (isinstance(layer, Recurrent) and layer.bidirectional)


def _reads_backwards(t: Tensor) -> bool:
    return "backward" in t.within or "backward_" in t.stored.name or "_reverse" in t.stored.name


@misconception(
    "second direction left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=_BOTH,
    explanation="you counted one direction only",
    repair="the backward layer of a bidirectional layer has its own weights, as many as the forward layer",
    claim="A bidirectional layer uses the same weights in both directions.",
    source=_SCHUSTER + "Stack Overflow, questions on the parameters of Keras's Bidirectional",
    credit=Fraction(1, 2),
)
def one_direction(s: Subject) -> Iterable[Formula]:
    """2·4·((D + U)·U + U) → 4·((D + U)·U + U)."""
    layer = as_a(s, *_BOTH)
    if layer is None or not _reads_both_ways(layer):
        return
    alone: Layer = layer.layer if isinstance(layer, Bidirectional) else replace(layer, bidirectional=False)
    if s.quantity in ("weights", "trainable"):
        yield from some(without_tensors(s, _reads_backwards))
    elif s.quantity in ("macs", "flops"):
        yield from on_macs(s, _halved)
    else:
        yield from some(_halved(s.rule))
        yield alone.rules(*s.arriving).parameters


def _halved(rule: Formula) -> Formula | None:
    """The rule without the first factor 2; None where the directions are not alike."""
    if isinstance(rule, Product) and Number(2) in rule.factors:
        i = rule.factors.index(Number(2))
        return product([*rule.factors[:i], *rule.factors[i + 1 :]])
    return None


@misconception(
    "outputs of one direction",
    "shape",
    layers=_BOTH,
    explanation="you counted the outputs of one direction only",
    repair="by default a bidirectional layer concatenates the outputs of both directions, so there are twice as many",
    claim="A bidirectional layer has as many outputs as each of its directions, even when they are concatenated.",
    source=_SCHUSTER + "Stack Overflow, questions on the output shape of Keras's Bidirectional",
    credit=Fraction(1, 2),
)
def one_output(s: Subject) -> Iterable[Formula]:
    """2·U → U."""
    layer = as_a(s, *_BOTH)
    if not _reads_both_ways(layer) or s.axis not in ("channels", "features"):
        return
    halved = _halved(s.rule)
    if halved is not None:
        yield halved
    elif isinstance(s.rule, Sum):
        yield s.rule.terms[0]


@misconception(
    "directions put side by side",
    "shape",
    layers=(Bidirectional,),
    explanation="you concatenated the outputs of both directions",
    repair="when the outputs of both directions are added, multiplied or averaged elementwise, there are as many as "
    "in one direction",
    claim="A bidirectional layer always has twice as many outputs as units, however its directions are merged.",
    source="Keras documentation of Bidirectional, merge_mode",
    credit=Fraction(1, 2),
)
def side_by_side(s: Subject) -> Iterable[Formula]:
    """U → 2·U."""
    layer = as_a(s, Bidirectional)
    if isinstance(layer, Bidirectional) and layer.merge != "concat" and s.axis in ("channels", "features"):
        yield 2 * s.rule


@misconception(
    "layer behind a bidirectional one doubled",
    "params",
    "weights",
    "biases",
    "trainable",
    around=True,
    beside=_BOTH,
    explanation="you counted the layer twice because it follows a bidirectional layer",
    repair="a layer after a bidirectional layer exists once; the outputs of both directions are its inputs",
    claim="Every layer after a bidirectional layer has its parameters twice, once for each direction.",
    source="Stack Exchange, questions on a dense layer behind Keras's Bidirectional",
)
def doubled_behind(s: Subject) -> Iterable[Formula]:
    """n_in·n_out + n_out → 2·(U·n_out + n_out), with the U outputs of one direction; → 2·(n_in·n_out + n_out)."""
    if s.rule == ZERO or not s.arriving or _reads_both_ways(as_a(s, *_BOTH)):
        return
    below = next((node for node in s.before if _matters(node)), None)
    layer = None if below is None else meant(below.layer, below.derived.arriving)
    if not _reads_both_ways(layer):
        return
    joined = not isinstance(layer, Bidirectional) or layer.merge == "concat"
    if below is not None and joined and s.x.shape[-1] == below.shape[-1]:
        features = [letter.name for letter in letters(s.tensors, "input") if letter.incoming]
        each = as_formula(simplified(as_formula(s.x.shape[-1]) / 2, s.network.facts))
        yield from (2 * rule for rule in some(bound_where(s.rule, named(*features), each)))
    yield 2 * s.rule


@misconception(
    "upper layers see one direction",
    "params",
    "macs",
    "flops",
    layers=(Recurrent,),
    explanation="you let each upper layer take the outputs of one direction only",
    repair="in a stack of bidirectional layers, both directions of an upper layer take the outputs of both "
    "directions below, `2*U` features",
    claim="A stack of bidirectional layers has twice as many parameters as the same stack in one direction.",
    source="PyTorch documentation of LSTM, weight_ih_l[k]: num_directions * hidden_size inputs for k > 0",
    credit=Fraction(1, 2),
)
def directions_apart(s: Subject) -> Iterable[Formula]:
    """2·one(D) + 2·one(2·U) → 2·(one(D) + one(U))."""
    layer = as_a(s, Recurrent)
    if not isinstance(layer, Recurrent) or not layer.bidirectional or number(layer.layers) == 1 or s.rule == ZERO:
        return
    alone = replace(layer, bidirectional=False)
    if s.quantity == "params":
        yield 2 * alone.rules(*s.arriving).parameters
    else:
        work = 2 * macs_of(alone, s.out, *s.arriving)
        yield from on_macs(s, lambda rule: work)


def _matters(node: Node) -> bool:
    """Whether it has parameters; dropout and the like are passed over."""
    return node.derived.counts.params != 0
