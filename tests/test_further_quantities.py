"""Quantities that are asked for by name, batches and policies: against papers and against counting in another way."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy

import symparams as sp
from symparams.algebra.formula import ZERO
from symparams.documents import contract
from symparams.documents.rendering import STYLES
from symparams.errors import SymparamsError
from symparams.quantities.quantity import QUANTITY_RULES, of_layer
from symparams.quantities.settings import Settings
from tests.helpers import example, expression, letters_for, net, value
from tests.test_laws import LETTERS, all_networks

# LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, 1998, section II.B. Its S2
# and S4 have trainable pooling: a sum of four inputs with a coefficient and a bias, as many connections as a depthwise
# convolution that moves by its size.
LENET = (
    "input(32, 32, 1) -> conv(6, 5) as C1 -> depthwise(2, s=2) as S2 -> conv(16, 5) -> depthwise(2, s=2) as S4 "
    "-> conv(120, 5) as C5 -> flatten -> dense(84) as F6"
)


@pytest.mark.parametrize(
    ("layer", "neurons", "connections"),
    [("C1", 4704, 122304), ("S2", 1176, 5880), ("S4", 400, 2000), ("C5", 120, 48120), ("F6", 84, 10164)],
)
def test_neurons_and_connections_of_lenet(layer: str, neurons: int, connections: int) -> None:
    one = sp.parse(LENET)[layer]
    assert (one.quantity("neurons"), one.quantity("connections")) == (neurons, connections)


def test_pooling_without_weights_is_connected_without_biases() -> None:
    network = sp.parse("input(28, 28, 6) -> avgpool(2) -> maxpool(3, s=2) -> globalavgpool")
    found = [(layer.quantity("neurons"), layer.quantity("connections")) for layer in network]
    assert found == [(0, 0), (14 * 14 * 6, 14 * 14 * 6 * 4), (6 * 6 * 6, 6 * 6 * 6 * 9), (6, 6 * 6 * 6)]


def test_connections_are_the_additions_of_each_sum() -> None:
    """A sum of n products and a bias has n + 1 connections: the multiply-accumulates with biases, pairs left out."""
    seen = 0
    for network in all_networks():
        letters = letters_for(network, LETTERS)
        for node in network.nodes:
            connected = of_layer(QUANTITY_RULES["connections"], node, Settings())
            if connected != 0 and node.derived.macs != ZERO and node.kind != "moe":
                work = of_layer(QUANTITY_RULES["macs"], node, Settings(macs="with-bias"))
                pairs = value(node.derived.work.pairs, letters)
                assert value(connected, letters) == value(work, letters) - pairs, node.name
                seen += 1
    assert seen > 100


def test_biases_among_the_multiply_accumulates() -> None:
    for text, biases in (
        ("input(28, 28, 1) -> conv(32, 3)", 26 * 26 * 32),
        ("input(28, 28, 1) -> conv(32, 3, bias=no)", 0),
        ("input(28, 28, 4) -> tconv(8, 2, s=2)", 56 * 56 * 8),
        ("input(7, 16) -> attention(4)", 7 * 4 * 16),
        ("input(9, 16) as m input(7, 16) -> attention(4, memory=@m)", 7 * 2 * 16 + 9 * 2 * 16),
        ("convention torch input(9, 16) as m input(7, 16) -> attention(4, memory=@m)", 7 * 2 * 16 + 9 * 2 * 16),
        ("input(7, 16) -> lstm(8)", 7 * 4 * 8),
        ("convention torch input(7, 16) -> lstm(8)", 7 * 2 * 4 * 8),
        ("input(7, 16) -> ffn(64)", 7 * (64 + 16)),
        ("convention torch input(7, 16) -> encoderlayer(4, 64)", 7 * (4 * 16 + 64 + 16)),
        ("input(7, 16) -> ln", 0),
        ("input(4, 8, 8, 2) -> convlstm(3, 3)", 4 * 6 * 6 * 4 * 3),
    ):
        network = sp.parse(text)
        assert network.quantity("macs", macs="with-bias") - network.macs == biases, text


def test_a_bias_is_never_added_more_often_than_there_are_additions() -> None:
    """Those of biases are among the additions that the policy every-operation counts."""
    for network in all_networks():
        letters = letters_for(network, LETTERS)
        for node in network.nodes:
            more, fewer = (of_layer(QUANTITY_RULES["macs"], node, Settings(macs=p)) for p in ("with-bias", "products"))
            biases = value(more, letters) - value(fewer, letters)
            assert 0 <= biases <= value(node.derived.work.additions, letters), node.name


# ---------------------------------------------------------------- training

MEGATRON = (
    "input(s, h) -> { ln -> attention(a, causal, dropout=0.1) -> dropout(0.1) | id } -> add "
    "-> { ln -> %s -> dropout(0.1) | id } -> add"
)


@pytest.mark.parametrize("mlp", ["dense(4*h) -> gelu -> dense(h)", "dense(4*h, gelu) -> dense(h)", "ffn(4*h, gelu)"])
def test_what_megatron_keeps(mlp: str) -> None:
    """Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, 2022, equation 2."""
    network = sp.parse(MEGATRON % mlp)
    s, h, a, b = (*(network.symbols[name] for name in "sha"), sympy.Symbol("b", positive=True, integer=True))
    kept = network.quantity("kept", dtype="float16", kept="megatron", batch="b")
    assert sympy.simplify(sympy.sympify(str(kept)) - sympy.sympify(str(s * b * h * (34 + 5 * a * s / h)))) == 0


@pytest.mark.parametrize(
    ("layer", "of_scores", "of_inputs"),
    [
        ("attention(a, causal)", 5, 10),  # as the paper has it, unless dropout=0
        ("attention(a, causal, dropout=0.1)", 5, 10),
        ("attention(a, causal, dropout=0)", 2, 10),
        ("MultiHeadAttention(a, h/a, dropout=0.1)", 5, 10),
        ("MultiHeadAttention(a, h/a)", 2, 10),
    ],
)
def test_what_attention_keeps(layer: str, of_scores: int, of_inputs: int) -> None:
    """The paper's 11sbh + 5as²b, but for the sbh of the dropout behind it."""
    network = sp.parse(f"input(s, h) -> {layer}")
    s, h, a = (network.symbols[name] for name in "sha")
    kept = network.layers[-1].quantity("kept", dtype="float16", kept="megatron")
    assert sympy.expand(kept - (of_inputs * s * h + of_scores * a * s * s)) == 0


