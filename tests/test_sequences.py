"""Two axes in PyTorch's order: channels and length, or positions and features, as the layers around them have it."""

from __future__ import annotations

import math

import pytest

import symparams as sp
from symparams.errors import SymparamsError

TORCH = "convention torch "


def shapes(text: str) -> list[tuple[object, ...]]:
    return [layer.output_shape for layer in sp.parse(TORCH + text)]


LAST = [
    ("input(512, 768) -> ln -> attention(8) -> crop((0, 511))", (1, 768)),
    ("input(512, 768) -> crop((0, 511)) -> ln -> attention(8)", (1, 768)),
    ("input(512, 768) -> relu -> crop((0, 511)) -> dropout(0.1) -> dense(3)", (1, 3)),
    ("input(512, 768) -> crop((0, 511))", (512, 257)),  # no layer says what the axes are: channels and length
    ("input(12, 768) -> crop((0, 700)) -> conv(4, 3)", (4, 66)),
    ("input(900, 4) -> crop((0, 700)) -> lstm(5)", (200, 5)),  # taken for channels, nothing would be left
    ("input(512) -> embedding(100, 16) -> conv(32, 3)", (510, 32)),
    ("input(512) -> embedding(100, 16) -> maxpool(2) -> globalavgpool", (16,)),
    ("input(20, 6) -> lstm(5) -> zeropad((1, 0)) -> upsample(2)", (42, 5)),
    ("input(20, 6) -> { lstm(5) | gru(7) } -> concat", (20, 12)),
    ("input(20, 6) -> { lstm(5) | gru(7) } -> concat(1)", None),
    ("input(20, 6) -> lstm(8) -> { id | globalavgpool -> dense(8, sigmoid) } -> multiply", (20, 8)),
    ("input(20, 6) -> { id | zeropad((1, 0)) -> crop((0, 1)) } -> add -> attention(2)", (20, 6)),
    ("input(20, 6) -> permute(2, 1) -> conv(8, 3)", (8, 18)),
    ("input(20, 6) -> permute(2, 1) -> crop(1) -> permute(2, 1) -> gru(3)", (18, 3)),
    ("input(8, 100) -> conv(16, 3) -> permute(2, 1) -> lstm(5)", (98, 5)),
    ("input(3, 32, 32) -> conv(16, 8, s=8) -> flatten(2) -> permute(2, 1) -> classtoken -> crop((0, 16))", (1, 16)),
    ("input(3, 32, 32) -> conv(16, 8, s=8) -> reshape(16, 16) -> crop((0, 15)) -> attention(2)", (1, 16)),
    ("input(20, 6) -> lstm(4) -> tconv(3, 2, s=2)", (40, 3)),
    ("input(20, 6) -> lstm(4) -> [conv(4, 3)] * 3 -> flatten", (56,)),
]


@pytest.mark.parametrize(("text", "shape"), LAST)
def test_every_layer_reads_two_axes_as_those_around_it_mean_them(text: str, shape: tuple[int, ...] | None) -> None:
    if shape is None:
        with pytest.raises(SymparamsError, match="the features differ"):
            shapes(text)
        return
    assert shapes(text)[-1] == shape


COUNTS = [
    ("input(50) -> embedding(100, 16) -> conv(32, 3)", "conv_1", (16 * 3 + 1) * 32),
    ("input(20, 6) -> lstm(5) -> bn", "bn_1", 2 * 5),
    ("input(20, 6) -> lstm(5) -> prelu(channels)", "prelu_1", 5),
    ("input(20, 6) -> lstm(6) -> groupnorm(3)", "groupnorm_1", 2 * 6),
    ("input(20, 6) -> lstm(5) -> conv(2*channels, 1)", "conv_1", 6 * 10),
    ("input(8, 100) -> conv(16, 3) -> dense(5)", "dense_1", (98 + 1) * 5),  # PyTorch's Linear takes the last axis
    ("input(8, 100) -> lora(conv(16, 3), 2)", "lora_1", (8 * 3 + 1) * 16 + 2 * (8 * 3 + 16)),
]


@pytest.mark.parametrize(("text", "layer", "count"), COUNTS)
def test_channels_are_counted_along_the_axis_that_has_them(text: str, layer: str, count: int) -> None:
    assert sp.parse(TORCH + text)[layer].params == count


def test_letters_and_axes_are_called_what_they_are() -> None:
    text = sp.parse(TORCH + "input(T, 64) -> ln -> attention(4)").solve(quantities=["shape", "activations"]).to_text()
    assert "T: the length of the input" in text
    assert "output length L_out = T, output features n_out = 64" in text
    assert "C_out" not in text


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [
        ("input(28, 28, 3) -> conv(8, 3) -> PReLU", "H_in = 26: input height\n", "height ("),
        ("input(28, 28, 3) -> conv(8, 3) -> PReLU", "input channels (the 8 filters of conv_1)\n", "width ("),
        ("input(9) -> embedding(5, 4) -> PReLU", "L_in = 9: input length\n", "length ("),
        ("input(9, 4) -> gru(3, sequences) -> PReLU", "channels (the 3 units of gru_1)\n", "length ("),
        (
            "input(40, 12) -> bidirectional(lstm(24, sequences)) -> dense(6)",
            "n_in = 48: inputs (the 48 outputs of bidirectional_1, 24 units in each direction)\n",
            "48 units",
        ),
        (
            TORCH + "input(3, 9, 9) -> conv(8, 3) -> dense(5)",
            "n_in = 7: inputs (the output width of conv_1)\n",
            "inputs (the 8",
        ),
        (TORCH + "input(9, 4) -> lstm(3) -> conv(5, 2)", "channels (the 3 units of lstm_1)\n", "length ("),
    ],
)
def test_only_channels_and_features_come_from_filters_or_units(text: str, said: str, not_said: str) -> None:
    document = sp.parse(text).solve().to_text()
    assert said in document
    assert not_said not in document


@pytest.mark.parametrize("before", ["", "mla(1) -> permute(2, 1) -> ", "reshape(5, 1, 2) -> permute(3, 2, 1) -> "])
def test_work_on_the_last_axis_whatever_it_is_called(before: str) -> None:
    """Every number of the output joins all of the last axis, also where PyTorch has the channels first."""
    layer = sp.parse(f"convention torch input(5, 2) -> {before}dense(3)").layers[-1]
    inputs = 2 if not before else 5
    assert layer.quantity("macs") == inputs * math.prod(layer.output_shape)


def test_work_of_a_wrapped_layer_is_where_that_layer_works() -> None:
    layer = sp.parse("convention torch input(4, 2, 2, 3) -> timedistributed(depthwise(1, same))").layers[-1]
    assert layer.quantity("macs") == math.prod(layer.output_shape)
    layer = sp.parse("convention torch input(4, 2, 2, 3) -> timedistributed(dense(5))").layers[-1]
    assert layer.quantity("macs") == 3 * math.prod(layer.output_shape)
