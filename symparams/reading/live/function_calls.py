"""A function of PyTorch on tensors whose shapes are known -> the layer that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from symparams.algebra.formula import as_formula
from symparams.reading.live.module_calls import HERE
from symparams.sources import records as r

_WORDS = (
    "relu relu6 leaky_relu elu celu selu gelu silu mish sigmoid tanh softmax log_softmax softmin softplus softsign "
    "hardsigmoid hardswish hardtanh hardshrink softshrink tanhshrink threshold logsigmoid"
)
_ACTIVATIONS = {word: word.replace("_", "") for word in _WORDS.split()}
_JOINING = {"add": "add", "sub": "subtract", "mul": "multiply", "multiply": "multiply", "maximum": "maximum",
            "minimum": "minimum", "subtract": "subtract"}  # fmt: skip
_DROPOUT = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_dropout")

Shape = tuple[int, ...]  # without the batch axis


class Done(NamedTuple):
    """What a function comes to."""

    call: r.Call | None  # None: the tensor stays what it is
    joins: bool = False  # whether all tensors feed it, not the first alone


def function_call(
    name: str, given: tuple[Any, ...], named: dict[str, Any], arriving: Sequence[Shape], out: Shape
) -> Done:
    """The layer for a function; `arriving` are the shapes of the tensors that it is given, `out` that of its output."""
    word = name.strip("_").removeprefix("r").removeprefix("i") if name.startswith("__") else name.rstrip("_")
    if word in _ACTIVATIONS:
        return Done(_call(_ACTIVATIONS[word]))
    if word in _JOINING and len(arriving) > 1:
        return Done(_call(_JOINING[word]), True)
    if word in ("cat", "concat", "concatenate") and len(arriving) > 1:
        dim = _value(given, named, 1, "dim", 0)
        return Done(_call("concat", axis=dim), True)
    if word in _DROPOUT:
        return Done(_call("dropout"))
    if len(arriving) == 1:
        return _rearranged(word, given, named, arriving[0], out)
    return Done(opaque(out), True)


def opaque(out: Shape, parameters: int = 0) -> r.Call:
    """A step that is not described: the shape of its output, and how many parameters it has."""
    counted = {"parameters": parameters} if parameters else {}
    return _call("opaque", *out, **counted)


def _rearranged(word: str, given: tuple[Any, ...], named: dict[str, Any], arriving: Shape, out: Shape) -> Done:
    if word in ("permute", "transpose", "swapaxes"):
        order = _order(word, given, named, len(arriving) + 1)
        if order is not None:
            return Done(_call("permute", *order))
    if out == arriving:
        return Done(None)
    if prod(out) == prod(arriving):
        return Done(_call("flatten") if len(out) == 1 else _call("reshape", *out))
    if word in ("mean", "adaptive_avg_pool2d", "amax", "adaptive_max_pool2d") and len(arriving) == 3:
        kind = "globalavgpool" if "a" in word[:3] and "max" not in word else "globalmaxpool"
        if out == arriving[:1]:
            return Done(_call(kind))
        if out == (arriving[0], 1, 1):
            return Done(_call(kind, keepdims=True))
    if word in ("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d"):
        return Done(_pooled(word, given, named, out))
    return Done(opaque(out))


def _pooled(word: str, given: tuple[Any, ...], named: dict[str, Any], out: Shape) -> r.Call:
    """F.max_pool2d(x, 2)."""
    names = ("kernel_size", "stride", "padding")
    found = {name: _value(given, named, i + 1, name, None) for i, name in enumerate(names)}
    ceil = _value(given, named, 4 if word.startswith("avg") else 5, "ceil_mode", False)
    more = {name: value for name, value in found.items() if value not in (None, 0, ())}
    kind = f"nn.{'Max' if word.startswith('max') else 'Avg'}Pool{word[-2]}d"
    return _call(kind, **more, **({"ceil_mode": True} if ceil else {}))


def _order(word: str, given: tuple[Any, ...], named: dict[str, Any], axes: int) -> tuple[int, ...] | None:
    """The axes in their new order, the first behind the batch is 1; None where the batch does not stay in front."""
    numbers: list[Any] = [n for one in given[1:] for n in (one if isinstance(one, (tuple, list)) else (one,))]
    numbers += [n for one in named.values() for n in (one if isinstance(one, (tuple, list)) else (one,))]
    if not all(isinstance(n, int) for n in numbers):
        return None
    numbers = [n % axes for n in numbers]
    if word != "permute":
        if len(numbers) != 2:
            return None
        order = list(range(axes))
        order[numbers[0]], order[numbers[1]] = order[numbers[1]], order[numbers[0]]
        numbers = order
    return tuple(numbers[1:]) if numbers[:1] == [0] and len(numbers) == axes else None


def _value(given: tuple[Any, ...], named: dict[str, Any], place: int, name: str, default: Any) -> Any:
    return named.get(name, given[place] if len(given) > place else default)


def _call(name: str, *positional: int, **named: Any) -> r.Call:
    arguments = [r.Argument(None, as_formula(value), HERE) for value in positional]
    for keyword, value in named.items():
        arguments.append(r.Argument(keyword, _raw(value), HERE))
    return r.Call(name, tuple(arguments), HERE)


def _raw(value: Any) -> r.RawValue:
    if isinstance(value, bool):
        return r.TRUE if value else r.FALSE
    return tuple(map(as_formula, value)) if isinstance(value, (tuple, list)) else as_formula(value)
