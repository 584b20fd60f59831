"""A layer -> the call of a framework's class that makes it, by the signatures that stand beside each layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from symparams.converters.literals import call, plain, short
from symparams.layers import CATALOGUE, key
from symparams.model.arguments import Argument, arguments_of
from symparams.model.framework import Parameter
from symparams.model.layer import Incoming, Layer

Framework = Literal["keras", "torch"]


class Class(NamedTuple):
    """A class of a framework that makes layers of ours."""

    name: str
    parameters: tuple[Parameter, ...]
    preset: Mapping[str, object]  # arguments that its name says
    rank: int | None  # the spatial axes that it is for; None: any


def class_call(
    layer: Layer, framework: Framework, arriving: Sequence[Incoming], aside: frozenset[str] = frozenset(), **more: Any
) -> str | None:
    """The call, without the arguments that are `aside`; None where no class can say all that the layer says."""
    rank = len(arriving[0].shape) - 1 if arriving else None
    for one in _classes(type(layer), framework):
        if one.rank in (None, rank) and _fits(layer, one, aside):
            return _written(layer, one, arriving, more)
    return None


def _classes(layer: type[Layer], framework: Framework) -> tuple[Class, ...]:
    known = _known_classes.get((layer, framework))
    if known is None:
        known = _known_classes[layer, framework] = tuple(_each_class(layer, framework))
    return known


_known_classes: dict[tuple[type[Layer], Framework], tuple[Class, ...]] = {}


def _each_class(layer: type[Layer], framework: Framework) -> Iterator[Class]:
    for one in layer.calls:
        for name in one.names if one.framework == framework else ():
            entry = CATALOGUE.get(key(name))
            if entry is not None and entry.layer is layer and not name.startswith("Lazy"):
                promised = re.search(r"([123])[dD](?!\w*\d)", name)
                yield Class(name, one.parameters(), entry.preset, int(promised[1]) if promised else None)


def _arguments(layer: type[Layer]) -> dict[str, Argument]:
    return {argument.name: argument for argument in arguments_of(layer)}


def _fits(layer: Layer, one: Class, aside: frozenset[str]) -> bool:
    """Whether the name and the arguments of a class say all that is special about a layer."""
    if any(getattr(layer, name) != value for name, value in one.preset.items()):
        return False
    said = {parameter.argument for parameter in one.parameters} | one.preset.keys() | aside
    if any(isinstance(getattr(layer, name), Layer) for name in _arguments(type(layer))):
        return False
    return all(name in said or _is_usual(layer, argument) for name, argument in _arguments(type(layer)).items())


def _is_usual(layer: Layer, argument: Argument) -> bool:
    return bool(getattr(layer, argument.name) == argument.default)


def _written(layer: Layer, one: Class, arriving: Sequence[Incoming], more: Mapping[str, Any]) -> str:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    known = _arguments(type(layer))
    in_order = True
    for parameter in one.parameters:
        value = _UNSAID
        if parameter.told and (parameter.told != "axis of the channels"):
            value = plain(_told(parameter, arriving))
        elif parameter.argument in known and parameter.argument not in one.preset:
            argument = known[parameter.argument]
            if parameter.required or parameter.name in _WRITTEN or not _is_usual(layer, argument):
                value = _value(getattr(layer, parameter.argument), argument)
        if value is _UNSAID:
            in_order = False
        elif in_order and parameter.positional and (parameter.required or parameter.told):
            positional.append(value)
        else:
            named[parameter.name] = value
            in_order = False
    return call(one.name, *positional, **named, **more)


_UNSAID: Any = object()
_WRITTEN = ("pool_size",)  # also where it is as usual: Keras 3 demands that of average pooling


def _value(value: Any, argument: Argument) -> Any:
    found = plain(value)
    if argument.variadic and isinstance(found, tuple) and len(found) == 1 and argument.name not in _IN_FULL:
        return found[0]
    if argument.name in _FUNCTIONS and isinstance(found, str):
        return KERAS_FUNCTIONS.get(found, found)  # PyTorch's classes do not take any by name
    return found if argument.variadic or argument.name in _IN_FULL else short(found)


_FUNCTIONS = ("activation", "recurrent_activation", "function")

# Where Keras writes a function otherwise than our language does.
KERAS_FUNCTIONS = {
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_silu",
    "hardtanh": "hard_tanh",
    "hardshrink": "hard_shrink",
    "softshrink": "soft_shrink",
    "tanhshrink": "tanh_shrink",
    "logsigmoid": "log_sigmoid",
}


_IN_FULL = ("amount", "order", "target", "shape", "axis", "shared")  # where equal numbers are no single one


def _told(parameter: Parameter, arriving: Sequence[Incoming]) -> Any:
    """What a class is told of what arrives."""
    if parameter.told == "channels":
        return arriving[0].channels
    return arriving[-1 if parameter.told == "features of input 2" else 0].shape[-1]
