"""What a wrong number is right for: the same layer with one setting changed, or on another input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import MISSING, dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.converters.keras_layers import recipe as keras_recipe
from symparams.converters.literals import OpenSizeError
from symparams.converters.recipes import NoCounterpartError
from symparams.converters.torch_layers import recipe as torch_recipe
from symparams.errors import SymparamsError
from symparams.layers.convolution import Convolution
from symparams.model.arguments import Argument, arguments_of
from symparams.model.derived import Derived, known
from symparams.model.layer import Layer, Shape
from symparams.model.network import Node
from symparams.questions.diagnosis import Diagnosis

Change: TypeAlias = Literal["setting", "channels", "axes"]
_WORDS = 8  # a setting with more words is an activation, on which no number depends


class Changed(NamedTuple):
    """A layer that differs in one thing from the one that is asked about."""

    change: Change  # in what: a setting, the channels of its input, the spatial axes of its input
    derived: Derived  # the other layer on what it is fed


@dataclass(frozen=True, slots=True)
class RightFor:
    """Another layer that has the number which is wrong for the one that is asked about."""

    change: Change  # in what it differs
    call: str  # the layer as its framework makes it
    own: str  # the layer that is asked about, likewise; the same where only the input differs
    channels: Value  # that the other layer is fed


def right_for(diagnosis: Diagnosis) -> RightFor | None:
    """The first such layer; None if there is none that its framework can make by one call."""
    node = diagnosis.node
    if node is None or diagnosis.correct or node.shared is not None or node.layer.inputs == "none":
        return None
    own = _call(node)
    for other in _others(node):
        if own is None or not _has(other.derived, diagnosis):
            continue
        call = _call(replace(node, derived=other.derived))
        if call is not None and (call != own or other.change == "channels"):
            return RightFor(other.change, call, own, other.derived.arriving[0].channels)
    return None


def _has(derived: Derived, diagnosis: Diagnosis) -> bool:
    """Whether a layer has the number, or the shape, that was given as an answer."""
    if diagnosis.quantity == "shape":
        return len(derived.shape) == len(diagnosis.answer) and all(map(_same, derived.shape, diagnosis.answer))
    if diagnosis.quantity == "params":
        return _same(derived.counts.params, diagnosis.answer[0])
    if diagnosis.quantity == "macs" and derived.work is not None:
        return _same(simplified(derived.macs), diagnosis.answer[0])
    return False


def _same(value: Value, given: Formula) -> bool:
    one, other = number(as_formula(value)), number(given)
    return one is not None and one == other


def _call(node: Node) -> str | None:
    """The one call that makes a layer, without its package; None where it takes more."""
    plain = replace(node.layer, **{a.name: a.default for a in arguments_of(type(node.layer)) if _is_activation(a)})
    node = replace(node, derived=replace(node.derived, layer=plain))
    try:
        made = (keras_recipe if node.derived.convention == "keras" else torch_recipe)(node)
    except (NoCounterpartError, OpenSizeError, SymparamsError):
        return None
    if len(made.made) != 1 or made.helper or made.more:
        return None
    return made.made[0].replace("layers.", "")


def _is_activation(argument: Argument) -> bool:
    return len(argument.kind.words) >= _WORDS and argument.default not in (MISSING, None)


# ---------------------------------------------------------------- other layers


def _others(node: Node) -> Iterator[Changed]:
    """The layers that differ in one thing, those first that people take for it."""
    derived = node.derived
    shapes = tuple(x.shape for x in derived.arriving)
    for argument in arguments_of(type(derived.layer)):
        for value in _values(argument, getattr(derived.layer, argument.name)):
            with suppress(SymparamsError, ValueError, IndexError):
                other = replace(derived.layer, **{argument.name: value})
                yield Changed("setting", _derived(derived, other, shapes))
    if isinstance(derived.layer, Convolution):
        inputs: tuple[tuple[Change, Shape], ...] = (
            ("channels", _of_one_channel(derived)),
            ("axes", _with_an_axis(derived)),
        )
        for change, shape in inputs:
            with suppress(SymparamsError, ValueError, IndexError):
                yield Changed(change, _derived(derived, derived.layer, (shape, *shapes[1:])))


def _derived(derived: Derived, layer: Layer, shapes: tuple[Shape, ...]) -> Derived:
    read = tuple(
        x.is_sequence if len(x.shape) == len(s) else None for x, s in zip(derived.arriving, shapes, strict=True)
    )
    return known(layer, shapes, derived.convention, derived.facts, read, derived.laid_out)


def _values(argument: Argument, value: object) -> Iterator[object]:
    """Other values of a setting: the other answer, the other words, what it is where nothing is given."""
    kind = argument.kind
    if kind.answers and isinstance(value, bool):
        yield not value
    elif len(kind.words) < _WORDS:
        yield from dict.fromkeys(word for word in kind.words.values() if word != value and word is not None)
    if kind.least is not None and argument.default not in (MISSING, None, value):
        yield argument.default


def _of_one_channel(derived: Derived) -> Shape:
    x = derived.arriving[0]
    return tuple(1 if axis == x.channel_axis % len(x.shape) else size for axis, size in enumerate(x.shape))


def _with_an_axis(derived: Derived) -> Shape:
    """The input of a layer with one more spatial axis, as long as the one before it."""
    x = derived.arriving[0]
    spatial = [axis for axis in range(len(x.shape)) if axis != x.channel_axis % len(x.shape)]
    return (*x.shape[: spatial[-1]], x.shape[spatial[-1]], *x.shape[spatial[-1] :])
