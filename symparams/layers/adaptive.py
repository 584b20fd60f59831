"""Pooling to a given size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Function, Symbol, ceil, floor, product
from symparams.errors import LayerError
from symparams.layers.sizes import by_axis, known, per_axis, spatial_axes
from symparams.layers.spatial_letters import channels_kept, input_sizes
from symparams.model.arguments import FACTORS, KEPT_SIZES, SIZES, argument
from symparams.model.citation import found_in
from symparams.model.framework import keras, torch
from symparams.model.layer import (
    EVERYWHERE,
    OUTPUT_LETTERS,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import Text, together
from symparams.model.work import Work


@layer_class
class AdaptiveAveragePooling(Layer):
    """Averages windows chosen so that the output has the given size; no parameters.

    `keep` in place of a size leaves it as it is (PyTorch). For an output size of m, output i (from 0) averages the
    positions from ⌊i·n/m⌋ up to but not including ⌈(i + 1)·n/m⌉ of n: with m = 1 all of them. The work counts windows
    of ⌈n/m⌉ positions, exact where m divides n; elsewhere windows overlap and some are slightly larger.
    """

    size: tuple[Formula | None, ...] = argument(KEPT_SIZES, "output size: keep leaves it as it is", told=True)

    names: ClassVar[tuple[str, ...]] = (
        "adaptiveavgpool", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
        "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
            "output_size:size! -data_format",
        ),
        torch("AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d", "output_size:size!"),
    )
    title: ClassVar[str] = "Adaptive average pooling"
    family: ClassVar = "Pooling"
    example: ClassVar[str] = "input(13, 13, 256) -> adaptiveavgpool(6)"
    reads: ClassVar = "channels"
    does: ClassVar[str] = "adaptive average pooling only averages the values of each window"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        names = [name for name, _, _ in spatial_axes(x)]
        kept = None in self.size
        if kept and (x.convention == "keras" or len(names) == 1):
            where = "Keras" if x.convention == "keras" else "PyTorch along a single axis"
            raise LayerError(f"{where} needs every output size; write the size in place of keep")
        return nothing_to_learn(
            x.arranged([Axis(name, size) for name, size in zip(names, self._sizes(x), strict=True)], channels_kept(x)),
            self.does,
            self._windows(x, names),
        )

    def _windows(self, x: Incoming, names: Sequence[str]) -> Text:
        cases = [_windows(*case) for case in zip(names, input_sizes(x), self._sizes(x), strict=True)]
        return together(
            "the output size is given, and the windows follow from it: ",
            by_axis(cases),
            between="",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sum over the window and one division, for each output value."""
        return Work(additions=self._others(out, arriving[0]), multiplications=out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        """The widest window; it is ⌈n/m⌉, and one more unless the remainder of n/m divides m."""
        (x,) = arriving
        sizes = self._sizes(x)
        if all(number(m) == 1 for m in sizes):
            return EVERYWHERE
        reaches = []
        for n, m in zip(input_sizes(x), sizes, strict=True):
            rest = Function("mod", (n, m))
            wider = Function("min", (Function("mod", (m, Function("max", (rest, ONE)))), ONE))
            reaches.append(Reach(ceil(n / m) + wider, n / m, ZERO))
        return tuple(reaches)

    def _sizes(self, x: Incoming) -> tuple[Formula, ...]:
        """The output sizes; an input size where it is kept."""
        wanted = per_axis(tuple(ZERO if m is None else m for m in self.size), x, "the output size")
        return tuple(n if number(m) == 0 else m for n, m in zip(input_sizes(x), wanted, strict=True))

    def _window(self, out: Outgoing, x: Incoming) -> Formula:
        return product(ceil(n / m) for n, m in zip(input_sizes(x), out.spatial(), strict=True))

    def _others(self, out: Outgoing, x: Incoming) -> Formula:
        return (self._window(out, x) - 1) * out.numbers()

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return self._window(out, arriving[0]) * out.numbers()


_WINDOW = "window number {.i}, counted from 0, starts at position {.start} and ends before position {.end} along {axes}"


def _windows(name: str, n: Formula, m: Formula) -> tuple[str, str, dict[str, Formula]]:
    """What is said of the windows along an axis."""
    places, windows = number(n), number(m)
    if n is m:
        return name, "every position of {axes} is kept", {}
    if places == 1:
        return name, "every window covers the only position of {axes}", {}
    if windows == 1:
        return name, "one window covers all {n positions} of {axes}", {"n": n}
    m = symbol(OUTPUT_LETTERS[name], m, f"output {name}")
    if isinstance(places, int) and isinstance(windows, int) and places % windows == 0:
        return name, "{m windows} of {=length positions} each lie side by side along {axes}", {"m": m, "length": n / m}
    i = Symbol("i", None, "")
    return name, _WINDOW, {"i": i, "start": floor(i * n / m), "end": ceil((i + 1) * n / m)}


@layer_class
class AdaptiveMaxPooling(AdaptiveAveragePooling):
    """Takes the largest value of windows chosen so that the output has the given size; no parameters.

    The windows are those of adaptive average pooling.
    """

    names: ClassVar = (
        "adaptivemaxpool", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
        "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d",
    )  # fmt: skip
    calls: ClassVar = (
        keras("AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D", "output_size:size! -data_format"),
        torch("AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d", "output_size:size! -return_indices"),
    )
    title: ClassVar = "Adaptive max pooling"
    example: ClassVar = "input(13, 13, 256) -> adaptivemaxpool(6)"
    does: ClassVar = "adaptive max pooling only takes the largest value of each window"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=self._others(out, arriving[0]))


