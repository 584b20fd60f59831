"""Models that Keras or PyTorch hold in memory -> networks: `from_keras(model)`, `from_torch(module, input_shape)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams import limits
from symparams.api import Net
from symparams.errors import Source, SymparamsError
from symparams.layers import CATALOGUE
from symparams.reading.configs.keras import read_keras_config
from symparams.reading.live.torch_module import read_torch_module
from symparams.reading.reading import Reading
from symparams.sources.printer import printed


@limits.work()
def from_keras(model: Any, /) -> Net:
    """The network of a model of Keras, read from its own config; layers have the names that they have there.

    Raises SymparamsError where the object has no config, or one with layers that are not known.
    """
    if not callable(getattr(model, "to_json", None)):
        raise SymparamsError(f"a model of Keras is wanted, not {type(model).__name__}")
    try:
        text = model.to_json()
    except Exception as error:  # of the model itself, such as a class of one's own without get_config
        matter = f"this model has no config of its layers: {type(error).__name__}: {error}"
        raise SymparamsError(matter[:300]) from None
    return _net(read_keras_config(Source(str(getattr(model, "name", "model")), str(text))))


@limits.work()
def from_torch(module: Any, /, input_shape: Sequence[int] | Sequence[Sequence[int]]) -> Net:
    """The network of a module of PyTorch, followed in one run on tensors without numbers.

    `input_shape` is that of one example, without the batch axis: (3, 224, 224); for several inputs one shape each.
    Layers have the paths that they have in the module; functions are counted, relu_1. Raises SymparamsError where the
    module does not run.
    """
    several = tuple(one if isinstance(one, Sequence) else None for one in input_shape)
    if several and all(one is not None for one in several):
        shapes = [tuple(one) for one in several if one is not None]
    else:
        shapes = [tuple(size for size in input_shape if isinstance(size, int))]
        if len(shapes[0]) != len(input_shape):
            raise SymparamsError(f"input_shape is the sizes of one example, such as (3, 224, 224), not {input_shape}")
    return _net(read_torch_module(module, shapes))


def _net(reading: Reading) -> Net:
    return Net(Source(reading.source.name, printed(reading.statements)), {}, CATALOGUE)
