"""Layers that join branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Value, as_formula, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.sizes import axis_of, numbers_of, others_keep
from symparams.model.arguments import AXIS, argument
from symparams.model.citation import found_in
from symparams.model.framework import keras
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Rules, layer_class, nothing_to_learn, symbol
from symparams.model.work import Saved, Work


@layer_class
class Add(Layer):
    """Adds the branches value by value: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar[tuple[str, ...]] = ("add",)
    calls: ClassVar = (keras("Add"),)
    cited: ClassVar = found_in(shape="he2016 Eq. (1)")
    title: ClassVar[str] = "Add"
    at_any_size: ClassVar = True
    family: ClassVar = "Branches joined"
    example: ClassVar[str] = "input(56, 56, 64) -> { conv(64, 3, same) | id } -> add"
    inputs: ClassVar = "many"
    because: ClassVar[str] = "adding values takes no weights"

    def rules(self, *arriving: Incoming) -> Rules:
        output = broadcast(arriving)
        alike = all(len(x.shape) == len(output) and all(map(same, x.shape, arriving[0].shape)) for x in arriving)
        return nothing_to_learn(output, self.because, _ALIKE if alike else _REPEATED)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(additions=_each_further(out, arriving))


_ALIKE = "all branches have the same shape, and so has the output"
_REPEATED = "a branch that has the size 1 along an axis, or lacks the axis, is repeated along it"


def broadcast(arriving: Sequence[Incoming]) -> tuple[Axis, ...]:
    """The shape that all branches have, or are repeated to."""
    first, *others = arriving
    whole = largest(arriving)
    shape, names = list(_aligned(first, whole)), whole.axis_names()
    for index, x in enumerate(others, start=2):
        for axis, value in enumerate(_aligned(x, whole)):
            shape[axis] = _joined(shape[axis], value, names[axis], index, (first, x))
    return tuple(map(Axis, names, map(as_formula, shape)))


def _each_further(out: Outgoing, arriving: tuple[Incoming, ...]) -> Formula:
    """One operation for each output number and each branch after the first."""
    return out.numbers() if len(arriving) == 2 else (len(arriving) - 1) * out.numbers()


def largest(arriving: Sequence[Incoming]) -> Incoming:
    """The branch whose axes the output has; of several, one whose axes have a meaning."""
    return max(arriving, key=lambda x: (len(x.shape), x.is_sequence is not None))


def _aligned(x: Incoming, whole: Incoming) -> tuple[Value, ...]:
    """The shape with axes of size 1 put in for missing ones: beside the channels."""
    rank = len(whole.shape)
    missing: tuple[Value, ...] = (1,) * (rank - len(x.shape))
    if whole.channels_first and len(x.shape) == 1:
        return x.shape + missing
    if whole.channels_first and missing:
        raise LayerError(f"a branch of shape {x} has {len(x.shape)} axes, but another one has {rank}")
    return missing + x.shape


def _joined(left: Value, right: Value, name: str, index: int, pair: tuple[Incoming, Incoming]) -> Value:
    if right == 1:
        return left
    if left == 1 or same(left, right):
        return right if left == 1 else left
    raise LayerError(
        f"branch 1 is {pair[0]} and branch {index} is {pair[1]}: "
        f"{differ(name)} ({shown(left, PLAIN)} and {shown(right, PLAIN)}), but must be equal"
    )


def differ(axis: str) -> str:
    """The height differs, the channels differ."""
    return f"{'' if axis.startswith('axis ') else 'the '}{axis} {'differ' if axis.endswith('s') else 'differs'}"


@layer_class
class Multiply(Add):
    """Multiplies the branches value by value: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar = ("multiply", "mul")
    calls: ClassVar = (keras("Multiply"),)
    cited: ClassVar = found_in(shape="hu2018 Eq. (4)")
    title: ClassVar = "Multiply"
    example: ClassVar = "input(56, 56, 64) -> { id | globalavgpool -> dense(64, sigmoid) } -> multiply"
    because: ClassVar = "multiplying values takes no weights"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(multiplications=_each_further(out, arriving))

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        """All inputs: the gradient of each depends on the others."""
        return Saved(total(numbers_of(x, i) for i, x in enumerate(arriving, 1)))


def two(arriving: Sequence[Incoming]) -> tuple[Incoming, Incoming]:
    """The only two branches, or an error."""
    if len(arriving) != 2:
        raise LayerError(f"takes two branches, not {len(arriving)}")
    return arriving[0], arriving[1]


@layer_class
class Subtract(Add):
    """Subtracts the second branch from the first value by value: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar = ("subtract", "sub")
    calls: ClassVar = (keras("Subtract"),)
    title: ClassVar = "Subtract"
    example: ClassVar = "input(56, 56, 64) -> { id | conv(64, 3, same) } -> subtract"
    because: ClassVar = "subtracting values takes no weights"

    def rules(self, *arriving: Incoming) -> Rules:
        two(arriving)
        return Add.rules(self, *arriving)


