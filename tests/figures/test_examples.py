"""The examples as figures: whole, without overlaps, with every parameter accounted for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symparams.figures.boxes import boxes_of
from symparams.figures.figure import VIEWS, figure
from symparams.figures.scene import Card, Scene
from symparams.figures.svg import svg
from symparams.model.network import Network
from tests.conftest import EXAMPLES
from tests.figures import geometry
from tests.figures.witness import parameters
from tests.helpers import example, net

NAMES = sorted(path.stem for path in Path(EXAMPLES).glob("*.arch"))
FORMS = ("auto", "column", "blocks", "closed")


@cache
def drawn(name: str, form: str = "auto") -> Scene:
    return scene(example(name)._network, form)


def scene(network: Network, form: str = "auto") -> Scene:
    return figure(network, "column", 0) if form == "closed" else figure(network, form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_in_the_way(name: str, form: str) -> None:
    picture = drawn(name, form)
    assert geometry.overlapping(picture.cards) == []
    assert geometry.crossing(picture) == []
    assert geometry.slanted(picture) == []
    assert geometry.outside(picture) == []
    assert geometry.overfull(picture) == []
    assert geometry.unjoined(picture) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_every_layer_is_drawn_once(name: str, form: str) -> None:
    network = example(name)._network
    boxes = boxes_of(network)
    assert [layer for box in boxes for layer in box.layers] == list(range(len(network.nodes)))
    assert sorted(box for card in drawn(name, form).cards for box in card.boxes) == list(range(len(boxes)))


@pytest.mark.parametrize("form", ["auto", "column", "blocks"])
@pytest.mark.parametrize("name", NAMES)
def test_the_counts_of_the_figure_add_up(name: str, form: str) -> None:
    total = example(name)._network.counts.params
    if isinstance(total, int):
        assert parameters(svg(drawn(name, form))) == total


def test_the_same_network_gives_the_same_bytes() -> None:
    assert svg(drawn("resnet50")) == svg(drawn("resnet50"))


def test_the_checks_find_what_is_wrong() -> None:
    picture = figure(example("lenet5")._network)
    first, second = picture.cards[:2]
    moved = Card(first.x + 3, first.y + 3, *(getattr(second, name) for name in Card.__slots__[2:]))
    picture.cards.append(moved)
    assert geometry.overlapping(picture.cards) == [(first, moved)]
    assert geometry.crossing(picture) != []
    picture.cards[0] = Card(-1, *(getattr(first, name) for name in Card.__slots__[1:]))
    assert geometry.outside(picture) == [picture.cards[0]]
    counts = svg(drawn("lenet5")).replace(">156<", ">157<")
    assert parameters(counts) == example("lenet5").params + 1


@pytest.mark.parametrize("view", VIEWS)
def test_a_figure_is_xml_that_says_what_it_shows(view: str) -> None:
    text = "input(16, 16, 3) -> conv(4, 3, same) as a -> maxpool(2) -> maxpool(2) -> upsample(2) -> upsample(2)"
    text = f'model "<a> & b" {text} as "</text><script>" {{ id | @a }} -> concat'
    network = net(text.replace("{ id", "-> { id"))
    root = ElementTree.fromstring(svg(scene(network, view)))
    assert root.get("role") == "img"
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "path", "text",
    }  # fmt: skip
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == network.title == "<a> & b"
    assert any("</text><script>" in (title or "") for title in titles)
