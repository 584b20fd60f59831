"""What two witnesses of a layer do not agree in, and how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from symparams.checking.measured import Kept, Measured

# What differs. layer: only one of the two has it; built: the framework refuses it; shape: its output; params: how many
# parameters; trainable: how many of them are trained; tensors: how the parameters are stored; total: no layer, but the
# printed total.
Subject: TypeAlias = Literal["layer", "built", "shape", "params", "trainable", "tensors", "total"]


class Unlike(NamedTuple):
    """Something that has a name and two values."""

    name: str  # an axis of the output, or an argument of the layer
    first: object  # on our side
    second: object  # on the other side


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two witnesses do not agree."""

    subject: Subject
    first: Measured | None  # the layer on our side; None: only the other side has it
    second: Measured | None  # the layer on the other side; None: it does not have it, or refuses it
    axes: tuple[Unlike, ...] = ()  # the axes of the outputs that differ, where they have as many
    arguments: tuple[Unlike, ...] = ()  # the arguments that make the difference, as code
    tensors: tuple[tuple[Kept, ...], tuple[Kept, ...]] = ((), ())  # those that only one side has
    refusal: str = ""  # what the framework says
    behind: str = ""  # of a layer that only one side has: the one before it there

    @property
    def name(self) -> str:
        """The layer, as our side calls it if it has it."""
        one = self.first or self.second
        assert one is not None
        return one.name


def difference(first: Measured, second: Measured, axes: Sequence[str]) -> Difference | None:
    """The first thing that two layers differ in, if any; `axes` are the names of those of the output."""
    if first.shape != second.shape:
        unlike: tuple[Unlike, ...] = ()
        if len(first.shape) == len(second.shape) == len(axes):
            triples = zip(axes, first.shape, second.shape, strict=True)
            unlike = tuple(Unlike(*one) for one in triples if one[1] != one[2])
        return Difference("shape", first, second, unlike)
    tensors = ((), ()) if None in (first.tensors, second.tensors) else _apart(first.tensors or (), second.tensors or ())
    if first.params != second.params:
        return Difference("params", first, second, tensors=tensors)
    if first.trainable != second.trainable:
        return Difference("trainable", first, second)
    return Difference("tensors", first, second, tensors=tensors) if any(tensors) else None


def _apart(first: Sequence[Kept], second: Sequence[Kept]) -> tuple[tuple[Kept, ...], tuple[Kept, ...]]:
    """The tensors that only one of the two has."""
    left = list(second)
    missing: list[Kept] = []
    for one in first:
        found = next((other for other in left if one.shape == other.shape and _is_called(one, other)), None)
        if found is None:
            missing.append(one)
        else:
            left.remove(found)
    return tuple(missing), tuple(left)


def _is_called(one: Kept, other: Kept) -> bool:
    """Whether the path of a tensor ends as our name says, a number in place of a star."""
    pattern = r"(.*\.)?" + r"(?:\d+|\*)".join(map(re.escape, one.name.split("*")))
    return re.fullmatch(pattern, other.name) is not None
