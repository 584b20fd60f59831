"""Flattening: the values of an earlier feature map, or of the image, in place of those that arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symparams.algebra.formula import Formula
from symparams.layers.dense import Flatten
from symparams.layers.passing import Passing
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact, numbers
from symparams.misconceptions.task import Subject
from symparams.model.network import Node


@misconception(
    "an earlier feature map flattened",
    "shape",
    layers=(Flatten,),
    around=True,
    explanation="you flattened the output of an earlier layer, or the image itself",
    repair="flattening lays out the output of the layer directly before it",
    source="NPTEL, Deep Learning, week 8: 13690 and 4563 as the inputs of a dense layer behind three convolutions",
)
def flattened_early(s: Subject) -> Iterable[Formula]:
    """H·W·C → the values of an earlier output, the nearest first."""
    if isinstance(s.layer, Flatten) and len(s.task.axes) == 1 and intact(s):
        yield from (numbers(node) for node in _earlier(s))


def _earlier(s: Subject) -> Iterator[Node]:
    """The layers before what arrives, each size once."""
    seen = {s.x.shape}
    for node in s.before:
        if node.shape not in seen and len(node.shape) > 1 and not isinstance(node.layer, Passing):
            seen.add(node.shape)
            yield node
