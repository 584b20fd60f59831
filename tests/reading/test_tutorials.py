"""What the programs of tutorials have around their models: functions that train, notebooks, parts that are open."""

from __future__ import annotations

import time

import pytest

from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import Source
from symparams.model.network import Network
from symparams.reading.door import network, reading_of


def read(text: str) -> Network:
    return network(Source("<text>", text))


def total(text: str) -> str:
    return shown(as_formula(read(text).counts.params), PLAIN)


NET = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(6, 5), nn.Linear(5, 2)

    def forward(self, x):
        return self.last(F.relu(self.first(x)))

"""
MAIN = """\
def main():
    args = parser.parse_args()
    device = torch.device("cpu")
    model = MODEL
    optimizer = optim.SGD(model.parameters(), lr=args.lr)
    for epoch in range(1, args.epochs + 1):
        for i in range(10**9):
            optimizer.step()

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("model", "params"),
    [("Net().to(device)", "47"), ("nn.Sequential(nn.Linear(6, 4), nn.Tanh())", "28"), ("nn.Linear(6, 3)", "21")],
)
def test_a_model_may_be_made_in_a_function(model: str, params: str) -> None:
    assert total(NET + MAIN.replace("MODEL", model)) == params


def test_names_of_what_is_unknown_do_not_grow_without_end() -> None:
    text = "x = load()\nfor i in range(200):\n    x = mix(x.part(x), x)\nmodel = nn.Sequential(nn.Linear(3, 2))\n"
    start = time.process_time()
    assert total(text) == "8"
    assert time.process_time() - start < 2


def test_commands_of_a_notebook_are_left_out() -> None:
    text = f"!pip install torch\n%matplotlib inline\nimport torch\n{NET}%%time\nnet = Net(); print(net)\n"
    reading = reading_of(Source("<text>", text))
    assert [repair.what for repair in reading.repairs] == ["commands of a notebook left out"]
    assert total(text) == "47"


def test_statements_may_share_a_line() -> None:
    text = (
        f"{NET}fig = plt.figure(2); ax = axes(fig)\nnet = Net(); opt = Adam(net.parameters())\nax.show(); fig.show()\n"
    )
    assert total(f"%pylab\n{text}") == "47"


@pytest.mark.parametrize(
    "layers",
    [
        "nn.Sequential(*[nn.Linear(4, 4) for _ in range(config.depth)])",
        "nn.Sequential()\nfor i in range(depth):\n    model.add_module(str(i), nn.Linear(4, 4))",
        "Sequential([Input((4,))])\nfor i in range(depth):\n    model.add(Dense(4))",
        "Sequential([Input((4,)), *[Dense(4) for i in range(depth)]])",
    ],
)
def test_what_is_made_nobody_knows_how_often_is_made_once_which_is_said(layers: str) -> None:
    text = f"model = {layers}\n"
    depth = "config.depth" if "config" in layers else "depth"
    said = f"how many times a loop over `range({depth})` runs is not known: it is taken to run once"
    assert [one.what for one in reading_of(Source("<text>", text)).assumed] == [said]
    assert total(text) == "20"


def test_sizes_that_calls_give_are_letters() -> None:
    text = "model = Sequential([Input((9,)), Embedding(input_dim=words.size(), output_dim=3), Flatten(),\n"
    text += "    Dense(units=hp.Int('units', 8, 64), kernel_regularizer=l2(0.01))])\n"
    assert total(text) == "28·hp_Int_units_8_64 + 3·words_size"
    assert total("names = [n for n in folder]\nmodel = Sequential([Input((3,)), Dense(len(names))])\n").startswith(
        "4·len"
    )


def test_a_layer_that_is_loaded_gives_a_row_of_values_which_is_said() -> None:
    text = "model = Sequential([hub.KerasLayer(url, input_shape=(8, 8, 3)), Dense(5)])\n"
    said = "what `KerasLayer` gives is not known: it is taken to be a row of n values, without parameters"
    assert [one.what for one in reading_of(Source("<text>", text)).assumed] == [said]
    assert total(text) == "5n + 5"


def test_a_part_that_takes_the_place_of_another_keeps_it() -> None:
    text = "net = models.resnet18()\nnet.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)\n"
    text += "net = nn.Sequential(*list(net.children())[:-1])\n"
    assert total(text) == f"{11_176_512 - 2 * 64 * 49:,}"


def test_two_inputs_may_go_through_the_same_layers() -> None:
    text = """\
class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3, 2), nn.BatchNorm2d(4), nn.AdaptiveAvgPool2d((1, 1)))
        self.head = nn.Linear(8, 1)

    def once(self, x):
        out = self.body(x)
        return out.view(out.size()[0], -1)

    def forward(self, a, b):
        return torch.sigmoid(self.head(torch.cat((self.once(a), self.once(b)), 1)))

model = Twins()
"""
    assert read(text).counts.params == 40 + 8 + 9


def test_positions_of_keras_are_looked_up() -> None:
    text = """\
class Tokens(layers.Layer):
    def __init__(self, longest, words, width):
        super().__init__()
        self.words = layers.Embedding(input_dim=words, output_dim=width)
        self.places = layers.Embedding(input_dim=longest, output_dim=width)

    def call(self, x):
        return self.words(x) + self.places(RANGE)

inputs = layers.Input(shape=(9,))
model = keras.Model(inputs, layers.GRU(3)(Tokens(9, 50, 4)(inputs)))
"""
    for places in ("keras.ops.arange(start=0, stop=ops.shape(x)[-1], step=1)", "tf.range(tf.shape(x)[1])"):
        found = read(text.replace("RANGE", places))
        assert [(n.name, n.counts.params) for n in found.nodes if n.counts.params] == [
            ("embedding", 200),
            ("embedding_1", 36),
            ("gru", 3 * 3 * (4 + 3 + 2)),
        ]


def test_products_with_matrices_of_the_model() -> None:
    text = """\
class Layer(nn.Module):
    def __init__(self, arriving, leaving):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(arriving, leaving))

    def forward(self, x, edges):
        return edges @ (x @ self.weight)

class Adapted(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(2, base.in_features) * 0.01)
        self.b = nn.Parameter(torch.zeros(base.out_features, 2))

    def forward(self, x):
        return self.base(x) + (x @ self.a.T @ self.b.T) * 0.5

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = Layer(12, 6), Adapted(nn.Linear(6, 4))

    def forward(self, x, edges):
        return self.last(F.relu(self.first(x, edges)))

model = Net()
"""
    assert read(text).counts.params == 72 + 28 + 12 + 8
    assert tuple(read(text).nodes[-1].shape) == (4,)
