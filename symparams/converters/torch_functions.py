"""Activations in PyTorch: as modules, and as functions."""

from __future__ import annotations

from typing import Any

from symparams.converters.literals import call
from symparams.converters.recipes import NoCounterpartError
from symparams.layers.activation import FUNCTIONS

_IN_TORCH = {"sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "exponential": "torch.exp"}
_OVER_AN_AXIS = ("softmax", "logsoftmax", "softmin")
_SNAKE = {"leakyrelu": "leaky_relu", "logsoftmax": "log_softmax", "logsigmoid": "logsigmoid"}
_KERAS_ONLY = ("sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "linear")
_TAKE_A_NUMBER = ("leakyrelu", "elu", "celu", "hardshrink", "softshrink", "softplus", "rrelu", "hardtanh")


def module_of(word: str, settings: tuple[Any, ...], axes: int) -> str:
    """nn.ReLU()."""
    if word == "linear":
        return "nn.Identity()"
    if word in _KERAS_ONLY or word == "exponential":
        raise NoCounterpartError
    name = FUNCTIONS[word][0]
    if word in _OVER_AN_AXIS:
        return call(f"nn.{name}", dim=_axis(axes))
    numbers = [one for one in settings if isinstance(one, (int, float))]
    if word == "threshold":
        return call("nn.Threshold", *(numbers if len(numbers) == 2 else (0.1, 20)))
    return call(f"nn.{name}", *(numbers[:1] if word in _TAKE_A_NUMBER else ()))


def function(word: str, of: str, axes: int) -> str:
    """F.relu(x)."""
    if word == "linear":
        return of
    if word in _KERAS_ONLY:
        raise NoCounterpartError
    if word in _IN_TORCH:
        return f"{_IN_TORCH[word]}({of})"
    more = f", dim={_axis(axes)}" if word in _OVER_AN_AXIS else ", 0.1, 20" if word == "threshold" else ""
    return f"F.{_SNAKE.get(word, word)}({of}{more})"


def _axis(axes: int) -> int:
    """Over the channels of an image, else over the last axis."""
    return 1 if axes > 2 else -1
