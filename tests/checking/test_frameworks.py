"""Networks that Keras and PyTorch build from our code, layer by layer; and that a wrong rule of ours is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import symparams as sp
from symparams import limits
from symparams.checking.check import Check
from symparams.checking.framework import FRAMEWORKS, against_framework
from symparams.errors import Source, SymparamsError
from symparams.layers.convolution import Convolution
from symparams.layers.dense import Dense
from symparams.model import derived
from symparams.model.layer import Layer, Rules
from symparams.model.network import Network
from symparams.reading.door import network
from tests.conftest import EXAMPLES
from tests.differential.family import BOTH
from tests.differential.generating import networks
from tests.test_cli import run

pytestmark = [pytest.mark.framework, pytest.mark.filterwarnings("ignore")]

LACKING = ("deepface", "deepseek-v2", "llama", "mamba", "mixtral", "qwen3", "swin", "transformer")  # they have layers
# that the framework does not have
REFUSALS = ("query_shape` and `value_shape` must be equal",)  # of what it allows elsewhere


def checked(described: Network) -> Check:
    with limits.work():
        return against_framework(described, "it", FRAMEWORKS[described.convention])


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.arch")), ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    net = sp.load(path)
    usual = {"k": 5}
    net = net.subs({n: net.ranges[n][0] if n in net.ranges else usual.get(n, 32) for n in net.symbols})
    check = checked(net._network)
    assert check.differences == ()
    assert bool(check.alone) == (path.stem in LACKING)
    assert check.alone or check.params == net.params
    assert sum(pair.second is not None and bool(pair.second.tensors) for pair in check.pairs) > 1


@pytest.mark.parametrize("convention", BOTH)
def test_random_networks(convention: str) -> None:
    compared = []

    @settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(networks(convention))
    def agrees(text: str) -> None:
        try:
            check = checked(network(Source("<random>", text)))
        except SymparamsError:
            return  # some of the texts are wrong on purpose, and some layers the framework does not have
        wrong = [one for one in check.differences if not any(known in one.refusal for known in REFUSALS)]
        if "bidirectional" in text:  # Keras doubles the outputs of one direction where the other has its own number
            wrong = [one for one in wrong if one.subject != "shape"]
        assert wrong == []
        compared.append(check.layers)

    agrees()
    assert sum(compared) > 50


def test_what_is_said(tmp_path: Path) -> None:
    import torch

    version = torch.__version__.partition("+")[0]
    net = tmp_path / "net.py"
    net.write_text(
        "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(2704, 10))\n"
        "net(torch.randn(1, 1, 28, 28))\n",
        "utf-8",
    )
    status, out, error = run("check", net, "--against", "torch")
    assert error == ""
    assert out.endswith(
        f"net.py agrees with PyTorch {version} in all 5 layers. The output shapes, the parameters (27,098 in total) "
        "and the shapes of the weights are the same.\n"
    )
    assert status == 0


KERAS = "input(28,28,1) -> conv(32,3,relu) -> maxpool(2) -> flatten -> dense(10) -> dense(4)"
TORCH = f"convention torch {KERAS}".replace("28,28,1", "1,28,28")


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Nothing is kept of what was worked out before, nor of what is worked out now."""
    derived.known.cache_clear()
    yield
    derived.known.cache_clear()


def _spoiled(monkeypatch: pytest.MonkeyPatch, layer: type[Layer], spoil: Callable[[Rules], Rules]) -> None:
    """Have a layer say something wrong."""
    right = layer.rules
    monkeypatch.setattr(layer, "rules", lambda self, *arriving: spoil(right(self, *arriving)))


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("name", ["Keras", "PyTorch"])
def test_a_wrong_count_of_ours_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _spoiled(monkeypatch, Dense, lambda r: replace(r, tensors=tuple(t for t in r.tensors if t.kind != "bias")))
    check = sp.parse(KERAS if name == "Keras" else TORCH).against("keras" if name == "Keras" else "torch")
    assert check.differences == (("dense_1", "params"), ("dense_2", "params"))
    assert str(check) == (
        f"The first difference is in dense_1, which has 54,080 parameters here and 54,090 in {name}.\n\n"
        f"That is 10 more in {name}. Only in {name}: bias (10,).\n\n"
        "3 layers before it agree. 1 layer after it differs too: dense_2.\n"
    )


def _wider(r: Rules) -> Rules:
    return replace(r, output=tuple(replace(a, size=a.size + 1) if a.name == "width" else a for a in r.output))


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("name", ["Keras", "PyTorch"])
def test_a_wrong_shape_of_ours_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _spoiled(monkeypatch, Convolution, _wider)
    one, other = ("26 × 27 × 32", "26 × 26 × 32") if name == "Keras" else ("32 × 26 × 27", "32 × 26 × 26")
    check = sp.parse(KERAS if name == "Keras" else TORCH).against("keras" if name == "Keras" else "torch")
    assert str(check) == (
        f"The first difference is the output of conv_1: {one} here and {other} in {name}.\n\n"
        "They differ in width (27 and 26).\n"
    )


def test_a_refusal_is_told() -> None:
    check = sp.parse("input(9, 12) as a input(28, 2) as b @a -> GroupQueryAttention(6, 6, 3, memory=@b)").against(
        "keras"
    )
    assert str(check) == (
        "The first difference is attention_1, which Keras refuses: ValueError: The last dimension of `query_shape` and "
        "`value_shape` must be equal, but are 12, 2. Received: query_shape=(None, 9, 12), value_shape=(None, 28, 2)\n"
    )


def test_what_it_does_not_have() -> None:
    check = sp.parse("input(8, 8, 3) -> locallyconnected(4, 3) -> flatten -> dense(3)").against("keras")
    assert check.agrees
    assert check.not_compared == ("locallyconnected_1",)
    assert str(check).endswith("\n\nNot compared, because Keras has no such layer: locallyconnected_1.\n")
    with pytest.raises(SymparamsError) as caught:
        sp.parse("input(8, 8, 3) -> locallyconnected(4, 3)").against("keras")
    assert str(caught.value) == (
        "locallyconnected_1 cannot be written for Keras, which has no locally connected layer of this kind"
    )


@pytest.mark.parametrize("convention", BOTH)
def test_nothing_that_is_given_is_executed(convention: str, tmp_path: Path) -> None:
    """A name that would be code where it stands in code."""
    mark = tmp_path / "mark"
    evil = f"a'); __import__('pathlib').Path('{mark}').touch(); (' + str({{0}}) # \\\\ {{x}}"
    size = "input(4)"
    text = f'convention {convention} {size} -> dense(3) as "{evil}" -> {"{"} id | dense(3) {"}"} -> add'
    check = sp.parse(text).against(convention)
    assert check.agrees
    assert not mark.exists()


def test_no_weight_is_left_to_be_given_numbers_by_the_next_model() -> None:
    import keras

    state = keras.src.backend.common.global_state
    before = list(state.get_global_attribute("uninitialized_variables") or [])
    assert checked(network(Source("text", "input(9) -> dense(10)"))).differences == ()
    assert (state.get_global_attribute("uninitialized_variables") or []) == before
