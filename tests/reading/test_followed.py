"""Kinds of PyTorch code that build a network by the way: copies, dataclasses, blocks of torchvision, aux heads."""

from __future__ import annotations

import pytest

from tests.reading.test_programs import net, reading

HEAD = "import torch, copy\nfrom torch import nn\nimport torch.nn.functional as F\n"


def body(made: str, flow: str, before: str = "") -> str:
    """A program with one class, whose parts are made and flow as written."""
    parts = "".join(f"        {line}\n" for line in made.splitlines())
    return (
        f"{HEAD}{before}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{parts}"
        f"    def forward(self, x):\n        return {flow}\nmodel = Net()\n"
    )


@pytest.mark.parametrize(
    ("text", "total"),
    [
        # a value that is only said to be of a type
        (body("self.f = nn.Linear(cast(int, 4), 5)", "self.f(x)", "from typing import cast"), 25),
        # copies: each has weights of its own
        (
            body(
                "one = nn.Sequential(nn.Linear(4, 4), nn.ReLU())\n"
                "self.f = nn.Sequential(*[copy.deepcopy(one) for _ in range(3)])",
                "self.f(x)",
            ),
            60,
        ),
        # a shallow copy of a setting is changed, the setting is not
        (
            body(
                "a = Setting(4, 8)\nb = copy.copy(a)\nb.width = 6\n"
                "self.f = nn.Sequential(nn.Linear(a.inputs, a.width), nn.Linear(a.width, b.width))",
                "self.f(x)",
                "from dataclasses import dataclass\n@dataclass\nclass Setting:\n    inputs: int\n    width: int = 3\n",
            ),
            40 + 54,
        ),
        # a dataclass below another one, its fields made anew after it
        (
            body(
                "s = Wide(4, factor=3)\nself.f = nn.Linear(s.inputs, s.width)",
                "self.f(x)",
                "from dataclasses import dataclass, field\n@dataclass\nclass Setting:\n    inputs: int\n"
                "    sizes: list = field(default_factory=list)\n@dataclass(frozen=True)\nclass Wide(Setting):\n"
                "    factor: int = 2\n    def __post_init__(self):\n        self.width = self.inputs * self.factor\n",
            ),
            4 * 12 + 12,
        ),
        # a class that only calls __init__ of a dataclass
        (
            body(
                "s = Twice(4, 5)\nself.f = nn.Linear(s.inputs, s.width)",
                "self.f(x)",
                "from dataclasses import dataclass\n@dataclass\nclass Setting:\n    inputs: int\n    width: int\n"
                "class Twice(Setting):\n    def __init__(self, inputs, width):\n"
                "        super().__init__(inputs, 2 * width)\n",
            ),
            50,
        ),
        # named tuples, both ways to make them
        (
            body(
                "b = Block(4, stride=1)\nself.f = nn.Conv2d(3, b.width, b.kernel, b.stride)",
                "self.f(x)",
                "from collections import namedtuple\n"
                "Block = namedtuple('Block', 'width kernel stride', defaults=(3, 2))\n",
            ),
            4 * 27 + 4,
        ),
        (
            body(
                "b = Block(4)\nself.f = nn.Linear(b.width, b.out)",
                "self.f(x)",
                "from typing import NamedTuple\nclass Block(NamedTuple):\n    width: int\n    out: int = 7\n",
            ),
            35,
        ),
        # a method of the class makes an instance of it
        (
            body(
                "p = Plan.of(3)\nself.f = nn.ModuleList([nn.Linear(4, 4) for _ in range(p.depth)])",
                "self.f[1](self.f[0](x))",
                "class Plan:\n    def __init__(self, depth):\n        self.depth = depth\n    @classmethod\n"
                "    def of(cls, n):\n        return cls(n - 1)\n",
            ),
            40,
        ),
        # classes that extend a container
        (
            body(
                "self.d = Dense(4)",
                "self.d(x)",
                "class Dense(nn.ModuleDict):\n    def __init__(self, width):\n        super().__init__()\n"
                "        for i in range(2):\n            self.add_module(f'layer{i}', nn.Linear(width + i * 3, 3))\n"
                "    def forward(self, x):\n        found = [x]\n        for name, layer in self.items():\n"
                "            found.append(layer(torch.cat(found, 1)))\n        return torch.cat(found, 1)\n",
            ),
            15 + 24,
        ),
        (
            body(
                "self.d = Pair(4)",
                "self.d(x)",
                "from collections import OrderedDict\nclass Pair(nn.Sequential):\n    def __init__(self, n):\n"
                "        super().__init__(OrderedDict([('a', nn.Linear(n, 2)), ('b', nn.Linear(2, n))]))\n",
            ),
            10 + 12,
        ),
        ("class Two(nn.Sequential):\n    pass\nmodel = Two(nn.Linear(4, 3), nn.Linear(3, 2))\n", 15 + 8),
        # classes that extend a layer
        (
            body(
                "self.c = nn.Conv2d(3, 8, 3)\nself.n = Norm(8)",
                "self.n(self.c(x))",
                "class Norm(nn.LayerNorm):\n    def forward(self, x):\n        x = x.permute(0, 2, 3, 1)\n"
                "        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)\n"
                "        return x.permute(0, 3, 1, 2)\n",
            ),
            224 + 16,
        ),
        (
            body(
                "self.f = Scaled(4, 5, bias=False)",
                "self.f(x)",
                "class Scaled(nn.Linear):\n    def forward(self, x):\n        return super().forward(x) * 2\n",
            ),
            20,
        ),
        # functions that are given parameters
        (
            body(
                "self.weight = nn.Parameter(torch.randn(6, 4))\nself.bias = nn.Parameter(torch.zeros(6))",
                "F.linear(x, self.weight, self.bias)",
            ),
            30,
        ),
        (
            body(
                "self.kernel = nn.Parameter(torch.randn(6, 2, 3, 3))",
                "F.conv2d(x, self.kernel, None, 1, 1, groups=2)",
            ),
            108,
        ),
        # rows of numbers that PyTorch works out
        (
            body(
                "rates = [r.item() for r in torch.linspace(0, 0.2, 3)]\n"
                "widths = (torch.round(torch.pow(2, torch.arange(1, 4)) * 1.2)).int().tolist()\n"
                "self.f = nn.ModuleList([nn.Linear(4, w if r > 0 else 1) for w, r in zip(widths, rates)])",
                "torch.cat([self.f[0](x), self.f[1](x), self.f[2](x)], 1)",
            ),
            5 * (1 + 5 + 10),
        ),
        # a list of modules made longer by +=
        (
            body(
                "self.f = nn.ModuleList([nn.Linear(4, 4)])\nself.f += [nn.Linear(4, 4) for _ in range(2)]",
                "self.f[2](self.f[1](self.f[0](x)))",
            ),
            60,
        ),
        # rows of a table that are picked by numbers that are not known; attention as einsum
        (
            body("self.f = nn.Linear(8, 8)\nself.t = nn.Parameter(torch.zeros(9, 2))", "self._flow(self.f(x))").replace(
                "    def forward",
                "    def _flow(self, x):\n        q = x.view(-1, 4, 2, 4).permute(0, 2, 1, 3)\n"
                "        a = torch.einsum('b h i d, b h j d -> b h i j', q, q)\n"
                "        t = self.t[self.index].view(4, 4, -1).permute(2, 0, 1)\n"
                "        return (a + t.unsqueeze(0)).flatten(1)\n    def forward",
            )
            + "model(torch.randn(1, 4, 8))\n",
            72 + 18,
        ),
        # windows that stand where examples do, and back
        (
            body("self.f = nn.Linear(8, 24)\nself.g = nn.Linear(8, 8)", "self._flow(x)").replace(
                "    def forward",
                "    def _flow(self, x):\n        B, H, W, C = x.shape\n        n = (H // 2) * (W // 2)\n"
                "        x = torch.roll(x, (-1, -1), dims=(1, 2)).view(B, H // 2, 2, W // 2, 2, C)\n"
                "        x = x.permute(0, 1, 3, 2, 4, 5).reshape(B * n, 4, C)\n"
                "        q, k, v = self.f(x).reshape(x.size(0), x.size(1), 3, 2, C // 2).permute(2, 0, 3, 1, 4)\n"
                "        a = q @ k.transpose(-2, -1)\n        a = a.view(x.size(0) // n, n, 2, 4, 4)\n"
                "        a = a + x.new_zeros((n, 4, 4)).unsqueeze(1)\n        a = a.view(-1, 2, 4, 4).softmax(-1)\n"
                "        x = self.g((a @ v).transpose(1, 2).reshape(x.size(0), x.size(1), C))\n"
                "        x = x.view(B, H // 2, W // 2, 2, 2, C).permute(0, 1, 3, 2, 4, 5)\n"
                "        return x.reshape(B, H, W, C)\n    def forward",
            )
            + "model(torch.randn(1, 6, 4, 8))\n",
            9 * 24 + 9 * 8,
        ),
        # every second row and column
        (
            body(
                "self.f = nn.Linear(12, 2)",
                "self.f(torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1))",
            )
            + "model(torch.randn(1, 6, 4, 3))\n",
            26,
        ),
        # a parameter made of numbers without a known value, and a function of it
        (
            body(
                "self.f = nn.Linear(4, 4)\nself.s = nn.Parameter(torch.log(10 * torch.ones((4,))))",
                "self.f(x) * torch.clamp(self.s, max=4.6).exp()",
            ),
            24,
        ),
        # sets hold nothing twice
        (body("self.f = nn.Linear(4, len(set([8, 8, 16])))", "self.f(x)"), 10),
    ],
)  # fmt: skip
def test_totals(text: str, total: int) -> None:
    read = reading(text)
    assert net(text).counts.params == total
    assert [a.what for a in read.assumed if not a.what.startswith(("H ", "C "))] == []


