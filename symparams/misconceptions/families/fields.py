"""Receptive fields: kernels added or multiplied, the strides of earlier layers left out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Power, Quotient, Sum, as_formula, product, total
from symparams.misconceptions.edits import bound, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.seen import Seen, grown, summed, way_to
from symparams.misconceptions.surroundings import intact, sides
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol


@misconception(
    "earlier strides left out",
    "field",
    explanation="you ignored the strides of earlier layers",
    repair="after a stride, neighboring values are farther apart in the input, so `k - 1` is multiplied by the "
    "product of the earlier strides",
    claim="Strides do not affect the receptive field of later layers.",
    source="Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019",
    credit=Fraction(1, 2),
)
def strides_left_out(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → 1 + (k_1 - 1) + (k_2 - 1) …, r_in + (k - 1)."""
    way = way_to(s)
    if way is not None and any(w.moves for w in way if w is not way[-1] or w.repeats):
        yield ONE + summed(way, lambda w: w.k - 1)
        yield from some(bound(s.rule, "j_in", ONE))


@misconception(
    "earlier strides and dilation left out",
    "field",
    explanation="you added `k - 1` for every layer, without its dilation and the strides of earlier layers",
    repair="the elements of a kernel with dilation `d` lie `d` positions of its input apart, and after a stride these "
    "lie farther apart in the network's input: a layer adds `d*(k - 1)` times the product of the earlier strides",
    claim="Every layer adds its kernel size less one to the receptive field, whatever its dilation and the strides.",
    source="Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019",
)
def strides_and_dilation_left_out(s: Subject) -> Iterable[Formula]:
    """r_in + (d·(k - 1))·j_in → 1 + (k_1 - 1) + (k_2 - 1) …."""
    way = way_to(s)
    if way is None or not any(w.moves for w in way[:-1]):
        return
    if any(w.d is not None for w in way) and not any(w.repeats or w.changes(w.plain) for w in way):
        yield ONE + summed(way, lambda w: w.plain - 1)


