"""One simplification, the same everywhere: brackets are opened, or taken out, where that is shorter."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.algebra.equality import collected
from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from tests.helpers import expression

FORMS = [
    ("8*h*(d + h) + 8*h", "8h(d + h + 1)"),
    ("L*(d*(4*d + 1) + 4*d*(d + 1))", "Ld(8d + 5)"),
    ("d*(4*d + 1) + 8*d*(d + 1) + 4*d", "12d² + 13d"),
    ("2*(N + 1) - N", "N + 2"),
    ("(9*C + 1)*F", "F(9C + 1)"),
    ("(H - 2)*(W - 2)*F", "F(H − 2)(W − 2)"),
    ("F*2^i/4", "F·2^(i − 2)"),
    ("4*2^n - 1", "2^(n + 2) − 1"),
    ("3*2^M/2", "3·2^(M − 1)"),
    ("d*floor((d + 31)/16) + d*floor((d + 15)/16)", "2d⌈d/16⌉ + d"),
    ("floor((d + 527)/16) - floor((d + 15)/16)", "32"),
    ("12*2^i", "12·2^i"),
]


@pytest.mark.parametrize(("given", "wanted"), FORMS)
def test_the_form(given: str, wanted: str) -> None:
    assert shown(collected(expression(given)), PLAIN) == wanted


@pytest.mark.parametrize(
    ("text", "layer", "count"),
    [
        ("input(T, d) -> bidirectional(lstm(h))", "bidirectional_1", "8*h*(d + h + 1)"),
        ("input(T, d) -> [ffn(4*d)] * L", "ffn_1", "8*d^2 + 5*d"),
    ],
)
def test_the_count_of_a_layer(text: str, layer: str, count: str) -> None:
    network = sp.parse(text)
    found = network._network.node(layer).counts.params
    assert isinstance(found, Formula)
    assert shown(found, PLAIN) == shown(expression(count), PLAIN)


def test_sizes_are_handed_on_in_their_shortest_form() -> None:
    network = sp.parse("input(T, 8) -> [conv(8, 3, d=i) for i in 1..n] -> [tconv(8, 3, s=2)] * N")
    sizes = [shown(layer._node.shape[0], PLAIN) for layer in network.layers]
    assert sizes[1:4] == ["T + i − i²", "T − i² − i", "T − n² − n"]


def test_a_difference_has_no_minus_in_front_of_a_bracket() -> None:
    comparison = sp.compare(sp.parse("input(T, D) -> lstm(U)"), sp.parse("input(T, D) -> gru(U)"))
    assert "(−U)" not in str(comparison)
