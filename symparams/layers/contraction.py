"""Layers that multiply and add along axes: products of two branches, and the product that an equation describes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from symparams.algebra.comparing import same
from symparams.algebra.exact import number
from symparams.algebra.formula import ZERO, Formula, Symbol, as_formula, product
from symparams.algebra.notation import PLAIN, shown
from symparams.algebra.simplifying import simplified
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, activated
from symparams.layers.merging import broadcast, two
from symparams.layers.sizes import axis_of, equal, numbers_in
from symparams.model.arguments import AXIS, COUNT, INTEGERS, TARGET, TEXT, argument, switch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Weight,
    Work,
    layer_class,
    nothing_to_learn,
    symbol,
)


def _named(sizes: tuple[Formula, ...], x: Incoming) -> tuple[Axis, ...]:
    """Axes for sizes, called as such a tensor's axes are called."""
    return tuple(map(Axis, Incoming(sizes, x.convention).feature_names(), sizes))


_ONE_NUMBER = (as_formula(1),)  # what remains where no axis is left


@layer_class
class Dot(Layer):
    """Adds up products of two branches along one axis of each: the other axes of both remain, no parameters.

    (a, n) and (b, n) give (a, b); two vectors give one number. It divides by the lengths first with `normalize`.
    Keras only.
    """

    axes: tuple[int, ...] = argument(INTEGERS, "the axis of each branch that is added up", (-1,))
    normalize: bool = argument(switch("normalize"), "whether it gives the cosine", False, keyword=True)

    names: ClassVar = ("dot", "Dot")
    title: ClassVar = "Dot product"
    example: ClassVar = "input(10, 64) -> { dense(32) | dense(32) } -> dot(2)"
    inputs: ClassVar = "many"

    def rules(self, *arriving: Incoming) -> Rules:
        x, y = two(arriving)
        left, right = self._places(x, y)
        sizes = (x.shape[left], y.shape[right])
        if not same(*sizes):
            raise LayerError(
                f"axis {left + 1} of {x} and axis {right + 1} of {y} differ "
                f"({shown(sizes[0], PLAIN)} and {shown(sizes[1], PLAIN)}), but must be equal"
            )
        remaining = [v for i, v in enumerate(x.shape) if i != left] + [v for i, v in enumerate(y.shape) if i != right]
        output = tuple(map(as_formula, remaining)) or _ONE_NUMBER
        return nothing_to_learn(
            _named(output, x),
            "the branches are multiplied with each other; there is nothing in it to learn",
            "the axis that is added up disappears from both branches, and their other axes remain"
            if remaining
            else "one number is left",
            channels_are="products",
        )

    def _places(self, x: Incoming, y: Incoming) -> tuple[int, int]:
        if len(self.axes) > 2:
            raise LayerError("takes one axis, or one for each branch")
        return axis_of(self.axes[0], x), axis_of(self.axes[-1], y)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        x, y = two(arriving)
        left, _ = self._places(x, y)
        n = symbol("n", x.shape[left], "size of the axis that is added up", incoming=True)
        scaled = numbers_in(x) + numbers_in(y) if self.normalize else ZERO
        return Work(
            macs=n * out.numbers(),
            additions=scaled,
            multiplications=2 * scaled if self.normalize else ZERO,
            because="every output number is a sum of products along the axis",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class CosineSimilarity(Layer):
    """The cosine of the angle between the vectors of two branches along an axis, which disappears: no parameters.

    Where no axis is left, one number remains, written as the shape (1).
    """

    axis: int = argument(AXIS, "the axis of the vectors", 1, short="dim")

    names: ClassVar[tuple[str, ...]] = ("cosinesimilarity", "CosineSimilarity")
    title: ClassVar[str] = "Cosine similarity"
    example: ClassVar[str] = "input(128) -> { dense(32) | dense(32) } -> cosinesimilarity"
    inputs: ClassVar = "many"
    gives: ClassVar[str] = "the cosine is computed from the branches"

    def rules(self, *arriving: Incoming) -> Rules:
        axes, place = self._joined(arriving)
        output = tuple(axis.size for i, axis in enumerate(axes) if i != place) or _ONE_NUMBER
        return nothing_to_learn(
            _named(output, arriving[0]),
            f"{self.gives}; there is nothing in it to learn",
            "two vectors give one number, so their axis disappears",
            channels_are="numbers",
        )

    def _joined(self, arriving: tuple[Incoming, ...]) -> tuple[tuple[Axis, ...], int]:
        x, y = two(arriving)
        if len(x.shape) != len(y.shape):
            raise LayerError(f"the branches {x} and {y} must have equally many axes")
        axes = broadcast((x, y))
        joined = Incoming(tuple(axis.size for axis in axes), arriving[0].convention)
        return axes, axis_of(self.axis, joined)

    def _along(self, arriving: tuple[Incoming, ...]) -> Formula:
        axes, place = self._joined(arriving)
        return symbol("n", axes[place].size, "numbers in a vector", incoming=True)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            macs=3 * self._along(arriving) * out.numbers(),
            multiplications=2 * out.numbers(),
            because="the product of the vectors and the square of each are sums of products",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class PairwiseDistance(CosineSimilarity):
    """The distance between the vectors of two branches along the last axis, which disappears: no parameters.

    Where no axis is left, one number remains, written as the shape (1).
    """

    axis: int = argument(AXIS, "the axis of the vectors", -1, short="dim", keyword=True)
    keepdim: bool = argument(switch("keepdim"), "whether the axis stays, with size 1", False, keyword=True)

    names: ClassVar = ("pairwisedistance", "PairwiseDistance")
    title: ClassVar = "Pairwise distance"
    example: ClassVar = "input(128) -> { dense(32) | dense(32) } -> pairwisedistance"
    gives: ClassVar = "the distance is computed from the branches"

    def rules(self, *arriving: Incoming) -> Rules:
        if not self.keepdim:
            return CosineSimilarity.rules(self, *arriving)
        axes, place = self._joined(arriving)
        output = tuple(as_formula(1) if i == place else axis.size for i, axis in enumerate(axes))
        return nothing_to_learn(
            _named(output, arriving[0]),
            f"{self.gives}; there is nothing in it to learn",
            "two vectors give one number, so the size of their axis becomes 1",
            channels_are="numbers",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            macs=self._along(arriving) * out.numbers(),
            additions=self._along(arriving) * out.numbers(),
            because="the squares of the differences are added up",
        )


@layer_class
class Bilinear(Layer):
    """Multiplies every number of one branch with every number of another: (n_1·n_2 + 1)·n_out parameters.

    It works on the last axis of both; the axes before it must be equal. PyTorch only.
    """

    units: Formula = argument(COUNT, "units: the outputs", told=True)
    bias: bool = argument(switch(), "whether each unit has a bias", True, keyword=True, told=True)

    names: ClassVar = ("bilinear", "Bilinear")
    title: ClassVar = "Bilinear layer"
    example: ClassVar = "input(128) -> { dense(20) | dense(30) } -> bilinear(40)"
    reads: ClassVar = "features"
    inputs: ClassVar = "many"

    def rules(self, *arriving: Incoming) -> Rules:
        x, y = two(arriving)
        if len(x.shape) != len(y.shape) or not all(map(same, x.shape[:-1], y.shape[:-1])):
            raise LayerError(f"branch 1 is {x} and branch 2 is {y}: they may differ in their last axis only")
        n_1, n_2 = self._inputs(x, y)
        n_out = symbol("n_out", self.units, "units")
        *names, last = x.feature_names()
        return Rules(
            output=(*map(Axis, names, map(as_formula, x.shape[:-1])), Axis(last, n_out)),
            parameters=(n_1 * n_2 + 1) * n_out if self.bias else n_1 * n_2 * n_out,
            weights=(
                Weight("kernel", (n_out, n_1, n_2)),
                *([Weight("bias", (n_out,), "bias")] if self.bias else []),
            ),
            because="every unit has one weight for each pair of inputs, one from each branch"
            + (", and one bias" if self.bias else "; there is no bias"),
            shape_because="the units take the place of the last axis",
            channels_are="units",
        )

    def _inputs(self, x: Incoming, y: Incoming) -> tuple[Formula, Formula]:
        return (
            symbol("n_1", x.shape[-1], "inputs of the first branch", incoming=True),
            symbol("n_2", y.shape[-1], "inputs of the second branch", incoming=True),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """One sum over all pairs for each output number, and the product of each pair with its weight."""
        n_1, n_2 = self._inputs(*two(arriving))
        return Work(
            macs=n_1 * n_2 * out.numbers(),
            multiplications=n_1 * n_2 * out.numbers(),
            additions=out.numbers() if self.bias else ZERO,
            because="every output number is a sum over all pairs of inputs",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


_LONGEST = 100  # characters of an equation
_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


@dataclass(frozen=True, slots=True)
class _Equation:
    """What the letters of an equation stand for on a given input."""

    letters: dict[str, Symbol]  # letter: its size as a symbol
    weight: str  # the letters of the kernel
    leave: str  # those behind the arrow, without the batch
    bias: str  # those that have biases
    output: tuple[Formula, ...]  # without the batch
    requires: tuple[Requirement, ...]  # for sizes that are given though they arrive


@layer_class
class EinsumDense(Layer):
    """A dense layer whose sums an equation describes: one weight for each combination of the letters of the kernel.

    In `einsum("abc,cd->abd", 64)` the first letter is the batch, b and c arrive, d is the 64 units and c is added up.
    Sizes are given for the letters that do not arrive, or for all axes of the output, with -1 where they arrive.
    `...` stands for any axes. There are biases along the axes named in `bias_axes` only.
    """

    equation: str = argument(TEXT, "what is multiplied and added up")
    sizes: tuple[Formula, ...] = argument(TARGET, "sizes: those that do not arrive", (), variadic=True)
    bias_axes: str = argument(TEXT, "the letters of the output that have biases; none if not given", "", keyword=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True, told=True)

    names: ClassVar = ("einsum", "EinsumDense")
    title: ClassVar = "Einsum dense layer"
    example: ClassVar = 'input(16, 32) -> einsum("abc,cd->abd", 64, bias_axes="d")'

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        found = self._read(x)
        kernel = tuple(found.letters[letter] for letter in found.weight)
        bias = tuple(found.letters[letter] for letter in found.bias)
        return Rules(
            output=_named(found.output, x),
            parameters=product(kernel) + product(bias) if bias else product(kernel),
            weights=(Weight("kernel", kernel), *([Weight("bias", bias, "bias")] if bias else [])),
            because="there is one weight for each combination of the letters of the kernel"
            + (", and one bias for each of those that have biases" if bias else "; there is no bias"),
            shape_because="the letters behind the arrow remain, the others are added up",
            channels_are="units",
            requires=found.requires,
        )

    def _read(self, x: Incoming) -> _Equation:
        if len(self.equation) > _LONGEST:
            raise LayerError(f"the equation has more than {_LONGEST} characters, which is the limit")
        parts = _EQUATION.fullmatch(self.equation.replace(" ", ""))
        if parts is None or (parts[1], parts[3]) != (parts[5], parts[7]) or (parts[1] and parts[3]):
            raise LayerError(
                f'the equation "{self.equation}" is not of the form "abc,cd->abd", with ... in front or behind'
            )
        arrive, weight, leave = parts[2], parts[4], parts[6]
        if not parts[1]:  # the first letter is the batch, which no size is given for
            if arrive[0] != leave[0] or arrive[0] in weight:
                raise LayerError(
                    f'the first letter of "{self.equation}" is the batch; it must stay first and have no weight'
                )
            arrive, leave = arrive[1:], leave[1:]
        for part in (arrive, weight, leave):
            if len(set(part)) < len(part):
                raise LayerError(f'"{part}" has a letter twice')
        free = len(x.shape) - len(arrive)
        if free < 0 or (free and not parts[1] and not parts[3]):
            raise LayerError(f'"{self.equation}" takes {len(arrive)} axes without the batch, but {x} arrives')
        between = slice(0, free) if parts[1] else slice(len(arrive), None)
        elided = tuple(map(as_formula, x.shape[between]))
        own = x.shape[free:] if parts[1] else x.shape[: len(arrive)]
        letters: dict[str, Symbol] = {
            letter: symbol(f"n_{letter}", value, f"inputs along {letter}", incoming=True)
            for letter, value in zip(arrive, own, strict=True)
        }
        requires = self._given(leave, letters)
        self._check(weight, leave, letters)
        output = tuple(letters[letter] for letter in leave)
        bias = "".join(letter for letter in leave if letter in self.bias_axes)
        return _Equation(letters, weight, leave, bias, (*elided, *output) if parts[1] else (*output, *elided), requires)

    def _given(self, leave: str, letters: dict[str, Symbol]) -> tuple[Requirement, ...]:
        """Put the sizes that are given to their letters."""
        new = [letter for letter in leave if letter not in letters]
        places = new if len(self.sizes) == len(new) else list(leave)
        if len(self.sizes) != len(places):
            needed = " and ".join(new) or "no letter"
            raise LayerError(f'"{self.equation}" needs a size for {needed}, but {len(self.sizes) or "none"} are given')
        requires: tuple[Requirement, ...] = ()
        for letter, size in zip(places, self.sizes, strict=True):
            open_ = number(size) == -1
            if letter not in letters:
                if open_:
                    raise LayerError(f"the size of {letter} does not arrive; it must be given")
                letters[letter] = symbol(f"n_{letter}", size, f"output size {letter}")
            elif not open_:
                requires += equal(letters[letter], size, partial(_mismatch, letter, letters[letter], size))
        return requires

    def _check(self, weight: str, leave: str, letters: dict[str, Symbol]) -> None:
        for letter in weight:
            if letter not in letters:
                raise LayerError(f"{letter} stands in the kernel, but neither arrives nor leaves")
        for letter in leave:
            if letter not in weight and not letters[letter].incoming:
                raise LayerError(f"{letter} leaves, but neither arrives nor stands in the kernel")
        for letter in self.bias_axes:
            if letter not in leave:
                raise LayerError(f"{letter} cannot have biases; it is not an axis of the output")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        found = self._read(arriving[0])
        summed = [size for letter, size in found.letters.items() if letter not in found.leave]
        work = Work(
            macs=product([*summed, out.numbers()]),
            additions=out.numbers() if found.bias else ZERO,
            because="every output number is a sum over the letters that disappear",
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> Sight:
        """Every place by itself where only the last axis is added up."""
        (x,) = arriving
        found = self._read(x)
        kept = len(found.output) == len(x.shape) > 1 and all(
            same(simplified(a), b) for a, b in zip(found.output[:-1], x.shape[:-1], strict=True)
        )
        return () if kept else EVERYWHERE


def _mismatch(letter: str, arrived: Formula, given: Formula) -> str:
    return (
        f"the size {letter} that arrives is {shown(simplified(arrived), PLAIN)}, not {shown(simplified(given), PLAIN)}"
    )
