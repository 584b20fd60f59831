"""Numbers that a program of TensorFlow makes up, and the variables that hold them: tf.Variable(tf.zeros([10]))."""

from __future__ import annotations

import re
from typing import Any

from symparams.reading.python.graph import Keras
from symparams.reading.python.keras_weights import KerasWeight
from symparams.reading.python.operations import operated
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, MadeUp, data_sizes, is_number, letter, measured

_OF_SIZES = ("random_normal", "truncated_normal", "random_uniform", "normal", "uniform", "zeros", "ones", "fill",
             "random", "random_sample", "standard_normal", "full", "empty")  # fmt: skip
_SIZES_EACH = ("randn", "rand")  # whose sizes are arguments of their own
_WRITTEN_OUT = ("constant", "array", "asarray", "convert_to_tensor")  # numbers one by one
_OUTSIDE = re.compile(r"(?:tf|tensorflow|np|numpy|keras|ops|K|backend)\.")
_OF_FRAMEWORK = re.compile(r"(?:^|\.)(?:tf|tensorflow|ops|K|backend)\.\w+$")
_INITIALIZER = re.compile(
    r"(?:initializer|[Xx]avier|[Gg]lorot|[Hh]e_|He[NU]|Random(?:Normal|Uniform)|TruncatedNormal|Zeros|Ones)\w*\([^()]*\)$"
)


class Places(MadeUp):
    """Numbers from 0 on, the same for every example: `tf.range(length)`."""


def _places(given: Arguments) -> Places | None:
    start, stop = given.get(0, "start"), given.get(1, "stop", "limit")
    start, stop = (0, start) if stop is None else (start, stop)
    count = operated("Sub", letter(stop), letter(start or 0))
    return Places((count,)) if is_number(count) and given.get(2, "step", "delta", default=1) == 1 else None


def _row(given: Arguments) -> MadeUp | None:
    """`np.arange(12)`: a row of numbers, which is mostly given another shape."""
    found = _places(given)
    return (
        MadeUp(found.data_shape if found is not None else (letter(given.get(0, "stop")),)) if given.positional else None
    )


def made_up(path: str, given: Arguments) -> MadeUp | None:
    """What a function such as `tf.random_normal([5, 5, 1, 32])` makes; None for any other."""
    last = path.rpartition(".")[2]
    if last in ("arange", "range") and _OF_FRAMEWORK.search(path):
        return _places(given)
    if last == "arange" and _OUTSIDE.match(path):
        return _row(given)
    if last == "reshape" and (before := data_sizes(given.get(0, "a", "x", "tensor"))) is not None:
        return MadeUp(before).reshaped(given, first=1)
    shape: Any = None
    if last in _OF_SIZES and _OUTSIDE.match(path):
        rows = (g.value for g in given.positional if isinstance(g.value, (tuple, list)))
        shape = given.get(None, "shape", "size") or next(rows, given.get(0))
    elif last in _SIZES_EACH and _OUTSIDE.match(path):
        shape = [g.value for g in given.positional]
    elif last == "randint" and _OUTSIDE.match(path):
        shape = given.get(2, "size", "shape") or given.get(0 if "minval" in given.keywords else None)
    elif last in _WRITTEN_OUT and ("." in path or last == "constant"):
        shape = given.get(2, "shape") or measured(given.get(0, "value", "x", "object"))
    elif _INITIALIZER.search(path):
        shape = given.get(0, "shape")
    shape = _sizes(shape)
    return None if shape is None else MadeUp(shape)


def _sizes(shape: Any) -> tuple[Any, ...] | None:
    """A shape of numbers, known or not; None for anything else."""
    if is_number(shape):
        shape = (shape,)
    known = isinstance(shape, (tuple, list)) and shape and all(is_number(letter(size)) for size in shape)
    return tuple(shape) if known else None


def variable(keras: Keras, run: Run, last: str, given: Arguments) -> KerasWeight | None:
    """`tf.Variable(initial)` or `tf.get_variable("W", [784, 10])`; None where nobody knows how large it is."""
    initial = given.get(0, "initial_value") if last == "Variable" else given.get(None, "initializer")
    shape = _sizes(given.get(None if last == "Variable" else 1, "shape"))
    if shape is None:
        shape = getattr(initial, "data_shape", None)
    if shape is None:
        shape = measured(initial)
    if shape is None:
        return None
    run.allowance.make()
    return KerasWeight(keras, "", [letter(size) for size in shape], given.get(None, "trainable") is False)


def named(keras: Keras, run: Run, weight: KerasWeight, given: Arguments, kind: str) -> str:
    """The name of a layer that a variable makes: of the call, of the variable, else the next of its kind."""
    name = given.get(None, "name", "scope")
    return name if isinstance(name, str) else weight.name or _called(run, weight) or str(keras.fresh(kind))


def _called(run: Run, weight: KerasWeight) -> str:
    """What a program calls a variable, or its key in a dictionary; "" for one that has no name in the program."""
    for name, value in run.globals.names.items():
        for key, one in value.items() if isinstance(value, dict) else ((name, value),):
            run.allowance.spend()
            if one is weight:
                return str(key)
    return ""
