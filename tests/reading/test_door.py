"""The one door: what a text looks like, and code and table read together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symparams as sp
from symparams.errors import Source
from symparams.reading.door import network, reading_of
from symparams.reading.ways import is_language, ways
from symparams.sources.language import built
from tests.test_cli import refused, run

CODE = """
from tensorflow.keras import layers, models
model = models.Sequential([
    layers.Conv2D(20, 5, activation="relu", input_shape=x_train.shape[1:]),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(num_classes, activation="softmax"),
])
"""
TABLE = """
Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 20, 28, 20)        1520

 max_pooling2d (MaxPooling2D  (None, 10, 14, 20)       0
 )

 flatten (Flatten)           (None, 2800)              0

 dense (Dense)               (None, 7)                 19607

=================================================================
Total params: 21127 (82.53 KB)
Trainable params: 21127 (82.53 KB)
Non-trainable params: 0 (0.00 Byte)
_________________________________________________________________
"""
TORCH = """
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(8 * 15 * 15, 10)
    def forward(self, x):
        return self.fc(self.features(x).flatten(1))
"""
CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "small",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 12], "name": "input_layer"}},
            {"class_name": "Dense", "config": {"name": "first", "units": 5, "activation": "relu", "use_bias": True}},
        ],
    },
}


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("input(4) -> dense(3)", "arch", 15),
        (TORCH, "torch", 18_234),
        (TABLE, "summary", 21_127),
        (CODE + TABLE, "question", 21_127),
        (json.dumps(CONFIG), "keras-config", 65),
        ("Conv2D(8, 3, input_shape=(9, 9, 1)), Flatten(), Dense(2)", "arch", 866),
    ],
    ids=["language", "torch", "table", "code and table", "config", "calls"],
)
def test_a_text_is_read_as_what_it_looks_like(text: str, kind: str, params: int) -> None:
    read = sp.read(text)
    assert (read.kind, read.net.params) == (kind, params)


def test_code_alone_keeps_its_letters_and_a_table_gives_them_values() -> None:
    assert sorted(sp.read(CODE).net.symbols) == ["C", "H", "W", "num_classes"]
    joined = sp.read(CODE + TABLE).net
    assert joined.symbols == {}
    assert joined["input_1" if "input_1" in [x.name for x in joined] else joined.layers[0].name].output_shape == (
        24,
        32,
        3,
    )
    assert [layer.name for layer in joined][1:] == ["conv2d", "max_pooling2d", "flatten", "dense"]


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("input(3) -> dens(4)", True),
        ("let k = 3\nconv(k", True),
        ("def f(x):\n    return x -> y", False),
        ("model = Sequential()", False),
    ],
)
def test_what_is_more_like_the_language_than_anything_else(text: str, is_own: bool) -> None:
    assert is_language(text) == is_own


def test_each_kind_is_read_by_one_way() -> None:
    kinds = [kind for way in ways() for kind in way.kinds]
    assert len(kinds) == len(set(kinds))


def test_an_error_in_the_language_stays_one() -> None:
    assert "did you mean `dense`" in refused("solve", "-e", "input(3) -> dens(4)")


def test_every_command_reads_code(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(TORCH, "utf-8")
    assert "18,234" in run("summary", str(path))[1]
    assert run("solve", str(path), "--layer", "features.0", "--format", "text")[1].startswith("224 = (3·3·3 + 1)·8.")
    assert "630" not in run("diagnose", str(path), "--layer", "fc", "--answer", "18000", "--format", "text")[1]
    assert 'as "features.0"' in run("convert", str(path))[1]


def test_an_archive_of_keras_is_read(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "small.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(CONFIG))
        archive.writestr("model.weights.h5", b"\x89HDF")
    assert "first" in run("summary", str(tmp_path / "small.keras"))[1]


@pytest.mark.parametrize("text", ["\x00" * 1000, "{" * 100_000, "(" * 100_000, "Dense(" * 20_000])
def test_hostile_texts_end_with_a_message(text: str) -> None:
    with pytest.raises(sp.SymparamsError):
        sp.read(text)


def test_a_letter_gets_the_value_that_the_prose_tells() -> None:
    text = (
        "My network is\n\nmodel = Sequential()\nmodel.add(Dense(5, input_dim=3))\nmodel.add(Dense(nb_classes))\n\n"
        "where nb_classes = 4 in my case. How many are it in total?"
    )
    assert network(Source("<text>", text)).counts.params == 3 * 5 + 5 + 5 * 4 + 4


ROWS = """\
conv2d_5 (Conv2D)            (None, 18, 18, 32)        896
_________________________________________________________________
max_pooling2d_5 (MaxPooling2 (None, 9, 9, 32)          0
"""


def test_rows_without_their_head_are_a_table() -> None:
    read = reading_of(Source("<text>", f"In my summary there is\n\n{ROWS}\nwhy 896?"))
    assert read.repairs[0].what == "the head of the table is missing"
    assert [(n.name, n.shape, n.counts.params) for n in built(read.statements, read.source).nodes] == [
        ("input_1", (20, 20, 3), 0),
        ("conv2d_5", (18, 18, 32), 896),
        ("max_pooling2d_5", (9, 9, 32), 0),
    ]


def test_rows_without_their_head_name_the_layers_of_the_code_beside_them() -> None:
    code = "model = Sequential([Conv2D(32, 3, input_shape=(20, 20, 3)), MaxPooling2D(), Flatten(), Dense(7)])"
    found = network(Source("<text>", f"I made\n\n{code}\n\nand it prints among others\n\n{ROWS}"))
    assert [n.name for n in found.nodes[1:]] == ["conv2d_5", "max_pooling2d_5", "flatten", "dense"]
    assert found.counts.params == 896 + 81 * 32 * 7 + 7


def test_an_arrow_in_a_comment_of_a_program_is_no_chain() -> None:
    text = "size = 3  # 784 -> 3 numbers\ni = Input(shape=(784,))\nmodel = Model(i, Dense(size)(i))\n"
    assert reading_of(Source("<text>", text)).kind == "keras"
