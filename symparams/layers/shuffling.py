"""Layers that move values between channels and positions."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, product
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.sizes import equal, known, spatial_axes
from symparams.layers.sliding import ONE_EACH
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.window import Window
from symparams.model.arguments import COUNT, EXTRA, SIZES, argument
from symparams.model.citation import found_in
from symparams.model.framework import torch
from symparams.model.layer import (
    UNKNOWN,
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
from symparams.model.sentence import say, together
from symparams.model.work import Work


def _multiple(count: Formula, divisor: Formula, what: str) -> Requirement:
    def message() -> str:
        texts = [known(f) for f in (count, divisor)]
        return f"{what} must be a multiple of {texts[1]}, but is {texts[0]}"

    return Requirement(count, "multiple", divisor, message)


@layer_class
class PixelShuffle(Layer):
    """Turns channels into positions: r·r channels become a block of r x r pixels, (r·H, r·W) with C/r² channels."""

    factor: Formula = argument(COUNT, "factor: what height and width are multiplied by", told=True)

    names: ClassVar = ("pixelshuffle", "depthtospace", "DepthToSpace", "depth_to_space")
    calls: ClassVar = (torch("PixelShuffle", "upscale_factor:factor!"),)
    cited: ClassVar = found_in(shape="shi2016 §3.2")
    title: ClassVar = "Pixel shuffle"
    family: ClassVar = "Shape"
    example: ClassVar = "input(32, 32, 36) -> pixelshuffle(2)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        names = [name for name, _, _ in spatial_axes(x, (2,))]
        r = symbol("r", self.factor, "factor")
        axes = [Axis(name, n * r) for name, n in zip(names, input_sizes(x), strict=True)]
        return nothing_to_learn(
            x.arranged(axes, Axis("channels", x.C_in() / r**2)),
            "pixel shuffle only rearranges values",
            say("every group of {=square channels} becomes a {block} block of pixels", square=r**2, block=(r, r)),
            channels_are="channels",
            requires=(_multiple(x.C_in(), r**2, "the number of channels"),),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        r = symbol("r", self.factor, "factor")
        return tuple(Reach(ONE, ONE / r, ZERO, r) for _ in arriving[0].spatial)


@layer_class
class PixelUnshuffle(Layer):
    """Turns positions into channels: a block of r x r pixels becomes r·r channels, (H/r, W/r) with C·r² channels."""

    factor: Formula = argument(COUNT, "factor: what height and width are divided by", told=True)

    names: ClassVar = ("pixelunshuffle", "spacetodepth", "SpaceToDepth", "space_to_depth")
    calls: ClassVar = (torch("PixelUnshuffle", "downscale_factor:factor!"),)
    title: ClassVar = "Pixel unshuffle"
    family: ClassVar = "Shape"
    example: ClassVar = "input(64, 64, 9) -> pixelunshuffle(2)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        names = [name for name, _, _ in spatial_axes(x, (2,))]
        r = symbol("r", self.factor, "factor")
        sizes = input_sizes(x)
        return nothing_to_learn(
            x.arranged(
                [Axis(name, n / r) for name, n in zip(names, sizes, strict=True)], Axis("channels", x.C_in() * r**2)
            ),
            "pixel unshuffle only rearranges values",
            say("every {block} block of pixels becomes {=square channels}", square=r**2, block=(r, r)),
            channels_are="channels",
            requires=tuple(_multiple(n, r, f"the {name}") for name, n in zip(names, sizes, strict=True)),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        r = symbol("r", self.factor, "factor")
        return tuple(Reach(r, r, ZERO) for _ in arriving[0].spatial)


@layer_class
class ChannelShuffle(Layer):
    """Interleaves the channels of g groups: output = input in shape."""

    groups: Formula = argument(COUNT, "number of groups", told=True)

    names: ClassVar = ("channelshuffle", "ChannelShuffle")
    calls: ClassVar = (torch("ChannelShuffle", "groups!"),)
    cited: ClassVar = found_in(shape="zhang2018 §3.1")
    title: ClassVar = "Channel shuffle"
    family: ClassVar = "Shape"
    example: ClassVar = "input(28, 28, 240) -> channelshuffle(3)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) < 2:
            spatial_axes(x)  # refuses it
        g = symbol("g", self.groups, "groups")
        return nothing_to_learn(
            x.kept(),
            "channel shuffle only reorders the channels",
            "the channels are put in another order, so the shape stays the same",
            requires=(_multiple(x.C_in(), g, "the number of channels"),),
        )


@layer_class
class _Windows(Layer):
    """What copying windows and adding them up again have in common."""

    family: ClassVar = "Shape"

    stride: tuple[Formula, ...] = argument(
        SIZES, "stride: how far the kernel moves", ONE_EACH, short="s", keyword=True, told=True
    )
    padding: tuple[Formula, ...] = argument(
        EXTRA, "padding: positions on each side", (ZERO,), short="p", keyword=True, told=True
    )
    dilation: tuple[Formula, ...] = argument(
        SIZES, "dilation: the distance between neighboring weights", ONE_EACH, short="d", keyword=True, told=True
    )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN

    def window(self, image: Incoming, kernel: tuple[Formula, ...]) -> Window:
        """The kernel as it slides over an image."""
        padding = "valid" if all(number(p) == 0 for p in self.padding) else self.padding
        return Window(image, kernel, self.stride, padding, self.dilation)


@layer_class
class Unfold(_Windows):
    """Copies the windows of an image into columns: k_h·k_w·C values for each of H_out·W_out windows; no parameters.

    Along every axis there are ⌊(n + 2p - (d(k - 1) + 1))/s⌋ + 1 windows, as in a convolution.
    """

    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)

    names: ClassVar = ("unfold", "im2col")
    calls: ClassVar = (torch("Unfold", "kernel_size:kernel! dilation padding stride"),)
    title: ClassVar = "Unfold"
    example: ClassVar = "convention torch input(3, 32, 32) -> unfold(4, s=4)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial_axes(x, (2,))
        window = self.window(x, self.kernel)
        places = product(axis.size for axis in window.axes())
        values = product([*window.sizes(), x.C_in()])
        return nothing_to_learn(
            x.arranged([Axis("length", places)], Axis("channels", values)),
            "unfolding only copies the values of each window",
            together(
                window.reason(),
                say("Each window is one position of the output, with {values channels}", values=values),
                between=". ",
            ),
            channels_are="channels",
            requires=window.requires(),
        )


@layer_class
class Fold(_Windows):
    """Adds windows up to an image of the given size: C/(k_h·k_w) channels, no parameters.

    The input is as `unfold` gives it: one window at each position, as many as fit into the image.
    """

    size: tuple[Formula, ...] = argument(SIZES, "output size: height and width", told=True)
    kernel: tuple[Formula, ...] = argument(SIZES, "kernel size", told=True)

    names: ClassVar = ("fold", "col2im")
    calls: ClassVar = (torch("Fold", "output_size:size! kernel_size:kernel! dilation padding stride"),)
    title: ClassVar = "Fold"
    example: ClassVar = "convention torch input(48, 64) -> fold(32, 4, s=4)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial_axes(x, (1,))
        image = self._image(x)
        window = self.window(image, self.kernel)
        taps = product(window.sizes())
        L = symbol("L_in", x.spatial[0], "input length", incoming=True)
        sizes = zip(spatial_axes(image), image.spatial, strict=True)
        return nothing_to_learn(
            image.arranged(
                [Axis(name, symbol(f"{letter}_out", size, f"output {name}")) for (name, letter, _), size in sizes],
                Axis("channels", x.C_in() / taps),
            ),
            "folding only puts the windows in their places and adds values where they overlap",
            say(
                "the output size is given; every output channel takes {=taps values} of each window, which makes "
                "{left output channels}",
                taps=taps,
                left=x.C_in() / taps,
            ),
            channels_are="channels",
            requires=(
                _multiple(x.C_in(), taps, "the number of channels"),
                *window.requires(),
                *self._as_many(L, product(axis.size for axis in window.axes())),
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """An addition for each input value."""
        (x,) = arriving
        return Work(additions=x.C_in() * symbol("L_in", x.spatial[0], "input length", incoming=True))

    def _image(self, x: Incoming) -> Incoming:
        sizes = self.size * 2 if len(self.size) == 1 else self.size
        if len(sizes) != 2:
            raise LayerError(f"the output is an image with height and width, not with {len(sizes)} sizes")
        values = tuple(simplified(size) for size in sizes)
        return Incoming((1, *values) if x.convention == "torch" else (*values, 1), x.convention)

    def _as_many(self, L: Formula, windows: Formula) -> tuple[Requirement, ...]:
        """There is a position for every window, and no other."""

        def message() -> str:
            fit, arrive = (known(f) for f in (windows, L))
            return f"the length must be the number of windows in the output, which is {fit}, but is {arrive}"

        return equal(L, windows, message)
