"""Networks that no one would build: whatever feeds whatever, figures hold."""

from __future__ import annotations

import random

import pytest

from symparams.figures.boxes import boxes_of
from symparams.figures.figure import figure
from symparams.figures.svg import svg
from tests.figures import geometry
from tests.figures.witness import parameters
from tests.helpers import few_or_many, net


def network_text(seed: int) -> str:
    """Layers that are fed by any of those before them."""
    draw = random.Random(seed)
    names = ["x0"]
    lines = ["input(8, 8, 4) as x0"]
    reach = draw.choice([1, 2, 3, 30])
    for number in range(1, draw.randint(3, 30)):
        near = names[-reach:]
        feeding = draw.sample(near, min(len(near), draw.choice([1, 1, 1, 2, 2, 3])))
        kind = draw.random()
        if kind < 0.07:
            lines.append(f"input(8, 8, 4) as x{number}")
        elif kind < 0.12:
            lines.append(f"param(8, 8, 4) as x{number}")
        elif len(feeding) == 1:
            chain = draw.choice(["conv(4, 3, same)", "conv(4, 1) -> bn -> relu", "[conv(4, 3, same)] * 3", "relu"])
            again = draw.choice(["[{ conv(4, 3, same) | id } -> add] * 2", "[conv(4, 1) -> relu] * n", chain, chain])
            lines.append(f"@{feeding[0]} -> {again} -> id as x{number}")
        else:
            branches = " | ".join(f"@{name}" for name in feeding[1:])
            lines.append(f"@{feeding[0]} -> {{ id | {branches} }} -> add as x{number}")
        names.append(f"x{number}")
    return "\n".join(lines)


@few_or_many("seed", range(60), range(3000))
@pytest.mark.parametrize("form", ["auto", "column", "blocks", "closed"])
def test_nothing_stands_in_the_way(seed: range, form: str) -> None:
    for one in seed:
        text = network_text(one)
        network = net(text)
        picture = figure(network, "column", 0) if form == "closed" else figure(network, form)
        assert geometry.overlapping(picture.cards) == [], text
        assert geometry.crossing(picture) == [], text
        assert geometry.slanted(picture) == [], text
        assert geometry.outside(picture) == [], text
        assert geometry.overfull(picture) == [], text
        boxes = boxes_of(network)
        assert sorted(box for card in picture.cards for box in card.boxes) == list(range(len(boxes))), text
        total = network.counts.params
        if isinstance(total, int) and form != "closed":
            assert parameters(svg(picture)) == total, text
