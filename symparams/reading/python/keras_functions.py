"""Functions of TensorFlow 1 that make a layer and call it at once: tf.layers.conv2d(x, 32, 5), tf.placeholder."""

from __future__ import annotations

import re
from typing import Any

from symparams.reading.python.graph import Keras
from symparams.reading.python.keras_layers import KerasLayer
from symparams.reading.python.keras_primitives import primitive
from symparams.reading.python.keras_scopes import of_scopes
from symparams.reading.python.keras_slim import of_slim
from symparams.reading.python.keras_tensors import Entrance, KerasTensor
from symparams.reading.python.keras_variables import made_up, variable
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Unknown, data_sizes, word

_LAYERS = {
    "conv1d": "Conv1D",
    "conv2d": "Conv2D",
    "conv3d": "Conv3D",
    "conv2d_transpose": "Conv2DTranspose",
    "conv3d_transpose": "Conv3DTranspose",
    "separable_conv2d": "SeparableConv2D",
    "max_pooling1d": "MaxPooling1D",
    "max_pooling2d": "MaxPooling2D",
    "max_pooling3d": "MaxPooling3D",
    "average_pooling1d": "AveragePooling1D",
    "average_pooling2d": "AveragePooling2D",
    "average_pooling3d": "AveragePooling3D",
    "dense": "Dense",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "batch_normalization": "BatchNormalization",
}
_OTHERS = ("inputs", "training", "reuse", "fused", "name", "kernel_initializer", "bias_initializer")
_MADE = re.compile(r"(?:^|\.)layers\.\w+$")


def called_at_once(keras: Keras, run: Run, path: str, given: Arguments) -> Any:
    """What such a call gives; None for any other."""
    last = path.rpartition(".")[2]
    if last == "placeholder":
        return _placeholder(keras, given)
    if last == "reshape" and data_sizes(given.get(0)) is None:
        return _reshaped(keras, run, given)
    scope = of_scopes(keras, run, last, given)
    if scope is not None:
        return scope
    if last in ("Variable", "get_variable"):
        return _variable(keras, run, last, given)
    made = of_slim(keras, run, path, given)
    if made is not None:
        return made
    numbers = made_up(path, given)
    if numbers is not None:
        return numbers
    if not _MADE.search(path):
        return primitive(keras, run, path, given)
    kind = _LAYERS.get(last)
    if kind is None or not (given.positional or "inputs" in given.keywords):
        return None
    flowing = given.get(0, "inputs")
    made = given.without(*_OTHERS, first=0 if "inputs" in given.keywords else 1)
    if kind == "Dropout" and not (made.positional or "rate" in made.keywords):
        made.keywords["rate"] = Given(0.5, given.at)
    if "name" in given.keywords:
        made.keywords["name"] = given.keywords["name"]
    layer = keras.scopes.known(kind, given.get(None, "reuse") is True)
    if layer is None:
        layer = KerasLayer(keras, run, kind, made)
        keras.scopes.add(layer)
    return layer.called(run, Arguments([Given(flowing, given.at)], {}, given.at))


def _variable(keras: Keras, run: Run, last: str, given: Arguments) -> Any:
    """A variable, in a scope that is used again the one that is there."""
    found = keras.scopes.known("variable", False) if last == "get_variable" else None
    if found is None:
        found = variable(keras, run, last, given)
        if last == "get_variable" and found is not None:
            keras.scopes.add(found)
    return found


def _placeholder(keras: Keras, given: Arguments) -> Any:
    """`tf.placeholder(tf.float32, [None, 784])`."""
    shape = given.get(1, "shape")
    if not isinstance(shape, (tuple, list)) or len(shape) < 2:
        return None
    name = given.get(2, "name")
    named = name if isinstance(name, str) else keras.fresh(keras.input_name)
    made = Entrance(keras, named, tuple(shape[1:]), given.at)
    keras.placeholders.add(made.node)
    return made.tensor()


def _reshaped(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.reshape(x, [-1, 28, 28, 1])`: of data the input, of what flows a layer."""
    value, target = given.get(0, "tensor", "x"), given.get(1, "shape", "newshape")
    if not isinstance(target, (tuple, list)) or len(target) < 2:
        return None
    if isinstance(value, KerasTensor):
        layer = KerasLayer(keras, run, "Reshape", Arguments([Given(tuple(target[1:]), given.at)], {}, given.at))
        return layer.called(run, Arguments([Given(value, given.at)], {}, given.at))
    if isinstance(value, Unknown) and target[0] in (-1, None):
        return Entrance(keras, word(value.path), tuple(target[1:]), given.at).tensor()
    return None
