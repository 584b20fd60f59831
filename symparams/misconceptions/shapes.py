"""Mistakes about a shape as a whole, where no rule of an axis is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.algebra.formula import Formula, as_formula
from symparams.misconceptions.families.positions import dense_flattens
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Subject, Task


@misconception(
    "shape of the input given",
    "shape",
    explanation="you gave the shape of the input",
    repair="this layer changes the shape, so its output differs from its input",
    source="questions on the output shapes of model.summary()",
)
def shape_of_input(s: Subject) -> Iterator[Formula]:
    """H_out × W_out × C_out → H_in × W_in × C_in."""
    yield from (as_formula(size) for size in s.x.shape)


def of_shapes(task: Task) -> Iterator[Mistake]:
    """The wrong ways to give a shape as a whole, with what its numbers belong to."""
    if task.quantity != "shape" or not task.derived.arriving:
        return
    subject = next(task.subjects())
    names, sizes = subject.x.axis_names(), tuple(shape_of_input.edit(subject))
    if len(names) != len(task.rules) or subject.x.shape != task.values:
        yield Mistake((shape_of_input,), sizes, axes=tuple(names))
    here = [(name, size) for name, size in zip(names, sizes, strict=True) if name in task.axes]
    if len(here) == len(task.axes) < len(names) and tuple(subject.x.shape) != task.values:
        yield Mistake((shape_of_input,), tuple(size for _, size in here), axes=task.axes)
    if len(task.rules) > 1 and any(True for _ in dense_flattens.edit(subject)):
        yield Mistake((dense_flattens,), task.rules[-1:], axes=task.axes[-1:])


OF_SHAPES = (shape_of_input,)
