"""Kernels: not squared, added up, as large as the padding or the dilation makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Product, product, total
from symparams.misconceptions.edits import changed, rewritten, some, tidy
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import apart, is_kernel, is_of, is_spanned
from symparams.misconceptions.surroundings import CONVOLVING, Along, factor_of, in_work, other_kernels, sides
from symparams.misconceptions.task import Subject


def _in_products(s: Subject, change: Callable[[list[Formula], list[Formula]], Formula | None]) -> Iterable[Formula]:
    """The rule with every product that holds a kernel changed, given its sides and the other factors."""
    is_side = is_kernel(s)

    def within(node: Formula) -> Formula | None:
        if is_side(node):
            return None if number(node) == 1 else change([node], [])
        if not isinstance(node, Product):
            return None
        kernel = [f for f in node.factors if is_side(f)]
        wide = any(number(side) != 1 for side in kernel)
        return change(kernel, [f for f in node.factors if not is_side(f)]) if wide else None

    return in_work(s, lambda rule: some(changed(rule, rewritten(rule, within))))


@misconception(
    "kernel not squared",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="kernel",
    formal=True,
    explanation="you used one side of the kernel, not its area",
    repair="for each input channel a two-dimensional kernel has `k*k` weights",
    claim="A convolution filter of size 5x5 has 5 weights for each input channel.",
    source="Stack Exchange, questions on the parameters of a convolution: filter size 3 taken for 3 weights",
)
def not_squared(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → k·C_in."""

    def first(kernel: list[Formula], others: list[Formula]) -> Formula | None:
        return product([kernel[0], *others]) if len(kernel) > 1 else None

    return _in_products(s, first)


@misconception(
    "kernel of a sequence squared",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="kernel",
    formal=True,
    explanation="you squared the kernel size, as if the kernel were as high as it is long",
    repair="over a sequence a kernel has a length only, so it has `k` weights for each input channel",
    claim="A one-dimensional convolution filter of size 5 has 25 weights for each input channel.",
    source="Stack Overflow, questions on the parameters of Keras's Conv1D",
)
def squared(s: Subject) -> Iterable[Formula]:
    """k·C_in → k·k·C_in."""

    def twice(kernel: list[Formula], others: list[Formula]) -> Formula | None:
        return product([*kernel, *kernel, *others]) if len(kernel) == 1 else None

    return _in_products(s, twice) if s.arriving and len(s.x.spatial) == 1 else ()


@misconception(
    "stride in the count",
    "params",
    "weights",
    "trainable",
    layers=CONVOLVING,
    needs="kernel",
    explanation="you multiplied by the stride",
    repair="the stride changes only how many positions a filter visits, and thus the output size, not its weights",
    claim="A convolution with stride 2 has other weights than the same convolution with stride 1: twice as many.",
    source="Stack Exchange, questions on the parameters of a convolution: does the stride enter?",
)
def stride_counted(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → k·k·C_in·s; → k·k·C_in·s·s."""
    strides = [side.s for side in sides(s.task.derived).values() if number(side.s) != 1]
    if not isinstance(s.layer, CONVOLVING) or not strides:
        return
    for factors in dict.fromkeys((tuple(strides[:1]), tuple(strides))):
        yield from _in_products(s, partial(_with_factors, factors))


def _with_factors(factors: tuple[Formula, ...], kernel: list[Formula], others: list[Formula]) -> Formula:
    return product([*kernel, *others, *factors])


@misconception(
    "sides of the kernel added",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="kernel",
    formal=True,
    explanation="you added the sides of the kernel",
    repair="the size of a kernel is the product of its sides",
    claim="A 5x5 kernel has 10 weights.",
    source="Stack Exchange, questions on the parameters of a convolution",
)
def sides_added(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → (k + k)·C_in."""

    def added(kernel: list[Formula], others: list[Formula]) -> Formula | None:
        return product([total(kernel), *others]) if len(kernel) > 1 else None

    return _in_products(s, added)


@misconception(
    "kernel and channels added",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="kernel",
    formal=True,
    explanation="you added the input channels to the kernel size",
    repair="there is a whole kernel for each input channel, so the kernel size is multiplied by the number of channels",
    claim="A convolution filter has one weight for each position of its kernel and one more for each input channel.",
    source="Stack Exchange, questions on the parameters of a convolution",
)
def channels_added(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → k·k + C_in."""
    spanned, by_itself = is_spanned(s), is_of(apart(s.tensors), "output")

    def added(kernel: list[Formula], others: list[Formula]) -> Formula | None:
        channels = [f for f in others if factor_of(f, spanned) or factor_of(f, by_itself)]
        rest = [f for f in others if f not in channels]
        return tidy(product([total([product(kernel), *channels]), *rest])) if channels else None

    return _in_products(s, added)


@misconception(
    "kernel left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="spanning kernel",
    formal=True,
    explanation="you counted one weight for each input channel and filter, as in a dense layer",
    repair="a filter of a convolution has one weight for each position of its kernel in every input channel",
    claim="A convolution has one weight for each pair of an input channel and a filter, whatever the size of its "
    "kernel.",
    source="Stack Exchange, questions on the parameters of a convolution: (32 + 1)*64",
)
def kernel_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (C_in + 1)·C_out."""
    is_input = is_spanned(s)

    def rest(kernel: list[Formula], others: list[Formula]) -> Formula | None:
        return product(others) if any(factor_of(f, is_input) for f in others) else None

    return _in_products(s, rest)


def _resized(s: Subject, size: Callable[[Along], Formula | None]) -> Iterable[Formula]:
    """The kernel of a convolution with other sides; nothing where none of them changes."""
    if not isinstance(s.layer, CONVOLVING):
        return ()
    new = {side.k: size(side) for side in sides(s.task.derived).values()}
    sizes = {k.name: other for k, other in new.items() if other is not None}  # type: ignore[attr-defined]
    return in_work(s, lambda rule: some(other_kernels(rule, sizes))) if sizes else ()


@misconception(
    "padding counted with the kernel",
    "params",
    "weights",
    "trainable",
    layers=CONVOLVING,
    needs="kernel",
    explanation="you added the padding to the kernel size",
    repair="padding adds zeros to the input; they are not weights, and the kernel does not change",
    claim="Padding the input of a convolution adds parameters.",
    source="questions on whether padding changes the number of parameters",
)
def padding_counted(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → (k + 2p)·(k + 2p)·C_in."""
    return _resized(s, lambda a: None if a.p is None or number(a.p) == 0 else a.k + 2 * a.p)


@misconception(
    "dilation counted with the kernel",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=CONVOLVING,
    needs="kernel",
    explanation="you counted every position that the dilated kernel spans",
    repair="dilation only spreads the kernel elements apart; there are no weights between them",
    claim="A dilated convolution has more parameters than the same convolution without dilation.",
    source="Yu and Koltun, Multi-Scale Context Aggregation by Dilated Convolutions, 2016",
    credit=Fraction(1, 2),
)
def dilation_counted(s: Subject) -> Iterable[Formula]:
    """k·k·C_in → (d(k - 1) + 1)·(d(k - 1) + 1)·C_in."""
    return _resized(s, lambda a: None if a.span == a.k else a.span)
