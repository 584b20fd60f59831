"""Functions of TensorFlow that are given their weights, tf.nn.conv2d(x, W, …), and those that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from symparams.reading.python.graph import Keras, Node, own
from symparams.reading.python.keras_layers import KerasLayer
from symparams.reading.python.keras_tensors import KerasTensor
from symparams.reading.python.keras_variables import named
from symparams.reading.python.keras_weights import KerasWeight, applied
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Unknown, is_number, letter

_Does = Callable[[Keras, Run, Arguments], Any]


def primitive(keras: Keras, run: Run, path: str, given: Arguments) -> Any:
    """What such a function gives; None for any other."""
    does = _FUNCTIONS.get(path.rpartition(".")[2]) if _TENSORFLOW.match(path) else None
    return None if does is None else does(keras, run, given)


_TENSORFLOW = re.compile(r"(?:tf|tensorflow|nn|K|ops)\.")


def _arriving(keras: Keras, value: Any, sizes: Sequence[Any], given: Arguments) -> KerasTensor | None:
    """What flows in; a value that the program does not make becomes an input of these sizes."""
    if isinstance(value, Unknown) and "(" not in value.path:
        value = keras.implied(value.path, given.at)
    if not isinstance(value, KerasTensor):
        return None
    if value.entrance is not None and value.entrance.is_open:
        value.entrance.settle(len(sizes), sizes)
    return value


def _pair(value: Any, rank: int) -> Any:
    """Strides or sizes along the spatial axes: those of [1, 2, 2, 1] and [1, 1, 2, 2] are 2, 2."""
    if not isinstance(value, (tuple, list)) or len(value) != rank + 2:
        return value
    first = value[-1] != 1 and value[1] == 1
    return tuple(value[2:] if first else value[1:-1])


def _padding(given: Arguments) -> str:
    value = given.get(3, "padding")
    return value.lower() if isinstance(value, str) else "same"


def _convolution(rank: int, kind: str) -> _Does:
    """A convolution whose kernel has so many spatial axes."""

    def does(keras: Keras, run: Run, given: Arguments) -> Any:
        kernel = given.get(1, "filter", "filters")
        if not isinstance(kernel, KerasWeight) or len(kernel.shape) != rank + 2:
            return None
        *sizes, arriving, leaving = kernel.shape
        made: dict[str, Any] = {"filters": leaving}
        strides, padding = given.get(2, "strides", "stride"), _padding(given)
        if kind.endswith("Transpose"):
            arriving, made = leaving, {"filters": arriving}
            strides, padding = given.get(3, "strides"), str(given.get(4, "padding", default="SAME")).lower()
        elif kind.startswith("Depthwise"):
            made = {"depth_multiplier": leaving}
        rate = given.get(None, "dilations", "rate", "rates")
        if rate is not None:
            made["dilation_rate"] = _pair(rate, rank)
        flow = _arriving(keras, given.get(0, "input", "value"), (*(None,) * rank, arriving), given)
        if flow is None:
            return None
        made |= {"kernel_size": tuple(sizes), "strides": _pair(strides, rank) or 1, "padding": padding}
        kernel.is_placed = True
        name = named(keras, run, kernel, given, _SNAKE[kind])
        call = own(kind, given.at, **made, use_bias=False)
        return flow.through(run, Node(call, (flow.node,), given.at, kernel, name, kernel.frozen))

    return does


_SNAKE = {
    "Conv1D": "conv1d",
    "Conv2D": "conv2d",
    "Conv3D": "conv3d",
    "Conv2DTranspose": "conv2d_transpose",
    "DepthwiseConv2D": "depthwise_conv2d",
}


def _dilated(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.nn.atrous_conv2d(x, W, rate, padding)`."""
    moved = {**given.without("rate").keywords, "dilations": Given(given.get(2, "rate"), given.at)}
    if len(given.positional) > 3:
        moved["padding"] = given.positional[3]
    return _convolution(2, "Conv2D")(keras, run, Arguments(given.positional[:2], moved, given.at))


