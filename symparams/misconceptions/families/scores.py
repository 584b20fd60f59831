"""The work of attention between the positions: scores, and values weighed by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from symparams.algebra.formula import Formula, Number, Power, Product, Symbol, as_formula, product, total
from symparams.layers.attended import attended
from symparams.layers.attention import Attention
from symparams.layers.heads import Heads
from symparams.layers.scores import AdditiveAttention, DotAttention
from symparams.misconceptions.edits import bound, rewritten, some, tidy
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import ATTENDING, Arriving, as_a, attentions, each_swapped, on_macs
from symparams.model.derived import macs_of

_WORK = ("macs", "flops")
_SCORING = (*ATTENDING, DotAttention, AdditiveAttention)
_VASWANI = "Vaswani et al., Attention Is All You Need, 2017"

# ---------------------------------------------------------------- the work


def _plain_scores(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterator[Formula]:
    """The same for attention without projections."""
    return on_macs(s, change) if as_a(s, DotAttention, AdditiveAttention) is not None else iter(())


def _matrices(layer: Attention, arriving: Arriving, s: Subject) -> list[Formula]:
    """The work of the projections as the rule has it."""
    of = Heads(layer, attended(arriving))
    rule = macs_of(layer, s.out, *arriving)
    terms = rule.terms if hasattr(rule, "terms") else (rule,)
    return list(terms[: len(terms) - len(list(of.mixed()))])


def _mixing(s: Subject, change: Callable[[Heads, list[Formula]], Iterable[list[Formula]]]) -> Iterator[Formula]:
    """The work of each attention with the part at the scores counted in other ways."""
    pairs = []
    for layer, arriving in attentions(s):
        of = Heads(layer, attended(arriving))
        first = _matrices(layer, arriving, s)
        ways = tuple(total([*first, *mixed]) for mixed in change(of, list(of.mixed())))
        pairs.append((macs_of(layer, s.out, *arriving), ways))
    return each_swapped(s, pairs)


@misconception(
    "work at the scores left out",
    *_WORK,
    layers=ATTENDING,
    explanation="you counted the projections but left out the products between positions",
    repair="attention multiplies every query by every key and weights the values by the scores, work that grows "
    "with the square of the length in self-attention",
    claim="The work of self-attention is proportional to the length of the sequence.",
    source=_VASWANI + ", table 1; Kaplan et al., Scaling Laws for Neural Language Models, 2020, neglects it",
    credit=Fraction(1, 2),
)
def scores_left_out(s: Subject) -> Iterable[Formula]:
    """4·T·d² + 2·T²·d → 4·T·d²."""
    return _mixing(s, lambda of, mixed: [[]])


@misconception(
    "length not squared",
    *_WORK,
    layers=_SCORING,
    explanation="you multiplied by the length only once",
    repair="in self-attention every position has a score for every position, so the length counts twice",
    claim="In self-attention, each position has one score.",
    source=_VASWANI + ", table 1",
)
def not_squared(s: Subject) -> Iterable[Formula]:
    """2·T²·d → 2·T·d; T·T_m → T."""

    def once(of: Heads, mixed: list[Formula]) -> Iterable[list[Formula]]:
        yield [_once(term) for term in mixed]

    yield from _mixing(s, once)
    yield from _plain_scores(s, lambda rule: _once(rule) if _once(rule) != rule else None)


def _once(rule: Formula) -> Formula:
    """T² → T; T·T_m and T·T → T."""

    def is_memory(node: Formula) -> bool:
        return isinstance(node, Symbol) and node.name.endswith("_m") and node.name != "d_m"

    def change(node: Formula) -> Formula | None:
        if isinstance(node, Power) and node.exponent == Number(2):
            return node.base
        if isinstance(node, Product):
            kept = [f for i, f in enumerate(node.factors) if not is_memory(f) and f not in node.factors[:i]]
            return tidy(product(rewritten(f, change) for f in kept)) if len(kept) < len(node.factors) else None
        return None

    return rewritten(rule, change)


@misconception(
    "one of the two products at the scores",
    *_WORK,
    layers=_SCORING,
    explanation="you counted only one of the two products between positions",
    repair="there are two: queries times keys gives the scores, and scores times values gives the output",
    claim="Weighting the values by the scores takes no multiplications.",
    source=_VASWANI + ", section 3.2.1",
    credit=Fraction(1, 2),
)
def one_product(s: Subject) -> Iterable[Formula]:
    """2·T²·d → T²·d."""

    def one(of: Heads, mixed: list[Formula]) -> Iterable[list[Formula]]:
        if len(mixed) > 1:
            yield [mixed[0]]
            yield [mixed[1]]
        elif isinstance(mixed[0], Product):
            yield [product(mixed[0].factors[1:])]

    yield from _mixing(s, one)
    yield from _plain_scores(s, lambda rule: rule.terms[0] if hasattr(rule, "terms") else None)


@misconception(
    "work at the scores multiplied by the heads",
    *_WORK,
    layers=ATTENDING,
    explanation="you multiplied the products between positions by both the number of heads and the whole width",
    repair="when the heads divide the width among themselves, all heads together take as many products as one head "
    "of the full width",
    claim="When the heads divide a fixed width, twice as many heads take twice as many multiplications between "
    "queries and keys.",
    source=_VASWANI + ", section 3.2.2",
)
def scores_times_heads(s: Subject) -> Iterable[Formula]:
    """2·T²·d → h·2·T²·d."""
    return _mixing(s, lambda of, mixed: [[of.h * term for term in mixed]] if of.plain else [])


@misconception(
    "softmax counted",
    *_WORK,
    layers=ATTENDING,
    explanation="you counted the softmax as multiply-accumulates",
    repair="a softmax takes exponentials and divisions, which are not multiply-accumulates",
    source="questions on counting the FLOPs of attention",
    credit=Fraction(1, 2),
)
def softmax_counted(s: Subject) -> Iterable[Formula]:
    """… + 2·T²·d → … + 2·T²·d + h·T²."""
    return _mixing(s, lambda of, mixed: [[*mixed, of.scores()]])


@misconception(
    "masked scores not counted",
    *_WORK,
    layers=ATTENDING,
    explanation="you counted half of the scores because of the causal mask",
    repair="a causal mask hides scores that are computed anyway, so the work does not change",
    source="PyTorch documentation of scaled_dot_product_attention: the mask is added to the scores",
    credit=Fraction(1, 2),
)
def masked(s: Subject) -> Iterable[Formula]:
    """2·T²·d → 2·T²·d/2."""
    return _mixing(s, lambda of, mixed: [[term / 2 for term in mixed]] if of.layer.causal else [])


@misconception(
    "memory taken as long as the query",
    "cache",
    *_WORK,
    explanation="you took the memory to be as long as the query",
    repair="cross-attention computes keys and values from the memory, so there are as many as the memory has positions",
    claim="In cross-attention, there are always as many keys as queries.",
    source=_VASWANI + ", section 3.2.3",
    credit=Fraction(1, 2),
)
def memory_length(s: Subject) -> Iterable[Formula]:
    """T_m → T."""
    if len(s.arriving) < 2 or len(s.x.shape) != 2:
        return ()

    def change(rule: Formula) -> Formula | None:
        return bound(rule, "T_m", as_formula(s.x.shape[0]), "memory length")

    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))
