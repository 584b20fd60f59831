"""Models as people type them count as their framework counts them."""

from __future__ import annotations

import os
from typing import Any

import pytest

import symparams as sp
from tests.frameworks.lines import KERAS, TORCH


def inputs(line: str) -> str:
    """The sizes that a line of PyTorch takes, without the batch."""
    first = line.split("(")[0].strip()
    told = {
        "nn.Linear(in_features=20, out_features=30)": "20",
        "nn.Linear": "784",
        "nn.Embedding": "7",
        "nn.Conv1d": "16, 30",
        "nn.Conv3d": "3, 8, 12, 10",
        "nn.Conv2d(1,": "1, 28, 28",
        "nn.Conv2d(3,": "3, 24, 24",
        "nn.Conv2d(in_channels=3": "3, 24, 24",
        "nn.ConvTranspose2d": "16, 24, 24",
        "nn.LayerNorm": "16, 24, 24",
        "nn.PixelShuffle": "16, 9, 9",
        "nn.Unflatten": "16, 24",
        "nn.RMSNorm": "4, 24, 24",
    }
    found = [sizes for start, sizes in told.items() if line.startswith(start)]
    return found[0] if found else "8, 24, 24" if first else ""


@pytest.mark.parametrize("line", KERAS)
def test_lines_of_keras_are_read(line: str) -> None:
    one, several = sp.parse(f"[{line}]"), sp.parse(f"Sequential([\n    {line},\n])")
    assert [layer.params for layer in one] == [layer.params for layer in several]


@pytest.mark.parametrize("line", TORCH)
def test_lines_of_pytorch_are_read(line: str) -> None:
    one = sp.parse(f"input({inputs(line)}) -> {line}")
    several = sp.parse(f"input({inputs(line)}) -> nn.Sequential(\n{line})")
    assert [layer.params for layer in one] == [layer.params for layer in several]


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
@pytest.mark.parametrize("line", KERAS)
def test_keras_counts_the_same(line: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    known: dict[str, Any] = {**vars(keras.layers), "keras": keras, "l2": keras.regularizers.l2}
    model = keras.Sequential(eval(f"[{line}]", known))
    if not model.built:
        model.build((None, 7))
    net = sp.parse(f"[{line}]")
    assert (net.params, net.trainable) == (
        model.count_params(),
        sum(int(w.value.numel()) for w in model.trainable_weights),
    )
    theirs, ours = model.output_shape[1:], net.layers[-1].output_shape
    assert [a for a in theirs if a is not None] == [b for a, b in zip(theirs, ours, strict=True) if a is not None]


@pytest.mark.framework
@pytest.mark.parametrize("line", TORCH)
def test_pytorch_counts_the_same(line: str) -> None:
    import torch
    from torch import nn

    model = nn.Sequential(*eval(f"[{line}]", {"nn": nn}))
    sizes = tuple(map(int, inputs(line).split(", ")))
    x = torch.zeros((2, *sizes), dtype=torch.long if line.startswith("nn.Embedding") else torch.float)
    out = model(x)
    net = sp.parse(f"input({inputs(line)}) -> {line}")
    assert tuple(net.layers[-1].output_shape) == tuple(out.shape[1:])
    assert net.params == sum(p.numel() for p in model.parameters())