@layer_class
class FractionalMaxPooling(Layer):
    """Takes the largest value of windows at random distances: a given output size, or ⌊n·r⌋ for a ratio r.

    The windows have one size k; for an output size of m along an axis n must be at least m + k - 1, over three axes at
    least m + k. No parameters. A layer of PyTorch.
    """

    kernel: tuple[Formula, ...] = argument(SIZES, "window size", told=True)
    size: tuple[Formula, ...] | None = argument(SIZES, "output size", None, told=True)
    ratio: tuple[Formula, ...] | None = argument(
        FACTORS, "ratio: output size over input size, below 1", None, keyword=True
    )

    names: ClassVar = ("fractionalmaxpool", "FractionalMaxPool2d", "FractionalMaxPool3d")
    calls: ClassVar = (
        torch(
            "FractionalMaxPool2d FractionalMaxPool3d",
            "kernel_size:kernel! output_size:size output_ratio:ratio -return_indices -_random_samples",
        ),
    )
    cited: ClassVar = found_in(shape="graham2014; documentation")
    title: ClassVar = "Fractional max pooling"
    family: ClassVar = "Pooling"
    example: ClassVar = "input(50, 32, 16) -> fractionalmaxpool(3, ratio=0.5)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        names = [name for name, _, _ in spatial_axes(x, (2, 3))]
        sizes = self._sizes(x)
        least = [m + k - 1 if len(names) == 2 else m + k for m, k in zip(sizes, self._kernel(x), strict=True)]
        return nothing_to_learn(
            x.arranged([Axis(name, size) for name, size in zip(names, sizes, strict=True)], channels_kept(x)),
            "fractional max pooling only takes the largest value of each window",
            "the output size is given, and the windows are placed at random distances to match it"
            if self.size is not None
            else together("the input size is multiplied by ", by_axis(self._scaled(x)), ", rounded down", between=""),
            requires=tuple(
                Requirement(n, ">=", needed, partial(_misfit, name, n, m, k, needed))
                for name, n, m, k, needed in zip(names, input_sizes(x), sizes, self._kernel(x), least, strict=True)
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=(product(self._kernel(arriving[0])) - 1) * out.numbers())

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return product((*out.sizes(), *self._kernel(arriving[0])))

    def reach(self, *arriving: Incoming) -> Sight:
        """The distance between neighboring windows is n/m on average."""
        (x,) = arriving
        parts = zip(self._kernel(x), input_sizes(x), self._sizes(x), strict=True)
        return tuple(Reach(k, n / m, ZERO) for k, n, m in parts)

    def _kernel(self, x: Incoming) -> tuple[Formula, ...]:
        values = per_axis(self.kernel, x, "the window")
        return tuple(
            symbol(f"k{sub}", value, f"window {name}")
            for (name, _, sub), value in zip(spatial_axes(x), values, strict=True)
        )

    def _sizes(self, x: Incoming) -> tuple[Formula, ...]:
        if (self.size is None) == (self.ratio is None):
            raise LayerError("takes an output size or a ratio" + (", not both" if self.size is not None else ""))
        if self.size is not None:
            return per_axis(self.size, x, "the output size")
        assert self.ratio is not None
        ratios = per_axis(self.ratio, x, "the ratio")
        if any((number(r) or 0) >= 1 for r in ratios):
            raise LayerError("the ratio must be below 1")
        return tuple(floor(n * r) for n, r in zip(input_sizes(x), self._ratios(x), strict=True))

    def _ratios(self, x: Incoming) -> tuple[Formula, ...]:
        ratios = per_axis(self.ratio or (), x, "the ratio")
        apart = len(set(ratios)) > 1
        return tuple(
            symbol(f"r{sub if apart else ''}", r, "ratio")
            for (_, _, sub), r in zip(spatial_axes(x), ratios, strict=True)
        )

    def _scaled(self, x: Incoming) -> Iterator[tuple[str, str, dict[str, Formula]]]:
        for (name, _, _), r in zip(spatial_axes(x), self._ratios(x), strict=True):
            yield name, "{r} along {axes}", {"r": r}


def _misfit(name: str, n: Formula, m: Formula, k: Formula, needed: Formula) -> str:
    has, out, window, least = (known(f) for f in (n, m, k, needed))
    windows = "1 window" if out == "1" else f"{out} windows"
    return (
        f"{windows} of {window} need{'s' if out == '1' else ''} a {name} of at least {least}, but the input has {has}"
    )
