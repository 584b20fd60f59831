"""What a misconception asks of the layer before it: what it is under its spelling, which tensors are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from symparams.algebra.formula import ZERO, Formula, Sum, total
from symparams.layers.attention import Attention
from symparams.layers.feedforward import FeedForward, GatedFeedForward
from symparams.layers.spelling import Spelling
from symparams.layers.stacks import Transformer, TransformerEncoder
from symparams.layers.transformer import DecoderLayer, EncoderLayer
from symparams.misconceptions.edits import bound, changed, rewritten, tidy
from symparams.misconceptions.task import COUNTS, Subject
from symparams.model.layer import Incoming, Layer
from symparams.model.tensor import Tensor, parameter_rule

Kind = TypeVar("Kind", bound=Layer)
Arriving = tuple[Incoming, ...]

BLOCKS = (EncoderLayer, TransformerEncoder, Transformer)
ATTENDING = (Attention, *BLOCKS)  # what has attention in it
FORWARD = (FeedForward, GatedFeedForward, *BLOCKS)  # what has a feed-forward part


def meant(layer: Layer, arriving: Arriving) -> Layer:
    """The layer in the language's own spelling."""
    return layer.meant(*arriving) if isinstance(layer, Spelling) else layer


def shares(s: Subject) -> bool:
    """Whether what is asked for is counted at another layer, whose weights it uses."""
    return s.task.node.shared is not None and s.quantity in (*COUNTS, "memory")


def as_a(s: Subject, *kinds: type[Kind]) -> Kind | None:
    """The layer, if it is one of these and keeps what is asked for."""
    if not s.arriving or shares(s):
        return None
    layer = meant(s.layer, s.arriving)
    return layer if isinstance(layer, kinds) else None


# ---------------------------------------------------------------- tensors


def tensors(s: Subject) -> tuple[Tensor, ...]:
    """The tensors that the quantity counts."""
    if shares(s):
        return ()
    quantity, frozen = s.quantity, s.task.node.frozen

    def belongs(t: Tensor) -> bool:
        if quantity in ("weights", "biases"):
            return (t.kind == "bias") == (quantity == "biases")
        return quantity == "params" or (t.fixed or frozen) == (quantity == "non_trainable")

    return tuple(t for t in s.tensors if belongs(t))


def without_tensors(s: Subject, left_out: Callable[[Tensor], bool]) -> Formula | None:
    """The sum over all tensors but some; None if there are no such."""
    every = tensors(s)
    kept = [t for t in every if not left_out(t)]
    return None if len(kept) == len(every) else parameter_rule(kept)


# ---------------------------------------------------------------- parts of a rule


def swapped(rule: Formula, old: Formula, new: Formula) -> Formula | None:
    """The rule with a part replaced wherever it stands, as a node or as some terms of a sum; None if it does not."""

    def change(node: Formula) -> Formula | None:
        if node == old:
            return new
        if not isinstance(node, Sum) or not isinstance(old, Sum):
            return None
        long, terms = len(old.terms), node.terms
        for i in range(len(terms) - long + 1):
            if terms[i : i + long] == old.terms:
                inner = new.terms if isinstance(new, Sum) else (new,)
                before, after = ([rewritten(t, change) for t in side] for side in (terms[:i], terms[i + long :]))
                return tidy(total([*before, *inner, *after]))
        return None

    return changed(rule, rewritten(rule, change))


def on_macs(s: Subject, change: Callable[[Formula], Formula | None]) -> Iterator[Formula]:
    """A change of the rule for multiply-accumulates, also where FLOPs are asked for, which are twice as many."""
    if s.quantity == "macs":
        new = change(s.rule)
        if new is not None:
            yield new
    elif s.quantity == "flops":
        work = s.task.derived.macs
        new = None if work == ZERO else change(work)
        wrong = None if new is None else bound(s.rule, "MACs", new)
        if wrong is not None:
            yield wrong


# ---------------------------------------------------------------- parts of transformers


def blocks(s: Subject) -> tuple[tuple[EncoderLayer, Arriving], ...]:
    """The encoder and decoder layers that it is or repeats, with what they take."""
    layer = as_a(s, *BLOCKS)
    if isinstance(layer, EncoderLayer):
        return ((layer, s.arriving),)
    if isinstance(layer, TransformerEncoder):
        inner = meant(layer.layer, s.arriving)
        return ((inner, s.arriving),) if isinstance(inner, EncoderLayer) else ()
    if isinstance(layer, Transformer):
        source, target = s.arriving
        return (
            (EncoderLayer(layer.nhead, layer.hidden, bias=layer.bias), (source,)),
            (DecoderLayer(layer.nhead, layer.hidden, bias=layer.bias), (target, source)),
        )
    return ()


def attentions(s: Subject) -> Iterator[tuple[Attention, Arriving]]:
    """The attention that it is, or those in its layers."""
    layer = as_a(s, Attention)
    if layer is not None:
        yield layer, s.arriving
    for block, arriving in blocks(s):
        inner = Attention(block.heads, bias=block.bias, causal=block.causal)
        yield inner, arriving[:1]
        if isinstance(block, DecoderLayer):
            yield inner, arriving


def parts(s: Subject) -> Iterator[tuple[FeedForward | GatedFeedForward, Incoming]]:
    """The feed-forward part that it is, or those in its layers."""
    layer = as_a(s, FeedForward, GatedFeedForward)
    if isinstance(layer, (FeedForward, GatedFeedForward)):
        yield layer, s.x
    for block, arriving in blocks(s):
        yield FeedForward(block.hidden, bias=block.bias, activation=block.activation), arriving[0]


def each_swapped(s: Subject, pairs: Iterable[tuple[Formula, tuple[Formula, ...]]]) -> Iterator[Formula]:
    """The rule, or that for multiply-accumulates, with parts swapped: for each part its wrong ways, all taken alike."""
    known = dict(pairs)

    def way(i: int) -> Callable[[Formula], Formula | None]:
        def change(rule: Formula) -> Formula | None:
            new = rule
            for old, wrong in known.items():
                if i < len(wrong):
                    new = swapped(new, old, wrong[i]) or new
            return changed(rule, new)

        return change

    for i in range(max(map(len, known.values()), default=0)):
        if s.quantity in ("macs", "flops"):
            yield from on_macs(s, way(i))
        else:
            edited = way(i)(s.rule)
            if edited is not None:
                yield edited
