"""Networks that no one would build: whatever feeds whatever, figures hold."""

from __future__ import annotations

import random

import pytest

from symparams.figures.boxes import boxes_of
from symparams.figures.figure import figure
from symparams.figures.svg import svg
from tests.figures import geometry
from tests.figures.witness import parameters
from tests.helpers import example, few_or_many, net


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


def encoder_and_decoder(seed: int) -> str:
    """An encoder, and beside it a decoder whose blocks attend to the last layer of it."""
    draw = random.Random(seed)
    kinds, more = ["dense(8)", "ln", "relu"], ["dense(8)", "ln", "{ dense(8) | id } -> add"]
    some = [" -> ".join(["", *(draw.choice(kinds) for _ in range(draw.randint(0, 3)))]) for _ in range(4)]
    blocks = [" -> ".join(draw.choice(more) for _ in range(many)) for many in (1, 4)]
    seen = draw.choice(["m", "m", "m", "n"])
    encoder = f"input(S, 8){some[0]} -> [attention(2) -> {blocks[0]}] * 4 as n{draw.choice(['', some[1]])} -> ln as m"
    decoder = f"input(T, 8){some[2]} -> [attention(2) -> attention(2, memory=@{seen}) -> {blocks[1]}] * 3{some[3]}"
    further = draw.choice(["", "", f"\n@{seen} -> dense(4)", "\n@m -> attention(2, memory=@m)"])
    return f"{encoder}\n{decoder}{further}"


@few_or_many("seeds", range(60), range(2000))
def test_encoders_and_decoders(seeds: range) -> None:
    for seed in seeds:
        text = encoder_and_decoder(seed)
        for form in ("column", "closed"):
            network = net(text)
            picture = figure(network, "column", 0) if form == "closed" else figure(network, form)
            assert geometry.overlapping(picture.cards) == [], text
            assert geometry.crossing(picture) == [], text
            assert geometry.slanted(picture) == [], text
            assert geometry.outside(picture) == [], text
            assert geometry.unjoined(picture) == [], text


def test_the_last_norm_of_an_encoder_stands_below_its_blocks() -> None:
    picture = figure(example("transformer")._network)
    (norm,) = (card for card in picture.cards if card.name == "memory")
    above = max(border.y + border.height for border in picture.borders if border.y + border.height < norm.y)
    assert norm.y - above == 20


def test_tensors_that_nothing_takes_stand_at_the_right() -> None:
    picture = figure(example("t5")._network)
    apart = [card for card in picture.cards if card.name.endswith("_biases")]
    assert len(apart) == 2
    assert apart[0].x == apart[1].x == max(card.x for card in picture.cards)
