"""The dense layer whose sums an equation describes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Symbol, as_formula, product
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, activated
from symparams.layers.dense import sum_of_products
from symparams.layers.sizes import equal, features_named, known
from symparams.model.arguments import TARGET, TEXT, argument
from symparams.model.framework import keras
from symparams.model.layer import EVERYWHERE, Incoming, Layer, Outgoing, Requirement, Rules, Sight, layer_class, symbol
from symparams.model.sentence import Text, say
from symparams.model.tensor import flat, tensor
from symparams.model.work import Work

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
    elided: tuple[Formula, ...]  # the axes that ... stands for
    elided_last: bool  # whether they stand behind the others
    requires: tuple[Requirement, ...]  # for sizes that are given though they arrive

    @property
    def arrive(self) -> str:
        """The letters of the input, without the batch."""
        return "".join(letter for letter, size in self.letters.items() if size.incoming)

    @property
    def places(self) -> tuple[Formula, ...]:
        """The sizes that have no weights of their own, so that the kernel is used at each."""
        return tuple(size for letter, size in self.letters.items() if letter not in self.weight)

    @property
    def bias_shape(self) -> tuple[Formula, ...]:
        """The biases as Keras stores them: from their first axis on, 1 along axes that have none."""
        first = min(map(self.leave.index, self.bias))
        sizes = (self.letters[letter] if letter in self.bias else ONE for letter in self.leave[first:])
        return (*sizes, *(ONE for _ in self.elided if self.elided_last))


@layer_class
class EinsumDense(Layer):
    """A dense layer whose sums an equation describes: one weight for each combination of the letters of the kernel.

    In `einsum("abc,cd->abd", 64)` the first letter is the batch, b and c are the input, d is the 64 units, and c is
    summed over. Sizes are given for the letters that the input does not have, or for all axes of the output, with -1
    where the input has them.
    `...` stands for any axes. There are biases along the axes named in `bias_axes` only.
    """

    equation: str = argument(TEXT, "equation: what is multiplied and summed over")
    sizes: tuple[Formula, ...] = argument(TARGET, "sizes: those that the input does not have", (), variadic=True)
    bias_axes: str = argument(TEXT, "the letters of the output that have biases; none if not given", "", keyword=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True, told=True)

    names: ClassVar = ("einsum", "EinsumDense")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "EinsumDense",
            "equation! output_shape:sizes! activation bias_axes -{kernel,bias}_initializer "
            "-{kernel,bias}_regularizer -{kernel,bias}_constraint -lora_rank -lora_alpha "
            "-gptq_unpacked_column_size -quantization_config",
        ),
    )
    title: ClassVar = "Einsum dense layer"
    family: ClassVar = "Branches joined"
    example: ClassVar = 'input(16, 32) -> einsum("abc,cd->abd", 64, bias_axes="d")'

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        equation = self._read(x)
        kernel = tuple(equation.letters[letter] for letter in equation.weight)
        bias = tuple(equation.letters[letter] for letter in equation.bias)
        leaving = [equation.letters[letter] for letter in equation.leave]
        return Rules(
            output=features_named(equation.output, x),
            tensors=(
                tensor(
                    x.convention,
                    "kernel",
                    inputs=tuple(one for one in kernel if one not in leaving),
                    outputs=tuple(one for one in kernel if one in leaving),
                    uses=product([*equation.places, *equation.elided]),
                    shape=kernel,
                ),
                *([tensor(x.convention, "bias", outputs=bias, kind="bias", shape=equation.bias_shape)] if bias else []),
            ),
            because=say(
                "the kernel has one axis for each letter of {@weight}, so it is "
                f"{'a {kernel} block' if len(kernel) > 1 else 'a vector of {kernel} weights'}; "
                + ("the bias has one axis for each letter of {@bias}" if bias else "there is no bias"),
                weight=equation.weight,
                bias=equation.bias,
                kernel=kernel,
            ),
            shape_because=_shape_because(equation),
            channels_are="units",
            requires=equation.requires,
            ignores=_ignored(equation),
        )

    def _read(self, x: Incoming) -> _Equation:
        if len(self.equation) > _LONGEST:
            raise LayerError(f"the equation has more than {_LONGEST} characters, which is the limit")
        parts = _EQUATION.fullmatch(self.equation.replace(" ", ""))
        if parts is None or (parts[1], parts[3]) != (parts[5], parts[7]) or (parts[1] and parts[3]):
            raise LayerError(
                f'the equation "{self.equation}" is not of the form "abc,cd->abd", with ... in front or at the end'
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
            raise LayerError(f'"{self.equation}" takes {len(arrive)} axes without the batch, but the input is {x}')
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
        sizes = (*elided, *output) if parts[1] else (*output, *elided)
        return _Equation(letters, weight, leave, bias, sizes, elided, bool(parts[3]), requires)

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
                    raise LayerError(f"the input does not have the axis {letter}, so its size must be given")
                letters[letter] = symbol(f"n_{letter}", size, f"output size {letter}")
            elif not open_:
                requires += equal(letters[letter], size, partial(_mismatch, letter, letters[letter], size))
        return requires

    def _check(self, weight: str, leave: str, letters: dict[str, Symbol]) -> None:
        for letter in weight:
            if letter not in letters:
                raise LayerError(f"{letter} is in the kernel, but neither in the input nor in the output")
        for letter in leave:
            if letter not in weight and not letters[letter].incoming:
                raise LayerError(f"{letter} is in the output, but neither in the input nor in the kernel")
        for letter in self.bias_axes:
            if letter not in leave:
                raise LayerError(f"{letter} cannot have biases; it is not an axis of the output")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        equation = self._read(arriving[0])
        summed = [size for letter, size in equation.letters.items() if letter not in equation.leave]
        work = Work(
            macs=product([*summed, out.numbers()]),
            additions=out.numbers() if equation.bias else ZERO,
            because=sum_of_products(out.numbers(), product(summed) if summed else ONE),
        )
        return activated(work, self.activation, out)

    def reach(self, *arriving: Incoming) -> Sight:
        """Every place by itself where only the last axis has other letters behind the arrow."""
        equation = self._read(arriving[0])
        elided = ("...",) * len(equation.elided)
        arrive, leave = (
            (*letters, *elided) if equation.elided_last else (*elided, *letters)
            for letters in (equation.arrive, equation.leave)
        )
        kept = len(leave) > 1 and arrive[:-1] == leave[:-1]
        return () if kept else EVERYWHERE


def _shape_because(equation: _Equation) -> Text:
    summed = "".join(letter for letter in equation.letters if letter not in equation.leave)
    if not summed:
        return "all letters are kept after the arrow, so nothing is summed over"
    return say("the output has the letters after the arrow; {@summed} is summed over", summed=", ".join(summed))


def _ignored(equation: _Equation) -> tuple[Text, ...]:
    """The positions at which the kernel is used again."""
    places = (*equation.places, *equation.elided)
    if all(number(size) == 1 for size in places):
        return ()
    text = "the {=places positions} along axes that the kernel does not have do not matter: all use the same weights"
    return (say(text, places=flat(places)),)


def _mismatch(letter: str, arrived: Formula, given: Formula) -> str:
    return f"the input has the size {known(arrived)} along {letter}, not {known(given)}"
