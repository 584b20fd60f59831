"""Configs that Keras 3.15 wrote, with the rows that it has for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symparams.sources.printer import printed
from tests.configs.reading import differing, network, read

CONFIGS = Path(__file__).parent / "keras3"
NAMES = sorted(path.name.removesuffix(".rows.json") for path in CONFIGS.glob("*.rows.json"))


def text(name: str) -> str:
    return (CONFIGS / f"{name}.json").read_text("utf-8")


def test_there_are_configs() -> None:
    assert NAMES == ["chain", "graph", "nested", "seq2seq", "video", "words"]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_and_the_total(name: str) -> None:
    wanted = json.loads((CONFIGS / f"{name}.rows.json").read_text("utf-8"))
    found = network(text(name))
    named = [(row[0], row[2], row[3], row[4]) for row in wanted["rows"]]
    assert differing(found, named) == []
    assert found.counts.params == wanted["total"]


def test_a_chain_is_one_chain_without_what_is_usual() -> None:
    assert printed(read(text("chain")).statements) == (
        'model "chain"\n'
        "convention keras\n"
        "input(20, 24, 3) as input_layer -> Conv2D(filters=8, kernel_size=(3, 5), strides=(2, 2), "
        'padding="same", use_bias=False) as conv2d -> BatchNormalization as batch_normalization -> ReLU as re_lu '
        '-> SeparableConv2D(filters=12, kernel_size=(3, 3), depth_multiplier=2, activation="relu") as '
        "separable_conv2d -> MaxPooling2D(pool_size=(2, 2), strides=(2, 2)) as max_pooling2d -> Flatten as flatten "
        '-> Dropout(rate=0.3) as dropout -> Dense(units=7, activation="softmax") as dense\n'
    )


def test_shared_layers_sums_and_operations_of_a_graph() -> None:
    assert printed(read(text("graph")).statements).splitlines()[2:] == [
        "input(16, 16, 3) as left",
        "input(16, 16, 3) as right",
        '@left -> Conv2D(filters=6, kernel_size=(3, 3), activation="relu") as shared',
        "@right -> share(@shared) as shared_call_2",
        '{ @shared | @shared_call_2 } -> Add as "add" -> Identity as "multiply" -> Activation("relu") as "relu"',
        "{ @shared | @shared_call_2 } -> Concatenate(axis=-1) as concatenate",
        '@"relu" -> Conv2D(filters=12, kernel_size=(1, 1), frozen) as conv2d',
        "{ @concatenate | @conv2d } -> Add as add_1 -> GlobalAveragePooling2D as mean",
        "@add_1 -> GlobalMaxPooling2D as global_max_pooling2d",
        "{ @mean | @global_max_pooling2d } -> Subtract as subtract",
        "@mean -> Dense(units=4) as dense",
        "@subtract -> Dense(units=1) as score",
    ]
    nodes = {node.name: node for node in network(text("graph")).nodes}
    assert nodes["shared_call_2"].shared == "shared"
    assert [nodes["shared_call_2"].counts.params, nodes["conv2d"].counts.trainable] == [0, 0]


def test_a_model_inside_stands_in_a_bracket_of_its_name_and_keeps_the_names_of_its_layers() -> None:
    nodes = network(text("nested")).nodes
    assert [n.name for n in nodes if "stem" in n.within] == ["conv", "pool"]
    assert [n.name for n in nodes if "stem_call_2" in n.within] == ["conv_call_2", "pool_call_2"]
    assert [n.shared for n in nodes if "branch_call_2" in n.within] == ["dense", "sum", "last"]


def test_a_letter_for_a_length_that_is_open() -> None:
    reading = read(text("words"))
    (assumed,) = reading.assumed
    assert assumed.what == "T stands for what the config leaves open"
    assert text("words")[assumed.at.start : assumed.at.end] == "[null, null]"


def test_places_point_into_the_config() -> None:
    reading = read(text("chain"))
    items = reading.statements[2].items  # type: ignore[union-attr]
    call = items[1].item  # type: ignore[union-attr]
    assert reading.source.text[call.at.start : call.at.end] == '"Conv2D"'
    kernel = next(a for a in call.arguments if a.keyword == "kernel_size")  # type: ignore[union-attr]
    assert reading.source.text[kernel.at.start : kernel.at.end] == "[3, 5]"
