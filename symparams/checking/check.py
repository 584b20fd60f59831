"""What is found where a network is compared with a second witness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from symparams.checking.difference import Difference
from symparams.checking.measured import Measured


class Pair(NamedTuple):
    """A layer as the two witnesses have it."""

    first: Measured | None  # on our side
    second: Measured | None  # on the other side
    difference: Difference | None  # what they do not agree in


class Alone(NamedTuple):
    """A layer that was not compared."""

    layer: Measured  # as the side that has it has it
    side: int  # which side that is: 0 or 1


@dataclass(frozen=True)
class Check:
    """Two witnesses of a network, layer by layer."""

    sides: tuple[str, str]  # what they are called; of a framework with its version
    framework: str  # the name of the framework that is the second witness; empty: it is another text
    pairs: tuple[Pair, ...]  # the layers that were compared, in reading order, inputs included
    alone: tuple[Alone, ...] = ()  # the layers that could not be compared, or that change nothing that is compared
    total: Difference | None = None  # that of the totals, where one of them is printed otherwise than it comes out

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """All differences, in reading order, that of the totals last."""
        every = (*(pair.difference for pair in self.pairs), self.total)
        return tuple(one for one in every if one is not None)

    @property
    def agrees(self) -> bool:
        """Whether there is no difference."""
        return not self.differences

    @property
    def layers(self) -> int:
        """How many layers were compared, inputs not counted."""
        return sum(pair.first is not None and pair.first.title != "Input" for pair in self.pairs)

    @property
    def params(self) -> int:
        """The parameters of the layers that were compared, on our side."""
        return sum(pair.first.params for pair in self.pairs if pair.first is not None)

    @property
    def before(self) -> int:
        """How many layers agree before the first difference, inputs not counted."""
        first = next((i for i, pair in enumerate(self.pairs) if pair.difference is not None), 0)
        return sum(pair.first is not None and pair.first.title != "Input" for pair in self.pairs[:first])

    def alone_at(self, side: int) -> list[Measured]:
        """The layers of one side that were not compared."""
        return [one.layer for one in self.alone if one.side == side]
