"""Layers that only arrange values in another shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula, product
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.sizes import axis_of, equal, known, numbers_in, sizes_of
from symparams.model.arguments import AXIS, COUNT, INTEGERS, TARGET, argument
from symparams.model.framework import keras, torch
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say, together


@dataclass(frozen=True, slots=True)
class Filled:
    """Sizes in which so many values are laid out; one of them may be open."""

    sizes: tuple[Formula, ...]
    is_open: bool  # whether one of them was -1
    requires: tuple[Requirement, ...]


def filled(target: Sequence[Formula], numbers: Formula, arrived: str) -> Filled:
    """The target with -1 replaced by the size that is left; it must hold exactly as many values as the input."""
    open_ = [i for i, one in enumerate(target) if number(one) == -1]
    wanted = f"({', '.join(shown(simplified(one), SOURCE) for one in target)})"
    if len(open_) > 1:
        raise LayerError(f"only one of the sizes {wanted} can be -1")
    closed = product(one for i, one in enumerate(target) if i not in open_)

    def message() -> str:
        have, need = (known(one) for one in (numbers, closed))
        fits = f"{have} is not a multiple of {need}" if open_ else f"these are {have} and {need} values"
        return f"{arrived} cannot be arranged as {wanted}: {fits}"

    if not open_:
        return Filled(tuple(target), False, equal(numbers, closed, message))
    left = numbers / closed if len(target) > 1 else numbers
    sizes = tuple(left if i in open_ else one for i, one in enumerate(target))
    return Filled(sizes, True, (Requirement(numbers, "multiple", closed, message),) if len(target) > 1 else ())


@layer_class
class Reshape(Layer):
    """Lays the values out in another shape, in the same order: no parameters.

    One size may be -1: the number of values divided by the other sizes, which must be whole.
    """

    target: tuple[Formula, ...] = argument(TARGET, "size: one for each axis of the output", variadic=True)

    names: ClassVar = ("reshape", "Reshape")
    calls: ClassVar = (keras("Reshape", "target_shape:target!"),)
    title: ClassVar = "Reshape"
    family: ClassVar = "Shape"
    example: ClassVar = "input(6272) -> reshape(7, 7, -1)"
    reads: ClassVar = "new"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        layout = filled(self.target, numbers_in(x), str(x))
        names = Incoming(layout.sizes, x.convention).axis_names()
        return nothing_to_learn(
            tuple(map(Axis, names, layout.sizes)),
            "reshaping only rearranges values",
            together(say("input and output have the same {=values values}", values=numbers_in(x)), _left(layout)),
            channels_are=names[0 if x.convention == "torch" else -1],
            requires=layout.requires,
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN  # the values stay the same, at other positions


def _left(layout: Filled) -> str:
    """What -1 stands for."""
    return "-1 stands for the size that is left" if layout.is_open else ""


@layer_class
class Unflatten(Layer):
    """Splits one axis into several: no parameters.

    One size may be -1: the size of the axis divided by the other sizes, which must be whole.
    """

    axis: int = argument(AXIS, "the axis to split", short="dim")
    sizes: tuple[Formula, ...] = argument(TARGET, "size: one for each axis that it is split into", variadic=True)

    names: ClassVar = ("unflatten", "Unflatten")
    calls: ClassVar = (torch("Unflatten", "dim:axis! unflattened_size:sizes!"),)
    title: ClassVar = "Unflatten"
    family: ClassVar = "Shape"
    example: ClassVar = "convention torch input(128) -> unflatten(1, 8, 4, 4)"
    reads: ClassVar = "new"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        place = axis_of(self.axis, x)
        n = sizes_of(x)[place]
        layout = filled(self.sizes, n, f"the {x.axis_names()[place]} of {x}")
        kept = tuple(map(as_formula, x.shape))
        sizes = (*kept[:place], *layout.sizes, *kept[place + 1 :])
        return nothing_to_learn(
            tuple(map(Axis, Incoming(sizes, x.convention).axis_names(), sizes)),
            "unflattening only rearranges values",
            together(say("one axis is split into sizes whose product is {n}", n=n), _left(layout)),
            channels_are="channels",
            requires=layout.requires,
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN  # the values stay the same, at other positions


@layer_class
class Permute(Layer):
    """Puts the axes in another order: no parameters. The first axis is 1, as in Keras."""

    order: tuple[int, ...] = argument(INTEGERS, "the axes of the input, in their new order", variadic=True)

    names: ClassVar = ("permute", "Permute")
    calls: ClassVar = (keras("Permute", "dims:order!"),)
    title: ClassVar = "Permute"
    family: ClassVar = "Shape"
    example: ClassVar = "input(10, 64) -> permute(2, 1)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        rank = len(x.shape)
        if sorted(self.order) != list(range(1, rank + 1)):
            order = ", ".join(map(str, self.order))
            axes = f"each of the axes 1 to {rank}" if rank > 1 else "the one axis"
            raise LayerError(f"the order {order} must name {axes} of {x} exactly once")
        sizes = tuple(as_formula(x.shape[place - 1]) for place in self.order)
        names = x.axis_names()
        if x.is_sequence is not None:
            names = tuple(names[place - 1] for place in self.order)
        return nothing_to_learn(
            tuple(map(Axis, names, sizes)),
            "permuting only reorders the axes",
            "the axes keep their order"
            if self.order == tuple(range(1, rank + 1))
            else "the axes are put in another order, each with its size",
            channels_are=None if self.order[x.channel_axis] == x.channel_axis + 1 else "channels",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return () if self.order == tuple(range(1, len(self.order) + 1)) else UNKNOWN


@layer_class
class RepeatVector(Layer):
    """Repeats a vector n times: (d) becomes (n, d), no parameters."""

    times: Formula = argument(COUNT, "copies: how often the vector is repeated", short="n")

    names: ClassVar = ("repeatvector", "RepeatVector")
    calls: ClassVar = (keras("RepeatVector", "n:times!"),)
    title: ClassVar = "Repeat vector"
    family: ClassVar = "Shape"
    example: ClassVar = "input(64) -> repeatvector(10)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 1:
            raise LayerError(f"needs a vector, an input of shape (n), but the input is {x}")
        n, d = symbol("n", self.times, "copies"), symbol("d", x.shape[0], "input features", incoming=True)
        names = Incoming((n, x.shape[0]), x.convention).feature_names()
        return nothing_to_learn(
            (Axis(names[0], n), Axis(names[1], as_formula(x.shape[0]))),
            "repeating only copies the vector",
            say("the vector of {d features} becomes one row", d=d)
            if number(n) == 1
            else say("the vector of {d features} is repeated {n times}, once for each row", d=d, n=n),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN
