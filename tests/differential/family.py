"""What a family file says: how texts of its layers are drawn, and how the frameworks build them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import strategies as st

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.model.layer import Layer

Sizes: TypeAlias = "tuple[int, ...]"  # a shape without the batch axis
Draw: TypeAlias = st.DrawFn
WrittenQuestion: TypeAlias = "set[tuple[Layer, str]]"  # which arguments of which layer a builder has read

# The number of axes (without the batch) of what a layer takes. In Keras a sequence is (T, features); in PyTorch it is
# (C, L) for convolution and pooling and (T, features) for the layers of language: both have two axes.
VECTORS, SEQUENCES, IMAGES, VOLUMES = 1, 2, 3, 4
SPATIAL = (SEQUENCES, IMAGES, VOLUMES)
ANY = (VECTORS, SEQUENCES, IMAGES, VOLUMES)
BOTH = ("keras", "torch")


class RefusedError(Exception):
    """Raised by a builder where the framework has no such thing: counts as a refusal by the framework."""


class NoEquivalentError(Exception):
    """Raised by a builder where the framework's own layer means something else: the layer is left uncompared."""


@dataclass(frozen=True)
class Point:
    """A named place of the network, with what made it."""

    name: str
    shape: Sizes
    arrived: Sizes | None  # the shape that arrived at the layer; None if it cannot be shared
    text: str  # the layer


@dataclass(frozen=True)
class Arriving:
    """What arrives where a layer is to be written."""

    shape: Sizes
    convention: str  # keras or torch
    points: tuple[Point, ...] = ()  # named places before this one, for memory=@name

    @property
    def rank(self) -> int:
        """The number of spatial axes: 2 for images."""
        return len(self.shape) - 1

    @property
    def keras(self) -> bool:
        return self.convention == "keras"

    @property
    def channels(self) -> int:
        return self.shape[-1] if self.keras else self.shape[0]

    @property
    def features(self) -> int:
        """The last axis: the features for layers of language in both conventions."""
        return self.shape[-1]

    @property
    def spatial(self) -> Sizes:
        return self.shape[:-1] if self.keras else self.shape[1:]

    def with_points(self, *ranks: int) -> list[Point]:
        """The named places whose shape has so many axes."""
        return [p for p in self.points if len(p.shape) in ranks]


@dataclass
class Built:
    """A layer as a framework has it: its parts, which own the parameters, and how they are called together."""

    parts: Sequence[Any]  # Keras layers, or torch modules
    call: Callable[..., Any]
    asked: WrittenQuestion = field(default_factory=set)  # filled while it is built, and called for the first time


Builder: TypeAlias = "Callable[[Any, Sequence[Sizes]], Any]"  # (layer, arriving shapes) -> Built, layer or module
Drawn: TypeAlias = "Callable[[Draw, Arriving], str]"


@dataclass(frozen=True)
class Writer:
    """A function that draws the text of a layer, and what it can be drawn for."""

    name: str
    draw: Drawn
    axes: tuple[int, ...]
    conventions: tuple[str, ...]
    merges: bool
    weight: int


@dataclass
class Family:
    """The layers of one file."""

    name: str
    writers: list[Writer] = field(default_factory=list)
    keras_builders: dict[type[Layer], Builder] = field(default_factory=dict)
    torch_builders: dict[type[Layer], Builder] = field(default_factory=dict)
    uncounted: set[type[Layer]] = field(default_factory=set)  # multiply-accumulates not compared

    def layer(
        self,
        *,
        axes: tuple[int, ...] = ANY,
        conventions: tuple[str, ...] = BOTH,
        merges: bool = False,
        weight: int = 1,
    ) -> Callable[[Drawn], Drawn]:
        """A function (draw, arriving) -> text of a layer, for inputs of so many axes.

        With `merges` the text stands behind a fork: `{ … | … } -> add`. The weight says how often it is taken.
        """

        def register(drawn: Drawn) -> Drawn:
            self.writers.append(Writer(f"{self.name}.{drawn.__name__}", drawn, axes, conventions, merges, weight))
            return drawn

        return register

    def keras(self, *layers: type[Layer]) -> Callable[[Builder], Builder]:
        """A function (layer, arriving shapes) -> a Keras layer, or Built."""

        def register(builder: Builder) -> Builder:
            self.keras_builders.update(dict.fromkeys(layers, builder))
            return builder

        return register

    def torch(self, *layers: type[Layer], macs: bool = True) -> Callable[[Builder], Builder]:
        """A function (layer, arriving shapes) -> a torch module, or Built; it stands on the meta device.

        `macs=False`: PyTorch's counter counts something else, so multiply-accumulates are not compared.
        """

        def register(builder: Builder) -> Builder:
            self.torch_builders.update(dict.fromkeys(layers, builder))
            if not macs:
                self.uncounted.update(layers)
            return builder

        return register


