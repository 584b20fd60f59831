"""Sizes that a convolution cannot tell apart, so that a transposed one has to choose between them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.errors import SymparamsError
from symparams.layers.convolution import Convolution
from symparams.layers.transposed import TransposedConvolution
from symparams.model.derived import known
from symparams.model.layer import Shape
from symparams.questions.diagnosis import Diagnosis
from symparams.questions.right_for import call_of


@dataclass(frozen=True, slots=True)
class OneSizeForTwo:
    """The convolution with the settings of a transposed one, which makes one size of two."""

    call: str  # as its framework makes it
    output: Shape  # the spatial sizes that it outputs
    smaller: Shape  # the spatial sizes of an input for which it does
    larger: Shape  # the same of another input


def one_size_for_two(diagnosis: Diagnosis) -> OneSizeForTwo | None:
    """The sizes that a transposed convolution has and that was expected, if the convolution makes the same of both.

    None for any other layer, and where the expected size is not the larger one.
    """
    node = diagnosis.node
    if node is None or diagnosis.quantity != "shape" or not isinstance(node.layer, TransposedConvolution):
        return None
    expected = dict(zip((one.axis for one in diagnosis.right), map(number, diagnosis.answer), strict=False))
    axes = node.derived.out.axes
    larger = tuple(expected.get(axis, size) for axis, size in zip(axes, node.shape, strict=True))
    own = node.layer
    if not all(isinstance(b, int) and isinstance(a, int) and b >= a for a, b in zip(node.shape, larger, strict=True)):
        return None
    reads = node.derived.arriving[0]
    layer = Convolution(
        filters=as_formula(reads.channels), kernel=own.kernel, stride=own.stride, padding=own.padding,
        dilation=own.dilation, groups=own.groups, bias=own.bias,
    )  # fmt: skip
    with suppress(SymparamsError, ValueError, IndexError):
        backs = [known(layer, (shape,), node.derived.convention, node.derived.facts) for shape in (node.shape, larger)]
        channels = node.derived.feature_axis % len(node.shape)
        call = call_of(replace(node, derived=backs[0]))
        if call is not None and all(tuple(back.shape) == tuple(reads.shape) for back in backs) and larger != node.shape:
            sizes = [_spatial(shape, channels) for shape in (reads.shape, node.shape, larger)]
            return OneSizeForTwo(call, *sizes)
    return None


def _spatial(shape: Sequence[object], channels: int) -> Shape:
    return tuple(size for i, size in enumerate(shape) if i != channels)  # type: ignore[misc]
