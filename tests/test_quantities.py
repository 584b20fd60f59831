"""Work, memory, caches and receptive fields: against counting by hand, published numbers and each other."""

from __future__ import annotations

import inspect
import itertools
import json
import random
import re
import sys
from typing import Any

import pytest

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.documents import contract
from symparams.documents.rendering import STYLES
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.quantities.field import fields
from symparams.quantities.layer_quantities import QUANTITIES, NetworkQuantities
from symparams.quantities.quantity import QUANTITY_RULES, Quantity, of_layer, of_network
from symparams.quantities.settings import Settings
from tests.conftest import EXAMPLES
from tests.helpers import example, expression, letters_for, marked, net, value
from tests.test_laws import LETTERS, all_networks
from tests.test_repetition import NETWORKS, SIZES, unrolled

# torchvision's documentation of its weights gives 15.47 GFLOPS for VGG-16, which are multiply-accumulates;
# He et al., Deep Residual Learning, 2016, give 3.8e9 for ResNet-50 with the stride in the first convolution.
PUBLISHED = [("vgg16", 15.47e9, 0.01e9), ("resnet50", 3.8e9, 0.08e9)]


# For each quantity a network and what its last layer has, worked out by hand.
BY_HAND = {
    "macs": ("input(28, 28, 1) -> conv(32, 3)", 26 * 26 * 32 * 9),
    "flops": ("input(28, 28, 1) -> conv(32, 3)", 2 * 26 * 26 * 32 * 9),
    "activations": ("input(28, 28, 1) -> conv(32, 3)", 26 * 26 * 32 * 4),
    "memory": ("input(28, 28, 1) -> conv(32, 3)", (9 + 1) * 32 * 4),
    "cache": ("input(10, 16) -> attention(2, causal)", 2 * 10 * 16 * 4),
    "weights": ("input(28, 28, 1) -> conv(32, 3)", 32 * 9),
    "biases": ("input(28, 28, 1) -> conv(32, 3)", 32),
    "trainable": ("input(28, 28, 1) -> conv(32, 3)", 32 * 9 + 32),
    "non_trainable": ("input(28, 28, 8) -> bn", 8 + 8),
    "training": ("input(28, 28, 1) -> conv(32, 3)", 3 * 2 * 26 * 26 * 32 * 9),
    "kept": ("input(28, 28, 1) -> conv(32, 3)", 26 * 26 * 32 * 4),
    "optimizer": ("input(28, 28, 1) -> conv(32, 3)", 0),  # none is chosen
    "active": ("input(10, 16) -> moe(8, 2, 64)", 16 * 8 + 2 * 3 * 16 * 64),
    "neurons": ("input(32, 32, 1) -> conv(6, 5)", 4704),  # C1 of LeNet-5
    "connections": ("input(32, 32, 1) -> conv(6, 5)", 122304),
}


@pytest.mark.parametrize("name", QUANTITY_RULES)
def test_every_quantity_is_worked_out_by_hand(name: str) -> None:
    assert name in BY_HAND, f"{name}: a network, and what its last layer has, in BY_HAND"
    text, amount = BY_HAND[name]
    assert sp.parse(text).layers[-1].quantity(name) == amount


def test_every_quantity_has_a_name_of_its_own() -> None:
    source = inspect.getsource(sys.modules[Quantity.__module__])
    names = re.findall(r'^        (?:Quantity|_part)\(\s*"(\w+)"', source, re.M)
    assert sorted(names) == sorted(QUANTITY_RULES), "a name of its own for each"


@pytest.mark.parametrize("name", QUANTITY_RULES)
def test_every_quantity_says_what_it_is(name: str) -> None:
    asked, settings = QUANTITY_RULES[name], Settings()
    node = net(BY_HAND[name][0]).nodes[-1] if name in BY_HAND else None
    needs = {
        "a title, as a heading": asked.title,
        "the word on the left of its equations": asked.left,
        "a unit, in the plural": asked.unit,
        "its convention, one sentence on what is counted and what is not": asked.convention(settings),
        "a clause on why its rule is so": node is None
        or name in ("flops", "optimizer")
        or asked.because(node, settings),
    }
    assert [f"{name} needs {what}" for what, has in needs.items() if not has] == []


