"""Every error says from where to where the text is meant, for editors; messages point at its beginning."""

from __future__ import annotations

import re

import pytest

from symparams.errors import Place, Source, SymparamsError
from symparams.sources.language import network
from tests.test_messages import CASES


def place_of(text: str) -> Place | None:
    with pytest.raises(SymparamsError) as caught:
        network(Source("net.arch", text))
    return caught.value.place


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_every_message_has_a_span_that_begins_where_it_points(case: re.Match[str]) -> None:
    text = case["text"].removesuffix("\n")
    place = place_of(text)
    if place is None:
        assert "fit all layers" in case["message"]  # several layers together are wrong, not one place
        return
    assert 0 <= place.start <= place.end <= len(text)
    meant = text[place.start : place.end]
    assert meant == meant.strip()
    assert bool(meant) == bool(text.strip())
    line, column, _ = place.position()
    pointed = sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
    assert place.start == min(pointed, max(len(text.rstrip()) - 1, 0))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("input(28, 28, 1) -> convv(32, 3)", "convv"),
        ("input(28, 28, 1) -> nn.Conv2dd(32)", "nn.Conv2dd"),
        ("input(8) -> dense(3 ,  2 - 5 # why\n , relu)", "2 - 5"),
        ("input(8, 8, 1) -> conv(8, 3, padding = smae )", "padding = smae"),
        ("input(8, 8, 1) -> conv(8, 3, strides=(2, 2))", "strides=(2, 2)"),
        ('input(8) -> dense(4, activation="relu")', 'activation="relu"'),
        ("input(8) -> bidirectional(lstm) -> dense(2)", "lstm"),
        ("input(8) -> dense(conv(3, 3))", "conv(3, 3)"),
        ("input(8) -> [dense(8)] *  (2 - 5)\n-> dense(3)", "(2 - 5)"),
        ("input(8) -> [dense(8) for i in 1..7/2]", "1..7/2"),
        ("input(8) -> { dense(8) | id } -> dense(3)", "dense"),
        ("input(8) -> { dense(8) | id } -> { id | id } -> add", "{"),
        ("input(8) -> @ here", "@ here"),
        ("where H >= 28, H <\n 20 # no\ninput(H)", "H <\n 20"),
        ("where floor(H/2) % 2 == 5 input(H)", "floor(H/2) % 2 == 5"),
        ("range k in 3, 8 .. 4 input(k)", "8 .. 4"),
        ("range k in 3, 4..8 step 1 - 1\ninput(k)", "1 - 1"),
        ("let k = 3 let k = 4 input(k)", "k"),
        ("input(8) -> dense(3", "3"),
        ("input(8) -> dense(3) -> ", ">"),
        ("input(8) -> dense(3)) ", ")"),
        ("", ""),
    ],
)
def test_a_span_covers_the_word_the_bracket_or_the_expression_spoken_of(text: str, meant: str) -> None:
    place = place_of(text)
    assert place is not None
    assert text[place.start : place.end] == meant


def test_the_parts_of_an_expression_have_places_of_their_own() -> None:
    source = Source("net.arch", "range k in 1..n\ninput(k)")
    with pytest.raises(SymparamsError) as caught:
        network(source)
    place = caught.value.place
    assert place is not None
    assert place == Place(source, 14, 15)
    assert (place.start, place.end) == (14, 15)
