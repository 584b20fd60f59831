"""Which layers `--layer` means: their own names, macros and brackets, and the names that Keras gives."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.quantities.named_layers import layer_named, layers_named
from tests.test_cli import run

CNN = "input(28,28,1) -> conv(32,3) -> bn -> relu -> maxpool(2) -> conv(63,3) -> bn -> flatten -> dense(9) -> dense(3)"
BLOCKS = (
    "def block(f) = conv(f, 3, same) -> relu  input(8,8,3) -> block(4) as stem -> [block(8)] * 3 as body -> conv(2, 1)"
)


@pytest.mark.parametrize(
    ("text", "name", "layers"),
    [
        (CNN, "conv_2", "conv_2"),
        (CNN, "conv2d", "conv_1"),
        (CNN, "conv2d_1", "conv_2"),
        (CNN, "batch_normalization", "bn_1"),
        (CNN, "batch_normalization_1", "bn_2"),
        (CNN, "max_pooling2d", "maxpool_1"),
        (CNN, "input_layer", "input_1"),
        (CNN, "re_lu", "relu_1"),
        (CNN, "dense", "dense_1"),
        (CNN, "dense_1", "dense_1"),  # its own name goes first
        (CNN, "2", "bn_1"),
        (CNN, "layer 1", "conv_1"),
        (CNN, "second conv", "conv_2"),
        (CNN, "the 2nd convolution layer", "conv_2"),
        (CNN, "conv 2", "conv_2"),
        (CNN, "last dense", "dense_2"),
        (CNN, "Last", "dense_2"),
        (CNN, "zweite Conv2D", "conv_2"),
        ("input(9,4) -> lstm(3,sequences) -> lstm(3,sequences) -> lstm(2)", "lstm_2", "lstm_2"),
        ("input(9,4) -> bidirectional(lstm(3)) -> dropout(0.1)", "bidirectional", "bidirectional_1"),
        ("input(9,4,4,2) -> timedistributed(conv(3,2))", "time_distributed", "conv_1"),
        ("input(9,4) -> conv(3,2) -> flatten", "conv1d", "conv_1"),
        (BLOCKS, "stem", "conv_1 relu_1"),
        (BLOCKS, "body", "conv_2 relu_2 conv_3 relu_3 conv_4 relu_4"),
        (BLOCKS, "block", "conv_1 relu_1 conv_2 relu_2 conv_3 relu_3 conv_4 relu_4"),
        ("input(T,8) -> [conv(8,3,causal) -> relu] * N as body -> dense(2)", "body", "conv_1 relu_1"),
    ],
)
def test_the_layers_of_a_name(text: str, name: str, layers: str) -> None:
    found = layers_named(sp.parse(text)._network, name)
    assert " ".join(node.name for node in found) == layers


ERRORS = [
    ("input(9) -> dense(9) as a -> share(@a) -> dense(9)", "dense", "`dense` could be a or dense_2; name one of them"),
    (CNN, "conv", "there is no layer `conv`; did you mean `conv_2`?"),
    (CNN, "conv2d_2", "there is no layer `conv2d_2`; Keras would have conv2d (conv_1), conv2d_1 (conv_2)"),
    (
        CNN,
        "third conv",
        (
            "there is no layer `third conv`; the layers are "
            "input_1, conv_1, bn_1, relu_1, maxpool_1, conv_2, bn_2, flatten_1 …"
        ),
    ),
    ("input(9) -> dense(9)", "\u00b2", "there is no layer `\u00b2`; the layers are input_1, dense_1"),
    ("input(9) -> dense(9)", "2", "there is no layer `2`; the layers are input_1, dense_1"),
    (CNN, "conf_2", "there is no layer `conf_2`; did you mean `conv_2`?"),
    (CNN, "conv1d", "there is no layer `conv1d`; did you mean `conv_1`?"),
    (
        CNN,
        "zzz",
        ("there is no layer `zzz`; the layers are input_1, conv_1, bn_1, relu_1, maxpool_1, conv_2, bn_2, flatten_1 …"),
    ),
    (
        "input(9,9,1) -> conv(8,3) as first -> conv(8,3) -> conv(8,3)",
        "conv2d_1",
        "`conv2d_1` could be first, conv_1 or conv_2; name one of them",
    ),
    (
        "input(T,8) -> [conv(8,3,causal)] * N -> conv(8,3)",
        "conv1d_1",
        "`conv1d_1` could be conv_1 or conv_2; name one of them",
    ),
    (
        "convention torch input(9) -> dense(3) -> dense(2)",
        "linear_1",
        "there is no layer `linear_1`; the layers are input_1, dense_1, dense_2",
    ),
    (BLOCKS, "blok", "there is no layer `blok`; did you mean `block`?"),
]


@pytest.mark.parametrize(("text", "name", "message"), ERRORS)
def test_what_a_name_could_be(text: str, name: str, message: str) -> None:
    with pytest.raises(SymparamsError) as error:
        layers_named(sp.parse(text)._network, name)
    assert error.value.matter == message


def test_one_layer_is_asked_about() -> None:
    message = "`stem` has several layers, conv_1, relu_1; name one of them"
    network = sp.parse(BLOCKS)
    with pytest.raises(SymparamsError) as error:
        layer_named(network._network, "stem")
    assert error.value.matter == message
    with pytest.raises(KeyError) as missing:
        _ = network["stem"]
    assert missing.value.args == (message,)
    status, _, error_text = run("diagnose", "-e", BLOCKS, "--layer", "stem", "--answer", "3")
    assert (status, error_text) == (2, f"{message}\n")


def test_the_same_names_everywhere() -> None:
    network = sp.parse(CNN)
    assert network["conv2d_1"].name == "conv_2"
    assert network.diagnose(18207, "conv2d_1").correct
    assert "18,207 = " in network.answer("conv2d_1").to_text()
    _, solved, _ = run("solve", "-e", CNN, "--layer", "conv2d_1", "--style", "formula", "--format", "text")
    assert "conv_2 (convolution, 13 × 13 × 32 → 11 × 11 × 63)" in solved
    both = network.solve(layers=["batch_normalization", "conv2d_1"]).to_text()
    assert "bn_1: batch normalization" in both
    assert "conv_2: convolution" in both
    assert "conv_1: convolution" not in both
