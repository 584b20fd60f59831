"""Sizes of transposed convolutions and of unpooling."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Negative, Product, Symbol, ceil, symbols
from symparams.algebra.simplification import simplified
from symparams.layers.sizes import spatial_axes
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
    general=False,
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
    """(n - 1)·s - 2p + k → (n - 1)·s + k."""
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
