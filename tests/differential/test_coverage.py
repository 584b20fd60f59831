"""What the random networks are to reach is counted exactly, and nothing is declared as out of reach in vain."""

from __future__ import annotations

from collections import Counter

import pytest

from symparams.algebra.formula import Number
from symparams.layers.dense import Dense
from symparams.layers.source import Input
from symparams.layers.wrapping import TimeDistributed
from symparams.model.layer import Layer
from tests.differential.__main__ import incomplete
from tests.differential.aiming import written_out
from tests.differential.coverage import ARGUMENTS, GOALS, LAYERS, Coverage, Goal
from tests.differential.family import Watched, plain
from tests.differential.reach import OUT_OF_REACH, OutOfReach, is_out_of_reach
from tests.helpers import net


def test_only_what_the_builder_has_read_is_reached() -> None:
    coverage = Coverage()
    layer = Dense(Number(3), bias=False)
    coverage.add(layer, ((4,),), {(layer, "units"), (layer, "bias")})
    assert coverage.reached == Counter(
        {
            Goal(Dense): 1,
            Goal(Dense, (("units", "given"),)): 1,
            Goal(Dense, (("bias", "no"),)): 1,
            Goal(Dense, (("units", "given"), ("bias", "no"))): 1,
        }
    )
    missing = [str(goal) for goal in coverage.missing() if goal.layer is Dense]
    assert missing[:3] == ["dense bias=yes", "dense activation=relu", "dense activation=relu6"]


def test_arguments_are_noted_when_they_are_read_in_the_layers_inside_as_well() -> None:
    inside = Dense(Number(3))
    layer, asked = TimeDistributed(inside), set[tuple[Layer, str]]()
    watched = Watched(layer, asked)
    assert isinstance(watched, TimeDistributed)
    assert not asked
    assert plain(watched.layer).units == 3
    assert asked == {(layer, "layer"), (inside, "units")}


def test_a_run_that_misses_something_or_reaches_what_is_declared_is_incomplete() -> None:
    coverage = Coverage()
    for layer in LAYERS:
        coverage.reached.update(goal for goal in GOALS[layer] if not is_out_of_reach(goal, "keras"))
    assert incomplete(coverage, "keras") is None
    del coverage.reached[Goal(Dense, (("bias", "no"),))]
    coverage.reached[Goal(Input)] += 1
    assert incomplete(coverage, "keras") == (
        "never compared, as no writer draws it or no builder reads it: dense bias=no\n"
        "compared, but declared as out of reach in reach.py: input"
    )


@pytest.mark.parametrize("declared", OUT_OF_REACH, ids=lambda one: f"{one.reason}-{one.argument}")
def test_what_is_out_of_reach_exists(declared: OutOfReach) -> None:
    layers = declared.layers or tuple(layer for layer in LAYERS if declared.argument in ARGUMENTS[layer])
    assert layers
    for layer in layers:
        assert not declared.argument or set(declared.kinds) & set(ARGUMENTS[layer][declared.argument]), layer
    for kind in declared.kinds:
        assert any(kind in ARGUMENTS[layer][declared.argument] for layer in layers), kind


EXAMPLES = [layer for layer in LAYERS if layer is not Input and layer.names[0] != "tied"]  # tied takes a name


@pytest.mark.parametrize("layer", EXAMPLES, ids=lambda layer: layer.names[0])
def test_a_layer_is_written_out_as_it_was_read(layer: type[Layer]) -> None:
    network = net(layer.example)
    (node, *_) = (node for node in network.nodes if isinstance(node.layer, layer))
    shapes = [network.nodes[i].shape for i in node.inputs]
    lines = [f"input({', '.join(map(str, shape))}) as i{i}" for i, shape in enumerate(shapes)]
    fork = " | ".join(f"@i{i}" for i in range(len(shapes)))
    chain = f"{{ {fork} }} -> {written_out(node.layer)}" if len(shapes) > 1 else f"-> {written_out(node.layer)}"
    again = net("\n".join([f"convention {network.convention}", *lines, chain]))
    assert again.nodes[-1].layer == node.layer