@misconception(
    "kernels added up",
    "field",
    explanation="you added up the kernel sizes",
    repair="at stride 1 neighboring windows overlap, so a layer adds `k - 1` positions to the receptive field, not `k`",
    claim="Two stacked 3x3 convolutions with stride 1 have a receptive field of 6x6.",
    source="Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019",
)
def kernels_added(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → k_1 + k_2 + …."""
    way = way_to(s)
    if way is not None:
        yield summed(way, lambda w: w.k)


@misconception(
    "kernels multiplied",
    "field",
    explanation="you multiplied the kernel sizes",
    repair="neighboring windows overlap, so sizes add up instead of multiplying: each layer adds `k - 1` positions of "
    "its own input, which lie as far apart as the product of the earlier strides",
    claim="Two stacked 3x3 convolutions with stride 1 have a receptive field of 9x9.",
    source="questions on the receptive field of stacked convolutions",
)
def kernels_multiplied(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → k_1·k_2·…."""
    way = way_to(s)
    if way is not None and not any(w.changes(w.k) for w in way):
        yield product(_in_copies(w) for w in way)


def _in_copies(window: Seen) -> Formula:
    """The size to the power of the copies."""
    power = window.k
    for repeat in window.repeats:
        power = Power(power, as_formula(repeat.count))
    return power


@misconception(
    "only the last kernel seen",
    "field",
    explanation="you gave the size of the last kernel only",
    repair="each value that a kernel sees depends on a window of the layer before, so the receptive field grows "
    "from layer to layer",
    claim="The receptive field of a 3x3 convolution is 3x3 positions of the network's input, however deep the layer "
    "is.",
    source="Simonyan and Zisserman, Very Deep Convolutional Networks, 2015, section 2.3",
)
def last_kernel(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → k."""
    way = way_to(s)
    if way is not None:
        yield way[-1].in_last_copy(way[-1].k)


@misconception(
    "own stride counted",
    "field",
    explanation="you multiplied by the stride of the layer itself",
    repair="the stride of a layer affects the receptive field of later layers only",
    claim="The stride of a convolution enlarges the receptive field of its own output.",
    source="Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019",
    credit=Fraction(1, 2),
)
def own_stride(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → 1 + (k_1 - 1)·s_1 + (k_2 - 1)·s_1·s_2 …, r_in + (k - 1)·j_in·s."""
    way = way_to(s)
    if way is not None and any(w.moves for w in way):
        yield from some(grown(way, lambda w: 1 + (w.k - 1) * w.s if w.moves else w.k))
    yield from _own_stride_here(s)


def _own_stride_here(s: Subject) -> Iterable[Formula]:
    """The same in the layer itself only."""
    reach = s.layer.reach(*s.arriving) if s.arriving else ()
    if isinstance(reach, str) or not reach or not intact(s):
        return ()
    moved = reach[s.task.axes.index(s.axis)].stride
    if isinstance(moved, Quotient):
        return ()
    stride = symbol("s", moved, "stride")
    return some(_times_jump(s.rule, stride)) if number(stride) != 1 else ()


def _times_jump(rule: Formula, stride: Formula) -> Formula | None:
    jumps = [f for f in getattr(rule, "terms", ()) if getattr(f, "factors", ())]
    return None if not jumps else total([*rule.terms[:-1], rule.terms[-1] * stride])  # type: ignore[attr-defined]


@misconception(
    "pooling left out of the receptive field",
    "field",
    explanation="you left out the pooling windows",
    repair="a pooling window covers several positions, just as a kernel does",
    claim="Pooling does not affect the receptive field.",
    source="Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019",
)
def pooling_left_out(s: Subject) -> Iterable[Formula]:
    """r counted over the convolutions only, with or without the strides of pooling."""
    way = way_to(s)
    if way is None or not any(w.pools for w in way) or all(w.pools for w in way):
        return
    yield from some(grown(way, lambda w: ONE if w.pools else w.k))
    yield from some(grown([w for w in way if not w.pools], lambda w: w.k))


@misconception(
    "dilation left out of the receptive field",
    "field",
    explanation="you left out the dilation of the kernel",
    repair="the elements of a kernel with dilation `d` are `d` positions apart, so the kernel spans `d*(k - 1) + 1` "
    "positions",
    claim="A 3x3 kernel with dilation 2 spans 3x3 positions.",
    source="Yu and Koltun, Multi-Scale Context Aggregation by Dilated Convolutions, 2016",
    credit=Fraction(1, 2),
)
def dilation_left_out(s: Subject) -> Iterable[Formula]:
    """k = d(k - 1) + 1 → k in all layers; → k in the layer itself."""
    way = way_to(s)
    if way is not None and any(w.d is not None for w in way):
        yield from some(grown(way, lambda w: w.plain))
    side = sides(s.task.derived).get(s.axis) if s.arriving else None
    if side is not None and side.span != side.k:
        yield from some(bound(s.rule, "k", side.k))


@misconception(
    "pooling multiplies the field",
    "field",
    explanation="you multiplied the receptive field by the stride of a pooling layer",
    repair="a pooling window of size `k` adds `k - 1` positions of its own input; its stride moves only the positions "
    "that later layers see farther apart",
    claim="A pooling layer with stride 2 doubles the receptive field.",
    source="Stack Exchange, questions on the receptive field behind max pooling",
)
def pooling_multiplies(s: Subject) -> Iterable[Formula]:
    """r_in + (k - 1)·j_in → r_in·s at each pooling, with k - 1 or (k - 1)·j at the other layers."""
    way = way_to(s)
    if way is None or not any(w.pools and w.moves for w in way) or all(w.pools for w in way):
        return
    if any(w.repeats for w in way):
        return
    for spread in (False, True):
        field: Formula = ONE
        for i, w in enumerate(way):
            apart = [v.s for v in way[:i] if v.moves] if spread else []
            field = field * w.s if w.pools else field + product([w.k - 1, *apart])
        yield field


@misconception(
    "one layer left out of the receptive field",
    "field",
    explanation="you left out the first layer",
    repair="every layer with a kernel adds to the receptive field, the first one, too",
    claim="A convolution in front of a stack of dilated convolutions does not change its receptive field.",
    source="tensorflow-wavenet, issue 259, 'Receptive field calculation?': 1024 where a causal layer stands before",
    credit=Fraction(1, 2),
)
def first_layer_left_out(s: Subject) -> Iterable[Formula]:
    """1 + (k_1 - 1) + (k_2 - 1)·s_1 … → 1 + (k_2 - 1) …."""
    way = way_to(s)
    if way is not None and len(way) > 1 and not way[0].repeats and number(way[0].k) != 1:
        yield from some(grown(way[1:], lambda w: w.k))


@misconception(
    "first position left out",
    "field",
    explanation="you added up `k - 1` for the kernels, but left out the position to which they are added",
    repair="without any kernel a value sees one position, its own; each kernel adds `k - 1` to it",
    claim="A stack of ten causal convolutions with kernel size 3 has a receptive field of 20 positions.",
    source="Bai, Kolter and Koltun, An Empirical Evaluation of Generic Convolutional and Recurrent Networks, 2018: "
    "`(k - 1)*d` for a layer",
    credit=Fraction(1, 2),
)
def first_left_out(s: Subject) -> Iterable[Formula]:
    """1 + (k_1 - 1) + (k_2 - 1)·s_1 … → (k_1 - 1) + (k_2 - 1)·s_1 …."""
    way = way_to(s)
    right = None if way is None else grown(way, lambda w: w.k)
    if isinstance(right, Sum):
        yield total(right.terms[1:])
