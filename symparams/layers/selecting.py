"""Parts of a tensor, sums and means along its axes, and steps of which only the output is known: no parameters."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula
from symparams.errors import LayerError, listed
from symparams.layers.sizes import axes_of, axis_of, known, others_keep, sizes_of
from symparams.model.arguments import AXIS, COUNT, INTEGERS, POSITION, argument, choice, switch
from symparams.model.citation import found_in
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reading,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say, together
from symparams.model.work import Work


def _called(sizes: tuple[Formula, ...], x: Incoming) -> tuple[Axis, ...]:
    """Axes of these sizes, called as those of such a tensor are."""
    return tuple(map(Axis, Incoming(sizes, x.convention).axis_names(), sizes))


@layer_class
class Slice(Layer):
    """Takes a part of an axis: so many positions from the first one on, no parameters.

    Without a number of positions it takes a single one, and the axis disappears: `slice(1, -1)` is the last step of a
    sequence. Positions count from 0, and from -1 at the end, as in Python.
    """

    axis: int = argument(AXIS, "the axis to take from")
    start: Formula = argument(POSITION, "the first position that is taken")
    size: Formula | None = argument(COUNT, "positions: how many are taken; a single one if not given", None)

    names: ClassVar = ("slice",)
    cited: ClassVar = found_in(shape="keras keras.ops.slice; pytorch torch.narrow")
    title: ClassVar = "Slice"
    family: ClassVar = "Shape"
    example: ClassVar = "input(50, 32) -> lstm(64, sequences) -> slice(1, -1)"

    @property
    def reading(self) -> Reading:
        return "new" if self.size is None else "kept"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        place = axis_of(self.axis, x)
        name, n = x.axis_names()[place], sizes_of(x)[place]
        sizes = tuple(map(as_formula, x.shape))
        others = others_keep(len(sizes) - 1)
        self._check_end()
        if self.size is None:
            if len(sizes) == 1:
                raise LayerError(f"takes one position of {x}, which leaves no axis; slice(1, 0, 1) keeps one")
            output = _called((*sizes[:place], *sizes[place + 1 :]), x)
            taken = say(f"one position of the {name} is taken, so that axis disappears{others}")
        else:
            m = symbol("m", self.size, "positions taken")
            output = tuple(
                Axis(a, m if i == place else s) for i, (a, s) in enumerate(zip(x.axis_names(), sizes, strict=True))
            )
            taken = say(f"{{m positions}} of the {name} are taken{others}", m=m)
        return nothing_to_learn(
            output,
            "taking a part of the values needs no weights",
            taken,
            channels_are="channels" if self.size is None or place == x.channel_axis else None,
            requires=self._requires(n, name),
        )

    def _check_end(self) -> None:
        """Raise LayerError for positions behind the end."""
        first, width = number(self.start), None if self.size is None else number(self.size)
        if first is not None and width is not None and first < 0 < first + width:
            raise LayerError(f"takes {width} positions from {first} on, where there are only {-first}")

    def _requires(self, n: Formula, name: str) -> tuple[Requirement, ...]:
        """The part lies within the axis."""
        first = number(self.start)
        width = as_formula(1) if self.size is None else self.size
        end = width if first is not None and first < 0 else self.start + width

        def message() -> str:
            return f"there are no positions up to {known(end)} in the {name}, which is {known(n)}"

        return (Requirement(n, ">=", end, message),)

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN  # the values stay the same, at other positions


_DOES = {
    "averaged": "the mean",
    "summed": "the sum",
    "largest": "the largest value",
    "smallest": "the smallest value",
}


@layer_class
class Reduce(Layer):
    """Takes the mean, the sum, the largest or the smallest value along some axes, which disappear: no parameters."""

    axes: tuple[int, ...] = argument(
        INTEGERS, "the axes along which it goes; 1 is the first, -1 the last", variadic=True
    )
    by: str = argument(choice(*_DOES), "what is taken of the values", "averaged", keyword=True)
    keepdims: bool = argument(switch("keepdims"), "whether the axes stay, with size 1", False, keyword=True)

    names: ClassVar = ("reduce",)
    cited: ClassVar = found_in(shape="keras keras.ops.mean; pytorch torch.mean")
    title: ClassVar = "Mean, sum or largest value"
    family: ClassVar = "Shape"
    example: ClassVar = "input(50, 64) -> reduce(1)"

    @property
    def heading(self) -> str:
        return _DOES[self.by].removeprefix("the ").capitalize()

    @property
    def reading(self) -> Reading:
        return "kept" if self.keepdims else "new"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        places = axes_of(self.axes, x)
        names = [x.axis_names()[place] for place in places]
        sizes = tuple(map(as_formula, x.shape))
        if self.keepdims:
            kept = tuple(as_formula(1) if i in places else s for i, s in enumerate(sizes))
            output = tuple(map(Axis, x.axis_names(), kept))
        else:
            output = _called(tuple(s for i, s in enumerate(sizes) if i not in places) or (as_formula(1),), x)
        along = f"{_DOES[self.by]} is taken along the {listed(names)}"
        left = (
            "of which one value is left"
            if self.keepdims or len(places) == len(sizes)
            else f"which disappear{'s' if len(names) == 1 else ''}"
        )
        return nothing_to_learn(
            output,
            f"taking {_DOES[self.by]} needs no weights",
            together(f"{along}, {left}{others_keep(len(sizes) - len(places))}"),
            channels_are=None if self.keepdims and x.channel_axis not in places else "channels",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work()
