"""Mistakes about a shape as a whole, where no rule of an axis is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symparams.algebra.formula import Formula, as_formula
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Subject, Task


@misconception(
    "shape of the input given",
    "shape",
    explanation="you gave the shape that arrives at the layer",
    repair="the output has a shape of its own, which the layer makes of what arrives",
    source="questions on the output shapes of model.summary()",
)
def shape_of_input(s: Subject) -> Iterator[Formula]:
    """H_out × W_out × C_out → H_in × W_in × C_in."""
    yield from (as_formula(size) for size in s.x.shape)


@misconception(
    "channels in the wrong place",
    "shape",
    explanation="you gave the right sizes, but the channels stand where the other framework has them",
    repair="Keras writes the channels last, PyTorch first",
    source="Keras documentation of image_data_format; questions on channels_first and channels_last",
    credit=Fraction(1, 2),
)
def channels_elsewhere(s: Subject) -> Iterator[Formula]:
    """H × W × C → C × H × W."""
    rules = s.task.rules
    yield from (*rules[-1:], *rules[:-1]) if s.convention == "keras" else (*rules[1:], *rules[:1])


def of_shapes(task: Task) -> Iterator[Mistake]:
    """The wrong ways to give a shape, with what its numbers belong to."""
    if task.quantity != "shape" or not task.derived.arriving:
        return
    subject = next(task.subjects())
    names = subject.x.axis_names()
    if len(names) != len(task.rules) or subject.x.shape != task.values:
        yield Mistake((shape_of_input,), tuple(shape_of_input.edit(subject)), axes=names)
    if "channels" in task.axes and len(task.axes) > 1:
        around = (task.axes[-1:] + task.axes[:-1]) if subject.convention == "keras" else task.axes[1:] + task.axes[:1]
        yield Mistake((channels_elsewhere,), tuple(channels_elsewhere.edit(subject)), axes=around)


OF_SHAPES = (shape_of_input, channels_elsewhere)
