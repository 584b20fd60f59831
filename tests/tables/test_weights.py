"""Lists of weights with their shapes, as loops over named_parameters() and state_dict() print them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import symparams as sp

LIST = """conv1.weight torch.Size([16, 1, 5, 5])
conv1.bias torch.Size([16])
conv2.weight torch.Size([32, 16, 5, 5])
conv2.bias torch.Size([32])
out.weight torch.Size([10, 1568])
out.bias torch.Size([10])
"""


def layers(text: str) -> list[tuple[str, str, Any]]:
    return [
        (layer.name, layer.kind, layer.params) for layer in sp.read(text).net if layer.kind not in ("input", "flatten")
    ]


def test_modules_are_found_in_their_weights() -> None:
    assert layers(LIST) == [("conv1", "conv", 416), ("conv2", "conv", 12_832), ("out", "dense", 15_690)]
    assert len(sp.read(LIST).assumed) >= 3  # the order, and what is not in the list


@pytest.mark.parametrize(
    ("listed", "kinds"),
    [
        ("a.weight: (8, 4)\na.bias: (8,)\n", ["dense"]),
        ("a.weight: (8, 4)\n", ["dense"]),
        ("embed.weight: (100, 16)\n", ["embedding"]),
        ("a.weight: (8, 3, 3, 3)\nb.weight: (8,)\nb.bias: (8,)\n", ["conv", "bn"]),
        ("a.weight: (8, 3)\nb.weight: (8,)\nb.bias: (8,)\n", ["dense", "ln"]),
        ("a.weight: (8, 3)\nb.weight: (8,)\nb.bias: (8,)\nb.running_mean: (8,)\n", ["dense", "bn"]),
        ("a.weight: (8, 3)\nb.weight: (8,)\n", ["dense", "rmsnorm"]),
        ("a.weight: (4, 8, 2, 2)\na.bias: (8,)\n", ["tconv"]),
        ("weight_ih_l0: (12, 5)\nweight_hh_l0: (12, 4)\n", ["gru"]),
        ("cls_token: (1, 1, 8)\na.weight: (8, 8)\nscale: ()\n", ["param", "dense", "param"]),
    ],
)
def test_what_a_module_is(listed: str, kinds: list[str]) -> None:
    assert [kind for _, kind, _ in layers(listed)] == kinds


def test_a_convolution_that_sees_some_of_the_channels_has_groups() -> None:
    assert layers("a.weight: (8, 3, 3, 3)\nb.weight: (16, 4, 3, 3)\n") == [("a", "conv", 216), ("b", "conv", 576)]
    assert sp.read("a.weight: (8, 3, 3, 3)\nb.weight: (16, 4, 3, 3)\n").net.layers[-1].output_shape[0] == 16


def test_code_beside_a_list_says_more() -> None:
    code = "model = nn.Sequential(nn.Linear(4, 8), nn.ReLU())\nfor n, p in model.named_parameters(): print(n)\n"
    text = f"{code}\n0.weight torch.Size([8, 4])\n0.bias torch.Size([8])\n"
    assert [kind for _, kind, _ in layers(text)] == ["dense", "relu"]


@pytest.mark.parametrize(
    "text", ["My weight (3, 3) is wrong, is it not?", "x = weight\nafter: torch.Size([3, 4])\n", "weight of (3)\n"]
)
def test_sentences_and_single_shapes_are_no_list(text: str) -> None:
    with pytest.raises(sp.SymparamsError):
        _ = sp.read(text).net


FORMS: list[Callable[[str, Any], str]] = [
    lambda name, values: f"{name} {values.size()}",
    lambda name, values: f"{name}: {tuple(values.shape)}",
    lambda name, values: f"('{name}', {values.shape})",
    lambda name, values: f"{name:40}\t{values.shape}",
    lambda name, values: f"Layer: {name} | Size: {values.size()} | Values : tensor",
    lambda name, values: f"|  {name}  |  {tuple(values.shape)}  |   |",
]


@pytest.mark.framework
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("buffers", [True, False])
def test_lists_of_torch_have_its_totals(form: Callable[[str, Any], str], buffers: bool) -> None:
    from torch import nn, zeros

    model = nn.Module()
    model.token, model.scale = nn.Parameter(zeros(1, 1, 32)), nn.Parameter(zeros(()))
    model.first = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3, groups=8), nn.Flatten())
    model.up = nn.ConvTranspose2d(8, 4, 2)
    model.embedding, model.norm = nn.Embedding(100, 16), nn.LayerNorm(16)
    model.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 2)
    model.lstm = nn.LSTM(10, 20, 2, bidirectional=True)
    model.gru, model.projected = nn.GRU(10, 20, bias=False), nn.LSTM(10, 20, proj_size=5)
    model.head = nn.Sequential(nn.Linear(20, 10, bias=False), nn.PReLU(), nn.Linear(10, 2))
    listed = model.state_dict().items() if buffers else model.named_parameters()
    text = "\n".join(form(name, values) for name, values in listed)
    assert sp.read(text).net.params == sum(values.numel() for values in model.parameters())
