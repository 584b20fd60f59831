"""Activations: as layers of their own, and as the word another layer takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from symparams.arguments import argument, choice
from symparams.layer import Incoming, Layer, Outgoing, Rules, Work, joined, nothing_to_learn

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
    "exponential": ("exp",),
    "linear": (),
}

# Functions that only compare, and those that need an exponential or a series; the others compute nothing.
_COMPARING = frozenset(("relu", "relu6", "leakyrelu", "hardsigmoid", "hardswish", "hardtanh"))
_FREE = frozenset(("linear",))

_NAMES = {name: word for word, aliases in FUNCTIONS.items() for name in (word, *aliases)}

ACTIVATION = choice(**{name.casefold(): word for name, word in _NAMES.items()})


def activated(work: Work, function: str, out: Outgoing) -> Work:
    """The work of a layer with that of the function on its output: one operation for each number."""
    if function in _FREE:
        return work
    numbers = out.numbers()
    if function in _COMPARING:
        return replace(work, comparisons=joined(work.comparisons, numbers))
    return replace(work, exponentials=joined(work.exponentials, numbers))


@dataclass(frozen=True, slots=True)
class Activation(Layer):
    """Applies a function to every number: output = input in shape."""

    function: str = argument(ACTIVATION, "the function")

    names: ClassVar = ("activation", *_NAMES)
    presets: ClassVar = {name: {"function": word} for name, word in _NAMES.items()}
    title: ClassVar = "Activation"
    example: ClassVar = "input(26, 26, 32) -> relu"

    @property
    def kind(self) -> str:
        return self.function

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return nothing_to_learn(
            x.kept(),
            "an activation applies a fixed function to every number; there is nothing in it to learn",
            "every number is replaced by one number, so the shape stays",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return activated(Work(), self.function, out)