def _product(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.matmul(x, W)` and `tf.nn.xw_plus_b(x, W, b)`."""
    weight, bias = given.get(1, "b", "weights"), given.get(2, "biases")
    if not isinstance(weight, KerasWeight) or len(weight.shape) != 2:
        return None
    flow = _arriving(keras, given.get(0, "a", "x"), weight.shape[:1], given)
    made = None if flow is None else applied(keras, run, "matmul", flow, weight, given.at)
    if made is None:
        return None
    if made.node.owner is weight and not weight.name:
        made.node.name = named(keras, run, weight, given, "dense")
    return applied(keras, run, "add", made, bias, given.at) if isinstance(bias, KerasWeight) else made


def _joined(operator: str) -> _Does:
    """`tf.add(x, y)`."""

    def does(keras: Keras, run: Run, given: Arguments) -> Any:
        left, right = given.get(0, "x"), given.get(1, "y")
        for one, other, turned in ((left, right, False), (right, left, True)):
            if isinstance(one, KerasTensor):
                return one.operated(run, operator, other, turned, given.at)
        return None

    return does


def _pooling(rank: int, kind: str) -> _Does:
    def does(keras: Keras, run: Run, given: Arguments) -> Any:
        value = given.get(0, "value", "input")
        if not isinstance(value, KerasTensor):
            return None
        sizes = {"pool_size": _pair(given.get(1, "ksize"), rank), "strides": _pair(given.get(2, "strides"), rank)}
        made = {**sizes, "padding": _padding(given), "name": given.get(None, "name")}
        keywords = {key: Given(one, given.at) for key, one in made.items() if one is not None}
        layer = KerasLayer(keras, run, kind, Arguments([], keywords, given.at))
        return layer.called(run, Arguments([Given(value, given.at)], {}, given.at))

    return does


def _dropout(keras: Keras, run: Run, given: Arguments) -> Any:
    value = given.get(0, "x")
    if not isinstance(value, KerasTensor):
        return None
    layer = KerasLayer(keras, run, "Dropout", Arguments([Given(0.5, given.at)], {}, given.at))
    return layer.called(run, Arguments([Given(value, given.at)], {}, given.at))


def _response(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.nn.lrn(x, 4)`: over so many channels to either side."""
    value, radius = given.get(0, "input"), given.get(1, "depth_radius", default=5)
    if not isinstance(value, KerasTensor) or not isinstance(radius, int):
        return None
    node = Node(own("lrn", given.at, 2 * radius + 1), (value.node,), given.at, name=keras.fresh("lrn"))
    return value.through(run, node)


def _looked_up(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.nn.embedding_lookup(table, ids)`."""
    table = given.get(0, "params")
    if not isinstance(table, KerasWeight) or len(table.shape) != 2:
        return None
    flow = _arriving(keras, given.get(1, "ids", "indices"), (None,), given)
    if flow is None:
        return None
    table.is_placed = True
    name = named(keras, run, table, given, "embedding")
    call = own("Embedding", given.at, *table.shape)
    return flow.through(run, Node(call, (flow.node,), given.at, table, name, table.frozen))


def _moments(keras: Keras, run: Run, given: Arguments) -> Any:
    """`mean, variance = tf.nn.moments(x, [0])`: measured, not learned."""
    return (Unknown("mean"), Unknown("variance"))


def _normalized(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.nn.batch_normalization(x, mean, variance, offset, scale, epsilon)`: scale and offset are learned."""
    flow = given.get(0, "x")
    for how, weight in (("multiply", given.get(4, "scale")), ("add", given.get(3, "offset"))):
        if isinstance(flow, KerasTensor) and isinstance(weight, KerasWeight):
            flow = applied(keras, run, how, flow, weight, given.at)
            if flow is not None and flow.node.owner is weight:
                flow.node.name = named(keras, run, weight, given, "param")
    return flow


def _resized(
    keras: Keras, run: Run, flow: KerasTensor, given: Arguments, change: Callable[[list[Any]], list[Any]]
) -> Any:
    """The same values in other sizes."""
    sizes = keras.sizes(run).of(flow.settled(run).node)
    if sizes is None:
        return None
    call = own("reshape", given.at, *(change(list(sizes)) or [1]))
    return flow.through(run, Node(call, (flow.node,), given.at, name=keras.fresh("reshape")))


def _widened(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.expand_dims(x, -1)`."""
    flow, axis = given.get(0, "input", "x"), given.get(1, "axis", "dim")
    if not isinstance(flow, KerasTensor) or not isinstance(axis, int) or axis == 0:
        return None

    def change(sizes: list[Any]) -> list[Any]:
        at = axis - 1 if axis > 0 else len(sizes) + 1 + axis
        return [*sizes[:at], 1, *sizes[at:]]

    return _resized(keras, run, flow, given, change)


def _squeezed(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.squeeze(x, [1, 2])`."""
    flow, axes = given.get(0, "input", "x"), given.get(1, "axis", "squeeze_dims")
    if not isinstance(flow, KerasTensor):
        return None
    named_axes = axes if axes is None or isinstance(axes, (list, tuple)) else [axes]

    def change(sizes: list[Any]) -> list[Any]:
        if named_axes is None:
            return [size for size in sizes if size != 1]
        gone = {axis - 1 if axis > 0 else len(sizes) + axis for axis in named_axes if isinstance(axis, int)}
        return [size for i, size in enumerate(sizes) if i not in gone]

    return _resized(keras, run, flow, given, change)


def _concatenated(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.concat(values, axis)`, in the oldest versions `tf.concat(axis, values)`."""
    values, axis = given.get(0, "values"), given.get(1, "axis", "concat_dim")
    if is_number(values):
        values, axis = axis, values
    parts = [one for one in run.each(values) or () if isinstance(one, KerasTensor)]
    if not parts or axis == 0:
        return None
    keywords = {} if axis is None else {"axis": Given(axis, given.at)}
    layer = KerasLayer(keras, run, "Concatenate", Arguments([], keywords, given.at))
    return layer.called(run, Arguments([Given(parts, given.at)], {}, given.at))


def _reduced(word: str) -> _Does:
    """`tf.reduce_mean(x, [1, 2])`; without axes, or over examples, it measures and is no layer."""

    def does(keras: Keras, run: Run, given: Arguments) -> Any:
        flow, axes = given.get(0, "input_tensor", "x"), given.get(1, "axis", "reduction_indices")
        if not isinstance(flow, KerasTensor):
            return None
        axes = (axes,) if isinstance(axes, int) else tuple(axes) if isinstance(axes, (tuple, list)) else ()
        kind = _POOLS.get(len(axes)) if axes == tuple(range(1, len(axes) + 1)) else None
        sizes = keras.sizes(run).of(flow.settled(run).node)
        if kind is None or sizes is None or len(sizes) != len(axes) + 1:
            return Unknown("measured")
        kept = given.get(None, "keepdims", "keep_dims") is True
        keywords = {"keepdims": Given(True, given.at)} if kept else {}
        layer = KerasLayer(keras, run, kind.format(word), Arguments([], keywords, given.at))
        return layer.called(run, Arguments([Given(flow, given.at)], {}, given.at))

    return does


def _one_hot(keras: Keras, run: Run, given: Arguments) -> Any:
    """`tf.one_hot(ids, depth)`."""
    flow, depth = given.get(0, "indices", "x"), letter(given.get(1, "depth", "num_classes"))
    if not isinstance(flow, KerasTensor) or not is_number(depth):
        return None
    sizes = keras.sizes(run).of(flow.settled(run, 1).node)
    if sizes is None:
        return None
    call = own("opaque", given.at, *sizes, depth)
    return flow.through(run, Node(call, (flow.node,), given.at, name=keras.fresh("one_hot")))


_POOLS = {1: "Global{}Pooling1D", 2: "Global{}Pooling2D", 3: "Global{}Pooling3D"}

_FUNCTIONS: dict[str, _Does] = {
    "conv1d": _convolution(1, "Conv1D"),
    "conv2d": _convolution(2, "Conv2D"),
    "conv3d": _convolution(3, "Conv3D"),
    "conv2d_transpose": _convolution(2, "Conv2DTranspose"),
    "depthwise_conv2d": _convolution(2, "DepthwiseConv2D"),
    "atrous_conv2d": _dilated,
    "matmul": _product,
    "xw_plus_b": _product,
    "add": _joined("Add"),
    "multiply": _joined("Mult"),
    "subtract": _joined("Sub"),
    "max_pool": _pooling(2, "MaxPooling2D"),
    "max_pool2d": _pooling(2, "MaxPooling2D"),
    "max_pool1d": _pooling(1, "MaxPooling1D"),
    "max_pool3d": _pooling(3, "MaxPooling3D"),
    "avg_pool": _pooling(2, "AveragePooling2D"),
    "avg_pool2d": _pooling(2, "AveragePooling2D"),
    "avg_pool1d": _pooling(1, "AveragePooling1D"),
    "avg_pool3d": _pooling(3, "AveragePooling3D"),
    "dropout": _dropout,
    "lrn": _response,
    "local_response_normalization": _response,
    "embedding_lookup": _looked_up,
    "moments": _moments,
    "batch_normalization": _normalized,
    "expand_dims": _widened,
    "squeeze": _squeezed,
    "one_hot": _one_hot,
    "concat": _concatenated,
    "reduce_mean": _reduced("Average"),
    "reduce_max": _reduced("Max"),
}
