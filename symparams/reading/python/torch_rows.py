"""Layers of PyTorch that a program only makes: they follow one another in the order in which they were made."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from symparams.reading.python.functions import UserClass
from symparams.reading.python.graph import Torch
from symparams.reading.python.torch_classes import UserModule
from symparams.reading.python.torch_modules import Leaf, function_name, size
from symparams.reading.python.values import Unknown

_NO_HEAD = next(n for n in ast.walk(ast.parse("class model: pass")) if isinstance(n, ast.ClassDef))
_WEIGHTED = re.compile(r"Conv|Linear|Norm|LSTM|GRU|RNN|Embedding|Attention|Transformer")
_SPATIAL = re.compile(r"Conv(Transpose)?\dd$")


def is_weighted(leaf: Leaf) -> bool:
    """Whether a layer is of a kind that has parameters and stands for a network by itself."""
    return _WEIGHTED.search(leaf.kind) is not None


def in_a_row(torch: Torch, parts: Mapping[str, Any]) -> UserModule:
    """A module of these parts, without a class of its own."""
    made = UserModule(UserClass("model", [Unknown("nn.Module")], {}, _NO_HEAD), torch)
    for name, part in parts.items():
        made.put(name, part)
    return made


def numbered(leaves: Iterable[Leaf]) -> dict[str, Leaf]:
    """Layers without names under those that they get when they are called: conv2d_1, relu_1, conv2d_2."""
    many: Counter[str] = Counter()
    found = {}
    for leaf in leaves:
        many[leaf.kind] += 1
        found[f"{function_name(leaf.kind)}_{many[leaf.kind]}"] = leaf
    return found


def follow_one_another(leaves: Mapping[str, Leaf]) -> bool:
    """Whether each layer that has parameters takes what the one before it gives, and all of them say so."""
    return in_order(leaves) and all(_taken(leaf) is not None for leaf in leaves.values() if is_weighted(leaf))


def in_order(leaves: Mapping[str, Leaf]) -> bool:
    """Whether each layer takes what the one before it gives, as far as they say so."""
    counted = [(_taken(leaf), _given(leaf), leaf) for leaf in leaves.values() if _taken(leaf) is not None]
    return bool(counted) and all(
        before is not None and (_is_next(one, other, before, taken) or _is_flat_of(one, other, before, taken))
        for (_, before, one), (taken, _, other) in pairwise(counted)
    )


def _is_next(one: Leaf, other: Leaf, given: Any, taken: Any) -> bool:
    """Whether a layer can take what the one before it gives as it is."""
    return bool(given == taken and not (one.kind == "Linear" and _SPATIAL.match(other.kind)))


def _is_flat_of(one: Leaf, other: Leaf, channels: Any, taken: Any) -> bool:
    """Whether a linear layer can take all positions of the channels of a convolution."""
    known = isinstance(channels, int) and isinstance(taken, int)
    return known and other.kind == "Linear" and bool(_SPATIAL.match(one.kind)) and taken % channels == 0


def _taken(leaf: Leaf) -> Any:
    """How many channels or features a layer says that it takes; None if it says nothing."""
    if leaf.kind.startswith(("BatchNorm", "InstanceNorm")):
        return size(leaf.given.get(0, "num_features"))
    if _SPATIAL.match(leaf.kind) or leaf.kind == "Linear":
        return size(leaf.given.get(0, "in_channels", "in_features"))
    return None


def _given(leaf: Leaf) -> Any:
    """How many it gives."""
    return _taken(leaf) if "Norm" in leaf.kind else size(leaf.given.get(1, "out_channels", "out_features"))
