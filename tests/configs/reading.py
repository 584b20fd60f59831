"""What the tests of configs share: texts read and built, and networks as rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from symparams import limits
from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.errors import Source
from symparams.model.network import Network
from symparams.quantities.named_layers import layers_named
from symparams.reading.configs.keras import read_keras_config
from symparams.reading.reading import Reading
from symparams.sources.language import built

Row = tuple[str, tuple[object, ...], int]


def read(config: object, model: str | None = None) -> Reading:
    """What a config says, given as a text or as what JSON stands for."""
    text = config if isinstance(config, str) else json.dumps(config, indent=1)
    with limits.work():
        return read_keras_config(Source("model.json", text), model)


def network(config: object) -> Network:
    """The network of a config."""
    reading = read(config)
    return built(reading.statements, reading.source)


def rows(config: object) -> list[Row]:
    """Name, output shape and parameters of every layer; a letter is its name."""
    return [(n.name, tuple(map(_plain, n.shape)), _whole(n.counts.params)) for n in network(config).nodes]


def _plain(size: Any) -> object:
    return getattr(size, "name", size)


def _whole(value: Any) -> int:
    found = number(as_formula(value))
    assert isinstance(found, int)
    return found


def differing(found: Network, wanted: Sequence[tuple[str, Sequence[int | None] | None, int, int]]) -> list[object]:
    """The rows of Keras (name, shape, parameters, trainable ones) that a network has otherwise; None is any size."""
    differ: list[object] = []
    for name, shape, params, trainable in wanted:
        nodes = layers_named(found, name)  # several, where it is a model inside the model
        counts = [sum(_whole(getattr(n.counts, what)) for n in nodes) for what in ("params", "trainable")]
        ours = nodes[-1].shape
        fits = shape is None or (
            len(shape) == len(ours) and all(w is None or w == size for w, size in zip(shape, ours, strict=True))
        )
        if not fits or counts != [params, trainable]:
            differ.append((name, shape, ours, params, trainable, counts))
    return differ


def layer(kind: str, name: str, /, *inbound: object, **config: object) -> dict[str, object]:
    """A layer of Keras 1 or 2; of a functional model with what it is called on."""
    found: dict[str, object] = {"class_name": kind, "config": {"name": name, "trainable": True, **config}}
    return found if not inbound else {**found, "name": name, "inbound_nodes": list(inbound)}


def chain(*layers: object) -> dict[str, object]:
    """A Sequential."""
    return {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": list(layers)}}


def graph(inputs: Sequence[str], outputs: Sequence[str], *layers: object) -> dict[str, object]:
    """A functional model of Keras 1 or 2."""
    ends = {"input_layers": [[name, 0, 0] for name in inputs], "output_layers": [[name, 0, 0] for name in outputs]}
    return {"class_name": "Model", "config": {"name": "model_1", "layers": list(layers), **ends}}
