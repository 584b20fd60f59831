"""Where the sizes that arrive at a layer come from, as a document says it, and over the whole catalogue."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

import symparams as sp
from symparams.algebra.equality import same
from symparams.algebra.formula import Formula
from symparams.documents.formats import format_named
from symparams.documents.rendering import environment
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.derived import derive
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.model.provenance import Origin, names_meant, origin, origins

TORCH = "convention torch "


def said(text: str, layer: str) -> list[str]:
    """What is said of all channels and features that arrive at a layer."""
    network = sp.parse(text)._network
    say = environment(format_named("text", "comma")).get_template("styles/phrases.j2").module
    every = origins(network, network.node(layer))
    return [str(say.provenance(o)).strip() for o in every if o.axis in ("channels", "features")]  # type: ignore[attr-defined]


SENTENCES = [
    ("input(28, 28, 1) -> conv(32, 3)", "conv_1", "its 1 channel is that of the input"),
    ("input(28, 28, 1) -> conv(32, 3) -> conv(63, 3)", "conv_2", "its 32 channels are the 32 filters of conv_1"),
    (
        "input(28, 28, 1) -> conv(63, 3) -> maxpool(2) -> conv(8, 3)",
        "conv_2",
        "its 63 channels come through maxpool_1 from the 63 filters of conv_1",
    ),
    (
        "input(9, 9, 1) -> conv(63, 3) -> bn -> relu -> dropout(0.1) -> maxpool(2) -> noise(1) -> conv(8, 3)",
        "conv_2",
        "its 63 channels come through bn_1, relu_1, 2 further layers and noise_1 from the 63 filters of conv_1",
    ),
    (
        "input(28, 28, 1) -> conv(63, 5) -> maxpool(2) -> flatten -> dense(3)",
        "dense_1",
        (
            "its 9,072 features are the 12·12·63 values of flatten_1; "
            "the 63 channels come through maxpool_1 from the 63 filters of conv_1"
        ),
    ),
    ("input(9) -> flatten -> dense(3)", "dense_1", "its 9 features come through flatten_1 from those of the input"),
    (
        "input(40, 12) -> bidirectional(lstm(24, sequences)) -> dense(6)",
        "dense_1",
        "its 48 features are the 48 outputs of bidirectional_1, 24 units in each direction",
    ),
    (
        TORCH + "input(40, 12) -> lstm(24, bidirectional) -> ln -> dense(6)",
        "dense_1",
        "its 48 features come through ln_1 from the 48 outputs of lstm_1, 24 hidden units in each direction",
    ),
    (
        "input(40, 12) -> bidirectional(lstm(24, sequences), sum) -> dense(6)",
        "dense_1",
        "its 24 features are the 24 units of bidirectional_1",
    ),
    (
        "input(8, 8, 3) -> { conv(32, 1) | conv(32, 3, same) -> relu } -> concat -> conv(4, 1)",
        "conv_3",
        "its 64 channels are 32 + 32 in concat_1: the 32 filters of conv_1 and the 32 filters of conv_2",
    ),
    (
        "input(8, 8, 3) -> { conv(5, 1) | id } -> concat -> flatten -> dense(4)",
        "dense_1",
        (
            "its 512 features are the 8·8·8 values of flatten_1; "
            "the 8 channels are 5 + 3 in concat_1: the 5 filters of conv_1 and the 3 channels of the input"
        ),
    ),
    (
        "input(8, 8, 3) -> conv(4, 1) -> { conv(4, 3, same) | id } -> add -> relu -> conv(5, 1)",
        "conv_3",
        (
            "its 4 channels come through relu_1 from those of each branch of add_1: "
            "the 4 filters of conv_2 and the 4 filters of conv_1"
        ),
    ),
    (
        "input(8, 8, 3) -> conv(4, 1) -> { id | globalavgpool -> dense(4) } -> multiply -> conv(5, 1)",
        "conv_2",
        "its 4 channels are those of each branch of multiply_1: the 4 filters of conv_1 and the 4 units of dense_1",
    ),
    (
        "input(8, 8, 3) -> conv(4, 1) -> { relu | tanh } -> add -> conv(5, 1)",
        "conv_2",
        "its 4 channels are those of each branch of add_1: the 4 filters of conv_1",
    ),
    (
        "input(T) -> embedding(V, d) -> lstm(3)",
        "lstm_1",
        "its d features are the d embedding dimensions of embedding_1",
    ),
    (
        "input(8, 8, 3) -> depthwise(3, multiplier=2) -> conv(5, 1)",
        "conv_1",
        "its 6 channels are 3·2 in depthwise_1; the 3 channels are those of the input",
    ),
    (
        TORCH + "input(8, 4, 4) -> pixelshuffle(2) -> conv(5, 1)",
        "conv_1",
        "its 2 channels are 8/2² in pixelshuffle_1; the 8 channels are those of the input",
    ),
    (
        TORCH + "input(3, 9, 9) -> conv(8, 3) -> dense(5)",
        "dense_1",
        "its 7 features are the output width of conv_1",
    ),
    (
        "input(5, 7) -> permute(2, 1) -> dense(3)",
        "dense_1",
        "its 5 features come through permute_1 from the length of the input",
    ),
    (
        "input(T, 64) -> [ln -> dense(64)] * N -> dense(3)",
        "ln_1",
        (
            "its 64 features are those of the input in its first copy; "
            "in later copies they come from the 64 units of dense_1 in the copy before"
        ),
    ),
    (
        "input(T, 64) -> [ln -> dense(64)] * N -> dense(3)",
        "dense_1",
        (
            "its 64 features come through ln_1 from those of the input in its first copy; "
            "in later copies they come from the 64 units of dense_1 in the copy before"
        ),
    ),
    (
        "input(T, 64) -> [ln -> dense(64)] * N -> dense(3)",
        "dense_2",
        "its 64 features are the 64 units of dense_1 in its last copy",
    ),
    (
        "input(T, 64) -> [relu] * N -> dense(3)",
        "dense_1",
        "its 64 features come through relu_1 from those of the input",
    ),
    (
        "input(9, 1) -> [conv(16*2^i, 3, same) for i in 0..n] -> conv(3, 1)",
        "conv_2",
        (
            "its 2^(i + 3) channels are the 16 filters of conv_1 in its first copy; "
            "in later copies they come from the filters of conv_2 in the copy before"
        ),
    ),
    (
        "input(9, 1) -> [conv(16*2^i, 3, same) for i in 0..n] -> conv(3, 1)",
        "conv_3",
        "its 2^(n + 4) channels are the filters of conv_2 in its last copy",
    ),
    (
        "input(10) as a -> dense(5) as b input(6) as c -> concat(@b) -> dense(2)",
        "dense_1",
        "its 11 features are 6 + 5 in concat_1: the 6 features of c and the 5 units of b",
    ),
    ("input(10) -> dense(10) as a -> share(@a) -> dense(3)", "dense_2", "its 10 features are the 10 units of dense_1"),
    ("input(5, 10) -> timedistributed(dense(7)) -> lstm(3)", "lstm_1", "its 7 features are the 7 units of dense_1"),
    (
        "input(5, 6, 6, 2) -> timedistributed(conv(7, 3)) -> timedistributed(flatten) -> lstm(3)",
        "lstm_1",
        "its 112 features are the 4·4·7 values of flatten_1; the 7 channels are the 7 filters of conv_1",
    ),
]


def test_sizes_that_are_multiplied_into_features_are_said() -> None:
    text = TORCH + "input(6, 4, 9) -> permute(2, 1, 3) -> flatten(2) -> gru(3)"
    assert "its 54 features are 6·9 in flatten_1" in said(text, "gru_1")


@pytest.mark.parametrize(("text", "layer", "sentence"), SENTENCES)
def test_what_is_said(text: str, layer: str, sentence: str) -> None:
    assert said(text, layer) == [sentence]


def test_each_tensor_of_several_has_its_own_origin() -> None:
    text = "input(S, E) as y -> ln input(T, D) as x -> attention(2, memory=@y)"
    assert said(text, "attention_1") == ["its D features are those of x", "its E features are those of y"]
    answer = sp.parse(text).answer("attention_1").to_text()
    assert "of its first input, the D features are those of x; of its second input, the E features are those" in answer


def test_the_argument_is_the_one_that_makes_the_size() -> None:
    network = sp.parse("input(8) -> embedding(8, 8) -> conv(4, 4, same, groups=4) -> bidirectional(lstm(4))")._network
    assert origin(network, network.node("conv_1"), 1).argument == "width"
    assert origin(network, network.node("bidirectional_1"), 1).argument == "filters"


LETTERS = [
    ("input(T, D) -> [dense(2*D) -> dense(D) for i in 1..n]", ("length", "features")),
    ("input(H, W, C) -> [pad(i) for i in 1..n] -> conv(3, 1)", ("height", "width", "channels")),
    ("input(T, D) -> relu -> lstm(3)", ("length", "features")),
    ("input(T, C) -> relu -> conv(3, 2)", ("length", "channels")),
    ("input(T) -> embedding(9, 4)", ("length",)),
    ("input(n) -> dense(4)", ("features",)),
    ("input(N, H, W, C) -> timedistributed(conv(3, 2))", ("time steps", "height", "width", "channels")),
    (TORCH + "input(N, C, H, W) -> timedistributed(conv(3, 2))", ("time steps", "channels", "height", "width")),
    ("input(T, H, W, C) -> convlstm(3, 2)", ("time steps", "height", "width", "channels")),
    (TORCH + "input(T, D) -> ln -> attention(4)", ("length", "features")),
    (TORCH + "input(C, T) -> relu -> conv(3, 2)", ("channels", "length")),
    ("input(H, W, C) -> flatten", ("height", "width", "channels")),
]


@pytest.mark.parametrize(("text", "names"), LETTERS)
def test_data_is_named_by_the_layer_that_reads_it(text: str, names: tuple[str, ...]) -> None:
    network = sp.parse(text)._network
    assert names_meant(network, network.nodes[0]) == names


# ---------------------------------------------------------------- the whole catalogue


def examples() -> Iterator[tuple[Network, Node]]:
    for layer in dict.fromkeys(entry.layer for entry in CATALOGUE.values()):
        network = sp.parse(layer.example)._network
        yield from ((network, node) for node in network.nodes)


def every_origin(network: Network, node: Node) -> Iterator[Origin]:
    pending = list(origins(network, node))
    while pending:
        one = pending.pop()
        yield one
        pending += one.parts


def larger(layer: Layer, name: str) -> Layer | None:
    """The layer with an argument that is larger; none where the argument belongs to a layer inside."""
    value = getattr(layer, name, None)
    if not isinstance(value, Formula):
        return None
    return dataclasses.replace(layer, **{name: 2 * value})


def test_sizes_are_those_of_the_layers_that_make_them() -> None:
    """A size is as large as behind its source, and changes with the argument that is said to make it."""
    changed = 0
    for network, node in examples():
        for one in every_origin(network, node):
            source = network.node(one.source)
            assert same(one.size, one.number), (node.name, one)
            assert one.number in source.shape
            layer = larger(source.layer, one.argument) if one.made == "argument" else None
            if layer is None or not source.inputs:
                continue
            derived = source.derived
            shapes, _read = zip(*((x.shape, x.is_sequence) for x in derived.arriving), strict=True)
            try:
                other = derive(
                    layer, shapes, derived.convention, derived.facts, tuple(x.is_sequence for x in derived.arriving)
                )
            except SymparamsError:
                continue  # too large for what arrives
            assert any(same(2 * one.number, size) for size in other.shape), (node.name, one)
            changed += 1
    assert changed >= 20


def test_every_layer_says_where_each_size_comes_from() -> None:
    """No layer of the catalogue hides a size: what it makes itself has an argument, and the rest a source before it."""
    for network, node in examples():
        for one in every_origin(network, node):
            source = network.node(one.source)
            if one.made == "argument":
                assert one.argument or not source.inputs, (node.name, one)
            elif one.made == "data":
                assert not source.inputs


def test_a_chain_of_joined_branches_takes_no_time() -> None:
    """Branches that meet again and again are not followed one by one."""
    network = sp.parse("input(4) -> " + " -> ".join(["{ id | id } -> add"] * 300 + ["dense(3)"]))._network
    found = origin(network, network.nodes[-1], 0)
    assert found.source == "add_300"
    assert {part.source for part in found.parts} == {"add_299"}


@pytest.mark.parametrize(
    "text",
    [
        "input(3, 64, 301) -> conv(8, 3) -> reduce(2) -> permute(2, 1) -> gru(4)",
        "input(3, 20) -> conv(96, 3) -> permute(2, 1) -> lstm(4)",
        "input(3, 20) -> conv(96, 3) -> permute(2, 1) -> attention(2)",
    ],
)
@pytest.mark.parametrize("quantity", ["params", "macs", "activations"])
def test_positions_do_not_become_channels_where_axes_are_exchanged(text: str, quantity: str) -> None:
    net = sp.parse(f"convention torch {text}")
    last = list(net)[-1].name
    assert not re.search(r"positions? of \w+ becomes? ", net.answer(last, quantity).to_text())
