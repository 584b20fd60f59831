"""What can be stated of a layer, truly or falsely: each with its settings, decided by computing it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import mul
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import ONE, Formula, Symbol, Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.errors import SymparamsError
from symparams.exams.choosing import value as what_it_says
from symparams.exams.course import Course
from symparams.exams.describable import axes_of_input, is_neutral
from symparams.exams.told import numbers_of_layer
from symparams.exams.values import bound
from symparams.layers.embedding import Tied
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Task
from symparams.model.arguments import COUNT, arguments_of
from symparams.model.derived import Derived, known
from symparams.model.layer import Layer, Shape
from symparams.model.network import Node
from symparams.questions.points import holds, number_from

# What becomes of a number: the same, exactly twice or four times, or what lies between.
Growth: TypeAlias = Literal["less", "same", "more", "times_2", "above_2", "times_4", "above_4"]

# What is falsely stated, so that each growth is stated about as often truly as falsely.
_INSTEAD: dict[Growth, tuple[Growth, ...]] = {
    "less": ("same", "times_2"),
    "same": ("times_2", "more", "times_2", "above_2"),
    "more": ("times_2", "same", "times_2"),
    "times_2": ("same", "more", "same", "above_2"),
    "above_2": ("times_2", "times_2", "times_4"),
    "times_4": ("times_2", "above_2"),
    "above_4": ("times_4", "times_2"),
}


# Sizes that follow from others where they are not given: in Keras, where they are arguments, nobody could say whether
# "everything else unchanged" keeps them.
_FOLLOWING = ("head", "rank")


class Said(NamedTuple):
    """A statement and what is right."""

    form: str  # scaled, unit, biases, output, params, trained, larger
    stated: Value | Growth | bool  # what is said, truly or not
    actual: Value | Growth | bool  # what is so
    noun: str = ""  # what is doubled: an argument or an axis; the axis of an output; units such as filters
    is_axis: bool = False  # whether what is doubled is an axis of the input
    quantity: str = "params"  # what changes where something is doubled, or is compared: params, macs, values
    before: Value = 0  # the number that it changes from; the parameters of the layer
    after: Value = 0  # the number that it changes to; how many units there are
    other: str = ""  # the name of the layer that it is compared with
    is_second: bool = False  # whether that layer is named first
    made: tuple[Misconception, ...] = ()  # what leads to the false statement


class Matter(NamedTuple):
    """Something that can be stated of a layer."""

    form: str  # as in Said
    name: str  # what tells it from others of this form
    level: int  # its difficulty
    task: Task  # what has to be known of the layer
    rules: tuple[Formula, ...]  # what it depends on
    # At a point, truly or not, by luck, with the mistakes that can be made; None where it makes no sense.
    said: Callable[[Point, bool, int, Sequence[Mistake]], Said | None]


def matters(course: Course, index: int) -> list[Matter]:
    """All that can be stated of a layer."""
    node = course.network.nodes[index]
    if len(node.derived.arriving) != 1:
        return []
    every = [*_scaled(course, index), *_units(course, index), *_of_output(course, index), *_learned(course, index)]
    return [*every, *_larger(course, index)]


# ------------------------------------------------------------ twice as large


def _scaled(course: Course, index: int) -> Iterator[Matter]:
    derived = course.network.nodes[index].derived
    for quantity in ("params", "macs"):
        task = course.tasks.of(index, quantity)
        if task.values == (0,):
            continue
        for name, is_axis, layer, shape in _doublings(derived):
            said = partial(_growth, derived, layer, shape, quantity, name, is_axis)
            yield Matter("scaled", f"{quantity} {name}", 3, task, task.rules, said)


def _doublings(derived: Derived) -> Iterator[tuple[str, bool, Layer, Shape]]:
    """The layer with an argument that the stem names twice as large, or with an axis of its input."""
    layer, x = derived.layer, derived.arriving[0]
    is_open = derived.convention == "keras" and any(getattr(layer, name, 0) is None for name in _FOLLOWING)
    for argument in arguments_of(type(layer)):
        value = getattr(layer, argument.name)
        if not argument.told or is_open or (value == argument.default and is_neutral(value)):
            continue
        if argument.kind is COUNT:
            yield argument.name, False, replace(layer, **{argument.name: as_formula(2 * value)}), x.shape
        elif argument.name == "kernel" and isinstance(value, tuple):
            yield argument.name, False, replace(layer, kernel=tuple(2 * one for one in value)), x.shape
    names = axes_of_input(derived)
    if names != x.axis_names() and layer.reading != "features":
        return  # a network that is shown may call them otherwise
    for i, name in enumerate(names):
        if not name.startswith("axis") and not (is_open and name in ("channels", "features")):
            yield name, True, layer, (*x.shape[:i], simplified(as_formula(2 * x.shape[i])), *x.shape[i + 1 :])


def _growth(
    derived: Derived, layer: Layer, shape: Shape, quantity: str, noun: str, is_axis: bool,
    point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake],
) -> Said | None:  # fmt: skip
    try:
        larger = known(layer, (shape,), derived.convention, derived.facts, (derived.arriving[0].is_sequence,))
    except SymparamsError:
        return None
    if not all(holds(c.left, c.relation, c.right, point) for c in larger.conditions):
        return None
    before, after = (_value(one, quantity, point) for one in (derived, larger))
    actual = _grown(before, after)
    if actual is None:
        return None
    stated = actual if is_true else _INSTEAD[actual][luck % len(_INSTEAD[actual])]
    return Said("scaled", stated, actual, noun, is_axis, quantity, before, after)


def _value(derived: Derived, quantity: str, point: Point) -> Value:
    value = derived.counts.params if quantity == "params" else derived.macs
    return _at(as_formula(value), point)


def _grown(before: Value, after: Value) -> Growth | None:
    """How a number has grown; of numbers with letters only what holds for all values."""
    if isinstance(before, int) and isinstance(after, int):
        between: tuple[tuple[bool, Growth], ...] = (
            (after < before, "less"), (after == before, "same"), (after < 2 * before, "more"),
            (after == 2 * before, "times_2"), (after < 4 * before, "above_2"), (after == 4 * before, "times_4"),
        )  # fmt: skip
        return next((growth for so, growth in between if so), "above_4")
    exact: dict[int, Growth] = {1: "same", 2: "times_2", 4: "times_4"}
    left = as_formula(before)
    return next((growth for n, growth in exact.items() if simplified(as_formula(after) - n * left) == 0), None)


# ------------------------------------------------------------ what one unit has, how many biases, the output


def _units(course: Course, index: int) -> Iterator[Matter]:
    node = course.network.nodes[index]
    units = node.derived.rules.counted_by
    params = course.tasks.of(index, "params")
    # Where they are several times what the stem names, as the gates of a recurrent layer make them, nobody knows them.
    is_named = len(units) == 1 and isinstance(units[0].many, Symbol) and units[0].copies == ONE
    if is_named and units[0].each is None and not units[0].tensors:
        many, plural = units[0].many, units[0].plural
        yield Matter("unit", plural, 2, params, (*params.rules, many), partial(_each, params, many, plural))
    added = [tensor.name for tensor in node.derived.rules.tensors if tensor.kind == "bias"]
    if added and all("bias" in name for name in added):  # the shift of a normalization is none to everybody
        biases = course.tasks.of(index, "biases")
        yield Matter("biases", "", 2, biases, biases.rules, partial(_number, biases, 0, "biases", ""))


def _of_output(course: Course, index: int) -> Iterator[Matter]:
    task = course.tasks.of(index, "shape")
    if task.derived.shape == task.derived.arriving[0].shape:
        return
    for i, axis in enumerate(task.axes):
        if axis and not axis.startswith("axis"):
            yield Matter("output", axis, 2, task, task.rules, partial(_number, task, i, "output", axis))


def _each(
    task: Task, many: Formula, plural: str, point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake]
) -> Said | None:
    total, count = _at(task.rules[0], point), _at(many, point)
    if not isinstance(total, int) or not isinstance(count, int) or not total or count < 2 or total % count:
        return None
    wrong = [(v // count, made) for v, made in _wrong(mistakes, 0, point) if isinstance(v, int) and v % count == 0]
    said = Said("unit", total // count, total // count, plural, before=total, after=count)
    return _stated(said, wrong, is_true, luck, numbers_of_layer(task.node, point))


def _number(
    task: Task, which: int, form: str, noun: str, point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake]
) -> Said | None:
    value = _at(task.rules[which], point)
    if not isinstance(value, int) or value < 1:
        return None
    wrong = list(_wrong(mistakes, which, point))
    return _stated(Said(form, value, value, noun), wrong, is_true, luck, numbers_of_layer(task.node, point))


def _wrong(mistakes: Sequence[Mistake], which: int, point: Point) -> Iterator[tuple[Value, Misconception]]:
    """What misconceptions give for one of the numbers that are asked for."""
    for mistake in mistakes:
        try:
            value = at(mistake.rules[which], point)
        except (SymparamsError, KeyError, IndexError):
            continue
        if isinstance(value, int) and value > 0:
            yield value, mistake.made[0]


def _stated(
    said: Said, wrong: Sequence[tuple[Value, Misconception]], is_true: bool, luck: int, told: Container[Value]
) -> Said | None:
    """A statement of a number: the right one, or one that a misconception gives.

    It stands in the stem where the right one does; without such a wrong one, a right one in the stem would tell that it
    is right, so that neither is stated.
    """
    others = [(value, made) for value, made in wrong if value != said.actual]
    alike = [other for other in others if (other[0] in told) == (said.actual in told)]
    if not alike and said.form != "params":
        return None
    if is_true:
        return said
    if not others:
        return None
    value, made = (alike or others)[luck % len(alike or others)]
    return said._replace(stated=value, made=(made,))


# ------------------------------------------------------------ what is learned, what is more

_ONE_IN = 2  # false statements on the parameters of a layer that has some, one says that it has none


def _learned(course: Course, index: int) -> Iterator[Matter]:
    node = course.network.nodes[index]
    params = course.tasks.of(index, "params")
    yield Matter("params", "", 1, params, params.rules, partial(_has, params))
    if node.derived.counts.non_trainable != 0 and node.derived.counts.trainable != 0:
        trained = course.tasks.of(index, "trainable")
        yield Matter("trained", "", 2, trained, (*trained.rules, *params.rules), partial(_trained, params, trained))


def _has(params: Task, point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake]) -> Said | None:
    value = _at(params.rules[0], point)
    wrong = list(_wrong(mistakes, 0, point) if isinstance(value, int) else _wrong_in_letters(mistakes, value, point))
    if value != 0 and not is_true and (not wrong or luck % _ONE_IN == 0):  # so that "no parameters" is not always true
        return Said("params", 0, value)
    return _stated(Said("params", value, value), wrong, is_true, luck // _ONE_IN, numbers_of_layer(params.node, point))


def _wrong_in_letters(mistakes: Sequence[Mistake], right: Value, point: Point) -> Iterator[tuple[Value, Misconception]]:
    """What misconceptions give for a number with letters, in no other letters."""
    letters = set(letters_of(as_formula(right)))
    for mistake in mistakes:
        try:
            value = _at(mistake.rules[0], point)
        except SymparamsError:
            continue
        if letters.issuperset(letters_of(as_formula(value))) and what_it_says((value,)) != what_it_says((right,)):
            yield value, mistake.made[0]


def _trained(
    params: Task, trained: Task, point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake]
) -> Said | None:
    total, value = _at(params.rules[0], point), _at(trained.rules[0], point)
    if not isinstance(total, int) or not isinstance(value, int):
        return None
    stated = value if is_true else (total, value // 2)[luck % 2]
    return Said("trained", stated, value, before=total) if is_true or stated != value else None


_NEIGHBORS, _OUTPUTS = 3, 2  # layers before and behind one with which its parameters, or its output, are compared


def _larger(course: Course, index: int) -> Iterator[Matter]:
    """Which of two layers has more parameters, or more values in its output where it has no parameters.

    Luck decides which is named first, since later layers often have more parameters and fewer values.
    """
    nodes = course.network.nodes
    every = [i for i, node in enumerate(nodes) if is_stated_of(node)]
    if index not in every:
        return
    has_params = {i for i in every if nodes[i].counts.params != 0}
    quantity = "params" if index in has_params else "shape"
    among, width = ([i for i in every if i in has_params], _NEIGHBORS) if index in has_params else (every, _OUTPUTS)
    for i in _near(index, among, width):
        if quantity == "shape" or number_from(course.identity, *sorted((index, i))) % 2 != (i > index):
            yield _comparison(course.tasks.of(index, quantity), course.tasks.of(i, quantity))


def _near(index: int, every: Sequence[int], width: int) -> Sequence[int]:
    """The layers with which one is compared: so many before it and behind it."""
    at = every.index(index)
    return [i for i in every[max(0, at - width) : at + width + 1] if i != index]


def _comparison(task: Task, other: Task) -> Matter:
    said = partial(_compared, task, other, "values" if task.quantity == "shape" else "params")
    return Matter("larger", other.node.name, 3, task, (*task.rules, *other.rules), said)


def _compared(
    task: Task, other: Task, quantity: str, point: Point, is_true: bool, luck: int, mistakes: Sequence[Mistake]
) -> Said | None:
    one, two = (_at(reduce(mul, each.rules, ONE), point) for each in (task, other))
    if not isinstance(one, int) or not isinstance(two, int) or one == two:
        return None
    is_second = quantity == "values" and luck % 2 == 1
    is_larger = (one > two) != is_second
    name = other.node.name
    return Said("larger", is_larger == is_true, is_larger, "", False, quantity, one, two, name, is_second)


def is_stated_of(node: Node) -> bool:
    """Whether something can be stated of a layer: it stands for itself, with weights of its own."""
    has_others = node.shared is not None or isinstance(node.layer, Tied)  # "no parameters": those of another layer
    return not (node.layer.inputs == "none" or node.kind == "copies" or node.repeats or has_others)


def _at(value: Formula, point: Point) -> Value:
    """A number at a point, or a formula where letters have none there."""
    try:
        return at(value, point)
    except KeyError:
        return simplified(bound(value, point))
