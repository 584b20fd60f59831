"""The functions of activations, as Keras and PyTorch have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from symparams.layers.activation import FUNCTIONS
from tests.differential.family import Built, NoEquivalentError

# Where Keras writes a word otherwise.
_KERAS = {
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_silu",
    "hardtanh": "hard_tanh",
    "hardshrink": "hard_shrink",
    "softshrink": "soft_shrink",
    "tanhshrink": "tanh_shrink",
    "logsigmoid": "log_sigmoid",
}


def keras_function(word: str) -> str | Callable[[Any], Any]:
    """What Keras takes as an activation."""
    if word == "rrelu":
        raise NoEquivalentError("Keras has no random slopes")
    return _keras_only_here().get(word, _KERAS.get(word, word))


@cache
def _keras_only_here() -> dict[str, Callable[[Any], Any]]:
    """Functions that Keras has, but not as an activation by name; registered, since it copies layers by their names."""
    import keras

    def softmin(x: Any) -> Any:
        return keras.ops.softmax(-x)

    def threshold(x: Any) -> Any:
        return keras.activations.threshold(x, 0.1, 20)

    functions = {"softmin": softmin, "threshold": threshold}
    return {word: keras.saving.register_keras_serializable()(function) for word, function in functions.items()}


def torch_function(word: str, settings: Sequence[float] = ()) -> Any:
    """The module, or the function where there is none; `settings` are the numbers that it takes."""
    import torch
    from torch import nn

    if word == "linear":
        return nn.Identity()
    for name in (word, *FUNCTIONS[word]):
        if hasattr(nn, name):
            return _module(nn, name, settings)
    if word != "exponential":
        raise NoEquivalentError("Keras only")
    return torch.exp


def _module(nn: Any, name: str, settings: Sequence[float]) -> Any:
    if name == "Threshold":
        return nn.Threshold(*(settings if len(settings) == 2 else (0.1, 20)))
    if name in ("Softmax", "LogSoftmax", "Softmin"):
        return getattr(nn, name)(dim=1)
    return getattr(nn, name)(*settings[:1] if name in TAKES_A_NUMBER else ())


# The modules whose first argument is a number.
TAKES_A_NUMBER = ("LeakyReLU", "ELU", "CELU", "Hardshrink", "Softshrink", "Softplus", "RReLU", "Hardtanh")


def followed(module: Any, word: str) -> Built:
    """A torch module with the activation behind it, which PyTorch has no argument for."""
    function = torch_function(word)
    return Built((module,), lambda x: function(module(x)))
