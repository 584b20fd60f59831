"""Channels: those that arrive left out, those of other layers put in, filters and channels mixed up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import islice

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Product, Symbol, as_formula
from symparams.layers.convolution import Convolution, Separable
from symparams.layers.padding import ZeroPadding
from symparams.layers.transposed import TransposedConvolution
from symparams.misconceptions.edits import Test, changed, exchanged, named, rewritten, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import is_of, is_spanned, letters, matrix, spanning
from symparams.misconceptions.surroundings import (
    factor_of,
    flattened,
    in_work,
    intact,
    network_input,
    weighted_before,
)
from symparams.misconceptions.task import Subject
from symparams.model.network import Node

_FURTHEST = 6  # earlier convolutions that are multiplied in
_MIXING = (Convolution, Separable, TransposedConvolution)  # every filter spans all channels


@misconception(
    "input channels left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="spanning kernel",
    formal=True,
    explanation="you gave each filter a single kernel, as if the input had one channel",
    repair="each filter of a convolution has one kernel for every input channel that it sees, and the results are "
    "summed",
    claim="The number of weights in a convolution filter does not depend on the number of input channels.",
    source="Stack Exchange, questions on Keras's model.summary(): (3*3 + 1)*64 for a second convolution",
    credit=Fraction(1, 2),
)
def input_channels_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → (k·k + 1)·C_out."""

    return in_work(s, lambda rule: some(without_factor(rule, is_spanned(s))))


def _channels_before(s: Subject) -> tuple[Symbol, ...]:
    """The input channels of the convolutions before it, the nearest first."""
    convolutions = (n for n in weighted_before(s) if any(t.of("kernel") for t in n.derived.rules.counted))
    before = islice((n for n in convolutions if n.derived.arriving), _FURTHEST)
    named_channels = ((n.name, as_formula(n.derived.arriving[0].channels)) for n in before)
    return tuple(Symbol(f"C_{i}", c, f"input channels of {name}", True) for i, (name, c) in enumerate(named_channels))


