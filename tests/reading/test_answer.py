"""Whole questions, pasted as they are: `symparams answer`, and `symparams.read` in Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symparams as sp
from tests.test_cli import run

QUESTION = """I code a small CNN in Keras:

    model = Sequential()
    model.add(Conv2D(16, kernel_size=(5, 5), activation='relu', input_shape=input_shape))
    model.add(Conv2D(24, (3, 3), activation=\u2019relu\u2019))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(10, activation='softmax'))

and the summary says

_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 28, 28, 16)        1216
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 26, 26, 24)        3480
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 13, 13, 24)        0
_________________________________________________________________
flatten_1 (Flatten)          (None, 4056)              0
_________________________________________________________________
dense_1 (Dense)              (None, 10)                40570
=================================================================
Total params: 45,266
Trainable params: 45,266
Non-trainable params: 0
_________________________________________________________________

Why are there 3480 parameters in conv2d_2? I thought (3*3+1)*24 = 240.
"""


def answered(place: Path, text: str, *arguments: str) -> str:
    (place / "question.txt").write_text(text, "utf-8")
    status, out, err = run("answer", str(place / "question.txt"), "--format", "text", *arguments)
    assert status == 0, err
    return out


def test_the_doubt_is_answered_in_the_words_of_the_question(tmp_path: Path) -> None:
    out = answered(tmp_path, QUESTION)
    assert out.startswith(
        "3,480 = (3·3·16 + 1)·24; with (3·3 + 1)·24 = 240, you gave each filter a single kernel, as if the input had "
        "one channel. With the factor 16, your formula is right.\n\n"
    )
    assert "conv2d_2 receives 28 × 28 × 16; its 16 channels are the 16 filters of conv2d_1." in out


def test_the_record_has_what_was_read_the_network_and_the_question(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text(QUESTION, "utf-8")
    record = json.loads(run("answer", str(tmp_path / "q.txt"), "--format", "json")[1])
    assert record["read"]["kind"] == "question"
    assert record["network"]["params"] == 45_266
    assert record["question"] == {
        "layer": "conv2d_2",
        "quantity": "params",
        "number": "(3*3+1)*24",
        "start": QUESTION.index("(3*3+1)*24"),
    }
    assert record["diagnosis"]["matches"][0]["misconception"] == "input channels left out"
    assert record["answer"].startswith("3,480 = ")
    assert record["others"] == []


def test_a_layer_can_be_named(tmp_path: Path) -> None:
    assert answered(tmp_path, QUESTION, "--layer", "dense_1").startswith("40,570 = ")


def test_without_a_doubt_the_total_and_the_table(tmp_path: Path) -> None:
    out = answered(tmp_path, QUESTION[: QUESTION.index("Why")])
    assert "45,266 parameters." in out
    assert "conv2d_2" in out


UNKNOWN = """x = Input((28, 28, 1))
y = Conv2D(32, 3)(x)
y = MyAttention(32)(y)
y = Conv2D(16, 3)(y)
model = Model(x, y)

Layer (type)                 Output Shape              Param #
=================================================================
input_1 (InputLayer)         (None, 28, 28, 1)         0
conv2d (Conv2D)              (None, 26, 26, 32)        320
my_attention (MyAttention)   (None, 26, 26, 32)        1056
conv2d_1 (Conv2D)            (None, 24, 24, 16)        4624
=================================================================
Total params: 6,000
"""


def test_what_the_code_does_not_know_is_as_the_table_prints_it() -> None:
    read = sp.read(UNKNOWN)
    assert (read.net.params, read.net["my_attention"].params, read.assumed) == (6_000, 1_056, ())


def test_a_layer_that_is_not_known_is_named() -> None:
    answer = sp.read(UNKNOWN[: UNKNOWN.index("Layer (type)")]).answer().to_text()
    assert answer.startswith(
        "Assumed: what MyAttention does is not known: it is taken to keep the sizes and to have no parameters."
    )


def test_a_text_without_a_network_ends_with_status_1(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("How many parameters does a convolution have?", "utf-8")
    status, out, err = run("answer", str(tmp_path / "q.txt"))
    assert (status, out) == (1, "")
    assert "q.txt" in err


@pytest.mark.parametrize("command", ["solve", "summary"])
def test_every_command_reads_it(tmp_path: Path, command: str) -> None:
    (tmp_path / "q.txt").write_text(QUESTION, "utf-8")
    assert "45,266" in run(command, str(tmp_path / "q.txt"), "--format", "text")[1]


def test_in_python() -> None:
    read = sp.read(QUESTION)
    assert (read.kind, read.net.params, read.net["conv2d_2"].params) == ("question", 45_266, 3_480)
    assert [one.what for one in read.repairs] == [
        "typographic quotes read as straight ones",
        "classes are cut or broken; they were completed",
    ]
    assert "3,480 = (3·3·16 + 1)·24" in read.answer().to_text()


def test_a_kind_can_be_given() -> None:
    with pytest.raises(sp.SymparamsError, match=r"there is no kind of input `keras2`; did you mean `keras`\?"):
        sp.read("Dense(3)", "keras2")
    with pytest.raises(sp.SymparamsError, match="there is no table here"):
        sp.read(QUESTION[:400], "summary")


def test_a_call_alone_and_the_shape_that_prose_tells() -> None:
    out = sp.read(
        "Could somebody explain the output shape of my layer?\n\n"
        "nn.ConvTranspose2d(in_channels=24, out_channels=12, kernel_size=4, stride=2, padding=1)\n\n"
        "The input is (24, 10, 14). I expected (12, 19, 27)."
    ).to_text()
    assert out.startswith("12 × 20 × 28, not 12 × 19 × 27; you counted where the copies of the kernel start,")
