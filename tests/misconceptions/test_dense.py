"""Dense layers, and layers that have nothing to learn, counted wrongly."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.misconceptions.explaining import Answer, LayerCase, explained

MNIST = (
    "input(28, 28, 1) -> conv(32, 3) -> conv(63, 3) -> maxpool(2) -> dropout(0.25) -> flatten "
    "-> dense(128, relu) -> dropout(0.5) -> dense(10) -> softmax"
)
GLOBAL = "input(7, 7, 64) -> globalavgpool"

CASES: list[LayerCase] = [
    ("flattening forgotten", MNIST, "dense_1", "params", 64 * 128),
    ("flattening forgotten", MNIST, "dense_1", "macs", 63 * 128),
    ("flattening forgotten", MNIST, "dense_1", "flops", 2 * 63 * 128),
    ("a factor left out in flattening", MNIST, "dense_1", "params", (12 * 12 + 1) * 128),
    ("a factor left out in flattening", MNIST, "dense_1", "params", (12 * 63 + 1) * 128),
    ("size in front of the pooling", MNIST, "dense_1", "params", (24 * 24 * 63 + 1) * 128),
    ("size of the image taken", MNIST, "dense_1", "params", (28 * 28 + 1) * 128),
    ("size of the image taken", MNIST, "dense_2", "weights", 28 * 28 * 10),
    ("inputs and units added", MNIST, "dense_2", "params", 128 + 10 + 10),
    ("inputs and units added", MNIST, "dense_2", "weights", 138),
    ("one weight for each unit", MNIST, "dense_2", "params", 20),
    ("flattening keeps one size", MNIST, "flatten_1", "shape", 63),
    ("flattening keeps one size", MNIST, "flatten_1", "shape", 144),
    ("global pooling taken for flattening", GLOBAL, "globalavgpool_1", "shape", 3136),
    ("global pooling keeps the places", GLOBAL, "globalavgpool_1", "shape", 49),
    ("units multiplied by the inputs", MNIST, "dense_2", "shape", 1280),
    ("pooling given weights", MNIST, "maxpool_1", "params", 4 * 63),
    ("pooling given weights", MNIST, "maxpool_1", "params", 5 * 63),
    ("pooling given weights", MNIST, "maxpool_1", "params", 4),
    ("pooling given weights", MNIST, "maxpool_1", "weights", 4 * 63 * 63),
    ("a parameter for each channel", MNIST, "maxpool_1", "params", 63),
    ("a parameter for each number", MNIST, "flatten_1", "params", 9072),
    ("dropout given parameters", MNIST, "dropout_2", "params", 1_161_344 // 2),
    ("dropout given parameters", MNIST, "dropout_2", "params", 64),
    ("dropout given parameters", MNIST, "dropout_1", "params", Fraction(18_207, 4)),
    ("dropout takes parameters away", MNIST, "dense_1", "params", 1_161_344 // 2),
    ("dropout takes parameters away", MNIST, "dense_1", "params", 1_161_344 * 3 // 4),
    ("dropout takes parameters away", MNIST, "dense_2", "params", 645),
    ("dropout takes parameters away", MNIST, "dense_2", "params", 650),
    ("dropout makes the output smaller", MNIST, "dropout_2", "shape", 64),
    ("activation or reshaping taken for a dense layer", MNIST, "softmax_1", "params", 100),
]


@pytest.mark.parametrize(("name", "text", "layer", "quantity", "answer"), CASES)
def test_an_answer_is_explained(name: str, text: str, layer: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer, layer)


def test_dropout_beyond_the_next_layer_with_parameters_is_no_neighbour() -> None:
    text = "input(100) -> dense(50) -> dense(40) -> dropout(0.5) -> dense(10)"
    assert "dropout takes parameters away" not in explained(text, "params", 5050 // 2, "dense_1")
    assert "dropout takes parameters away" in explained(text, "params", 2040 // 2, "dense_2")
