"""What is folded into frames, and what must not be."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import Symbol
from symparams.figures.boxes import boxes_of
from symparams.figures.figure import figure
from symparams.figures.folding import Frame, Item, Leaf, folded
from symparams.figures.pages import readable
from symparams.figures.words import _one_of
from tests.figures import geometry
from tests.helpers import example, net

BLOCK = "{ bn -> conv(8, 3, same) | id } -> add -> relu"


D = "dense(8) -> dense(8)"
FUNCTIONS = ("relu", "tanh", "sigmoid", "gelu", "elu", "selu", "silu", "mish")
SHUFFLED = [FUNCTIONS[i * i * 7 // 13 % 8] for i in range(5000)]  # in no order that repeats
SEVERAL = [1, (2, [1]), (3, [1]), 1, 1]


def shown(items: tuple[Item, ...]) -> list[object]:
    """How many boxes stand where: a number for a box, a pair for a frame."""
    return [1 if isinstance(item, Leaf) else (item.times, shown(item.items)) for item in items]


def folds(text: str, *, alike: bool = False) -> list[object]:
    network = net(text)
    return shown(folded(network, boxes_of(network), alike=alike))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input(8, 8, 8) -> [conv(8, 3, same)] * 4", [1, (4, [1])]),
        ("input(8, 8, 8) -> [conv(8, 3, same) -> bn -> relu] * 4 -> flatten", [1, (4, [1]), 1]),
        (f"input(8, 8, 8) -> [{BLOCK}] * 5", [1, (5, [1, 1])]),
        (f"input(8, 8, 8) -> [[{BLOCK}] * 2 -> [sigmoid] * 3] * 2", [1, (2, [(2, [1, 1]), (3, [1])])]),
        # what is used outside of its copy is not hidden in a frame
        (f"input(8) -> {D} as a -> {D} -> dense(8) as b -> dense(8) -> {{ id | @a | @b }} -> add", SEVERAL),
        # each is fed by all before it
        ("input(8) as x -> dense(8) as a -> { id | @x } -> concat -> dense(8) -> { id | @x | @a } -> concat", [1] * 5),
        # tensors that nothing feeds are not one behind the other
        ("param(4, 4) as a param(4, 4) as b input(4, 4) -> { id | @a | @b } -> add", [1, 1, 1, 1]),
        # the encoder feeds every layer of the decoder
        (
            "input(S, 8) -> [attention(2)] * 2 as m input(T, 8) -> [attention(2, memory=@m)] * 3",
            [1, (2, [1]), 1, (3, [1])],
        ),
        # weights that are used again
        ("input(8) -> dense(8) as a -> share(@a) -> share(@a) -> share(@a)", [1, 1, (3, [1])]),
        ("input(8) -> dense(8) -> dense(8, frozen) -> dense(8)", [1, 1, 1, 1]),
    ],
)
def test_what_is_folded(text: str, expected: list[object]) -> None:
    assert folds(text) == expected


def test_copies_whose_number_is_a_letter() -> None:
    network = net("input(8, 8, 8) -> [conv(8, 3, same) -> conv(8, 3, same)] * n")
    (_, frame) = folded(network, boxes_of(network))
    assert isinstance(frame, Frame)
    assert frame.times is Symbol("n")
    assert shown(frame.items) == [(2, [1])]


def test_channels_may_differ_where_a_page_is_full() -> None:
    text = "input(8, 8, 4) -> [{ id | conv(4, 3, same) } -> concat] * 6"
    assert folds(text) == [1] * 13
    assert folds(text, alike=True) == [1, (6, [1, 1])]


def test_the_dilation_may_differ_where_a_page_is_full() -> None:
    text = "input(64, 64, 8) -> {}"
    (few, many) = (
        [f"conv(8, 3, same, d={d})" for d in (4, 1, 1024, 2)],
        [f"conv(8, 3, same, d={2**i})" for i in range(30)],
    )
    assert len(figure(net(text.format(" -> ".join(few)))).cards) == 5
    scene = figure(net(text.format(" -> ".join(many))))
    assert [card.title for card in scene.cards[1:]] == [("Conv 3 × 3", "dilation 1–536,870,912")]
    assert [border.label for border in scene.borders] == ["× 30"]
    strides = [f"conv(8, 3, same, s={s})" for s in (1, 2) * 15]
    assert "stride 1 or 2" not in str(figure(net(text.format(" -> ".join(strides)))).cards)


def test_a_range_goes_from_the_least_to_the_most() -> None:
    assert _one_of(["4", "1,024", "2", "16"]) == "2–1,024"
    assert _one_of(["2", "1"]) == "1 or 2"
    assert _one_of(["3 × 1", "1 × 3", "5 × 1"]) == "3 × 1–5 × 1"


def test_a_network_that_is_not_read_in_a_column_has_its_blocks_drawn_once() -> None:
    scene = figure(example("wide-resnet")._network)
    assert [border.label for border in scene.borders if border.is_solid] == ["Block A", "Block B"]
    assert readable(scene) > 0.8


def test_a_stage_of_other_resolution_is_no_copy() -> None:
    text = "input(64, 64, 4) -> [conv(4, 3, same) -> maxpool(2)] * 3"
    assert folds(text, alike=True) == [1] * 7


@pytest.mark.parametrize(
    ("chain", "boxes"),
    [
        ("[dense(8)] * 5000", 2),
        (f"[{BLOCK}] * 1500", 3),
        (" -> ".join(f"dense({8 + i})" for i in range(1000)), 2),
        (" -> ".join(SHUFFLED), 5001),
    ],
)
def test_thousands_of_layers_are_folded(chain: str, boxes: int) -> None:
    network = net(f"input(8{', 8, 8' if 'conv' in chain else ''}) -> {chain}")
    picture = figure(network)
    assert len(picture.cards) <= boxes
    assert sorted(box for card in picture.cards for box in card.boxes) == list(range(len(boxes_of(network))))
    assert geometry.overlapping(picture.cards) == []
