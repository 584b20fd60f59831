"""Sizes of transposed convolutions and of unpooling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Negative, Product, Symbol, as_formula, ceil, symbols
from symparams.algebra.simplification import simplified
from symparams.layers.convolution import Convolution
from symparams.layers.sizes import spatial_axes
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.transposed import TransposedConvolution
from symparams.layers.unpooling import MaxUnpooling
from symparams.layers.window import Window
from symparams.misconceptions.edits import PADDING, exchanged, named, some, without_factor, without_term
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import Subject

_LARGER = (TransposedConvolution, MaxUnpooling)
_STRIDE = named("s", "s_d", "s_h", "s_w")  # as `settings` calls it


def _spatial(s: Subject) -> bool:
    larger = isinstance(s.layer, _LARGER)
    return larger and s.axis not in ("channels", "features") and any(map(_STRIDE, symbols(s.rule)))


@misconception(
    "size by the forward formula",
    "shape",
    layers=(TransposedConvolution,),
    explanation="you used the formula of an ordinary convolution",
    repair="in a transposed convolution each input position adds a copy of the kernel to the output, and the copies "
    "start `s` positions apart, so the output grows with the stride",
    claim="A transposed convolution with stride 2 halves height and width.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4",
)
def forward_formula(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k → ⌊(n + 2p - k)/s⌋ + 1."""
    layer = s.layer
    names = [name for name, _, _ in spatial_axes(s.x)] if isinstance(layer, TransposedConvolution) else []
    if not isinstance(layer, TransposedConvolution) or s.axis not in names or not intact(s):
        return
    window = Window(s.x, layer.kernel, layer.stride, layer.padding, layer.dilation)
    if layer.padding == "same":
        i = names.index(s.axis)
        n = _incoming(s)
        if n is not None and number(window.strides()[i]) != 1:
            yield ceil(n / window.strides()[i])
    else:
        yield window.axes()[names.index(s.axis)].size


def _incoming(s: Subject) -> Symbol | None:
    return next((x for x in symbols(s.rule) if x.incoming), None)


