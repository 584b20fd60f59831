"""Nothing that a program says is done; whatever it asks for ends soon, with a message."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from tests.reading.test_programs import net, reading

KERAS = "model = Sequential()\nmodel.add(Dense(3, input_shape=(4,)))\n"
LIMIT = "this would hold more than 100,000 values, which is the limit"


def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "mark"
    text = (
        f"import os, subprocess\nos.system('touch {mark}')\nsubprocess.run(['touch', '{mark}'])\n"
        f"open('{mark}', 'w').write('x')\n__import__('os').system('touch {mark}')\nexec(\"open('{mark}', 'w')\")\n"
        f"eval(\"open('{mark}', 'w')\")\ngetattr(os, 'system')('touch {mark}')\n"
        f"[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0](['touch', '{mark}'])\n"
        f"'{{0.__class__}}'.format(1)\nmodel = Sequential([Dense(3, input_shape=(4,))])\nmodel.save('{mark}')"
    )
    assert net(text).counts.params == 15
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "for i in range(10**9): model.add(Dense(2))",
            "<text>:3:24: this program makes more than 10,000 layers, which is the limit",
        ),
        ("a = list(range(10**9))", f"<text>:3:1: {LIMIT}"),
        ("a = [i for i in range(10**30)]", f"<text>:3:1: {LIMIT}"),
        ("a = 'a' * 10**12", f"<text>:3:1: {LIMIT}"),
        ("a = [1] * 10**6", f"<text>:3:1: {LIMIT}"),
        ("a = 10 ** 10 ** 8", "<text>:3:1: a number here has more than 1,000 digits, which is the limit"),
        (
            "def f(n): return f(n + 1)\nf(0)",
            "<text>:3:11: functions call each other more than 60 deep here, which is the limit",
        ),
        ("while True: model.add(Dense(2))", "<text>:3:1: this loop does not end within the steps that it may take"),
        (
            "b = [1] * 90000\na = [b[:] for _ in b]",
            "<text>:4:1: following this program takes more than 250,000 steps, which is the limit",
        ),
        ("x = a" + ".b" * 20_000, "this program is nested too deeply to be read"),
        ("x = 1\n" * 50_000, "there are more than 50,000 lines here, which is the limit"),
        ("x = [" + "1, " * 20_000 + "]", "a line here has more than 50,000 characters, which is the limit"),
    ],
)  # fmt: skip
def test_what_would_not_end_is_refused(text: str, message: str) -> None:
    begun = time.process_time()
    with pytest.raises(SymparamsError) as raised:
        reading(KERAS + text)
    assert str(raised.value).partition("\n")[0] == message
    assert time.process_time() - begun < 5


TORCH = "import copy, torch\nfrom torch import nn\nmodel = nn.ModuleList([nn.Linear(2, 2)])\n"
STEPS = "following this program takes more than 250,000 steps, which is the limit"
LAYERS = "this program makes more than 10,000 layers, which is the limit"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = torch.arange(99999)\nwhile True: x = x * 2.0 + 1", f"<text>:5:13: {STEPS}"),
        ("x = torch.linspace(0, 1, 10**9)", f"<text>:4:1: {LIMIT}"),
        ("for i in range(60): model = nn.Sequential(model, copy.deepcopy(model))", f"<text>:4:21: {LAYERS}"),
        ("while True: model += model", LAYERS),
        ("m = []\nm.append(m)\nn = copy.deepcopy(m)", "<text>:6:1: this is nested too deeply to be followed"),
        (
            "from dataclasses import dataclass\n@dataclass\nclass A0:\n    f0: int = 1\n"
            + "".join(f"@dataclass\nclass A{i}(A{i - 1}):\n    f{i}: int = 1\n" for i in range(1, 999)),
            f"<text>:333:1: {STEPS}",
        ),
    ],
)
def test_what_would_not_end_in_pytorch_is_refused(text: str, message: str) -> None:
    begun = time.process_time()
    with pytest.raises(SymparamsError) as raised:
        reading(TORCH + text)
    assert str(raised.value).partition("\n")[0] == message
    assert time.process_time() - begun < 5


def test_bases_that_meet_again_and_again_are_gone_through_once() -> None:
    text = f"{TORCH}class A0(nn.Module): pass\nclass B0(nn.Module): pass\n" + "".join(
        f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n" for i in range(1, 60)
    )
    assert net(f"{text}made = A59()\nmodel = nn.Sequential(nn.Linear(2, 3))").counts.params == 9


def test_loops_without_end_that_make_no_layers_are_left() -> None:
    text = "n = 1\nwhile True:\n    n = n + 1\nwhile n > 0:\n    n *= 2\nfor i in iter(int, 1):\n    pass\n"
    assert net(f"{KERAS}{text}model.add(Dense(2))").counts.params == 15 + 8


NOTHING = (
    "<text>: no model was found here; looked for layers of Keras or PyTorch in Python code, such as "
    "model.add(Dense(10)), Model(inputs, outputs), nn.Sequential(…) or a class with forward"
)


@pytest.mark.parametrize("text", ["Hello, how many parameters has a network?", "a = 1", "", "print(max(3, 4))"])
def test_no_model(text: str) -> None:
    with pytest.raises(SymparamsError) as raised:
        reading(text)
    assert str(raised.value) == NOTHING


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(SymparamsError) as raised:
        reading("a = Sequential([Dense(3, input_shape=(2,))])", "modell")
    assert str(raised.value) == "<text>: there is no model `modell` here, but a"


_DIMS = (
    "x.squeeze({})", "x.unsqueeze({})", "x.transpose(1, {})", "x.swapaxes({}, 0)", "x.permute({}, 0, 1)",
    "x.flatten({})", "torch.cat([x, x], {})", "torch.stack([x, x], {})", "x.mean({})", "x.chunk(2, {})[0]",
    "torch.split(x, 2, {})[0]", "x.split([1, 2], {})[0]", "x.size({})", "x.select({}, 0)", "x.unbind({})[0]",
    "x.narrow({}, 0, 1)", "x.unflatten({}, (2, -1))", "torch.matmul(x, x.transpose({}, 1))", "x.max({})[0]",
)  # fmt: skip


@pytest.mark.parametrize("step", _DIMS)
@pytest.mark.parametrize("dim", [-9, -3, 2, 7])
def test_a_dimension_that_there_is_not_ends_in_a_message(step: str, dim: int) -> None:
    for layer in ("nn.Linear(4, 6)", "nn.Conv2d(3, 6, 3)", "nn.Embedding(9, 6)"):
        text = (
            f"import torch\nfrom torch import nn\nclass N(nn.Module):\n    def __init__(self):\n"
            f"        super().__init__()\n        self.a = {layer}\n    def forward(self, x):\n"
            f"        x = self.a(x)\n        return {step.format(dim)}\n"
        )
        with contextlib.suppress(sp.SymparamsError):
            _ = sp.read(text).net
