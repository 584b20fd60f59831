"""A tensor of any shape that is learned: by itself, or joined with the input."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Symbol
from symparams.errors import LayerError, listed, nearest
from symparams.layers.sizes import axis_of, equal, known, sizes_of
from symparams.model.arguments import AXIS, SIZES, argument, choice
from symparams.model.citation import found_in
from symparams.model.layer import (
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Reading,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import tensor
from symparams.model.work import Work

_PUT = {"prepend": "before", "append": "after"}
_DONE = {"add": "added to", "multiply": "multiplied by"}


@layer_class
class Param(Layer):
    """Learns numbers of any shape: n·d parameters for `param(n, d)`, the same for every example.

    Without a flag it starts a chain or a branch. After an arrow it needs one: `prepend` and `append` put the numbers
    before or after the input, along the first axis other than the channels or along `axis=`; `add` and `multiply` work
    element by element. There the last size is that of the channels, in PyTorch's order of images the first one; a size
    of 1 is repeated, and so is one that is not written. Letters are taken for sizes that are not repeated.
    """

    shape: tuple[Formula, ...] = argument(
        SIZES, "size: one for each axis, in the order of the convention", variadic=True
    )
    join: str | None = argument(
        choice(*_PUT, *_DONE), "what it does with its input; without it there must be none", None, keyword=True
    )
    axis: int | None = argument(
        AXIS,
        "the axis to put the numbers along; the first one other than the channels if not given",
        None,
        short="dim",
        keyword=True,
    )

    names: ClassVar = ("param",)
    cited: ClassVar = found_in(
        "keras keras.layers.Layer; pytorch torch.nn.Parameter",
    )
    title: ClassVar = "Learned tensor"
    example: ClassVar = "input(196, 768) -> param(1, 768, prepend) -> param(197, 768, add)"
    family: ClassVar = "Input and data"
    inputs: ClassVar = "optional"
    taking: ClassVar = "join"

    @property
    def reading(self) -> Reading:
        return "kept" if self.join else "new"

    def rules(self, *arriving: Incoming) -> Rules:
        if self.axis is not None and self.join not in _PUT:
            raise LayerError("axis= goes with prepend and append; elsewhere the sizes say where the numbers go")
        if arriving and self.join is None:
            flags = (*_PUT, *_DONE)
            misspelled = "".join(nearest(size.name, flags) for size in self.shape if isinstance(size, Symbol))
            raise LayerError(f"must say what it does with {arriving[0]}: {listed(flags, 'or')}{misspelled}")
        if self.join is None:
            return self._alone()
        if not arriving:
            raise LayerError(f"{self.join} needs an input; without a flag the numbers start a chain")
        return self._put(arriving[0]) if self.join in _PUT else self._joined(arriving[0])

    def _alone(self) -> Rules:
        sizes = self._sizes()
        output = tuple(Axis(f"axis {i + 1}", size) for i, size in enumerate(sizes))
        return self._rules(output, "the sizes are given", "channels" if len(sizes) > 1 else "features")

    def _rules(
        self,
        output: tuple[Axis, ...],
        shape_because: str,
        channels_are: str | None,
        requires: tuple[Requirement, ...] = (),
    ) -> Rules:
        sizes = self._sizes()
        return Rules(
            output=output,
            tensors=(tensor("keras", "param", outputs=sizes),),  # stored alike in both conventions
            because=self._numbers(),
            shape_because=shape_because,
            channels_are=channels_are,
            requires=requires,
            unit=Unit("vectors", sizes[0]) if len(sizes) == 2 and 1 not in map(number, sizes) else None,
        )

    def _numbers(self) -> Text:
        """What is learned."""
        sizes = self._sizes()
        long = [size for size in sizes if number(size) != 1] or [sizes[0]]
        kind = "tensor of {sizes} learned numbers"
        if self._is_one:
            kind = "single learned number"
        elif len(long) == 1:
            kind = "vector of {last} learned numbers"
        elif len(sizes) == 2:
            kind = "table of {first vectors} of {last} learned numbers each"
        general = "tensor of {sizes} learned numbers" if len(sizes) > 1 else "vector of {last} learned numbers"
        text = "the parameters are a {}, the same for every example"
        return say(text.format(kind), text.format(general), sizes=sizes, first=long[0], last=long[-1])

    @property
    def _is_one(self) -> bool:
        """Whether it is a single number."""
        return all(number(size) == 1 for size in self.shape)

    def _sizes(self) -> tuple[Symbol, ...]:
        """A symbol for each size: n numbers, n vectors of d numbers, or n_1, n_2 and so on."""
        if len(self.shape) == 1:
            return (symbol("n", self.shape[0], "learned numbers"),)
        if len(self.shape) == 2:
            n, d = self.shape
            return symbol("n", n, "learned vectors"), symbol("d", d, "length of a vector")
        return tuple(symbol(f"n_{i}", size, f"size of axis {i}") for i, size in enumerate(self.shape, 1))

    def _fitting(self, x: Incoming, axis: int, size: Symbol, further: str = "") -> tuple[Requirement, ...]:
        """The numbers are as many along an axis as the input has there."""
        arrived, name = sizes_of(x)[axis], _the(x.axis_names()[axis])
        text = f"has the size {{}} along {name}, but the input is {x}; {{}}{further} would fit"
        return equal(arrived, size, lambda: text.format(known(size), known(arrived)))

    # ------------------------------------------------------------ put before or after

    def _put(self, x: Incoming) -> Rules:
        """The numbers before or after the input, along one axis."""
        assert self.join is not None
        place, names, arrived, sizes = self._place(x), x.axis_names(), sizes_of(x), self._sizes()
        if len(sizes) != len(names):
            would = ["1" if i == place else known(size) for i, size in enumerate(arrived)]
            would += [self.join, *([f"axis={self.axis}"] if self.axis is not None else [])]
            raise LayerError(f"has {_axes(len(sizes))}, but the input is {x}; param({', '.join(would)}) would fit")
        name, output = names[place], list(x.kept())
        output[place] = Axis(name, arrived[place] + sizes[place])
        grow = "grow" if name in ("channels", "features") else "grows"
        rest = (
            ("", " and the other axis keeps its size")[len(names) > 1]
            if len(names) < 3
            else " and the other axes keep their sizes"
        )
        others = [self._fitting(x, i, size) for i, size in enumerate(sizes) if i != place]
        return self._rules(
            tuple(output),
            f"the learned {'number is' if self._is_one else 'numbers are'} placed {_PUT[self.join]} the input, "
            f"so {_the(name)} {grow}{rest}",
            name if place == x.channel_axis else None,
            sum(others, ()),
        )

    def _place(self, x: Incoming) -> int:
        """The axis along which the numbers are put."""
        if self.axis is not None:
            return axis_of(self.axis, x)
        if len(x.shape) == 1:
            raise LayerError(f"finds no axis other than the features in {x}; axis=1 would {self.join} to these")
        return 1 if x.channel_axis == 0 else 0

    # ------------------------------------------------------------ added or multiplied

    def _joined(self, x: Incoming) -> Rules:
        """The numbers added to the input or multiplied by it; what has size 1 along an axis is repeated."""
        assert self.join is not None
        first, names, output = self._first(x), x.axis_names(), list(x.kept())
        sizes = dict(enumerate(self._sizes(), first))
        grown, repeated = [], []
        requires: tuple[Requirement, ...] = ()
        for i, arrived in enumerate(x.shape):
            one = i not in sizes or number(sizes[i]) == 1
            if one and arrived != 1:
                repeated.append(_the(names[i]))
            elif not one and arrived == 1:
                grown.append(names[i])
                output[i] = Axis(names[i], sizes[i])
            elif not one:
                requires += self._fitting(x, i, sizes[i], " or 1")
        everywhere = f", repeated along {listed(repeated)}," if repeated else ""
        learned = f"number{everywhere} is" if self._is_one else f"numbers{everywhere} are"
        done = f"the learned {learned} {_DONE[self.join]} the input"
        grows = f"; the input is repeated along {listed([_the(name) for name in grown])}"
        channels = names[x.channel_axis]
        return self._rules(
            tuple(output),
            f"{done}{grows if grown else ', so its shape stays the same'}",
            channels if channels in grown else None,
            requires,
        )

    def _first(self, x: Incoming) -> int:
        """The axis of the input at which the first size stands."""
        behind = len(x.shape) - len(self.shape)
        if behind < 0:
            raise LayerError(f"has {_axes(len(self.shape))}, but the input is {x}; it cannot have more axes than that")
        return 0 if x.channel_axis == 0 else behind

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            additions=out.numbers() if self.join == "add" else ZERO,
            multiplications=out.numbers() if self.join == "multiply" else ZERO,
        )

    def reach(self, *arriving: Incoming) -> Sight:
        """Its own position, shifted by the numbers put before it."""
        if self.join != "prepend":
            return ()
        place, names = self._place(arriving[0]), arriving[0].axis_names()
        spatial = [i for i, name in enumerate(names) if name not in ("channels", "features")]
        if place not in spatial:
            return ()
        size = self._sizes()[place]
        return tuple(Reach(ONE, ONE, size if i == place else ZERO) for i in spatial)


def _the(axis: str) -> str:
    return axis if axis.startswith("axis ") else f"the {axis}"


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"
