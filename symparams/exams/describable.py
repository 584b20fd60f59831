"""Which layers a sentence can describe so that nothing is open; of the others the network is shown."""

from __future__ import annotations

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.misconceptions.task import Task
from symparams.model.arguments import Argument, arguments_of
from symparams.model.derived import Derived
from symparams.model.layer import Layer


def is_describable(task: Task) -> bool:
    """Whether the arguments of the layer can be said in words, and a reader knows what is not said."""
    return can_be_described(task.derived, task.quantity)


def can_be_described(derived: Derived, quantity: str) -> bool:
    """The same of a layer on its input, of which a quantity is asked for."""
    if not derived.arriving:
        return False
    layer, x = derived.layer, derived.arriving[0]
    if x.convention not in layer.described:
        return False
    left_out = quantity == "params"  # what no number of weights depends on
    return all((left_out and a.weightless) or _clear(a, layer) for a in arguments_of(type(layer)))


def _clear(argument: Argument, layer: Layer) -> bool:
    value = getattr(layer, argument.name)
    if argument.told:
        return not isinstance(value, Layer)
    return argument.tacit and value == argument.default and is_neutral(value)


def is_neutral(value: object) -> bool:
    """Whether a default goes without saying: nothing, no, one, a word; not a number such as 2,048."""
    if isinstance(value, Formula):
        return number(value) in (0, 1)
    if isinstance(value, tuple):
        return all(map(is_neutral, value))
    return True


def axes_of_input(derived: Derived) -> tuple[str, ...]:
    """What the axes of the input are called: features come last where the layer reads them so."""
    x, out = derived.arriving[0], derived.out.axes
    last = (len(out) > 1 and out[-1] == "features") or (derived.layer.reading == "features" and "channels" not in out)
    return x.feature_names() if last else x.axis_names()
