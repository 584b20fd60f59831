"""Keras and PyTorch behind one face: tensors without numbers go in, shapes and counts come out."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from symparams.model.layer import Layer
from tests.differential.families import families
from tests.differential.family import Built, NoEquivalentError, RefusedError, Sizes, Watched, WrittenQuestion

BATCH = 2
_HERE = str(Path(__file__).parent)


class Framework(Protocol):
    """What the comparison asks of a framework."""

    name: str

    def tensor(self, shape: Sizes) -> Any:
        """A tensor of that shape behind a batch axis."""

    def build(self, layer: Layer, arriving: Sequence[Sizes]) -> Built:
        """The framework's layer; NoEquivalentError if it has none."""

    def shape(self, tensor: Any) -> Sizes:
        """The shape without the batch axis."""

    def counts(self, built: Built, frozen: bool) -> tuple[int, int]:
        """Trainable and non-trainable parameters."""

    def call(self, built: Built, inputs: Sequence[Any]) -> Any:
        """The output of the layer."""

    def runs(self, layer: Layer, arriving: Sequence[Sizes], owner: Built | None) -> bool:
        """Whether it really computes something, on zeros: a shape alone may be given where a run fails."""


class Keras:
    """The functional API, on the torch backend."""

    name = "keras"

    def __init__(self) -> None:
        os.environ.setdefault("KERAS_BACKEND", "torch")
        import keras

        self.keras = keras
        self.builders = {layer: b for f in families().values() for layer, b in f.keras_builders.items()}

    def tensor(self, shape: Sizes) -> Any:
        return self.keras.KerasTensor((BATCH, *shape))

    def build(self, layer: Layer, arriving: Sequence[Sizes]) -> Built:
        return _built(self.builders, layer, arriving)

    def shape(self, tensor: Any) -> Sizes:
        return tuple(tensor.shape[1:])

    def counts(self, built: Built, frozen: bool) -> tuple[int, int]:
        weights = {id(w): w for part in built.parts for w in part.weights}.values()
        sizes = [(not frozen and w.trainable, _product(w.shape)) for w in weights]
        return sum(n for trained, n in sizes if trained), sum(n for trained, n in sizes if not trained)

    def call(self, built: Built, inputs: Sequence[Any]) -> Any:
        return built.call(*inputs)

    def runs(self, layer: Layer, arriving: Sequence[Sizes], owner: Built | None) -> bool:
        zeros = [self.keras.ops.zeros((BATCH, *shape)) for shape in arriving]
        return _runs(lambda: (owner or self.build(layer, arriving)).call(*zeros))


class Torch:
    """Modules on the meta device, where tensors have shapes and no numbers."""

    name = "torch"

    def __init__(self) -> None:
        import torch

        self.torch = torch
        self.builders = {layer: b for f in families().values() for layer, b in f.torch_builders.items()}
        self.uncounted = {layer for f in families().values() for layer in f.uncounted}

    def tensor(self, shape: Sizes) -> Any:
        return self.torch.empty((BATCH, *shape), device="meta")

    def build(self, layer: Layer, arriving: Sequence[Sizes]) -> Built:
        with self.torch.device("meta"):
            return _built(self.builders, layer, arriving)

    def shape(self, tensor: Any) -> Sizes:
        return tuple(tensor.shape[1:])

    def counts(self, built: Built, frozen: bool) -> tuple[int, int]:
        weights = {id(w): w for part in built.parts for w in part.parameters()}.values()
        sizes = [(not frozen and w.requires_grad, w.numel()) for w in weights]
        return sum(n for trained, n in sizes if trained), sum(n for trained, n in sizes if not trained)

    def call(self, built: Built, inputs: Sequence[Any]) -> Any:
        with self.torch.no_grad(), self.torch.device("meta"):
            return built.call(*inputs)

    def runs(self, layer: Layer, arriving: Sequence[Sizes], owner: Built | None) -> bool:
        if owner is not None:  # its weights have no numbers, but their shapes have been checked
            return True
        zeros = [self.torch.zeros((BATCH, *shape)) for shape in arriving]
        return _runs(lambda: _built(self.builders, layer, arriving).call(*zeros))

    def call_counted(self, built: Built, inputs: Sequence[Any]) -> tuple[Any, int]:
        """The output, and multiply-accumulates for one example: the counter has two operations for each."""
        from torch.utils.flop_counter import FlopCounterMode

        with FlopCounterMode(display=False) as counter:
            output = self.call(built, inputs)
        return output, int(counter.get_total_flops()) // (2 * BATCH)


def _runs(make: Callable[[], Any]) -> bool:
    try:
        make()
    except Exception as error:
        if is_refusal(error):
            return False
        raise
    return True


def _product(sizes: Sequence[int]) -> int:
    result = 1
    for size in sizes:
        result *= size
    return result


def built_inside(builders: str, layer: Layer, arriving: Sequence[Sizes]) -> Built:
    """A layer that another one wraps, for the builders of wrapping layers; `builders` is keras or torch."""
    which = f"{builders}_builders"
    return _built({k: b for f in families().values() for k, b in getattr(f, which).items()}, layer, arriving)


def _built(builders: Any, layer: Layer, arriving: Sequence[Sizes]) -> Built:
    builder = builders.get(layer.__class__)
    if builder is None:
        raise NoEquivalentError(f"no family builds {layer.kind}")
    asked: WrittenQuestion = set()
    found = builder(layer if isinstance(layer, Watched) else Watched(layer, asked), arriving)
    parts, call = (found.parts, found.call) if isinstance(found, Built) else ((found,), found)
    return Built(parts, call, asked)


def is_refusal(error: Exception) -> bool:
    """Whether the framework refused, rather than a builder being wrong."""
    if isinstance(error, RefusedError):
        return True
    if "unexpected keyword" in str(error) or "Unrecognized keyword" in str(error):
        return False
    trace: TracebackType | None = error.__traceback__
    frames = traceback.extract_tb(trace)
    last = frames[-1].filename
    # Torch's operators and Python's own arithmetic have no frame: an error of theirs ends where it was called.
    return not last.startswith(_HERE) or isinstance(error, RuntimeError)


def framework_of(convention: str) -> Keras | Torch:
    return Keras() if convention == "keras" else Torch()
