"""Whether a model has its channels first, as images in Theano did; here they are read with the channels last."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.reading.configs.arguments import CHANNELS_FIRST
from symparams.reading.configs.models import Layer, Model
from symparams.sources import records as r


def is_channels_first(model: Model) -> bool:
    """Whether any of its layers says so."""
    return any(layer.config.get(key) == value for layer in every_layer(model) for key, value in CHANNELS_FIRST)


def every_layer(model: Model) -> Iterator[Layer]:
    """The layers, those of nested models too."""
    for layer in model.layers:
        yield layer
        for inside in (layer.model, *layer.branches):
            if inside is not None:
                yield from every_layer(inside)


def turned_target(call: r.Call) -> r.Call:
    """`Reshape` to an image with its channels first -> to one with the channels last."""
    return call._replace(arguments=tuple(map(_turned, call.arguments)))


def _turned(argument: r.Argument) -> r.Argument:
    sizes = argument.value
    if argument.keyword not in (None, "target_shape", "dims") or not isinstance(sizes, tuple) or len(sizes) < 3:
        return argument
    return argument._replace(value=(*sizes[1:], sizes[0]))
