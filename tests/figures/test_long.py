"""Networks of hundreds and thousands of layers that do not repeat: on a page, with every parameter accounted for."""

from __future__ import annotations

import random

import pytest

from symparams.figures.boxes import boxes_of
from symparams.figures.figure import _drawn, figure
from symparams.figures.pages import readable
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.model.network import Network
from tests.figures import geometry
from tests.figures.witness import parameters
from tests.helpers import net


def plain(draw: random.Random, many: int) -> str:
    return " -> ".join(f"conv({draw.randint(4, 64)}, {draw.choice([1, 3, 5])}, same)" for _ in range(many))


def residual(draw: random.Random, many: int) -> str:
    kinds = ("relu", "tanh", "bn")
    blocks = (f"{{ conv(8, {draw.choice([1, 3, 5])}, same) -> {draw.choice(kinds)} | id }} -> add" for _ in range(many))
    return f"conv(8, 1) -> {' -> '.join(blocks)}"


def staged(draw: random.Random, many: int) -> str:
    return " -> maxpool(2) -> ".join(plain(draw, many // 4) for _ in range(4))


def with_letters(draw: random.Random, many: int) -> str:
    return " -> ".join(f"[conv({draw.randint(4, 64)}, {draw.choice([1, 3])}, same)] * 3" for _ in range(many))


@pytest.mark.parametrize("kind", [plain, residual, staged, with_letters])
@pytest.mark.parametrize("many", [400, 1500])
def test_a_page_has_them_all(kind: object, many: int) -> None:
    network = net(f"input(64, 64, 3) -> {kind(random.Random(many), many)}")  # type: ignore[operator]
    scene = figure(network)
    _holds(scene, network)
    assert len(scene.cards) <= 32
    assert scene.height < 1100
    assert parameters(svg(scene)) == network.counts.params


def branching(draw: random.Random, many: int) -> str:
    sizes = [[draw.randint(8, 64) for _ in range(draw.randint(2, 5))] for _ in range(many // 4)]
    return " -> ".join(
        f"{{ {' | '.join(f'conv({n}, {draw.choice([1, 3])}, same)' for n in some)} }} -> concat" for some in sizes
    )


@pytest.mark.parametrize("kind", [plain, residual, staged, branching])
@pytest.mark.parametrize("many", [40, 60, 80, 100, 120, 150])
def test_a_figure_of_middle_size_is_read_on_a_page(kind: object, many: int) -> None:
    network = net(f"input(64, 64, 3) -> {kind(random.Random(many), many)}")  # type: ignore[operator]
    scene = figure(network)
    _holds(scene, network)
    assert readable(scene) > 0.53  # letters of 4 points
    assert parameters(svg(scene)) == network.counts.params
    assert len(figure(network, "column").cards) == len(set(_drawn(network).shown.values()))


def _holds(scene: Scene, network: Network) -> None:
    assert geometry.overlapping(scene.cards) == []
    assert geometry.crossing(scene) == []
    assert geometry.outside(scene) == []
    assert geometry.overfull(scene) == []
    assert geometry.unjoined(scene) == []
    boxes = sorted(box for card in scene.cards for box in card.boxes)
    assert boxes == list(range(len(boxes_of(network))))


def test_a_stretch_stays_within_its_resolution() -> None:
    network = net(f"input(64, 64, 3) -> {staged(random.Random(0), 800)}")
    shapes = [card.shape.rpartition(" × ")[0] for card in figure(network).cards]
    assert shapes == sorted(shapes, key=lambda shape: -int(shape.split(" × ")[0]))
    for size in ("64 × 64", "32 × 32", "16 × 16", "8 × 8"):
        assert shapes.count(size) >= 5


def test_every_layer_is_drawn_where_that_is_asked_for() -> None:
    network = net(f"input(8, 8, 3) -> {plain(random.Random(2), 400)}")
    assert any("layers:" in card.title[0] for card in figure(network).cards)
    scene = figure(network, "column")
    assert not any("layers:" in card.title[0] for card in scene.cards)
    assert len(scene.cards) > 120


def test_a_network_in_which_all_lines_cross_is_drawn_whole() -> None:
    text = "input(8) -> dense(8) as a -> " + plain(random.Random(1), 130).replace("conv(", "dense(")
    text = text.replace(", 1, same", "").replace(", 3, same", "").replace(", 5, same", "")
    network = net(f"{text} -> dense(8) -> {{ id | @a }} -> add")
    scene = figure(network)
    _holds(scene, network)