def test_what_other_layers_keep() -> None:
    text = (
        "input(8, 8, 3) -> conv(4, 3, same) -> bn -> relu -> maxpool(2) -> avgpool(2) -> flatten -> dense(5, softmax)"
    )
    kept = [layer.quantity("kept", kept="megatron") for layer in sp.parse(text)]
    assert kept == [0, 8 * 8 * 3 * 4, 256 * 4, 256 * 4, 256 * 4, 0, 0, (16 + 5) * 4]
    outputs = [layer.quantity("kept") for layer in sp.parse(text)]
    assert outputs == [layer.quantity("activations") for layer in sp.parse(text)]


def test_a_training_step_takes_three_forward_passes() -> None:
    for network in (example("vgg16"), example("gpt2")):
        for flops in ("multiply-add", "every-operation"):
            forward = network.quantity("flops", flops=flops)
            assert network.quantity("training", flops=flops) == 3 * forward


def test_a_training_step_takes_6n_for_each_token() -> None:
    gpt2 = example("gpt2")
    assert gpt2.quantity("training", training="6n", batch=8) == 6 * gpt2.params * 1024 * 8
    dense = sp.parse("input(T, 64) -> ffn(256, bias=no)")  # all its work is that of its parameters
    assert dense.quantity("training", training="6n") == dense.quantity("training")


def test_optimizer_states_are_numbers() -> None:
    network = sp.parse("input(10) -> dense(4, frozen) -> bn -> dense(2)")
    trained = network.trainable
    assert [network.quantity("optimizer", optimizer=o) for o in ("none", "sgd", "momentum", "adam")] == [
        0, 0, trained, 2 * trained,
    ]  # fmt: skip
    assert network.quantity("optimizer", optimizer="adam", dtype="bfloat16") == 2 * trained


# ---------------------------------------------------------------- parts of the parameters


def test_parts_of_the_parameters_are_the_counts() -> None:
    """The rule over the tensors of a part gives what the counts say, layer by layer."""
    for network in all_networks():
        letters = letters_for(network, LETTERS)
        for node in network.nodes:
            for name in ("weights", "biases", "trainable", "non_trainable"):
                found = of_layer(QUANTITY_RULES[name], node, Settings())
                assert value(found, letters) == value(getattr(node.counts, name), letters), (node.name, name)


def test_active_parameters_are_all_where_there_are_no_experts() -> None:
    for name in ("vgg16", "gpt2", "bert", "resnet50"):
        assert example(name).quantity("active") == example(name).params


