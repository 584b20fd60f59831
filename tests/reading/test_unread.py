"""Texts that are written for something that is not read here: what they are is said."""

from __future__ import annotations

import pytest

import symparams as sp

LIGHTNING = """  | Name    | Type   | Params
-----------------------------------
0 | encoder | Linear | 100 K
1 | decoder | Linear | 1.3 K
-----------------------------------
101 K     Trainable params
0         Non-trainable params
101 K     Total params
"""
LINEN = """import flax.linen as nn

class Foo(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(2)(nn.Dense(4)(x))
"""
TABULATED = """┏━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┓
┃ path    ┃ module ┃ inputs        ┃ outputs       ┃ params               ┃
┡━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━┩
│ Dense_0 │ Dense  │ float32[16,9] │ float32[16,4] │ kernel: float32[9,4] │
└─────────┴────────┴───────────────┴───────────────┴──────────────────────┘
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LIGHTNING, "rounds its counts"),
        (f"Why so many?\n\n{LIGHTNING}", "rounds its counts"),
        (LINEN, "written for Flax"),
        (TABULATED, "written for Flax"),
        ("class A(nnx.Module):\n    def __init__(self, rngs):\n        self.a = nnx.Linear(2, 3, rngs=rngs)\n", "Flax"),
        ("net = hk.Sequential([hk.Linear(300), jax.nn.relu, hk.Linear(10)])\n", "Haiku"),
        (
            "class M(eqx.Module):\n    def __init__(self, key):\n        self.a = eqx.nn.Linear(2, 3, key=key)\n",
            "Equinox",
        ),
        ("data = mx.sym.Variable('data')\nfc1 = mx.sym.FullyConnected(data=data, num_hidden=128)\n", "MXNet"),
    ],
)
def test_what_is_not_read_is_named(text: str, said: str) -> None:
    with pytest.raises(sp.SymparamsError, match=said):
        sp.read(text)


def test_code_beside_such_a_table_is_read() -> None:
    code = "self.encoder = nn.Linear(784, 128)\nself.decoder = nn.Linear(128, 10)\n"
    whole = f"class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n{code}"
    text = whole.replace("self.e", "        self.e").replace("self.d", "        self.d")
    assert sp.read(f"{text}\n\n{LIGHTNING}").net.params == 784 * 128 + 128 + 1290


def test_a_word_of_another_framework_beside_pytorch_stops_nothing() -> None:
    code = "import torch\nfrom torch import nn\n# the same as nnx.Linear\nmodel = nn.Sequential(nn.Linear(4, 5))\n"
    assert sp.read(code).net.params == 25
