"""Counts of convolutions done wrong, worked out by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, LayerCase, explained

# (3*3*32 + 1)*64 = 18,496 in conv_3; 28x28x32 arrives, 26x26x64 leaves
THREE = "input(32, 32, 3) -> conv(16, 3) -> conv(32, 3) -> conv(64, 3)"
MNIST = "input(28, 28, 1) -> conv(32, 3) -> conv(63, 3)"
HORSES = "input(300, 300, 3) -> conv(16, 3) -> maxpool(2) -> conv(32, 3)"
COURSE = "input(28, 28, 1) -> conv(32, 5) -> maxpool(2) -> conv(64, 5)"
GROUPED = "input(8, 8, 16) -> conv(32, 3, g=4)"  # (3*3*4 + 1)*32 = 1,184
SEPARABLE = "input(8, 8, 16) -> separable(24, 3)"  # 3*3*16 + 17*24 = 552
DEPTHWISE = "input(8, 8, 16) -> depthwise(3)"  # 10*16 = 160
DOUBLED = "input(8, 8, 16) -> depthwise(3, m=2)"  # 10*32 = 320
WIDE = "input(8, 8, 3) -> conv(4, 3, bias=false)"  # 108
PADDED = "input(32, 32, 3) -> conv(8, 3, p=1)"
DILATED = "input(32, 32, 3) -> conv(8, 3, d=2)"

TORCH_PADDED = "convention torch input(3, 10, 10) -> conv(8, 3, padding=1)"

CASES: list[LayerCase] = [
    ("biases left out", THREE, "conv_3", "params", 9 * 32 * 64),
    ("one bias for the whole layer", THREE, "conv_3", "params", 9 * 32 * 64 + 1),
    ("one bias for the whole layer", THREE, "conv_3", "biases", 1),
    ("a bias for each weight", THREE, "conv_3", "params", 2 * 9 * 32 * 64),
    ("a bias for each kernel", THREE, "conv_3", "params", 10 * 32 * 64),
    ("a bias for each input", THREE, "conv_3", "params", 9 * 32 * 64 + 32),
    ("a bias for each number of the output", THREE, "conv_3", "trainable", 9 * 32 * 64 + 26 * 26 * 64),
    ("biases that are not there", WIDE, "conv_1", "params", 112),
    ("biases that are not there", WIDE, "conv_1", "biases", 4),
    ("input channels left out", MNIST, "conv_2", "params", 630),
    ("input channels left out", COURSE, "conv_2", "params", 1664),
    ("input channels left out", GROUPED, "conv_1", "params", 320),
    ("input channels left out", THREE, "conv_3", "macs", 9 * 64 * 26 * 26),
    ("input channels left out", THREE, "conv_3", "flops", 2 * 9 * 64 * 26 * 26),
    ("filters of all earlier layers multiplied in", HORSES, "conv_2", "params", 13_856),
    ("filters of all earlier layers multiplied in", THREE, "conv_3", "params", 9 * 16 * 32 * 64 + 64),
    ("filters of all earlier layers multiplied in", THREE, "conv_3", "params", 9 * 3 * 16 * 32 * 64 + 64),
    ("channels of the image taken", THREE, "conv_3", "params", 28 * 64),
    ("channels of one layer too early", THREE, "conv_3", "params", (9 * 16 + 1) * 64),
    ("channels of one layer too early", "input(784) -> dense(128) -> dense(10)", "dense_2", "params", 7850),
    ("one filter counted", THREE, "conv_3", "params", 9 * 32 + 1),
    ("one filter counted", THREE, "conv_3", "trainable", 9 * 32 + 1),
    ("channels multiplied by the filters", THREE, "conv_3", "shape", (26, 26, 2048)),
    ("the channels kept by a convolution", THREE, "conv_3", "shape", (26, 26, 32)),
    ("kernel not squared", THREE, "conv_3", "params", (3 * 32 + 1) * 64),
    ("sides of the kernel added", THREE, "conv_3", "params", (6 * 32 + 1) * 64),
    ("kernel and channels added", THREE, "conv_3", "params", (9 + 32 + 1) * 64),
    ("kernel and channels added", THREE, "conv_3", "weights", (9 + 32) * 64),
    ("kernel left out", THREE, "conv_3", "params", 33 * 64),
    ("padding counted with the kernel", PADDED, "conv_1", "params", (5 * 5 * 3 + 1) * 8),
    ("dilation counted with the kernel", DILATED, "conv_1", "params", (5 * 5 * 3 + 1) * 8),
    ("weights for every place of the output", THREE, "conv_3", "params", 26 * 26 * 18_496),
    ("input size in the count", THREE, "conv_3", "params", 28 * 28 * 18_496),
    ("filters as large as the image", THREE, "conv_3", "params", (28 * 28 * 32 + 1) * 64),
    ("counted as fully connected", THREE, "conv_3", "params", (28 * 28 * 32 + 1) * 26 * 26 * 64),
    ("biases divided among groups", GROUPED, "conv_1", "params", (9 * 16 * 32 + 32) // 4),
    ("groups ignored", GROUPED, "conv_1", "params", 4640),
    ("groups multiplied", GROUPED, "conv_1", "params", (9 * 16 * 4 + 1) * 32),
    ("one group counted", GROUPED, "conv_1", "params", 37 * 8),
    ("groups ignored", GROUPED, "conv_1", "macs", 9 * 16 * 32 * 36),
    ("groups ignored", f"convention torch {GROUPED}".replace("8, 8, 16", "16, 8, 8"), "conv_1", "weights", 4608),
    ("depthwise counted as a full convolution", DEPTHWISE, "depthwise_1", "params", 145 * 16),
    ("depthwise counted as a full convolution", DEPTHWISE, "depthwise_1", "macs", 9 * 16 * 16 * 36),
    ("depthwise counted as a full convolution", "input(8, 16) -> depthwise(3)", "depthwise_1", "params", 49 * 16),
    ("one kernel for all channels", DEPTHWISE, "depthwise_1", "params", 10),
    ("one kernel for all channels", SEPARABLE, "separable_1", "params", 9 + 17 * 24),
    ("depth multiplier left out", DOUBLED, "depthwise_1", "params", 160),
    ("depth multiplier left out", DOUBLED, "depthwise_1", "shape", (6, 6, 16)),
    ("depthwise step multiplied by the filters", SEPARABLE, "separable_1", "params", 9 * 16 * 24 + 17 * 24),
    ("separable counted as a full convolution", SEPARABLE, "separable_1", "params", 145 * 24),
    ("separable counted as a full convolution", SEPARABLE, "separable_1", "flops", 2 * 144 * 24 * 36),
    ("biases in both steps", SEPARABLE, "separable_1", "params", 568),
    ("biases in both steps", SEPARABLE, "separable_1", "biases", 40),
    ("pointwise step left out", SEPARABLE, "separable_1", "params", 160),
    ("pointwise step left out", SEPARABLE, "separable_1", "weights", 144),
    ("pointwise step left out", SEPARABLE, "separable_1", "macs", 144 * 36),
    ("depthwise step left out", SEPARABLE, "separable_1", "params", 17 * 24),
    ("kernel of a sequence squared", "input(100, 64) -> conv(32, 5)", "conv_1", "params", 25 * 64 * 32 + 32),
    ("kernel of a sequence squared", "input(100, 64) -> conv(32, 5)", "conv_1", "weights", 25 * 64 * 32),
    ("kernel of a sequence squared", "input(100, 64) -> conv(32, 5)", "conv_1", "macs", 96 * 25 * 64 * 32),
    ("kernel of a sequence squared", "input(L, C) -> conv(F, k)", "conv_1", "params", "(k*k*C + 1)*F"),
    ("stride in the count", "input(28, 28, 3) -> conv(32, 3, s=2)", "conv_1", "params", 32 * (27 * 2 + 1)),
    ("stride in the count", "input(28, 28, 3) -> conv(32, 3, s=2)", "conv_1", "weights", 32 * 27 * 4),
    ("stride in the count", "input(L, C) -> conv(F, k, s=r)", "conv_1", "params", "(k*C*r + 1)*F"),
    ("one channel taken for three", "input(28, 28, 1) -> conv(8, 3)", "conv_1", "params", 224),
    ("one channel taken for three", "input(28, 28, 1) -> relu -> conv(8, 3)", "conv_1", "macs", 26 * 26 * 27 * 8),
    ("weights for every place of the output", "input(10, 10, 3) -> conv(8, 3)", "conv_1", "params", 64 * 27 * 8 + 8),
    ("padding added to the channels", "input(28, 28, 3) -> zeropad(1)", "zeropad_1", "shape", (30, 30, 5)),
    ("padding added to the channels", "input(28, 28, 3) -> zeropad(1)", "zeropad_1", "shape", (30, 30, 4)),
    ("padding added to the channels", TORCH_PADDED, "conv_1", "shape", (10, 10, 10)),
    ("padding added to the channels", TORCH_PADDED, "conv_1", "params", 8 * (9 * 5 + 1)),
]


@pytest.mark.parametrize(("name", "text", "layer", "quantity", "answer"), CASES)
def test_a_count_is_explained(name: str, text: str, layer: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer, layer)


def test_questions_as_they_were_asked_have_one_likeliest_explanation() -> None:
    assert explained(MNIST, "params", 630, "conv_2")[0] == "input channels left out"
    assert explained(COURSE, "params", 1664, "conv_2")[0] == "input channels left out"
    assert explained(HORSES, "params", 13_856, "conv_2") == ["filters of all earlier layers multiplied in"]


def test_a_depthwise_convolution_is_not_told_of_filters() -> None:
    assert "input channels left out" not in explained(DEPTHWISE, "params", 10, "depthwise_1")
