"""The examples in the docstrings of torch.nn and keras.layers, run by the framework and read from their text."""

from __future__ import annotations

import contextlib
import doctest
import inspect
import io
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import symparams as sp

Shape = tuple[int, ...]
# Examples that make something beside what they are about, or that the framework itself does not finish.
BESIDE = {
    "ConvTranspose1d": "two layers, one after the other",
    "ConvTranspose2d": "two layers, one after the other",
    "EmbeddingBag": "its offsets say where the bags begin",
    "Embedding": "a table that is looked at, not called",
    "BCELoss": "a loss, whose input is the layer",
    "NLLLoss": "a loss, whose input is the layer",
    "CosineSimilarity": "of one example: a number",
    "PairwiseDistance": "of one example: a number",
    "LSTMCell": "stacked by the program",
    "MultiheadAttention": "sizes that the example leaves open",
    "Unflatten": "sizes that the example leaves open",
    "STFTSpectrogram": "of audio that is nowhere",
    "TransformerEncoder": "with the pattern that is copied",
    "TransformerDecoder": "with the pattern that is copied",
    "Layer": "a layer that somebody writes",
    "Normalization": "one that measures nothing",
}


def examples(library: str) -> Iterator[tuple[str, str, list[doctest.Example]]]:
    """Class, text and statements of every example."""
    if library == "torch":
        from torch import nn as module

        base: type = module.Module
    else:
        from keras import layers as module

        base = module.Layer
    seen: set[type] = set()
    for name, cls in sorted(vars(module).items()):
        if not inspect.isclass(cls) or not issubclass(cls, base) or cls in seen or not cls.__doc__:
            continue
        seen.add(cls)
        with contextlib.suppress(ValueError):
            for run in _runs(doctest.DocTestParser().parse(inspect.cleandoc(cls.__doc__))):
                yield cls.__name__ or name, _text(run), run


def _runs(parts: list[str | doctest.Example]) -> Iterator[list[doctest.Example]]:
    run: list[doctest.Example] = []
    for part in [*parts, "end"]:
        if isinstance(part, doctest.Example):
            run.append(part)
        elif part.strip() and run:
            yield run
            run = []


def _text(run: list[doctest.Example]) -> str:
    lines: list[str] = []
    for one in run:
        first, *rest = one.source.rstrip("\n").split("\n")
        lines += [f">>> {first}", *(f"... {line}" for line in rest), *one.want.splitlines()]
    return "\n".join(lines)


def witnessed(library: str, run: list[doctest.Example]) -> tuple[list[Any], list[Shape], bool]:
    """The layers that an example calls, the shapes of what they give, and whether it runs to its end."""
    import keras
    import numpy as np
    import torch

    called: list[Any] = []
    shapes: list[Shape] = []
    base: Any = torch.nn.Module if library == "torch" else keras.layers.Layer
    before = base.__call__

    def noting(layer: Any, *args: Any, **kwargs: Any) -> Any:
        depth.append(layer)
        try:
            found = before(layer, *args, **kwargs)
        finally:
            depth.pop()
        if not depth:
            first = found[0] if isinstance(found, tuple) else found
            called.append(layer)
            shapes.append(tuple(getattr(first, "shape", ())))
        return found

    depth: list[Any] = []
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "np": np, "keras": keras, "layers": keras.layers}
    base.__call__ = noting
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for one in run:
                exec(compile(one.source, "example", "exec"), names)
        return called, shapes, True
    except Exception:
        return called, shapes, False
    finally:
        base.__call__ = before


def weights(library: str, layer: Any) -> int:
    """How many numbers a layer holds."""
    if library == "torch":
        return sum(p.numel() for p in layer.parameters())
    return int(layer.count_params()) if layer.built else 0


def _fits(shape: Sequence[Any], given: Sequence[int | None]) -> bool:
    """Whether a shape is what a framework says, as far as it says it."""
    return len(shape) == len(given) and all(n in (None, m) for m, n in zip(shape, given, strict=True))


@pytest.mark.framework
@pytest.mark.parametrize(("library", "at_least"), [("torch", 110), ("keras", 75)])
def test_examples_are_read_as_they_run(library: str, at_least: int) -> None:
    """Where one is read, what its last layer holds and gives is what the framework says; most are read."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    read, wrong = 0, []
    for name, text, run in examples(library):
        try:
            net = sp.read(text).net
        except sp.SymparamsError:
            continue
        called, shapes, finished = witnessed(library, run)
        if not finished or not called or name in BESIDE:
            read += not called or name in BESIDE
            continue
        every = {id(layer): layer for layer in called}.values()
        counts = {sum(weights(library, layer) for layer in every), *(weights(library, layer) for layer in called)}
        shape = tuple(list(net)[-1].output_shape)
        if net.params not in counts or not any(_fits(shape, one) or _fits(shape, one[1:]) for one in shapes):
            wrong.append((name, text, net.params, counts, shape, shapes))
        read += 1
    assert wrong == []
    assert read >= at_least
