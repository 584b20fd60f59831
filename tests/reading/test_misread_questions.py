"""Questions that are easily misread: what the right answer says, and what it must not say."""

from __future__ import annotations

import pytest

import symparams as sp


def answered(text: str) -> str:
    return sp.read(text).answer().to_text()


@pytest.mark.parametrize(
    ("calls", "total"),
    [
        (["Convolution2D(8, (2, 3), border_mode='valid', input_shape=(1, 6, 8))"], 8 * (2 * 3 + 1)),
        (["Convolution2D(8, 2, 3, border_mode='valid', input_shape=(1, 6, 8))"], 8 * (2 * 3 + 1)),
        (["Conv2D(8, kernel_size=(2, 3), subsample=(2, 2), border_mode='same', input_shape=(6, 8, 1))"], 8 * 7),
        (["Conv3D(4, (3, 3, 3), border_mode='same', input_shape=(6, 8, 8, 2))"], 4 * (27 * 2 + 1)),
        (["Conv1D(4, filter_length=3, nb_filter=None)"], None),
    ],
)
def test_arguments_of_two_versions_of_keras(calls: list[str], total: int | None) -> None:
    text = "How many parameters does this have?\n\n" + "".join(f"model.add({call})\n" for call in calls)
    if total is None:
        with pytest.raises(sp.SymparamsError):
            answered(text)
    else:
        assert sp.read(text).net.params == total


def test_sizes_with_channels_first() -> None:
    shown = answered(
        "Parameters (.output_shape) of my model\n\nmodel.add(Convolution2D(128, (2,2), border_mode= 'valid' , "
        "input_shape=(1, 3, 4)))\n\nThe output_shape is (None, 128, 2, 3). 1 is the channel, 3 and 4 the sizes. "
        "My question is what does the elements 2,3 shows here?"
    )
    assert shown.startswith("2 × 3 × 128.")
    assert "Height: 3 − 2 + 1 = 2; the width: 4 − 2 + 1 = 3." in shown
