"""Layers that the package has never heard of get the mistakes that their tensors allow."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import symparams as sp
from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula
from symparams.model.arguments import COUNT, argument
from symparams.model.layer import Axis, Incoming, Layer, Rules, layer_class, symbol
from symparams.model.tensor import biases, tensor


@layer_class
class Stencil(Layer):
    """Sums over a window of 3 x 5 places in all channels: (a·b·p + 1)·q parameters."""

    maps: Formula = argument(COUNT, "maps")

    names: ClassVar = ("stencil",)
    title: ClassVar = "Stencil"
    example: ClassVar = "input(9, 9, 4) -> stencil(6)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        a, b = symbol("a", 3, "rows"), symbol("b", 5, "columns")
        p = symbol("p", x.channels, "channels that arrive", incoming=True)
        q = symbol("q", self.maps, "maps")
        height, width = (as_formula(size) for size in x.spatial)
        return Rules(
            output=x.arranged((Axis("height", height), Axis("width", width)), Axis("channels", q)),
            tensors=(
                tensor(x.convention, "stencil", kernel=(a, b), inputs=(p,), outputs=(q,)),
                biases(x.convention, q),
            ),
            because="every map sums over the window in all channels",
            shape_because="every map gives one channel",
            channels_are="maps",
        )


@layer_class
class Readout(Layer):
    """Joins every number to every reading: (v + 1)·w parameters."""

    readings: Formula = argument(COUNT, "readings")

    names: ClassVar = ("readout",)
    title: ClassVar = "Readout"
    example: ClassVar = "input(50) -> readout(7)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        v = symbol("v", x.shape[-1], "numbers that arrive", incoming=True)
        w = symbol("w", self.readings, "readings")
        return Rules(
            output=(Axis("features", w),),
            tensors=(tensor(x.convention, "table", inputs=(v,), outputs=(w,)), biases(x.convention, w)),
            because="every reading weighs all numbers",
            shape_because="every reading is one number",
            channels_are="readings",
        )


@layer_class
class MinimalGate(Layer):
    """A unit with one gate and new content: 2·((e + r)·r + r) parameters."""

    units: Formula = argument(COUNT, "units")

    names: ClassVar = ("minimalgate",)
    title: ClassVar = "Minimal gated unit"
    example: ClassVar = "input(12, 8) -> minimalgate(16)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        e, T = symbol("e", x.shape[-1], "features of a step", incoming=True), x.sequence().size
        r, parts = symbol("r", self.units, "units"), (as_formula(2),)
        return Rules(
            output=(Axis("features", r),),
            tensors=(
                tensor(x.convention, "kernel", parts=parts, inputs=(e,), outputs=(r,), uses=T),
                tensor(x.convention, "recurrent kernel", parts=parts, states=(r,), outputs=(r,), uses=T),
                tensor(x.convention, "bias", parts=parts, outputs=(r,), kind="bias"),
            ),
            because="the gate and the new content weigh the step and the units before it",
            shape_because="the last step is given out",
            channels_are="units",
        )


CATALOGUE = {**sp.CATALOGUE, **sp.entries(Stencil), **sp.entries(Readout), **sp.entries(MinimalGate)}

# Each by the layer, a quantity and an answer.
CASES = [
    ("biases left out", "stencil(6)", "params", 3 * 5 * 4 * 6),
    ("one bias for the whole layer", "stencil(6)", "params", 3 * 5 * 4 * 6 + 1),
    ("input channels left out", "stencil(6)", "params", (3 * 5 + 1) * 6),
    ("input channels left out", "stencil(6)", "macs", 3 * 5 * 6 * 81),
    ("input channels left out", "stencil(6)", "flops", 2 * 3 * 5 * 6 * 81),
    ("input channels left out", "stencil(6)", "weights", 3 * 5 * 6),
    ("kernel not squared", "stencil(6)", "params", (3 * 4 + 1) * 6),
    ("kernel not squared", "stencil(6)", "macs", 3 * 4 * 6 * 81),
    ("sides of the kernel added", "stencil(6)", "params", ((3 + 5) * 4 + 1) * 6),
    ("kernel and channels added", "stencil(6)", "params", (3 * 5 + 4 + 1) * 6),
    ("kernel left out", "stencil(6)", "params", (4 + 1) * 6),
    ("one filter counted", "stencil(6)", "params", 3 * 5 * 4 + 1),
    ("a bias for each kernel", "stencil(6)", "params", (3 * 5 + 1) * 4 * 6),
    ("a bias for each input", "stencil(6)", "params", 3 * 5 * 4 * 6 + 4),
    ("a bias for each weight", "stencil(6)", "params", 2 * 3 * 5 * 4 * 6),
    ("positions left out", "stencil(6)", "macs", 3 * 5 * 4 * 6),
    ("biases counted as multiplications", "stencil(6)", "macs", 3 * 5 * 4 * 6 * 81 + 6 * 81),
    ("biases left out", "readout(7)", "params", 50 * 7),
    ("inputs and units added", "readout(7)", "params", 50 + 7 + 7),
    ("one weight for each unit", "readout(7)", "params", 7 + 7),
    ("channels of the output left out", "readout(7)", "macs", 50),
    ("recurrent matrix left out", "minimalgate(16)", "params", 2 * (8 * 16 + 16)),
    ("recurrent matrix left out", "minimalgate(16)", "weights", 2 * 8 * 16),
    ("input matrix left out", "minimalgate(16)", "params", 2 * (16 * 16 + 16)),
    ("gates left out", "minimalgate(16)", "params", (8 + 16) * 16 + 16),
    ("gates left out", "minimalgate(16)", "macs", (8 + 16) * 16 * 12),
    ("one recurrent weight for each unit", "minimalgate(16)", "params", 2 * (8 * 16 + 16 + 16)),
    ("biases left out", "minimalgate(16)", "params", 2 * (8 + 16) * 16),
]

INPUTS = {"stencil": "input(9, 9, 4)", "readout": "input(50)", "minimalgate": "input(12, 8)"}


def explained(text: str, quantity: str, answer: int) -> list[str]:
    network = sp.parse(text, catalogue=CATALOGUE)
    found: Any = network.diagnose(answer, list(network)[-1].name, quantity)
    assert not found.correct
    return [m.misconception for m in found.matches if m.second is None]


@pytest.mark.parametrize(("name", "layer", "quantity", "answer"), CASES)
def test_a_mistake_is_named(name: str, layer: str, quantity: str, answer: int) -> None:
    assert name in explained(f"{INPUTS[layer.split('(')[0]]} -> {layer}", quantity, answer)


@pytest.mark.parametrize(("convention", "shape"), [("keras", (3, 5, 4, 6)), ("torch", (6, 4, 3, 5))])
def test_its_tensors_are_stored_as_is_usual(convention: str, shape: tuple[int, ...]) -> None:
    given = "9, 9, 4" if convention == "keras" else "4, 9, 9"
    network = sp.parse(f"convention {convention} input({given}) -> stencil(6)", catalogue=CATALOGUE)
    (kernel, _) = network._network.nodes[-1].derived.rules.tensors
    assert tuple(map(number, kernel.stored.shape)) == shape


def test_what_one_matrix_says_is_not_said_of_several() -> None:
    two = "input(50) -> ffn(7)"
    assert "inputs and units added" not in explained(two, "params", 50 + 7 + 7)
