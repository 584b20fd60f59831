"""Rows of layers that only change the shape, or nothing: what they do is read off the sizes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.layers import CATALOGUE, key
from symparams.model.arguments import arguments_of
from symparams.reading.tables.rules import Argument, Arguments
from symparams.reading.tables.tasks import Solution, Task, arguments


def own_name(type_: str) -> tuple[str, Arguments]:
    """A class as our language calls it, with what the class name says beside: ConvLSTM2D is convlstm with rank 2."""
    name = key(type_)
    entry = CATALOGUE[name]
    if name in entry.layer.names or not entry.layer.names[0].islower():
        return entry.name if name not in entry.layer.names else name, ()
    return entry.layer.names[0], tuple((k, _plain_value(value)) for k, value in entry.preset.items())


def _plain_value(value: object) -> Argument:
    """What a preset says, as a plain value."""
    if isinstance(value, Formula):
        known = number(value)
        assert isinstance(known, int)
        return known
    assert isinstance(value, (str, bool))
    return value


def keeping(call: str, *settings: Arguments) -> Callable[[Task], Iterator[Solution]]:
    """A solver for a layer that has the shape from what arrives."""

    def solve(task: Task) -> Iterator[Solution]:
        arriving = task.arriving or ((task.shape,) if task.shape is not None else ())
        for cost, given in enumerate(settings or ((),)):
            if arriving and task.fits(call, given, arriving):
                yield Solution(call, given, cost, None if task.arriving else task.shape)

    return solve


_FUNCTIONS = ("relu", "softmax", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "swish", "softplus", "linear")


def activations(task: Task) -> Iterator[Solution]:
    """Activation does not print its function: the name may say it, else the usual one is taken."""
    said = next((f for f in _FUNCTIONS if f in task.name.casefold()), None)
    given = arguments(function={"swish": "silu"}.get(said or "relu", said or "relu"))
    for one in keeping("activation", given)(task):
        yield one._replace(cost=0 if said else 0.5)


def globals_(task: Task) -> Iterator[Solution]:
    """Global pooling, with the axes of size 1 kept or not."""
    call = "globalmaxpool" if "max" in task.type.casefold() else "globalavgpool"
    assert task.shape is not None
    arriving = task.arriving or (task.joined((None, None), task.shape[-1]),)
    for given in ((), arguments(keepdims=True)):
        if task.fits(call, given, arriving):
            yield Solution(call, given, 0, None if task.arriving else arriving[0])


def adaptives(task: Task) -> Iterator[Solution]:
    """Adaptive pooling: the sizes are those of the output."""
    assert task.shape is not None
    call = "adaptivemaxpool" if "max" in task.type.casefold() else "adaptiveavgpool"
    spatial = task.split(task.shape)[0]
    if any(size is None for size in spatial):
        return
    yield from keeping(call, arguments(size=tuple(spatial)))(task)


def reshapes(task: Task) -> Iterator[Solution]:
    """The target is the printed shape."""
    assert task.shape is not None
    if sum(size is None for size in task.shape) <= 1:
        target = tuple(-1 if size is None else size for size in task.shape)
        yield from keeping("reshape", arguments(target=target))(task)


def permutes(task: Task) -> Iterator[Solution]:
    """The first order of the axes that gives the printed shape."""
    if task.arriving and task.shape is not None:
        rank = len(task.shape)
        orders = [order for order in itertools.permutations(range(1, rank + 1)) if order != tuple(range(1, rank + 1))]
        yield from keeping("permute", *(arguments(order=order) for order in orders[:24]))(task)


def flattens(task: Task) -> Iterator[Solution]:
    """All axes, or those that the printed shape needs."""
    ways = [(), *(arguments(start=s) for s in (2, 3)), *(arguments(end=e) for e in (-2, -3))]
    yield from keeping("flatten", *ways)(task)


def borders(task: Task) -> Iterator[Solution]:
    """Padding and cropping: how much each axis grows or shrinks, the same on both sides if it is even."""
    assert task.shape is not None
    if not task.arriving or key(task.type) not in CATALOGUE:
        return
    call, more = own_name(task.type)
    before, after = task.split(task.arriving[0])[0], task.split(task.shape)[0]
    if len(before) != len(after):
        return
    sides = []
    for n, m in zip(before, after, strict=True):
        change = 2 if n is None or m is None else abs(m - n)
        sides.append((change // 2, change - change // 2))
    yield from keeping(call, (*arguments(amount=tuple(sides)), *more))(task)


def upsamplings(task: Task) -> Iterator[Solution]:
    """How much larger each axis becomes."""
    assert task.shape is not None
    if not task.arriving:
        return
    before, after = task.split(task.arriving[0])[0], task.split(task.shape)[0]
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        factors = tuple(2 if n is None or m is None else max(m // n, 1) for n, m in pairs)
        yield from keeping("upsample", arguments(factor=factors))(task)
        if all(size is not None for size in after):
            yield from keeping("upsample", arguments(size=tuple(after)))(task)


def concatenations(task: Task) -> Iterator[Solution]:
    """Along the axis that grows."""
    yield from keeping("concat", (), *(arguments(axis=axis) for axis in (1, 2, 3)))(task)


def shuffles(task: Task) -> Iterator[Solution]:
    """Channels into positions, or back."""
    call = "pixelunshuffle" if "un" in task.type.casefold() else "pixelshuffle"
    yield from keeping(call, *(arguments(factor=r) for r in (2, 3, 4, 8)))(task)


def repeats(task: Task) -> Iterator[Solution]:
    """As often as the first axis is long."""
    assert task.shape is not None
    if task.shape[0] is not None:
        yield from keeping("repeatvector", arguments(times=task.shape[0]))(task)


def merges(task: Task) -> Iterator[Solution]:
    """Merge of Keras 1 does not say what it does: sums keep the shape, else it concatenates."""
    if len(task.arriving) > 1:
        yield from keeping("add")(task)
        yield from concatenations(task)


def inputs(task: Task) -> Iterator[Solution]:
    """The printed shape."""
    if task.shape is not None:
        yield Solution("input", (("shape", task.shape),))


def convolved_lstms(task: Task) -> Iterator[Solution]:
    """ConvLSTM: the kernel from the count; at the start the channels for a kernel of 3, with the steps that leave."""
    assert task.shape is not None
    rank = int(task.type[-2]) if task.type[-2].isdigit() else 2
    every = len(task.shape) == rank + 2
    filters = task.shape[-1]
    if filters is None:
        return
    for cost, (k, padding) in enumerate(itertools.product((3, 5, 1, 7, 2, 4), ((), arguments(padding="same")))):
        given: Arguments = (*arguments(filters=filters, kernel=(k,) * rank, rank=rank), *padding)
        given += arguments(sequences=True) if every else ()
        if task.arriving:
            if task.fits("convlstm", given):
                yield Solution("convlstm", given, cost / 2)
            continue
        steps, *spatial = task.shape[:-1] if every else (None, *task.shape[:-1])
        before = (steps, *(n if padding or n is None else n + k - 1 for n in spatial))
        for channels in (1, 3, 2, 4, 8, 16, 32, 64):
            if task.fits("convlstm", given, ((*before, channels),)):
                yield Solution("convlstm", given, cost / 2, (*before, channels))


def plain(task: Task) -> Iterator[Solution]:
    """Any layer of the catalogue that needs no further argument."""
    entry = CATALOGUE.get(key(task.type))
    if entry is None or task.shape is None:
        return
    call, given = own_name(task.type)
    said = {name for name, _ in given} | set(entry.preset)
    if all(a.variadic or a.default is not dataclasses.MISSING or a.name in said for a in arguments_of(entry.layer)):
        yield from keeping(call, given)(task)
