"""Pooling: a window, or the whole feature map, becomes one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from symparams.arguments import PADDING, SIZES, argument, switch
from symparams.errors import LayerError
from symparams.formula import Formula, as_formula, product
from symparams.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Rules,
    Work,
    nothing_to_learn,
    spatial_axes,
    symbol,
)
from symparams.layers.window import Window


@dataclass(frozen=True, slots=True)
class MaxPooling(Layer):
    """Keeps the largest number of each window: ⌊(n + 2p - k)/s⌋ + 1 along every axis, no parameters.

    The stride is the size of the window unless given. PyTorch can round up (`ceil`): a last window that would start in
    the padding on the right is left out.
    """

    size: tuple[Formula, ...] = argument(SIZES, "window size", (as_formula(2),))
    stride: tuple[Formula, ...] | None = argument(
        SIZES, "stride: how far the window moves; as far as its size if not given", None, short="s", keyword=True
    )
    padding: str | tuple[Formula, ...] = argument(PADDING, "padding: on both sides", "valid", short="p", keyword=True)
    ceil: bool = argument(switch("ceil"), "whether sizes are rounded up (PyTorch)", False, keyword=True)

    names: ClassVar[tuple[str, ...]] = (
        "maxpool", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D",
    )  # fmt: skip
    title: ClassVar[str] = "Max pooling"
    example: ClassVar[str] = "input(24, 24, 63) -> maxpool(2)"
    does: ClassVar[str] = "picks the largest number of each window"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if self.ceil and x.convention == "keras":
            raise LayerError(
                "Keras pooling never rounds up; same padding gives ceil(n / s), or choose convention torch"
            )
        if isinstance(self.padding, str) and self.padding != "valid" and x.convention == "torch":
            raise LayerError(f"PyTorch pools with a number as padding, not {self.padding}")
        window = self._window(x)
        return nothing_to_learn(
            x.arranged(window.axes(), Axis("channels", as_formula(x.channels))),
            f"pooling only {self.does}; there is nothing in it to learn",
            f"{window.reason()}; each channel is pooled by itself, so the channels stay",
            requires=window.requires(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=(product(self._window(arriving[0]).sizes()) - 1) * out.numbers())

    def reach(self, *arriving: Incoming) -> tuple[Reach, ...]:
        return self._window(arriving[0]).reach()

    def _window(self, x: Incoming) -> Window:
        return Window(x, self.size, self.stride, self.padding, up=self.ceil, word="window")


@dataclass(frozen=True, slots=True)
class AveragePooling(MaxPooling):
    """Averages each window: ⌊(n + 2p - k)/s⌋ + 1 along every axis, no parameters."""

    names: ClassVar = (
        "avgpool", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D",
    )  # fmt: skip
    title: ClassVar = "Average pooling"
    example: ClassVar = "input(28, 28, 6) -> avgpool(2)"
    does: ClassVar = "averages the numbers of each window"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sum over the window and one division, for each output number."""
        additions = (product(self._window(arriving[0]).sizes()) - 1) * out.numbers()
        return Work(additions=additions, multiplications=out.numbers())


@dataclass(frozen=True, slots=True)
class GlobalAveragePooling(Layer):
    """Averages each channel over all positions: C numbers remain, no parameters."""

    keepdims: bool = argument(switch("keepdims"), "whether the spatial axes stay, with size 1", False, keyword=True)

    names: ClassVar[tuple[str, ...]] = (
        "globalavgpool", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
        "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "gap",
    )  # fmt: skip
    title: ClassVar[str] = "Global average pooling"
    example: ClassVar[str] = "input(7, 7, 2048) -> globalavgpool"
    does: ClassVar[str] = "averages each channel"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial = spatial_axes(x)
        channels = Axis("channels" if self.keepdims else "features", as_formula(x.channels))
        ones = [Axis(name, as_formula(1)) for name, _, _ in spatial]
        return nothing_to_learn(
            x.arranged(ones, channels) if self.keepdims else (channels,),
            f"pooling only {self.does}; there is nothing in it to learn",
            "each channel shrinks to one number, however large it was",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sum over all places and one division, for each channel."""
        return Work(additions=_others(arriving[0]), multiplications=out.numbers())

    def reach(self, *arriving: Incoming) -> tuple[Reach, ...] | Literal["everywhere"]:
        return EVERYWHERE


def _others(x: Incoming) -> Formula:
    """What one number for each channel takes: an operation for every further place."""
    places = [
        symbol(f"{letter}_in", size, f"input {name}", incoming=True)
        for (name, letter, _), size in zip(spatial_axes(x), x.spatial, strict=True)
    ]
    return (product(places) - 1) * x.C_in()


@dataclass(frozen=True, slots=True)
class GlobalMaxPooling(GlobalAveragePooling):
    """Keeps the largest number of each channel: C numbers remain, no parameters."""

    names: ClassVar = (
        "globalmaxpool", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
        "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "gmp",
    )  # fmt: skip
    title: ClassVar = "Global max pooling"
    example: ClassVar = "input(7, 7, 2048) -> globalmaxpool"
    does: ClassVar = "picks the largest number of each channel"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(comparisons=_others(arriving[0]))
