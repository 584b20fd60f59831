"""What a layer is: arguments, and one method that says everything about it for a given input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple, TypeAlias, TypeVar, dataclass_transform

from symparams.algebra.formula import ONE, ZERO, Formula, Symbol, Value, as_formula, product
from symparams.algebra.notation import size
from symparams.algebra.notations import PLAIN
from symparams.model.citation import Cited
from symparams.model.family import Family
from symparams.model.framework import FrameworkClass
from symparams.model.padded import Padded
from symparams.model.record import Record
from symparams.model.sentence import Text
from symparams.model.tensor import Convention, Tensor, parameter_rule
from symparams.model.work import Saved, Work

Inputs: TypeAlias = Literal["none", "one", "many", "some", "optional"]  # see Layer.inputs
Reading: TypeAlias = Literal["channels", "features", "kept", "new"]  # see Layer.reads
Shape: TypeAlias = "tuple[Value, ...]"  # sizes without the batch axis, in the order of the convention

# Spatial axes by how many there are: (name, letter of its size, subscript of its kernel size).
SPATIAL: dict[int, tuple[tuple[str, str, str], ...]] = {
    0: (),
    1: (("length", "L", ""),),
    2: (("height", "H", "_h"), ("width", "W", "_w")),
    3: (("depth", "D", "_d"), ("height", "H", "_h"), ("width", "W", "_w")),
}


def symbol(name: str, value: Value, meaning: str, *, incoming: bool = False) -> Symbol:
    """A symbol of a rule, bound to its value."""
    return Symbol(name, as_formula(value), meaning, incoming)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A tensor as it arrives at a layer."""

    shape: Shape  # in the order of the convention
    convention: Convention  # which decides where its channels stand
    # Of two axes in PyTorch: True for (positions, features), False for (channels, length), None if no layer has said.
    is_sequence: bool | None = None

    @property
    def channels_first(self) -> bool:
        """Whether the channels stand before the spatial axes."""
        return self.convention == "torch" and not self.is_sequence

    @property
    def spatial(self) -> Shape:
        """The sizes of the spatial axes: all but the channels."""
        return self.shape[1:] if self.channels_first and len(self.shape) > 1 else self.shape[:-1]

    @property
    def channels(self) -> Value:
        return self.shape[self.channel_axis]

    @property
    def channel_axis(self) -> int:
        return 0 if self.channels_first else len(self.shape) - 1

    def C_in(self) -> Symbol:
        """The number of channels that arrive, as a symbol of a rule."""
        return symbol("C_in", self.channels, "input channels", incoming=True)

    def sequence(self) -> Axis:
        """The axis of positions of a sequence (positions, features), which both conventions write alike."""
        return Axis("length", symbol("T", self.shape[0], "sequence length", incoming=True))

    def feature_names(self) -> tuple[str, ...]:
        """What each axis is called where the last one holds the features, as layers for sequences have it."""
        if self.convention == "keras" or self.is_sequence is False:
            return self.axis_names()
        before = tuple(name for name, _, _ in SPATIAL.get(len(self.shape) - 1, ()))
        return (*(before or tuple(f"axis {i + 1}" for i in range(len(self.shape) - 1))), "features")

    def axis_names(self) -> tuple[str, ...]:
        """What each axis is called; a tensor of one axis has features, one of more has channels."""
        if len(self.shape) == 1:
            return ("features",)
        spatial = tuple(name for name, _, _ in SPATIAL.get(len(self.shape) - 1, ()))
        if not spatial:
            return tuple(f"axis {i + 1}" for i in range(len(self.shape)))
        if self.is_sequence:
            return (*spatial, "features")
        return ("channels", *spatial) if self.channels_first else (*spatial, "channels")

    def kept(self) -> tuple[Axis, ...]:
        """Output axes that equal the input axes."""
        return tuple(map(Axis, self.axis_names(), map(as_formula, self.shape)))

    def kept_by_position(self) -> tuple[Axis, ...]:
        """The same behind a layer that works on the last axis: of two axes, that one has the features."""
        names = self.feature_names() if len(self.shape) == 2 else self.axis_names()
        return tuple(map(Axis, names, map(as_formula, self.shape)))

    @property
    def last_name(self) -> str:
        """What the last axis of a sequence is called."""
        return "channels" if self.convention == "keras" else "features"

    def arranged(self, spatial: Sequence[Axis], channels: Axis) -> tuple[Axis, ...]:
        """Output axes in the order of the convention."""
        return (channels, *spatial) if self.channels_first else (*spatial, channels)

    def __str__(self) -> str:
        return size(self.shape, PLAIN)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an output."""

    name: str  # height, width, channels …
    size: Formula  # its rule, in reading order
    each: str = ""  # of a size that is several times a symbol, where each of these is: "in each direction"
    general: Formula | None = None  # the rule for all settings, where these leave nothing to compute: ⌈H_in/s⌉


# What the output size along an axis is called.
OUTPUT_LETTERS = {
    "length": "L_out",
    "height": "H_out",
    "width": "W_out",
    "depth": "D_out",
    "steps": "T",
    "channels": "C_out",
    "features": "n_out",
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The output of a layer, its sizes known: what the rules for work and memory are written with."""

    axes: tuple[str, ...]  # what each axis is called
    shape: Shape  # in the order of the axes
    on_last_axis: bool = False  # whether the layer works on the last axis, whatever that is called

    def size(self, axis: str) -> Symbol:
        """The output size along an axis, as a symbol of a rule: H_out."""
        return symbol(OUTPUT_LETTERS.get(axis, "n_out"), self.shape[self.axes.index(axis)], f"output {axis}")

    def spatial(self) -> tuple[Symbol, ...]:
        """The output sizes of the spatial axes: H_out, W_out."""
        return tuple(self.size(axis) for axis in self.axes if axis in ("length", "depth", "height", "width"))

    def numbers(self) -> Formula:
        """How many numbers the output has: H_out·W_out·C_out."""
        return product(self.sizes())

    def positions(self) -> tuple[Symbol, ...]:
        """The sizes of all axes but that of the channels or features: how often a weight is used, as a rule."""
        named = [i for i, axis in enumerate(self.axes) if axis in ("channels", "features")]
        features = named[-1] if named and not self.on_last_axis else len(self.axes) - 1
        return tuple(size for i, size in enumerate(self.sizes()) if i != features)

    def sizes(self) -> tuple[Symbol, ...]:
        """The sizes of all axes, as symbols of a rule."""
        return tuple(
            symbol(OUTPUT_LETTERS.get(axis, "n_out" if len(self.axes) == 1 else f"n_{i + 1}"), size, f"output {axis}")
            for i, (axis, size) in enumerate(zip(self.axes, self.shape, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What one output number sees along one spatial axis of the input."""

    kernel: Formula  # places from the first one that is seen to the last: d(k - 1) + 1
    stride: Formula  # how far apart the views of neighboring outputs are; 1/2 where the output is twice as large
    before: Formula  # padding before the first place
    spread: Formula | None = None  # over how many outputs a layer that enlarges spreads an input; None: not known
    cut: Formula = ZERO  # and how many of these are cut off before the first that is left


EVERYWHERE: Literal["everywhere"] = "everywhere"  # every output number sees the whole input
UNKNOWN: Literal["unknown"] = "unknown"  # what it sees has no formula, or no size along the axes
Sight: TypeAlias = "tuple[Reach, ...] | Literal['everywhere', 'unknown']"  # (): only what stands at its own place


Relation: TypeAlias = Literal[">=", "multiple"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold for a layer to accept its input: an error for numbers, a condition for letters."""

    left: Formula  # in the letters of the rules
    relation: Relation  # ">=", or "multiple": left is a multiple of right
    right: Formula  # the same
    otherwise: Callable[[], str]  # the message when it does not hold


class Unit(NamedTuple):
    """What a layer has many of, each with as many parameters as the others: a filter, a unit, a row of a table."""

    plural: str  # filters
    many: Formula  # how many there are, a product of sizes of its tensors
    tensors: tuple[str, ...] = ()  # the names of those tensors, where the layer has units of several kinds
    copies: Formula = ONE  # how many parts of the layer have so many of them: directions, layers of a stack
    where: str = ""  # which parts: "in each direction"
    each: Formula | None = None  # the parameters of one, where the tensors do not say them: projections, experts


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything a layer says about one input."""

    output: tuple[Axis, ...]  # the shape rule, an axis each
    tensors: tuple[Tensor, ...]  # what it keeps; counts, memory and multiply-accumulates are read off them
    because: Text  # what one of its units is made from: a sentence; or why there is nothing to learn
    shape_because: Text | Callable[[], Text]  # one sentence on the shape rule, or what makes it when it is read
    size_because: Text | Callable[[], Text] = ""  # that part of it about the spatial sizes, where there is more in it
    channels_are: str | None  # what the output channels are: "filters"; None: as in the input
    requires: tuple[Requirement, ...] = ()  # what must hold for the input to be accepted
    differs: Text = ""  # how the conventions differ, where the number depends on them
    differs_by_argument: bool = False  # whether that is because of an argument's default, so that its readers wonder
    # The parameter rule, where textbooks read it in another order than the sum over the tensors; see Layer.by_hand.
    written: Formula | None = None
    unit: Unit | None = None  # what its parameters are counted by
    units: tuple[Unit, ...] = ()  # the same, where the layer has several kinds of them, or parts
    ignores: tuple[Text, ...] = ()  # sentences on what does not affect its count though readers believe that it does

    @cached_property
    def shape_reason(self) -> Text:
        """The sentence on the shape rule."""
        return self.shape_because() if callable(self.shape_because) else self.shape_because

    @cached_property
    def size_reason(self) -> Text:
        """The sentence on the spatial sizes alone; empty where the one on the shape says nothing else."""
        return self.size_because() if callable(self.size_because) else self.size_because

    @cached_property
    def counted(self) -> tuple[Tensor, ...]:
        """The tensors that the convention calls parameters."""
        return tuple(t for t in self.tensors if t.counted)

    @property
    def counted_by(self) -> tuple[Unit, ...]:
        """The units of all kinds that its parameters are counted by."""
        return self.units or (() if self.unit is None else (self.unit,))

    @cached_property
    def parameters(self) -> Formula:
        """The parameter rule in reading order; ZERO where there are none."""
        return parameter_rule(self.counted) if self.written is None else self.written


def nothing_to_learn(
    output: tuple[Axis, ...],
    because: Text,
    shape_because: Text | Callable[[], Text] = "",
    *,
    size_because: Text | Callable[[], Text] = "",
    channels_are: str | None = None,
    requires: tuple[Requirement, ...] = (),
) -> Rules:
    """The rules of a layer without parameters."""
    return Rules(
        output=output,
        tensors=(),
        because=because,
        shape_because=shape_because,
        size_because=size_because,
        channels_are=channels_are,
        requires=requires,
    )


class Layer(Record):
    """A layer with its hyper-parameters: a frozen dataclass whose fields are declared with `argument`."""

    __slots__ = ()

    names: ClassVar[tuple[str, ...]] = ()  # the language's own name first, then the frameworks' names
    presets: ClassVar[Mapping[str, Mapping[str, object]]] = {}  # name: arguments that it already says
    calls: ClassVar[tuple[FrameworkClass, ...]] = ()  # the classes of the frameworks that are this layer
    title: ClassVar[str] = ""  # as a heading: "Convolution"
    family: ClassVar[Family] = "Further layers"  # under which heading the catalogue shows it
    example: ClassVar[str] = ""  # a small network that shows it
    # How many tensors it takes; "some": one, or several from a fork, or further ones as arguments: memory=@enc;
    # "optional": one, or none where it starts a chain. Only "none" is data that comes in.
    inputs: ClassVar[Inputs] = "one"
    taking: ClassVar[str] = ""  # for "optional": the argument that must be given where something arrives
    sources: ClassVar[tuple[str, ...]] = ()  # keywords for tensors beside the one that flows in: memory=@enc
    # What its cache holds, one clause, where it has no sizes of its own; see `caching`.
    keeps: ClassVar[str] = "while text is generated, the keys and values of all earlier positions are kept"

    # What its backward pass needs, one clause.
    saves: ClassVar[str] = "the gradients of its weights and inputs are computed from these values"
    # How it reads two axes in PyTorch: channels and length, positions and features, as what arrives has them, or as the
    # layers behind it do, since it lays numbers out anew.
    reads: ClassVar[Reading] = "kept"
    # Where its rules are found, by quantity; where shape or params is missing, the frameworks' documentation has it.
    cited: ClassVar[Cited] = {}
    asked: ClassVar[Mapping[str, str]] = {}  # answers to what people ask of it, by what they name: one-hot, bias
    by_hand: ClassVar[str] = ""  # why its parameter rule is written by hand, where it is: a sentence
    stock: ClassVar[tuple[Convention, ...]] = ()  # the frameworks that have it, so that its tensors have names there
    ranked: ClassVar[bool] = True  # whether 1D, 2D or 3D in a name promises so many spatial axes
    # Whether its parameters and its output channels are the same for all spatial sizes that it accepts; False: perhaps.
    at_any_size: ClassVar[bool] = False
    # The conventions in which its arguments in a sentence leave nothing open, so that an exam can describe it.
    described: ClassVar[tuple[Convention, ...]] = ("keras", "torch")

    @property
    def reading(self) -> Reading:
        """How this layer reads two axes in PyTorch; of one that wraps another, that one's way."""
        return self.reads

    def is_stock(self, *arriving: Incoming) -> bool:
        """Whether the framework has this layer with these arguments, and stores its tensors as the rules say."""
        return arriving[0].convention in self.stock

    @property
    def on_last_axis(self) -> bool:
        """Whether it works on the last axis, whatever that is called; of one that wraps another, as that one does."""
        return self.reading == "features"

    @property
    def at_each_step(self) -> Reading | None:
        """How it reads what stands at each time step of the first axis; None where that does not count time steps."""
        return None

    @property
    def kind(self) -> str:
        """The name that its automatic name starts with."""
        return self.names[0]

    @property
    def heading(self) -> str:
        """What a solution calls it: as all layers of its kind, unless its arguments say more."""
        return self.title

    @property
    def called(self) -> str:
        """What messages call it."""
        return self.kind

    def rules(self, *arriving: Incoming) -> Rules:
        """What the layer says about the tensors that arrive."""
        raise NotImplementedError

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """What it computes; a layer that only moves numbers computes nothing."""
        return Work()

    def reach(self, *arriving: Incoming) -> Sight:
        """What an output number sees along each spatial axis."""
        return ()

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """How many numbers it keeps of one example while text is generated word by word."""
        return ZERO

    def caching(self, *arriving: Incoming) -> Text:
        """What its cache holds, one clause."""
        return self.keeps

    @property
    def generates(self) -> bool:
        """Whether its cache is used: not by attention that sees later positions too."""
        return True

    def padding_of(self, *arriving: Incoming) -> tuple[Padded, ...]:
        """How many positions it adds along each axis; (): it adds none."""
        return ()

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved | None:
        """What its backward pass needs; None: what its tensors and its work say."""
        return None

    def active(self, *arriving: Incoming) -> Formula | None:
        """The parameters that one token uses; None: all of them."""
        return None

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """How many values its outputs take together from windows without weights."""
        return ZERO


Declared = TypeVar("Declared", bound=Layer)


@dataclass_transform(frozen_default=True)
def layer_class(cls: type[Declared]) -> type[Declared]:
    """Makes a subclass of Layer a dataclass with slots, whose methods, also what freezes it, are those of Layer."""
    return dataclass(slots=True, init=False, repr=False, eq=False)(cls)