def test_active_parameters_of_experts() -> None:
    one = sp.parse("input(7, 16) -> gatedffn(64)").params
    moe = sp.parse("input(7, 16) -> moe(8, 2, 64, shared=1)")
    assert moe.params == 16 * 8 + 9 * one
    assert moe.quantity("active") == 16 * 8 + 3 * one


def test_weights_have_steps() -> None:
    text = sp.parse("input(26, 26, 32) -> conv(63, 3)").solve("formula", quantities=("weights",)).to_text()
    assert "Weights: k_h·k_w·C_in·C_out = 3·3·32·63 = 18,144 weights." in text


# ---------------------------------------------------------------- batches


def test_a_batch_multiplies_what_each_example_has() -> None:
    network = example("gpt2")
    for name in ("macs", "flops", "activations", "cache", "training", "kept"):
        assert network.quantity(name, batch=16) == 16 * network.quantity(name), name
        assert network.quantity(name, batch="16") == 16 * network.quantity(name), name
    for name in ("memory", "optimizer", "active", "neurons", "connections", "weights", "params"):
        assert network.quantity(name, batch=16, optimizer="adam") == network.quantity(name, optimizer="adam"), name


def test_a_batch_may_be_a_letter() -> None:
    network = sp.parse("input(28, 28, 1) -> conv(32, 3)")
    assert str(network.quantity("macs", batch="N")) == "194688*N"
    text = network.solve("formula", quantities=("macs",), batch="N").to_text()
    assert "B·k_h·k_w·C_in·C_out·H_out·W_out = N·3·3·1·32·26·26 = 194,688N multiply-accumulates." in text
    assert "of one forward pass for a batch of N examples" in " ".join(text.split())


def test_a_wrong_answer_may_have_the_letter_of_the_batch() -> None:
    network = sp.parse("input(28, 28, 1) -> conv(32, 3)")
    assert network.diagnose("26*26*32*9*N", "conv_1", "macs", batch="N").correct
    wrong = network.diagnose("26*26*9*N", "conv_1", "macs", batch="N")
    assert "you counted a single filter" in wrong.to_text("answer")


def test_the_letter_of_the_batch_is_said_before_it_is_used() -> None:
    solution = sp.parse("input(28, 28, 1) -> conv(32, 3)").solve(layers=("conv_1",), quantities=("kept",), batch="N")
    assert solution.to_text("answer").startswith(
        "Let N be the batch size of the input.\n\n86,528N bytes = N·26·26·32·4."
    )


def test_a_letter_of_the_network_named_as_the_batch_is_in_rules() -> None:
    text = sp.parse("input(B) -> dense(4)").solve("formula", quantities=("macs",), batch=3).to_text()
    assert "B_1·n_in·n_out = 3·B·4 = 12B multiply-accumulates." in text


@pytest.mark.parametrize("batch", [0, -3, True, 2.5, "", "a b", "-3", "0", "N+1", "9" * 40])
def test_what_is_no_batch(batch: Any) -> None:
    with pytest.raises(SymparamsError) as caught:
        Settings(batch=batch)
    expected = f"a batch is a number of at least 1 or a letter, such as 32 or N, not `{batch}`"
    assert caught.value.matter == expected


# ---------------------------------------------------------------- caches

CACHES = [
    ("input(7, 16) -> attention(4)", 0, 2 * 7 * 16),
    ("input(7, 16) -> attention(4, causal)", 2 * 7 * 16, 2 * 7 * 16),
    ("input(9, 16) as m input(7, 16) -> attention(4, memory=@m)", 0, 2 * 9 * 16),
    (
        "input(9, 16) -> attention(4) as m input(7, 16) -> attention(4, causal) -> attention(4, memory=@m)",
        2 * 7 * 16 + 2 * 9 * 16,
        2 * 7 * 16 + 4 * 9 * 16,
    ),
    ("input(7, 16) -> mla(4)", 0, 7 * (512 + 64)),
    ("input(7, 16) -> MultiHeadAttention(4, 4, causal)", 2 * 7 * 16, 2 * 7 * 16),
    ("input(7, 16) -> encoderlayer(4, 64)", 0, 2 * 7 * 16),
    ("input(7, 16) -> encoderlayer(4, 64, causal)", 2 * 7 * 16, 2 * 7 * 16),
    ("input(9, 16) as m input(7, 16) -> decoderlayer(4, 64, memory=@m)", 2 * 16 * 16, 2 * 16 * 16),
    ("input(7, 16) -> transformerencoder(encoderlayer(4, 64), 3)", 0, 3 * 2 * 7 * 16),
    ("input(7, 16) -> conv(4, 3)", 0, 0),
]


