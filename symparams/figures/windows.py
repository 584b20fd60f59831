"""Where the windows of a layer stand, along each axis: what they touch, what pads the input, what is never reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.layers.pooling import Pooling
from symparams.layers.sliding import Sliding
from symparams.layers.transposed import TransposedConvolution
from symparams.model.layer import Reach
from symparams.model.network import Node

MOST = 12  # positions along an axis, input and output, that are drawn one by one
_WIDEST = 16  # and together with their padding


@dataclass(frozen=True)
class Along:
    """Windows along one axis of the input; of a transposed convolution, copies of its kernel along the output."""

    size: int  # positions that there are
    before: int  # positions that pad the start, or are cut off there
    after: int  # and at the end
    starts: tuple[int, ...]  # where each window starts; less than 0 in the padding
    weights: tuple[int, ...]  # where the weights of a window stand, from its start on

    @property
    def span(self) -> int:
        """How many positions a window covers, from its first weight to its last."""
        return self.weights[-1] + 1

    @property
    def low(self) -> int:
        """The first position that is drawn."""
        return min(-self.before, *self.starts)

    @property
    def high(self) -> int:
        """The position behind the last one that is drawn."""
        return max(self.size + self.after, self.starts[-1] + self.span)

    @cached_property
    def reached(self) -> frozenset[int]:
        """The positions that a weight of some window touches."""
        return frozenset(start + weight for start in self.starts for weight in self.weights)

    @property
    def missed(self) -> tuple[int, ...]:
        """The positions that no window touches."""
        return tuple(at for at in range(self.size) if at not in self.reached)


@dataclass(frozen=True)
class Windows:
    """The windows of a layer."""

    axes: tuple[Along, ...]  # one or two
    is_transposed: bool  # whether they are copies of a kernel on the output

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of what they stand on."""
        return tuple(axis.size for axis in self.axes)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many there are along each axis."""
        return tuple(len(axis.starts) for axis in self.axes)


def has_windows(node: Node) -> bool:
    """Whether a layer slides a window, or lays down copies of a kernel, along one or two axes."""
    slides = isinstance(node.layer, (Sliding, Pooling))
    return slides and bool(node.derived.arriving) and len(node.derived.arriving[0].spatial) in (1, 2)


def windows_of(node: Node) -> Windows | None:
    """Where the windows of a layer stand; None where there are letters, or more positions than are drawn."""
    if not has_windows(node):
        return None
    is_transposed = isinstance(node.layer, TransposedConvolution)
    axes = tuple(_transposed(node) if is_transposed else _sliding(node))
    fits = all(max(axis.size, len(axis.starts)) <= MOST and axis.high - axis.low <= _WIDEST for axis in axes)
    complete = len(axes) == len(node.derived.arriving[0].spatial)
    return Windows(axes, is_transposed) if axes and complete and fits else None


def _sliding(node: Node) -> Iterator[Along]:
    x = node.derived.arriving[0]
    padding = node.layer.padding_of(x)
    for i, (reach, dilation) in enumerate(_reaches(node)):
        counted = _known(x.spatial[i], _output(node, i), reach.kernel, reach.stride, reach.before)
        added = _known(*((padding[i].before, padding[i].after) if padding else ()))
        if counted is None or added is None:
            return
        n, many, span, stride, before = counted
        after = added[1] if added else 0
        yield Along(n, before, after, tuple(j * stride - before for j in range(many)), _weights(span, dilation))


def _transposed(node: Node) -> Iterator[Along]:
    for i, (reach, dilation) in enumerate(_reaches(node)):
        stride = number(as_formula(reach.stride))
        if stride is None or reach.spread is None:
            return
        counted = _known(_output(node, i), node.derived.arriving[0].spatial[i], reach.spread, reach.cut)
        if counted is None:
            return
        n, many, span, cut = counted
        starts = tuple(j * int(1 / Fraction(stride)) - cut for j in range(many))
        yield Along(n, cut, max(0, starts[-1] + span - n), starts, _weights(span, dilation))


def _reaches(node: Node) -> Iterator[tuple[Reach, int]]:
    """What an output sees along each axis, and how far apart the weights of a window are."""
    sight = node.layer.reach(*node.derived.arriving)
    dilations = getattr(node.layer, "dilation", (as_formula(1),))
    for i, reach in enumerate(sight if isinstance(sight, tuple) else ()):
        dilation = number(dilations[i if len(dilations) > 1 else 0])
        if isinstance(dilation, int):
            yield reach, dilation


def _output(node: Node, axis: int) -> object:
    """The output size along a spatial axis."""
    return node.derived.leaving.spatial[axis]


def _weights(span: int, dilation: int) -> tuple[int, ...]:
    return tuple(range(0, span, dilation))


def _known(*values: object) -> tuple[int, ...] | None:
    """Whole numbers, if all of them are known."""
    found = [number(as_formula(value)) for value in values]  # type: ignore[arg-type]
    return tuple(one for one in found if isinstance(one, int)) if all(isinstance(n, int) for n in found) else None
