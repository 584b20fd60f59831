"""What is asked about one row, and what answers it: a layer whose shape and count are those printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from symparams.model.tensor import Convention
from symparams.reading.tables.rules import Argument, Arguments, Outcome, Shape, outcome
from symparams.reading.tables.table import Sizes, Told

STAND_IN = 9_973  # for a size that is not known: a prime that no table has


class Solution(NamedTuple):
    """A layer that a row may be."""

    call: str  # its name in the catalogue
    arguments: Arguments = ()
    cost: float = 0  # how unusual it is
    arriving: Sizes | None = None  # the input that it needs, where that was not known


@dataclass(frozen=True, slots=True)
class Task:
    """One row as equations: what arrives, what leaves, how many parameters."""

    type: str  # the class
    name: str
    convention: Convention
    arriving: tuple[Sizes, ...]  # (): not known
    shape: Sizes | None  # None: not known
    count: int | None  # None: not known
    kernel: tuple[int, ...] | None = None  # where it is printed
    told: Told = Told()  # what the sentences around the table tell

    def fits(self, call: str, arguments: Arguments, arriving: Sequence[Sizes] | None = None) -> bool:
        """Whether a layer gives the printed shape and count."""
        found = self.outcome(call, arguments, arriving)
        return found is not None and self.agrees(found[0]) and self.count in (None, found[1])

    def outcome(self, call: str, arguments: Arguments, arriving: Sequence[Sizes] | None = None) -> Outcome | None:
        """What a layer gives on what arrives."""
        shapes = self.arriving if arriving is None else tuple(arriving)
        return outcome(call, arguments, tuple(map(known_sizes, shapes)), self.convention)

    def agrees(self, shape: Shape) -> bool:
        """Whether a shape is the printed one, as far as that is known."""
        if self.shape is None:
            return True
        return len(shape) == len(self.shape) and all(b in (None, a) for a, b in zip(shape, self.shape, strict=True))

    @property
    def first(self) -> bool:
        """Whether channels stand first."""
        return self.convention == "torch"

    def split(self, shape: Sizes) -> tuple[Sizes, int | None]:
        """Spatial sizes and channels."""
        return (shape[1:], shape[0]) if self.first and len(shape) > 1 else (shape[:-1], shape[-1] if shape else None)

    def joined(self, spatial: Iterable[int | None], channels: int | None) -> Sizes:
        """A shape of spatial sizes and channels."""
        return (channels, *spatial) if self.first else (*spatial, channels)


def known_sizes(shape: Sizes) -> Shape:
    """The shape with stand-ins where a size is not known."""
    return tuple([STAND_IN if size is None else size for size in shape])


def affine(count: Callable[[int], int | None], wanted: int) -> int | None:
    """The x at which a count that grows evenly is as wanted, if it is a whole number of at least 1."""
    one, two = count(1), count(2)
    if one is None or two is None or two <= one:
        return None
    whole, rest = divmod(wanted - one, two - one)
    return whole + 1 if rest == 0 and whole >= 0 else None


def divisors(n: int, most: int = 200_000) -> list[int]:
    """The divisors of n up to a bound, the smallest first; of very large n only those that are found soon."""
    small = [d for d in range(1, min(int(n**0.5) if n < 1 << 52 else 1_000, 1_000) + 1) if n % d == 0]
    return sorted({d for one in small for d in (one, n // one) if d <= most})


def arguments(**given: Argument) -> Arguments:
    """Arguments as they are handed on."""
    return tuple(given.items())


_NEARLY = 1.5  # how much more unusual another layer may be, to be mentioned
_PLACING = frozenset({"padding", "stride", "dilation", "ceil", "axis", "track"})  # what no count depends on


def others_like(best: Solution, found: Sequence[Solution]) -> tuple[Solution, ...]:
    """Other layers that are nearly as usual and differ in what the count depends on."""
    seen = {_counting(best)}
    others = []
    for one in found:
        if one.cost < best.cost + _NEARLY and _counting(one) not in seen:
            seen.add(_counting(one))
            others.append(one)
    return tuple(others[:3])


def _counting(one: Solution) -> Arguments:
    return tuple(pair for pair in one.arguments if pair[0] not in _PLACING)
