"""Weight sharing: a feature map's size, or the input's, in a count that it never enters."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.formula import ZERO, Formula, Product, Symbol, product, total
from symparams.layers.convolution import Convolution, Depthwise, Separable
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.transposed import TransposedConvolution
from symparams.misconceptions.edits import some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import other_kernels, without_biases
from symparams.misconceptions.task import Subject

_SLIDING = (Convolution, Depthwise, Separable, TransposedConvolution)


def _multiplied(sizes: Iterable[Formula], rule: Formula) -> Formula:
    return product([*sizes, *(rule.factors if isinstance(rule, Product) else (rule,))])


def _in_every_place(s: Subject, sizes: tuple[Formula, ...]) -> Iterable[Formula]:
    yield _multiplied(sizes, s.rule)
    weights = without_biases(s) if s.quantity != "weights" else None
    if weights is not None:
        yield _multiplied(sizes, weights) + total(t.size for t in s.tensors if t.kind == "bias")


@misconception(
    "weights for every place of the output",
    "params",
    "weights",
    "trainable",
    layers=_SLIDING,
    formal=True,
    brings=lambda s: s.out.spatial(),
    explanation="you gave every output position its own weights",
    repair="a convolution uses the same filters at every position, so the size of the feature map does not matter",
    claim="A convolution on a larger image has more parameters.",
    source="Stack Exchange, questions on parameter sharing: H*W*F*(k*k*C + 1)",
)
def weights_for_every_place(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → H_out·W_out·(k·k·C_in + 1)·C_out; the same with one bias for each filter."""
    if isinstance(s.layer, _SLIDING) and s.rule != ZERO:
        yield from _in_every_place(s, s.out.spatial())


@misconception(
    "input size in the count",
    "params",
    "weights",
    "trainable",
    layers=_SLIDING,
    formal=True,
    explanation="you multiplied by the height and width of the input",
    repair="a filter of a convolution has one weight for each position of its kernel, not for each position of the "
    "image",
    claim="The number of parameters of a convolution grows with the height and width of its input.",
    source="Stack Exchange, questions on Conv2D(32, 3) with an input of 28x28: 28*28*32",
)
def input_size_in_the_count(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → H_in·W_in·(k·k·C_in + 1)·C_out; the same with one bias for each filter."""
    if isinstance(s.layer, _SLIDING) and s.rule != ZERO:
        yield from _in_every_place(s, input_sizes(s.x))


@misconception(
    "filters as large as the image",
    "params",
    "weights",
    "trainable",
    layers=(Convolution,),
    formal=True,
    explanation="you gave every filter one weight per input value, as in a dense layer",
    repair="a filter of a convolution is only as large as its kernel and slides over the image",
    claim="Whatever its kernel size, a convolution with `F` filters has as many weights as a dense layer with `F` "
    "units.",
    source="Stack Exchange, questions on convolutions and dense layers compared",
)
def filters_as_large_as_the_image(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (H_in·W_in·C_in + 1)·C_out."""
    if isinstance(s.layer, Convolution):
        kernel: Iterable[Symbol] = (k for k in s.layer.window(s.x, s.layer.kernel).sizes() if isinstance(k, Symbol))
        names = [k.name for k in kernel]
        yield from some(other_kernels(s.rule, dict(zip(names, input_sizes(s.x), strict=True))))


@misconception(
    "counted as fully connected",
    "params",
    "weights",
    "trainable",
    layers=(Convolution,),
    whole=True,
    explanation="you connected every input value to every output value, as in a dense layer",
    repair="each output value of a convolution depends on one window only, and all windows share their weights",
    claim="In a convolution, every output value has its own weight for every input value.",
    source="Goodfellow, Bengio and Courville, Deep Learning, 2016, section 9.2",
)
def fully_connected(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (H_in·W_in·C_in + 1)·H_out·W_out·C_out."""
    if isinstance(s.layer, Convolution):
        for rule in filters_as_large_as_the_image.edit(s):
            if s.quantity != "trainable" and isinstance(rule, Product):
                yield product([*rule.factors[:-1], *s.out.spatial(), rule.factors[-1]])
