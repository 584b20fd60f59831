"""Mixtures of experts: which of them are kept, which of them work, and the router."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Sum, Symbol, total
from symparams.layers.experts import Experts
from symparams.misconceptions.edits import exchanged, named, some, without_factor, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs
from symparams.model.layer import symbol

_WORK = ("macs", "flops")
_JIANG = "Jiang et al., Mixtral of Experts, 2024"


def _behind_router(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterable[Formula]:
    """The rule d·E + … with what stands behind the router changed."""

    def edited(rule: Formula) -> Formula | None:
        if not isinstance(rule, Sum):
            return None
        new = change(total(rule.terms[1:]))
        return None if new is None else total([rule.terms[0], new])

    return on_macs(s, edited) if s.quantity in _WORK else some(edited(s.rule))


@misconception(
    "only the active experts counted",
    "params",
    layers=(Experts,),
    explanation="you counted only the experts that one token uses",
    repair="in a mixture of experts a token uses only a few of the experts, but all of them are stored, so all of "
    "them count",
    claim="A mixture of experts has only as many parameters as one token uses.",
    source=_JIANG + ": 47 billion parameters, of which a token uses 13 billion",
)
def active_only(s: Subject) -> Iterable[Formula]:
    """d·E + E·3·d·f → d·E + k·3·d·f."""
    layer = as_a(s, Experts)
    if not isinstance(layer, Experts):
        return ()
    k = symbol("k", layer.top, "experts that a position uses")
    return _behind_router(s, lambda rule: exchanged(rule, named("E"), k))


@misconception(
    "one expert counted",
    "params",
    layers=(Experts,),
    explanation="you counted a single expert",
    repair="every expert of a mixture is a feed-forward network with its own weights, so all of them count",
    claim="The experts of a mixture of experts share their weights.",
    source=_JIANG,
)
def one_expert(s: Subject) -> Iterable[Formula]:
    """d·E + E·3·d·f → d·E + 3·d·f."""
    if as_a(s, Experts) is None:
        return ()

    def one(factor: Formula) -> bool:
        if isinstance(factor, Sum):
            return any(isinstance(t, Symbol) and t.name == "E" for t in factor.terms)
        return isinstance(factor, Symbol) and factor.name == "E"

    return _behind_router(s, lambda rule: without_factor(rule, one))


@misconception(
    "router left out",
    "params",
    *_WORK,
    layers=(Experts,),
    explanation="you left out the router",
    repair="in a mixture of experts, the router computes a score for every expert at each position, with one weight "
    "per feature and expert",
    claim="A mixture of experts has no parameters other than those of its experts.",
    source="Shazeer et al., Outrageously Large Neural Networks, 2017, section 2.1",
    credit=Fraction(1, 2),
)
def router_left_out(s: Subject) -> Iterable[Formula]:
    """d·E + E·3·d·f → E·3·d·f."""
    if as_a(s, Experts) is None:
        return ()

    def behind(rule: Formula) -> Formula | None:
        return total(rule.terms[1:]) if isinstance(rule, Sum) else None

    return on_macs(s, behind) if s.quantity in _WORK else some(behind(s.rule))


@misconception(
    "all experts at work",
    *_WORK,
    layers=(Experts,),
    explanation="you counted the work of all experts",
    repair="in a mixture of experts the router sends each token to only a few of the experts; the others do no work "
    "for it",
    claim="In a sparse mixture of experts, every expert processes every token.",
    source=_JIANG,
)
def all_at_work(s: Subject) -> Iterable[Formula]:
    """T·d·E + T·k·3·d·f → T·d·E + T·E·3·d·f."""
    layer = as_a(s, Experts)
    if not isinstance(layer, Experts):
        return ()
    E = symbol("E", layer.experts, "experts")
    return _behind_router(s, lambda rule: exchanged(rule, named("k"), E))


@misconception(
    "shared experts left out",
    "params",
    *_WORK,
    layers=(Experts,),
    explanation="you left out the shared experts",
    repair="in a mixture of experts, shared experts have their own weights and are used at every position, in "
    "addition to the selected experts",
    claim="The shared experts of a mixture of experts have no weights of their own.",
    source="Dai et al., DeepSeekMoE, 2024",
    credit=Fraction(1, 2),
)
def shared_left_out(s: Subject) -> Iterable[Formula]:
    """(E + s)·3·d·f → E·3·d·f."""
    if as_a(s, Experts) is None:
        return ()
    return _behind_router(s, lambda rule: without_term(rule, named("s")))
