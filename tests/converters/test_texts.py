"""What networks are written as, whole."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import symparams as sp
from symparams.commands.main import main
from symparams.converters.targets import TARGETS
from tests.conftest import EXAMPLES

FORK = "input(28, 28, 1) as img -> conv(32, 3x3, relu) -> { conv(8, 1) | conv(8, 3, same) as b } -> add -> flatten"


def test_a_chain_is_a_sequential_of_keras() -> None:
    assert sp.load(EXAMPLES / "mnist-63.arch").to("keras") == (
        "import keras\n"
        "from keras import layers\n"
        "\n"
        "model = keras.Sequential(\n"
        "    [\n"
        "        keras.Input((28, 28, 1)),\n"
        '        layers.Conv2D(32, 3, activation="relu"),\n'
        '        layers.Conv2D(63, 3, activation="relu"),\n'
        "        layers.MaxPooling2D(pool_size=2),\n"
        "        layers.Dropout(0.25),\n"
        "        layers.Flatten(),\n"
        '        layers.Dense(128, activation="relu"),\n'
        "        layers.Dropout(0.5),\n"
        '        layers.Dense(10, activation="softmax"),\n'
        "    ],\n"
        '    name="MNIST_with_63_filters",\n'
        ")\n"
    )


def test_branches_are_calls_of_keras() -> None:
    assert sp.parse(FORK).to("keras") == (
        "import keras\n"
        "from keras import layers\n"
        "\n"
        'img = keras.Input((28, 28, 1), name="img")\n'
        'conv_1 = layers.Conv2D(32, 3, activation="relu")(img)\n'
        "conv_2 = layers.Conv2D(8, 1)(conv_1)\n"
        'x = layers.Conv2D(8, 3, padding="same", name="b")(conv_1)\n'
        "x = layers.Add()([conv_2, x])\n"
        "x = layers.Flatten()(x)\n"
        "model = keras.Model(img, x)\n"
    )


def test_shared_and_frozen_layers_of_keras() -> None:
    text = "input(8) as a input(8) as b @a -> dense(4, frozen) as d @b -> share(@d) as e { @d | @e } -> subtract"
    assert sp.parse(text).to("keras").splitlines()[3:] == [
        'a = keras.Input((8,), name="a")',
        'b = keras.Input((8,), name="b")',
        'd_layer = layers.Dense(4, name="d", trainable=False)',
        "d = d_layer(a)",
        "x = d_layer(b)",
        "x = layers.Subtract()([d, x])",
        "model = keras.Model([a, b], x)",
    ]


def test_a_chain_is_a_sequential_of_pytorch_and_branches_are_a_class() -> None:
    chain = sp.parse("convention torch input(3, 8, 8) -> conv(4, 3, relu) -> flatten -> dense(2)")
    assert chain.to("torch") == (
        "from torch import nn\n"
        "\n"
        "model = nn.Sequential(\n"
        "    nn.Conv2d(3, 4, 3),\n"
        "    nn.ReLU(),\n"
        "    nn.Flatten(),\n"
        "    nn.Linear(144, 2),\n"
        ")\n"
    )
    fork = sp.parse(
        "convention torch input(4, 8, 8) -> { conv(4, 3, same, bias=no, relu) | id } -> add -> bn -> softmax"
    )
    assert fork.to("torch") == (
        "from torch import nn\n"
        "from torch.nn import functional as F\n"
        "\n"
        "\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        '        self.conv_1 = nn.Conv2d(4, 4, 3, padding="same", bias=False)\n'
        "        self.bn_1 = nn.BatchNorm2d(4)\n"
        "        self.softmax_1 = nn.Softmax(dim=1)\n"
        "\n"
        "    def forward(self, input_1):\n"
        "        x = F.relu(self.conv_1(input_1))\n"
        "        x = x + input_1\n"
        "        x = self.bn_1(x)\n"
        "        x = self.softmax_1(x)\n"
        "        return x\n"
        "\n"
        "\n"
        "model = Net()\n"
    )


def test_drawings() -> None:
    net = sp.parse("input(8) -> dense(4) as d -> relu")
    assert net.to("mermaid") == (
        "flowchart TD\n"
        '  n0["input_1<br>Input<br>8"]\n'
        '  n1["d<br>Dense layer<br>4<br>36 parameters"]\n'
        '  n2["relu_1<br>Activation<br>4"]\n'
        "  n0 --> n1\n"
        "  n1 --> n2\n"
    )
    assert net.to("dot") == (
        'digraph "network" {\n'
        "  node [shape=box, fontname=Helvetica];\n"
        '  n0 [label="input_1\\nInput\\n8"];\n'
        '  n1 [label="d\\nDense layer\\n4\\n36 parameters"];\n'
        '  n2 [label="relu_1\\nActivation\\n4"];\n'
        "  n0 -> n1;\n"
        "  n1 -> n2;\n"
        "}\n"
    )


def test_signs_that_a_drawing_would_take_for_its_own() -> None:
    net = sp.parse('input(8) -> dense(4) as "a<b>"')
    assert 'n1["a#lt;b#gt;<br>' in net.to("mermaid")


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (FORK, "kears", "a network is written as arch, keras, torch, mermaid or dot, not kears; did you mean `keras`?"),
        (
            FORK,
            "torch",
            (
                "this network is written and counted as Keras does; for PyTorch it has to be written under "
                "`convention torch`"
            ),
        ),
        ("input(n) -> dense(m)", "keras", "code needs numbers; n and m must have values, as with --set n=8"),
        (
            "input(8, 8, 3) -> locallyconnected(4, 3)",
            "keras",
            "locallyconnected_1 cannot be written for Keras, which has no locally connected layer of this kind",
        ),
        (
            "convention torch input(9, 8) -> moe(4, 2, 16)",
            "torch",
            "moe_1 cannot be written for PyTorch, which has no mixture of experts of this kind",
        ),
    ],
)
def test_what_cannot_be_written(text: str, target: str, message: str) -> None:
    with pytest.raises(sp.SymparamsError) as caught:
        sp.parse(text).to(target)
    assert str(caught.value) == message


def test_the_language_reads_back_as_the_same_network() -> None:
    for path in sorted(EXAMPLES.glob("*.arch")):
        net = sp.load(path)
        assert sp.parse(net.to("arch")).params == net.params, path.name


@pytest.mark.parametrize("target", TARGETS)
def test_the_command_writes_what_the_network_does(target: str) -> None:
    text = f"convention {'torch' if target == 'torch' else 'keras'} input(h, 4) -> dense(3)"
    found = CliRunner().invoke(main, ["convert", "-e", text, "--set", "h=5", "--to", target])
    assert found.exit_code == 0, found.output
    expected = sp.parse(text).subs(h=5).to(target)
    assert found.output == expected


def test_the_command_reads_a_config_of_keras() -> None:
    layer = {"class_name": "Dense", "config": {"name": "d", "units": 3, "batch_input_shape": [None, 4]}}
    config = json.dumps({"class_name": "Sequential", "config": {"name": "small", "layers": [layer]}})
    found = CliRunner().invoke(main, ["convert", "-e", config])
    assert found.output == 'model "small"\nconvention keras\ninput(4) as d_input -> Dense(units=3) as d\n'