@pytest.mark.parametrize(("name", "macs", "tolerance"), PUBLISHED)
def test_published_macs(name: str, macs: float, tolerance: float) -> None:
    found = example(name).macs
    assert abs(found - macs) < tolerance


def test_macs_are_counted_as_a_loop_would() -> None:
    height, width, channels, filters = 7, 6, 3, 4
    places = list(itertools.product(range(0, height - 2, 2), range(0, width - 1, 2)))
    loop = sum(3 * 2 * channels for _ in places for _ in range(filters))
    assert sp.parse(f"input({height}, {width}, {channels}) -> conv({filters}, 3x2, s=2)").macs == loop


def test_flops_follow_the_policy() -> None:
    network = sp.parse("input(10) -> dense(4, relu)")
    assert network.macs == 40
    assert network.quantity("flops") == 80
    assert network.quantity("flops", flops="every-operation") == 80 + 4 + 4


@pytest.mark.parametrize(
    ("settings", "each"),
    [
        ({}, 4),
        ({"dtype": "bfloat16"}, 2),
        ({"dtype": "int8"}, 1),
        ({"optimizer": "sgd"}, 8),
        ({"optimizer": "momentum"}, 12),
        ({"optimizer": "adam"}, 16),  # Rajbhandari et al., ZeRO, 2020: 16 bytes in float32 and in mixed precision
        ({"optimizer": "adam", "dtype": "bfloat16"}, 16),
        ({"optimizer": "momentum", "dtype": "float64"}, 24),
        ({"optimizer": "adam", "dtype": "float64"}, 32),  # both frameworks keep states in the type of the parameters
    ],
)
def test_parameter_memory(settings: dict[str, str], each: int) -> None:
    assert sp.parse("input(10) -> dense(4)").quantity("memory", **settings) == 44 * each


def test_frozen_parameters_have_no_gradients() -> None:
    memory = sp.parse("input(10) -> dense(4, frozen) -> dense(2)").quantity("memory", optimizer="adam")
    assert memory == 44 * 4 + 10 * 16
    alike = sp.parse("input(4) -> dense(4, frozen) -> dense(4)").quantity("memory", optimizer="adam")
    assert alike == 20 * 4 + 20 * 16
    shared = sp.parse("input(4) -> dense(4) as a -> share(@a)")
    assert shared.quantity("memory") == 20 * 4
    assert shared.macs == 32


def test_measured_statistics_have_no_gradients() -> None:
    network = sp.parse("input(4, 4, 3) -> bn")
    assert network.quantity("memory", optimizer="adam") == 12 * 4 + 6 * (4 + 2 * 4)


def test_branches_that_move_at_different_paces_have_no_common_field() -> None:
    network = net("input(8, 8, 3) -> { maxpool(2) | conv(3, 5) } -> add -> conv(2, 3)")
    assert fields(network)[-2:] == ["unknown", "unknown"]


def test_settings_that_do_not_exist() -> None:
    network = sp.parse("input(10) -> dense(4)")
    for settings in (
        {"dtype": "float31"},
        {"optimizer": "lion"},
        {"flops": "guess"},
        {"dtype": "int8", "optimizer": "sgd"},
    ):
        with pytest.raises(SymparamsError):
            network.quantity("memory", **settings)
    with pytest.raises(SymparamsError, match="there is no quantity `speed`; the choices are params"):
        network.quantity("speed")


@pytest.mark.parametrize("text", NETWORKS)
def test_totals_over_copies_equal_the_unrolled_network(text: str) -> None:
    symbolic, settings = net(text), Settings("float32", "adam", "every-operation")
    for quantity in ("macs", "flops", "activations", "memory"):
        total = as_formula(of_network(QUANTITY_RULES[quantity], symbolic, settings))
        for n in (1, 2, 3, 5):
            wanted = of_network(QUANTITY_RULES[quantity], unrolled(text, n)._network, settings)
            assert value(total, {**SIZES, "N": n}) == wanted, (quantity, n)


def test_steps_are_equal_for_every_quantity() -> None:
    for network in all_networks():
        letters = letters_for(network, LETTERS)
        measurements = NetworkQuantities(network, QUANTITIES, Settings("bfloat16", "adam", "every-operation"))
        for index, node in enumerate(network.nodes):
            derivations = [m.derivation for m in measurements.of(node)]
            steps = measurements.fields_of(index)
            derivations += [] if isinstance(steps, str) else [d for one in steps for d in one.steps]
            for derivation in derivations:
                values = [value(step.expression, letters) for step in derivation.steps]
                assert len(set(values)) == 1, (node.name, derivation)


