"""Which layers a sentence can describe so that nothing is open; of the others the network is shown."""

from __future__ import annotations

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.layers.normalization import BatchNormalization
from symparams.misconceptions.task import Task
from symparams.model.arguments import Argument, arguments_of
from symparams.model.layer import Layer

# What a quantity does not depend on, whatever its value is, so that it may be left unsaid.
_IMMATERIAL = {"params": frozenset({"sequences", "last", "norm_first", "causal", "sinusoidal"})}


def is_describable(task: Task) -> bool:
    """Whether the arguments of the layer can be said in words, and a reader knows what is not said."""
    layer, x = task.derived.layer, task.derived.arriving[0]
    if x.convention == "torch" and "ormalization" in type(layer).__name__ and not isinstance(layer, BatchNormalization):
        return False  # which axes are normalized is a matter of the framework
    if {"kernel", "sequences"} <= {argument.name for argument in arguments_of(type(layer))}:
        return False  # its kernel has an axis less than its input
    left = _IMMATERIAL.get(task.quantity, frozenset[str]())
    return all(a.name in left or _clear(a, layer) for a in arguments_of(type(layer)))


def _clear(argument: Argument, layer: Layer) -> bool:
    value = getattr(layer, argument.name)
    if argument.told:
        return not isinstance(value, Layer)
    return argument.name not in ("sequences", "last") and value == argument.default and is_neutral(value)


def is_neutral(value: object) -> bool:
    """Whether a default goes without saying: nothing, no, one, a word; not a number such as 2,048."""
    if isinstance(value, Formula):
        return number(value) in (0, 1)
    if isinstance(value, tuple):
        return all(map(is_neutral, value))
    return True
