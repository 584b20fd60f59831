"""Normalization: which numbers a channel has, which of them are trained, and for what they are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.formula import ZERO, Formula, Number, product, symbols
from symparams.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    RMSNormalization,
)
from symparams.layers.sizes import sizes_of, times
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, tensors
from symparams.model.layer import symbol
from symparams.model.tensor import parameter_rule

_ALL = (BatchNormalization, LayerNormalization, RMSNormalization, GroupNormalization, InstanceNormalization)
_IOFFE = "Ioffe and Szegedy, Batch Normalization, 2015; "


def _each(s: Subject) -> tuple[int, Formula] | None:
    """How many numbers of the quantity each channel has, and the channels; None for other layers and for nothing."""
    each = tensors(s) if as_a(s, *_ALL) is not None else ()
    return (len(each), each[0].size) if each else None


@misconception(
    "moving statistics left out",
    "params",
    layers=_ALL,
    explanation="you counted gamma and beta but left out the moving mean and variance",
    repair="Keras counts a moving mean and a moving variance for each channel of a batch normalization as "
    "non-trainable parameters",
    claim="By default, batch normalization in Keras has two parameters for each channel.",
    source=_IOFFE + "Stack Overflow, questions on the four parameters of Keras's BatchNormalization",
    credit=Fraction(1, 2),
)
def statistics_left_out(s: Subject) -> Iterable[Formula]:
    """4·C_in → 2·C_in."""
    each = _each(s)
    fixed = sum(t.fixed for t in tensors(s))
    if each is not None and 0 < fixed < each[0]:
        yield times(each[0] - fixed, each[1])


@misconception(
    "moving statistics counted in PyTorch",
    "params",
    layers=_ALL,
    explanation="you counted the running mean and variance, which are buffers in PyTorch",
    repair="in PyTorch's batch normalization only gamma and beta are parameters; the running mean and variance are "
    "buffers",
    claim="PyTorch counts the running mean and variance of batch normalization as parameters of the model.",
    source="PyTorch forums, questions on BatchNorm and model.parameters()",
    credit=Fraction(1, 2),
)
def statistics_counted(s: Subject) -> Iterable[Formula]:
    """2·C → 4·C in PyTorch."""
    buffers = [t for t in s.rules.tensors if not t.counted and t.axes]
    each = _each(s)
    if each is not None and buffers:
        yield times(each[0] + len(buffers), each[1])


@misconception(
    "moving statistics taken for trained",
    "trainable",
    "non_trainable",
    layers=_ALL,
    explanation="you counted the moving mean and variance as trainable",
    repair="the moving mean and variance of batch normalization are updated during training but not learned by "
    "gradient descent, so they are non-trainable",
    claim="Gradient descent learns the moving mean and variance of batch normalization.",
    source=_IOFFE + "Stack Overflow, questions on the non-trainable parameters in Keras's model.summary()",
    credit=Fraction(1, 2),
)
def statistics_trained(s: Subject) -> Iterable[Formula]:
    """2·C_in trainable → 4·C_in; 2·C_in non-trainable → 0."""
    each = _each(s)
    fixed = sum(t.fixed for t in s.tensors)
    if each is not None and fixed and not s.task.node.frozen:
        yield ZERO if s.quantity == "non_trainable" else times(each[0] + fixed, each[1])


@misconception(
    "normalization taken for fixed",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you treated the normalization as a layer without parameters",
    repair="by default most normalization layers scale, and usually also shift, the normalized values by learned "
    "parameters",
    claim="Batch normalization only subtracts a mean and divides by a standard deviation; it has no parameters to "
    "learn.",
    source=_IOFFE + "Stack Exchange, questions on what batch normalization learns",
)
def taken_for_fixed(s: Subject) -> Iterable[Formula]:
    """2·C_in → 0."""
    if _each(s) is not None:
        yield ZERO


@misconception(
    "shift left out",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you counted the scale gamma but left out the shift beta",
    repair="by default batch, layer and group normalization have two trainable parameters for each channel or "
    "feature: a scale gamma and a shift beta",
    claim="By default, layer normalization has one trainable parameter for each feature.",
    source=_IOFFE + "Ba, Kiros and Hinton, Layer Normalization, 2016",
    credit=Fraction(1, 2),
)
def shift_left_out(s: Subject) -> Iterable[Formula]:
    """2·C_in → C_in; 4·C_in → 3·C_in."""
    each = _each(s)
    if each is not None and each[0] > 1 and any(w.kind == "bias" for w in tensors(s)):
        yield times(each[0] - 1, each[1])


@misconception(
    "one number for each channel",
    "params",
    "non_trainable",
    layers=_ALL,
    explanation="you counted a single parameter for each channel",
    repair="by default batch normalization stores four values for each channel: gamma, beta, a moving mean and a "
    "moving variance",
    claim="By default, batch normalization in Keras has as many parameters as channels.",
    source="Stack Overflow, questions on the four parameters of Keras's BatchNormalization",
)
def one_number(s: Subject) -> Iterable[Formula]:
    """4·C_in → C_in."""
    each = _each(s)
    if each is not None and as_a(s, BatchNormalization) is not None:
        yield each[1]


@misconception(
    "shift added to the scale",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you counted a shift in addition to the scale, as in layer normalization",
    repair="root mean square (RMS) normalization subtracts no mean and has no shift, so each feature has only a scale",
    claim="RMS normalization has twice as many parameters as features.",
    source="Zhang and Sennrich, Root Mean Square Layer Normalization, 2019",
    credit=Fraction(1, 2),
)
def shift_added(s: Subject) -> Iterable[Formula]:
    """n_in → 2·n_in."""
    each = _each(s)
    if each is not None and as_a(s, RMSNormalization) is not None:
        yield times(2, each[1])


@misconception(
    "one pair for the whole layer",
    "params",
    "trainable",
    "non_trainable",
    layers=_ALL,
    explanation="you counted the parameters of a single channel or feature",
    repair="each channel or feature of a normalization layer has its own parameters",
    claim="A batch normalization layer has one gamma and one beta that all its channels share.",
    source=_IOFFE + "Stack Exchange, questions on the shape of gamma and beta",
    credit=Fraction(1, 2),
)
def one_pair(s: Subject) -> Iterable[Formula]:
    """2·C_in → 2."""
    each = _each(s)
    if each is not None:
        yield Number(each[0])


@misconception(
    "one pair for each position",
    "params",
    "trainable",
    "non_trainable",
    layers=_ALL,
    explanation="you counted separate parameters for each position",
    repair="in batch normalization all positions share the parameters of their channel, so height, width and length "
    "do not matter",
    claim="The number of parameters of batch normalization after a convolution grows with the size of the images.",
    source=_IOFFE + "section 3.2: one pair for each feature map, not for each activation",
)
def each_position(s: Subject) -> Iterable[Formula]:
    """2·C_in → 2·H_in·W_in·C_in."""
    each = _each(s)
    if each is None:
        return
    own = {leaf.name for leaf in symbols(each[1])}
    layer = as_a(s, LayerNormalization, RMSNormalization)
    every = sizes_of(s.x) if layer is None else sizes_of(s.x, s.x.feature_names())
    if {size.name for size in every} > own:
        yield times(each[0], product(every))


@misconception(
    "last axis only",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you counted a scale and a shift for each element of the last axis only",
    repair="when layer normalization covers several axes, every element in them has its own scale and shift",
    claim="Layer normalization over height, width and channels has two parameters for each channel.",
    source="PyTorch documentation of LayerNorm, normalized_shape and elementwise_affine",
    credit=Fraction(1, 2),
)
def last_axis(s: Subject) -> Iterable[Formula]:
    """2·H_in·W_in·C_in → 2·C_in."""
    each = _each(s)
    if each is not None and as_a(s, LayerNormalization, RMSNormalization) is not None:
        *others, last = tensors(s)[0].sizes
        if others:
            yield times(each[0], last)


@misconception(
    "one pair for each group",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you counted a scale and a shift for each group",
    repair="in group normalization the channels of a group share their mean and variance, but each channel has its "
    "own scale and shift",
    claim="The number of parameters of group normalization depends on the number of groups.",
    source="Wu and He, Group Normalization, 2018, section 3",
    credit=Fraction(1, 2),
)
def each_group(s: Subject) -> Iterable[Formula]:
    """2·C_in → 2·g; → 2·C_in/g."""
    each = _each(s)
    layer = as_a(s, GroupNormalization)
    if each is not None and layer is not None:
        g = symbol("g", layer.groups, "groups")
        yield times(each[0], g)
        yield times(each[0], each[1] / g)


@misconception(
    "scale and shift counted where there are none",
    "params",
    "trainable",
    layers=_ALL,
    explanation="you counted a scale or a shift that this layer does not have",
    repair="a normalization layer has a scale and a shift only if they are turned on, which depends on its "
    "arguments and defaults",
    claim="By default, PyTorch's InstanceNorm2d has two parameters for each channel.",
    source="PyTorch documentation of InstanceNorm2d: affine is False by default",
    credit=Fraction(1, 2),
)
def counted_none(s: Subject) -> Iterable[Formula]:
    """0 → 2·C_in; C_in → 2·C_in."""
    layer = as_a(s, *_ALL)
    if layer is None or isinstance(layer, RMSNormalization) or s.task.node.frozen:
        return
    switched = {"affine": True, "scale": True, "center": True}
    if all(getattr(layer, name) for name in switched):
        return
    full = replace(layer, **switched).rules(s.x)
    if s.quantity == "params":
        yield full.parameters
    else:
        yield parameter_rule(t for t in full.tensors if not t.fixed)


@misconception(
    "moving statistics in another normalization",
    "params",
    layers=_ALL,
    explanation="you counted a moving mean and variance, as in batch normalization",
    repair="layer and group normalization compute mean and variance from each example, so they store none",
    claim="Layer normalization stores a moving mean and a moving variance for each feature.",
    source="Ba, Kiros and Hinton, Layer Normalization, 2016, section 3",
    credit=Fraction(1, 2),
)
def statistics_added(s: Subject) -> Iterable[Formula]:
    """2·n_in → 4·n_in."""
    each = _each(s)
    if each is not None and each[0] > 1 and as_a(s, LayerNormalization, GroupNormalization) is not None:
        yield times(each[0] + 2, each[1])


@misconception(
    "beta counted as a weight",
    "weights",
    "biases",
    layers=_ALL,
    explanation="you counted the shift beta as a weight",
    repair="the shift beta is added to the output, so it counts as a bias",
    source="PyTorch documentation of BatchNorm2d: its tensors are called weight and bias",
    credit=Fraction(1, 2),
)
def beta_as_weight(s: Subject) -> Iterable[Formula]:
    """biases C_in → 0; weights C_in → 2·C_in."""
    each = _each(s)
    if each is not None and any(t.kind == "bias" for t in s.tensors):
        yield ZERO if s.quantity == "biases" else times(each[0] + 1, each[1])