@pytest.mark.parametrize(("text", "generated", "always"), CACHES)
def test_only_what_generates_has_a_cache(text: str, generated: int, always: int) -> None:
    network = sp.parse(text)
    assert network.quantity("cache") == 4 * generated
    assert network.quantity("cache", cache_all=True) == 4 * always


@pytest.mark.parametrize("name", ["vit", "bert", "swin", "mlp-mixer"])
def test_encoders_have_no_cache(name: str) -> None:
    assert example(name).quantity("cache") == 0


# ---------------------------------------------------------------- padding


@pytest.mark.parametrize(
    ("layer", "amounts"),
    [
        ("conv(4, 2, s=2, same)", ((0, 0), (0, 1))),
        ("conv(4, 3, s=2, same)", ((0, 1), (1, 1))),
        ("conv(4, 3, same)", ((1, 1), (1, 1))),
        ("conv(4, 4, same)", ((1, 2), (1, 2))),
        ("conv(4, 3, same, d=2)", ((2, 2), (2, 2))),
        ("conv(4, 1, same, s=3)", ((0, 0), (0, 0))),
        ("conv(4, 3, p=(2, 1))", ((2, 2), (1, 1))),
        ("maxpool(3, s=2, same)", ((0, 1), (1, 1))),
        ("zeropad(((1, 2), (3, 4)))", ((1, 2), (3, 4))),
        ("conv(4, 3)", ()),
        ("relu", ()),
    ],
)
def test_padding(layer: str, amounts: tuple[tuple[int, int], ...]) -> None:
    assert sp.parse(f"input(6, 7, 1) -> {layer}").layers[-1].quantity("padding") == amounts


def test_causal_padding_stands_before() -> None:
    layer = sp.parse("input(T, 1) -> conv(4, k, causal, d=2)").layers[-1]
    ((before, after),) = layer.quantity("padding")
    assert (str(before), after) == ("2*k - 2", 0)


def test_padding_lets_so_many_windows_fit() -> None:
    """As many as the output has places, and with one position less there would be fewer, unless there is none."""
    for n in range(1, 14):
        for k in range(1, 6):
            for s in range(1, 5):
                layer = sp.parse(f"input({n}, 1) -> conv(1, {k}, same, s={s})").layers[-1]
                ((before, after),) = layer.quantity("padding")
                (places, _) = layer.output_shape
                assert after - before in (0, 1)
                spare = n + before + after - k
                assert spare // s + 1 == places or before + after == 0, (n, k, s)
                assert before + after == 0 or (spare - 1) // s + 1 < places, (n, k, s)


def test_padding_has_steps() -> None:
    layer = sp.parse("input(28, 28, 1) -> conv(32, 3, same, s=2)").layers[-1]
    before, total = (layer.derivation("padding", part=part)[0] for part in ("before", "total"))
    assert (before.value, total.value) == (0, 1)
    with pytest.raises(SymparamsError) as caught:
        layer.derivation("padding", part="jump")
    assert caught.value.matter == "padding has no part `jump`; the choices are before, after and total"
    with pytest.raises(SymparamsError) as caught:
        sp.parse("input(3) -> dense(1)").quantity("padding")
    assert caught.value.matter.startswith("padding does not add up over the layers; name a layer, or ask for params, ")


# ---------------------------------------------------------------- in documents

NAMED = [name for name, quantity in QUANTITY_RULES.items() if quantity.by_name]


@pytest.mark.parametrize("name", NAMED)
def test_every_style_and_format_shows_it(name: str) -> None:
    network = sp.parse("input(T, 16) -> attention(2, causal) -> moe(4, 2, 32) -> bn -> dense(8)")
    solution = network.solve(quantities=(name,), optimizer="adam", batch="N")
    for style in STYLES:
        for text in (solution.to_text(style), solution.to_markdown(style), solution.to_latex(style)):
            assert QUANTITY_RULES[name].title.lower() in text.lower(), style
    page = json.loads(solution.to_json())
    together = sum(
        value(expression(str(layer["quantities"].get(name, 0))), {"T": 7, "N": 3}) for layer in page["layers"]
    )
    assert value(expression(str(page["quantities"][name])), {"T": 7, "N": 3}) == together


