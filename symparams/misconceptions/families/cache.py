"""The cache of keys and values: how many heads it keeps, how wide they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Product
from symparams.layers.attended import attended
from symparams.layers.attention import Attention
from symparams.layers.heads import Heads
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a


def _kept(s: Subject) -> tuple[Attention, Heads, Formula] | None:
    """The attention, its letters, and the bytes of a number; None where nothing is kept, or the rule is edited."""
    layer = as_a(s, Attention)
    if not isinstance(layer, Attention) or not isinstance(s.rule, Product) or not intact(s):
        return None
    return layer, Heads(layer, attended(s.arriving)), s.rule.factors[-1]


@misconception(
    "cache of a single head",
    "cache",
    layers=(Attention,),
    explanation="you counted the keys and values of a single head",
    repair="every head has its own keys and values, unless heads share them",
    claim="The cache of a layer with 32 heads is as large as that of one of its heads.",
    source="rohitg00/ai-engineering-from-scratch, pull request 57: 2·128·2 bytes a layer for 32 heads of width 128",
)
def one_head(s: Subject) -> Iterator[Formula]:
    """2·T·d → 2·T·d_h."""
    found = _kept(s)
    if found is not None and found[0].kv is None and found[1].same_widths and number(found[1].h) != 1:
        _, of, size = found
        yield 2 * of.key_rows * of.key * size


@misconception(
    "cache multiplied by the heads",
    "cache",
    layers=(Attention,),
    explanation="you gave every head keys and values of the full width",
    repair="the heads divide the width among themselves: their keys together are as wide as one position",
    claim="With twice as many heads of half the width, the cache is twice as large.",
    source="jranaraki/vllm-fit, issue 2, 'KV-cache-per-token estimate overcounts': num_attention_heads * hidden_size",
)
def every_head(s: Subject) -> Iterable[Formula]:
    """2·T·d → 2·T·h·d; → 2·T·n_kv·d."""
    found = _kept(s)
    if found is None or not found[1].shares_width or number(found[1].h) == 1:
        return
    _, of, size = found
    for heads in (of.h,) if of.kv is None else (of.h, of.kv):
        yield 2 * of.key_rows * heads * of.d * size


@misconception(
    "width of a head taken for its share",
    "cache",
    layers=(Attention,),
    explanation="you divided the width by the number of heads, although the heads have a width of their own",
    repair="where the width of a head is given, the heads together can be wider or narrower than the input",
    claim="The width of an attention head is always the width of the model divided by the number of heads.",
    source="LMCache, issue 688, 'kv cache calculator wrong results': head_size = hidden_size / num_attention_heads",
    credit=Fraction(1, 2),
)
def shared_width(s: Subject) -> Iterator[Formula]:
    """d_h → d/h."""
    found = _kept(s)
    if found is not None and found[0].head is not None and found[0].value is None:
        layer, _, size = found
        yield replace(layer, head=None).cache(s.out, *s.arriving) * size
