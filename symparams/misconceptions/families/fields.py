"""Receptive fields: kernels added or multiplied, the strides of earlier layers left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Quotient, product, total
from symparams.layers.pooling import Pooling
from symparams.misconceptions.edits import bound, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact, sides
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol
from symparams.model.network import Node


@dataclass(frozen=True, slots=True)
class _Seen:
    """A window on the way from the input."""

    k: Formula  # the places that it covers
    s: Formula  # its stride
    plain: Formula  # the places that it would cover without its dilation
    pools: bool  # whether it belongs to a pooling layer


def _way(s: Subject) -> list[_Seen] | None:
    """The windows from the input to the layer; None if it forks, repeats, has no windows or a wrong rule."""
    if not intact(s):
        return None
    nodes = [s.task.node, *s.before][::-1]
    if any(len(node.inputs) > 1 or node.repeats or node.derived.layer.inputs == "many" for node in nodes):
        return None
    windows: list[_Seen] = []
    for node in nodes:
        window = _window(node, s.task.axes.index(s.axis), len(windows) + 1)
        if isinstance(window, str):
            return None
        if window is not None:
            windows.append(window)
    return windows if sum(number(w.k) != 1 for w in windows) > 1 else None


def _window(node: Node, axis: int, count: int) -> _Seen | str | None:
    """What a layer sees along an axis; None if only its own place."""
    reach = node.layer.reach(*node.derived.arriving) if node.derived.arriving else ()
    if isinstance(reach, str) or not reach:
        return None if not reach else "no size"
    one = reach[axis] if axis < len(reach) else None
    if one is None or isinstance(one.stride, Quotient):  # what makes feature maps larger is another matter
        return "no size"
    if number(one.kernel) == 1 == number(one.stride):
        return None
    k = symbol(f"k_{count}", one.kernel, f"places that {node.name} spans")
    s = symbol(f"s_{count}", one.stride, f"stride of {node.name}")
    return _Seen(k, s, _undilated(node, axis, count) or k, isinstance(node.layer, Pooling))


def _undilated(node: Node, axis: int, count: int) -> Formula | None:
    """The size of a dilated kernel itself."""
    side = list(sides(node.derived).values())[axis : axis + 1]
    dilated = [along.k for along in side if along.span != along.k]
    return symbol(f"k_{count}", dilated[0], f"kernel size of {node.name}") if dilated else None


def _grown(windows: list[_Seen], sizes: list[Formula]) -> Formula:
    """1 + (k_1 - 1) + (k_2 - 1)·s_1 …, with these sizes of the windows."""
    terms: list[Formula] = [ONE]
    for i, k in enumerate(sizes):
        terms.append(product([k - 1, *(w.s for w in windows[:i] if number(w.s) != 1)]))
    return total(terms)


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
    way = _way(s)
    if way is not None and any(number(w.s) != 1 for w in way[:-1]):
        yield total([ONE, *(w.k - 1 for w in way)])
        yield from some(bound(s.rule, "j_in", ONE))


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
    way = _way(s)
    if way is not None:
        yield total(w.k for w in way)


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
    way = _way(s)
    if way is not None:
        yield product(w.k for w in way)


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
    way = _way(s)
    if way is not None:
        yield way[-1].k


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
    way = _way(s)
    if way is not None and any(number(w.s) != 1 for w in way):
        parts = (product([w.k - 1, *(v.s for v in way[: i + 1] if number(v.s) != 1)]) for i, w in enumerate(way))
        yield total([ONE, *parts])
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
    way = _way(s)
    if way is None or not any(w.pools for w in way) or all(w.pools for w in way):
        return
    for kept in (way, [w for w in way if not w.pools]):
        terms: list[Formula] = [ONE]
        for i, w in enumerate(kept):
            if not w.pools:
                terms.append(product([w.k - 1, *(v.s for v in kept[:i] if number(v.s) != 1)]))
        yield total(terms)


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
    way = _way(s)
    if way is not None and any(w.plain is not w.k for w in way):
        yield _grown(way, [w.plain for w in way])
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
    way = _way(s)
    if way is None or not any(w.pools and number(w.s) != 1 for w in way) or all(w.pools for w in way):
        return
    for spread in (False, True):
        field: Formula = ONE
        for i, w in enumerate(way):
            apart = [v.s for v in way[:i] if number(v.s) != 1] if spread else []
            field = field * w.s if w.pools else field + product([w.k - 1, *apart])
        yield field


@misconception(
    "field of a block times the blocks",
    "field",
    explanation="you multiplied the receptive field of one block by the number of blocks",
    repair="neighboring fields overlap, so a further block adds one position less than its own field at stride 1",
    claim="Three equal blocks of convolutions see three times as many positions as one.",
    source="Stack Exchange, 'What is the receptive field of a stack of dilated convolutions?': 1024 times the blocks",
)
def blocks_multiplied(s: Subject) -> Iterable[Formula]:
    """1 + N·(r - 1) → N·r, where N blocks of several layers with stride 1 see r each."""
    blocks = _blocks(s)
    if blocks is not None:
        block, count = blocks
        yield count * _grown(block, [w.k for w in block])


@misconception(
    "one layer of each block seen",
    "field",
    explanation="you counted one layer of each block",
    repair="every layer of a block adds its own `k - 1` positions",
    claim="A block of several convolutions enlarges the receptive field as much as one of them.",
    source="Stack Exchange, questions on the receptive field of residual blocks with two convolutions",
)
def one_of_each_block(s: Subject) -> Iterable[Formula]:
    """1 + N·((k_1 - 1) + (k_2 - 1)) → 1 + N·(k_1 - 1)."""
    blocks = _blocks(s)
    if blocks is not None:
        block, count = blocks
        yield ONE + count * (block[0].k - 1)


def _blocks(s: Subject) -> tuple[list[_Seen], int] | None:
    """One of the equal blocks that the windows on the way form, at least two layers each, and how many there are."""
    way = _way(s)
    if way is None or any(number(w.s) != 1 for w in way):
        return None
    sizes = [number(w.k) for w in way]
    for long in range(2, len(way) // 2 + 1):
        count = len(way) // long
        if sizes == sizes[:long] * count:
            return way[:long], count
    return None
