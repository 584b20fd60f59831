"""Receptive fields of layers that stand for copies: after all of them, as in the network unrolled."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.documents import contract
from symparams.documents.rendering import STYLES
from symparams.errors import SymparamsError
from symparams.quantities.backward_field import way_back
from symparams.quantities.field import State, fields
from tests.helpers import expression, net, value

KNOWN = [
    ("input(T, 1) -> [conv(16, 3, causal)] * N", "2*N + 1"),
    ("input(n, 1) -> [conv(8, 3, s=2, same)] * L", "2^(L + 1) - 1"),
    ("input(T, 9) -> [conv(9, k, causal, d=2^i) -> conv(9, k, causal, d=2^i) for i in 0..n-1]", "1 + 2*(k-1)*(2^n-1)"),
    ("input(H, W, 1) -> [conv(1, 3, same, dilation=2^i) for i in 0..n]", "2^(n + 2) - 1"),
    ("input(H, W, 1) -> [conv(1, 3, dilation=2^i) for i in 0..n]", "2^(n + 2) - 1"),
    ("input(H, W, 1) -> [[conv(1, 3, same, d=2^j) for j in 0..i] for i in 0..n]", "2^(n + 3) - 2*n - 5"),
    ("input(T, 8) -> [conv(8, 3, d=i) for i in 1..n]", "n^2 + n + 1"),
    ("input(T, 8) -> [[conv(8, 3, same)] * N -> maxpool(2)] * M", "2^M*(2*N + 1) - 2*N"),
    ("convention torch input(8, T) -> [conv(8, 3, s=2, d=3^i, p=3^i) for i in 1..n]", "(6*6^n - 1)/5"),
    ("input(T, 8) -> [upsample(2) -> conv(8, 3, same)] * N", "3 - 2/2^N"),
]


@pytest.mark.parametrize(("text", "size"), KNOWN)
def test_the_field_after_all_copies(text: str, size: str) -> None:
    state = fields(net(text))[-1]
    assert not isinstance(state, str)
    for n in range(1, 6):
        letters = dict.fromkeys("TNLMHWkn", n) | {"k": n + 1}
        assert value(as_formula(state[0].size), letters) == value(expression(size), letters), n


SIDE_BY_SIDE = [
    ("input(T, 8) -> [conv(8, 3, causal)] * N -> [conv(8, 5, causal)] * N", ("2*N + 1", "6*N + 1")),
    (
        "input(T, 8) -> [conv(8, 3, causal) for i in 1..N] -> [conv(8, 5, causal, d=2) for i in 1..N]",
        ("2*N + 1", "10*N + 1"),
    ),
    (
        "input(T, 8) -> [[conv(8, 3, causal)] * N] * N -> [[conv(8, 2, causal)] * N] * N",
        ("2*N^2 + 1", "3*N^2 + 1"),
    ),
]


@pytest.mark.parametrize(("text", "sizes"), SIDE_BY_SIDE)
def test_equal_brackets_side_by_side_are_two(text: str, sizes: tuple[str, ...]) -> None:
    states = fields(net(text))[1:]
    for state, size in zip(states, sizes, strict=True):
        assert not isinstance(state, str)
        assert value(as_formula(state[0].size), {"N": 4}) == value(expression(size), {"N": 4})


def test_a_size_that_changes_by_a_power_from_copy_to_copy() -> None:
    network = sp.parse("input(H, W, 1) -> [conv(1, 3, dilation=2^i) for i in 0..n]")
    H, W, n = (network.symbols[name] for name in "HWn")
    assert [(a - b).simplify() for a, b in zip(network.layers[-1].output_shape, (H, W), strict=False)] == [
        (2 - 2 ** (n + 2)).simplify()
    ] * 2
    for copies in (0, 1, 3):
        assert network.subs(H=99, W=77, n=copies).layers[-1].output_shape == (
            99 - 2 ** (copies + 2) + 2,
            77 - 2 ** (copies + 2) + 2,
            1,
        )


PARTS = [
    "conv(8, {k}, same)",
    "conv(8, {k}, causal, d={d})",
    "conv(8, {k}, same, d={d})",
    "conv(8, {k}, d={d})",
    "conv(8, {k})",
    "conv(8, 3, s=2, same)",
    "conv(8, 3, s=2)",
    "maxpool(2)",
    "maxpool(3, s=1, same)",
    "relu",
    "{{ conv(8, {k}, same) -> conv(8, 3, same) | id }} -> add",
    "{{ conv(8, {k}, same, d={d}) | conv(8, 3, same) }} -> concat -> conv(8, 1)",
    "zeropad(1)",
    "crop(1)",
    "upsample(2)",
    "tconv(8, 2, s=2)",
    "[conv(8, {k}, same) -> relu] * M",
]


def _random(seed: int) -> str:
    draw = random.Random(seed)
    parts = [draw.choice(PARTS) for _ in range(draw.randint(1, 3))]
    chain = " -> ".join(
        part.format(k=draw.choice(["1", "3", "5", "k"]), d=draw.choice(["2^i", "i", "3^i", "2*i + 1", "2"]))
        for part in parts
    )
    lead = draw.choice(["", " -> conv(8, 3, same)", " -> conv(8, 3, s=2, same)"])
    return f"input(4000, 8){lead} -> [{chain} for i in 1..N] -> conv(3, 3, same)"


@pytest.mark.parametrize("seed", range(24))
def test_letters_say_what_the_unrolled_network_has(seed: int) -> None:
    text = _random(seed)
    try:
        symbolic = net(text)
    except SymparamsError as error:
        if "has no formula that could be proved" not in error.matter:
            raise
        return
    mine = fields(symbolic)
    inside = [i for i, node in enumerate(symbolic.nodes) if node.repeats and node.kind != "copies"]
    for n in range(1, 7):
        letters = {"N": n, "M": 2, "k": 4}
        try:
            numeric = sp.parse(text).subs({name: letters[name] for name in sp.parse(text).symbols})._network
        except SymparamsError:
            continue  # the sizes are used up
        theirs = fields(numeric)
        _agree(mine[-1], theirs[-1], letters, text)
        if n > 1 and "* M" not in text:
            for i, state in zip(inside, theirs[-1 - len(inside) : -1], strict=True):
                _agree(mine[i], state, letters, f"{text}: {symbolic.nodes[i].name}")


def _agree(mine: State, theirs: State, letters: dict[str, int], what: str) -> None:
    assert not isinstance(mine, str), what
    assert not isinstance(theirs, str), what
    for a, b in zip(mine, theirs, strict=True):
        for x, y in ((a.size, b.size), (a.jump, b.jump), (a.offset, b.offset)):
            assert value(as_formula(x), letters) == value(as_formula(y), {}), (what, letters)


def test_every_style_and_format_says_the_field_after_all_copies() -> None:
    text = "input(T, 1) -> [conv(16, 3, causal)] * N"
    for style in STYLES:
        solution = sp.parse(text).solve(style, quantities=["field"], layers=["conv_2"])
        for document in (solution.to_text(), solution.to_markdown(), solution.to_latex()):
            assert "2N + 1" in document or "2 N + 1" in document, style
        if style not in ("table", "answer"):
            assert "of copy i = 2, …, N" in solution.to_text()
            assert "after all copies, size 2N + 1, jump 1, offset −2N" in solution.to_text()
    (layer,) = json.loads(sp.parse(text).solve(quantities=["field"], layers=["conv_2"]).to_json())["layers"]
    assert layer["field"] == [
        {
            "axis": "length",
            "size": "2*N + 1",
            "jump": 1,
            "offset": "-(2*N)",
            "of_copy": {"size": "2*i + 1", "jump": 1, "offset": "-(2*i)"},
        }
    ]


def test_diagnosis_asks_for_the_field_after_all_copies() -> None:
    network = sp.parse("input(n, 1) -> [conv(8, 3, s=2, same)] * L")
    right: Any = network.diagnose("2^(L + 1) - 1", "conv_2", "field")
    assert "the receptive field after all copies of conv_2 is" in right.to_text("steps")
    assert str(right).startswith("Correct: 2^(L + 1) − 1.")


@pytest.mark.parametrize("inside", ["ln -> attention(2)", "conv(8, 3, same) -> attention(2)"])
def test_copies_behind_one_that_sees_everything_see_everything(inside: str) -> None:
    page = contract.solve(sp.parse(f"input(T, 8) -> [{inside}] * N").solve(quantities=("field",))._contents)
    assert [layer["field"] for layer in page["layers"][1:]] == ["everywhere"] * 2


def test_a_layer_from_outside_has_no_formula_in_copies() -> None:
    state = fields(net("input(T, 8) as x -> conv(8, 3, same) -> [{ conv(8, 3, same) | @x } -> add] * N"))
    assert state[-1] == "unknown"


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=6))
def test_what_the_layers_add_is_the_field(windows: list[tuple[int, int, int]]) -> None:
    """Added up from the input on, or followed back from the output: the same field."""
    layers = " -> ".join(f"conv(1, {k}, same, s={s}, d={d if s == 1 else 1})" for k, s, d in windows)
    network = net(f"input(n, 1) -> {layers}")
    states = fields(network)
    assert not isinstance(states[-1], str)
    way = way_back(network, len(windows), 0, states[-1][0], states)
    assert way is not None
    assert value(way.added_up, {}) == value(as_formula(states[-1][0].size), {})
