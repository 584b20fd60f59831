"""Operations that stand in a graph as if they were layers: `x + y`, ops.mean(x), tf.nn.relu(x), a Lambda."""

from __future__ import annotations

from math import prod
from typing import NamedTuple, TypeAlias

from symparams.algebra.formula import as_formula
from symparams.reading.configs.arguments import raw
from symparams.reading.configs.calls_on import Tensor, Use
from symparams.reading.configs.models import Layer
from symparams.sources import records as r

Shape: TypeAlias = "tuple[int | None, ...] | None"  # without the batch axis; None: the config does not say

_CLASSES = frozenset(("Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod"))
_JOINING = {
    "add": "Add", "addv2": "Add", "subtract": "Subtract", "sub": "Subtract", "multiply": "Multiply", "mul": "Multiply",
    "maximum": "Maximum", "minimum": "Minimum",
}  # fmt: skip
_WORDS = (
    "relu relu6 sigmoid softplus softsign silu swish log_sigmoid leaky_relu elu celu hard_sigmoid hard_silu hard_tanh "
    "selu gelu softmax log_softmax tanh"
)
_FUNCTIONS = {word.replace("_", ""): word for word in _WORDS.split()}
_POOLING = {"mean": "Average", "max": "Max", "amax": "Max", "reducemean": "Average", "reducemax": "Max"}
_CONCATENATING = ("concatenate", "concat", "concatv2")


class Operation(NamedTuple):
    """What an operation is in the language."""

    call: r.Call
    inputs: tuple[Tensor, ...]  # what feeds it
    doubt: str = ""  # what is taken for granted


def is_operation(layer: Layer) -> bool:
    """Whether it is no layer but an operation, which has no weights."""
    return layer.module.startswith("keras.src.ops.") or layer.kind in _CLASSES


def stated_shape(layer: Layer) -> Shape:
    """The shape that a Lambda says of its output."""
    shape = layer.config.get("output_shape")
    if layer.kind != "Lambda" or not isinstance(shape, list) or not all(isinstance(n, int) for n in shape):
        return None
    return tuple(shape)


def operation(layer: Layer, use: Use, leaving: Shape) -> Operation:
    """The layer that computes the same, as far as shapes go."""
    tensors = tuple(use.tensors())
    name = _name(layer)
    arriving = tensors[0].shape if tensors else None
    if name in _JOINING and len(tensors) > 1:
        return Operation(r.Call(_JOINING[name], (), layer.at), tensors)
    if name in _CONCATENATING and len(tensors) > 1:
        return Operation(r.Call("Concatenate", _axis(layer, use), layer.at), tensors)
    if name in _FUNCTIONS:
        word = r.Argument(None, f'"{_FUNCTIONS[name]}"', layer.at)
        return Operation(r.Call("Activation", (word,), layer.at), tensors[:1])
    known = _arranged(name, layer, tensors[:1], arriving, leaving) if tensors else None
    return known or _opaque(layer, tensors, arriving, leaving)


def _name(layer: Layer) -> str:
    """The operation without its module, in small letters: mean of keras.src.ops.numpy.Mean or tf.math.reduce_mean."""
    function = layer.config.get("function")
    written = function if isinstance(function, str) and layer.kind != "Lambda" else layer.kind
    return written.rpartition(".")[2].replace("_", "").casefold()


def _axis(layer: Layer, use: Use) -> tuple[r.Argument, ...]:
    axis = raw(layer.config.get("axis", use.named.get("axis")))
    return () if axis is None else (r.Argument("axis", axis, layer.config.place("axis")),)


def _arranged(
    name: str, layer: Layer, tensors: tuple[Tensor, ...], arriving: Shape, leaving: Shape
) -> Operation | None:
    """Axes in another order, values in another shape, the mean over all positions; None where it is none of these."""
    axes = layer.config.get("axes")
    if name == "transpose" and isinstance(axes, list) and axes[:1] == [0]:
        order = tuple(r.Argument(None, as_formula(axis), layer.at) for axis in axes[1:] if isinstance(axis, int))
        return Operation(r.Call("permute", order, layer.at), tensors)
    if name in _POOLING and arriving is not None and len(arriving) > 1:
        found = layer.config.get("axis")
        if isinstance(found, list) and sorted(a % (len(arriving) + 1) for a in found if isinstance(a, int)) == list(
            range(1, len(arriving))
        ):
            keep = (r.Argument("keepdims", r.TRUE, layer.at),) if layer.config.get("keepdims") else ()
            kind = f"Global{_POOLING[name]}Pooling{len(arriving) - 1}D"
            return Operation(r.Call(kind, keep, layer.at), tensors)
    if arriving is not None and arriving == leaving:
        return Operation(r.Call("Identity", (), layer.at), tensors)
    if arriving is not None and leaving and _as_many(arriving, leaving):
        sizes = tuple(r.Argument(None, as_formula(-1 if size is None else size), layer.at) for size in leaving)
        return Operation(r.Call("reshape", sizes, layer.at), tensors)
    return None


def _as_many(arriving: tuple[int | None, ...], leaving: tuple[int | None, ...]) -> bool:
    """Whether two shapes hold equally many numbers, as far as is known."""
    opened = [sum(size is None for size in shape) for shape in (arriving, leaving)]
    known = [prod(size for size in shape if size is not None) for shape in (arriving, leaving)]
    return opened[0] == opened[1] <= 1 and known[0] == known[1]


def _opaque(layer: Layer, tensors: tuple[Tensor, ...], arriving: Shape, leaving: Shape) -> Operation:
    """What cannot be followed: it gives what the config says, else what arrives."""
    name = layer.name or layer.kind
    if leaving and leaving != arriving and None not in leaving:
        sizes = tuple(r.Argument(None, as_formula(size), layer.at) for size in leaving if size is not None)
        doubt = f"{name} is not followed; its output has the shape that the config says"
        return Operation(r.Call("opaque", sizes, layer.at), tensors[:1], doubt)
    doubt = "" if arriving is not None and leaving is not None else f"{name} is taken to leave the shape as it is"
    return Operation(r.Call("Identity", (), layer.at), tensors[:1], doubt)
