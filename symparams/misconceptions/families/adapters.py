"""Low-rank adapters: two thin matrices beside one that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import filterfalse

from symparams.algebra.formula import ZERO, Formula, Sum, total
from symparams.layers.adapters import LowRankAdapter
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs, tensors
from symparams.model.layer import symbol
from symparams.model.tensor import Tensor, macs_rule, parameter_rule

_HU = "Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021"
_COUNTS = ("params", "trainable", "weights")


def _adapter(s: Subject) -> LowRankAdapter | None:
    """A low-rank adapter that has something of the quantity."""
    layer = as_a(s, LowRankAdapter)
    return layer if isinstance(layer, LowRankAdapter) and s.rule != ZERO else None


def _is_thin(t: Tensor) -> bool:
    """Whether it is one of the two that the adapter adds, the only matrices that are trained."""
    return t.joins and t.trained


@misconception(
    "adapted matrix taken for trained",
    "trainable",
    "non_trainable",
    layers=(LowRankAdapter,),
    explanation="you counted the adapted matrix as trainable",
    repair="low-rank adaptation freezes the adapted matrix; only the two thin matrices are trained",
    claim="With a low-rank adapter, the adapted matrix is trained too.",
    source=_HU,
)
def base_trained(s: Subject) -> Iterable[Formula]:
    """r·(n_in + n_out) → n_in·n_out + r·(n_in + n_out)."""
    if _adapter(s) is not None and not s.task.node.frozen:
        yield ZERO if s.quantity == "non_trainable" else s.rules.parameters


@misconception(
    "one of the two thin matrices",
    *_COUNTS,
    layers=(LowRankAdapter,),
    explanation="you counted one of the two matrices of the adapter",
    repair="a low-rank adapter has two matrices: one maps the inputs down to the rank, the other maps them up to "
    "the outputs",
    claim="A low-rank adapter adds a single matrix to a layer.",
    source=_HU + ", section 4.1",
    credit=Fraction(1, 2),
)
def one_matrix(s: Subject) -> Iterable[Formula]:
    """n_in·n_out + r·(n_in + n_out) → n_in·n_out + n_in·r; → n_in·n_out + r·n_out."""
    if _adapter(s) is not None:
        for left_out in reversed([t for t in tensors(s) if _is_thin(t)]):
            yield parameter_rule(t for t in tensors(s) if t is not left_out)


@misconception(
    "rank squared",
    *_COUNTS,
    layers=(LowRankAdapter,),
    explanation="you also counted a square matrix of the size of the rank",
    repair="the two thin matrices of a low-rank adapter are multiplied by each other, with nothing between them",
    claim="A low-rank adapter has a square matrix between its two thin matrices.",
    source="questions on LoRA and the singular value decomposition",
    credit=Fraction(1, 2),
)
def rank_squared(s: Subject) -> Iterable[Formula]:
    """n_in·n_out + r·(n_in + n_out) → … + r²; → n_in·n_out + r²."""
    layer = _adapter(s)
    if layer is not None and any(map(_is_thin, tensors(s))):
        r = symbol("r", layer.rank, "rank")
        yield s.rule + r**2
        yield total(t for t in (parameter_rule(filterfalse(_is_thin, tensors(s))), r**2) if t != ZERO)


@misconception(
    "adapter left out",
    "params",
    "weights",
    "macs",
    "flops",
    layers=(LowRankAdapter,),
    explanation="you left out the adapter",
    repair="the two thin matrices of a low-rank adapter are stored and used in addition to the adapted matrix",
    claim="A low-rank adapter adds no parameters during training.",
    source=_HU,
    credit=Fraction(1, 2),
)
def adapter_left_out(s: Subject) -> Iterable[Formula]:
    """n_in·n_out + r·(n_in + n_out) → n_in·n_out."""
    layer = _adapter(s)
    if layer is None:
        return
    if s.quantity in ("macs", "flops"):
        yield from on_macs(s, lambda rule: macs_rule(filterfalse(_is_thin, s.tensors), s.out.positions()))
    else:
        yield parameter_rule(filterfalse(_is_thin, tensors(s)))


@misconception(
    "adapter alone",
    "params",
    "weights",
    "macs",
    "flops",
    layers=(LowRankAdapter,),
    explanation="you counted only the adapter",
    repair="with a low-rank adapter the adapted matrix is still stored and used, although it is not trained",
    claim="A layer with a low-rank adapter has no parameters other than those of the adapter.",
    source=_HU,
    credit=Fraction(1, 2),
)
def adapter_alone(s: Subject) -> Iterable[Formula]:
    """n_in·n_out + r·(n_in + n_out) → r·(n_in + n_out)."""
    if _adapter(s) is None:
        return
    if s.quantity in ("macs", "flops"):
        yield from on_macs(s, lambda rule: macs_rule(filter(_is_thin, s.tensors), s.out.positions()))
    elif s.quantity == "params" and isinstance(s.rules.parameters, Sum):
        yield s.rules.parameters.terms[-1]
    else:
        yield parameter_rule(filter(_is_thin, tensors(s)))
