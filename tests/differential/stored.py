"""The names and shapes under which a framework stores tensors, beside those that a layer says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.formula import product
from symparams.layers import CATALOGUE, key
from symparams.layers.adapters import LowRankAdapter
from symparams.layers.recurrent import GRU, LSTM, RNN
from symparams.layers.scores import DotAttention
from symparams.layers.spelling import Spelling
from symparams.layers.wrapping import TimeDistributed
from symparams.model.layer import Layer
from symparams.model.network import Node
from tests.differential.family import Built, Sizes

Stored = tuple[str, Sizes]  # a path below the layer, and a shape

# Layers that a framework has under a name that means another layer here.
OTHERWISE: dict[str, tuple[type[Layer], ...]] = {"Attention": (DotAttention,), "Dense": (LowRankAdapter,)}
OTHERWISE["Bidirectional"] = (RNN, LSTM, GRU)
OTHERWISE |= {f"Conv{rank}D": (LowRankAdapter,) for rank in (1, 2, 3)}


def is_stock(layer: Layer, part: Any) -> bool:
    """Whether a part of a framework is its own layer of that kind, not pieces put together to equal it."""
    if not type(part).__module__.startswith(("keras.src.layers", "torch.nn.modules", "torch.nn.parallel")):
        return False
    if isinstance(layer, TimeDistributed):
        return type(part).__name__ == "TimeDistributed" and is_stock(layer.layer, part.layer)
    if layer.__class__ in OTHERWISE.get(type(part).__name__, ()):
        return True
    entry = CATALOGUE.get(key(type(part).__name__))
    return entry is not None and (entry.layer is layer.__class__ or issubclass(entry.layer, Spelling))


def theirs(layer: Layer, built: Built) -> list[Stored] | None:
    """What the framework stores; None where it has no such layer."""
    own = [part for part in built.parts if _weights(part)]
    if len(own) != 1 or not is_stock(layer, own[0]):
        return None
    return _weights(own[0])


def _weights(part: Any) -> list[Stored]:
    if type(part).__module__.startswith("keras"):  # on the torch backend it is a module of PyTorch too
        return [(_below(w.path), tuple(w.shape)) for w in part.weights]
    return [(name, tuple(w.shape)) for name, w in [*part.named_parameters(), *part.named_buffers()]]


def _below(path: str) -> str:
    """lstm_3/lstm_cell/kernel → lstm_cell.kernel: Keras numbers the layers of a program."""
    return ".".join(re.sub(r"_\d+$", "", name) for name in path.split("/")[1:])


def ours(node: Node) -> list[Stored]:
    """What the layer says: one for each copy."""
    every: list[Stored] = []
    for t in node.derived.rules.tensors:
        shape = tuple(map(_whole, t.stored.shape))
        every += [(t.stored.name, shape)] * _whole(product(t.of("copy")))
    return every


def _whole(size: Any) -> int:
    known = number(size)
    assert isinstance(known, int), size
    return known


def differences(mine: Sequence[Stored], framework: Sequence[Stored]) -> str:
    """Where the two differ; empty if they do not."""
    left = list(framework)
    missing = []
    for name, shape in mine:
        pattern = re.compile("(.*\\.)?" + r"\d+".join(map(re.escape, name.split("*"))))
        found = next((one for one in left if one[1] == shape and pattern.fullmatch(one[0])), None)
        if found is None:
            missing.append((name, shape))
        else:
            left.remove(found)
    return f"not there: {missing}, not said: {left}" if missing or left else ""