@layer_class
class Average(Add):
    """Averages the branches value by value: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar = ("average",)
    calls: ClassVar = (keras("Average"),)
    title: ClassVar = "Average"
    example: ClassVar = "input(64) -> { dense(10) | dense(10) | dense(10) } -> average"
    because: ClassVar = "averaging values takes no weights"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(additions=_each_further(out, arriving), multiplications=out.numbers())


@layer_class
class Maximum(Add):
    """Keeps the largest value of all branches at each position: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar[tuple[str, ...]] = ("maximum",)
    calls: ClassVar = (keras("Maximum"),)
    title: ClassVar[str] = "Maximum"
    example: ClassVar[str] = "input(64) -> { dense(10) | dense(10) } -> maximum"
    because: ClassVar[str] = "choosing the largest value takes no weights"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=_each_further(out, arriving))


@layer_class
class Minimum(Maximum):
    """Keeps the smallest value of all branches at each position: same shape, no parameters.

    A branch of size 1 along an axis is repeated along it; a branch of C values is repeated at every position.
    """

    names: ClassVar = ("minimum",)
    calls: ClassVar = (keras("Minimum"),)
    title: ClassVar = "Minimum"
    example: ClassVar = "input(64) -> { dense(10) | dense(10) } -> minimum"
    because: ClassVar = "choosing the smallest value takes no weights"


@layer_class
class Concatenate(Layer):
    """Places the branches side by side: C_1 + C_2 + … along one axis, no parameters.

    In `convention torch` the channels of a feature map come first, the features of a sequence last.
    """

    axis: int | None = argument(AXIS, "the axis to concatenate along; the channels if not given", None, short="dim")

    names: ClassVar = ("concat", "Concatenate", "cat")
    calls: ClassVar = (keras("Concatenate", "axis"),)
    cited: ClassVar = found_in(shape="huang2017 Eq. (2)")
    title: ClassVar = "Concatenate"
    at_any_size: ClassVar = True
    family: ClassVar = "Branches joined"
    example: ClassVar = "input(28, 28, 192) -> { conv(64, 1) | conv(128, 3, same) } -> concat"
    inputs: ClassVar = "many"

    def rules(self, *arriving: Incoming) -> Rules:
        first = replace(
            arriving[0], is_sequence=next((x.is_sequence for x in arriving if x.is_sequence is not None), None)
        )
        rank = len(first.shape)
        joined = first.channel_axis if self.axis is None else axis_of(self.axis, first)
        for index, x in enumerate(arriving[1:], start=2):
            if len(x.shape) != rank:
                raise LayerError(
                    f"branch 1 is {first} and branch {index} is {x}: they have {rank} and {len(x.shape)} axes, "
                    "but must have the same number"
                )
            for axis, (left, right) in enumerate(zip(first.shape, x.shape, strict=True)):
                if axis != joined and not same(left, right):
                    names = first.axis_names()
                    raise LayerError(
                        f"branch 1 is {first} and branch {index} is {x}: {differ(names[axis])} "
                        f"({shown(left, PLAIN)} and {shown(right, PLAIN)}); only the {names[joined]} may differ"
                    )
        name = first.axis_names()[joined]
        letter = {"channels": "C", "features": "n"}.get(name, name[0].upper())
        sizes = [
            symbol(f"{letter}_{i}", x.shape[joined], f"{name} of branch {i}", incoming=True)
            for i, x in enumerate(arriving, 1)
        ]
        output = list(first.kept())
        output[joined] = Axis(name, total(sizes))
        return nothing_to_learn(
            tuple(output),
            "concatenating only places the branches side by side, so there is nothing to learn",
            f"{_joined_axis(name)}{others_keep(rank - 1)}",
            channels_are=name if joined == first.channel_axis else None,
        )


def _joined_axis(axis: str) -> str:
    """What becomes of an axis: things are there together, and only sizes are added."""
    if axis in ("channels", "features", "steps"):
        return f"the output has the {axis} of all branches"
    return f"the {f'sizes along {axis}' if axis.startswith('axis ') else f'{axis}s'} of the branches are added"
