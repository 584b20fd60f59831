"""Mamba's block: its inner width, its gate, its convolution, its scan and what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Number, Product, Sum, as_formula, product, total
from symparams.layers.mamba import Mamba
from symparams.misconceptions.edits import bound, exchanged, named, some, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs
from symparams.model.layer import symbol

_WORK = ("macs", "flops")
_GU = "Gu and Dao, Mamba: Linear-Time Sequence Modeling with Selective State Spaces, 2023"
_CODE = "mamba_ssm, modules/mamba_simple.py"


def _edited(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterable[Formula]:
    """The rule changed; of FLOPs, that for multiply-accumulates."""
    if as_a(s, Mamba) is None:
        return ()
    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))


def _T(s: Subject) -> Formula:
    return symbol("T", s.x.shape[0], "sequence length", incoming=True)


@misconception(
    "state for every position",
    "cache",
    layers=(Mamba,),
    explanation="you counted a state for every position",
    repair="a state space layer updates a single state from position to position, so its memory does not grow",
    claim="The memory that a Mamba layer needs while it generates text grows with the length of the text.",
    source=_GU + ", section 4.5: there is no cache of keys and values",
)
def state_grows(s: Subject) -> Iterable[Formula]:
    """d_i·(N + k) → T·d_i·(N + k)."""
    return [_T(s) * s.rule] if as_a(s, Mamba) is not None else ()


@misconception(
    "inputs of the convolution not kept",
    "cache",
    layers=(Mamba,),
    explanation="you counted only the state",
    repair="in addition to its state, a Mamba layer stores the most recent inputs of its convolution, as many as "
    "the kernel is long",
    claim="While it generates text, a Mamba layer stores only the state of its scan.",
    source=_CODE + ", allocate_inference_cache: conv_state and ssm_state",
    credit=Fraction(1, 2),
)
def convolution_not_kept(s: Subject) -> Iterable[Formula]:
    """d_i·(N + k) → d_i·N."""
    return _edited(s, lambda rule: without_term(rule, named("k")))


@misconception(
    "expansion left out",
    "params",
    "cache",
    *_WORK,
    layers=(Mamba,),
    explanation="you left out the expansion, as if there were as many inner channels as features",
    repair="the input projection of a Mamba layer expands the features, usually to twice as many inner channels",
    claim="A Mamba layer has as many inner channels as features.",
    source=_GU + ", section 3.4: the expansion factor E",
    credit=Fraction(1, 2),
)
def no_expansion(s: Subject) -> Iterable[Formula]:
    """d_i → d."""
    return _edited(s, lambda rule: bound(rule, "d_i", as_formula(s.x.shape[-1])))


@misconception(
    "gate of the block left out",
    "params",
    *_WORK,
    layers=(Mamba,),
    explanation="you left out the gate that the input projection computes",
    repair="the input projection of a Mamba layer computes every inner channel and a gate for it, so it is twice as "
    "wide",
    claim="The input projection of a Mamba layer has one output for each inner channel.",
    source=_CODE + ": in_proj has 2·d_inner outputs",
    credit=Fraction(1, 2),
)
def gate_left_out(s: Subject) -> Iterable[Formula]:
    """2·d·d_i → d·d_i."""

    def first(rule: Formula) -> Formula | None:
        if not isinstance(rule, Sum) or not isinstance(rule.terms[0], Product):
            return None
        kept = [factor for factor in rule.terms[0].factors if factor != Number(2)]
        return Sum((product(kept), *rule.terms[1:]))

    return _edited(s, first)


@misconception(
    "convolution over all channels",
    "params",
    *_WORK,
    layers=(Mamba,),
    explanation="you counted a standard convolution over all channels",
    repair="the convolution of a Mamba layer is depthwise: every channel has its own small kernel",
    claim="The convolution of a Mamba layer mixes its channels.",
    source=_CODE + ": groups=self.d_inner",
    credit=Fraction(1, 2),
)
def full_convolution(s: Subject) -> Iterable[Formula]:
    """(k + 1)·d_i → (k·d_i + 1)·d_i; T·d_i·k → T·d_i·k·d_i."""
    layer = as_a(s, Mamba)
    if layer is None:
        return ()
    d_i = symbol("d_i", layer.expand * as_formula(s.x.shape[-1]), "inner channels")
    return _edited(s, lambda rule: exchanged(rule, named("k"), lambda k: k * d_i))


@misconception(
    "D and A left out",
    "params",
    layers=(Mamba,),
    explanation="you left out the matrix A and the vector D of the state space model",
    repair="in a Mamba layer every inner channel has a row of A, with one entry for each component of its state, "
    "and one entry of D; both are learned",
    claim="A Mamba layer computes its matrix A from the input and does not learn it.",
    source=_CODE + ": A_log and D",
    credit=Fraction(1, 2),
)
def state_space_left_out(s: Subject) -> Iterable[Formula]:
    """… + d_i·N + d_i + … → … + …."""
    d_i = named("d_i")

    def is_own(term: Formula) -> bool:
        return d_i(term) or (isinstance(term, Product) and len(term.factors) == 2 and named("N")(term.factors[1]))

    def others(rule: Formula) -> Formula | None:
        return total(term for term in rule.terms if not is_own(term)) if isinstance(rule, Sum) else None

    return _edited(s, others)


@misconception(
    "scan squared in the length",
    *_WORK,
    layers=(Mamba,),
    explanation="you let every position of the scan look at every other position",
    repair="the scan goes through the sequence once, so its work is proportional to the length",
    claim="The work of a Mamba layer grows with the square of the sequence length.",
    source=_GU + ": linear time",
)
def scan_squared(s: Subject) -> Iterable[Formula]:
    """2·T·d_i·N → 2·T²·d_i·N."""

    def squared(term: Formula) -> Formula:
        assert isinstance(term, Product)
        return product(_T(s) ** 2 if named("T")(factor) else factor for factor in term.factors)

    def is_scan(term: Formula) -> bool:
        return isinstance(term, Product) and any(map(named("N"), term.factors))

    return _edited(s, lambda rule: exchanged(rule, is_scan, squared))
