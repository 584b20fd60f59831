"""Diagnosis is not stopped by what a mistake would make of a network: copies, long chains, many letters."""

from __future__ import annotations

import pytest

import symparams as sp

GROWING = sp.parse("input(3) -> [dense(i) for i in 1..n] -> dense(5)")


@pytest.mark.parametrize(
    ("layer", "quantity", "answer", "right"),
    [
        ("dense_1", "params", 3, False),
        ("dense_1", "params", 4, True),
        ("dense_2", "params", "i^2", True),
        ("dense_2", "params", "i*(i + 1)", False),
        ("dense_2", "shape", 3, False),
        ("dense_2", "biases", "i", True),
        ("dense_3", "params", "5*n + 5", True),
        ("dense_3", "params", 3, False),
        ("dense_3", "macs", "n", False),
        ("dense_3", "trainable", "5*n", False),
        (None, "params", "n", False),
    ],
)
def test_layers_in_and_behind_copies_that_grow(
    layer: str | None, quantity: str, answer: int | str, right: bool
) -> None:
    assert GROWING.diagnose(answer, layer, quantity).correct is right


def test_a_letter_called_like_a_kernel() -> None:
    network = sp.parse("input(3) -> dense(k_h)")
    assert network.diagnose("4*k_h", "dense_1").correct
    with pytest.raises(sp.SymparamsError, match="nothing here is called `k`; the letters here are k_h, n_in, n_out"):
        network.diagnose("k", "dense_1")
    assert sp.parse("input(9, 9, 3) -> conv(8, k_h)").diagnose("(3*k_h^2 + 1)*8", "conv_1").correct


@pytest.mark.parametrize(
    ("text", "right", "wrong", "made"),
    [
        ("input(64) -> [dense(64)] * 1000", "4160000", "4096000", "biases left out"),
        ("input(C) -> [dense(C)] * 1000", "1000*C*(C + 1)", "1000*C^2", "biases left out"),
        ("input(8) -> [{ dense(8) | id } -> add] * 1000", "72000", "64000", "biases left out"),
        ("input(10^400) -> dense(10^400) -> dense(10^400)", "2*10^800 + 2*10^400", "2*10^800", "biases left out"),
    ],
)
def test_a_valid_network_is_not_stopped_by_a_mistake(text: str, right: str, wrong: str, made: str) -> None:
    network = sp.parse(text)
    assert network.diagnose(right).correct
    assert [match.misconception for match in network.diagnose(wrong).matches][:1] == [made]


def test_many_letters() -> None:
    network = sp.parse("input(a0) -> " + " -> ".join(f"dense(a{i})" for i in range(1, 120)))
    right = "+".join(f"a{i}*a{i - 1}+a{i}" for i in range(1, 70))
    found = network.diagnose(right)
    assert not found.correct
    assert not found.matches
