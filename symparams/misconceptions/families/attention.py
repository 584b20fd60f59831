"""Attention: its four matrices, its heads, and the work at the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Product, as_formula, product, total
from symparams.algebra.simplification import simplified
from symparams.layers.attended import attended
from symparams.layers.attention import Attention
from symparams.layers.heads import Heads
from symparams.layers.projections import Projection, merged, multiplied, projected
from symparams.misconceptions.edits import bound, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import without_biases
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import ATTENDING, as_a, attentions, each_swapped, on_macs
from symparams.model.derived import macs_of

_WORK = ("macs", "flops")
_VASWANI = "Vaswani et al., Attention Is All You Need, 2017"
_AINSLIE = "Ainslie et al., GQA: Training Generalized Multi-Query Transformer Models, 2023"

Ways = Iterable[Formula]


def parameters_of(s: Subject, ways: Callable[[Heads], Ways]) -> Iterator[Formula]:
    """The rule with the parameters of its attentions counted in other ways, also where biases are left out already."""
    bare = s.rule not in s.task.rules and s.rule == without_biases(s.task.right[0])
    pairs = []
    for layer, arriving in attentions(s):
        if s.rule != ZERO:
            one = replace(layer, bias=False, qkvbias=None, keybias=None) if bare else layer
            of = Heads(one, attended(arriving))
            counted = s.rule if bare and layer is s.layer else total(of.parameters())
            pairs.append((counted, tuple(ways(of))))
    return each_swapped(s, pairs)


def work_of(s: Subject, ways: Callable[[Heads], Ways]) -> Iterator[Formula]:
    """The rule for work with the multiply-accumulates of its attentions counted in other ways."""
    pairs = []
    for layer, arriving in attentions(s):
        pairs.append((macs_of(layer, s.out, *arriving), tuple(ways(Heads(layer, attended(arriving))))))
    return each_swapped(s, pairs)


def _sum(projections: Iterable[Projection]) -> Formula:
    return total(p.count() for p in merged(iter(projections)))


# ---------------------------------------------------------------- the heads


@misconception(
    "parameters multiplied by the heads",
    "params",
    layers=ATTENDING,
    explanation="you multiplied by the number of heads",
    repair="when the heads divide the width among themselves, the number of heads does not change the number of "
    "parameters",
    claim="When the heads of an attention layer divide its width among themselves, twice as many heads need twice "
    "as many parameters.",
    source=_VASWANI + ", section 3.2.2: the total cost is similar to that of one head with full width",
)
def times_heads(s: Subject) -> Iterable[Formula]:
    """4·(d + 1)·d → h·(3·(d + 1)·d + (d + 1)·d); → h·3·(d + 1)·d + (d + 1)·d."""

    def ways(of: Heads) -> Ways:
        if of.shares_width and number(of.h) != 1:
            yield of.h * total(of.parameters())
            *first, last = of.parameters()
            yield total([*(of.h * p for p in first), last])
            yield of.h * _sum(_unbiased(of.projections))

    return parameters_of(s, ways)


def _unbiased(projections: Iterable[Projection]) -> Iterator[Projection]:
    return (replace(p, bias=False) for p in projections)


@misconception(
    "full width in every head, no output projection",
    "params",
    layers=ATTENDING,
    explanation="you gave every head the full width, and left out the output projection",
    repair="the heads divide the width among themselves, so their number does not matter; a fourth matrix, the output "
    "projection, combines them",
    claim="Multi-head attention has three matrices of full width for each head, and no others.",
    source="pytorch issue 60853, 'Parameter Count of MultiheadAttention does not Change with num_heads'",
)
def wide_heads(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·d + (d + 1)·d → h·3·(d + 1)·d; → h·3·d·d."""

    def ways(of: Heads) -> Ways:
        if of.shares_width and number(of.h) != 1:
            inputs = [p for p in of.projections if p.name != "output"]
            yield of.h * _sum(inputs)
            yield of.h * _sum(_unbiased(inputs))

    return parameters_of(s, ways)


