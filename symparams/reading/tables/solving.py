"""One row -> the layers that it may be: which solver a class has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from symparams.reading.tables.features import (
    attentions,
    bidirectionals,
    denses,
    embeddings,
    encoders,
    normalizations,
    recurrents,
)
from symparams.reading.tables.rules import Inner
from symparams.reading.tables.shaping import (
    activations,
    adaptives,
    borders,
    concatenations,
    convolved_lstms,
    flattens,
    globals_,
    inputs,
    merges,
    permutes,
    plain,
    repeats,
    reshapes,
    shuffles,
    upsamplings,
)
from symparams.reading.tables.table import Sizes
from symparams.reading.tables.tasks import Solution, Task
from symparams.reading.tables.windows import convolutions, poolings


@lru_cache(4096)
def solutions(task: Task) -> tuple[Solution, ...]:
    """The layers that a row may be, the most usual first."""
    if task.shape is None:
        return ()
    name = task.type.casefold().removeprefix("lazy")
    solver = next((solve for start, solve in _SOLVERS if name.startswith(start)), plain)
    if not task.shape and solver is not inputs:  # one number for each example, as no layer with sizes gives
        solver = plain
    best: dict[object, Solution] = {}
    for one in sorted(solver(task), key=lambda one: one.cost):
        best.setdefault((one.call, frozenset(one.arguments)), one)
    return tuple(best.values())


def guessed(task: Task) -> str:
    """The class of a row that prints none, by its shape and count; nothing where none fits well."""
    for type_ in _GUESSES if task.count else ():
        found = solutions(replace(task, type=type_))
        if found and found[0].cost < 2:
            return type_
    return "Identity" if not task.count and task.arriving and task.shape == task.arriving[0] else ""


_GUESSES = ("Conv2D", "Dense", "BatchNormalization", "Conv1D", "LSTM", "GRU", "DepthwiseConv2D", "Conv3D", "Embedding")


def natural_shape(task: Task) -> tuple[Solution, Sizes] | None:
    """What a layer without settings of shape makes of its input, where another shape is printed."""
    if not task.arriving or any(None in shape for shape in task.arriving):
        return None
    name = task.type.casefold()
    call = next((call for start, call in _NATURAL if name.startswith(start)), None)
    if call is None:
        return None
    found = task.outcome(call, ())
    if found is None or task.count not in (None, found[1]) or task.agrees(found[0]):
        return None
    return Solution(call), found[0]


_NATURAL = (
    ("flatten", "flatten"),
    ("batchnorm", "bn"),
    ("dropout", "dropout"),
    ("globalaverage", "globalavgpool"),
    ("globalmax", "globalmaxpool"),
    ("add", "add"),
    ("concat", "concat"),
)


def _distributed(task: Task) -> Iterator[Solution]:
    """TimeDistributed does not print what is inside: dense and convolutions have parameters, others are guessed."""
    if task.shape is None or len(task.shape) < 2:
        return
    steps = task.shape[0]
    inside = tuple(shape[1:] for shape in task.arriving)
    if any(not shape for shape in inside):
        return
    if task.count:
        types = ["Dense"] if len(task.shape) == 2 else ["Conv2D", "Conv1D", "Dense", "BatchNormalization"]
        types += ["LSTM", "GRU", "BatchNormalization", "Embedding"] if len(task.shape) == 2 else []
    else:
        types = ["Flatten", "MaxPooling2D", "GlobalAveragePooling2D", "Dropout", "MaxPooling1D"]
    for cost, type_ in enumerate(types):
        inner = Task(type_, task.name, task.convention, inside, task.shape[1:], task.count)
        for one in solutions(inner)[:3]:
            arriving = None if task.arriving else (steps, *(one.arriving or ()))
            yield Solution("timedistributed", (("layer", Inner(one.call, one.arguments)),), one.cost + cost, arriving)


_SOLVERS: tuple[tuple[str, Callable[[Task], Iterator[Solution]]], ...] = (
    ("convlstm", convolved_lstms),
    ("conv", convolutions),
    ("deconv", convolutions),
    ("depthwise", convolutions),
    ("separable", convolutions),
    ("maxpool", poolings),
    ("averagepool", poolings),
    ("avgpool", poolings),
    ("global", globals_),
    ("adaptive", adaptives),
    ("dense", denses),
    ("linear", denses),
    ("nondynamically", denses),
    ("embedding", embeddings),
    ("lstm", recurrents),
    ("gru", recurrents),
    ("simplernn", recurrents),
    ("rnn", recurrents),
    ("cudnn", recurrents),
    ("bidirectional", bidirectionals),
    ("timedistributed", _distributed),
    ("batchnorm", normalizations),
    ("layernorm", normalizations),
    ("groupnorm", normalizations),
    ("instancenorm", normalizations),
    ("rmsnorm", normalizations),
    ("syncbatch", normalizations),
    ("unitnorm", normalizations),
    ("localresponse", normalizations),
    ("normalization", normalizations),
    ("prelu", normalizations),
    ("multiheadattention", attentions),
    ("transformerencoderlayer", encoders),
    ("transformerdecoderlayer", encoders),
    ("activation", activations),
    ("flatten", flattens),
    ("reshape", reshapes),
    ("unflatten", reshapes),
    ("permute", permutes),
    ("repeatvector", repeats),
    ("zeropad", borders),
    ("crop", borders),
    ("reflectionpad", borders),
    ("replicationpad", borders),
    ("constantpad", borders),
    ("upsampl", upsamplings),
    ("pixel", shuffles),
    ("concat", concatenations),
    ("merge", merges),
    ("inputlayer", inputs),
)
