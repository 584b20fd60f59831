"""Which numbers of a network a text doubts: found in prose of any language, each for its layer."""

from __future__ import annotations

import pytest

from symparams.errors import Source
from symparams.questions.doubted import Doubts
from symparams.reading.doubts import written_in
from symparams.reading.question import read_question
from tests.helpers import net

CNN = (
    "input(28, 28, 1) -> conv(32, 3) as conv2d_1 -> conv(63, 3) as conv2d_2 -> maxpool(2) -> dropout(0.25) as dropout_1"
    " -> flatten -> dense(128) as dense -> dense(10) as dense_1"
)
GRU = "input(50, 7) -> gru(32, sequences) as gru -> gru(16) as gru_1 -> dense(1) as out"
BN = "input(56, 56, 3) -> conv(24, 5, same, s=2, bias=no) as conv2d_1 -> bn as batch_normalization_1 -> gap -> dense(6)"

HALF = "input(4) -> dense(8, frozen) as dense_1 -> dense(3) as dense_2"


def found(text: str, prose: str) -> list[tuple[str | None, str, str, str]]:
    """For each doubt the layer, the quantity, what was written, and the mistake."""
    return [
        (
            d.layer,
            d.quantity,
            d.text,
            d.diagnosis.matches[0].made[0].name if d.diagnosis and d.diagnosis.matches else "",
        )
        for d in Doubts(net(text), prose).found()
    ]


@pytest.mark.parametrize(
    ("text", "prose", "doubts"),
    [
        (
            CNN,
            "Why are there 18207 parameters in the second Conv2D layer? Shouldn't it be (3*3+1)*63=630?",
            [("conv2d_2", "params", "(3*3+1)*63", "input channels left out")],
        ),
        (
            CNN,
            "Der zweite Conv hat 18.207 Parameter, ich komme auf 630.",
            [("conv2d_2", "params", "630", "input channels left out")],
        ),
        (
            CNN,
            "Pourquoi conv2d_2 a-t-elle $(3 \\times 3 + 1)\\times 63$ ... j'obtiens (3x3+1)x63 au lieu de 18 207 ?",
            [("conv2d_2", "params", "(3 × 3 + 1)× 63", "input channels left out")],
        ),
        (
            GRU,
            (
                "Nach meiner Rechnung müsste die erste Schicht 3 * (7*32 + 32*32 + 32) = 3840 Parameter haben, "
                "Keras zeigt aber 3936 an. Und wo geht die Länge 50 ein?"
            ),
            [("gru", "params", "3 * (7*32 + 32*32 + 32)", "one bias where there are two")],
        ),
        (
            BN,
            "¿Por qué batch_normalization_1 tiene 96 parámetros? Yo esperaba 48 (gamma y beta).",
            [("batch_normalization_1", "params", "48", "moving statistics left out")],
        ),
        (CNN, "Where do the 1161344 parameters of the dense layer come from?", [("dense", "params", "", "")]),
        (CNN, "Why is the output of conv2d_2 not (26, 26, 63)?", [("conv2d_2", "shape", "(26, 26, 63)", None)]),
        (BN, "Non-trainable params: 48. Where do these come from?", [(None, "non_trainable", "", "")]),
        (BN, "My script prints 1998. How is this computed?", [(None, "trainable", "", "")]),
        (
            BN,
            "It says 1,998 trainable params, I count 2046. Why?",
            [(None, "trainable", "", "")],
        ),
        (HALF, "Only 27 are trainable. Why 27?", [(None, "trainable", "", "")]),
        (HALF, "Why has dense_2 27 parameters?", [("dense_2", "params", "", "")]),
        (HALF, "How many parameters are trainable?", [(None, "trainable", "", "")]),
        (
            BN,
            "Why does batch_normalization_1 list 96 params, of which 48 are non-trainable?",
            [("batch_normalization_1", "params", "", "")],
        ),
        (HALF, "How many are non-trainable?", [(None, "non_trainable", "", "")]),
        (CNN, "How many parameters are trainable?", []),
        (CNN, "Where do the 12*12*63 inputs of dense come from?", [("flatten_1", "shape", "", "")]),
        (CNN, "Why 9072 inputs?", [("flatten_1", "shape", "", "")]),
        (CNN, "How does 24 become 12 in the pooling?", [("maxpool_1", "shape", "", "")]),
        (
            CNN,
            "What is the receptive field of conv2d_2? I get 9.",
            [("conv2d_2", "field", "9", "kernels multiplied")],
        ),
        (
            CNN,
            "conv2d_2 has (3*3+1)*63 = 630 parameters, I think. Why does it say 18207? And how does 26 become 24?",
            [("conv2d_2", "params", "(3*3+1)*63", "input channels left out"), ("conv2d_2", "shape", "", "")],
        ),
        (
            CNN,
            "Why has the first dense layer 1161344 parameters? I get 63 channels * 128 units = 8064.",
            [("dense", "params", "63 * 128", "biases left out")],
        ),
        (
            "input(9, 9, 3) -> maxpool(2) as pool_1",
            "9/2 = 4.5, why not 5?",
            [("pool_1", "shape", "9/2", "not rounded")],
        ),
        (CNN, "How much memory do the activations take?", [(None, "activations", "", "")]),
        (
            BN,
            "I get 5*5*3*24 + 2*24 + 24*6 + 6 = 1998 parameters.",
            [(None, "params", "5*5*3*24 + 2*24 + 24*6 + 6", None)],
        ),
        (
            CNN,
            "I expected (None, 26, 26, 63) after conv2d_2.",
            [("conv2d_2", "shape", "(None, 26, 26, 63)", None)],
        ),
        (CNN, "I expected (None, 63) but it is (None, 24, 24, 63). Why?", [("conv2d_2", "shape", "", "")]),
        (
            CNN,
            "The output is 24x24x63. Why does conv2d_2 have 18207 parameters?",
            [("conv2d_2", "params", "", "")],
        ),
        (CNN, "Shouldn't conv2d_2 give 26 x 26? It is 24 x 24.", [("conv2d_2", "shape", "26 x 26", None)]),
        (CNN, "How does 24x24 become 12x12 in the pooling?", [("maxpool_1", "shape", "", "")]),
        (
            "input(20) -> dense(12) -> dense(8)",
            "How many weights? I get 20*12*8 = 1920 parameters.",
            [(None, "params", "20*12*8", "")],
        ),
        (CNN, "Which layer has the most parameters?", [("dense", "params", "", "")]),
        (
            GRU,
            "gru has 3,936 parameters and gru_1 2,400. Why does it differ?",
            [("gru", "params", "", ""), ("gru_1", "params", "", "")],
        ),
        (GRU, "What does the dense layer do?", [("out", "params", "", "")]),
        ('input(9) -> dense(4) as "3" -> dense(3) as "4"', "Why is it 4?", []),
        ('input(9) -> dense(4) as "3" -> dense(3) as "4"', "Why is layer 4 so small?", [("4", "params", "", "")]),
        (CNN, "With input (8, 28, 28, 1) I get (8, 24, 24, 63). Why?", [("conv2d_2", "shape", "", "")]),
        (
            "input(8, 12) -> timedistributed(dense(5)) as td_1",
            "I get 8*65 parameters for td_1. Why only 65?",
            [("td_1", "params", "8*65", "sequence length multiplied in")],
        ),
        (CNN, "Does the size of the image change the number of parameters?", [(None, "params", "", "")]),
        (CNN, "I used kernels of 3*3 and 32 filters, on Python 3.11, 2019-03-11.", []),
        (CNN, "Why does the table not show that dropout removes parameters?", [("dropout_1", "params", "", "")]),
    ],
)
def test_the_number_that_is_doubted(text: str, prose: str, doubts: list[tuple[str, str, str, str | None]]) -> None:
    out = found(text, prose)
    assert [one[:3] for one in out] == [one[:3] for one in doubts]
    assert [one[3] for one in out if one[3]] == [one[3] for one in doubts if one[3]] or any(
        d[3] is None for d in doubts
    )


