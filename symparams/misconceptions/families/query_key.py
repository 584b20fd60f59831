"""Norms of queries and keys, and rotary positions inside attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Sum, total
from symparams.layers.attended import attended
from symparams.layers.attention import Attention
from symparams.layers.heads import Heads
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a

_QWEN = "Yang et al., Qwen3 Technical Report, 2025, section 2"


def _norms(s: Subject, change: Callable[[Heads, Formula], Iterable[Formula]]) -> Iterable[Formula]:
    """The rule with the norms of queries and keys counted otherwise."""
    layer = as_a(s, Attention)
    if layer is None or layer.qknorm == "none" or not isinstance(s.rule, Sum):
        return ()
    of = Heads(layer, attended(s.arriving))
    *projections, norms = s.rule.terms
    return [total([*projections, *change(of, norms)])] if norms in of.others() else ()


@misconception(
    "norms of queries and keys left out",
    "params",
    layers=(Attention,),
    explanation="you left out the normalization of queries and keys",
    repair="where attention normalizes queries and keys, each of the two normalizations has one scale for every "
    "component of a head",
    claim="Normalizing queries and keys inside attention adds no parameters.",
    source=_QWEN,
    credit=Fraction(1, 2),
)
def norms_left_out(s: Subject) -> Iterable[Formula]:
    """… + 2·d_h → …."""
    return _norms(s, lambda of, norms: [])


@misconception(
    "norms of queries and keys for every head",
    "params",
    layers=(Attention,),
    explanation="you counted separate scales of the normalization for every head",
    repair="where attention normalizes queries and keys, all heads share the scales, one for every component of a head",
    claim="When attention normalizes queries and keys, every head has its own scales.",
    source=_QWEN + "; Hugging Face, Qwen3Attention: RMSNorm(head_dim)",
    credit=Fraction(1, 2),
)
def norm_for_every_head(s: Subject) -> Iterable[Formula]:
    """… + 2·d_h → … + h·2·d_h."""
    return _norms(s, lambda of, norms: [of.h * norms])


@misconception(
    "one norm of queries and keys",
    "params",
    layers=(Attention,),
    explanation="you counted one normalization for queries and keys together",
    repair="queries and keys are normalized separately, each with its own scales",
    source=_QWEN,
    credit=Fraction(1, 2),
)
def one_norm(s: Subject) -> Iterable[Formula]:
    """… + 2·d_h → … + d_h."""
    return _norms(s, lambda of, norms: [norms / 2])
