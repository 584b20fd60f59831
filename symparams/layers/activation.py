"""Activations: as layers of their own, and as the word another layer takes."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, as_formula, product
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError, listed
from symparams.layers.passing import Passing
from symparams.layers.sizes import axes_of, axis_of, equal, known, sizes_of
from symparams.model.arguments import AXIS, COUNT, INTEGERS, SETTINGS, argument, choice
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import BOTH, Sizes, tensor
from symparams.model.work import Work

# The language's word and the names that Keras and PyTorch use for it.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "relu": ("ReLU",),
    "relu6": ("ReLU6",),
    "leakyrelu": ("LeakyReLU", "leaky_relu"),
    "elu": ("ELU",),
    "celu": ("CELU",),
    "selu": ("SELU",),
    "gelu": ("GELU",),
    "silu": ("SiLU", "swish"),
    "mish": ("Mish",),
    "sigmoid": ("Sigmoid",),
    "tanh": ("Tanh",),
    "softmax": ("Softmax", "Softmax2d"),
    "logsoftmax": ("LogSoftmax", "log_softmax"),
    "softmin": ("Softmin",),
    "softplus": ("Softplus",),
    "softsign": ("Softsign",),
    "hardsigmoid": ("Hardsigmoid", "hard_sigmoid"),
    "hardswish": ("Hardswish", "hard_silu"),
    "hardtanh": ("Hardtanh", "hard_tanh"),
    "hardshrink": ("Hardshrink", "hard_shrink"),
    "softshrink": ("Softshrink", "soft_shrink"),
    "tanhshrink": ("Tanhshrink", "tanh_shrink"),
    "threshold": ("Threshold",),
    "rrelu": ("RReLU",),
    "logsigmoid": ("LogSigmoid", "log_sigmoid"),
    "sparse_plus": (),
    "sparse_sigmoid": (),
    "sparsemax": (),
    "squareplus": (),
    "exponential": ("exp",),
    "linear": (),
}

# Functions that only compare, and those that need an exponential or a series; the others compute nothing.
_COMPARING = frozenset(
    ("relu", "relu6", "leakyrelu", "rrelu", "hardsigmoid", "hardswish", "hardtanh", "hardshrink", "softshrink",
     "threshold", "sparse_plus", "sparse_sigmoid", "sparsemax")
)  # fmt: skip
_FREE = frozenset(("linear",))

_NAMES = {name: word for word, aliases in FUNCTIONS.items() for name in (word, *aliases)}

ACTIVATION = choice(**{name.casefold(): word for name, word in _NAMES.items()})


def effort(function: str, numbers: Formula) -> Work:
    """The work of a function on so many numbers: one operation for each."""
    if function in _FREE:
        return Work()
    return Work(comparisons=numbers) if function in _COMPARING else Work(exponentials=numbers)


def activated(work: Work, function: str, out: Outgoing) -> Work:
    """The work of a layer with that of the function on its output."""
    return work.plus(effort(function, out.numbers()))


_EACH_VALUE = "each value is replaced by one new value, so the shape stays the same"


@layer_class
class Activation(Passing):
    """Applies a function to every value: output = input in shape."""

    function: str = argument(ACTIVATION, "the function", told=True)
    settings: tuple[object, ...] = argument(
        SETTINGS, "settings of the function, such as a slope; no shape depends on them", (), variadic=True
    )

    names: ClassVar = ("activation", *(name for name in _NAMES if name != "linear"))  # nn.Linear is a dense layer
    presets: ClassVar = {name: {"function": word} for name, word in _NAMES.items()}
    calls: ClassVar = (
        keras("Activation", "activation:function!"),
        keras("ReLU", "-max_value negative_slope:settings -threshold"),
        torch("ReLU ReLU6 SELU SiLU Mish Hardsigmoid Hardswish", "-inplace"),
        keras("LeakyReLU", "negative_slope:settings * alpha:settings"),
        torch("LeakyReLU", "negative_slope:settings -inplace"),
        keras("ELU", "alpha:settings"),
        torch("ELU CELU", "alpha:settings -inplace"),
        torch("GELU", "-approximate"),
        torch("Sigmoid Tanh Softmax2d Softsign Tanhshrink LogSigmoid"),
        keras("Softmax", "-axis"),
        torch("Softmax LogSoftmax Softmin", "-dim"),
        torch("Softplus", "-beta -threshold"),
        torch("Hardtanh", "-min_val -max_val -inplace -min_value -max_value"),
        torch("Hardshrink Softshrink", "-lambd"),
        torch("Threshold", "-threshold! -value! -inplace"),
        torch("RReLU", "-lower -upper -inplace"),
        keras1("LeakyReLU ELU", "alpha:settings"),
    )
    title: ClassVar = "Activation"
    family: ClassVar = "Activation"
    example: ClassVar = "input(26, 26, 32) -> relu"

    @property
    def kind(self) -> str:
        return self.function

    because: ClassVar = "an activation applies a fixed function, so there is nothing to learn"
    shape_because: ClassVar = _EACH_VALUE

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return activated(Work(), self.function, out)


@layer_class
class Identity(Passing):
    """Returns its input unchanged: same shape, no parameters."""

    names: ClassVar = ("identity", "Identity")
    calls: ClassVar = (
        keras("Identity"),
        torch("Identity", "..."),
    )
    title: ClassVar = "Identity"
    family: ClassVar = "Activation"
    example: ClassVar = "input(128) -> identity"
    because: ClassVar = "the output is the input, so there is nothing to learn"
    shape_because: ClassVar = "the output is the input"


@layer_class
class PReLU(Layer):
    """Multiplies negative values by a learned slope: H·W·C parameters in Keras, one or C_in in PyTorch.

    Keras learns one slope per element of the input, except along the shared axes, of which -1 is the one before the
    last. In PyTorch there is one slope for all, or one for each channel with `parameters=channels`.
    """

    shared: tuple[int, ...] = argument(
        INTEGERS, "the axes along which the slope is shared (Keras)", (), short="shared_axes", keyword=True
    )
    parameters: Formula | None = argument(
        COUNT, "slopes: 1 or the channels (PyTorch); 1 if not given", None, short="num_parameters"
    )

    names: ClassVar = ("prelu", "PReLU")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras("PReLU", "-alpha_initializer -alpha_regularizer -alpha_constraint shared_axes:shared"),
        torch("PReLU", "num_parameters:parameters -init -device -dtype"),
        keras1("PReLU", "-init -weights shared_axes:shared"),
    )
    cited: ClassVar = found_in(shape="he2015 §2.1", params="he2015 §2.1; documentation")
    title: ClassVar = "Parametric rectifier"
    family: ClassVar = "Activation"
    example: ClassVar = "input(32, 32, 16) -> prelu(shared=(1, 2))"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        sizes, stored, requires, because = self._keras(x) if x.convention == "keras" else self._torch(x)
        return Rules(
            output=x.kept(),
            tensors=(tensor(x.convention, "alpha", outputs=sizes, shape=stored),),
            because=because,
            shape_because=_EACH_VALUE,
            channels_are=None,
            requires=requires,
            differs="PyTorch has one slope in all, or one per channel"
            if x.convention == "keras"
            else "Keras learns one slope per element of the input, except along shared axes",
        )

    def _keras(self, x: Incoming) -> tuple[Sizes, Sizes, tuple[Requirement, ...], Text]:
        if self.parameters is not None:
            raise LayerError("Keras says which axes share a slope: shared=(1, 2) leaves one for each channel")
        shared = self._shared(x)
        sizes = tuple(ONE if place in shared else size for place, size in enumerate(sizes_of(x)))
        own = tuple(s for s in sizes if s != ONE)
        names = listed([x.axis_names()[place] for place in shared])
        if not shared:
            because = "each of the {.sizes} elements of the input has its own slope"
        elif own:
            because = f"the slope is shared along the {names}, so there are only {{=sizes slopes}}"
        else:
            because = "the slope is shared along all axes, so there is only one"
        return own, sizes, (), say(because, sizes=product(own))

    def _shared(self, x: Incoming) -> tuple[int, ...]:
        """The places of the axes that share a slope: Keras has axis i at place i - 1, where i is negative, too."""
        rank = len(x.shape)
        for axis in self.shared:
            if axis <= -rank:
                raise LayerError(
                    f"there is no axis {axis} in {x}: here Keras takes -1 for the axis before the last one; "
                    "axes count from 1"
                )
        return axes_of([axis - 1 if axis < 0 else axis for axis in self.shared], x)

    def _torch(self, x: Incoming) -> tuple[Sizes, Sizes, tuple[Requirement, ...], Text]:
        if self.shared:
            raise LayerError("PyTorch has no shared axes; write parameters=channels for a slope for each channel")
        if self.parameters is None or number(self.parameters) == 1:
            return (), (ONE,), (), "all values have the same slope"
        C_in = x.C_in()

        def message() -> str:
            return f"there must be 1 slope or as many as channels ({shown(x.channels, PLAIN)}), not {known(given)}"

        given = symbol("n_slopes", self.parameters, "slopes")
        own = say("each of the {C_in channels} has its own slope", C_in=C_in)
        return (C_in,), (C_in,), equal(given, C_in, message), own

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """One comparison and one product for each value."""
        return Work(comparisons=out.numbers(), multiplications=out.numbers())


@layer_class
class GLU(Layer):
    """Multiplies one half of an axis by the sigmoid of the other half: n/2 values remain along it, no parameters.

    It halves the last axis unless another is named.
    """

    axis: int = argument(AXIS, "the axis to halve", -1, short="dim")

    names: ClassVar = ("glu", "GLU")
    calls: ClassVar = (torch("GLU", "dim:axis"),)
    cited: ClassVar = found_in(shape="dauphin2017 Eq. (1); documentation")
    title: ClassVar = "Gated linear unit"
    family: ClassVar = "Activation"
    example: ClassVar = "input(10, 64) -> glu"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        place = axis_of(self.axis, x)
        n = sizes_of(x)[place]
        output = list(x.kept())
        output[place] = Axis(output[place].name, n / 2)

        def message() -> str:
            what = f"number of {names[place]}" if names[place] in ("channels", "features") else names[place]
            return f"halves the {what}, but {shown(x.shape[place], PLAIN)} is not even"

        names = x.axis_names()
        return nothing_to_learn(
            tuple(output),
            "one half of the input is multiplied by the sigmoid of the other, so there is nothing to learn",
            "two values give one, so the axis is halved",
            channels_are=names[place] if place == x.channel_axis else None,
            requires=(Requirement(n, "multiple", as_formula(2), message),),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        """Distant places meet where a spatial axis is halved; the last axis of a sequence holds its features."""
        (x,) = arriving
        place = axis_of(self.axis, x)
        features = (x.channel_axis, len(x.shape) - 1) if len(x.shape) < 3 else (x.channel_axis,)
        return () if place in features else UNKNOWN

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """A sigmoid and a product for each output value."""
        return Work(exponentials=out.numbers(), multiplications=out.numbers())