def test_json_of_every_quantity_has_one_value_a_derivation() -> None:
    for path in sorted(EXAMPLES.glob("*letters.arch")):
        solution = Solution(example(path.stem)._network, QUANTITIES)
        for derivation in json.loads(json.dumps(contract.solve(solution)))["derivations"]:
            symbols = {**LETTERS, **{n: v for n, v in derivation["symbols"].items() if v != n}}
            values = {value(expression(step["expression"]), symbols) for step in derivation["steps"]}
            assert len(values) == 1, derivation


# ---------------------------------------------------------------- receptive fields

WINDOWED = [
    "conv(2, {k}, s={s}, p={p}, d={d})",
    "maxpool({k}, s={s})",
    "conv(2, {k}, s={s})",
    "conv(2, {k}, same)",
    "conv(2, {k}, d={d})",
    "relu",
    "bn",
]


def seen(network: Network, index: int, places: int, output: int) -> set[int]:
    """Which places of a one-dimensional input an output number depends on: by following every tap back."""
    node = network.nodes[index]
    if not node.inputs:
        return {output} if 0 <= output < places else set()
    reach = node.layer.reach(*node.derived.arriving)
    found: set[int] = set()
    for i in node.inputs:
        if not reach:
            found |= seen(network, i, places, output)
            continue
        assert not isinstance(reach, str)
        k, s, p = (value(x, {}) for x in (reach[0].kernel, reach[0].stride, reach[0].before))
        for tap in (0, k - 1):
            place = output * s - p + tap
            found |= seen(network, i, 10**9, place) if place >= 0 else {place * 10**6}
    return found


@pytest.mark.parametrize("seed", range(40))
def test_receptive_fields_by_following_the_taps(seed: int) -> None:
    draw = random.Random(seed)
    layers = []
    for _ in range(draw.randint(1, 4)):
        text = draw.choice(WINDOWED)
        k = draw.randint(1, 4)
        layers.append(text.format(k=k, s=draw.randint(1, 3), p=0, d=draw.randint(1, 3)).replace("s=1, p=0, d=1", "s=1"))
    chain = " -> ".join(layers)
    try:
        network = net(f"input(400, 1) -> {chain}")
    except SymparamsError:
        return
    state = fields(network)[-1]
    assert not isinstance(state, str)
    (field,) = state
    last = len(network.nodes) - 1
    for output in (30, 31):
        places = seen(network, last, 400, output)
        start = field.offset + output * field.jump
        assert min(places) == start
        assert max(places) == start + field.size - 1


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [
        # Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019
        ("vgg16", "maxpool_5", 212),
        ("resnet50", None, 483),
    ],
)
def test_published_receptive_fields(name: str, layer: str | None, size: int) -> None:
    network = example(name)
    before = layer or network["globalavgpool_1"].inputs[0]
    assert network.receptive_field(before) == (size, size)


def test_receptive_field_of_copies() -> None:
    text = "input(H, W, 3) -> [conv(8, 3, same)] * N -> [conv(8, 3, p=1) -> maxpool(2)] * M -> conv(8, 3, same)"
    network = sp.parse(text)
    size: Any = (network.receptive_field("conv_4") or ())[0]
    letters = network.symbols
    for n, m in ((1, 1), (3, 2), (2, 4)):
        numeric: Any = sp.parse(text, N=n, M=m, H=512, W=512)
        wanted = numeric.receptive_field(numeric.layers[-1].name)
        assert size.subs({letters["N"]: n, letters["M"]: m}) == wanted[0]


def test_a_field_that_sees_everything() -> None:
    network = sp.parse("input(9, 9, 3) -> conv(8, 3) -> globalavgpool -> dense(3)")
    assert network.receptive_field("conv_1") == (3, 3)
    assert network.receptive_field("dense_1") is None


