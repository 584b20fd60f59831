"""The letters of sizes along spatial axes: what comes in, kernels, strides and the like."""

from __future__ import annotations

from functools import lru_cache

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.layers.sizes import per_axis, spatial_axes
from symparams.model.layer import Axis, Incoming, symbol


def input_sizes(x: Incoming) -> tuple[Formula, ...]:
    """H_in, W_in: the sizes of the spatial axes of the input."""
    return tuple(
        symbol(f"{letter}_in", size, f"input {name}", incoming=True)
        for (name, letter, _), size in zip(spatial_axes(x), x.spatial, strict=True)
    )


def channels_kept(x: Incoming) -> Axis:
    """The channels of the output where they are those of the input."""
    return Axis(x.axis_names()[x.channel_axis], as_formula(x.channels))


def settings(
    letter: str, sizes: tuple[Formula, ...], x: Incoming, meaning: str, *, always: bool = False
) -> tuple[Symbol, ...]:
    """s for all axes, or s_h, s_w where they differ; `always` with the subscript of the axis."""
    values, axes = per_axis(sizes, x, f"the {meaning}"), spatial_axes(x)
    return _settings(letter, values, axes, meaning, always)


@lru_cache(1024)
def _settings(
    letter: str, values: tuple[Formula, ...], axes: tuple[tuple[str, str, str], ...], meaning: str, always: bool
) -> tuple[Symbol, ...]:
    apart = always or len(set(values)) > 1
    return tuple(
        symbol(letter + (sub if apart else ""), value, f"{meaning} {name}" if always and sub else meaning)
        for (name, _, sub), value in zip(axes, values, strict=True)
    )


@lru_cache(1024)
def kernel_sizes(values: tuple[Formula, ...], axes: tuple[tuple[str, str, str], ...], what: str) -> tuple[Symbol, ...]:
    """k_h, k_w … for all axes; k where there is only one."""
    return tuple(
        symbol(f"k{sub}", value, f"{what} {name}" if sub else f"{what} size")
        for (name, _, sub), value in zip(axes, values, strict=True)
    )


def span(kernel: Formula, dilation: Formula) -> Formula:
    """How many positions a kernel covers, from its first weight to its last."""
    return kernel if number(dilation) == 1 else dilation * (kernel - 1) + 1
