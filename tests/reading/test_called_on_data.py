"""Layers that a program calls on data, as documentation does: the data say what enters."""

from __future__ import annotations

import pytest

import symparams as sp


def read(text: str) -> tuple[str, tuple[object, ...]]:
    """The parameters, and the shape of what comes out."""
    net = sp.read(text).net
    return str(net.params), tuple(list(net)[-1].output_shape)


KERAS = [
    ("x = np.array([1., 2., 3.])\ny = keras.layers.Softmax()(x)", "0", (3,)),  # no batch
    ("x = np.array([[1, 2], [3, 4], [5, 6]])\ny = keras.layers.Dense(7)(x)", "21", (7,)),
    ("x = np.reshape(np.array([1., 2., 3., 4.]), [1, 4, 1])\nkeras.layers.MaxPooling1D(2)(x)", "0", (2, 1)),
    ("s = (2, 9, 9, 3)\nx = np.arange(np.prod(s)).reshape(s)\ny = keras.layers.Cropping2D(1)(x)", "0", (7, 7, 3)),
    ("x = np.arange(24).reshape(2, -1)\ny = keras.layers.Dense(1)(x)", "13", (1,)),
    (
        "x, y = np.arange(20).reshape(2, 2, 5), np.arange(10).reshape(2, 1, 5)\nConcatenate(axis=1)([x, y])",
        "0",
        (3, 5),
    ),
    ("x = keras.random.normal((4, 6, 8))\ny = keras.layers.LSTM(3)(x)", "144", (3,)),
    ("x = np.random.randint(0, 50, size=(4, 6))\ny = keras.layers.Embedding(50, 8)(x)", "400", (6, 8)),
    ("x = np.array([1., 2., 3.])\nlayer = keras.layers.Normalization(axis=None)\nlayer.adapt(x)\nlayer(x)", "3", (3,)),
    (
        "x = np.random.random((32, 10, 8)).astype('f4')\nx[:, 3, :] = 0.\nm = Sequential()\nm.add(LSTM(2))\nout = m(x)",
        "88",
        (2,),
    ),
    (
        "x = np.random.random((1000, 20))\nmodel = keras.Sequential([keras.layers.Dense(3)])\nmodel.fit(x, y)",
        "63",
        (3,),
    ),
]
TORCH = [
    ("m = nn.PReLU()\nx = torch.randn(2)\ny = m(x)", "1", (2,)),  # no batch
    ("m = nn.Linear(5, 3)\ny = m(torch.randn(5))", "18", (3,)),
    ("m = nn.ConstantPad2d(2, 3.5)\ny = m(torch.randn(1, 2, 3))", "0", (1, 6, 7)),  # no batch
    ("m = nn.ConstantPad2d(2, 3.5)\ny = m(torch.randn(8, 1, 2, 3))", "0", (1, 6, 7)),
    ("m = nn.BatchNorm1d(3)\ny = m(torch.randn(8, 3))", "6", (3,)),  # which always has a batch
    ("e = nn.Embedding(10, 3)\ny = e(torch.LongTensor([[1, 2, 4, 5], [4, 3, 2, 9]]))", "30", (4, 3)),
    ("m = nn.AvgPool1d(3, stride=2)\nm(torch.tensor([[[1., 2, 3, 4, 5, 6, 7]]]))", "0", (1, 3)),
    ("m = nn.Bilinear(4, 5, 6)\ny = m(torch.randn(8, 4), torch.randn(8, 5))", "126", (6,)),
    (
        "d = nn.TransformerDecoderLayer(8, 2, 16)\ny = d(torch.rand(6, 4, 8), torch.rand(9, 4, 8))",
        str(2 * 4 * (8 * 8 + 8) + 2 * 8 * 16 + 16 + 8 + 3 * 2 * 8),
        (4, 8),
    ),
    (
        "cell, x, h = nn.GRUCell(10, 20), torch.randn(6, 3, 10), 0\nfor i in range(6):\n    h = cell(x[i], h)",
        "1920",
        (20,),
    ),
    (
        "one = nn.TransformerEncoderLayer(8, 2, 16)\nn = nn.TransformerEncoder(one, 3)\ny = n(torch.rand(4, 9, 8))",
        str(3 * (4 * (8 * 8 + 8) + 2 * 8 * 16 + 16 + 8 + 2 * 2 * 8)),  # not of the pattern, of its copies
        (9, 8),
    ),
]


@pytest.mark.parametrize(("text", "params", "shape"), [*KERAS, *TORCH])
def test_data_say_what_enters(text: str, params: str, shape: tuple[object, ...]) -> None:
    assert read(text) == (params, shape)


@pytest.mark.parametrize(("text", "params", "shape"), [*KERAS, *TORCH])
def test_a_session_says_the_same_as_its_code(text: str, params: str, shape: tuple[object, ...]) -> None:
    prompted = "\n".join(("... " if line.startswith(" ") else ">>> ") + line for line in text.split("\n"))
    assert read(prompted) == (params, shape)


def test_attention_looks_at_its_own_input_where_the_data_are_the_same() -> None:
    made = "m = nn.MultiheadAttention(8, 2)\nx, y = torch.rand(5, 8), torch.rand(7, 8)\n"
    assert read(made + "m(x, x, x)") == ("288", (5, 8))
    assert len(list(sp.read(made + "m(x, y, y)").net)) == 3  # two inputs and the layer
    assert len(list(sp.read(made + "m(x, x, x)").net)) == 2


def test_an_arrow_in_a_text_makes_no_session_a_network_of_the_language() -> None:
    text = '>>> layer = EinsumDense("ab,bc->ac", output_shape=64, bias_axes="c")\n>>> y = layer(keras.Input([32]))'
    assert read(text) == ("2112", (64,))
