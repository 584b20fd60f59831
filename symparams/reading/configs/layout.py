"""Whether a model has its channels first, as images in Theano did; here they are read with the channels last."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.reading.configs.models import Layer, Model

_FIRST = (("data_format", "channels_first"), ("dim_ordering", "th"))


def is_channels_first(model: Model) -> bool:
    """Whether any of its layers says so."""
    return any(layer.config.get(key) == value for layer in every_layer(model) for key, value in _FIRST)


def every_layer(model: Model) -> Iterator[Layer]:
    """The layers, those of nested models too."""
    for layer in model.layers:
        yield layer
        for inside in (layer.model, *layer.branches):
            if inside is not None:
                yield from every_layer(inside)
