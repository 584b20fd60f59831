"""Layers that add a border, or take one away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, NamedTuple

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula
from symparams.errors import LayerError, spatial_axes_of
from symparams.layers.sizes import by_axis, known, spatial_axes
from symparams.layers.spatial_letters import channels_kept, input_sizes
from symparams.model.arguments import TOTALS, argument, choice
from symparams.model.framework import FrameworkClass, keras, keras1, torch
from symparams.model.layer import (
    Axis,
    Incoming,
    Layer,
    Reach,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.padded import Padded
from symparams.model.sentence import Text, together


class Side(NamedTuple):
    """A border along one axis, as symbols of a rule."""

    axis: str
    n: Formula
    before: Formula
    after: Formula

    @property
    def even(self) -> bool:
        return self.before == self.after

    @property
    def amounts(self) -> dict[str, Formula]:
        return {"before": self.before, "after": self.after}


def sides(amount: tuple[tuple[Formula, Formula], ...], x: Incoming, letter: str, what: str) -> list[Side]:
    """The border of every axis; a single amount is meant for all of them."""
    spatial = spatial_axes(x)
    count = len(spatial)
    if count == 1 and len(amount) == 2:  # along a single axis (1, 2) can only be before and after
        amount = ((amount[0][0], amount[1][0]),)
    elif x.convention == "torch" and len(amount) == 2 * count:  # left, right, top, bottom: the last axis first
        pairs = [(before[0], after[0]) for before, after in zip(amount[::2], amount[1::2], strict=True)]
        amount = tuple(reversed(pairs))
    if len(amount) not in (1, count):
        raise LayerError(f"the {what} names {len(amount)} axes, but the input {x} has {spatial_axes_of(count)}")
    amounts = amount * count if len(amount) == 1 else amount
    apart = len(set(amounts)) > 1
    sides = []
    for (name, _, sub), n, (before, after) in zip(spatial, input_sizes(x), amounts, strict=True):
        if before == after:
            both = symbol(f"{letter}{sub if apart else ''}", before, f"{what} on each side")
            sides.append(Side(name, n, both, both))
        else:
            first = symbol(f"{letter}_{name[0]}1", before, f"{what} before ({name})")
            last = symbol(f"{letter}_{name[0]}2", after, f"{what} after ({name})")
            sides.append(Side(name, n, first, last))
    return sides


def _amounts(does: str, sides: Sequence[Side]) -> Text:
    """How much a border adds or takes away along every axis where it has something."""
    amounts = by_axis(map(_amount, sides))
    return together(does, amounts, between=" ") if amounts else "the border is empty, so the size stays the same"


def _amount(side: Side) -> tuple[str, str, dict[str, Formula]]:
    if side.even:
        text = "" if number(side.before) == 0 else "{before positions} at each end of {axes}"
        return side.axis, text, {"before": side.before}
    if number(side.after) == 0:
        return side.axis, "{before positions} at the start of {axes}", {"before": side.before}
    if number(side.before) == 0:
        return side.axis, "{after positions} at the end of {axes}", {"after": side.after}
    return side.axis, "{before positions} at the start and {after} at the end of {axes}", side.amounts


@layer_class
class ZeroPadding(Layer):
    """Adds zeros around the input: n + 2p along every axis, n + before + after where the sides differ.

    An amount is 3, (1, 2) for an axis each, or ((1, 2), (3, 4)) for both sides of each axis. In the PyTorch convention
    (1, 2, 3, 4) is left, right, top and bottom.
    """

    amount: tuple[tuple[Formula, Formula], ...] = argument(TOTALS, "padding: positions at each end", ((ONE, ONE),))

    names: ClassVar[tuple[str, ...]] = (
        "zeropad", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
    )  # fmt: skip
    calls: ClassVar[tuple[FrameworkClass, ...]] = (
        keras("ZeroPadding1D ZeroPadding2D ZeroPadding3D", "padding:amount -data_format"),
        torch("ZeroPad1d ZeroPad2d ZeroPad3d", "padding:amount!"),
        keras1("ZeroPadding1D ZeroPadding2D ZeroPadding3D", "padding:amount -dim_ordering"),
    )
    title: ClassVar[str] = "Zero padding"
    at_any_size: ClassVar = True
    family: ClassVar = "Shape"
    example: ClassVar[str] = "input(224, 224, 3) -> zeropad(3)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        borders = sides(self.amount, x, "p", "padding")
        axes = [Axis(s.axis, s.n + 2 * s.before if s.even else s.n + s.before + s.after) for s in borders]
        return nothing_to_learn(
            x.arranged(axes, channels_kept(x)),
            self._because(),
            _amounts("padding adds", borders),
            requires=self._requires(borders),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return tuple(Reach(ONE, ONE, s.before) for s in sides(self.amount, arriving[0], "p", "padding"))

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        return tuple(Padded(s.axis, s.before, s.after) for s in sides(self.amount, arriving[0], "p", "padding"))

    def _because(self) -> str:
        return "zero padding only adds zeros"

    def _requires(self, sides: Sequence[Side]) -> tuple[Requirement, ...]:
        return ()


_BORDERS = {
    "zeros": "padding only adds zeros",
    "constant": "padding only adds a fixed value",
    "reflect": "padding only mirrors the values next to the edge",
    "replicate": "padding only repeats the values at the edge",
    "circular": "padding only repeats the values of the opposite side",
}
_PRESETS = {
    "ReflectionPad": "reflect",
    "ReplicationPad": "replicate",
    "CircularPad": "circular",
    "ConstantPad": "constant",
}


@layer_class
class Padding(ZeroPadding):
    """Adds a border around the input: n + 2p along every axis, n + before + after where the sides differ.

    A border that reflects must be smaller than the input, as the edge itself is not repeated; a circular one can be as
    large as the input. These are layers of PyTorch; Keras has zero padding only.
    """

    mode: str = argument(choice(*_BORDERS), "what the border is made of", "zeros", keyword=True)

    names: ClassVar = ("pad", *(f"{name}{rank}d" for name in _PRESETS for rank in (1, 2, 3)))
    presets: ClassVar = {f"{name}{rank}d": {"mode": mode} for name, mode in _PRESETS.items() for rank in (1, 2, 3)}
    calls: ClassVar = (
        torch(
            "ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d "
            "CircularPad1d CircularPad2d CircularPad3d",
            "padding:amount!",
        ),
        torch("ConstantPad1d ConstantPad2d ConstantPad3d", "padding:amount! -value!"),
    )
    title: ClassVar = "Padding"
    example: ClassVar = "input(224, 224, 3) -> pad(3, reflect)"

    def _because(self) -> str:
        return _BORDERS[self.mode]

    def _requires(self, sides: Sequence[Side]) -> tuple[Requirement, ...]:
        if self.mode not in ("reflect", "circular"):
            return ()
        requirements = []
        for s in sides:
            for border in dict.fromkeys((s.before, s.after)):
                if number(border) != 0:
                    least = border + 1 if self.mode == "reflect" else border
                    requirements.append(Requirement(s.n, ">=", least, partial(self._too_large, border, s)))
        return tuple(requirements)

    def _too_large(self, border: Formula, side: Side) -> str:
        p, n = (known(size) for size in (border, side.n))
        reflects = self.mode == "reflect"
        how = f"{'reflecting' if reflects else 'circular'} border of {p}"
        return f"a {how} must {'be smaller' if reflects else 'not be larger'} than the {side.axis}, which is {n}"


@layer_class
class Cropping(Layer):
    """Removes a border: n - 2c along every axis, n - before - after where the sides differ.

    An amount is 3, (1, 2) for an axis each, or ((1, 2), (3, 4)) for both sides of each axis.
    """

    amount: tuple[tuple[Formula, Formula], ...] = argument(TOTALS, "cropping: positions at each end")

    names: ClassVar = ("crop", "Cropping1D", "Cropping2D", "Cropping3D")
    calls: ClassVar = (
        keras("Cropping1D", "cropping:amount=1"),
        keras("Cropping2D", "cropping:amount=0 -data_format"),
        keras("Cropping3D", "cropping:amount=1 -data_format"),
        keras1("Cropping1D Cropping3D", "cropping:amount=1 -dim_ordering"),
        keras1("Cropping2D", "cropping:amount=0 -dim_ordering"),
    )
    title: ClassVar = "Cropping"
    at_any_size: ClassVar = True
    family: ClassVar = "Shape"
    example: ClassVar = "input(28, 28, 3) -> crop(((2, 1), (3, 3)))"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        borders = sides(self.amount, x, "c", "cropping")
        axes = [Axis(s.axis, s.n - 2 * s.before if s.even else s.n - s.before - s.after) for s in borders]
        return nothing_to_learn(
            x.arranged(axes, channels_kept(x)),
            "cropping only removes positions at the edges",
            _amounts("cropping removes", borders),
            requires=tuple(
                Requirement(s.n, ">=", s.before + s.after + 1, partial(self._nothing_left, s)) for s in borders
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return tuple(Reach(ONE, ONE, -s.before) for s in sides(self.amount, arriving[0], "c", "cropping"))

    def _nothing_left(self, side: Side) -> str:
        before, after, n = (known(size) for size in (side.before, side.after, side.n))
        return f"cropping {before} and {after} positions leaves nothing of the {side.axis}, which is {n}"
