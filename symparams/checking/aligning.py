"""Which layer of one text is which of another: layers that are there in one only do not move all the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from symparams.checking.measured import Sizes


class Look(NamedTuple):
    """What tells a layer from others."""

    kind: str
    shape: Sizes  # of its output
    params: int
    name: str  # that somebody gave it; empty: only a number


Pairing: TypeAlias = "Iterator[tuple[int | None, int | None]]"  # indexes in the two sequences; None: not there

# Layers belong together if they have all of this in common; what is left over, if they have the next.
_COMMON: tuple[Callable[[Look], Hashable], ...] = (
    lambda look: (look.kind if look.params == 0 else "", look.shape, look.params),
    lambda look: look.name or object(),
    lambda look: (look.kind, look.shape),
    lambda look: look.kind,
)
_MOST = 1_000_000  # pairs that are tried; beyond that the order alone decides


def aligned(first: Sequence[Look], second: Sequence[Look], level: int = 0) -> Pairing:
    """The two sequences side by side, each in its order."""
    before = _alike(first, second)
    behind = _alike(first[before:][::-1], second[before:][::-1])
    yield from ((i, i) for i in range(before))
    ends = len(first) - behind, len(second) - behind
    inner = _between(first[before : ends[0]], second[before : ends[1]], level)
    yield from ((_moved(i, before), _moved(j, before)) for i, j in inner)
    yield from ((ends[0] + i, ends[1] + i) for i in range(behind))


def _alike(first: Sequence[Look], second: Sequence[Look]) -> int:
    """How many layers at the beginning are alike."""
    common = _COMMON[0]
    for i, (one, other) in enumerate(zip(first, second, strict=False)):
        if common(one) != common(other):
            return i
    return min(len(first), len(second))


def _moved(index: int | None, by: int) -> int | None:
    return None if index is None else index + by


def _between(first: Sequence[Look], second: Sequence[Look], level: int) -> Pairing:
    if not first or not second or level == len(_COMMON) or len(first) * len(second) > _MOST:
        yield from _in_order(first, second, level)
        return
    one, other = (list(map(_COMMON[level], side)) for side in (first, second))
    for tag, a, a_end, b, b_end in SequenceMatcher[Hashable](None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(range(a, a_end), range(b, b_end), strict=True)
        else:
            inner = _between(first[a:a_end], second[b:b_end], level + 1)
            yield from ((_moved(i, a), _moved(j, b)) for i, j in inner)


def _in_order(first: Sequence[Look], second: Sequence[Look], level: int) -> Pairing:
    """One beside the other where there are as many, or too many to tell; else each by itself."""
    together = min(len(first), len(second)) if len(first) == len(second) or level < len(_COMMON) else 0
    yield from ((i, i) for i in range(together))
    yield from ((i, None) for i in range(together, len(first)))
    yield from ((None, j) for j in range(together, len(second)))
