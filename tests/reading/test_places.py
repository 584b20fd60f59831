"""Places that prose names by a part of the network: the last layer of the part is meant."""

from __future__ import annotations

import random

import pytest

import symparams as sp
from symparams.documents.rendering import Document, render
from symparams.documents.solution import Solution
from symparams.questions.doubted import Doubts
from tests.helpers import net

AUTOENCODER = """class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1))
        self.dec = nn.Sequential(nn.ConvTranspose2d(32, 1, 2, stride=2), nn.Sigmoid())

    def forward(self, x):
        return self.dec(self.enc(x))

"""
STACK = "input(40, 40, 3) -> conv(8, 3) as conv_a -> maxpool(2) -> conv(8, 3) as conv_b -> flatten -> dense(9)"


@pytest.mark.parametrize(
    ("prose", "layer"),
    [
        ("What is the receptive field at the end of the encoder?", "enc.2"),
        ("How large is the receptive field of one value after enc?", "enc.2"),
        ("How large is the receptive field of one pixel of the output of the network?", "dec.1"),
        ("I get 5 for the receptive field at the end of the encoder. Is this right?", "enc.2"),
    ],
)
def test_the_last_layer_of_a_part_is_meant(prose: str, layer: str) -> None:
    asked = sp.read(f"{prose}\n\n{AUTOENCODER}").doubts[0]
    assert (asked.layer, asked.quantity) == (layer, "field")


@pytest.mark.parametrize(
    ("prose", "layer"),
    [
        ("What is the receptive field of this network?", "conv_b"),  # behind it every value sees all of the input
        ("What is the receptive field of the last conv layer?", "conv_b"),
        ("What is the receptive field after the first conv layer?", "conv_a"),
    ],
)
def test_without_a_part_the_last_layer_with_positions_is_meant(prose: str, layer: str) -> None:
    doubts = Doubts(net(STACK), prose).found()
    assert [(one.layer, one.quantity) for one in doubts] == [(layer, "field")]


def test_generated_blocks_have_the_field_that_is_counted_forward() -> None:
    chance = random.Random(18)
    for _ in range(15):
        lines, field, jump, fields = ["Net("], 1, 1, []
        channels = 3
        for block in range(1, 4):
            lines.append(f"  (block{block}): Sequential(")
            for i in range(2):
                k, s, out = chance.choice([1, 3, 5]), chance.choice([1, 2]), chance.choice([8, 16])
                lines.append(f"    ({i}): Conv2d({channels}, {out}, kernel_size=({k}, {k}), stride=({s}, {s}))")
                field, jump, channels = field + (k - 1) * jump, jump * s, out
            lines.append("  )")
            fields.append(field)
        text = "\n".join([*lines, ")"])
        which = chance.randrange(3)
        answer = sp.read(f"What is the receptive field after block{which + 1}?\n\n{text}\n").answer().to_text()
        assert answer.startswith(f"{fields[which]} × {fields[which]}."), text


def test_right_work_of_one_layer_is_doubted_by_nobody() -> None:
    table = """MACs of one block (input 20 x 80 x 80, bias=False):

        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1          [-1, 120, 80, 80]           2,400
            Conv2d-2          [-1, 120, 40, 40]           3,000
            Conv2d-3           [-1, 36, 40, 40]           4,320
================================================================
Total params: 9,720

Conv2d-2 is the depthwise one (5x5, stride 2, padding 2, groups=120). I calculate the MACs as
Conv2d-1: 80*80*20*120 = 15,360,000
Conv2d-2: 80*80*120*25 = 19,200,000
Conv2d-3: 40*40*120*36 = 6,912,000
Is the tool wrong?
"""
    wrong = [one for one in sp.read(table).doubts if one.text]
    assert [(one.layer, one.quantity, one.text) for one in wrong] == [("Conv2d-2", "macs", "80*80*120*25")]


def test_generated_residual_networks_are_gone_back_along_the_path_that_sees_most() -> None:
    chance = random.Random(39)
    for _ in range(12):
        chain, field, jump = "input(96, 96, 8)", 1, 1
        for block in range(chance.randint(1, 3)):
            kernels = [chance.choice([1, 3, 5]) for _ in range(chance.randint(1, 3))]
            path = " -> ".join(f"conv(8, {k}, same)" for k in kernels)
            sides = ["conv(8, 1)", path] if chance.random() < 0.5 else [path, "conv(8, 1)"]
            chain += f" -> {{ {sides[0]} | {sides[1]} }} -> add as add_{block} -> maxpool(2) as pool_{block}"
            field += sum(k - 1 for k in kernels) * jump + jump
            jump *= 2
        node = net(chain).nodes[-1].name
        solution = Solution(net(chain), ("field",), (node,))
        answer = render(solution, Document("answer", "text"))
        assert answer.startswith(f"{field} × {field}."), chain
        assert f"→ {field}" in answer or f"= {field}" in answer, answer
        assert "Where paths join, the one that sees most is followed." in answer
