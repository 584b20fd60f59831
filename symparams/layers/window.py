"""The size rule that convolution and pooling share: a window that slides over every spatial axis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, Function, Symbol, as_formula, ceil, floor, parts
from symparams.algebra.notation import size
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.sizes import known, per_axis, spatial_axes
from symparams.model.layer import Axis, Incoming, Reach, Requirement, Sight, symbol
from symparams.model.sentence import Text, say, together


def input_sizes(x: Incoming) -> tuple[Formula, ...]:
    """H_in, W_in: the sizes of the spatial axes that arrive."""
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
def _sizes(values: tuple[Formula, ...], axes: tuple[tuple[str, str, str], ...], what: str) -> tuple[Symbol, ...]:
    return tuple(
        symbol(f"k{sub}", value, f"{what} {name}" if sub else f"{what} size")
        for (name, _, sub), value in zip(axes, values, strict=True)
    )


def span(kernel: Formula, dilation: Formula) -> Formula:
    """How many places a kernel covers, from its first tap to its last."""
    return kernel if number(dilation) == 1 else dilation * (kernel - 1) + 1


@dataclass(frozen=True, slots=True)
class Window:
    """A window of size k that moves by s over an input padded by p, its taps d apart."""

    x: Incoming  # what it slides over
    kernel: tuple[Formula, ...]  # its size along each axis, or one size for all
    stride: tuple[Formula, ...] | None  # None: as large as the window
    padding: str | tuple[Formula, ...]  # same, valid, causal, or numbers
    dilation: tuple[Formula, ...] = (as_formula(1),)  # the distance between taps
    up: bool = False  # round up, as PyTorch's ceil_mode
    word: str = "kernel"  # what the window is called

    def sizes(self) -> tuple[Formula, ...]:
        """k_h, k_w … as symbols, one for each spatial axis."""
        axes = spatial_axes(self.x)
        values = per_axis(self.kernel, self.x, f"the {self.word}")
        return _sizes(values, axes, "kernel" if self.word == "kernel" else "window")

    def axes(self) -> tuple[Axis, ...]:
        """The output size of every spatial axis."""
        named = spatial_axes(self.x)
        kernel = self.sizes()
        strides = self.strides()
        dilations = self.dilations()
        paddings = self.paddings()
        self._check_padding(strides)
        result = []
        for i, (name, letter, _) in enumerate(named):
            n = symbol(f"{letter}_in", self.x.spatial[i], f"input {name}", incoming=True)
            k = span(kernel[i], dilations[i])
            result.append(Axis(name, self._size(n, k, strides[i], paddings[i] if paddings else None)))
        return tuple(result)

    def strides(self) -> tuple[Formula, ...]:
        """s for each spatial axis."""
        return settings("s", self.stride or self.kernel, self.x, "stride")

    def dilations(self) -> tuple[Formula, ...]:
        """d for each spatial axis."""
        return settings("d", self.dilation, self.x, "dilation")

    def paddings(self) -> tuple[Formula, ...]:
        """p for each spatial axis, where it is given in numbers."""
        return settings("p", self.padding_sizes, self.x, "padding") if self.padding_sizes else ()

    def _size(self, n: Formula, k: Formula, s: Formula, p: Formula | None) -> Formula:
        still = number(s) == 1
        if self.padding in ("same", "causal"):
            return n if still else ceil(n / s)
        reach = n + 2 * p - k if p is not None else n - k
        if still:
            return reach + 1
        if not self.up:
            return floor(reach / s) + 1
        rounded_up = ceil(reach / s) + 1
        padded = n + p if p is not None else n
        slack = number(k - s - (p if p is not None else 0))
        if slack is not None and slack >= 0:  # then the last window always starts inside the input
            return rounded_up
        return Function("min", (rounded_up, ceil(padded / s)))

    def _check_padding(self, strides: tuple[Formula, ...]) -> None:
        if self.padding == "causal" and len(strides) != 1:
            raise LayerError("causal padding is for sequences (one spatial axis) only")
        if self.padding == "causal" and self.x.convention == "torch":
            raise LayerError("PyTorch has no causal padding; put zeropad before the layer")
        if self.padding == "same" and self.x.convention == "torch" and any(number(s) != 1 for s in strides):
            raise LayerError("PyTorch has same padding for stride 1 only; give the padding as a number")

    def requires(self) -> tuple[Requirement, ...]:
        """The window must fit into the padded input."""
        if self.padding in ("same", "causal"):
            return ()
        dilations = self.dilations()
        paddings = self.paddings()
        strides = self.strides()
        result = []
        for i, (k, (name, letter, _)) in enumerate(zip(self.sizes(), spatial_axes(self.x), strict=True)):
            n = symbol(f"{letter}_in", self.x.spatial[i], f"input {name}", incoming=True)
            reach = span(k, dilations[i])
            padded = n + 2 * paddings[i] if paddings else n
            if self.up:  # the last window may reach over the end by less than a stride
                padded = padded + strides[i] - 1
            misfit = partial(self._misfit, letter, reach, i)
            result.append(Requirement(padded, ">=", reach, misfit))
            if paddings and self.word == "window" and self.x.convention == "torch":
                result.append(Requirement(k, ">=", 2 * paddings[i], partial(self._overpadded, i)))
        return tuple(result)

    def _overpadded(self, axis: int) -> str:
        window, pad = per_axis(self.kernel, self.x, "")[axis], per_axis(self.padding_sizes, self.x, "")[axis]
        sizes = [known(size) for size in (pad, window)]
        return f"padding {sizes[0]} is more than half of the window {sizes[1]}, which PyTorch does not pool with"

    @property
    def padding_sizes(self) -> tuple[Formula, ...]:
        """The padding, where it is given in numbers."""
        return self.padding if isinstance(self.padding, tuple) else ()

    def _misfit(self, letter: str, reach: Formula, axis: int) -> str:
        kernel = per_axis(self.kernel, self.x, "")
        pads = per_axis(self.padding_sizes, self.x, "") if self.padding_sizes else None
        needed = known(reach - 2 * pads[axis] if pads else reach)
        kind = "valid padding" if not pads else f"padding {_by(pads)}"
        still = number(per_axis(self.dilation, self.x, "")[axis]) == 1
        dilated = "" if still else f", dilated to {known(reach)},"
        arrived = _by(tuple(as_formula(v) for v in self.x.spatial))
        return f"a {_by(kernel)} {self.word}{dilated} does not fit into {arrived} ({kind} needs {letter} >= {needed})"

    def reach(self) -> Sight:
        """What a place of the output sees along each axis; same padding puts (k - 1)/2 before where the stride is 1."""
        strides = self.strides()
        dilations = self.dilations()
        paddings = self.paddings()
        result = []
        for i, k in enumerate(self.sizes()):
            reach = span(k, dilations[i])
            before = paddings[i] if paddings else self._before(i, reach, strides[i])
            result.append(Reach(reach, strides[i], before))
        return tuple(result)

    def _before(self, axis: int, reach: Formula, stride: Formula) -> Formula:
        """The padding before the first place that same, causal or valid padding puts there."""
        if self.padding == "valid":
            return ZERO
        if self.padding == "causal":
            return reach - 1
        if number(stride) == 1:
            return floor((reach - 1) / 2)
        n = as_formula(self.x.spatial[axis])
        padded = Function("max", ((ceil(n / stride) - 1) * stride + reach - n, ZERO))
        return floor(padded / 2)

    def reason(self) -> Text:
        """Why the size rule is as it is; with what comes out along the first axis where numbers are known."""
        s = self.strides()[0]
        still = all(number(one) == 1 for one in self.stride or self.kernel)
        if self.padding in ("same", "causal"):
            return self._padded_reason(s, still)
        inside = "the input" if self.padding == "valid" else "the padded input"
        over = ", and once more where only part of it does (rounded up)" if self.up else ""
        spread = "" if all(number(d) == 1 for d in self.dilation) else "a dilated kernel spans {span} positions; "
        fits = (
            f"{spread}the {self.word} starts at the edge and moves {{s positions}} at a time as long as it fits inside"
        )
        start = say(f"{fits} {inside}{over}", s=s, span=span(self.sizes()[0], self.dilations()[0]))
        return together(start, self._room(s, still) or "the + 1 counts its starting position")

    def _padded_reason(self, s: Formula, still: bool) -> Text:
        padded = "'same' padding" if self.padding == "same" else "causal padding"
        if still:
            return f"{padded} with stride 1 keeps the size, because the {self.word} is applied at every position"
        return say(
            f"with {padded} the {self.word} is applied at the first position and at every {{s}}th one after it, "
            "so only the stride makes the output smaller",
            s=s,
        )

    def _room(self, s: Formula, still: bool) -> Text:
        """How many steps there is room for, where a known number is rounded down."""
        axis = self.axes()[0].size
        inner = next((f for f in parts(axis) if isinstance(f, Function) and f.name == "floor"), None)
        room = None if inner is None else number(parts(inner)[0])
        if still or inner is None or room is None or room == int(room):
            return ""
        return say(
            "after its starting position there is room for {steps} whole steps, since {=room} is rounded down; "
            "the + 1 counts the starting position",
            room=parts(inner)[0],
            steps=inner,
        )


def _by(sizes: tuple[Formula, ...]) -> str:
    """3x5; with letters (H - k) × 5."""
    values = tuple(simplified(each) for each in sizes)
    known = all(isinstance(value, int) for value in values)
    return "x".join(map(str, values)) if known else size(values, PLAIN)
