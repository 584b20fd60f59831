"""Tables with what the sentences around them tell: of several layers that would do, those that agree are taken."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.errors import Source
from symparams.reading.door import reading_of
from symparams.reading.tables.table import Told
from symparams.reading.tables.telling import told_beside
from symparams.sources.language import built

INVERTED = """MACs of one block, torchsummary says {told}:

----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1          [-1, 120, 80, 80]           2,400
       BatchNorm2d-2          [-1, 120, 80, 80]             240
            Conv2d-3          [-1, 120, 40, 40]           3,000
================================================================
Total params: 5,640
Trainable params: 5,640
Non-trainable params: 0
----------------------------------------------------------------

How many parameters does it have?
"""
BEHEADED = """Why does conv2d_5 have 16448 parameters, and not 128?

 Layer (type)                Output Shape              Param #
=================================================================
 conv2d_4 (Conv2D)           (None, 28, 28, 256)       295168
 conv2d_5 (Conv2D)           (None, 28, 28, 64)        16448
"""


def assumed(text: str) -> list[str]:
    return [one.what for one in sp.read(text).assumed]


def channels(text: str) -> object:
    """How many channels the first layer reads."""
    reading = reading_of(Source("question", text))
    return built(reading.statements, reading.source).nodes[0].shape[0]


def test_a_told_input_and_no_bias_are_taken() -> None:
    assert channels(INVERTED.format(told="(input 20 x 80 x 80, all convs bias=False)")) == 20
    assert not any("the input has" in what for what in assumed(INVERTED.format(told="(input 20 x 80 x 80)")))
    assert channels(INVERTED.format(told="this")) == 19  # with a bias, which is more usual


def test_a_told_input_that_does_not_fit_is_not_taken() -> None:
    assert channels(INVERTED.format(told="(the input is 7 x 80 x 80)")) == 19


def test_told_groups_leave_nothing_open() -> None:
    text = INVERTED.format(told="(input 20 x 80 x 80; Conv2d-3 is 5x5, stride 2, padding 2, groups=120, bias=False)")
    wanted = "`Conv2d-3` has kernel size 5 × 5, stride 2, padding 2, 120 groups and no bias, as the table implies"
    assert any(what.startswith(wanted) for what in assumed(text))


def test_a_large_kernel_is_not_taken_on_what_is_no_image() -> None:
    whats = assumed(BEHEADED)
    assert whats[0] == "the input has the shape `(28, 28, 128)`"
    assert whats[1].startswith("`conv2d_4` has kernel size 3 × 3 and padding `same`")


def test_an_answer_says_only_what_it_rests_on() -> None:
    answer = sp.read(BEHEADED).answer().to_text()
    assert "conv2d_4 has" not in answer
    assert "Assumed" not in answer  # its kernel size follows from the table


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("with 3x3 kernels", Told(kernels=frozenset({(3,)}))),
        ("`Conv2D(64, (1, 1), activation='relu')` and Conv2D(9, 5)", Told(kernels=frozenset({(1,), (5,)}))),
        ("kernel_size=(3, 5), 4 groups", Told(kernels=frozenset({(3, 5)}), groups=frozenset({4}))),
        ("the layers have no bias, images of 28x28", Told(unbiased=True)),
        ("64 x 64 x 3", Told()),
    ],
)
def test_what_sentences_tell(prose: str, told: Told) -> None:
    assert told_beside(prose, ()) == told
