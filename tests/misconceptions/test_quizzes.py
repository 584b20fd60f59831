"""Mistakes that quizzes and course pages show: pooling that halves, edges taken off twice, layers taken to flatten."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, LayerCase, diagnostician, explained

STACK = "input(39, 39, 3) -> conv(10, 3) -> conv(20, 5, s=2) -> conv(40, 5, s=2) -> flatten"  # 37, 17, 7: 1,960
POOLED = (
    "input(64, 64, 3) -> conv(8, 3) -> maxpool(2) -> conv(8, 3) -> maxpool(2) -> conv(8, 3) -> conv(8, 3) -> maxpool(2)"
)
ONE_STRIDE = "input(28, 28, 3) -> conv(4, 3) -> conv(4, 3, s=2) -> conv(4, 3)"
GRAY = "input(128, 128, 1) -> flatten -> dense(256)"
BLOCK = "convention torch input(10, 512) -> encoderlayer(8, 2048)"  # 12·512² + 13·512 = 3,152,384

CASES: list[LayerCase] = [
    ("pooling taken for halving", "input(128, 128, 12) -> maxpool(4)", "maxpool_1", "shape", (64, 64, 12)),
    ("pooling taken for halving", "input(9, 9, 4) -> maxpool(3, s=1)", "maxpool_1", "shape", (4, 4, 4)),
    ("edge taken off on each side", "input(1024, 1024, 3) -> conv(40, 3)", "conv_1", "shape", (1020, 1020, 40)),
    ("edge taken off on each side", "input(30, 4) -> conv(8, 4)", "conv_1", "shape", (24, 8)),
    ("an earlier feature map flattened", STACK, "flatten_1", "shape", (13690,)),  # 37·37·10
    ("an earlier feature map flattened", STACK, "flatten_1", "shape", (4563,)),  # 39·39·3
    ("an earlier feature map flattened", STACK, "flatten_1", "shape", (5780,)),  # 17·17·20
    ("dense layer taken to flatten", "input(32, 32, 3) -> dense(512)", "dense_1", "shape", (1, 1, 512)),
    ("dense layer taken to flatten", "input(32, 32, 3) -> dense(512)", "dense_1", "params", (32 * 32 * 3 + 1) * 512),
    ("dense layer taken to flatten", "input(100, 4) -> conv(8, 8) -> dense(1)", "dense_1", "params", 93 * 8 + 1),
    # 1 + 2 + 1 + 2·2 + 1 + 2·2 + 2 + 1 = 16: behind each pooling 2, elsewhere 1
    ("only the stride before counted", POOLED, "maxpool_3", "field", (16, 16)),
    ("biases of the attention left out", BLOCK, "encoderlayer_1", "params", 3_152_384 - 4 * 512),
    ("one channel taken for three", GRAY, "dense_1", "params", (3 * 128 * 128 + 1) * 256),
    ("filters in place of the kernel size", "input(1000, 4) -> conv(32, 8)", "conv_1", "shape", (969, 32)),
    ("length in place of the rows", "input(100) -> embedding(92, 256)", "embedding_1", "params", "100*256"),
    ("input size in the count", "input(6, 6, 3) -> conv(8, 5)", "conv_1", "params", 6 * 6 * 5 * 5 * 3 * 8 + 8),
    ("one bias where there are two", "convention torch input(10, 1) -> rnn(1)", "rnn_1", "params", 3),
]


@pytest.mark.parametrize(("name", "text", "layer", "quantity", "answer"), CASES)
def test_it_is_explained_first(name: str, text: str, layer: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer, layer)[0] == name


@pytest.mark.parametrize(
    ("answer", "names"),
    [("7x7", ["shape of the input given"]), ("5x5", ["stride forgotten"]), ("7x7x1", ["shape of the input given"])],
)
def test_the_shape_of_the_input_without_its_channels(answer: str, names: list[str]) -> None:
    found = diagnostician("input(7, 7, 1) -> conv(1, 3, s=2)").typed("conv_1", "shape", answer)
    assert [match.made[0].name for match in found.matches][:1] == names


@pytest.mark.parametrize("answer", ["512", "(512,)", "(None, 512)", "(?, 512)"])
def test_one_size_for_a_whole_shape(answer: str) -> None:
    found = diagnostician("input(32, 32, 3) -> dense(512)").typed("dense_1", "shape", answer)
    assert [match.made[0].name for match in found.matches] == ["dense layer taken to flatten"]


def test_one_size_stands_for_height_and_width_where_that_is_right() -> None:
    found = diagnostician("input(32, 32, 3) -> dense(512)").typed("dense_1", "shape", "32")
    assert found.correct


@pytest.mark.parametrize(
    ("text", "layer", "quantity", "name"),
    [
        ("input(8, 8, 3) -> maxpool(2)", "maxpool_1", "shape", "pooling taken for halving"),
        ("input(8, 8, 3) -> conv(4, 3, same)", "conv_1", "shape", "edge taken off on each side"),
        ("input(8, 8, 3) -> conv(4, 1)", "conv_1", "shape", "edge taken off on each side"),
        ("input(8) -> dense(4)", "dense_1", "shape", "dense layer taken to flatten"),
        ("input(8) -> dense(4)", "dense_1", "params", "dense layer taken to flatten"),
        ("input(8, 8, 3) -> flatten", "flatten_1", "shape", "an earlier feature map flattened"),
        (ONE_STRIDE, "conv_3", "field", "only the stride before counted"),
        ("input(8, 8, 3) -> flatten -> dense(4)", "dense_1", "params", "one channel taken for three"),
        ("input(8, 8, 1) -> conv(3, 3) -> flatten -> dense(4)", "dense_1", "params", "one channel taken for three"),
        ("input(8) -> dense(1)", "dense_1", "params", "one bias for the whole layer"),
    ],
)  # fmt: skip
def test_where_it_makes_no_difference_it_is_not_tried(text: str, layer: str, quantity: str, name: str) -> None:
    of = diagnostician(text)
    assert name not in [m.made[0].name for m in of.mistakes.singles(of.task(layer, quantity))]
