"""What may stand between two rows of PyTorch's tables, which leave out all that is no module: views, functions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.reading.tables.rules import Arguments
from symparams.reading.tables.table import Sizes
from symparams.reading.tables.tasks import arguments

_BACK = 40  # earlier outputs that are looked at


class Step(NamedTuple):
    """A layer that no row says."""

    call: str
    arguments: Arguments
    shape: Sizes  # of its output


class Bridge(NamedTuple):
    """A way from outputs that are there to an input that a row needs."""

    sources: tuple[int, ...]  # the placed layers it starts from
    steps: tuple[Step, ...]
    shape: Sizes  # what arrives at the row
    cost: float


def bridges(outputs: Sequence[Sizes | None], last: int) -> Iterator[Bridge]:
    """Ways to a next input, from the layer before first; each output by its index."""
    shape = outputs[last]
    if shape is not None:
        yield Bridge((last,), (), shape, 0)
        yield from _from_one(last, shape)
    seen = {shape}
    earlier = []
    for i in range(last - 1, max(last - _BACK, -1), -1):
        one = outputs[i]
        if one is not None and one not in seen:
            seen.add(one)
            earlier.append((i, one))
            yield Bridge((i,), (), one, 0.7)
    if shape is not None:
        yield from _joined(outputs, last, shape)
    for i, one in earlier[:6]:
        yield from (bridge._replace(cost=bridge.cost + 0.8) for bridge in _from_one(i, one))


def _from_one(index: int, shape: Sizes) -> Iterator[Bridge]:
    if len(shape) < 2 or any(size is None for size in shape):
        return
    channels, *spatial = (size or 1 for size in shape)
    rank = len(spatial)
    pools = [(k, tuple(n // k for n in spatial)) for k in (2, 3, 4) if min(spatial) >= k]

    def flat(sizes: Sequence[int]) -> Step:
        return Step("flatten", (), (channels * math.prod(sizes),))

    yield _bridge(index, 0.3, flat(spatial))
    if rank in (1, 2, 3):
        for k, after in pools:
            pool = Step("maxpool", arguments(size=(k,) * rank), (channels, *after))
            yield _bridge(index, 0.4 + k / 20, pool)
            yield _bridge(index, 0.6 + k / 20, pool, flat(after))
        yield _bridge(index, 0.5, Step("globalavgpool", (), (channels,)))
        for k in (2, 3, 4, 5, 6, 7, 8):
            pool = Step("adaptiveavgpool", arguments(size=(k,) * rank), (channels, *(k,) * rank))
            yield _bridge(index, 1.2, pool, flat((k,) * rank))
        up = Step("upsample", arguments(factor=(2,) * rank), (channels, *(2 * n for n in spatial)))
        yield _bridge(index, 1.0, up)
    if rank == 1:
        yield _bridge(index, 0.6, Step("opaque", arguments(shape=(spatial[0],)), (spatial[0],)))
        yield _bridge(index, 1.1, Step("permute", arguments(order=(2, 1)), (spatial[0], channels)))
    if rank == 2:
        tokens = Step("reshape", arguments(target=(channels, math.prod(spatial))), (channels, math.prod(spatial)))
        turned = Step("permute", arguments(order=(2, 1)), (math.prod(spatial), channels))
        yield _bridge(index, 1.1, tokens, turned)


def _bridge(index: int, cost: float, *steps: Step) -> Bridge:
    return Bridge((index,), steps, steps[-1].shape, cost)


def _joined(outputs: Sequence[Sizes | None], last: int, shape: Sizes) -> Iterator[Bridge]:
    """The last output and earlier ones of the same size side by side, along the channels."""
    if any(size is None for size in shape):
        return
    channels, *spatial = shape
    sources, together = [last], channels or 0
    for i in range(last - 1, max(last - _BACK, -1), -1):
        one = outputs[i]
        if one is None or len(one) != len(shape) or list(one[1:]) != spatial or one[0] is None:
            continue
        pair = (one[0] + (channels or 0), *spatial)
        yield Bridge((i, last), (Step("concat", arguments(axis=1), pair),), pair, 0.9)
        sources.insert(0, i)
        together += one[0]
        if len(sources) > 2:
            every = (together, *spatial)
            yield Bridge(tuple(sources), (Step("concat", arguments(axis=1), every),), every, 1.3)
    if len(shape) > 1:
        grown = tuple(2 * (n or 1) for n in spatial)
        up = Step("upsample", arguments(factor=(2,) * len(spatial)), (channels, *grown))
        for i in range(last - 1, max(last - _BACK, -1), -1):
            one = outputs[i]
            if one is not None and len(one) == len(shape) and one[1:] == grown and one[0] is not None:
                wide = ((channels or 0) + one[0], *grown)
                yield Bridge((last, i), (up, Step("concat", arguments(axis=1), wide)), wide, 1.2)
