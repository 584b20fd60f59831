"""Exams on networks of every kind that is read: code, a config, a printed table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symparams as sp
from tests.test_cli import run

TORCH = """\
class Net(nn.Module):
    def __init__(self, k=5):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 24, k, stride=2)
        self.bn1 = nn.BatchNorm2d(24)
        self.fc = nn.Linear(24, 7)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(x.mean((2, 3)))

model = Net()
model(torch.randn(8, 1, 64, 301))
"""
KERAS = """\
model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))
model.add(Flatten())
model.add(Dense(10))
"""
TABLE = """\
Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 26, 26, 32)        320
_________________________________________________________________
flatten_1 (Flatten)          (None, 21632)             0
_________________________________________________________________
dense_1 (Dense)              (None, 10)                216330
=================================================================
Total params: 216,650
"""
CONFIG = json.dumps({
    "model_type": "bert", "architectures": ["BertModel"], "hidden_size": 16, "num_attention_heads": 2,
    "num_hidden_layers": 2, "intermediate_size": 32, "vocab_size": 99, "max_position_embeddings": 20,
    "type_vocab_size": 2,
})  # fmt: skip


@pytest.mark.parametrize("text", [TORCH, KERAS, TABLE, CONFIG], ids=["torch", "keras", "table", "config"])
@pytest.mark.parametrize("show", ["table", "language"])
def test_what_is_read_can_be_asked_about(text: str, show: str, tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text(text, "utf-8")
    asked = ("--questions", "6", "--kinds", "params,total,mistake", "--show", show, "--format", "json")
    status, printed, error = run("exam", path, *asked)
    assert status == 0, error
    counts = {str(layer.params) for layer in sp.read(text).net} | {str(sp.read(text).net.params)}
    keys = [one["value"] for one in json.loads(printed)["questions"] if one["kind"] in ("params", "total")]
    assert keys
    assert {str(key) for key in keys} <= counts
    made = sp.exam(sp.read(text).net, questions=6, kinds="params,total,mistake", show=show)
    assert len(made.questions) == 6


@pytest.mark.parametrize(("text", "show"), [(TORCH, "torch"), (KERAS, "keras")], ids=["torch", "keras"])
def test_a_network_of_code_is_shown_as_code(text: str, show: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(text, "utf-8")
    status, printed, error = run("exam", path, "--questions", "2", "--kinds", "total", "--show", show)
    assert status == 0, error
    assert ("import keras" if show == "keras" else "nn.Conv2d(1, 24, 5, stride=2)") in printed
