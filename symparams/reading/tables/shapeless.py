"""Tables that print counts and no shapes: widths that make each count of what the one before leaves.

(n + 1)·m = 9,750 has many solutions; that the next row takes these m, and a normalization has so many channels, leaves
few. The most usual chain is taken.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symparams.model.tensor import Convention
from symparams.reading.tables.rules import Arguments, Shape, outcome, used_up
from symparams.reading.tables.table import Row
from symparams.reading.tables.tasks import affine, arguments, divisors

_BEAM = 40  # chains that are kept
_MOST = 200  # rows of a table that are solved so
_KERNELS = ((3, 0.0), (5, 0.2), (7, 0.4), (1, 0.6), (2, 0.6), (4, 0.6), (11, 0.8), (9, 0.8))


@dataclass(frozen=True, slots=True)
class _Chain:
    """Layers up to some row."""

    cost: float
    width: int | None  # channels or features that leave; None: not known
    flat: bool  # whether they are to be multiplied by positions, of which it is not known how many there are
    first: int | None  # what arrives at the first layer
    layers: tuple[tuple[str, Arguments] | None, ...]  # None: no width matters to it
    fed: tuple[int | None, ...]  # what arrives at each


def chain_of(rows: Sequence[Row], convention: Convention) -> list[tuple[str, Arguments, int] | None] | None:
    """For each row a layer with its arguments and what arrives at it; None where no chain explains all counts."""
    if len(rows) > _MOST or any(row.count is None for row in rows):
        return None
    chains = [_Chain(0, None, False, None, (), ())]
    for row in rows:
        grown = [further for chain in chains for further in _further(chain, row, convention)]
        if not grown or used_up():
            return None
        best: dict[tuple[int | None, bool], _Chain] = {}
        for chain in sorted(grown, key=lambda one: one.cost):
            best.setdefault((chain.width, chain.flat), chain)
        chains = list(best.values())[:_BEAM]
    chain = min(chains, key=lambda one: one.cost)
    pairs = zip(chain.layers, chain.fed, strict=True)
    return [None if layer is None or fed is None else (*layer, fed) for layer, fed in pairs]


def _further(chain: _Chain, row: Row, convention: Convention) -> Iterator[_Chain]:
    """The chain with one more row."""
    name = row.type.casefold()
    if not row.count:
        flat = chain.flat or name.startswith("flatten")
        yield replace(chain, flat=flat, layers=(*chain.layers, None), fed=(*chain.fed, chain.width))
        return
    for cost, call, given, fed, width in _layers(chain, row, name, convention):
        yield _Chain(
            chain.cost + cost,
            width,
            chain.flat and call != "dense",
            fed if chain.first is None else chain.first,
            (*chain.layers, (call, given)),
            (*chain.fed, fed),
        )


def _layers(
    chain: _Chain, row: Row, name: str, convention: Convention
) -> Iterator[tuple[float, str, Arguments, int, int]]:
    """Cost, layer, arguments, what arrives and what leaves."""
    assert row.count is not None
    if name.startswith(("dense", "linear")):
        yield from _dense(chain, row.count, convention)
    elif name.startswith("conv") and "transpose" not in name and not chain.flat:
        rank = next((int(c) for c in name if c in "123"), 2)
        yield from _convolved(chain, row.count, rank, convention)
    elif name.startswith("batchnorm"):
        yield from _normalized(chain, row.count, "bn", convention)
    elif name.startswith("layernorm"):
        yield from _normalized(chain, row.count, "ln", convention)


def _dense(chain: _Chain, count: int, convention: Convention) -> Iterator[tuple[float, str, Arguments, int, int]]:
    for cost, more in ((0.0, ()), (1.5, arguments(bias=False))):
        if chain.width is not None and not chain.flat:
            units = _units("dense", more, (chain.width,), count, convention)
            if units:
                yield cost + _odd(units) / 4, "dense", (("units", units), *more), chain.width, units
            continue
        for units in divisors(count, 16_384):
            given: Arguments = (("units", units), *more)
            fed = _features(given, count, convention)
            if fed and (chain.width is None or fed % chain.width == 0):
                square = chain.width is None or math.isqrt(fed // chain.width) ** 2 == fed // chain.width
                yield cost + _odd(units) + _odd(fed) / 2 + (0 if square else 1), "dense", given, fed, units


def _units(call: str, more: Arguments, shape: Shape, count: int, convention: Convention) -> int | None:
    """How many units, or filters, give a count."""
    name = "units" if call == "dense" else "filters"
    return affine(lambda many: _count(call, ((name, many), *more), shape, convention), count)


def _features(given: Arguments, count: int, convention: Convention) -> int | None:
    """How many features must arrive at a dense layer for a count."""
    return affine(lambda features: _count("dense", given, (features,), convention), count)


def _convolved(
    chain: _Chain, count: int, rank: int, convention: Convention
) -> Iterator[tuple[float, str, Arguments, int, int]]:
    channels = [(chain.width, 0.0)] if chain.width else [(1, 0.0), (3, 0.0), (2, 0.6), (4, 0.6)]
    if rank == 1 and not chain.width:
        channels += [(c, 0.5) for c in range(5, 129)]
    for (c, usual), (k, kernel) in itertools.product(channels, _KERNELS):
        x = (c, *(32,) * rank) if convention == "torch" else (*(32,) * rank, c)
        for cost, bias in ((0.0, ()), (0.6, arguments(bias=False))):
            more: Arguments = (("kernel", (k,) * rank), *bias)
            filters = _units("conv", more, x, count, convention)
            if filters:
                yield usual + kernel + cost + _odd(filters) / 2, "conv", (("filters", filters), *more), c, filters


def _normalized(
    chain: _Chain, count: int, call: str, convention: Convention
) -> Iterator[tuple[float, str, Arguments, int, int]]:
    channels = affine(lambda c: _count(call, (), (c,), convention), count)
    if channels and chain.width in (None, channels):
        yield 0, call, (), channels, channels


def _count(call: str, given: Arguments, shape: Shape, convention: Convention) -> int | None:
    found = outcome(call, given, (shape,), convention)
    return found[1] if found else None


def _odd(width: int) -> float:
    """How unusual a width is: powers of 2 are usual, then multiples of 10, 8 and 5, and 1 to 10."""
    if width & (width - 1) == 0:
        return 0.1 if width > 1 else 0.5
    return 0.2 if width % 50 == 0 else 0.4 if width % 8 == 0 or width % 10 == 0 or width <= 10 else 0.8
