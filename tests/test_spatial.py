"""Layers over spatial axes: sizes and counts as the frameworks give them, letters as numbers, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import SymparamsError
from symparams.model.layer import Reach
from symparams.model.network import Node
from symparams.quantities.field import fields
from tests.helpers import conditions_hold, net, value

# (text, output shape, parameters), each measured: PyTorch 2.13 and Keras 3.15 on its torch backend
MEASURED: list[tuple[str, tuple[int, ...], int]] = [
    # keras.layers.Conv1DTranspose(4, 3, strides=2, padding=…, output_padding=None, 0, 1)
    ("input(5, 2) -> tconv(4, 3, s=2, same)", (10, 4), 28),
    ("input(5, 2) -> tconv(4, 3, s=2, same, op=0)", (9, 4), 28),
    ("input(5, 2) -> tconv(4, 3, s=2, same, op=1)", (10, 4), 28),
    ("input(5, 2) -> tconv(4, 3, s=2)", (11, 4), 28),
    ("input(5, 2) -> tconv(4, 3, s=2, op=0)", (11, 4), 28),
    ("input(5, 2) -> tconv(4, 3, s=2, op=1)", (12, 4), 28),
    # keras.layers.Conv2DTranspose: a stride larger than the kernel; a dilation
    ("input(3, 4, 2) -> Conv2DTranspose(4, 2, s=5)", (15, 20, 4), 36),
    ("input(5, 5, 2) -> Convolution2DTranspose(4, 3, d=2)", (9, 9, 4), 76),
    # torch.nn.ConvTranspose2d(6, 4, (3, 2), (2, 3), (1, 0), (1, 2), 2, False, (1, 2)) and two more
    (
        "convention torch input(6, 5, 4) -> tconv(4, (3, 2), s=(2, 3), p=(1, 0), op=(1, 2), g=2, bias=no, d=(1, 2))",
        (4, 10, 14),
        72,
    ),
    ("convention torch input(2, 3) -> nn.ConvTranspose1d(2, 4, 2, s=5)", (4, 12), 20),
    ("convention torch input(2, 4, 5, 6) -> nn.LazyConvTranspose3d(3, 3, s=2, p=1, op=1)", (3, 8, 10, 12), 165),
    # keras.layers.DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D
    ("input(9, 4) -> DepthwiseConv1D(3, m=2)", (7, 8), 32),
    ("input(9, 7, 4) -> depthwise((3, 2), m=3, same)", (9, 7, 12), 84),
    ("input(9, 4) -> separable(5, 3, m=2)", (7, 5), 69),
    # keras.layers.ConvLSTM2D, ConvLSTM1D, ConvLSTM3D
    ("input(5, 8, 8, 3) -> ConvLSTM2D(40, 3, same, sequences)", (5, 8, 8, 40), 62080),
    ("input(3, 9, 4) -> ConvLSTM1D(7, 2, s=2, bias=no)", (4, 7), 616),
    ("input(2, 3, 4, 5, 2) -> convlstm(2, 2)", (2, 3, 4, 2), 264),
    # torch.nn.Upsample(scale_factor=1.5), keras.layers.UpSampling3D((1, 2, 3))
    ("convention torch input(3, 5, 7) -> upsample(1.5)", (3, 7, 10), 0),
    ("input(2, 3, 4, 5) -> UpSampling3D((1, 2, 3))", (2, 6, 12, 5), 0),
    # torch.nn.LPPool2d(2, 3, 2, ceil_mode=True), MaxPool2d(3, 2, 1, dilation=2, ceil_mode=True)
    ("convention torch input(1, 8, 9) -> lppool(2, 3, s=2, ceil)", (1, 4, 4), 0),
    ("convention torch input(1, 9, 8) -> maxpool(3, s=2, p=1, d=2, ceil)", (1, 4, 4), 0),
    # torch.nn.AdaptiveAvgPool2d((None, 7)), keras.layers.AdaptiveAveragePooling2D((3, 9))
    ("convention torch input(2, 3, 4) -> adaptiveavgpool((keep, 7))", (2, 3, 7), 0),
    ("convention torch input(2, 3, 4) -> adaptivemaxpool(keep)", (2, 3, 4), 0),
    ("input(7, 7, 2) -> AdaptiveAveragePooling2D((3, 9))", (3, 9, 2), 0),
    # torch.nn.FractionalMaxPool2d(3, output_ratio=0.5), MaxUnpool1d(2)(…, output_size=[7])
    ("convention torch input(2, 50, 33) -> fractionalmaxpool(3, ratio=0.5)", (2, 25, 16), 0),
    ("convention torch input(1, 3) -> maxunpool(2, output=7)", (1, 7), 0),
    # torch.nn.Unfold((2, 3), padding=1, stride=2), Fold((4, 5), (2, 3)), PixelShuffle(3), PixelUnshuffle(2)
    ("convention torch input(3, 10, 12) -> unfold((2, 3), p=1, s=2)", (18, 36), 0),
    ("convention torch input(12, 9) -> fold((4, 5), (2, 3))", (2, 4, 5), 0),
    ("convention torch input(18, 4, 5) -> pixelshuffle(3)", (2, 12, 15), 0),
    ("convention torch input(3, 4, 6) -> pixelunshuffle(2)", (12, 2, 3), 0),
    # torch.nn.ZeroPad2d((1, 2, 3, 4)): left, right, top, bottom; ReflectionPad1d((2, 3)), CircularPad2d((4, 0, 1, 5))
    ("convention torch input(1, 5, 5) -> nn.ZeroPad2d((1, 2, 3, 4))", (1, 12, 8), 0),
    ("convention torch input(1, 4) -> nn.ReflectionPad1d((2, 3))", (1, 9), 0),
    ("convention torch input(1, 5, 4) -> nn.CircularPad2d((4, 0, 1, 5))", (1, 11, 8), 0),
    # keras.layers.Cropping2D(((1, 2), (0, 3)))
    ("input(9, 8, 2) -> Cropping2D(((1, 2), (0, 3)))", (6, 5, 2), 0),
    ("input(256, 200, 3) -> CenterCrop(224, 230)", (224, 230, 3), 0),
]


@pytest.mark.parametrize(("text", "shape", "params"), MEASURED, ids=[text for text, _, _ in MEASURED])
def test_measured(text: str, shape: tuple[int, ...], params: int) -> None:
    layer = sp.parse(text).layers[-1]
    assert (layer.output_shape, layer.params) == (shape, params)


# Refused by the frameworks too, in the same place (a bound is one step away from what they accept).
REFUSED = [
    ("input(5, 2) -> tconv(4, 3, s=2, op=2)", "the output padding 2 must be smaller than the stride 2"),
    (
        "convention torch input(2, 5) -> tconv(4, 3, s=2, d=3, op=3)",
        "the output padding 3 must be smaller than the stride 2 or the dilation 3",
    ),
    ("input(5, 2) -> tconv(4, 3, s=2, d=2)", "Keras cannot combine a stride with a dilation; one of them must be 1"),
    ("input(5, 2) -> tconv(4, 3, g=2)", "Keras has no groups for transposed convolutions; they are PyTorch's"),
    ("input(5, 2) -> tconv(4, 3, p=1)", "Keras has same or valid padding for transposed convolutions, not a number"),
    (
        "convention torch input(2, 5) -> tconv(4, 3, same)",
        "PyTorch has no same padding for transposed convolutions; give the padding as a number",
    ),
    ("convention torch input(4, 5) -> tconv(4, 3, g=3)", "3 groups do not divide the input channels (4)"),
    (
        "input(4, 5, 6, 2) -> depthwise(3)",
        "Keras has no depthwise convolution over three axes; write conv(channels, k, groups=channels)",
    ),
    ("input(4, 5, 2) -> upsample(1.5)", "Keras upsamples by whole factors only; other ones are PyTorch's"),
    (
        "convention torch input(1, 4) -> pad((0, 4), reflect)",
        "a reflecting border of 4 must be smaller than the length, which is 4",
    ),
    (
        "convention torch input(1, 4) -> pad(5, circular)",
        "a circular border of 5 must not be larger than the length, which is 4",
    ),
    ("input(6, 2) -> crop((2, 4))", "cropping 2 and 4 positions leaves nothing of the length, which is 6"),
    ("input(4, 4, 6) -> pixelshuffle(2)", "the number of channels must be a multiple of 4, but is 6"),
    ("input(4, 5, 6) -> pixelunshuffle(2)", "the width must be a multiple of 2, but is 5"),
    ("convention torch input(12, 8) -> fold((4, 5), (2, 3))", "which is 9, but is 8"),
    (
        "convention torch input(1, 4, 9) -> fractionalmaxpool(3, 3)",
        "3 windows of 3 need a height of at least 5, but the input has 4",
    ),
    (
        "convention torch input(1, 5, 9, 9) -> fractionalmaxpool(3, 3)",
        "3 windows of 3 need a depth of at least 6, but the input has 5",
    ),
    (
        "convention torch input(1, 3) -> maxunpool(2, output=8)",
        "the output size 8 must be less than a stride of 2",
    ),
    ("input(7, 7, 2) -> adaptiveavgpool((keep, 3))", "Keras needs every output size; write the size in place of keep"),
    (
        "convention torch input(1, 9, 1, 9) -> avgpool(3, p=1)",
        "the height 1 is smaller than the window 3; over three axes PyTorch does not average such a window",
    ),
    ("input(9, 9, 2) -> maxpool(2, d=2)", "Keras pooling has no dilation; it is PyTorch's"),
    ("convention torch input(1, 5, 5, 1) -> convlstm(2, 2)", "PyTorch has no convolutional LSTM; it is Keras's"),
    (
        "input(5, 6, 7, 2) -> ConvLSTM1D(2, 2)",
        "is for 1 spatial axis in addition to the time steps, but 5 × 6 × 7 × 2 has 2",
    ),
    ("input(5, 6, 2) -> conv(4, (keep, 3))", "kernel must be a size of at least 1"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        sp.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("convention torch input(C, L) -> tconv(F, k, s=2, p=3)", ["k + 2*L >= 9"]),
        ("convention torch input(C, H, W) -> pad(p, reflect)", ["H >= p + 1", "W >= p + 1"]),
        ("convention torch input(C, L) -> pad(p, circular)", ["L >= p"]),
        ("convention torch input(C, L) -> tconv(F, 3, s=s, op=q)", ["s >= q + 1"]),
        ("input(L, C) -> tconv(F, 3, s=s, d=2)", ["1 >= min(2, s)"]),
        ("input(H, W, C) -> pixelshuffle(r)", ["r^2 divides C"]),
        ("input(H, W, C) -> crop(3)", ["H >= 7", "W >= 7"]),
        ("convention torch input(C, H, W) -> fractionalmaxpool(k, m)", ["H + 1 >= k + m", "W + 1 >= k + m"]),
    ],
)
def test_conditions_are_as_small_as_they_are(text: str, conditions: list[str]) -> None:
    found = [f"{shown(c.left, SOURCE)} {c.relation} {shown(c.right, SOURCE)}" for c in net(text).conditions]
    assert found == conditions


def last(text: str) -> Node:
    return net(text).nodes[-1]


def reaches(text: str) -> list[tuple[Any, ...]]:
    node = last(text)
    found = node.layer.reach(*node.derived.arriving)
    assert isinstance(found, tuple)
    return [tuple(value(part, {}) for part in (r.kernel, r.stride, r.before)) for r in found]


# The widest view of an output place of torch.nn.ConvTranspose1d, seen by its gradient: (kernel, stride, dilation)
@pytest.mark.parametrize(
    ("k", "s", "d", "places"),
    [(3, 2, 1, 2), (4, 2, 1, 2), (2, 2, 3, 1), (5, 3, 1, 2), (3, 1, 2, 5), (4, 4, 2, 2), (5, 4, 6, 7), (2, 3, 1, 1)],
)
def test_what_a_transposed_convolution_sees(k: int, s: int, d: int, places: int) -> None:
    ((kernel, stride, _),) = reaches(f"convention torch input(2, 30) -> tconv(3, {k}, s={s}, d={d})")
    assert (kernel, stride * s) == (places, 1)


# The widest window of torch.nn.AdaptiveAvgPool1d, seen by its gradient: (input size, output size)
@pytest.mark.parametrize(
    ("n", "m", "places"),
    [(10, 7, 3), (7, 5, 3), (12, 4, 3), (9, 6, 2), (5, 7, 2), (13, 6, 3), (7, 7, 1), (3, 6, 1)],
)
def test_what_adaptive_pooling_sees(n: int, m: int, places: int) -> None:
    ((kernel, stride, _),) = reaches(f"input({n}, 2) -> adaptiveavgpool({m})")
    assert (kernel, stride * m) == (places, n)


def test_borders_move_what_is_seen() -> None:
    assert reaches("input(9, 9, 1) -> zeropad(((1, 2), (3, 0)))") == [(1, 1, 1), (1, 1, 3)]
    assert reaches("input(9, 9, 1) -> crop(2)") == [(1, 1, -2), (1, 1, -2)]


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        # input places x weights, as torch.utils.flop_counter counts (2 for each)
        ("convention torch input(4, 5, 6) -> tconv(6, 3, s=2, g=2)", 9 * 2 * 6 * 5 * 6),
        ("input(5, 6, 4) -> tconv(6, 3, s=2, same)", 9 * 4 * 6 * 5 * 6),
        ("input(8, 20) -> melspectrogram(4, 3, bands=5)", 8 * 3 * 5 * 7),  # frequencies x bands x frames
        ("input(3, 8, 8, 2) -> convlstm(5, 3)", 3 * 6 * 6 * 4 * 5 * 9 * (2 + 5)),
    ],
)
def test_work(text: str, macs: int) -> None:
    assert value(last(text).derived.work.macs, {}) == macs


LAYERS = {
    "keras": [
        "tconv(F, k, s=s, same)", "tconv(F, k, s=s)", "tconv(F, k, s=s, op=q)", "tconv(F, k, d=s, same, op=0)",
        "upsample(s)", "crop(q)", "zeropad((q, s))", "pixelshuffle(q)", "pixelunshuffle(q)", "channelshuffle(q)",
        "adaptivemaxpool((q, s))", "maxunpool(k, s=s)", "depthwise(k, s=s, m=q)", "separable(F, k, m=q, same)",
    ],
    "torch": [
        "tconv(F, k, s=s, p=q)", "tconv(F, k, s=s, d=2, op=q, g=q)", "upsample(1.5)", "pad(q, reflect)",
        "pad(s, circular)", "pad((q, s, 1, 0), replicate)", "unfold(k, s=s, p=q)", "lppool(2, k, s=s, ceil)",
        "adaptiveavgpool((keep, q))", "fractionalmaxpool(k, q)", "fractionalmaxpool(k, ratio=0.5)",
        "maxunpool(k, s=s, output=(9, F))", "maxpool(k, s=s, d=q)",
    ],
}  # fmt: skip


@given(
    st.sampled_from([(convention, item) for convention, items in LAYERS.items() for item in items]),
    st.lists(st.integers(1, 9), min_size=3, max_size=3),
    st.fixed_dictionaries(
        {"F": st.integers(1, 9), "k": st.integers(1, 4), "s": st.integers(1, 4), "q": st.integers(1, 3)}
    ),
)
def test_letters_equal_numbers(written: tuple[str, str], sizes: list[int], letters: dict[str, int]) -> None:
    """Shapes, counts, work and views; where the numbers are refused, a condition says so, and only there."""
    convention, item = written
    values = letters | dict(zip("ABC", sizes, strict=True))
    text = f"convention {convention} input(A, B, C) -> {item}"
    lets = " ".join(f"let {name} = {number}" for name, number in values.items())
    symbolic = net(text)
    holds = conditions_hold(symbolic, values)
    try:
        numeric = net(f"{lets} {text}").nodes[-1]
    except SymparamsError:
        assert not holds
        return
    assert holds
    mine = symbolic.nodes[-1]
    assert tuple(value(as_formula(v), values) for v in mine.shape) == numeric.shape
    assert value(as_formula(mine.counts.params), values) == numeric.counts.params
    for kind in ("macs", "additions", "multiplications", "comparisons", "exponentials"):
        assert value(getattr(mine.derived.work, kind), values) == value(getattr(numeric.derived.work, kind), {})
    seen, known = (node.layer.reach(*node.derived.arriving) for node in (mine, numeric))
    gcd = item.startswith("tconv(F, k, s=s, d=2")  # with letters a bound: it needs a greatest common divisor
    if not gcd and "everywhere" not in (seen, known):
        assert _values(seen, values) == _values(known, {})


def _values(reach: Any, letters: dict[str, int]) -> Any:
    assert all(isinstance(r, Reach) for r in reach)
    return [[value(part, letters) for part in (r.kernel, r.stride, r.before)] for r in reach]


def test_taps_that_letters_leave_open_have_no_field() -> None:
    text = "convention torch input(C, L) -> tconv(F, 3, s=s, d={})"
    assert fields(net(text.format("2")))[-1] == "unknown"
    assert fields(net(text.format("d")))[-1] == "unknown"
    assert fields(net(text.format("1")))[-1] != "unknown"