BLOCKS = "from torchvision.ops import {}\n"


@pytest.mark.parametrize(
    ("made", "flow", "total"),
    [
        ("self.b = Conv2dNormActivation(3, 8, kernel_size=5, groups=1)", "self.b(x)", 3 * 8 * 25 + 16),
        ("self.b = Conv2dNormActivation(3, 8, norm_layer=None)", "self.b(x)", 3 * 8 * 9 + 8),
        (
            "self.b = Conv3dNormActivation(3, 8, (3, 1, 1), activation_layer=None)",
            "self.b(x)",
            3 * 8 * 3 + 16,
        ),
        (
            "self.c = nn.Conv2d(3, 8, 1)\nself.b = SqueezeExcitation(8, 2, activation=nn.SiLU)",
            "self.b(self.c(x))",
            32 + 18 + 24,
        ),
        ("self.b = MLP(4, [8, 2], norm_layer=nn.LayerNorm)", "self.b(x)", 40 + 16 + 18),
        (
            "self.c = nn.Conv2d(3, 8, 1)\nself.b = nn.Sequential(Permute([0, 2, 3, 1]), nn.Linear(8, 5))",
            "StochasticDepth(0.1, 'row')(self.b(self.c(x)))",
            32 + 45,
        ),
    ],
)
def test_blocks_of_torchvision(made: str, flow: str, total: int) -> None:
    used = "Conv2dNormActivation, Conv3dNormActivation, MLP, Permute, SqueezeExcitation, StochasticDepth"
    network = net(body(made, flow, BLOCKS.format(used)))
    assert network.counts.params == total


