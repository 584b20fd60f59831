"""Copies whose number is a letter: the closed forms equal the networks unrolled."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.equality import same
from symparams.algebra.facts import NOTHING_KNOWN
from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.sums import Repeat, over
from symparams.documents import contract
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from tests.helpers import conditions_hold, expression, few_or_many, net, value

BLOCK = "def block = { bn -> dense(4*d, gelu) -> dense(d) | id } -> add"
DENSE = "def layer(k) = { id | bn -> relu -> conv(4*k, 1) -> bn -> relu -> conv(k, 3, same) } -> concat"

NETWORKS = [
    "input(H, W, C) -> [conv(F, 3, same)] * N",
    "input(d) -> [dense(4*d) -> dense(d)] * N -> dense(V)",
    f"{BLOCK} input(T, d) -> [block] * N -> dense(V)",
    "input(H, W, C) -> [conv(16*2^i, 3, same) -> maxpool(2) for i in 0..N]",
    "input(H, W, C) -> [conv(16*2^i, 3, same) -> maxpool(2) for i in 0..N] -> flatten -> dense(10)",
    "input(H, W, C) -> [conv(F*i, 3, same) -> bn for i in 1..N]",
    "input(H, W, C) -> [conv(F*i^2, 3, same) for i in 2..N + 2]",
    "input(H, W, 3) -> [conv(16, 3)] * N -> flatten -> dense(10)",
    "input(H, W, 3) -> [conv(16, 3, s=2, p=1)] * N -> globalavgpool -> dense(10)",
    "convention torch input(3, H, W) -> [conv(16, 3, s=2, p=1)] * N -> flatten -> dense(10)",
    "input(H, W, 3) -> [conv(16, 3, same, s=3)] * N -> flatten",
    "input(H, W, 3) -> [conv(16, 3, s=2)] * N -> flatten",
    "input(H, W, 3) -> [maxpool(2)] * N -> conv(4, 1)",
    f"{DENSE} input(H, W, C) -> [layer(k)] * N -> globalavgpool -> dense(10)",
    f"{DENSE} input(H, W, C) -> [[layer(k)] * i -> conv(C, 1) for i in 1..N] -> globalavgpool -> dense(10)",
    "input(d) -> [[dense(d)] * i for i in 1..N]",
    "input(d) -> [[dense(4*d) -> dense(d)] * M -> dense(2*d) -> dense(d)] * N",
    "input(d) -> [dense(d)] * (N - 1) -> dense(d)",
    "input(d) -> [dense(i*2^i) for i in 1..N]",
    "input(d) -> dense(d) as shared -> [share(@shared) -> dense(d)] * N",
    "input(H, W, 2) -> [zeropad(1)] * N",
    "input(H, W, C) -> [conv(2*channels, 3, same)] * N",
    "input(H, W, 3) -> [conv(max(channels, 8) + 4, 1)] * N",
    "input(H, W, 3) -> [conv(2*max(channels, 8), 1)] * N",
    "input(H, W, 4) -> [conv(4, 5) -> zeropad(3)] * N",
    "input(8) -> [dense(d + i, frozen) for i in 1..N]",
    "input(H, W, C) -> [[conv(F, 3, same)] * M -> maxpool(2)] * N",
]
SIZES = {"H": 700, "W": 729, "C": 3, "F": 5, "d": 4, "T": 6, "V": 11, "k": 2, "M": 2}


@cache
def unrolled(text: str, n: int) -> sp.Net:
    """The network with n copies."""
    symbolic = sp.parse(text)
    letters = {**SIZES, "N": n}
    return symbolic.subs({name: letters[name] for name in symbolic.symbols})


@pytest.mark.parametrize("text", NETWORKS)
def test_totals_and_shapes_equal_the_unrolled_network(text: str) -> None:
    symbolic = net(text)
    for n in (1, 2, 3, 5):
        letters = {**SIZES, "N": n}
        numeric = unrolled(text, n)
        counts = symbolic.counts
        assert numeric.params == value(as_formula(counts.params), letters), n
        assert numeric.trainable == value(as_formula(counts.trainable), letters), n
        assert numeric.biases == value(as_formula(counts.biases), letters), n
        assert numeric.layers[-1].output_shape == tuple(
            value(as_formula(size), letters) for size in symbolic.nodes[-1].shape
        ), n
        assert conditions_hold(symbolic, letters), n


@pytest.mark.parametrize("text", NETWORKS)
def test_a_symbolic_repetition_costs_a_few_blocks(text: str) -> None:
    assert len(net(text).nodes) < 45


@pytest.mark.parametrize(
    ("text", "letters", "last"),
    [
        ("input(H, H, 3) -> [conv(16, 3)] * N", {"N": 4}, 9),
        ("input(H, H, 3) -> [conv(16, 3) -> maxpool(2)] * N", {"N": 2}, 10),
        ("input(H, H, C) -> [conv(16*2^i, 3, same) -> maxpool(2) for i in 1..N]", {"N": 3}, 8),
    ],
)
def test_conditions_hold_at_the_edge(text: str, letters: dict[str, Any], last: int) -> None:
    def fits(height: int) -> bool:
        try:
            sp.parse(text, H=height, **letters)
        except SymparamsError:
            return False
        return True

    assert [fits(last), fits(last - 1)] == [True, False]
    for height in (last, last - 1):
        assert conditions_hold(net(text), {"H": height, **letters}) == (height == last)


@few_or_many("heights", (1, 3, 8, 15, 16), (1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 40))
@pytest.mark.parametrize("text", [text for text in NETWORKS if "H, W" in text])
def test_the_range_of_validity_is_exact(text: str, heights: tuple[int, ...]) -> None:
    """Numbers can be built if and only if the stated conditions hold."""
    symbolic = net(text)
    for height, n in itertools.product(heights, (1, 2, 3)):
        letters: dict[str, Any] = {**SIZES, "H": height, "W": 64, "N": n}
        holds = conditions_hold(symbolic, letters)
        try:
            sp.parse(text, **{name: letters[name] for name in symbolic.symbols})
            built = True
        except SymparamsError:
            built = False
        assert built == holds, (height, n)


def test_a_divisor_that_changes_must_divide_in_every_copy() -> None:
    (condition,) = [c for c in net("input(T, d) -> [attention(i + 1) for i in M..N]").conditions if c.copies]
    assert [(r.variable, shown(r.first, SOURCE), shown(r.last, SOURCE)) for r in condition.copies] == [("i", "M", "N")]
    written = sp.parse("input(T, d) -> [attention(i + 1) for i in M..N]").solve().to_text()
    assert "i + 1 divides d for each i from M to N" in written


TERMS = st.sampled_from(
    [
        "i",
        "i^2",
        "i^3*2^i",
        "2^i",
        "3^i*i",
        "a*i + b",
        "(a + i)^2",
        "4^i*2^i",
        "2^(2*i)",
        "3^(2*i + a)",
        "2^i/3^i",
        "7",
        "a",
        "i*(i - 1)",
    ]
)


@given(TERMS, TERMS, st.integers(-2, 3), st.integers(-1, 6))
def test_closed_forms_of_sums(one: str, other: str, first: int, copies: int) -> None:
    term = expression(f"({one}) + ({other})")
    last = expression("n")
    repeat = Repeat("i", as_formula(first), last, as_formula(0) + last - first + 1, True)
    letters = {"a": 5, "b": 3, "n": first + copies}
    closed = as_formula(over(term, (repeat,), NOTHING_KNOWN))
    wanted = sum(value(term, {**letters, "i": i}) for i in range(first, first + copies + 1))
    assert value(closed, letters) == wanted
    assert "sum" not in shown(closed, SOURCE)


def test_a_sum_without_closed_form_is_shown_as_a_sum() -> None:
    network = net("input(C) -> [dense(i) -> dense(floor(H/i)) for i in 1..n]")
    assert "sum(" in shown(network.counts.params, SOURCE)
    for n, height in itertools.product((1, 2, 4), (24, 31)):
        letters: dict[str, Any] = {"n": n, "H": height, "C": 7}
        numeric = sp.parse("input(C) -> [dense(i) -> dense(floor(H/i)) for i in 1..n]", **letters)
        assert numeric.params == value(as_formula(network.counts.params), letters)


def test_a_law_that_only_the_first_copies_follow_is_not_believed() -> None:
    with pytest.raises(SymparamsError, match="has no formula that could be proved"):
        net("input(H, W, 4) -> [conv(min(channels + 4, 40), 1)] * N")


def test_there_are_no_fewer_than_no_copies() -> None:
    (condition,) = net("input(d) -> [dense(d)] * (N - 3)").conditions
    assert (shown(condition.left, SOURCE), shown(condition.right, SOURCE)) == ("N", "3")


def test_any_depth_of_a_transformer() -> None:
    text = "def block = { bn -> dense(d) | id } -> add -> { bn -> dense(4*d, gelu) -> dense(d) | id } -> add"
    one = net(f"{text} input(T, d) -> block")
    many = net(f"{text} input(T, d) -> [block] * L")
    assert len(one.nodes) == len(many.nodes)


def test_a_written_sum_with_known_ends_is_added_up() -> None:
    assert simplified(expression("sum(i^2, i, 1, 4)")) == 30
    assert simplified(expression("sum(i^2, i, 1, n)")) == expression("sum(i^2, i, 1, n)")


def test_powers_with_letters_have_one_form() -> None:
    assert same(expression("2^n*2^n"), expression("4^n"))
    assert same(expression("2^(2*n)"), expression("4^n"))
    assert not same(expression("2^(3*n)"), expression("4^n"))
    sizes = net("input(H, W, 3) -> [maxpool(2)] * n -> maxpool(2)").nodes[-1].shape
    assert shown(sizes[0], SOURCE) == "floor(H/2^(n + 1))"


def test_a_letter_with_a_value_can_be_set_free() -> None:
    text = "let L = 3 input(d) -> [dense(d)] * L"
    assert str(sp.parse(text).params) == "3*d*(d + 1)"
    assert str(sp.parse(text, L="L").params) == "L*d*(d + 1)"


@pytest.mark.parametrize("text", NETWORKS[:8])
def test_the_layers_of_a_summary_add_up_to_its_total(text: str) -> None:
    symbolic = net(text)
    found = contract.summary(Solution(symbolic))
    letters = {**SIZES, "N": 4}
    assert sum(value(layer["params"], letters) for layer in found["layers"]) == value(found["params"], letters)
    rows = [line for line in sp.parse(text).summary().splitlines() if "copies)" in line]
    for row, node in zip(rows, [n for n in symbolic.nodes if n.repeats and n.kind != "copies"], strict=True):
        assert row.endswith(shown(node.all_counts.params, PLAIN))