@pytest.mark.parametrize(
    ("prose", "texts"),
    [
        ("it is ((3*3*1)+1)*32 = 320.", ["((3*3*1)+1)*32"]),
        ("(see 3*3*32 + 1) here", ["3*3*32 + 1"]),
        ("between 18,207 and 1 181 161", ["18,207", "1 181 161"]),
        ("version 2.15.1 of conv2d_2", []),
        ("4 heads * 3 * 256 * 256 = 786,432", ["4 * 3 * 256 * 256"]),
        ("(9 weights + 1 bias) * 32 filters", ["(9 + 1 ) * 32"]),
        ("it has 3 layers and 4 heads", ["3", "4"]),
    ],
)
def test_what_is_written(prose: str, texts: list[str]) -> None:
    assert [one.text for one in written_in(prose)] == texts


def test_prose_without_end_is_read_in_time() -> None:
    assert len(written_in("(" * 50_000 + "1 + " * 50_000)) <= 180
    assert len(written_in("12 " * 100_000)) <= 180


def test_formulas_that_make_a_number_together_are_no_answers() -> None:
    separable = "input(28, 28, 48) -> separable(128, 3, same, multiplier=2) as separable_conv2d"
    prose = "The lecture says 13280, I have 13376. I counted 3*3*48*2 + 96 and 96*128 + 128 for the two parts. Why?"
    assert found(separable, prose) == [("separable_conv2d", "params", "13376", "biases in both steps")]


@pytest.mark.parametrize("size", ["28⨯28⨯32", "28 х 28 х 32", "28\u2009✕\u200928\u2009✕\u200932"])
def test_signs_for_times_that_people_copy(size: str) -> None:
    code = "model = Sequential()\nmodel.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))\n\n"
    prose = read_question(Source("q", f"{code}I thought the output would be {size}, why? Это x."), None).prose
    doubts = found("input(28, 28, 1) -> conv(32, 3) as conv2d", prose)
    assert [(layer, quantity, mistake) for layer, quantity, _, mistake in doubts] == [
        ("conv2d", "shape", "same and valid padding exchanged")
    ]
    assert "Это x." in prose
