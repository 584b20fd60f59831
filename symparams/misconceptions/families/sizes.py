"""Output sizes: rounding, padding, stride and dilation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Function, Number, Product, Quotient, Sum, ceil, floor, total
from symparams.algebra.simplification import simplified
from symparams.layers.padding import ZeroPadding
from symparams.layers.passing import Passing
from symparams.layers.pooling import Pooling
from symparams.misconceptions.edits import PADDING, exchanged, rounds, some, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import WINDOWED, Along, along, intact
from symparams.misconceptions.task import Subject

_PADDED = (*WINDOWED, ZeroPadding)


@misconception(
    "not rounded",
    "shape",
    explanation="you divided by the stride but did not round",
    repair="output sizes are whole numbers, so a quotient by the stride must be rounded",
    claim="The output size of a convolution can be a fraction.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 2.4",
    credit=Fraction(1, 2),
)
def not_rounded(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → (n - k)/s + 1."""

    def inside(node: Formula) -> Formula:
        assert isinstance(node, Function)
        return node.arguments[0]

    return some(exchanged(s.rule, rounds, inside)) if _makes_sizes(s) else ()


@misconception(
    "rounded the wrong way",
    "shape",
    explanation="you rounded in the wrong direction",
    repair="a window that no longer fits is dropped, so output sizes are rounded down; only 'same' padding, and "
    "pooling that is set to do so, round up",
    claim="When the division by the stride has a remainder, the output size of a convolution without padding is "
    "rounded up.",
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

    return some(exchanged(s.rule, inner, other)) if _makes_sizes(s) else ()


def _makes_sizes(s: Subject) -> bool:
    """Whether the layer makes sizes of its own, and does not hand on those that arrive."""
    return not isinstance(s.layer, Passing)


# ---------------------------------------------------------------- padding


def _strided(a: Along, reach: Formula) -> Formula:
    return reach + 1 if a.still else floor(reach / a.s) + 1


@misconception(
    "same and valid padding exchanged",
    "shape",
    layers=WINDOWED,
    explanation="you used the formula for a different padding mode",
    repair="with 'valid' padding a window of size `k` loses `k - 1` positions; with 'same' padding only the stride "
    "makes the output smaller",
    claim="A convolution with a 3x3 kernel, stride 1 and 'valid' padding keeps height and width.",
    source="Stack Overflow, 'What is the difference between SAME and VALID padding in tf.nn.max_pool'",
    credit=Fraction(1, 2),
)
def same_and_valid(s: Subject) -> Iterable[Formula]:
    """n - k + 1 → n, ⌈n/s⌉ → ⌊(n - k)/s⌋ + 1."""
    a = along(s)
    if a is None or not intact(s) or (number(a.span) == 1 and a.still):
        return
    if a.fills:
        yield _strided(a, a.n - a.span)
    elif a.p is None or simplified(a.span - 1 - 2 * a.p, s.network.facts) != 0:
        yield a.n if a.still else ceil(a.n / a.s)


@misconception(
    "same padding taken for half a kernel",
    "shape",
    layers=WINDOWED,
    explanation="you used `floor(k/2)` positions of padding on each side",
    repair="in total 'same' padding adds `max((ceil(n/s) - 1)*s + k - n, 0)` positions, half before (rounded down) "
    "and the rest after",
    claim="With 'same' padding, `floor(k/2)` zeros are always added on each side, even for an even kernel size.",
    source="Stack Overflow, 'What is the difference between SAME and VALID padding in tf.nn.max_pool'",
    credit=Fraction(1, 2),
)
def half_a_kernel(s: Subject) -> Iterable[Formula]:
    """⌈n/s⌉ → ⌊(n + 2⌊k/2⌋ - k)/s⌋ + 1, which is the same for an odd kernel."""
    a = along(s)
    if a is None or not a.fills or not intact(s):
        return
    span = number(a.span)
    if span is None or span % 2 == 0:
        yield _strided(a, a.n + 2 * floor(a.span / 2) - a.span)


def _twice(node: Formula) -> bool:
    """Whether a node is 2p."""
    return (
        isinstance(node, Product)
        and len(node.factors) == 2
        and node.factors[0] == Number(2)
        and PADDING(node.factors[1])
    )


@misconception(
    "padding on one side only",
    "shape",
    layers=_PADDED,
    explanation="you added the padding on one side only",
    repair="padding `p` adds `p` positions at both ends of an axis, `2*p` in total",
    claim="A padding of 1 on each side makes an axis one position longer.",
    source="Stanford CS231n, Convolutional Networks: (W - F + 2P)/S + 1",
    credit=Fraction(1, 2),
)
def padding_once(s: Subject) -> Iterable[Formula]:
    """n + 2p - k + 1 → n + p - k + 1."""

    def half(node: Formula) -> Formula:
        assert isinstance(node, Product)
        return node.factors[1]

    return some(exchanged(s.rule, _twice, half)) if _pads(s) else ()


def _pads(s: Subject) -> bool:
    return isinstance(s.layer, ZeroPadding) or along(s) is not None


@misconception(
    "padding forgotten",
    "shape",
    layers=_PADDED,
    explanation="you left out the padding",
    repair="with padding `p` a window slides over an input that is `2*p` positions longer",
    claim="Padding does not change the output size of a convolution.",
    source="Stanford CS231n, Convolutional Networks: (W - F + 2P)/S + 1",
    credit=Fraction(1, 2),
)
def padding_forgotten(s: Subject) -> Iterable[Formula]:
    """n + 2p - k + 1 → n - k + 1."""
    return some(without_term(s.rule, _twice)) if _pads(s) else ()


# ---------------------------------------------------------------- stride, dilation, the first place


def _one_by_one(s: Subject, a: Along) -> Formula | None:
    """The rule for a stride of 1."""
    if a.fills:
        return a.n if intact(s) else None

    def by_stride(node: Formula) -> bool:
        inner = node.arguments[0] if isinstance(node, Function) and rounds(node) else node
        return isinstance(inner, Quotient) and inner.bottom == a.s

    def top(node: Formula) -> Formula:
        inner = node.arguments[0] if isinstance(node, Function) else node
        assert isinstance(inner, Quotient)
        return inner.top

    return exchanged(s.rule, by_stride, top)


@misconception(
    "stride forgotten",
    "shape",
    layers=WINDOWED,
    explanation="you moved the window by one position at a time",
    repair="with stride `s` a window moves `s` positions at a time",
    claim="The stride of a convolution does not change the size of its output.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 2.3",
    credit=Fraction(1, 2),
)
def stride_forgotten(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → n - k + 1."""
    a = along(s)
    if a is None or a.still or getattr(s.layer, "stride", None) is None:
        return ()
    return some(_one_by_one(s, a))


@misconception(
    "pooling moved by one place",
    "shape",
    layers=(Pooling,),
    explanation="you moved the pooling window by one position at a time",
    repair="without an explicit stride, a pooling window moves by its own size, so windows do not overlap",
    claim="In Keras and PyTorch, a pooling window moves by one position if no stride is given.",
    source="Keras documentation of MaxPooling2D, strides: if None, it will default to pool_size",
    credit=Fraction(1, 2),
)
def pooling_by_one(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/k⌋ + 1 → n - k + 1."""
    a = along(s)
    if a is None or a.still or not isinstance(s.layer, Pooling) or s.layer.stride is not None:
        return ()
    return some(_one_by_one(s, a))


@misconception(
    "only divided by the stride",
    "shape",
    layers=WINDOWED,
    explanation="you divided the size by the stride but left out the kernel",
    repair="the output size is the number of positions at which the window fits: without padding, `floor((n - k)/s) "
    "+ 1`",
    claim="A convolution with stride 2 always halves height and width exactly, whatever its kernel size and padding.",
    source="Stack Exchange, questions on the output size of strided convolutions",
)
def only_divided(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → ⌊n/s⌋; for k = s, without padding, that is right."""
    a = along(s)
    if a is None or a.still or a.fills or not intact(s):
        return
    left = a.span - a.s if a.p is None else a.span - 2 * a.p - a.s
    if simplified(left, s.network.facts) != 0:
        yield floor(a.n / a.s)


@misconception(
    "dilation forgotten",
    "shape",
    layers=WINDOWED,
    explanation="you left out the dilation",
    repair="a kernel with dilation `d` spans `d*(k - 1) + 1` positions",
    claim="Dilation does not change the output size of a convolution with 'valid' padding.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 5.1",
    credit=Fraction(1, 2),
)
def dilation_forgotten(s: Subject) -> Iterable[Formula]:
    """n - (d(k - 1) + 1) + 1 → n - k + 1."""
    return _other_span(s, lambda a: a.k)


@misconception(
    "dilated kernel taken for d times k",
    "shape",
    layers=WINDOWED,
    explanation="you let the dilated kernel span `d*k` positions",
    repair="there are `k - 1` gaps between `k` kernel elements, so the kernel spans `d*(k - 1) + 1` positions",
    claim="A 3x3 kernel with dilation 2 spans 6x6 positions.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 5.1",
    credit=Fraction(1, 2),
)
def dilation_times_kernel(s: Subject) -> Iterable[Formula]:
    """n - (d(k - 1) + 1) + 1 → n - d·k + 1."""
    return _other_span(s, lambda a: a.d * a.k)


@misconception(
    "same padding of the kernel without dilation",
    "shape",
    layers=WINDOWED,
    explanation="you used the padding that 'same' would add without dilation",
    repair="a kernel with dilation `d` spans `d*(k - 1) + 1` positions, and with stride 1 'same' padding adds "
    "`d*(k - 1)` in total, so that the size stays the same",
    claim="With 'same' padding and stride 1, a dilated kernel makes the output smaller than the input.",
    source="Keras documentation of Conv2D: dilation_rate and padding; questions on 'same' padding with dilation",
    credit=Fraction(1, 2),
)
def padding_undilated(s: Subject) -> Iterable[Formula]:
    """⌈n/s⌉ → ⌊(n + (k - 1) - (d(k - 1) + 1))/s⌋ + 1."""
    a = along(s)
    if a is not None and a.fills and a.span != a.k and intact(s):
        yield _strided(a, a.n + (a.k - 1) - a.span)


def _other_span(s: Subject, size: Callable[[Along], Formula]) -> Iterable[Formula]:
    a = along(s)
    if a is None or a.span == a.k:
        return ()
    return some(exchanged(s.rule, lambda node: node == a.span, size(a)))


@misconception(
    "the + 1 forgotten",
    "shape",
    layers=WINDOWED,
    explanation="you left out the + 1",
    repair="a window that takes `n` steps has `n + 1` positions, because its starting position counts too",
    claim="A kernel of size 3 with stride 1 and no padding fits at 25 positions of an axis of length 28.",
    source="Stanford CS231n, Convolutional Networks: (W - F + 2P)/S + 1",
    credit=Fraction(1, 2),
)
def one_forgotten(s: Subject) -> Iterable[Formula]:
    """⌊(n - k)/s⌋ + 1 → ⌊(n - k)/s⌋."""
    if along(s) is not None and isinstance(s.rule, Sum) and s.rule.terms[-1] == ONE:
        yield total(s.rule.terms[:-1])
