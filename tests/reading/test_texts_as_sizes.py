"""Texts and broken numbers where sizes must stand end in a message, in code and in the language."""

from __future__ import annotations

import pytest

import symparams as sp


@pytest.mark.parametrize("call", ["Permute(('a', 1))", "ZeroPadding2D((2, 'a'))", "Reshape(('a', 1))"])
def test_a_text_among_sizes(call: str) -> None:
    for text in (f"input(8,8,3) -> {call}", f"x = Input((8, 8, 3))\nmodel = Model(x, {call}(x))\n"):
        with pytest.raises(sp.SymparamsError, match="must be sizes"):
            _ = sp.read(text).net


def test_an_axis_that_is_no_whole_number_squeezes_nothing() -> None:
    text = "import tensorflow as tf\nx = Input((8, 3))\nmodel = Model(x, Dense(2)(tf.squeeze(x, 2.5)))\n"
    assert sp.read(text).net.params == 8