@misconception(
    "stride of a transposed convolution forgotten",
    "shape",
    layers=_LARGER,
    explanation="you ignored the stride",
    repair="in a transposed convolution with stride `s` the copies of the kernel start `s` positions apart",
    claim="The stride of a transposed convolution does not change the size of its output.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4",
    credit=Fraction(1, 2),
)
def stride_forgotten(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s + k → n - 1 + k."""
    return some(without_factor(s.rule, _STRIDE)) if _spatial(s) else ()


@misconception(
    "output padding forgotten",
    "shape",
    layers=(TransposedConvolution,),
    explanation="you left out the output padding",
    repair="the output padding makes the output longer at its end",
    claim="The output padding of a transposed convolution does not change the size of its output.",
    source="PyTorch documentation of ConvTranspose2d, output_padding",
    credit=Fraction(1, 2),
)
def output_padding_forgotten(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k + op → (n - 1)·s - 2p + k."""
    if not isinstance(s.layer, TransposedConvolution) or s.axis in ("channels", "features"):
        return ()
    return some(without_term(s.rule, named("op", "op_d", "op_h", "op_w")))


@misconception(
    "padding added to a transposed size",
    "shape",
    layers=_LARGER,
    explanation="you added the padding",
    repair="in a transposed convolution, padding is removed from the output, so it makes the output smaller",
    claim="More padding makes the output of a transposed convolution larger.",
    source="PyTorch documentation of ConvTranspose2d, padding",
    credit=Fraction(1, 2),
)
def padding_added(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k → (n - 1)·s + 2p + k."""
    return some(exchanged(s.rule, _cut, lambda node: _term(node))) if _larger(s) else ()


@misconception(
    "padding of a transposed convolution forgotten",
    "shape",
    layers=_LARGER,
    explanation="you left out the padding",
    repair="in a transposed convolution padding is removed from both ends of the output",
    source="PyTorch documentation of ConvTranspose2d, padding",
    credit=Fraction(1, 2),
)
def padding_forgotten(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k → (n - 1)·s + k; n·s of same padding → that of valid padding."""
    layer, names = s.layer, [name for name, _, _ in spatial_axes(s.x)] if _larger(s) else []
    if isinstance(layer, TransposedConvolution) and layer.padding == "same" and s.axis in names and intact(s):
        return (replace(layer, padding="valid").rules(s.x).output[names.index(s.axis)].size,)
    return some(without_term(s.rule, _cut)) if _larger(s) else ()


def _larger(s: Subject) -> bool:
    return isinstance(s.layer, _LARGER) and s.axis not in ("channels", "features")


def _term(node: Formula) -> Formula:
    assert isinstance(node, Negative)
    return node.term


def _cut(node: Formula) -> bool:
    """Whether a node is -2p."""
    return isinstance(node, Negative) and isinstance(node.term, Product) and any(map(PADDING, node.term.factors))


@misconception(
    "only multiplied by the stride",
    "shape",
    layers=_LARGER,
    explanation="you multiplied the size by the stride but left out the kernel",
    repair="in a transposed convolution without padding, the last copy of the kernel starts at `(n - 1)*s` and "
    "covers `k` positions",
    claim="A transposed convolution with stride 2 always doubles height and width exactly, whatever its kernel size "
    "and padding.",
    source="Stack Exchange, questions on the output size of ConvTranspose2d",
)
def only_multiplied(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s + k → n·s, unless that is right, as for k = s."""
    stride, n = next(filter(_STRIDE, symbols(s.rule)), None), _incoming(s)
    if not _spatial(s) or not intact(s) or stride is None or n is None:
        return
    if simplified(s.rule - n * stride, s.network.facts) != 0:
        yield n * stride


@misconception(
    "as many steps as places",
    "shape",
    layers=_LARGER,
    explanation="you counted as many steps as input positions",
    repair="from the first of `n` copies of the kernel to the last there are `n - 1` steps",
    claim="From the first of `n` copies of the kernel to the last there are `n` steps.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4",
    credit=Fraction(1, 2),
)
def steps_as_places(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s + k → n·s + k."""
    n = _incoming(s)
    return some(exchanged(s.rule, lambda node: n is not None and node == n - 1, n)) if n and _spatial(s) else ()


@misconception(
    "dilation of a transposed convolution forgotten",
    "shape",
    layers=(TransposedConvolution,),
    explanation="you ignored the dilation",
    repair="a kernel with dilation `d` covers `d*(k - 1) + 1` positions of the output",
    claim="The dilation of a transposed convolution does not change the size of its output.",
    source="PyTorch documentation of ConvTranspose2d, dilation",
    credit=Fraction(1, 2),
)
def dilation_forgotten(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s + d(k - 1) + 1 → (n - 1)·s + k."""
    return some(exchanged(s.rule, _DILATION, 1)) if _larger(s) else ()


_DILATION = named("d", "d_d", "d_h", "d_w")


@misconception(
    "kernel left out of a transposed size",
    "shape",
    layers=_LARGER,
    explanation="you counted where the copies of the kernel start, not how far the last one reaches",
    repair="the last copy of the kernel starts at `(n - 1)*s` and covers `k` positions, not one",
    claim="The size of a transposed convolution's output does not depend on the size of its kernel.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4",
)
def reach_forgotten(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k → (n - 1)·s + 1."""
    n, stride = _incoming(s), next(filter(_STRIDE, symbols(s.rule)), None)
    kernels = [x for x in symbols(s.rule) if x.name in ("k", "k_d", "k_h", "k_w") and number(x) != 1]
    if n is not None and stride is not None and kernels and _spatial(s) and intact(s):
        yield (n - 1) * stride + 1


@misconception(
    "transposed convolution restores the size",
    "shape",
    layers=(TransposedConvolution,),
    around=True,
    explanation="you gave the size that the convolution before it had as its input",
    repair="several input sizes of a convolution with a stride give the same output size, so its transposed "
    "convolution cannot restore all of them; PyTorch's output padding chooses one",
    claim="A transposed convolution always restores the input size of a convolution with the same kernel and stride.",
    source="Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4.5; PyTorch "
    "documentation of ConvTranspose2d, output_padding",
)
def size_restored(s: Subject) -> Iterable[Formula]:
    """(n - 1)·s - 2p + k → the input size of the convolution before it."""
    names = [name for name, _, _ in spatial_axes(s.x)] if isinstance(s.layer, TransposedConvolution) else []
    if s.axis not in names or not intact(s):
        return
    i = names.index(s.axis)
    before = next((node for node in s.before if isinstance(node.layer, (Convolution, TransposedConvolution))), None)
    if before is not None and isinstance(before.layer, Convolution) and len(before.shape) == len(s.x.shape):
        size = input_sizes(before.derived.arriving[0])[i]
        if as_formula(size) != as_formula(input_sizes(s.x)[i]):
            yield size