@pytest.mark.parametrize("layer", ["dense(5)", "ffn(16)", "lora(dense(8), 2)", "ln", "rmsnorm", "glu"])
def test_a_layer_that_mixes_the_width_has_no_field_of_one_place(layer: str) -> None:
    fields = {}
    for convention, size in (("keras", "8, 8, 4"), ("torch", "4, 8, 8")):
        text = f"convention {convention} input({size}) -> conv(4, 3) -> {layer}"
        fields[convention] = contract.solve(sp.parse(text).solve(quantities=("field",))._contents)["layers"][-1][
            "field"
        ]
    assert fields["keras"][0]["size"] == 3
    assert fields["torch"] == "unknown"


@pytest.mark.parametrize("moving", ["flatten", "permute(2, 1, 3)", "reshape(-1, 4)", "unflatten(3, 2, 2)"])
def test_moving_numbers_does_not_let_them_see_everything(moving: str) -> None:
    text = f"input(9, 9, 1) -> conv(4, 3) -> {moving} -> flatten -> dense(2)"
    page = contract.solve(sp.parse(text).solve(quantities=("field",))._contents)
    *moved, last = (layer["field"] for layer in page["layers"][2:])
    assert set(moved) == {"unknown"}
    assert last == "everywhere"


@pytest.mark.parametrize("enlarging", ["upsample(3)", "tconv(4, 5, s=2)", "upsample(f)"])
def test_fields_behind_a_layer_that_enlarges_are_called_approximate(enlarging: str) -> None:
    plain, enlarged = (
        sp.parse(f"input(32, 32, 1) -> {layer}conv(4, 2, s=2)").solve(quantities=("field",)).to_text()
        for layer in ("", f"{enlarging} -> ")
    )
    assert "approximate" in enlarged
    assert "approximate" not in plain


def test_the_quantity_of_a_layer_is_that_of_one_copy() -> None:
    network = sp.parse("input(8) -> [dense(8)] * N")
    assert network["dense_1"].quantity("macs") == 64
    assert str(network.macs) == "64*N"
    assert str(network["dense_1"].copies) == "N"
    node = network._network.nodes[1]
    assert of_layer(QUANTITY_RULES["macs"], node, Settings()) == 64


EVERYWHERE = [
    "input(28, 28, 1) -> conv(4, 3, relu) -> maxpool(2) -> flatten -> dense(3)",
    "input(H, W, C) -> [conv(F, 3, same)] * N -> [conv(16*2^i, 3, same) -> maxpool(2) for i in 0..n] -> globalavgpool",
    (
        "def b = { ln -> attention(h) | id } -> add -> { ln -> ffn(4*d, gelu) | id } -> add "
        "input(T) -> { embedding(V, d) as wte | positional(T, d) } -> add -> [b] * L -> ln -> tied(@wte)"
    ),
    "input(4, 4, 2)",
]


@pytest.mark.parametrize("text", marked(EVERYWHERE, pytest.mark.slow, *EVERYWHERE[1:]))
@pytest.mark.parametrize("style", STYLES)
def test_every_quantity_in_every_style_and_format(text: str, style: Any) -> None:
    network = sp.parse(text)
    solution = network.solve(style, quantities=list(QUANTITIES), optimizer="adam", flops="every-operation")
    for document in (solution.to_text(), solution.to_markdown(), solution.to_latex()):
        assert "Receptive field" in document or "receptive field" in document
        for measure in QUANTITY_RULES.values():
            total = network.quantity(measure.name, optimizer="adam", flops="every-operation")
            if isinstance(total, int) and total:
                assert f"{total:,}" in document, measure.name


def test_a_layer_is_not_said_to_have_no_parameters_because_they_were_not_asked_for() -> None:
    text = sp.parse("input(8) -> dense(4)").solve("formula", quantities=["macs"]).to_text()
    assert "dense_1 (dense layer) reduces 8 to 4.\n" in text


def test_a_lesson_calls_weights_weights() -> None:
    text = sp.parse("input(10, 32) -> lstm(64) -> { dense(2) | dense(3) } -> concat").solve("lesson").to_text()
    assert "Recurrent kernel: 4·64·64 = 16,384 weights." in text
    text = sp.parse("input(128, 512) -> attention(8)").solve("lesson").to_text()
    assert "Query kernel, key kernel and value kernel: 512 input features times 512 outputs" in text
    assert "3·262,144 + 4·512 + 262,144 = 1,050,624 parameters" in text