def test_names_of_torchvision_blocks_are_paths() -> None:
    network = net(body("self.b = Conv2dNormActivation(3, 8)", "self.b(x)", BLOCKS.format("Conv2dNormActivation")))
    assert [node.name for node in network.nodes] == ["x", "b.0", "b.1", "b.2"]


def test_helpers_that_change_a_dictionary() -> None:
    text = body("self.f = nn.Linear(4, width)", "self.f(x)").replace("__init__(self)", "__init__(self, width=1)")
    text = text.replace("model = Net()", "").replace(HEAD, f"from ._utils import _ovewrite_named_param\n{HEAD}")
    text += "def wide(**kwargs):\n    _ovewrite_named_param(kwargs, 'width', 9)\n    return Net(**kwargs)\n"
    assert net(text, "wide").counts.params == 45


AUX = body("self.f = nn.Linear(4, 4)\nself.aux = nn.Linear(4, 2)\nself.g = nn.Linear(4, 3)", "self._flow(x)").replace(
    "    def forward",
    "    def _flow(self, x):\n        x = self.f(x)\n"
    "        if self.training:\n            return self.g(x), self.aux(x)\n"
    "        return self.g(x)\n    def forward",
)


@pytest.mark.parametrize(
    ("text", "total", "said"),
    [
        (AUX, 20 + 10 + 15, ["the model is taken as it is trained: only then it uses `aux`"]),
        (
            AUX.replace("self.g(x), self.aux(x)", "self.g(x)"),
            20 + 15,
            ["`aux` is not used by `forward` as far as can be followed here: its parameters are not counted"],
        ),
        (
            body("self.f = nn.Linear(4, 4)\nself.g = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3))\n"
                 "self.h = nn.Parameter(torch.zeros(3))\nself.r = nn.ReLU()", "self.f(x)"),
            20,
            ["`g` and `h` are not used by `forward` as far as can be followed here: their parameters are not counted"],
        ),
        (
            body("self.p = nn.ModuleList([nn.Linear(2, 2) for _ in range(6)])\nself.f = nn.Linear(2, 2)",
                 "self.f(self.p[5](x))"),
            12,
            [
                (
                    "`p.0`, `p.1`, `p.2` and `p.3`, with 1 more are not used by `forward` as far as can be followed "
                    "here: their parameters are not counted"
                )
            ],
        ),
        (
            body("s = {'width': 4}\ngrow(s)\nself.f = nn.Linear(4, s['width'])", "self.f(x)"),
            20,
            ["what `grow` does is not known: it is taken to leave what it is given as it is"],
        ),
        (
            body("self.f = Conv2dNormActivation(3, 4, 1)", "self.f(x)", "from blocks import Conv2dNormActivation"),
            12 + 8,
            ["`Conv2dNormActivation` is not defined here: it is taken to be that of torchvision"],
        ),
        (
            body("self.f = nn.Linear(4, 4)\nself.s = nn.Parameter(made())", "self.f(x) * self.s"),
            20,
            ["the shape of a parameter is not known: it is not counted"],
        ),
        (
            body("self.f = nn.Conv2d(3, 4, 1)", "self.f(x)[:, :, ::2]"),
            16,
            ["sizes that are cut with a step of 2 are taken as multiples of 2"],
        ),
        (
            body("self.f = nn.Conv2d(3, 8, 16, 16)\nself.p = nn.Parameter(torch.zeros(1, 196, 8))",
                 "self.f(x).flatten(2).transpose(1, 2) + self.p"),
            3 * 8 * 256 + 8 + 196 * 8,
            ["H and W are 224, from the 196 rows of p"],
        ),
    ],
)  # fmt: skip
def test_what_is_said(text: str, total: int, said: list[str]) -> None:
    assert net(text).counts.params == total
    assert [a.what for a in reading(text).assumed] == said


def test_results_of_unknown_calls_are_letters_by_their_arguments() -> None:
    network = net(body("self.f = nn.Linear(near(8, 3), near(16, 3))", "self.f(x)"))
    assert list(network.symbols) == ["near_8_3", "near_16_3"]


def test_one_of_many_builders_is_made_alone() -> None:
    text = body("self.f = nn.Linear(4, n)", "self.f(x)").replace("__init__(self)", "__init__(self, n)")
    text = text.replace("model = Net()", "".join(f"def net{i}():\n    return Net({i})\n" for i in range(1, 4)))
    assert net(text, "net3").counts.params == 15
    assert reading(text).models == ("net1", "net2", "net3")
