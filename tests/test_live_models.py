"""Models that live in a framework: the names, shapes and counts that the framework itself has for them."""

from __future__ import annotations

import os
from typing import Any

import pytest

import symparams as sp


def test_what_is_no_model() -> None:
    with pytest.raises(sp.SymparamsError) as caught:
        sp.from_keras(3)
    assert str(caught.value) == "a model of Keras is wanted, not int"
    with pytest.raises(sp.SymparamsError) as caught:
        sp.from_torch("net", (3, 8, 8))
    assert str(caught.value) == "a module of PyTorch is wanted, not str"
    with pytest.raises(sp.SymparamsError) as caught:
        sp.from_torch("net", (3, "8"))  # type: ignore[arg-type]
    assert str(caught.value) == ("input_shape is the sizes of one example, such as (3, 224, 224), not (3, '8')")


class FakeModel:
    """As much of a model of Keras as is asked of it."""

    name = "small"

    def to_json(self) -> str:
        return (
            '{"class_name": "Sequential", "config": {"name": "small", "layers": [{"class_name": "Dense", "config": '
            '{"name": "first", "units": 3, "batch_input_shape": [null, 4]}}]}}'
        )


def test_a_model_is_read_by_its_config() -> None:
    net = sp.from_keras(FakeModel())
    assert net.title == "small"
    assert [(layer.name, layer.params) for layer in net] == [("first_input", 0), ("first", 15)]


def test_a_model_without_a_config() -> None:
    class Own(FakeModel):
        def to_json(self) -> str:
            raise NotImplementedError("no get_config")

    with pytest.raises(sp.SymparamsError) as caught:
        sp.from_keras(Own())
    assert str(caught.value) == "this model has no config of its layers: NotImplementedError: no get_config"


# ---------------------------------------------------------------- the frameworks themselves


@pytest.fixture
def nn() -> Any:
    from torch import nn

    return nn


def agrees(module: Any, *shapes: tuple[int, ...]) -> sp.Net:
    """The network of a module, whose total is that of PyTorch."""
    net = sp.from_torch(module, shapes)
    assert net.params == sum(p.numel() for p in module.parameters())
    return net


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore")
def test_keras() -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    inputs = keras.Input((12, 12, 3), name="image")
    x = keras.layers.Conv2D(6, 3, activation="relu", name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(inputs, keras.layers.Dense(2, name="out")(x), name="tiny")
    net = sp.from_keras(model)
    assert net.params == model.count_params()
    assert [layer.name for layer in net] == ["image", "conv", "pool", "out"]
    assert [layer.name for layer in sp.from_keras(keras.Sequential([keras.layers.Dense(3, name="d")]))][1:] == ["d"]


@pytest.mark.framework
def test_paths_functions_sums_and_reuse(nn: Any) -> None:
    import torch
    from torch.nn import functional

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
            self.bn = nn.BatchNorm2d(8)
            self.relu = nn.ReLU()
            self.down = nn.Conv2d(3, 8, 1).requires_grad_(False)
            self.features = nn.Sequential(nn.Conv2d(8, 4, 3), nn.MaxPool2d(2))
            self.fc = nn.Linear(8 * 7 * 7, 10)

        def forward(self, image: Any) -> Any:
            x = self.relu(self.bn(self.conv(image)))
            x = self.features(self.relu(x + self.down(image)))
            x = torch.cat([x, functional.relu(x)], 1)
            return functional.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)

    module = Block()
    net = agrees(module, (3, 16, 16))
    assert [(layer.name, layer.output_shape) for layer in net] == [
        ("image", (3, 16, 16)),
        ("conv", (8, 16, 16)),
        ("bn", (8, 16, 16)),
        ("relu", (8, 16, 16)),
        ("down", (8, 16, 16)),
        ("add_1", (8, 16, 16)),
        ("relu_call_2", (8, 16, 16)),
        ("features.0", (4, 14, 14)),
        ("features.1", (4, 7, 7)),
        ("relu_1", (4, 7, 7)),
        ("cat_1", (8, 7, 7)),
        ("view_1", (392,)),
        ("fc", (10,)),
        ("log_softmax_1", (10,)),
    ]
    assert net["down"].trainable == 0
    assert module.training, "a module is left as it was"


@pytest.mark.framework
def test_learned_tensors_attention_and_tied_weights(nn: Any) -> None:
    import torch

    class Vision(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.patch = nn.Conv2d(3, 16, 8, 8)
            self.token = nn.Parameter(torch.zeros(1, 1, 16))
            self.places = nn.Parameter(torch.zeros(1, 17, 16))
            self.blocks = nn.ModuleList(
                [nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True) for _ in range(2)]
            )
            self.head = nn.Linear(16, 5)

        def forward(self, x: Any) -> Any:
            x = self.patch(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.places
            for block in self.blocks:
                x = block(x)
            return self.head(x[:, 0])

    net = agrees(Vision(), (3, 32, 32))
    assert [net["token"].params, net["places"].params, net["blocks.1.self_attn"].params] == [16, 272, 4 * 17 * 16]
    assert net["head"].output_shape == (5,)

    class Words(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(50, 8)
            self.rnn = nn.LSTM(8, 8, 2, batch_first=True)
            self.out = nn.Linear(8, 50)
            self.out.weight = self.table.weight

        def forward(self, tokens: Any) -> Any:
            return self.out(self.rnn(self.table(tokens))[0])

    net = agrees(Words(), (7,))
    assert [(layer.name, layer.params) for layer in net] == [
        ("tokens", 0), ("table", 400), ("rnn", 2 * 4 * (8 * 16 + 16)), ("out", 50)
    ]  # fmt: skip


@pytest.mark.framework
def test_modules_of_ones_own_and_several_inputs(nn: Any) -> None:
    import torch

    class Matrix(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 6))

        def forward(self, x: Any) -> Any:
            return x @ self.weight

    net = agrees(nn.Sequential(nn.Linear(3, 4), Matrix(), nn.ReLU()), (3,))
    assert [(layer.name, layer.output_shape, layer.params) for layer in net][2] == ("1", (6,), 24)
    assert agrees(nn.Transformer(16, 2, 1, 1, 32, batch_first=True), (5, 16), (4, 16)).layers[-1].output_shape == (
        4,
        16,
    )


@pytest.mark.framework
def test_a_module_that_does_not_run(nn: Any) -> None:
    with pytest.raises(sp.SymparamsError) as caught:
        sp.from_torch(nn.Linear(3, 4), (5,))
    assert str(caught.value).startswith("this module does not run on an input of that shape: RuntimeError: ")
