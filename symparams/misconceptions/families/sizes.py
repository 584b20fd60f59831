"""Output sizes: rounding, padding, stride and dilation."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Function, Quotient
from symparams.misconceptions.editing import exchanged, rounds, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject


@misconception(
    "not rounded",
    "shape",
    explanation="you divided by the stride and did not round",
    repair="the window stops where it no longer fits, so the quotient is rounded down: sizes are whole numbers",
    claim="The output size of a convolution can be a fraction.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 2.4",
    credit=Fraction(1, 2),
)
def not_rounded(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → (n - k)/s + 1."""

    def inside(node: Formula) -> Formula:
        assert isinstance(node, Function)
        return node.arguments[0]

    return some(exchanged(s.rule, rounds, inside))


@misconception(
    "rounded the wrong way",
    "shape",
    explanation="you rounded the wrong way",
    repair="a window that no longer fits is dropped, so the quotient is rounded down; "
    "only same padding, and pooling that is told so, round up",
    claim="Where the stride does not come out even, the output size of a convolution without padding is rounded up.",
    source="PyTorch documentation of MaxPool2d, ceil_mode",
    credit=Fraction(1, 2),
)
def rounded_wrongly(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → ⌈(n - k)/s⌉ + 1."""

    def other(node: Formula) -> Formula:
        assert isinstance(node, Function)
        return Function("ceil" if node.name == "floor" else "floor", node.arguments)

    def inner(node: Formula) -> bool:
        return rounds(node) and isinstance(node, Function) and isinstance(node.arguments[0], Quotient)

    return some(exchanged(s.rule, inner, other))
