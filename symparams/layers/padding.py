"""Layers that add a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symparams.arguments import AMOUNTS, argument
from symparams.errors import LayerError
from symparams.exact import number
from symparams.formula import Formula, as_formula
from symparams.layer import Axis, Incoming, Layer, Rules, nothing_to_learn, spatial_axes, symbol


@dataclass(frozen=True, slots=True)
class ZeroPadding(Layer):
    """Adds zeros around the input: n + 2p along every axis, n + before + after where the sides differ."""

    amount: tuple[tuple[Formula, Formula], ...] = argument(
        AMOUNTS, "zeros on each side", ((as_formula(1), as_formula(1)),)
    )

    names: ClassVar = (
        "zeropad",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "ZeroPadding3D",
        "ZeroPad1d",
        "ZeroPad2d",
        "ZeroPad3d",
    )
    title: ClassVar = "Zero padding"
    example: ClassVar = "input(224, 224, 3) -> zeropad(3)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial = spatial_axes(x)
        amount = self.amount
        if len(spatial) == 1 and len(amount) == 2:  # along a single axis (1, 2) can only be before and after
            amount = ((amount[0][0], amount[1][0]),)
        if len(amount) not in (1, len(spatial)):
            raise LayerError(
                f"the padding names {len(self.amount)} axes, but the input {x} has {len(spatial)} spatial axes"
            )
        amounts = amount * len(spatial) if len(amount) == 1 else amount
        differ = len(set(amounts)) > 1
        axes = []
        for (name, letter, sub), size, (before, after) in zip(spatial, x.spatial, amounts, strict=True):
            n = symbol(f"{letter}_in", size, f"input {name}", incoming=True)
            if before == after:
                axes.append(Axis(name, n + 2 * symbol(f"p{sub if differ else ''}", before, "padding on each side")))
            else:
                left = symbol(f"p_{name[0]}1", before, f"padding before ({name})")
                right = symbol(f"p_{name[0]}2", after, f"padding after ({name})")
                axes.append(Axis(name, n + left + right))
        return nothing_to_learn(
            x.arranged(axes, Axis("channels", as_formula(x.channels))),
            "the border is made of zeros; there is nothing in it to learn",
            "the border adds to both sides of every axis"
            if all(number(b) for b, _ in amounts)
            else "the border adds to the sides",
        )
