"""Pooling that stands in a `forward` which is not shown, put in where the sizes need it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from symparams.algebra.formula import Number
from symparams.errors import SymparamsError, listed
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r
from symparams.sources.language import built

_CONVOLUTION = re.compile(r"nn\.(?:Lazy)?Conv2d$")
_MOST = 6  # convolutions behind which pooling is tried


def pooled(reading: Reading, inputs: int, reader: str) -> Reading | None:
    """The network with 2 × 2 max pooling behind some of its convolutions, so that `reader` has so many inputs.

    None where no such pooling makes it so.
    """
    for chosen in _choices(list(_convolutions(reading.statements))[-_MOST:]):
        pools = {one.name: f"max_pool2d_{i}" for i, one in enumerate(chosen, 1)}
        statements = tuple(_with(statement, pools) for statement in reading.statements)
        with suppress(SymparamsError):
            sizes = " × ".join(map(str, built(statements, reading.source).nodes[0].shape[-2:]))
            what = (
                f"2 × 2 max pooling stands behind {listed([f'`{name}`' for name in pools])} in the `forward` that is "
                f"not shown: with it, images of {sizes} give the {inputs:,} inputs of {reader}"
            )
            return replace(reading, statements=statements, assumed=(*reading.assumed, Repair(what, chosen[0].at)))
    return None


def _choices(convolutions: Sequence[r.Named]) -> Iterator[tuple[r.Named, ...]]:
    """Those behind which there may be pooling: all, the last ones, then any others."""
    last = [tuple(convolutions[i:]) for i in range(len(convolutions))]
    others = (some for many in range(1, len(convolutions)) for some in itertools.combinations(convolutions, many))
    yield from dict.fromkeys((*last, *others))


def _convolutions(item: Any) -> Iterator[r.Named]:
    if isinstance(item, r.Named) and isinstance(item.item, r.Call) and _CONVOLUTION.search(item.item.name):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _convolutions(part)


def _with(item: Any, pools: Mapping[str, str]) -> Any:
    """A statement with pooling behind these convolutions; what reads one of them reads its pooling."""
    if not isinstance(item, r.Chain):
        return item
    first, *rest = item.items
    items = [first._replace(name=pools.get(first.name, first.name)) if isinstance(first, r.Reference) else first, *rest]
    placed: list[r.Item] = []
    for one in items:
        placed.append(one)
        if isinstance(one, r.Named) and one.name in pools:
            call = r.Call("nn.MaxPool2d", (r.Argument(None, Number(2), one.at),), one.at)
            placed.append(r.Named(call, pools[one.name], one.at))
    return item._replace(items=tuple(placed))
