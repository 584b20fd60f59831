"""Sizes that code leaves open, where its layers tell them: together, two of them, or that they can be halved."""

from __future__ import annotations

import pytest

import symparams as sp

HEAD = "import torch\nfrom torch import nn\n"
UNET = """class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.up1, self.up2 = nn.ConvTranspose2d(16, 16, 2, 2), nn.ConvTranspose2d(32, 8, 2, 2)
        self.last = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(self.pool(a))
        c = self.up1(self.pool(b))
        return self.last(torch.cat([self.up2(torch.cat([c, b], 1)), a], 1))
"""
TOTAL = (27 * 8 + 8) + (72 * 16 + 16) + (16 * 16 * 4 + 16) + (32 * 8 * 4 + 8) + 17


def assumed(text: str) -> list[str]:
    return [one.what for one in sp.read(text).assumed]


def test_a_network_whose_branches_meet_only_after_halving_has_sizes_that_can_be_halved() -> None:
    net = sp.read(HEAD + UNET).net
    assert net.params == TOTAL
    assert [str(size) for size in list(net)[-1].output_shape] == ["1", "H", "W"]
    assert assumed(HEAD + UNET) == ["H and W are taken as multiples of 4"]


def test_so_has_one_of_keras() -> None:
    text = (
        "x = Input((None, 3))\na = Conv1D(4, 3, padding='same')(x)\nb = UpSampling1D(2)(MaxPooling1D(2)(a))\n"
        "model = Model(x, Conv1D(2, 1)(Concatenate()([a, b])))\n"
    )
    assert sp.read(text).net.params == 40 + 18
    (said,) = assumed(text)
    assert said.endswith("is taken as a multiple of 2")


def test_nothing_is_assumed_where_nothing_has_to_be() -> None:
    assert assumed(HEAD + UNET.replace("MaxPool2d(2)", "Identity()").replace("2, 2)", "1)")) == []


def test_what_does_not_fit_after_halving_either_is_refused() -> None:
    with pytest.raises(sp.SymparamsError, match="the height differs"):
        _ = sp.read(HEAD + UNET.replace("nn.MaxPool2d(2)", "nn.MaxPool2d(3)")).net


RNN = """class RNN(nn.Module):
    def __init__(self, inside, hidden):
        super().__init__()
        self.i2h = nn.Linear(inside + hidden, hidden)

    def forward(self, x, h):
        return self.i2h(torch.relu(torch.cat((x, h), 1)))

model = RNN({}, {})
"""


@pytest.mark.parametrize(("inside", "hidden"), [(57, 128), (3, 4), (10, 300)])
def test_inputs_that_are_put_together_have_together_what_the_layer_reads(inside: int, hidden: int) -> None:
    net = sp.read(HEAD + RNN.format(inside, hidden)).net
    assert net.params == (inside + hidden) * hidden + hidden
    assert sorted(layer.output_shape[0] for layer in net if layer.kind == "input") == sorted((inside, hidden))


def test_an_image_that_is_no_square_is_found() -> None:
    text = "model = nn.Sequential(nn.Conv2d(3, 16, 5, 2), nn.Conv2d(16, 32, 5, 2), nn.Flatten(), nn.Linear(4480, 2))\n"
    net = sp.read(f"{HEAD}height, width = 40, 90\n{text}").net  # numbers that the program writes
    assert net.params == 1_216 + 12_832 + 8_962
    assert {40, 90} <= set(next(iter(net)).output_shape)
    assert sp.read(HEAD + text).net.params == 1_216 + 12_832 + 8_962  # any that fit
