"""Functions of TF-Slim and tf.contrib.layers that make layers and call them: slim.conv2d(net, 64, [3, 3])."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from symparams.reading.python.graph import Keras
from symparams.reading.python.keras_layers import KerasLayer
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Unknown, Value

_PATH = re.compile(r"(?:slim|contrib\.layers)\.\w+$")
# The arguments of each in their order, as the layers of Keras call them, and those that it has by default.
_CONVOLVING = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")
_POOLING = ("pool_size", "strides", "padding")
_LAYERS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "conv1d": ("Conv1D", _CONVOLVING, {"padding": "same"}),
    "conv2d": ("Conv2D", _CONVOLVING, {"padding": "same"}),
    "convolution2d": ("Conv2D", _CONVOLVING, {"padding": "same"}),
    "convolution": ("Conv2D", _CONVOLVING, {"padding": "same"}),
    "conv3d": ("Conv3D", _CONVOLVING, {"padding": "same"}),
    "conv2d_transpose": ("Conv2DTranspose", _CONVOLVING[:4], {"padding": "same"}),
    "separable_conv2d": (
        "SeparableConv2D",
        ("filters", "kernel_size", "depth_multiplier", "strides", "padding"),
        {"padding": "same"},
    ),
    "fully_connected": ("Dense", ("filters",), {}),
    "linear": ("Dense", ("filters",), {}),
    "max_pool2d": ("MaxPooling2D", _POOLING, {"strides": 2}),
    "avg_pool2d": ("AveragePooling2D", _POOLING, {"strides": 2}),
    "batch_norm": ("BatchNormalization", (), {"scale": False}),
    "layer_norm": ("LayerNormalization", (), {}),
    "dropout": ("Dropout", (), {"rate": 0.5}),
    "flatten": ("Flatten", (), {}),
}
_SPELLED = {"num_outputs": "filters", "stride": "strides", "rate": "dilation_rate"}
_WEIGHTED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D", "Dense")


class ArgScope(Value):
    """`slim.arg_scope([slim.conv2d], padding="VALID")`: what some functions are given where nothing else is said."""

    def __init__(self, keras: Keras, given: dict[str, dict[str, Given]]) -> None:
        self.keras = keras
        self.given = given  # by the name of the function

    def entered(self, run: Run) -> None:
        self.keras.arg_scopes.append(self.given)

    def left(self, run: Run) -> None:
        self.keras.arg_scopes.pop()

    def text(self) -> str:
        return "arg_scope"


def of_slim(keras: Keras, run: Run, path: str, given: Arguments) -> Any:
    """What such a call gives; None for any other."""
    if not _PATH.search(path):
        return None
    last = path.rpartition(".")[2]
    does = _FUNCTIONS.get(last)
    if does is not None:
        return does(keras, run, given)
    return _layer(keras, run, last, given) if last in _LAYERS else None


def _layer(keras: Keras, run: Run, last: str, given: Arguments) -> Any:
    kind, names, usual = _LAYERS[last]
    scope = keras.arg_scopes[-1].get(last, {}) if keras.arg_scopes else {}
    stated = {**scope, **given.keywords, **dict(zip(("inputs", *names), given.positional, strict=False))}
    stated = {_SPELLED.get(name, name): one for name, one in stated.items()}
    flow, normalizer = stated.get("inputs", Given(None, given.at)), _value(stated, "normalizer_fn")
    made = {name: Given(value, given.at) for name, value in usual.items()}
    taken = ("use_bias", "scale", "center", "name", *names)
    made |= {name: one for name, one in stated.items() if name in taken and name != "data_format"}
    if isinstance(_value(stated, "padding"), str):
        made["padding"] = Given(_value(stated, "padding").lower(), given.at)
    if isinstance(_value(stated, "scope"), str):
        made["name"] = stated["scope"]
    if kind == "SeparableConv2D" and _value(made, "filters") is None:
        kind = "DepthwiseConv2D"
        made.pop("filters", None)
    if kind == "Dense":
        made["units"] = made.pop("filters", Given(None, given.at))
    weighted = kind in _WEIGHTED or kind == "DepthwiseConv2D"
    if weighted and (isinstance(normalizer, Value) or _is_without(stated, "biases_initializer")):
        made["use_bias"] = Given(False, given.at)
    layer = keras.scopes.known(kind, _value(stated, "reuse") is True)
    if layer is None:
        layer = KerasLayer(keras, run, kind, Arguments([], made, given.at))
        keras.scopes.add(layer)
    result = layer.called(run, Arguments([flow], {}, given.at))
    if weighted and isinstance(normalizer, Value):
        more = _value(stated, "normalizer_params")
        keywords = {str(k): Given(v, given.at) for k, v in more.items()} if isinstance(more, dict) else {}
        result = normalizer.called(run, Arguments([Given(result, given.at)], keywords, given.at))
    if weighted and not _is_without(stated, "activation_fn") and last != "linear":
        function = _value(stated, "activation_fn") if "activation_fn" in stated else Unknown("tf.nn.relu")
        if isinstance(function, Value):
            result = function.called(run, Arguments([Given(result, given.at)], {}, given.at))
    return result


def _value(stated: dict[str, Given], name: str) -> Any:
    return stated[name].value if name in stated else None


def _is_without(stated: dict[str, Given], name: str) -> bool:
    """Whether it is said that there is no such thing."""
    return name in stated and stated[name].value is None


def _scope(keras: Keras, run: Run, given: Arguments) -> Any:
    """`slim.arg_scope(functions, …)`, or of a scope made before."""
    functions = given.get(0, "list_ops_or_scope")
    if isinstance(functions, ArgScope):
        return functions
    outer = keras.arg_scopes[-1] if keras.arg_scopes else {}
    made = {name: dict(known) for name, known in outer.items()}
    for one in run.each(functions) or ():
        if isinstance(one, Unknown):
            made.setdefault(one.path.rpartition(".")[2], {}).update(given.without("list_ops_or_scope").keywords)
    return ArgScope(keras, made)


def _repeated(keras: Keras, run: Run, given: Arguments) -> Any:
    """`slim.repeat(net, 3, slim.conv2d, 256, [3, 3], scope="conv3")`."""
    times, function = given.get(1, "repetitions"), given.get(2, "layer")
    flow, name = given.get(0, "inputs"), given.get(None, "scope")
    if not isinstance(times, int) or not isinstance(function, Value):
        return None
    rest = given.without("scope", first=3)
    for number in range(1, times + 1):
        run.allowance.spend()
        flow = function.called(run, _given(flow, rest, [], name, number))
    return flow


def _stacked(keras: Keras, run: Run, given: Arguments) -> Any:
    """`slim.stack(x, slim.fully_connected, [32, 64, 128], scope="fc")`."""
    flow, function, name = given.get(0, "inputs"), given.get(1, "layer"), given.get(None, "scope")
    rows = run.each(given.get(2, "stack_args"))
    if rows is None or not isinstance(function, Value):
        return None
    rest = given.without("scope", first=3)
    for number, row in enumerate(rows, start=1):
        own = [Given(v, given.at) for v in (row if isinstance(row, (tuple, list)) else (row,))]
        flow = function.called(run, _given(flow, rest, own, name, number))
    return flow


def _given(flow: Any, rest: Arguments, own: list[Given], name: Any, number: int) -> Arguments:
    """The arguments of one of several layers in a row, its number in its name."""
    scope = {"scope": Given(f"{name}_{number}", rest.at)} if isinstance(name, str) else {}
    return Arguments([Given(flow, rest.at), *own, *rest.positional], {**rest.keywords, **scope}, rest.at)


_FUNCTIONS: dict[str, Callable[[Keras, Run, Arguments], Any]] = {
    "arg_scope": _scope,
    "repeat": _repeated,
    "stack": _stacked,
}
