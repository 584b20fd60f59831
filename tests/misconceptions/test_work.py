"""Work, memory and receptive fields worked out wrong; questions misread."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import as_formula
from symparams.misconceptions.families import CATALOGUE, misread
from tests.misconceptions.explaining import Answer, LayerCase, diagnostician, explained

THREE = "input(32, 32, 3) -> conv(16, 3) -> conv(32, 3) -> conv(64, 3)"  # conv_3: 18,432 weights, 28 -> 26
MACS = 18_432 * 26 * 26
FIELD = "input(64, 64, 3) -> conv(8, 3, s=2) -> maxpool(2) -> conv(8, 3)"  # 3, 5 and 5 + 2*4 = 13
DILATED = "input(64, 64, 3) -> conv(8, 3) -> conv(8, 3, d=2)"  # 3 + 4 = 7
PAIR = "input(20) -> dense(5) -> dense(3)"  # 105 and 18

CASES: list[LayerCase] = [
    ("positions left out", THREE, "conv_3", "macs", 18_432),
    ("positions left out", THREE, "conv_3", "flops", 2 * 18_432),
    ("positions of the wrong side", THREE, "conv_3", "macs", 18_432 * 28 * 28),
    (
        "positions of the output in a transposed convolution",
        "input(14, 14, 8) -> tconv(4, 2, s=2)",
        "tconv_1",
        "macs",
        4 * 32 * 28 * 28,
    ),
    ("channels of the output left out", PAIR, "dense_1", "macs", 20),
    ("biases counted as multiplications", THREE, "conv_3", "macs", MACS + 26 * 26 * 64),
    ("biases counted as multiplications", THREE, "conv_3", "macs", MACS + 64),
    ("FLOPs taken for MACs", THREE, "conv_3", "macs", 2 * MACS),
    ("MACs taken for FLOPs", THREE, "conv_3", "flops", MACS),
    ("input counted for output", THREE, "conv_3", "activations", 28 * 28 * 32 * 4),
    ("earlier strides left out", FIELD, "conv_2", "field", (6, 6)),
    ("earlier strides left out", FIELD, "conv_2", "field", (7, 7)),
    ("kernels added up", FIELD, "conv_2", "field", (8, 8)),
    ("kernels multiplied", FIELD, "conv_2", "field", (18, 18)),
    ("only the last kernel seen", FIELD, "conv_2", "field", (3, 3)),
    ("own stride counted", FIELD, "conv_1", "field", (5, 5)),
    ("own stride counted", FIELD, "maxpool_1", "field", (7, 7)),
    ("pooling left out of the receptive field", FIELD, "conv_2", "field", (11, 11)),
    ("pooling left out of the receptive field", FIELD, "conv_2", "field", (7, 7)),
    ("dilation left out of the receptive field", DILATED, "conv_2", "field", (5, 5)),
    ("only the biases given", PAIR, "dense_1", "params", 5),
    ("work given for parameters", THREE, "conv_3", "params", MACS),
    ("parameters given for work", THREE, "conv_3", "macs", 18_496),
    ("output size given for parameters", THREE, "conv_3", "params", 26 * 26 * 64),
    ("the whole network given", PAIR, "dense_1", "params", 123),
    ("the layer before given", PAIR, "dense_2", "params", 105),
    ("the layer before given", THREE, "conv_3", "shape", (28, 28, 32)),
    ("the layer after given", PAIR, "dense_1", "params", 18),
    ("the layer after given", THREE, "conv_2", "shape", (26, 26, 64)),
    ("one addition for each channel", "input(10, 10, 3) -> conv(8, 3)", "conv_1", "flops", 27_648 + 8),
    ("one addition fewer than products", "input(10, 10, 3) -> conv(8, 3)", "conv_1", "flops", 512 * (27 + 26)),
    ("every other operation counted too", "input(10, 10, 3) -> conv(8, 3)", "conv_1", "flops", 512 * (27 + 28)),
]


@pytest.mark.parametrize(("name", "text", "layer", "quantity", "answer"), CASES)
def test_an_answer_is_explained(name: str, text: str, layer: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer, layer)


def test_what_follows_from_an_earlier_mistake_comes_before_misreading() -> None:
    """Pooling that keeps 8x8 leaves 8 - 3 + 1 = 6 places, which is also what the layer after has: 2 + 2·2."""
    of = diagnostician("input(8, 8, 1) -> maxpool(2) -> conv(4, 3) -> zeropad(2) -> conv(4, 1)")
    found = of.of_layer("conv_1", "shape", tuple(map(as_formula, (6, 6, 4)))).matches
    assert [(m.made[0].name, m.carried) for m in found] == [
        ("pooling keeps the size", True),
        ("the layer after given", False),
    ]


def test_misreading_is_the_last_explanation() -> None:
    """105 is what the layer before has, and it is (20 + 1)·5 with the inputs of the layer before."""
    text = "input(20) -> dense(5) -> dense(5)"
    found = explained(text, "params", 105, "dense_2")
    assert found == ["channels of one layer too early", "the layer before given"]
    names = list(CATALOGUE)
    misreadings = [name for name in names if name in {v.name for v in vars(misread).values() if hasattr(v, "edit")}]
    assert names[-len(misreadings) :] == misreadings
