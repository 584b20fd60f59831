"""Receptive fields of equal blocks: that of one multiplied by their number, one layer of each counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from symparams.algebra.formula import ONE, Formula, as_formula, total
from symparams.algebra.simplification import simplified
from symparams.misconceptions.edits import some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.seen import Seen, grown, summed, way_to
from symparams.misconceptions.task import Subject


@misconception(
    "field of a block times the blocks",
    "field",
    explanation="you multiplied the receptive field of one block by the number of blocks",
    repair="neighboring fields overlap, so a further block adds one position less than its own field at stride 1",
    claim="Three equal blocks of convolutions see three times as many positions as one.",
    source="Stack Exchange, 'What is the receptive field of a stack of dilated convolutions?': 1024 times the blocks",
)
def blocks_multiplied(s: Subject) -> Iterable[Formula]:
    """1 + N·(r - 1) → N·r, where N blocks see r each; what stands before them is added."""
    for blocks in _runs(s):
        field = grown(blocks.block, lambda w: w.k)
        before = grown(blocks.before, lambda w: w.k) if blocks.before else None
        if field is not None:
            yield blocks.count * field if before is None else before + blocks.count * field


@misconception(
    "one layer of each block seen",
    "field",
    explanation="you counted one layer of each block",
    repair="every layer of a block adds its own `k - 1` positions, `d*(k - 1)` of them with a dilation `d`",
    claim="A block of several convolutions enlarges the receptive field as much as one of them.",
    source="Stack Exchange, questions on the receptive field of residual blocks with two convolutions",
)
def one_of_each_block(s: Subject) -> Iterable[Formula]:
    """1 + N·((k_1 - 1) + (k_2 - 1)) → 1 + N·(k_1 - 1)."""
    for blocks in _runs(s):
        if not any(w.moves for w in (*blocks.before, *blocks.block)):
            yield total([ONE, *(w.k - 1 for w in blocks.before), blocks.count * (blocks.block[0].k - 1)])
    way = way_to(s)
    firsts = [] if way is None else _firsts(way) if way[-1].repeats else _of_each_dilation(way)
    if firsts and not any(w.moves for w in firsts):
        yield ONE + summed(firsts, lambda w: w.k - 1)


@misconception(
    "dilation multiplied by the kernel",
    "field",
    explanation="you multiplied the kernel size by the dilation",
    repair="between the `k` elements of a kernel there are `k - 1` gaps, so it spans `d*(k - 1) + 1` positions",
    claim="A kernel of size 3 with dilation 4 spans 12 positions.",
    source="keras-tcn, README: receptive field = nb_stacks_of_residuals_blocks * kernel_size * last_dilation",
)
def dilation_times_kernel(s: Subject) -> Iterable[Formula]:
    """d(k - 1) + 1 → d·k in all layers; in the last one only, times the blocks."""
    way = way_to(s)
    if way is None or all(w.d is None for w in way):
        return
    yield from some(grown(way, _multiplied))
    yield summed(way, _multiplied)
    yield ONE + summed(way, _multiplied)
    if way[-1].d is not None:
        yield way[-1].in_last_copy(_multiplied(way[-1]))
    yield from (blocks.count * _multiplied(blocks.block[-1]) for blocks in _runs(s))


def _multiplied(window: Seen) -> Formula:
    return window.k if window.d is None else window.d * window.plain


def _firsts(way: list[Seen]) -> list[Seen]:
    """The first layer of the copies at the end; () where they have one only, or others stand before them."""
    block = [w for w in way if w.bracket == way[-1].bracket]
    before = way[: -len(block)]
    written = before[:: len(block)] if len(before) % len(block) == 0 else []
    alike = len(block) > 1 and len(written) * len(block) == len(before)
    return [*written, block[0]] if alike else []


def _of_each_dilation(way: list[Seen]) -> list[Seen]:
    """The first of the layers alike in each of several blocks that differ in their dilation; () where none do."""
    blocks = [list(alike) for _, alike in groupby(way, lambda w: w.alike)]
    many = {len(block) for block in blocks}
    dilated = any(block[0].d is not None for block in blocks) and not any(w.repeats for w in way)
    return [block[0] for block in blocks] if dilated and len(blocks) > 1 and len(many) == 1 != len(blocks[0]) else []


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Equal blocks at the end of the way."""

    before: list[Seen]  # what stands before them
    block: list[Seen]  # one of them
    count: Formula  # how many there are


def _runs(s: Subject) -> Iterator[_Blocks]:
    """The ways in which windows at the end form equal blocks of several layers."""
    way = way_to(s)
    if way is None:
        return
    if way[-1].repeats:
        yield from _copied(way)
    elif not any(w.repeats for w in way):
        yield from _written_out(way)


def _written_out(way: list[Seen]) -> Iterator[_Blocks]:
    kinds = [w.alike for w in way]
    for long in range(2, len(way) // 2 + 1):
        count = 1
        while kinds[-long * (count + 1) : len(way) - long * count] == kinds[-long:]:
            count += 1
        if count > 1:
            yield _Blocks(way[: len(way) - long * count], way[-long:], as_formula(count))


def _copied(way: list[Seen]) -> Iterator[_Blocks]:
    """The blocks of which one stands for all, with those that are written out before it."""
    repeat, *inner = way[-1].repeats
    block = [w for w in way if w.bracket == way[-1].bracket]
    if inner or any(w.repeats != way[-1].repeats or w.changes(w.k) for w in block):
        return
    before = way[: -len(block)]
    written = 0
    while [w.alike for w in before[-len(block) :]] == [w.alike for w in block]:
        before, written = before[: -len(block)], written + 1
    once = [replace(w, repeats=(), bracket=-1) for w in block]
    yield _Blocks(before, once, as_formula(simplified(as_formula(repeat.count) + written, way[-1].facts)))