@misconception(
    "filters of all earlier layers multiplied in",
    "params",
    "weights",
    "trainable",
    "macs",
    around=True,
    needs="spanning kernel",
    formal=True,
    brings=_channels_before,
    explanation="you multiplied by the filters of every earlier convolution, not only by the input channels of this "
    "layer",
    repair="the input channels of a layer are the filters of the layer directly before it; filters of earlier "
    "layers do not matter",
    claim="The weights of a convolution are multiplied by the filters of all convolutions before it.",
    source="Stack Exchange, questions on stacked convolutions: k²·C_0·C_1·F",
)
def earlier_filters(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out → k·k·C_0·C_in·C_out."""
    is_input, channels = is_spanned(s), _channels_before(s)
    for i in range(len(channels)):
        further = channels[i::-1]
        if any(number(c) != 1 for c in further):
            yield from some(_with_channels(s.rule, is_input, further))


def _with_channels(rule: Formula, is_input: Test, further: Sequence[Formula]) -> Formula | None:
    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product):
            return None
        place = next((i for i, f in enumerate(node.factors) if factor_of(f, is_input)), None)
        return None if place is None else Product((*node.factors[:place], *further, *node.factors[place:]))

    return changed(rule, rewritten(rule, change))


def _with_number(s: Subject, channels: Formula) -> tuple[Symbol, ...]:
    """The channels that arrive at its kernels, with another number."""
    kernels = [t for t in s.tensors if t.of("kernel")]
    letters_ = (letter for letter in letters(kernels, "input", "output") if letter.incoming)
    return tuple(Symbol(one.name, channels, one.meaning, True) for one in letters_)


def _of_the_image(s: Subject) -> tuple[Symbol, ...]:
    """Its input channels as those of the network's input; none where that has one, or no channels."""
    source = network_input(s)
    if source is None or len(source.shape) != len(s.x.shape) or len(source.shape) < 2:
        return ()
    channels = source.shape[0 if s.convention == "torch" else -1]
    return () if channels == 1 else _with_number(s, as_formula(channels))  # 1: what input channels left out give


@misconception(
    "channels of the image taken",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    around=True,
    needs="kernel",
    formal=True,
    brings=_of_the_image,
    explanation="you used the channels of the network's input, not the input channels of this layer",
    repair="the input channels of a layer are the output channels of the layer before it",
    claim="In a network for color images, every convolution has three input channels.",
    source="Stack Exchange, questions on stacked convolutions: (3*3*3 + 1)*64 for a second convolution",
    credit=Fraction(1, 2),
)
def channels_of_the_image(s: Subject) -> Iterable[Formula]:
    """C_in = 32 → C_in = 3."""
    return _with_letters(s, _of_the_image(s))


@misconception(
    "one channel taken for three",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="tensor",
    around=True,
    explanation="you counted three input channels, as in a color image",
    repair="a gray image has one channel, so there is a single value at each of its positions",
    claim="The first convolution of a network for gray images has three input channels.",
    source="Stack Exchange, questions on the first convolution on MNIST: (3*3*3 + 1)*32",
)
def three_channels(s: Subject) -> Iterable[Formula]:
    """C_in = 1 → C_in = 3, n_in = H·W → 3·H·W, in the first layer with weights of a network for gray images."""
    if not s.arriving or any(True for _ in weighted_before(s)):
        return ()
    if len(s.x.shape) == 3 and s.x.channels == 1:
        return _with_input_channels(s, as_formula(3))
    one, layers_before = matrix(s), flattened(s)
    if one is None or layers_before is None or layers_before[1].inputs:
        return ()
    image = layers_before[0].derived.arriving[0]
    if len(image.shape) != 3 or image.channels != 1:
        return ()
    inputs = letters((one,), "input")
    return _with_letters(s, tuple(Symbol(n.name, 3 * as_formula(s.x.channels), n.meaning, n.incoming) for n in inputs))


def _with_letters(s: Subject, others: tuple[Symbol, ...]) -> Iterable[Formula]:
    """The rule with other letters of these names."""
    by_name = {letter.name: letter for letter in others}

    def other(node: Formula) -> Formula:
        assert isinstance(node, Symbol)
        return by_name[node.name]

    return in_work(s, lambda rule: some(exchanged(rule, named(*by_name), other))) if others else ()


def _with_input_channels(s: Subject, channels: Formula) -> Iterable[Formula]:
    return _with_letters(s, _with_number(s, channels))


def _joins(node: Node) -> bool:
    """Whether a layer has weights between inputs and outputs, as normalization has none."""
    return any(t.joins for t in node.derived.rules.tensors)


def _of_the_layer_before(s: Subject) -> tuple[Symbol, ...]:
    """What arrives at it as what arrives at the layer with weights before it."""
    before = next((n for n in weighted_before(s) if _joins(n)), None)
    if before is None or not before.derived.arriving:
        return ()
    x = before.derived.arriving[0]
    if len(x.shape) != len(s.x.shape) or (len(x.shape) > 1 and x.channels == 1):
        return ()
    if len(x.shape) > 1:
        return _with_number(s, as_formula(x.channels))
    one = matrix(s)
    inputs = letters([] if one is None else [one], "input")
    return tuple(Symbol(n.name, as_formula(x.channels), n.meaning, n.incoming) for n in inputs)


@misconception(
    "channels of one layer too early",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    around=True,
    needs="tensor",
    formal=True,
    brings=_of_the_layer_before,
    explanation="you used the input of the layer before, not its output",
    repair="the input of a layer is the output of the layer before it: its filters, or its units",
    source="Stack Exchange, questions on stacked layers in Keras's model.summary()",
    credit=Fraction(1, 2),
)
def one_layer_too_early(s: Subject) -> Iterable[Formula]:
    """C_in = 64 → C_in = 32, n_in = 128 → n_in = 9072."""
    return _with_letters(s, _of_the_layer_before(s))


@misconception(
    "one filter counted",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="spanning kernel",
    formal=True,
    explanation="you counted a single filter",
    repair="each filter of a convolution has its own weights and produces one output channel",
    claim="All filters of a convolution share the same weights.",
    source="Stack Exchange, questions on the parameters of a convolution: 3*3*32 + 1",
)
def one_filter(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in + 1)·C_out → k·k·C_in + 1."""
    is_filters = is_of(spanning(s.tensors), "output")
    if s.quantity in ("params", "trainable") and s.task.derived.counts.biases != 0 and intact(s):
        return some(without_factor(s.rules.parameters, is_filters)) if s.rule != as_formula(0) else ()
    return in_work(s, lambda rule: some(without_factor(rule, is_filters)))


# ---------------------------------------------------------------- channels that leave


@misconception(
    "padding added to the channels",
    "shape",
    "params",
    "weights",
    "trainable",
    layers=(ZeroPadding, Convolution),
    whole=True,
    explanation="you added the padding to the channels too",
    repair="padding adds positions around each feature map, and no further feature maps",
    claim="Padding an image by one position on each side adds two channels.",
    source="Keras documentation of ZeroPadding2D: (batch, rows, cols, channels) to padded_rows and padded_cols",
)
def padding_in_depth(s: Subject) -> Iterable[Formula]:
    """C → C + 2p, C + p in the output; C_in → C_in + 2p in a count."""
    if not isinstance(s.layer, (ZeroPadding, Convolution)):
        return
    amounts = [side.before for side in s.layer.padding_of(*s.arriving)[:1] if side.before == side.after]
    for p in amounts:
        if s.axis == "channels" and number(p) != 0:
            yield s.rule + 2 * p
            yield s.rule + p
        elif s.quantity != "shape" and number(p) != 0:
            yield from _with_input_channels(s, s.x.C_in() + 2 * p)


@misconception(
    "channels multiplied by the filters",
    "shape",
    layers=_MIXING,
    explanation="you multiplied the number of filters by the number of input channels",
    repair="each filter of a convolution sums over all its input channels, so it produces one output channel",
    claim="A convolution with `F` filters turns `C` input channels into `C*F` output channels.",
    source="Stack Exchange, questions on how the channels of a second convolution come about: 3 filters on 32 maps",
)
def channels_multiplied(s: Subject) -> Iterable[Formula]:
    """C_out → C_in·C_out."""
    if isinstance(s.layer, _MIXING) and s.axis == "channels":
        yield s.x.C_in() * s.rule


@misconception(
    "the channels kept by a convolution",
    "shape",
    layers=_MIXING,
    explanation="you kept the number of input channels",
    repair="a convolution has as many output channels as filters, whatever its number of input channels",
    claim="A convolution has as many output channels as input channels, whatever its number of filters.",
    source="Stack Exchange, questions on the output depth of a convolution",
)
def channels_kept_by_convolution(s: Subject) -> Iterable[Formula]:
    """C_out → C_in."""
    if isinstance(s.layer, _MIXING) and s.axis == "channels" and intact(s):
        yield s.x.C_in()