@pytest.mark.parametrize(
    ("layer", "quantity", "why"),
    [
        ("maxpool_1", "cache", "it keeps nothing while text is generated"),
        ("maxpool_1", "macs", "it sums no products"),
        ("maxpool_1", "weights", "it has no parameters"),
        ("maxpool_1", "padding", "it adds no positions to its input"),
        ("conv_1", "biases", "it has no biases"),
        ("conv_1", "non_trainable", "all its parameters are trained"),
        ("conv_1", "optimizer", "no optimizer is chosen, so nothing is kept; SGD with momentum and Adam keep numbers"),
        (
            "attention_1",
            "cache",
            "it generates nothing, because its attention is not causal; the option cache-all counts a cache anyway",
        ),
        ("flatten_1", "neurons", "it has no connections, so its output values are not counted as neurons"),
    ],
)
def test_why_a_layer_has_none(layer: str, quantity: str, why: str) -> None:
    text = "input(8, 8, 3) -> conv(4, 3, bias=no) -> maxpool(2) -> reshape(9, 4) -> attention(2) -> flatten"
    page = sp.parse(text).solve(layers=(layer,), quantities=(quantity,)).to_text()
    assert f"None: {why}." in " ".join(page.split())


def test_an_unknown_quantity_lists_all() -> None:
    network = sp.parse("input(10) -> dense(4)")
    with pytest.raises(SymparamsError) as caught:
        network.quantity("speed")
    assert caught.value.matter == (
        "there is no quantity `speed`; the choices are params, weights, biases, trainable, non_trainable, macs, flops, "
        "activations, memory, cache, training, kept, optimizer, active, neurons, connections"
    )


@pytest.mark.parametrize(
    ("layer", "answer"),
    [
        (
            "conv(4, 3, s=2, same)",
            (
                "0 positions before and 1 position after along the height. "
                "So that the windows cover the whole height, max((⌈6/2⌉ − 1)·2 + 3 − 6, 0) = 1 position is added in "
                "all: half before, rounded down, and the rest after."
            ),
        ),
        ("zeropad(((1, 2), (0, 0)))", "1 position before and 2 positions after along the height. Before: 1; after: 2."),
        ("conv(4, 3)", "0 positions. It adds no positions to its input."),
    ],
)
def test_padding_in_short(layer: str, answer: str) -> None:
    network = sp.parse(f"input(6, 7, 1) -> {layer}")
    solution = network.solve(layers=(network.layers[-1].name,), quantities=("padding",))
    assert " ".join(solution.to_text("answer").split()).startswith(answer)


@pytest.mark.parametrize(
    ("text", "split", "statistics"),
    [
        (
            "input(8, 8, 8) -> bn",
            "8 weights, 8 biases and 16 statistics (not learned by gradient descent)",
            16,
        ),
        ("input(8, 8, C) -> bn(frozen)", "C weights, C biases and 2C statistics", "2*C"),
        ("input(8, 8, 8) -> bn(center=no)", "8 weights and 16 statistics", 16),
        ("input(8, 8, 8) -> bn -> conv(4, 3)", "296 weights, 12 biases and 16 statistics", 16),
        ("convention torch input(8, 8, 8) -> bn", "8 weights and 8 biases", None),
    ],
)
def test_statistics_are_no_weights_in_words(text: str, split: str, statistics: object) -> None:
    network = sp.parse(text)
    assert split in " ".join(network.solve().to_text().split())
    layer = contract.summary(network.solve()._contents)["layers"][1]
    assert layer.get("statistics") == statistics
    assert network["bn_1"].weights + network["bn_1"].biases == network["bn_1"].params


def test_hyphens_are_underscores() -> None:
    network = sp.parse("input(8, 8, 3) -> bn -> conv(4, 3)")
    assert network.quantity("non-trainable") == network.quantity("non_trainable") == 6
    assert sp.parse("input(8, 8, C) -> bn").find("C", target="non-trainable <= 20").values
    assert sp.compare(network, network, "non-trainable").difference == 0


def test_settings_are_in_the_json() -> None:
    solution = sp.parse("input(10) -> dense(4)").solve(quantities=("macs",), batch=8, macs="with-bias")
    settings = contract.solve(solution._contents)["settings"]
    assert settings == {
        "dtype": "float32", "optimizer": "none", "flops": "multiply-add", "macs": "with-bias",
        "training": "three-forward", "kept": "outputs", "batch": 8, "cache_all": False,
    }  # fmt: skip
    assert "352" in solution.to_text()
    assert net("input(10) -> dense(4)").nodes[1].generated is False