# ---------------------------------------------------------------- for builders


class Watched:
    """A layer as builders get it: it notes which arguments are read, of the layers inside of it as well."""

    def __init__(self, layer: Layer, asked: WrittenQuestion) -> None:
        self._layer = layer
        self._asked = asked
        self._names = {f.name for f in dataclasses.fields(layer)}

    @property
    def __class__(self) -> Any:  # what isinstance looks at
        return type(self._layer)

    @__class__.setter
    def __class__(self, value: object) -> None:
        raise TypeError(value)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._layer, name)
        if name in self._names:
            self._asked.add((self._layer, name))
        return self._watched(value)

    def _watched(self, value: Any) -> Any:
        if isinstance(value, Layer):
            return Watched(value, self._asked)
        if isinstance(value, tuple) and any(isinstance(one, Layer) for one in value):
            return tuple(map(self._watched, value))
        return value


class Plain:
    """The arguments of a layer as Python numbers, tuples and words."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def __getattr__(self, name: str) -> Any:
        return _plain(getattr(self._layer, name))


def _plain(value: Any) -> Any:
    if isinstance(value, Formula):
        return number(value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value


def plain(layer: Any) -> Plain:
    """The layer, its arguments as Python numbers, tuples and words."""
    return Plain(layer)


def spread(sizes: Sizes, rank: int) -> Sizes:
    """One size for every axis."""
    return sizes * rank if len(sizes) == 1 else sizes


def border(amount: Sequence[tuple[int, int]], rank: int) -> tuple[tuple[int, int], ...]:
    """Before and after on every axis; along one axis (1, 2) is both."""
    if rank == 1 and len(amount) == 2:
        return ((amount[0][0], amount[1][0]),)
    if rank == 0 or len(amount) not in (1, rank):
        raise RefusedError("as many amounts as axes")
    return tuple(amount) * rank if len(amount) == 1 else tuple(amount)


def last_axis_first(amount: Sequence[tuple[int, int]], rank: int) -> Sizes:
    """A border as PyTorch writes it: left, right, top, bottom."""
    if len(amount) == 2 * rank > 2:
        return tuple(before for before, _ in amount)
    return tuple(side for pair in reversed(border(amount, rank)) for side in pair)


def of_rank(module: Any, name: str, rank: int) -> Any:
    """The class for so many spatial axes: of_rank(nn, "Conv{}d", 2); RefusedError if there is none."""
    found = getattr(module, name.format(rank), None)
    if found is None:
        raise RefusedError(f"there is no {name.format(rank)}")
    return found


def without_batch(axes: Sequence[int], arrived: Sizes) -> None:
    """-3 of (H, W) is the batch to a framework; no layer of ours reaches it."""
    if any(i < -len(arrived) for i in axes):
        raise RefusedError("this would be the batch axis")


def chained(*parts: Any) -> Built:
    """Layers or modules one behind the other."""

    def call(x: Any) -> Any:
        for part in parts:
            x = part(x)
        return x

    return Built(parts, call)


def function(call: Callable[..., Any]) -> Built:
    """Something without parameters."""
    return Built((), call)


def not_empty(call: Any, *parts: Any) -> Built:
    """An output without numbers, which real tensors refuse or which nothing can be done with, is a refusal."""

    def checked(x: Any) -> Any:
        out = call(x)
        if 0 in out.shape:
            raise RefusedError("the output would be empty")
        return out

    return Built(parts, checked)


def only_axes(arriving: Sequence[Sizes], axes: int) -> None:
    """PyTorch takes the batch axis for the channels where an axis is missing, and the channels for a batch."""
    if len(arriving[0]) != axes:
        raise RefusedError("that is another layer's input")


# ---------------------------------------------------------------- for writers


def maybe(draw: Draw, *texts: str) -> str:
    """One of the texts, or nothing (more often)."""
    return draw(st.sampled_from(["", "", *texts]))


def written(name: str, *arguments: object) -> str:
    """name(a, b, …); empty arguments are left out."""
    given = [str(a) for a in arguments if a != ""]
    return f"{name}({', '.join(given)})" if given else name


def size(draw: Draw, rank: int, most: int = 4, least: int = 1) -> str:
    """A size: 3, or one for each axis: (3, 2)."""
    one = st.integers(least, most)
    if rank > 1 and draw(st.booleans()):
        return f"({', '.join(str(draw(one)) for _ in range(rank))})"
    return str(draw(one))


def axis(draw: Draw, x: Arriving) -> int:
    """An axis, sometimes one too many."""
    return draw(st.sampled_from([i for i in range(-len(x.shape), len(x.shape) + 2) if i]))


def divisor(draw: Draw, number: int) -> int:
    """Mostly a number that divides."""
    return draw(st.sampled_from([*[d for d in range(1, number + 1) if number % d == 0][:6], 2]))
