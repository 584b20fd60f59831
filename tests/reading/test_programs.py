"""Programs as people write them, counted by Keras 3.15 and PyTorch 2.13: every row is read from their text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from symparams.errors import Source
from symparams.model.network import Network
from symparams.reading.python.program import read_python, recognised
from symparams.reading.reading import Reading
from symparams.sources.language import built

PROGRAMS = Path(__file__).parent / "programs"
COUNTED: dict[str, Any] = json.loads((PROGRAMS / "counted.json").read_text("utf-8"))


def program(name: str) -> str:
    return (PROGRAMS / f"{name}.txt").read_text("utf-8")


def reading(text: str, model: str | None = None) -> Reading:
    return read_python(Source("<text>", text), model)


def net(text: str, model: str | None = None) -> Network:
    read = reading(text, model)
    return built(read.statements, read.source)


def check(name: str, network: Network) -> None:
    counted = COUNTED[name]
    assert network.counts.params == counted["total"]
    nodes = {node.name: node for node in network.nodes}
    assert [row[0] for row in counted["rows"] if row[0] not in nodes] == []
    letters = bool(network.symbols)
    for row, shape, params in counted["rows"]:
        assert nodes[row].counts.params == params, row
        assert letters or shape is None or list(nodes[row].shape) == shape, row
    assert letters or network.counts.trainable == counted["trainable"]


@pytest.mark.parametrize("name", COUNTED)
def test_every_row_is_that_of_the_framework(name: str) -> None:
    check(name, net(program(name)))
    assert reading(program(name)).kind == name.partition("_")[0]
    assert recognised(program(name)) > 0.6


def test_sizes_that_stand_nowhere_are_letters() -> None:
    network = net(
        "model = Sequential()\nmodel.add(Conv2D(8, 3, input_shape=x_train.shape[1:]))\nmodel.add(Flatten())\n"
        "model.add(Dense(num_classes))"
    )
    assert list(network.symbols) == ["H", "W", "C", "num_classes"]
    assert network.nodes[1].counts.params is not None


def test_the_input_of_a_model_is_found_from_its_first_linear_layer() -> None:
    read = reading(program("torch_cifar"))
    assert [a.what for a in read.assumed] == ["H and W are 32, from the 400 inputs of fc1"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("net = nn.Sequential(nn.Conv2d(1, 4, 3))  # input size: 34x30x1", (1, 34, 30)),
        ("net = nn.Sequential(nn.Conv2d(3, 4, 3))\n# pictures are 3x32x48", (3, 32, 48)),
        ("net = nn.Sequential(nn.Conv1d(c, 4, 3))  # x: (batch, c, 128)", ("c", 128)),
        ("net = nn.Sequential(nn.Conv2d(3, 4, 3))\nsummary(net, (3, 20, 21))", (3, 20, 21)),
        (
            "from torchinfo import summary\nnet = nn.Sequential(nn.Conv2d(3, 4, 3))\nsummary(net, (1, 3, 20, 21))",
            (3, 20, 21),
        ),
        ("net = nn.Sequential(nn.Conv2d(3, 4, 3))\nnet(torch.randn(2, 3, 9, 8))", (3, 9, 8)),
        ("net = nn.Sequential(nn.Conv2d(3, 4, 3))", (3, "H", "W")),
    ],
)
def test_the_input_of_a_torch_model(text: str, shape: tuple[object, ...]) -> None:
    found = net(text).nodes[0].shape
    assert tuple(size if isinstance(size, int) else getattr(size, "name", "") for size in found) == shape


def test_layers_without_a_name_are_numbered_as_their_version_does() -> None:
    old = "model = Sequential()\nmodel.add(Convolution2D(4, 3, 3, border_mode='same', input_shape=(8, 8, 3)))\n"
    assert [n.name for n in net(f"{old}model.add(MaxPooling2D())").nodes[1:]] == ["convolution2d_1", "maxpooling2d_1"]
    new = "model = Sequential([Dense(3, input_shape=(2,)), Dense(4), Dense(5)])"
    assert [n.name for n in net(new).nodes[1:]] == ["dense", "dense_1", "dense_2"]
    table = "\nconv2d_1 (Conv2D)  (None, 26, 26, 32)  320\n"
    code = "model = Sequential([Conv2D(32, 3, input_shape=(28, 28, 1)), Conv2D(8, 3)])"
    assert [n.name for n in net(code + table).nodes[1:]] == ["conv2d_1", "conv2d_2"]


def test_of_two_models_the_first_is_read_unless_one_is_named() -> None:
    text = "a = Sequential([Dense(3, input_shape=(2,))])\nb = Sequential([Dense(5, input_shape=(2,))])"
    assert reading(text).models == ("a", "b")
    assert net(text).counts.params == 9
    assert net(text, "b").counts.params == 15


def test_a_part_of_another_model_is_not_meant_first() -> None:
    text = (
        "i = Input((8,))\ne = Dense(3)(i)\nd = Dense(8)(e)\nautoencoder = Model(i, d)\nencoder = Model(i, e)\n"
        "autoencoder.summary()"
    )
    assert reading(text).models == ("autoencoder", "encoder")


def test_what_is_not_known_is_said() -> None:
    text = "class N(nn.Module):\n  def __init__(self):\n    self.a = nn.Linear(3, 4)\n    self.b = nn.Linear(7, 2)\n"
    text += "  def forward(self, x):\n    return self.b(mystery(self.a(x)))"
    read = reading(text)
    said = "what `mystery` does is not known: it is taken to keep the sizes and to have no parameters"
    assert [a.what for a in read.assumed] == [said]
    assert text[read.assumed[0].at.start : read.assumed[0].at.end] == "mystery(self.a(x))"
    assert built(read.statements, read.source).counts.params == 4 * 4 + 8 * 2


def test_places_point_at_the_calls() -> None:
    text = "x = Input((9,))  # é\ny = Dense(4, activation='relu')(x)\nm = Model(x, y)"
    last = reading(text).statements[-1]
    at = last.items[-1].item.at  # type: ignore[union-attr]
    assert text[at.start : at.end] == "Dense(4, activation='relu')"


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("model.add(Dense(3, input_shape=(2,)))\nmodel.add(Dense(4))", 9 + 16),
        ("x = Dense(3)(x)\ny = Dense(4)(x)\nm = Model(x, y)\nInput(shape=(2,))", None),
        ("self.a = nn.Linear(3, 4)\nself.b = nn.Linear(4, 2)\ndef forward(self, x):\n    return self.b(self.a(x))", 26),
        (
            "class M(Sequential):\n  def __init__(self):\n    super().__init__([Dense(4, input_shape=(3,))])\nm = M()",
            16,
        ),
        ("def build(n=5):\n    i = Input((2,))\n    return Model(i, Dense(n)(i))", 15),
        ("class N(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.a = nn.Linear(3, 4)", 16),
    ],
)
def test_parts_of_programs(text: str, params: int | None) -> None:
    network = net(text)
    assert params is None or network.counts.params == params
