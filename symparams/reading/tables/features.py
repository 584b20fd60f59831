"""Rows of layers that work on features: dense, recurrent, attention, embeddings, normalization."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from symparams.reading.tables.rules import Argument, Arguments
from symparams.reading.tables.table import Sizes
from symparams.reading.tables.tasks import STAND_IN, Solution, Task, affine, arguments


def denses(task: Task) -> Iterator[Solution]:
    """Dense, Linear: with a bias or without."""
    assert task.shape is not None
    units = task.shape[-1]
    if units is None:
        return
    for cost, given in ((0.0, arguments(units=units)), (0.6, arguments(units=units, bias=False))):
        if task.arriving:
            if task.fits("dense", given):
                yield Solution("dense", given, cost)
        else:
            yield from _from_features(task, "dense", given, cost, task.shape[:-1])


def _from_features(task: Task, call: str, given: Arguments, cost: float, before: Sizes) -> Iterator[Solution]:
    """The first layer: how many features must arrive for its count."""
    if task.count is None:
        return
    shape = tuple(STAND_IN if size is None else size for size in before)

    def count(features: int) -> int | None:
        found = task.outcome(call, given, ((*shape, features),))
        return found[1] if found else None

    features = affine(count, task.count)
    if features is not None and task.fits(call, given, ((*before, features),)):
        yield Solution(call, given, cost, (*before, features))


_RECURRENT = {"lstm": "lstm", "gru": "gru", "simplernn": "rnn", "rnn": "rnn", "cudnnlstm": "lstm", "cudnngru": "gru"}


def recurrents(task: Task) -> Iterator[Solution]:
    """LSTM, GRU, SimpleRNN: units from the shape; biases, layers and directions from the count."""
    call = _RECURRENT.get(task.type.casefold())
    if call is not None:
        yield from _recurrent(task, call, both=task.first)


def bidirectionals(task: Task) -> Iterator[Solution]:
    """Bidirectional of Keras, whose inner layer only the count tells."""
    for cost, call in enumerate(("lstm", "gru", "rnn")):
        named = 0 if call in task.name.casefold() else cost + 1
        for one in _recurrent(task, call, both=True, only_both=True):
            yield one._replace(cost=one.cost + named)


def _recurrent(task: Task, call: str, *, both: bool, only_both: bool = False) -> Iterator[Solution]:
    assert task.shape is not None
    outputs = task.shape[-1]
    if outputs is None:
        return
    ways = [True] if only_both else [False, True] if both else [False]
    layers = (1, 2, 3, 4, 5, 6) if task.first else (1,)
    biases: list[tuple[float, Arguments]] = [(0, ()), (0.8, arguments(bias=False))]
    if call == "gru" and not task.first:
        biases.insert(1, (0.3, arguments(reset_after=False)))
    for way, many, (cost, bias) in itertools.product(ways, layers, biases):
        if way and outputs % 2:
            continue
        given: Arguments = (("units", outputs // 2 if way else outputs), *bias)
        given += arguments(bidirectional=True) if way else ()
        given += arguments(layers=many) if many > 1 else ()
        given += _steps(task)
        total = cost + (many - 1) / 4 + (0.5 if way and not only_both else 0)
        if task.arriving:
            if task.fits(call, given):
                yield Solution(call, given, total)
        else:
            before = task.shape[:-1] or (None,)
            yield from _from_features(task, call, given, total, before)


def _steps(task: Task) -> Arguments:
    """Whether every step is returned."""
    assert task.shape is not None
    every = len(task.shape) == 2
    if task.first:
        return () if every else arguments(last=True)
    return arguments(sequences=True) if every else ()


def embeddings(task: Task) -> Iterator[Solution]:
    """The vocabulary is the count over the width."""
    assert task.shape is not None
    width = task.shape[-1]
    if width and task.count:
        given = arguments(vocabulary=task.count // width, width=width)
        before = task.arriving[0] if task.arriving else task.shape[:-1] or (None,)
        if task.fits("embedding", given, (before,)):
            yield Solution("embedding", given, 0, None if task.arriving else before)


_NORMALIZATIONS: dict[str, tuple[str, tuple[Arguments, ...]]] = {
    "batchnorm": (
        "bn",
        (
            (),
            arguments(scale=False),
            arguments(center=False),
            arguments(scale=False, center=False),
            arguments(affine=False),
            arguments(track=False),
            *(arguments(axis=axis) for axis in (1, 2)),
            arguments(renorm=True),
            *(arguments(renorm=True, **{half: False}) for half in ("scale", "center")),
            arguments(renorm=True, scale=False, center=False),
        ),
    ),
    "layernorm": (
        "ln",
        (
            (),
            *(arguments(affine=False), arguments(scale=False), arguments(center=False)),
            *(arguments(trailing=n) for n in (2, 3)),
            *(arguments(axis=axis) for axis in ((-1,), (1,), (2,), (-1, -2), (-1, -2, -3))),
        ),
    ),
    "groupnorm": (
        "groupnorm",
        (
            *(arguments(groups=g) for g in (32, 16, 8, 4, 2, 1, 64, 12, 6, 3, 10, 5)),
            *(arguments(groups=g, affine=False) for g in (32, 8, 4, 2, 1)),
            *(arguments(groups=g, **{half: False}) for half in ("scale", "center") for g in (32, 8, 4, 2, 1)),
        ),
    ),
    "instancenorm": ("instancenorm", ((), arguments(affine=True), arguments(affine=True, track=True))),
    "rmsnorm": ("rmsnorm", ((), arguments(affine=False), arguments(scale=False))),
    "syncbatchnorm": ("bn", ((), arguments(affine=False))),
    "unitnorm": ("unitnorm", ((),)),
    "localresponsenorm": ("lrn", ((),)),
    "normalization": ("normalization", ((), arguments(fixed=True))),
    "prelu": (
        "prelu",
        ((), *(arguments(shared=axes) for axes in ((1,), (1, 2), (1, 2, 3), (2,), (3,), (1, 3), (2, 3)))),
    ),
}


def normalizations(task: Task) -> Iterator[Solution]:
    """Batch, layer, group normalization and other layers that keep the shape and count by the channels."""
    assert task.shape is not None
    name = task.type.casefold().removeprefix("lazy")
    found = next((way for start, way in _NORMALIZATIONS.items() if name.startswith(start)), None)
    if found is None:
        return
    call, settings = found
    channels = task.split(task.shape)[1]
    if call == "groupnorm" and channels is not None:
        settings = tuple(given for given in settings if channels % _groups(given) == 0)
    arriving = task.arriving or (task.shape,)
    if call == "prelu" and task.first:
        settings = ((), *([arguments(parameters=channels)] if channels else []))
    for cost, given in enumerate(settings):
        if task.fits(call, given, arriving):
            yield Solution(call, given, 0.4 + cost / 4 if cost else 0, None if task.arriving else task.shape)


def _groups(given: Arguments) -> int:
    """How many groups a normalization has."""
    groups = dict(given)["groups"]
    assert isinstance(groups, int)
    return groups


def attentions(task: Task) -> Iterator[Solution]:
    """Multi-head attention: the count tells heads times their size, not how many heads there are."""
    assert task.shape is not None
    width = task.shape[-1]
    if width is None:
        return
    arriving = task.arriving or (task.shape,)
    arriving = tuple(dict.fromkeys(arriving))
    rest = None if task.arriving else task.shape
    if task.first:
        for cost, (heads, bias) in enumerate(itertools.product((8, 4, 12, 16, 2, 6, 3, 1), (True, False))):
            given = arguments(embed_dim=width, num_heads=heads, **({} if bias else {"bias": False}))
            if width % heads == 0 and task.fits("MultiheadAttention", given, arriving):
                yield Solution("MultiheadAttention", given, cost / 4, rest)
        return
    for bias in (True, False):
        more: dict[str, Argument] = {} if bias else {"bias": False}

        def count(size: int, more: dict[str, Argument] = more) -> int | None:
            given = arguments(num_heads=1, key_dim=size, **more)
            found = task.outcome("MultiHeadAttention", given, arriving)
            return found[1] if found else None

        size = affine(count, task.count) if task.count else None
        if size is None:
            continue
        for cost, heads in enumerate(h for h in (8, 4, 12, 2, 16, 6, 3, 1) if size % h == 0):
            given = arguments(num_heads=heads, key_dim=size // heads, **more)
            if task.fits("MultiHeadAttention", given, arriving):
                yield Solution("MultiHeadAttention", given, cost / 4 + (0 if bias else 1), rest)


def encoders(task: Task) -> Iterator[Solution]:
    """A layer of PyTorch's transformer as one row: the hidden width from the count."""
    assert task.shape is not None
    width = task.shape[-1]
    if width is None or not task.count:
        return
    arriving = task.arriving or (task.shape,)
    heads = next(h for h in (8, 4, 12, 16, 2, 6, 3, 1) if width % h == 0)

    def count(hidden: int) -> int | None:
        found = task.outcome(task.type, arguments(d_model=width, nhead=heads, dim_feedforward=hidden), arriving)
        return found[1] if found else None

    hidden = affine(count, task.count)
    given = arguments(d_model=width, nhead=heads, dim_feedforward=hidden)
    if hidden is not None and task.fits(task.type, given, arriving):
        yield Solution(task.type, given, 0, None if task.arriving else task.shape)
