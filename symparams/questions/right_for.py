"""What a wrong number is right for: the same layer with one thing changed, in its settings or in its input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import MISSING, dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Number, Symbol, Value, as_formula, parts, symbols
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
from symparams.model.network import Network, Node
from symparams.questions.before_it import before_it
from symparams.questions.changed_call import Way, changed_argument
from symparams.questions.diagnosis import Diagnosis

Change: TypeAlias = Literal["setting", "layer", "channels", "axes", "inputs"]
_PADDING = (1, 0, 2, 3)  # positions of padding that are tried
_FAR = 64  # times as many inputs as there are: more says nothing
_TYPED = 12  # numbers that were typed, or sizes of the network, which are tried
_WORDS = 8  # a setting with more words is an activation, on which no number depends


class Changed(NamedTuple):
    """A layer that differs in one thing from the one that is asked about."""

    change: Change  # in what: a setting, a layer before it, an input with one channel, another axis, so many inputs
    derived: Derived  # the other layer on what it is fed
    way: Way | None = None  # the layer that stands before it; None: none does


@dataclass(frozen=True, slots=True)
class RightFor:
    """Another layer that has the number which is wrong for the one that is asked about."""

    change: Change  # in what it differs
    call: str  # the layer as its framework makes it
    own: str  # the layer that is asked about, likewise; the same where only the input differs
    channels: Value  # that the other layer is fed
    inputs: Symbol | None  # what the other layer reads, with its meaning, where that is so many inputs
    own_inputs: Value  # how many of them the layer that is asked about reads
    ways: tuple[Way, ...] = ()  # what to write instead, where that is one argument or one layer; two where two would do
    less: tuple[int, int] = (0, 0)  # how many more weights and biases it has than the other; 0, 0: not both differ


def right_for(diagnosis: Diagnosis) -> RightFor | None:
    """The first such layer; None if there is none that its framework can make by one call."""
    node = diagnosis.node
    if node is None or diagnosis.correct or node.layer.inputs == "none":
        return None
    own = call_of(node)
    if own is None:
        return None
    found: RightFor | None = None
    for other in _tried(node, diagnosis):
        if found is not None and (not found.ways or other.change != found.change):
            break
        if _has(other.derived, diagnosis) and (one := _told(node, own, other, diagnosis.quantity)) is not None:
            if found is None:
                found = one
            elif one.ways and one.ways[0].name not in {way.name for way in found.ways}:
                return replace(found, ways=(*found.ways, *one.ways))
    return found


def _tried(node: Node, diagnosis: Diagnosis) -> Iterator[Changed]:
    """The other layers, those first that people take for it."""
    if node.shared is None:
        yield from _others(node)
        if diagnosis.quantity == "params":
            yield from (Changed("layer", derived, way) for way, derived in before_it(diagnosis.network, node))
        if all(len(m.made) > 1 for m in diagnosis.matches):
            yield from _of_typed(node, diagnosis)
    elif diagnosis.quantity == "shape":
        yield from (other for other in _others(node) if _keeps_the_rest(diagnosis.network, node, other))


def _keeps_the_rest(network: Network, node: Node, other: Changed) -> bool:
    """Whether a layer that is used several times gives the same elsewhere if it is changed so."""
    root = node.shared
    rest = [n for n in network.nodes if n is not node and (n.name == root or n.shared == root)]
    with suppress(SymparamsError, ValueError, IndexError):
        layer = other.derived.layer
        return all(
            _derived(n.derived, layer, tuple(x.shape for x in n.derived.arriving)).shape == n.shape for n in rest
        )
    return False


def _told(node: Node, own: str, other: Changed, diagnosed: str) -> RightFor | None:
    """How a layer that has the number is told; None where its framework cannot make it by one call."""
    call = call_of(replace(node, derived=other.derived))
    if call is None or (call == own and other.change in ("setting", "axes")):
        return None
    ours, theirs = _inputs(node.derived), _inputs(other.derived)
    inputs = theirs if ours is not None and theirs is not None and ours.value != theirs.value else None
    many = 0 if ours is None or ours.value is None else simplified(ours.value)
    changed = other.way
    if other.change == "setting":
        changed = changed_argument(own, call, node.derived.convention)
    ways = () if changed is None else (changed,)
    less = _less(node.derived, other.derived) if diagnosed == "params" else (0, 0)
    return RightFor(other.change, call, own, other.derived.arriving[0].channels, inputs, many, ways, less)


def _less(own: Derived, other: Derived) -> tuple[int, int]:
    """How many more weights and biases a layer has than another, where it has more of both, or fewer of both."""
    mine, theirs = own.counts, other.counts
    pairs = (mine.weights, theirs.weights), (mine.biases, theirs.biases)
    weights, biases = (a - b if isinstance(a, int) and isinstance(b, int) else 0 for a, b in pairs)
    return (weights, biases) if weights * biases > 0 else (0, 0)


def _has(derived: Derived, diagnosis: Diagnosis) -> bool:
    """Whether a layer has the number, or the shape, that was given as an answer."""
    if diagnosis.quantity == "shape":
        sizes = dict(zip(derived.out.axes, derived.shape, strict=True))
        asked = [sizes.get(one.axis) for one in diagnosis.right]
        return len(asked) == len(diagnosis.answer) and all(
            size is not None and _same(size, given) for size, given in zip(asked, diagnosis.answer, strict=True)
        )
    if diagnosis.quantity == "params":
        return _same(derived.counts.params, diagnosis.answer[0])
    if diagnosis.quantity == "macs" and derived.work is not None:
        return _same(simplified(derived.macs), diagnosis.answer[0])
    return False


def _same(value: Value, given: Formula) -> bool:
    one, other = number(as_formula(value)), number(given)
    return one is not None and one == other


def call_of(node: Node) -> str | None:
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


def _inputs(derived: Derived) -> Symbol | None:
    """The letter for the channels or features that a layer reads, if its number of parameters depends on one."""
    letters = [s for s in symbols(derived.rules.parameters) if s.incoming]
    return letters[0] if len({s.name for s in letters}) == 1 else None


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
    yield from _of_quotients(derived, shapes)
    for layer in _extra(derived.layer):
        with suppress(SymparamsError, ValueError, IndexError, TypeError):
            yield Changed("setting", _derived(derived, layer, shapes))
    if isinstance(derived.layer, Convolution):
        inputs: tuple[tuple[Change, Shape], ...] = (
            ("channels", _of_one_channel(derived)),
            ("axes", _with_an_axis(derived)),
        )
        for change, shape in inputs:
            with suppress(SymparamsError, ValueError, IndexError):
                yield Changed(change, _derived(derived, derived.layer, (shape, *shapes[1:])))


def _of_quotients(derived: Derived, shapes: tuple[Shape, ...]) -> Iterator[Changed]:
    """The layers with the same output of which one number is a quotient of two others: 96 features, 4 heads, so 24."""
    x = derived.arriving[0]
    numbers = {
        a.name: number(v)
        for a in arguments_of(type(derived.layer))
        if isinstance(v := getattr(derived.layer, a.name), Formula)
    }
    width = x.shape[x.channel_axis % len(x.shape)]
    sizes = [n for n in (width, *numbers.values()) if isinstance(n, int) and n > 1]
    quotients = list(
        dict.fromkeys(one // other for one in sizes for other in sizes if one > other and one % other == 0)
    )
    for argument in arguments_of(type(derived.layer)):
        own = numbers.get(argument.name)
        is_chosen = isinstance(own, int) and getattr(derived.layer, argument.name) != argument.default
        for value in quotients if argument.kind.least is not None and is_chosen else ():
            if value != own:
                with suppress(SymparamsError, ValueError, IndexError):
                    one = _derived(derived, replace(derived.layer, **{argument.name: Number(value)}), shapes)
                    if one.shape == derived.shape:
                        yield Changed("setting", one)


def _of_typed(node: Node, diagnosis: Diagnosis) -> Iterator[Changed]:
    """The layers that read as many inputs, or have as much of a setting, as one of the numbers that were typed.

    Each with the switches as they are, or one of them turned. Of a number alone, the sizes of the network are tried.
    """
    if diagnosis.quantity != "params" or len(node.derived.arriving) != 1:
        return
    typed = [n for n in _whole(diagnosis.answer[0]) if n > 1]
    derived = node.derived
    if len(typed) == 1:
        sizes = [size for other in diagnosis.network.nodes for size in other.shape if isinstance(size, int)]
        typed = list(dict.fromkeys(sizes))[: _TYPED - 1]
    with suppress(SymparamsError):
        count = number(diagnosis.answer[0])
        solved = list(_solved(derived, count)) if isinstance(count, int) else []
        if len({*_whole(diagnosis.answer[0])}) > 1:  # of a formula only what stands in it, or a product of two of these
            solved = [n for n in solved if any(n % one == 0 and n // one in typed for one in typed)]
        typed = [*typed[: _TYPED - 2], *solved, 1]
    switches = [a.name for a in arguments_of(type(derived.layer)) if a.kind.answers]
    values = [(name, getattr(derived.layer, name)) for name in switches]
    layers = [derived.layer, *(replace(derived.layer, **{n: not v}) for n, v in values if isinstance(v, bool))]
    for size in list(dict.fromkeys(typed))[:_TYPED]:
        for layer in layers:
            with suppress(SymparamsError, ValueError, IndexError):
                yield Changed("inputs", _on(derived, layer, size))
        for argument in arguments_of(type(derived.layer)):
            with suppress(SymparamsError, ValueError, IndexError, TypeError):
                yield from (
                    Changed("setting", _derived(derived, one, (derived.arriving[0].shape,)))
                    for one in _sized(layers, argument, size)
                )


def _on(derived: Derived, layer: Layer, inputs: int) -> Derived:
    """A layer of this kind on so many channels or features."""
    (x,) = derived.arriving
    axis = derived.feature_axis % len(x.shape) if len(x.shape) == len(derived.shape) else len(x.shape) - 1
    return _derived(derived, layer, (tuple(inputs if i == axis else n for i, n in enumerate(x.shape)),))


def _solved(derived: Derived, count: int) -> Iterator[int]:
    """The number of inputs with which the layer has so many parameters, if they grow with each input by as many."""
    with suppress(SymparamsError, ValueError, IndexError):
        first, second, third = (_on(derived, derived.layer, n).counts.params for n in (1, 2, 3))
        if isinstance(first, int) and isinstance(second, int) and third == 2 * second - first and second > first:
            inputs, rest = divmod(count - first, second - first)
            own = derived.arriving[0].shape[derived.feature_axis % len(derived.arriving[0].shape)]
            if inputs >= 0 == rest and (not isinstance(own, int) or inputs <= _FAR * own):
                yield inputs + 1


def _sized(layers: Iterable[Layer], argument: Argument, size: int) -> Iterator[Layer]:
    """The layers with another value of an argument that has to be given as a number or as sizes."""
    for layer in layers if argument.default is MISSING else ():
        value = getattr(layer, argument.name)
        if isinstance(value, Formula):
            yield replace(layer, **{argument.name: Number(size)})
        elif isinstance(value, tuple) and value and all(isinstance(one, Formula) for one in value):
            yield replace(layer, **{argument.name: tuple(Number(size) for _ in value)})


def _whole(formula: Formula) -> Iterator[int]:
    """The integers that stand in a formula, in reading order."""
    if isinstance(formula, Number) and isinstance(formula.value, int):
        yield formula.value
    for part in parts(formula):
        yield from _whole(part)


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
    if kind.least is not None and not argument.positional and argument.default not in (MISSING, None, value):
        yield argument.default


def _extra(layer: Layer) -> Iterator[Layer]:
    """A layer with some more or fewer positions of padding on its sides, along all axes alike."""
    for argument in arguments_of(type(layer)):
        value = getattr(layer, argument.name)
        many = len(value) if isinstance(value, tuple) else 1
        if argument.name == "padding":
            known = {number(one) for one in value if isinstance(one, Formula)} if isinstance(value, tuple) else set()
            yield from (replace(layer, padding=(Number(p),) * many) for p in _PADDING if {p} != known)
        elif argument.name == "output_padding":
            yield replace(layer, output_padding=(ONE,) * many)


def _of_one_channel(derived: Derived) -> Shape:
    x = derived.arriving[0]
    return tuple(1 if axis == x.channel_axis % len(x.shape) else size for axis, size in enumerate(x.shape))


def _with_an_axis(derived: Derived) -> Shape:
    """The input of a layer with one more spatial axis, as long as the one before it."""
    x = derived.arriving[0]
    spatial = [axis for axis in range(len(x.shape)) if axis != x.channel_axis % len(x.shape)]
    return (*x.shape[: spatial[-1]], x.shape[spatial[-1]], *x.shape[spatial[-1] :])
