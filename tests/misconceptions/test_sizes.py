"""Sizes worked out wrong, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.misconceptions.explaining import Answer, LayerCase, diagnostician, explained

STRIDED = "input(28, 28, 1) -> conv(4, 3, s=2)"  # 13
FIVE = "input(28, 28, 1) -> conv(4, 5, s=2)"  # 12
PLAIN = "input(28, 28, 1) -> conv(4, 3)"  # 26
PADDED = "input(28, 28, 1) -> conv(4, 3, p=1)"  # 28
DILATED = "input(28, 28, 1) -> conv(4, 3, d=2)"  # 24
POOLED = "input(24, 24, 64) -> maxpool(2)"  # 12
TORCH = "convention torch input(8, 14, 14) -> tconv(4, 3, s=2, p=1, op=1)"  # 13*2 - 2 + 3 + 1 = 28
KERAS = "input(14, 14, 8) -> tconv(4, 3, s=2)"  # 29
JOINED = "input(8, 8, 3) -> { conv(5, 1) | id } -> concat"
ADDED = "input(8, 8, 3) -> { conv(3, 1) | id } -> add"

TRANSPOSED_DILATED = "convention torch input(3, 10, 10) -> tconv(8, 3, s=2, dilation=2)"
RESTORED = "input(28, 28, 3) -> conv(8, 3, s=2) -> tconv(1, 3, s=2)"
FIELD = "input(64, 64, 3) -> conv(8, 3, s=2) -> conv(8, 3, s=2) -> conv(8, 3)"
SPREAD = "input(64, 64, 3) -> conv(8, 3) -> conv(8, 3, dilation=2) -> conv(8, 3, dilation=4)"
AROUND_POOLING = "input(64, 64, 3) -> conv(8, 3) -> conv(8, 3) -> maxpool(2) -> conv(8, 3)"

CASES: list[LayerCase] = [
    ("not rounded", STRIDED, "conv_1", "shape", (Fraction(27, 2), Fraction(27, 2), 4)),
    ("rounded the wrong way", STRIDED, "conv_1", "shape", (14, 14, 4)),
    ("same and valid padding exchanged", PLAIN, "conv_1", "shape", (28, 28, 4)),
    ("same and valid padding exchanged", "input(28, 1) -> conv(4, 3, s=2, same)", "conv_1", "shape", (13, 4)),
    ("same padding taken for half a kernel", "input(8, 8, 1) -> conv(4, 2, same)", "conv_1", "shape", (9, 9, 4)),
    ("same padding taken for half a kernel", "input(8, 8, 1) -> conv(4, 4, s=2, same)", "conv_1", "shape", (5, 5, 4)),
    ("padding on one side only", PADDED, "conv_1", "shape", (27, 27, 4)),
    ("padding on one side only", "input(24, 24, 3) -> zeropad(3)", "zeropad_1", "shape", (27, 27, 3)),
    ("padding forgotten", PADDED, "conv_1", "shape", (26, 26, 4)),
    ("stride forgotten", STRIDED, "conv_1", "shape", (26, 26, 4)),
    ("pooling moved by one place", POOLED, "maxpool_1", "shape", (23, 23, 64)),
    ("only divided by the stride", FIVE, "conv_1", "shape", (14, 14, 4)),
    ("dilation forgotten", DILATED, "conv_1", "shape", (26, 26, 4)),
    (
        "same padding of the kernel without dilation",
        "input(60, 60, 16) -> conv(32, 3, same, dilation=4)",
        "conv_1",
        "shape",
        (54, 54, 32),
    ),
    ("dilated kernel taken for d times k", DILATED, "conv_1", "shape", (23, 23, 4)),
    ("the + 1 forgotten", PLAIN, "conv_1", "shape", (25, 25, 4)),
    ("pooling keeps the size", POOLED, "maxpool_1", "shape", (24, 24, 64)),
    ("pooling divides the channels", POOLED, "maxpool_1", "shape", (12, 12, 32)),
    ("size by the forward formula", TORCH, "tconv_1", "shape", (4, 7, 7)),
    ("size by the forward formula", KERAS.replace("s=2", "s=2, same"), "tconv_1", "shape", (7, 7, 4)),
    ("stride of a transposed convolution forgotten", TORCH, "tconv_1", "shape", (4, 15, 15)),
    ("output padding forgotten", TORCH, "tconv_1", "shape", (4, 27, 27)),
    ("padding added to a transposed size", TORCH, "tconv_1", "shape", (4, 32, 32)),
    ("padding of a transposed convolution forgotten", TORCH, "tconv_1", "shape", (4, 30, 30)),
    ("only multiplied by the stride", KERAS, "tconv_1", "shape", (28, 28, 4)),
    ("as many steps as places", KERAS, "tconv_1", "shape", (31, 31, 4)),
    ("concatenation taken for addition", JOINED, "concat_1", "shape", (8, 8, 5)),
    ("concatenation joins every axis", JOINED, "concat_1", "shape", (16, 16, 8)),
    ("channels of the branches multiplied", JOINED, "concat_1", "shape", (8, 8, 15)),
    ("addition taken for concatenation", ADDED, "add_1", "shape", (8, 8, 6)),
    ("channels at the wrong end", PLAIN, "conv_1", "shape", (4, 26, 26)),
    ("channels at the wrong end", TORCH, "tconv_1", "shape", (28, 28, 4)),
    ("dilation of a transposed convolution forgotten", TRANSPOSED_DILATED, "tconv_1", "shape", (8, 21, 21)),
    ("kernel left out of a transposed size", "input(10, 10, 3) -> tconv(8, 4, s=2)", "tconv_1", "shape", (19, 19, 8)),
    ("kernel left out of a transposed size", "input(n, 3) -> tconv(8, k, s=2)", "tconv_1", "shape", ("2*(n-1)+1", 8)),
    ("transposed convolution restores the size", RESTORED, "tconv_1", "shape", (28, 28, 1)),
    ("own stride counted", FIELD, "conv_3", "field", (1 + 2 * 2 + 2 * 4 + 2 * 4,) * 2),
    ("dilation left out of the receptive field", SPREAD, "conv_3", "field", (7, 7)),
    ("pooling multiplies the field", AROUND_POOLING, "maxpool_1", "field", (10, 10)),
    ("pooling multiplies the field", AROUND_POOLING, "conv_3", "field", (14, 14)),
    ("pooling multiplies the field", AROUND_POOLING, "conv_3", "field", (12, 12)),
    (
        "field of a block times the blocks",
        "input(64, 64, 1) -> [conv(4, 3) -> conv(4, 3)]*3",
        "conv_6",
        "field",
        (15, 15),
    ),
    ("one layer of each block seen", "input(64, 64, 1) -> [conv(4, 3) -> conv(4, 3)]*3", "conv_6", "field", (7, 7)),
]


@pytest.mark.parametrize(("name", "text", "layer", "quantity", "answer"), CASES)
def test_a_size_is_explained(name: str, text: str, layer: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer, layer)


def fires(text: str, layer: str, name: str) -> bool:
    of = diagnostician(text)
    return name in [m.made[0].name for m in of.mistakes.singles(of.task(layer, "shape"))]


@pytest.mark.parametrize(
    ("text", "layer", "name"),
    [
        ("input(n, n, 1) -> conv(4, 3, s=2, same)", "conv_1", "same padding taken for half a kernel"),
        ("input(n, n, 1) -> conv(4, 1)", "conv_1", "same and valid padding exchanged"),
        ("input(n, n, 1) -> conv(4, 3, p=1)", "conv_1", "same and valid padding exchanged"),
        ("input(n, n, 1) -> maxpool(2)", "maxpool_1", "only divided by the stride"),
        ("input(n, n, 1) -> tconv(4, 2, s=2)", "tconv_1", "only multiplied by the stride"),
        ("convention torch input(8, n, n) -> tconv(4, 4, s=2, p=1)", "tconv_1", "only multiplied by the stride"),
    ],
)
def test_what_is_right_by_nature_is_no_mistake(text: str, layer: str, name: str) -> None:
    assert not fires(text, layer, name)
