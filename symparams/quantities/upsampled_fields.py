"""Whether all outputs behind layers that enlarge see equally many positions of the input.

Behind such a layer the first and last position that an output sees repeat with a period: outputs 0 … P - 1 are looked
at, and the next P see the same further on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.model.layer import Reach
from symparams.model.network import Network, Node

# How many positions neighboring outputs see: as many as each other, or not; "unknown": letters leave it open.
Neighbors: TypeAlias = Literal["alike", "differ", "unknown"]

_PERIOD = 10_000  # the longest period that is looked at


class _Pattern(NamedTuple):
    """What the outputs of a layer see along one axis."""

    seen: tuple[tuple[int, int], ...]  # the first and last position that each output of a period sees
    further: int  # how many positions further on the next period sees

    def at(self, output: int) -> tuple[int, int]:
        """The first and last position that an output sees."""
        periods, place = divmod(output, len(self.seen))
        first, last = self.seen[place]
        return first + periods * self.further, last + periods * self.further


_Patterns: TypeAlias = "tuple[_Pattern, ...] | None"  # along each axis; None: not known


def neighbors(network: Network, has_size: Sequence[bool]) -> Neighbors:
    """Whether neighboring outputs see equally many positions in every layer whose receptive field has a size."""
    known: list[_Patterns] = []
    for node in network.nodes:
        known.append(None if node.repeats else _of(node, [known[i] for i in node.inputs]))
    counts = ({last - first for first, last in one.seen} for several in known for one in several or ())
    if any(len(different) > 1 for different in counts):
        return "differ"
    return "unknown" if any(one is None and size for one, size in zip(known, has_size, strict=True)) else "alike"


def _of(node: Node, arriving: list[_Patterns]) -> _Patterns:
    if not node.inputs:
        names = node.derived.leaving.axis_names()
        return tuple(_Pattern(((0, 0),), 1) for name in names if name not in ("channels", "features"))
    before = _joined(arriving)
    reach = node.layer.reach(*node.derived.arriving)
    if before is None or isinstance(reach, str):
        return None
    if not reach:
        return before
    if len(reach) != len(before):
        return None
    after = [_behind(pattern, one) for pattern, one in zip(before, reach, strict=True)]
    return None if None in after else tuple(pattern for pattern in after if pattern is not None)


def _joined(branches: Iterable[_Patterns]) -> _Patterns:
    """From the first position that one of the branches sees to the last."""
    first, *others = branches
    for other in others:
        if first is None or other is None or len(first) != len(other):
            return None
        if any(a.further * len(b.seen) != b.further * len(a.seen) for a, b in zip(first, other, strict=True)):
            return None
        first = tuple(_hull(a, b) for a, b in zip(first, other, strict=True))
    return first


def _hull(a: _Pattern, b: _Pattern) -> _Pattern:
    period = lcm(len(a.seen), len(b.seen))
    pairs = ((a.at(i), b.at(i)) for i in range(min(period, _PERIOD)))
    return _Pattern(tuple((min(x[0], y[0]), max(x[1], y[1])) for x, y in pairs), a.further * period // len(a.seen))


def _behind(pattern: _Pattern, reach: Reach) -> _Pattern | None:
    """What is seen behind a window, or behind a layer that spreads every input over several outputs."""
    period = len(pattern.seen)
    s = number(reach.stride)
    if isinstance(s, int):
        k, p = number(reach.kernel), number(reach.before)
        if not isinstance(k, int) or not isinstance(p, int):
            return None
        longest = period // gcd(period, s)
        starts = [x * s - p for x in range(longest)]
        seen = tuple((pattern.at(start)[0], pattern.at(start + k - 1)[1]) for start in starts)
        return _Pattern(seen, pattern.further * s * longest // period)
    spread, cut = (None if f is None else number(f) for f in (reach.spread, reach.cut))
    if not isinstance(s, Fraction) or s.numerator != 1 or not isinstance(spread, int) or not isinstance(cut, int):
        return None
    f = s.denominator
    if period * f > _PERIOD:
        return None
    ends = ((-((spread - 1 - cut - x) // f), (x + cut) // f) for x in range(period * f))
    return _Pattern(tuple((pattern.at(first)[0], pattern.at(last)[1]) for first, last in ends), pattern.further)