@misconception(
    "a single head counted",
    "params",
    *_WORK,
    layers=ATTENDING,
    explanation="you counted the projections of a single head",
    repair="every head has its own part of the projection matrices, which are as wide as all heads together",
    source=_VASWANI + ", section 3.2.2; questions on d_k = d/h in the parameters",
    credit=Fraction(1, 2),
)
def one_head(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·d + (d + 1)·d → 3·(d + 1)·d/h + (d/h + 1)·d, or + (d + 1)·d; h·d_h → d_h."""

    def narrow(of: Heads, p: Projection) -> Projection:
        def less(width: Formula) -> Formula:
            if of.plain and of.kv is None:
                return of.d / of.h
            kept = [f for f in width.factors if f not in (of.h, of.kv)] if isinstance(width, Product) else [width]
            return product(kept)

        return replace(p, joins=less(p.joins)) if p.name == "output" else replace(p, wide=less(p.wide))

    def narrowed(of: Heads) -> list[Projection]:
        return [narrow(of, p) for p in of.projections] if of.kv is None or not of.plain else []

    def ways(of: Heads) -> Ways:
        if narrow_ones := narrowed(of):
            yield _sum(narrow_ones)
            mixed = [p if p.name == "output" else narrow(of, p) for p in of.projections]
            yield _sum(mixed)
            yield _sum(_unbiased(mixed))

    if s.quantity == "params":
        return parameters_of(s, ways)
    return work_of(s, lambda of: [total([*projected(narrowed(of)), *of.mixed()])] if narrowed(of) else [])


@misconception(
    "heads of keys and values ignored",
    "params",
    "cache",
    *_WORK,
    layers=(Attention,),
    explanation="you counted as many key and value heads as query heads",
    repair="in grouped-query attention, several query heads share one key and value head",
    claim="Grouped-query attention has as many parameters as multi-head attention with the same number of query heads.",
    source=_AINSLIE,
    credit=Fraction(1, 2),
)
def kv_ignored(s: Subject) -> Iterable[Formula]:
    """2·(d + 1)·n_kv·d_h → 2·(d + 1)·h·d_h."""
    layer = as_a(s, Attention)
    if not isinstance(layer, Attention) or layer.kv is None or s.rule == ZERO:
        return
    every = replace(layer, kv=None)
    if s.quantity == "params":
        yield every.rules(*s.arriving).parameters
    elif s.quantity == "cache":
        assert isinstance(s.rule, Product)
        yield every.cache(s.out, *s.arriving) * s.rule.factors[-1]
    else:
        work = macs_of(every, s.out, *s.arriving)
        yield from on_macs(s, lambda rule: work)


@misconception(
    "group size taken for the heads of keys and values",
    "params",
    "cache",
    *_WORK,
    layers=(Attention,),
    explanation="you counted as many key and value heads as query heads share one",
    repair="with `h` query heads and `g` key and value heads, `h/g` query heads share one; the keys and values of `g` "
    "heads are computed and kept",
    claim="Grouped-query attention with 32 query heads and 8 key and value heads keeps the keys and values of 4 heads.",
    source=_AINSLIE,
    credit=Fraction(1, 2),
)
def group_size(s: Subject) -> Iterable[Formula]:
    """n_kv → h/n_kv."""
    layer = as_a(s, Attention)
    if isinstance(layer, Attention) and layer.kv is not None:
        each = as_formula(simplified(layer.heads / layer.kv, s.network.facts))

        def taken(rule: Formula) -> Formula | None:
            return bound(rule, "n_kv", each)

        yield from on_macs(s, taken) if s.quantity in _WORK else some(taken(s.rule))


@misconception(
    "one head of keys and values",
    "params",
    "cache",
    *_WORK,
    layers=(Attention,),
    explanation="you counted a single key and value head, as in multi-query attention",
    repair="in grouped-query attention the query heads form several groups, each with its own key and value head",
    claim="In grouped-query attention, all query heads always share a single key and value head.",
    source=_AINSLIE,
    credit=Fraction(1, 2),
)
def one_kv(s: Subject) -> Iterable[Formula]:
    """2·(d + 1)·n_kv·d_h → 2·(d + 1)·d_h."""
    layer = as_a(s, Attention)
    if isinstance(layer, Attention) and layer.kv is not None:

        def one(rule: Formula) -> Formula | None:
            return bound(rule, "n_kv", ONE)

        yield from on_macs(s, one) if s.quantity in _WORK else some(one(s.rule))


# ---------------------------------------------------------------- the matrices


@misconception(
    "output projection left out",
    "params",
    *_WORK,
    layers=ATTENDING,
    explanation="you left out the output projection",
    repair="in multi-head attention the outputs of all heads are concatenated, and one more matrix, the output "
    "projection, combines them",
    claim="Multi-head attention has only three weight matrices: for queries, keys and values.",
    source=_VASWANI + ", section 3.2.2: the matrix W with the superscript O",
    credit=Fraction(1, 2),
)
def output_left_out(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·d + (d + 1)·d → 3·(d + 1)·d."""

    def inputs(of: Heads) -> list[Projection]:
        return [p for p in of.projections if p.name != "output"]

    if s.quantity == "params":
        return parameters_of(s, lambda of: [_sum(inputs(of))])
    return work_of(s, lambda of: [total([*projected(inputs(of)), *of.mixed()])])


@misconception(
    "one matrix for queries, keys and values",
    "params",
    *_WORK,
    layers=ATTENDING,
    explanation="you counted one matrix for queries, keys and values together",
    repair="attention computes queries, keys and values with three matrices, each with its own weights",
    claim="In multi-head self-attention, the same weights compute the queries, the keys and the values.",
    source=_VASWANI + ", section 3.2.2",
    credit=Fraction(1, 2),
)
def one_input_matrix(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·d + (d + 1)·d → (d + 1)·d + (d + 1)·d."""

    def fewer(of: Heads) -> list[Projection]:
        return [p for p in of.projections if p.name not in ("key", "value")]

    if s.quantity == "params":
        return parameters_of(s, lambda of: [_sum(fewer(of))])
    return work_of(s, lambda of: [total([*projected(fewer(of)), *of.mixed()])])


@misconception(
    "biases in some projections only",
    "params",
    layers=ATTENDING,
    explanation="you counted biases for only some of the projections",
    repair="by default all four projections of multi-head attention have biases: for queries, keys, values and the "
    "output",
    claim="In PyTorch's multi-head attention, only the output projection has a bias by default.",
    source="PyTorch documentation of MultiheadAttention, bias; Keras documentation of MultiHeadAttention, use_bias",
    credit=Fraction(1, 2),
)
def some_biases(s: Subject) -> Iterable[Formula]:
    """3·(d + 1)·d + (d + 1)·d → 3·d·d + (d + 1)·d; → 3·(d + 1)·d + d·d."""

    def only(of: Heads, *, last: bool) -> Formula:
        return _sum(replace(p, bias=p.bias and (p.name == "output") == last) for p in of.projections)

    def ways(of: Heads) -> Ways:
        if all(p.bias for p in of.projections):
            yield only(of, last=True)
            yield only(of, last=False)

    return parameters_of(s, ways)


@misconception(
    "scores counted as parameters",
    "params",
    layers=ATTENDING,
    explanation="you counted the attention scores as parameters",
    repair="attention scores are computed from each input; only the projections are learned",
    claim="The parameters of an attention layer grow with the square of the sequence length.",
    source="Stack Exchange, questions on the parameters of self-attention and its quadratic cost",
)
def scores_as_parameters(s: Subject) -> Iterable[Formula]:
    """P → P + T²; → P + h·T²."""

    def ways(of: Heads) -> Ways:
        yield total(of.parameters()) + multiplied(of.rows, of.key_rows)
        yield total(of.parameters()) + of.scores()

    return parameters_of(s, ways)
