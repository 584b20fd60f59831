"""Latent attention: what is compressed, what the cache keeps, the rotary part that all heads share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Product, Sum, Symbol, as_formula, product, total
from symparams.layers.latent import LatentAttention
from symparams.misconceptions.edits import exchanged, named, some, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs
from symparams.model.layer import symbol

_WORK = ("macs", "flops")
_DEEPSEEK = "DeepSeek-AI, DeepSeek-V2, 2024, section 2.1"


def _edited(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterable[Formula]:
    """The rule changed; of FLOPs, that for multiply-accumulates."""
    if as_a(s, LatentAttention) is None:
        return ()
    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))


def _sum_of(*names: str) -> Callable[[Formula], bool]:
    """Whether a node is the sum of symbols with these names."""
    return lambda node: (
        isinstance(node, Sum) and tuple(t.name if isinstance(t, Symbol) else "" for t in node.terms) == names
    )


def _h(s: Subject) -> Formula:
    layer = as_a(s, LatentAttention)
    return symbol("h", as_formula(1) if layer is None else layer.heads, "heads")


@misconception(
    "keys and values of all heads in the cache",
    "cache",
    layers=(LatentAttention,),
    explanation="you counted the keys and values of every head",
    repair="latent attention stores the compressed vector and the rotary key of each position; the keys and values "
    "of the heads are computed from them again",
    claim="Latent attention stores the keys and values of every head in its cache.",
    source=_DEEPSEEK + ".4: the cache of multi-head attention beside it",
)
def full_cache(s: Subject) -> Iterable[Formula]:
    """T·(d_c + d_r) → 2·T·h·d_h, T·h·(d_h + d_r + d_v)."""
    layer = as_a(s, LatentAttention)
    if layer is None:
        return ()
    value = layer.head if layer.value is None else layer.value
    d_h, d_v = symbol("d_h", layer.head, "numbers in a head"), symbol("d_v", value, "numbers in a value")
    d_r = symbol("d_r", layer.rope, "rotary numbers in a head")
    kept = _sum_of("d_c", "d_r")
    return some(exchanged(s.rule, kept, product([2, _h(s), d_h])), exchanged(s.rule, kept, _h(s) * (d_h + d_r + d_v)))


@misconception(
    "compressed vector kept twice",
    "cache",
    layers=(LatentAttention,),
    explanation="you counted the compressed vector once for keys and once for values",
    repair="latent attention computes keys and values from the same compressed vector, so it is stored once",
    claim="Latent attention stores one compressed vector for the keys and another for the values.",
    source=_DEEPSEEK + ".2: one vector for both; LMCache, pull request 694: 2·d_c",
    credit=Fraction(1, 2),
)
def kept_twice(s: Subject) -> Iterable[Formula]:
    """T·(d_c + d_r) → T·2·d_c, T·2·(d_c + d_r)."""

    def twice(node: Formula) -> Formula:
        return 2 * node

    d_c, both = named("d_c"), _sum_of("d_c", "d_r")
    alone = without_term(s.rule, named("d_r"))
    doubled = None if alone is None else exchanged(alone, d_c, twice)
    return () if as_a(s, LatentAttention) is None else some(doubled, exchanged(s.rule, both, twice))


@misconception(
    "rotary key left out",
    "params",
    "cache",
    *_WORK,
    layers=(LatentAttention,),
    explanation="you left out the rotary part of the keys",
    repair="in latent attention the rotary part of the keys is projected separately from the compressed vector and "
    "stored with it",
    claim="Latent attention computes the rotary part of its keys from the compressed vector.",
    source=_DEEPSEEK + ".3: decoupled rotary position embedding",
    credit=Fraction(1, 2),
)
def rotary_key_left_out(s: Subject) -> Iterable[Formula]:
    """d·(d_c + d_r) → d·d_c."""
    return _edited(s, lambda rule: exchanged(rule, _sum_of("d_c", "d_r"), _first))


@misconception(
    "rotary key for every head",
    "params",
    "cache",
    *_WORK,
    layers=(LatentAttention,),
    explanation="you counted a rotary key for every head",
    repair="in latent attention all heads share one rotary key per position, as in multi-query attention",
    claim="In latent attention, every head has its own rotary key.",
    source=_DEEPSEEK + ".3: a shared key carries the rotary part",
    credit=Fraction(1, 2),
)
def rotary_key_for_all(s: Subject) -> Iterable[Formula]:
    """d·(d_c + d_r) → d·(d_c + h·d_r)."""

    def several(node: Formula) -> Formula:
        assert isinstance(node, Sum)
        return total([node.terms[0], _h(s) * node.terms[1]])

    return _edited(s, lambda rule: exchanged(rule, _sum_of("d_c", "d_r"), several))


@misconception(
    "rotary part of queries left out",
    "params",
    *_WORK,
    layers=(LatentAttention,),
    explanation="you left out the rotary part of the queries",
    repair="in latent attention the query of every head also has a rotary part",
    claim="In latent attention, only the keys have a rotary part.",
    source=_DEEPSEEK + ".3",
    credit=Fraction(1, 2),
)
def rotary_queries_left_out(s: Subject) -> Iterable[Formula]:
    """d·h·(d_h + d_r) → d·h·d_h."""
    return _edited(s, lambda rule: exchanged(rule, _sum_of("d_h", "d_r"), _first))


def _first(node: Formula) -> Formula:
    assert isinstance(node, Sum)
    return node.terms[0]


@misconception(
    "up-projection of keys and values left out",
    "params",
    *_WORK,
    layers=(LatentAttention,),
    explanation="you left out the matrix that computes keys and values from the compressed vector",
    repair="in latent attention one more matrix projects the compressed vector to the keys and values of all heads",
    claim="Latent attention uses its compressed vector directly as the keys and values of the heads.",
    source=_DEEPSEEK + ".2: the up-projections of keys and values",
    credit=Fraction(1, 2),
)
def up_left_out(s: Subject) -> Iterable[Formula]:
    """… + d_c·h·(d_h + d_v) + … → … + …."""
    both = _sum_of("d_h", "d_v")

    def is_up(term: Formula) -> bool:
        return isinstance(term, Product) and any(map(both, term.factors))

    return _edited(s, lambda rule: without_term(rule, is_up))


@misconception(
    "norms of compressed vectors left out",
    "params",
    layers=(LatentAttention,),
    explanation="you left out the normalization of the compressed vectors",
    repair="latent attention normalizes each compressed vector before it is projected again, with one scale per "
    "component",
    claim="Latent attention projects its compressed vectors without normalizing them.",
    source="DeepSeek-AI, DeepSeek-V2, 2024, section 3.1.2: RMS norms after the compressed vectors",
    credit=Fraction(1, 2),
)
def norms_left_out(s: Subject) -> Iterable[Formula]:
    """d·(d_c + d_r) + d_c + … → d·(d_c + d_r) + …."""
    if as_a(s, LatentAttention) is None or not isinstance(s.rule, Sum):
        return ()
    kept = [term for term in s.rule.terms if not isinstance(term, Symbol)]
    return [total(kept)] if len(kept) < len(s.rule.terms) else ()
