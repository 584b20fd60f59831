"""Every tensor of every layer that a framework has stands there under the name and in the shape that we say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.layer import Layer
from symparams.model.network import Network
from tests.differential.comparing import Comparison
from tests.differential.frameworks import framework_of
from tests.differential.stored import differences, ours
from tests.helpers import net

LAYERS = sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0])

# Networks with what the examples of the layers do not have: channels first, gates, several layers and directions.
FURTHER = {
    "keras": (
        "input(10, 32) -> lstm(8, layers=2, bidirectional, sequences) -> gru(8, reset_after=no) -> dense(3, bias=no)",
        "input(8, 8, 4) -> conv(6, 3, g=2) -> depthwise(3, m=2) -> separable(5, 3, m=2) -> bn(scale=no) -> prelu",
        "input(9, 16) -> MultiHeadAttention(4, 3, value_dim=5, output_shape=7, use_gate=yes)",
        "input(9, 16) -> rnn(stackedcells(lstmcell(4), lstmcell(5)))",
        "input(9, 16) -> bidirectional(rnn(rnncell(4), sequences), rnn(rnncell(3), sequences))",
        "input(9, 16) -> bidirectional(gru(4), sum)",
        'input(2, 3, 5) -> einsum("abcd,bz->aczd", 3, 4, 5, bias_axes="z")',
        "input(9, 4, 16) -> ln(axis=(2, 3)) -> timedistributed(conv(3, 3)) -> tconv(2, 3, s=2)",
    ),
    "torch": (
        "input(64, 8, 8) -> groupnorm(32) -> instancenorm(affine, track=yes) -> prelu(parameters=channels)",
        "input(64, 8, 8) -> bn -> tconv(8, 3, g=2)",
        "input(6, 8, 8) -> param(6, multiply)",
        "input(10, 32) -> lstm(8, layers=3, bidirectional, projection=4) -> rnn(5, layers=9) -> ln(bias=no) -> rmsnorm",
        "input(9, 16) as q input(7, 12) as m @q -> MultiheadAttention(16, 4, kdim=12, vdim=12, memory=@m)",
        "input(9, 16) -> MultiheadAttention(16, 4, add_bias_kv=yes, bias=no) -> TransformerEncoderLayer(16, 4, 32)",
        "input(9, 16) as q input(7, 16) as m @q -> TransformerDecoderLayer(16, 4, 32, bias=no, memory=@m)",
    ),
}


def networks(convention: str) -> Iterator[tuple[str, Network]]:
    for layer in LAYERS:
        text = f"convention {convention} {layer.example}"
        with suppress(SymparamsError):  # a layer of the other framework, or an example that names its own convention
            yield text, net(text)
    for further in FURTHER[convention]:
        text = f"convention {convention} {further}"
        yield text, net(text)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_names_and_shapes(convention: str) -> None:
    comparison = Comparison(framework_of(convention))
    stock: set[type[Layer]] = set()
    for text, found in networks(convention):
        stock |= {node.layer.__class__ for node in found.nodes if node.derived.is_stock and node.derived.rules.tensors}
        comparison.compare(text)
    assert {layer for layer, count in comparison.tally.stored.items() if count} == stock
    says = {layer for layer in LAYERS if convention in layer.stock}
    assert says <= stock, "a layer that says it is stock needs a network here that has it"


@pytest.mark.framework
@pytest.mark.parametrize(
    "text",
    [
        "input(9, 16) -> mla(3, 5, rope=4, head=6, value=7, q_rank=8, bias=yes)",
        "input(9, 16) -> mla(3, 5, rope=4, head=6)",
        "input(9, 8, 16) -> windowattention(4, 3x2)",
        "input(9, 16) -> mamba(state=5, kernel=3, rank=7, bias=yes)",
        "input(9, 16) -> attention(2, qknorm=layer)",
    ],
)
def test_shapes_of_modules_that_are_no_layers_of_pytorch(text: str) -> None:
    """Their names are those of the authors; the shapes are those that PyTorch gives the same matrices."""
    node = net(f"convention torch {text}").nodes[-1]
    built = framework_of("torch").build(node.layer, [tuple(map(int, node.derived.arriving[0].shape))])  # type: ignore[arg-type]
    theirs = [tuple(p.shape) for part in built.parts for p in part.parameters()]
    assert sorted(shape for _, shape in ours(node)) == sorted(theirs)


def test_what_differs_is_told() -> None:
    mine = [("kernel", (3, 4)), ("*.bias", (4,))]
    assert differences(mine, [("lstm_cell.kernel", (3, 4)), ("layers.0.bias", (4,))]) == ""
    assert "not there: [('kernel', (3, 4))]" in differences(mine, [("kernel", (4, 3)), ("0.bias", (4,))])
    assert "not said: [('v', (4,))]" in differences(mine, [("kernel", (3, 4)), ("0.bias", (4,)), ("v", (4,))])
