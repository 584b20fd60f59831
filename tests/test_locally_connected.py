"""Locally connected layers: against what Keras 2 printed, and against counting position by position."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from tests.helpers import net

# Keras 2.15: for example LocallyConnected2D(32, (3, 3)) on (32, 32, 3) has kernel (900, 27, 32), bias (30, 30, 32).
KERAS_2 = [
    ("input(32, 32, 3) -> LocallyConnected2D(32, 3)", 900 * 27 * 32 + 30 * 30 * 32, (30, 30, 32)),
    ("input(32, 32, 3) -> LocallyConnected2D(32, 3, bias=no)", 900 * 27 * 32, (30, 30, 32)),
    ("input(10, 32) -> LocallyConnected1D(64, 3)", 8 * 3 * 32 * 64 + 8 * 64, (8, 64)),
    ("input(32, 32, 3) -> LocallyConnected2D(8, 5, stride=3)", 100 * 75 * 8 + 100 * 8, (10, 10, 8)),
    ("input(7, 6, 2) -> LocallyConnected2D(4, 3x2, same)", 42 * 12 * 4 + 42 * 4, (7, 6, 4)),
]


@pytest.mark.parametrize(("text", "params", "shape"), KERAS_2)
def test_parameters_of_keras_2(text: str, params: int, shape: tuple[int, ...]) -> None:
    layer = sp.parse(text).layers[-1]
    assert (layer.params, layer.output_shape) == (params, shape)


def test_each_position_is_a_dense_layer_of_its_own() -> None:
    """It has the parameters, work and connections of so many dense layers, each on what its window sees."""
    one = sp.parse("input(3*2*5) -> dense(7)")
    layer = sp.parse("input(9, 8, 5) -> locallyconnected(7, 3x2)")
    places = 7 * 7
    assert layer.params == places * one.params
    assert layer.biases == places * one.biases
    for quantity in ("macs", "connections", "neurons", "training"):
        assert layer.quantity(quantity) == places * one.quantity(quantity), quantity
    assert layer.quantity("macs", macs="with-bias") == places * one.params


def test_it_computes_and_sees_what_a_convolution_does() -> None:
    local, shared = (
        sp.parse(f"input(32, 32, 3) -> conv(4, 3) -> {layer}(8, 5, stride=2, relu)")
        for layer in ("locallyconnected", "conv")
    )
    assert local.macs == shared.macs
    assert local.quantity("flops", flops="every-operation") == shared.quantity("flops", flops="every-operation")
    assert local.receptive_field("locallyconnected_1") == shared.receptive_field("conv_2")


def test_letters() -> None:
    network = sp.parse("input(H, W, C) -> locallyconnected(F, k)")
    H, W, C, F, k = (network.symbols[name] for name in "HWCFk")
    assert (network.params - (k * k * C + 1) * F * (H - k + 1) * (W - k + 1)).expand() == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "convention torch input(3, 32, 32) -> locallyconnected(8, 3)",
            "locallyconnected_1: PyTorch has no locally connected layer; it was Keras 2's",
        ),
        (
            "input(8, 8, 8, 3) -> locallyconnected(8, 3)",
            "locallyconnected_1: Keras had no locally connected layer over three axes",
        ),
        (
            "input(4, 4, 3) -> locallyconnected(8, 5)",
            "locallyconnected_1: a 5x5 kernel does not fit into 4x4 (valid padding needs H >= 5)",
        ),
    ],
)
def test_what_does_not_fit(text: str, message: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        net(text)
    assert caught.value.matter == message
