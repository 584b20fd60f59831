"""Transformer layers: feed-forward parts, normalizations, attention to a memory, stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from symparams.algebra.formula import ZERO, Formula, Sum, Symbol, as_formula, total
from symparams.layers.feedforward import FeedForward, GatedFeedForward, letters, part_rule, places
from symparams.layers.stacks import Transformer, TransformerEncoder
from symparams.layers.transformer import DecoderLayer, EncoderLayer
from symparams.misconceptions.edits import bound, some, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import (
    BLOCKS,
    FORWARD,
    Arriving,
    as_a,
    blocks,
    each_swapped,
    on_macs,
    parts,
    swapped,
    without_tensors,
)
from symparams.model.derived import macs_of
from symparams.model.layer import Incoming

_WORK = ("macs", "flops")
_VASWANI = "Vaswani et al., Attention Is All You Need, 2017"
_SHAZEER = "Shazeer, GLU Variants Improve Transformer, 2020"

Part = FeedForward | GatedFeedForward


def _parts(s: Subject, ways: Callable[[Part, Symbol, Symbol], Iterable[Formula]]) -> Iterator[Formula]:
    """The rule with its feed-forward parts counted in other ways: those of the work are for one position."""
    pairs = []
    for layer, x in parts(s):
        if s.rule != ZERO:
            d, f = letters(x, layer.hidden)
            old, new = layer.rules(x).parameters, ways(layer, d, f)
            if s.quantity in _WORK:
                old, new = macs_of(layer, s.out, x), (_everywhere(x, way) for way in new)
            pairs.append((old, tuple(new)))
    return each_swapped(s, pairs)


def _hidden_taken(s: Subject, of: Callable[[Formula], Formula]) -> Iterable[Formula]:
    """The rule with the hidden width taken for one that follows from the width."""
    part = next(parts(s), None)
    if part is None:
        return ()
    layer, x = part
    _, f = letters(x, layer.hidden)

    def change(rule: Formula) -> Formula | None:
        return bound(rule, "f", of(as_formula(x.shape[-1])), f.meaning)

    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))


def _everywhere(x: Incoming, rule: Formula) -> Formula:
    for place in reversed(places(x)):
        rule = place * rule
    return rule


@misconception(
    "one of the two feed-forward matrices",
    "params",
    *_WORK,
    layers=FORWARD,
    explanation="you counted only one of the matrices of the feed-forward network",
    repair="the feed-forward network of a transformer layer maps the features to the hidden width and back, with at "
    "least two matrices",
    claim="The feed-forward network of a transformer layer has a single weight matrix.",
    source=_VASWANI + ", section 3.3",
    credit=Fraction(1, 2),
)
def one_matrix(s: Subject) -> Iterable[Formula]:
    """(d + 1)·f + (f + 1)·d → (d + 1)·f."""

    def ways(layer: Part, d: Symbol, f: Symbol) -> Iterable[Formula]:
        if isinstance(layer, FeedForward):
            biased = layer.bias and s.quantity == "params"
            yield (d + 1) * f if biased else d * f
            yield (f + 1) * d if biased else f * d

    return _parts(s, ways)


@misconception(
    "gate left out",
    "params",
    *_WORK,
    layers=FORWARD,
    explanation="you counted two matrices, as in a feed-forward network without a gate",
    repair="a gated feed-forward network has three matrices: one for the hidden units, one for their gates, and one "
    "for the output",
    claim="A gated feed-forward network such as SwiGLU has two weight matrices.",
    source=_SHAZEER,
    credit=Fraction(1, 2),
)
def gate_left_out(s: Subject) -> Iterable[Formula]:
    """3·d·f → 2·d·f."""

    def ways(layer: Part, d: Symbol, f: Symbol) -> Iterable[Formula]:
        if isinstance(layer, GatedFeedForward):
            yield part_rule(d, f, bias=layer.bias and s.quantity == "params")

    return _parts(s, ways)


@misconception(
    "gate added",
    "params",
    *_WORK,
    layers=FORWARD,
    explanation="you counted three matrices, as in a gated feed-forward network",
    repair="a feed-forward network without a gate has two matrices: one maps to the hidden width, the other maps back",
    claim="In the original transformer, the feed-forward network has three weight matrices.",
    source=_SHAZEER,
    credit=Fraction(1, 2),
)
def gate_added(s: Subject) -> Iterable[Formula]:
    """2·d·f → 3·d·f."""

    def ways(layer: Part, d: Symbol, f: Symbol) -> Iterable[Formula]:
        if isinstance(layer, FeedForward):
            yield part_rule(d, f, gated=True, bias=layer.bias and s.quantity == "params")

    return _parts(s, ways)


@misconception(
    "hidden width taken for four times the width",
    "params",
    *_WORK,
    layers=FORWARD,
    explanation="you took the hidden width to be four times the model width",
    repair="the hidden width of a feed-forward network is an argument; four times the model width is only a common "
    "choice",
    claim="In every transformer, the hidden width of the feed-forward network is four times the model width.",
    source=_VASWANI + "; Touvron et al., LLaMA, 2023, has 8/3 times the width",
    credit=Fraction(1, 2),
)
def four_times(s: Subject) -> Iterable[Formula]:
    """f → 4·d."""
    return _hidden_taken(s, lambda width: 4 * width)


@misconception(
    "hidden width left out",
    "params",
    *_WORK,
    layers=FORWARD,
    explanation="you treated the matrices of the feed-forward network as square",
    repair="the matrices of a feed-forward network map the model width to the hidden width and back, so they are "
    "square only if both are equal",
    claim="The matrices of the feed-forward network of a transformer layer are square, whatever its hidden width.",
    source=_VASWANI + ", section 3.3",
)
def square(s: Subject) -> Iterable[Formula]:
    """2·d·f → 2·d·d."""
    return _hidden_taken(s, lambda width: width)


# ---------------------------------------------------------------- normalizations


def _norms(block: EncoderLayer, arriving: Arriving, count: int | None = None) -> Formula:
    """What the normalizations of a layer have, as its rule says it, or fewer of them."""
    d, _ = letters(arriving[0], block.hidden)
    each = 2 * d if block.bias else d
    count = len(block.attentions) + 1 if count is None else count
    return count * each if count > 1 else each if count else ZERO


@misconception(
    "layer normalizations left out",
    "params",
    layers=BLOCKS,
    explanation="you left out the layer normalizations",
    repair="in a transformer layer each attention and the feed-forward network have their own layer normalization, "
    "with a scale and a shift per feature",
    claim="A transformer layer has no parameters other than those of its attention and its feed-forward network.",
    source=_VASWANI + ", section 3.1; Ba, Kiros and Hinton, Layer Normalization, 2016",
    credit=Fraction(1, 2),
)
def norms_left_out(s: Subject) -> Iterable[Formula]:
    """… + 2·2·d → …; of a stack the last one as well."""
    layer = as_a(s, TransformerEncoder, Transformer)
    rule = s.rule
    if isinstance(layer, (TransformerEncoder, Transformer)) and isinstance(rule, Sum):
        rule = total(t for t in rule.terms if t not in _last_norms(s))
    for block, arriving in blocks(s):
        rule = _dropped(rule, _norms(block, arriving))
    if rule != s.rule:
        yield rule


def _last_norms(s: Subject) -> tuple[Formula, ...]:
    """The normalization at the end of a stack: 2·d, or d."""
    ends = []
    for block, arriving in blocks(s):
        d, _ = letters(arriving[0], block.hidden)
        ends += [2 * d, d]
    return tuple(ends)


def _dropped(rule: Formula, term: Formula) -> Formula:
    """The rule without a term, wherever it stands as one; the sum around it stays a sum."""
    return without_term(rule, lambda t: t == term) or rule


@misconception(
    "only the matrices counted",
    "params",
    layers=BLOCKS,
    explanation="you counted only the weight matrices, without biases and layer normalizations",
    repair="biases and normalizations add some multiples of `d`, so `12*d^2`, with a hidden width of `4*d`, is an "
    "approximation",
    claim="A transformer layer of width `d` and hidden width `4*d` has exactly `12*d^2` parameters.",
    source="Kaplan et al., Scaling Laws for Neural Language Models, 2020, section 2.1: biases are left out",
    credit=Fraction(1, 2),
)
def only_matrices(s: Subject) -> Iterable[Formula]:
    """4·(d + 1)·d + (d + 1)·f + (f + 1)·d + 4·d → 4·d² + 2·d·f."""
    if as_a(s, *BLOCKS) is not None and s.rule != ZERO:
        yield from some(without_tensors(s, lambda t: not t.joins))


@misconception(
    "one layer normalization for each layer",
    "params",
    layers=BLOCKS,
    explanation="you counted a single layer normalization",
    repair="a transformer layer has one layer normalization for each attention and one for its feed-forward network",
    claim="An encoder layer of the original transformer has one layer normalization.",
    source=_VASWANI + ", section 3.1",
    credit=Fraction(1, 2),
)
def one_norm(s: Subject) -> Iterable[Formula]:
    """… + 2·2·d → … + 2·d."""
    pairs = [(_norms(block, arriving), (_norms(block, arriving, 1),)) for block, arriving in blocks(s)]
    return each_swapped(s, pairs)


@misconception(
    "last normalization left out",
    "params",
    layers=BLOCKS,
    explanation="you left out the layer normalization at the end of the stack",
    repair="a stack of transformer layers may end with one more layer normalization, which belongs to none of its "
    "layers",
    claim="PyTorch's Transformer has no layer normalization other than those of its layers.",
    source="PyTorch documentation of TransformerEncoder, norm, and of Transformer",
    credit=Fraction(1, 2),
)
def last_norm(s: Subject) -> Iterable[Formula]:
    """N·P + 2·d → N·P."""
    if as_a(s, TransformerEncoder, Transformer) is not None and isinstance(s.rule, Sum):
        kept = [t for t in s.rule.terms if t not in _last_norms(s)]
        if 0 < len(kept) < len(s.rule.terms):
            yield total(kept)


# ---------------------------------------------------------------- attention to a memory


@misconception(
    "attention to the memory left out",
    "params",
    "cache",
    *_WORK,
    layers=BLOCKS,
    explanation="you counted one attention, but a decoder layer has two",
    repair="in addition to self-attention, a decoder layer has cross-attention to the memory, with its own matrices "
    "and normalization",
    claim="A decoder layer of the original transformer has a single attention, just like an encoder layer.",
    source=_VASWANI + ", section 3.1",
    credit=Fraction(1, 2),
)
def cross_left_out(s: Subject) -> Iterable[Formula]:
    """2·(4d² + 4d) + … → (4d² + 4d) + …; as an encoder layer."""
    pairs: list[tuple[Formula, tuple[Formula, ...]]] = []
    for block, arriving in blocks(s):
        if not isinstance(block, DecoderLayer):
            continue
        x = arriving[:1]
        alone = EncoderLayer(block.heads, block.hidden, bias=block.bias, causal=block.causal)
        if s.quantity == "cache":
            pairs.append((block.cache(s.out, *arriving), (alone.cache(s.out, *x),)))
        elif s.quantity in _WORK:
            pairs.append((macs_of(block, s.out, *arriving), (macs_of(alone, s.out, *x),)))
        else:
            rule = alone.rules(*x).parameters
            norms = swapped(rule, _norms(alone, x), _norms(block, arriving)) or rule
            pairs.append((block.rules(*arriving).parameters, (norms, rule)))
    return each_swapped(s, pairs)
