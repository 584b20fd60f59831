"""Branches joined, and the order of the axes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Sum, product, total
from symparams.layers.merging import Add, Concatenate
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import Subject
from symparams.model.layer import symbol


@misconception(
    "concatenation taken for addition",
    "shape",
    layers=(Concatenate,),
    explanation="you kept the number of channels of one branch",
    repair="concatenating branches along the channel axis adds up their channels",
    claim="Concatenating two feature maps of 64 channels along the channel axis gives 64 channels.",
    source="Stack Exchange, questions on Add and Concatenate in skip connections",
)
def concatenation_as_addition(s: Subject) -> Iterable[Formula]:
    """C_1 + C_2 → C_1."""
    if isinstance(s.layer, Concatenate) and isinstance(s.rule, Sum) and intact(s):
        yield s.rule.terms[0]


@misconception(
    "concatenation joins every axis",
    "shape",
    layers=(Concatenate,),
    explanation="you added the sizes along an axis other than the concatenation axis",
    repair="concatenation joins branches along one axis; along the others their sizes must be equal and do not change",
    claim="Concatenating two feature maps along the channel axis doubles height and width as well.",
    source="Keras documentation of Concatenate, axis",
)
def every_axis_joined(s: Subject) -> Iterable[Formula]:
    """H → 2·H."""
    if isinstance(s.layer, Concatenate) and len(s.arriving) > 1 and not isinstance(s.rule, Sum) and intact(s):
        yield len(s.arriving) * s.rule


@misconception(
    "addition taken for concatenation",
    "shape",
    layers=(Add,),
    explanation="you added the channels of the branches",
    repair="merging branches elementwise keeps the shape of one branch",
    claim="Adding two feature maps of 64 channels elementwise gives 128 channels.",
    source="He et al., Deep Residual Learning, 2016; questions on Add and Concatenate in skip connections",
)
def addition_as_concatenation(s: Subject) -> Iterable[Formula]:
    """C → C_1 + C_2."""
    if not isinstance(s.layer, Add) or s.axis not in ("channels", "features") or not intact(s):
        return
    ranks = {len(x.shape) for x in s.arriving}
    if len(ranks) == 1 and len(s.arriving) > 1:
        letter = "C" if s.axis == "channels" else "n"
        yield total(
            symbol(f"{letter}_{i}", x.channels if s.axis == "channels" else x.shape[-1], f"{s.axis} of branch {i}")
            for i, x in enumerate(s.arriving, 1)
        )


@misconception(
    "channels of the branches multiplied",
    "shape",
    layers=(Concatenate,),
    explanation="you multiplied the channels of the branches",
    repair="concatenating branches along the channel axis adds up their channels",
    claim="Concatenating feature maps of 3 and 5 channels along the channel axis gives 15 channels.",
    source="questions on Concatenate",
)
def branches_multiplied(s: Subject) -> Iterable[Formula]:
    """C_1 + C_2 → C_1·C_2."""
    if isinstance(s.layer, Concatenate) and isinstance(s.rule, Sum) and intact(s):
        yield product(s.rule.terms)


@misconception(
    "channels at the wrong end",
    "shape",
    explanation="you wrote the channels at the wrong end of the shape",
    repair="Keras writes the channels of a feature map last, PyTorch first",
    claim="By default, Keras and PyTorch write the sizes of a feature map in the same order.",
    source="Keras documentation of image_data_format; questions on channels_first and channels_last",
    credit=Fraction(1, 2),
)
def channels_at_the_wrong_end(s: Subject) -> Iterable[Formula]:
    """(H, W, C) → (C, H, W)."""
    axes, rules = s.task.axes, s.task.rules
    usual = 0 if s.convention == "torch" else -1
    if len(axes) < 2 or axes[usual] != "channels" or not intact(s) or not s.arriving:
        return
    if all(same(a, b) for a, b in zip(s.task.values, s.task.values[1:], strict=False)):
        return
    yield rules[(axes.index(s.axis) + (1 if s.convention == "torch" else -1)) % len(axes)]
