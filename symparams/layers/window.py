"""The size rule that convolution and pooling share: a window that slides over every spatial axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

from symparams.algebra.equality import collected
from symparams.algebra.evaluation import Exact, number
from symparams.algebra.formula import ZERO, Formula, Function, Number, as_formula, ceil, floor, parts
from symparams.algebra.notation import size
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.sizes import Slots, by_axis, known, per_axis, spatial_axes
from symparams.layers.spatial_letters import input_sizes, kernel_sizes, settings, span
from symparams.model.layer import Axis, Incoming, Reach, Requirement, Sight, symbol
from symparams.model.padded import Padded
from symparams.model.sentence import Text, here_only, say, together

_STARTS = 4  # of fewer positions it needs not to be said where each starts


@dataclass(frozen=True, slots=True)
class Window:
    """A window of size k that moves by s over an input padded by p, its weights d apart."""

    x: Incoming  # what it slides over
    kernel: tuple[Formula, ...]  # its size along each axis, or one size for all
    stride: tuple[Formula, ...] | None  # None: as large as the window
    padding: str | tuple[Formula, ...]  # same, valid, causal, or numbers
    dilation: tuple[Formula, ...] = (as_formula(1),)  # the distance between neighboring weights
    up: bool = False  # round up, as PyTorch's ceil_mode
    word: str = "kernel"  # what the window is called

    def sizes(self) -> tuple[Formula, ...]:
        """k_h, k_w … as symbols, one for each spatial axis."""
        axes = spatial_axes(self.x)
        values = per_axis(self.kernel, self.x, f"the {self.word}")
        return kernel_sizes(values, axes, "kernel" if self.word == "kernel" else "window")

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
            size = self._size(n, k, strides[i], paddings[i] if paddings else None)
            result.append(Axis(name, size, general=ceil(n / strides[i]) if size is n else None))
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
        """What an output value sees along each axis; same padding puts (k - 1)/2 before where the stride is 1."""
        strides = self.strides()
        dilations = self.dilations()
        paddings = self.paddings()
        result = []
        for i, k in enumerate(self.sizes()):
            reach = span(k, dilations[i])
            before = paddings[i] if paddings else self._before(i, k, dilations[i], strides[i])
            result.append(Reach(reach, strides[i], before))
        return tuple(result)

    def _before(self, axis: int, kernel: Formula, dilation: Formula, stride: Formula) -> Formula:
        """The padding before the first position that same, causal or valid padding puts there."""
        if self.padding == "valid":
            return ZERO
        if self.padding == "causal":
            return span(kernel, dilation) - 1
        if number(stride) == 1:
            return floor((span(kernel, dilation) - 1) / 2)
        return floor(_to_keep(as_formula(self.x.spatial[axis]), kernel, dilation, stride) / 2)

    def padded(self) -> tuple[Padded, ...]:
        """How many positions are added along each axis."""
        if self.padding == "valid":
            return ()
        axes, paddings, strides = spatial_axes(self.x), self.paddings(), self.strides()
        sides = list(zip(self.sizes(), self.dilations(), strict=True))
        if paddings:
            return tuple(Padded(name, p, p) for (name, _, _), p in zip(axes, paddings, strict=True))
        if self.padding == "causal":
            return tuple(Padded(name, _further(k, d), ZERO) for (name, _, _), (k, d) in zip(axes, sides, strict=True))
        each = zip(axes, input_sizes(self.x), sides, strides, strict=True)
        return tuple(_halves(name, _to_keep(n, k, d, s)) for (name, _, _), n, (k, d), s in each)

    def reason(self) -> Text:
        """Why the size rule is as it is, with what comes out where numbers are known."""
        if self.padding == "same":
            return self._same()
        if self.padding == "causal":
            return self._causal()
        spread = self._spread()
        return together(spread, self._slides("It" if spread else f"the {self.word}"), self._steps(), between=". ")

    def _along(self, text: str, values: Iterable[Slots]) -> Text:
        """The same said of each axis for which there is something to put in."""
        names = (name for name, _, _ in spatial_axes(self.x))
        return by_axis((name, text if slots else "", slots) for name, slots in zip(names, values, strict=True))

    def _spread(self) -> Text:
        """What a dilation does."""
        if all(number(d) == 1 for d in self.dilation):
            return ""
        spans = ({"span": span(k, d)} for k, d in zip(self.sizes(), self.dilations(), strict=True))
        return together(
            f"the dilated {self.word} spans", self._along("{=span positions} along {axes}", spans), between=" "
        )

    def _slides(self, subject: str) -> Text:
        """How it moves."""
        padded = any(number(p) != 0 for p in self.padding_sizes)
        pads: list[Slots] = [{} if number(p) == 0 else {"p": p} for p in self.paddings()]
        strides = self.strides()
        still = all(number(s) == 1 for s in strides)
        again: Text = ""
        if self.up:
            inside = " that starts inside the input" + (" or the padding before it" if padded else "")
            limited = any(_limited(axis.size) for axis in self.axes())
            again = say(
                f", and once more for a remaining part{inside if limited else ''} ({{@ceil}}=True)", ceil="ceil_mode"
            )
        rule = together(
            f"{subject} starts at the edge of the input" + (", padded by " if padded else ""),
            self._along("{p positions} at each end of {axes}", pads) if padded else "",
            ", and moves " if padded else " and moves ",
            "one position at a time"
            if still
            else say("{s positions} at a time", s=strides[0])
            if len(set(strides)) == 1
            else self._along("{s positions} at a time along {axes}", ({"s": s} for s in strides)),
            ", as long as it fits inside",
            again,
            between="",
        )
        starts = self._starts()
        return here_only(rule, together(rule, starts, between="")) if starts else rule

    def _starts(self) -> Text:
        """Where it starts, as far as that is known and alike along all axes: 0, 2, 4 and so on up to 108."""
        counts, strides = {number(axis.size) for axis in self.axes()}, {number(s) for s in self.strides()}
        many, stride = (counts.pop(), strides.pop()) if len(counts) == len(strides) == 1 else (None, None)
        padded = any(number(p) != 0 for p in self.padding_sizes)
        if not isinstance(many, int) or not isinstance(stride, int) or many < _STARTS or stride < 2 or padded:
            return ""
        text = ": it starts at 0, {once}, {twice} and so on up to {last}"
        once, twice, last = (Number(n * stride) for n in (1, 2, many - 1))
        return say(text, once=once, twice=twice, last=last)

    def _steps(self) -> Text:
        """For how many steps there is room, along the first axis where that is rounded."""
        axes = self.axes()
        if any(number(s) == 0 for s in self.strides()):  # which the requirements of the layer refuse
            return ""
        every = [_steps(axis.size) for axis in axes]
        rooms = [None if steps is None else number(parts(steps)[0]) for steps in every]
        known = [i for i, room in enumerate(rooms) if room is not None]
        if not known:
            return "The + 1 counts its starting position"
        i = next((i for i in known if not isinstance(rooms[i], int)), known[0])
        steps = every[i]
        assert steps is not None
        where = "" if len(set(rooms)) == 1 else f" along the {axes[i].name}"
        room = f"After the starting position there is room for {{=room steps}}{where}"
        if not isinstance(rooms[i], int):
            whole = "so for {steps whole steps}" if number(steps) else "so for no whole step"
            room += f", {'rounded up to {steps steps}' if self.up else whole}"
        left = self._left_over(rooms[i], i)
        rest = f", and {self._last(left, len(set(rooms)) == 1)} not covered" if left else ""
        text = f"{room}{rest}; the + 1 counts the starting position"
        return say(text, "The + 1 counts its starting position", room=parts(steps)[0], steps=steps, left=Number(left))

    def _last(self, left: int, alike: bool) -> str:
        """What no window covers, along all axes where they are alike: the last row and the last column are."""
        if alike and len(self.x.spatial) == 2:
            return "the last row and the last column are" if left == 1 else "the last {left} rows and columns are"
        return "the last position is" if left == 1 else "the last {left positions} are"

    def _left_over(self, room: Exact | None, axis: int) -> int:
        """How many input positions no window covers along an axis without padding."""
        stride = number(self.strides()[axis])
        if self.up or room is None or stride is None or any(number(p) != 0 for p in self.padding_sizes):
            return 0
        return int((room - int(room)) * stride)

    def _same(self) -> Text:
        """What "same" padding gives, and how much it adds where that is known."""
        n, strides, kernel, dilations = input_sizes(self.x), self.strides(), self.sizes(), self.dilations()
        if all(number(s) == 1 for s in strides):
            return _kept(spatial_axes(self.x), kernel, dilations, self.word)
        every = (
            say("{s input positions}", s=strides[0])
            if len(set(strides)) == 1
            else self._along("{s positions} along {axes}", ({} if number(s) == 1 else {"s": s} for s in strides))
        )
        rule = together("with 'same' padding there is one output value for every ", every, ", rounded up", between="")
        if any(number(size) is None for size in (*n, *strides, *kernel)):
            return rule
        totals = map(_to_keep, n, kernel, dilations, strides)
        added = self._along(_ADDED, map(_parted, totals))
        return here_only(rule, together(rule, together("the padding is ", added, between="") if added else _NOTHING))

    def _causal(self) -> Text:
        """The same of causal padding, which is all before the sequence."""
        (s,), (k,), (d,) = self.strides(), self.sizes(), self.dilations()
        total = _further(k, d)
        added: Text = "causal padding adds nothing, since the kernel has size 1"
        if number(total) != 0:
            added = say(
                "causal padding adds {=total positions} before the sequence and none after it, so no output value "
                "depends on later positions",
                total=total,
            )
        if number(s) == 1:
            return together(added, "with stride 1 the length stays the same")
        return together(added, say("there is one output value for every {s input positions}, rounded up", s=s))


_ADDED = "{=total positions} along {axes} ({before} before, {after} after)"
_NOTHING = "no padding is needed for that"


def _parted(total: Formula) -> Slots:
    """What is added in all, and how it is parted."""
    return {} if number(total) == 0 else {"total": total, "before": floor(total / 2), "after": ceil(total / 2)}


@lru_cache(1024)
def _kept(
    axes: tuple[tuple[str, str, str], ...], kernel: tuple[Formula, ...], dilations: tuple[Formula, ...], word: str
) -> Text:
    """Why "same" padding with stride 1 keeps the size."""
    kept = f"stride 1 the {word} is applied at every position, so the size stays the same"
    totals = map(_parted, map(_further, kernel, dilations))
    added = by_axis((name, _ADDED if slots else "", slots) for (name, _, _), slots in zip(axes, totals, strict=True))
    adds = together("'same' padding adds ", added, between="")
    return together(adds, f"With {kept}", between=". ") if added else f"with {kept}"


def _limited(size: Formula) -> bool:
    """Whether a size that is rounded up may be one less, since the last window must start inside the input."""
    return isinstance(size, Function) and size.name == "min"


def _steps(size: Formula) -> Function | None:
    """The number of steps in a size, rounded; None where nothing is rounded or the last step is left out."""
    rule = parts(size)[0] if _limited(size) else size
    if rule is not size and number(rule) != number(size):
        return None
    return next((f for f in parts(rule) if isinstance(f, Function)), None)


def _further(kernel: Formula, dilation: Formula) -> Formula:
    """How many positions a kernel covers besides its first tap: what padding adds to keep the size at stride 1."""
    return kernel - 1 if number(dilation) == 1 else dilation * (kernel - 1)


def _to_keep(n: Formula, kernel: Formula, dilation: Formula, stride: Formula) -> Formula:
    """The positions that same padding adds in all, so that there are ⌈n/s⌉ windows."""
    if number(stride) == 1:
        return _further(kernel, dilation)
    return Function("max", ((ceil(n / stride) - 1) * stride + span(kernel, dilation) - n, ZERO))


def _halves(axis: str, added: Formula) -> Padded:
    """Half of them before, rounded down, and the rest after."""
    p = symbol("p", collected(added), "positions added in all")
    return Padded(axis, floor(p / 2), ceil(p / 2), added)


def _by(sizes: tuple[Formula, ...]) -> str:
    """3x5; with letters (H - k) × 5."""
    values = tuple(simplified(each) for each in sizes)
    known = all(isinstance(value, int) for value in values)
    return "x".join(map(str, values)) if known else size(values, PLAIN)
