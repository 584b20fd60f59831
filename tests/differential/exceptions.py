"""Where a framework and symparams differ on purpose, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symparams.layer import Layer
from symparams.layers.pooling import AveragePooling
from tests.differential.family import BOTH, Sizes

REFUSED = "we refuse, the framework accepts"
ACCEPTED = "we accept, the framework refuses"
SHAPE = "shape"
COUNTS = "trainable and non-trainable parameters"
MACS = "multiply-accumulates"


@dataclass(frozen=True)
class Excuse:
    """A kind of disagreement that is wanted."""

    layers: tuple[type[Layer], ...]
    what: str  # REFUSED, ACCEPTED, SHAPE, COUNTS or MACS
    reason: str
    when: Callable[[Any, Sequence[Sizes]], bool] = lambda layer, arriving: True
    conventions: tuple[str, ...] = BOTH


EXCUSES: tuple[Excuse, ...] = (
    Excuse(
        (AveragePooling,),
        ACCEPTED,
        "PyTorch checks the window of AvgPool3d against the input without its padding, unlike the other poolings",
        lambda layer, arriving: len(arriving[0]) == 4 and (layer.ceil or isinstance(layer.padding, tuple)),
        ("torch",),
    ),
)


def excuse(layer: Layer, arriving: Sequence[Sizes], what: str, convention: str) -> Excuse | None:
    """The reason why a disagreement is wanted, if there is one."""
    for one in EXCUSES:
        if (
            type(layer) in one.layers
            and one.what == what
            and convention in one.conventions
            and one.when(layer, arriving)
        ):
            return one
    return None
