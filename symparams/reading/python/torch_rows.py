"""Layers of PyTorch that a program only makes: they follow one another in the order in which they were made."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from symparams.reading.python.functions import UserClass
from symparams.reading.python.graph import Torch
from symparams.reading.python.torch_classes import UserModule
from symparams.reading.python.torch_modules import Leaf, size
from symparams.reading.python.values import Unknown

_NO_HEAD = next(n for n in ast.walk(ast.parse("class model: pass")) if isinstance(n, ast.ClassDef))
_SPATIAL = re.compile(r"Conv(Transpose)?\dd$")


def in_a_row(torch: Torch, parts: Mapping[str, Any]) -> UserModule:
    """A module of these parts, without a class of its own."""
    made = UserModule(UserClass("model", [Unknown("nn.Module")], {}, _NO_HEAD), torch)
    for name, part in parts.items():
        made.put(name, part)
    return made


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
