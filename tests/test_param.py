"""Learned numbers of any shape: a source of their own, and joined with what arrives."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.layers.param import Param
from symparams.quantities.field import fields
from tests.helpers import net, value
from tests.test_laws import steps_agree, tensors_agree

TORCH = "convention torch"


@pytest.mark.parametrize(
    ("text", "shape", "params"),
    [
        ("param(7, 5)", (7, 5), 35),
        ("param(3)", (3,), 3),
        ("param(2x3)", (2, 3), 6),
        ("input(10, 64) -> param(2, 64, prepend)", (12, 64), 128),
        ("input(10, 64) -> param(2, 64, append)", (12, 64), 128),
        ("input(10, 64) -> param(10, 3, append, axis=-1)", (10, 67), 30),
        ("input(64) -> param(3, append, axis=1)", (67,), 3),
        ("input(8, 9, 3) -> param(2, 9, 3, prepend)", (10, 9, 3), 54),
        ("input(8, 9, 3) -> param(8, 2, 3, prepend, axis=2)", (8, 11, 3), 48),
        ("input(8, 9, 3) -> param(3, multiply)", (8, 9, 3), 3),
        ("input(8, 9, 3) -> param(9, 3, add)", (8, 9, 3), 27),
        ("input(8, 9, 3) -> param(8, 1, 1, add)", (8, 9, 3), 8),
        ("input(8, 9, 3) -> param(1, add)", (8, 9, 3), 1),
        ("input(1, 64) -> param(10, 64, add)", (10, 64), 640),
        ("input(10, 1) -> param(64, multiply)", (10, 64), 64),
        (f"{TORCH} input(3, 8, 9) -> param(3, multiply)", (3, 8, 9), 3),
        (f"{TORCH} input(3, 8, 9) -> param(3, 8, add)", (3, 8, 9), 24),
        (f"{TORCH} input(3, 8, 9) -> param(3, 2, 9, prepend)", (3, 10, 9), 54),
        (f"{TORCH} input(64, 10) -> param(64, 2, append) -> conv(64, 3, p=1)", (64, 12), 128 + 12352),
        (f"{TORCH} input(10, 64) -> param(2, 64, append) -> ln", (12, 64), 256),
        (f"{TORCH} param(10, 64) -> param(64, add) -> ln", (10, 64), 640 + 64 + 128),
        (f"{TORCH} param(64, 10) -> param(64, add) -> conv(64, 1)", (64, 10), 640 + 64 + 4160),
        (f"{TORCH} input(10, 64) -> param(64, add) -> attention(8)", (10, 64), 64 + 16640),
        (f"{TORCH} input(64, 10) -> param(64, add) -> conv(64, 1)", (64, 10), 64 + 4160),
        ("input(10, 64) -> { param(1, 64) | id } -> concat(axis=1)", (11, 64), 64),
        ("{ input(10, 64) | param(1, 64) } -> concat(axis=1)", (11, 64), 64),
        ("input(10, 64) -> { [param(2, channels)] | id } -> concat(axis=1)", (12, 64), 128),
        ("def tokens(n) = param(n, channels) input(10, 64) -> { tokens(2) | id } -> concat(axis=1)", (12, 64), 128),
        ("param(1, 64) as t input(10, 64) -> { @t | id | @t } -> concat(axis=1)", (12, 64), 64),
        ("param(1, 64) as t input(10, 64) -> { id | share(@t) } -> concat(axis=1)", (11, 64), 64),
        ("param(5, 64) as t share(@t) -> dense(2)", (5, 2), 320 + 130),
        ("input(10, 64) -> param(64, add) as shift -> dense(64) -> share(@shift)", (10, 64), 64 + 4160),
        ("input(10, 64) as x param(4, 64) -> attention(8, memory=@x)", (4, 64), 256 + 16640),
        ("param(4, 64) as p input(10, 64) -> attention(8, memory=@p)", (10, 64), 256 + 16640),
        ("input(10, 64) -> [param(1, 64, prepend)] * 3", (13, 64), 192),
        ("input(10, 4, 3) -> timedistributed(param(4, 3, add))", (10, 4, 3), 12),
        ("input(10, 64) -> param(64, join=multiply)", (10, 64), 64),
    ],
)
def test_shapes_and_counts(text: str, shape: tuple[int, ...], params: int) -> None:
    network = net(text)
    assert (network.nodes[-1].shape, network.counts.params) == (shape, params)
    assert all(node.counts.biases == 0 for node in network.nodes if isinstance(node.layer, Param))
    tensors_agree(network)
    steps_agree(network, {})


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("param(7, 5)", [0, 0, 0]),
        ("input(10, 64) -> param(2, 64, prepend)", [0, 0, 0]),
        ("input(10, 64) -> param(64, add)", [0, 640, 0]),
        ("input(10, 64) -> param(64, multiply)", [0, 0, 640]),
        ("input(1, 64) -> param(10, 1, add)", [0, 640, 0]),
    ],
)
def test_what_is_computed(text: str, work: list[int]) -> None:
    done = net(text).nodes[-1].derived.work
    assert [value(one, {}) for one in (done.macs, done.additions, done.multiplications)] == work


def test_memory_activations_and_freezing() -> None:
    network = sp.parse("param(4, 8, frozen) as p input(4, 8) -> { id | @p } -> add")
    assert (network.trainable, network.non_trainable, network.quantity("memory")) == (0, 32, 128)
    assert network["p"].quantity("activations") == 128


def test_each_copy_has_its_own() -> None:
    network = sp.parse("input(10, 64) -> [param(64, multiply)] * N -> [param(1, 64, prepend)] * M")
    N, M = network.symbols["N"], network.symbols["M"]
    assert network.params == 64 * N + 64 * M
    assert network.layers[-1].output_shape == (M + 10, 64)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("input(T, d) -> param(n, d, prepend)", set()),
        ("input(T, d) -> param(n, e, prepend)", {"d >= e", "e >= d"}),
        ("input(H, W, C) -> param(W, 1, add)", set()),
        ("input(H, W, C) -> param(8, multiply)", {"C >= 8", "C <= 8"}),
        (f"{TORCH} input(C, H, W) -> param(c, multiply)", {"C >= c", "c >= C"}),
        ("where e == d input(T, d) -> param(e, add)", set()),
    ],
)
def test_misfits_of_letters_are_conditions(text: str, conditions: set[str]) -> None:
    found = {f"{shown(c.left, SOURCE)} {c.relation} {shown(c.right, SOURCE)}" for c in net(text).conditions}
    assert found == {c.replace("C <= 8", "8 >= C") for c in conditions}


JOINED = st.sampled_from(
    [
        "param(n, d, prepend)",
        "param(T, n, append, axis=-1)",
        "param(d, add)",
        "param(T, 1, multiply)",
        "param(1, d, add)",
    ]
)


@given(JOINED, st.fixed_dictionaries(dict.fromkeys("Tdn", st.integers(1, 6))), st.booleans())
def test_letters_equal_numbers(layer: str, letters: dict[str, int], torch: bool) -> None:
    text = f"{TORCH if torch else ''} input(T, d) -> {layer} -> ln"
    symbolic = net(text)
    steps_agree(symbolic, letters)
    numeric = sp.parse(text).subs({name: letters[name] for name in symbolic.symbols})
    assert numeric.params == value(as_formula(symbolic.counts.params), letters)
    assert numeric.layers[-1].output_shape == tuple(value(as_formula(v), letters) for v in symbolic.nodes[-1].shape)


# ---------------------------------------------------------------- what it sees


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("input(10, 4) -> conv(4, 3, same) -> param(2, 4, prepend)", (3, 1, -3)),
        ("input(10, 4) -> conv(4, 3, s=2) -> param(2, 4, prepend)", (3, 2, -4)),
        ("input(10, 4) -> conv(4, 3, same) -> param(2, 4, append)", (3, 1, -1)),
        ("input(10, 4) -> conv(4, 3, same) -> param(10, 2, prepend, axis=-1)", (3, 1, -1)),
        ("input(10, 4) -> conv(4, 3, same) -> param(10, 4, add)", (3, 1, -1)),
        ("input(10, 4) -> conv(4, 3, same) -> { id | param(1, 4) } -> concat(axis=1)", (3, 1, -1)),
    ],
)
def test_a_place_sees_what_it_saw_before(text: str, field: tuple[int, int, int]) -> None:
    state = fields(net(text))[-1]
    assert not isinstance(state, str)
    (along,) = state
    assert (along.size, along.jump, along.offset) == field


def test_numbers_alone_see_nothing() -> None:
    network = net("input(10, 4) as x param(3, 4) as p -> dense(4) -> attention(2) @p -> attention(2, memory=@x)")
    assert fields(network)[1:] == ["nothing", "nothing", "nothing", "everywhere"]
    inside = net("input(10, 4) -> [{ id | param(1, 4) } -> concat(axis=1)] * N")
    assert [s for n, s in zip(inside.nodes, fields(inside), strict=True) if isinstance(n.layer, Param)] == ["nothing"]
    solution = sp.parse("param(3, 4) -> dense(2)").solve("lesson", quantities=("field",))
    assert str(solution).count("The output is the same for every input.") == 1
    assert [one["field"] for one in json.loads(solution.to_json())["layers"]] == ["nothing"] * 2


# ---------------------------------------------------------------- its sentences


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("param(1)", "the sizes are given"),
        (
            "input(9, 4) -> param(1, 4, append)",
            "the learned numbers are placed after the input, so the length grows and the other axis keeps its size",
        ),
        (
            "input(4) -> param(1, prepend, axis=1)",
            "the learned number is placed before the input, so the features grow",
        ),
        (
            "input(8, 9, 3) -> param(8, 9, 2, prepend, axis=-1)",
            "the learned numbers are placed before the input, so the channels grow and the other axes keep their sizes",
        ),
        ("input(9, 4) -> param(9, 4, add)", "the learned numbers are added to the input, so its shape stays the same"),
        (
            "input(8, 9, 3) -> param(3, multiply)",
            (
                "the learned numbers, repeated along the height and the width, are multiplied by the input, "
                "so its shape stays the same"
            ),
        ),
        (
            "input(9, 4) -> param(1, add)",
            (
                "the learned number, repeated along the length and the channels, is added to the input, "
                "so its shape stays the same"
            ),
        ),
        ("input(1) -> param(1, add)", "the learned number is added to the input, so its shape stays the same"),
        (
            "input(1, 4) -> param(9, 1, add)",
            (
                "the learned numbers, repeated along the channels, are added to the input; "
                "the input is repeated along the length"
            ),
        ),
    ],
)
def test_why_the_shape_is_so(text: str, said: str) -> None:
    assert net(text).nodes[-1].derived.rules.shape_reason == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("param(1, 1)", "the parameters are a single learned number, the same for every example"),
        ("param(n)", "the parameters are a vector of n learned numbers, the same for every example"),
        (
            "input(9, 1) -> param(9, 1, add)",
            "the parameters are a vector of 9 learned numbers, the same for every example",
        ),
        (
            "param(4, 3)",
            "the parameters are a table of 4 vectors of 3 learned numbers each, the same for every example",
        ),
        ("param(4, 3, 2)", "the parameters are a tensor of 4 × 3 × 2 learned numbers, the same for every example"),
    ],
)
def test_why_there_are_so_many(text: str, said: str) -> None:
    assert str(net(text).nodes[-1].derived.rules.because) == said


def test_letters_are_said_by_what_they_are() -> None:
    page = str(sp.parse("input(T, 8) -> { param(n, 8) | id } -> concat(axis=1) -> param(e, multiply)").solve("steps"))
    assert "- n: the length of param_1" in page
    assert "- e: the size of param_2" in page
    assert "Output: 3 × 4. The sizes are given." in str(sp.parse("param(3, 4)").solve("lesson"))


# ---------------------------------------------------------------- questions about it


def test_questions() -> None:
    ranges = "range n in 2..9 range d in 4..32 step 4"
    chain = "input(16, d) -> param(n, d, prepend) -> dense(3) -> { id | param(n, 3) } -> concat(axis=1)"
    network = sp.parse(f"{ranges} {chain}")
    for kind in ("params", "shape", "activations", "memory", "formula", "mistake", "blank"):
        assert "learned tensor" in str(sp.exam(network, questions=6, kinds=kind)), kind
    (asked,) = sp.exam(network, questions=1, kinds="total").questions
    assert asked.key


@pytest.mark.parametrize(
    "quantity", ["params", "weights", "trainable", "macs", "flops", "activations", "memory", "shape"]
)
def test_wrong_answers_on_what_nothing_arrives_at(quantity: str) -> None:
    network = sp.parse("param(4, 8) as q input(10, 8) as x @q -> attention(2, memory=@x)")
    right = network["q"].quantity(quantity)
    answer = "x".join(map(str, right)) if isinstance(right, tuple) else str(right)
    assert network.diagnose(answer, "q", quantity).correct
    assert not network.diagnose("7x7" if quantity == "shape" else "7", "q", quantity).correct


def test_a_wrong_total_and_a_wrong_shape_behind() -> None:
    network = sp.parse("input(9, 4) -> param(1, 4, prepend) -> dense(3)")
    assert "output" in str(network.diagnose(40, "param_1"))
    assert not network.diagnose(60).correct


def test_networks_are_compared_and_letters_found() -> None:
    comparison = sp.compare(sp.parse("param(C, 3)"), sp.parse("input(C) -> param(C, add)"))
    C = sp.parse("param(C, 3)").symbols["C"]
    assert (comparison.difference, comparison.ratio) == (-2 * C, 3)
    assert list(
        sp.parse("input(4, d) -> { param(2, d) | id } -> concat(axis=1)").find(target="params = 24").values
    ) == [12]


@pytest.mark.parametrize(
    ("text", "trainable"),
    [
        ("def tokens = param(2, channels) input(9, 4) -> { tokens(frozen) | id } -> concat(axis=1)", 0),
        ("input(9, 4) -> param(4, add, frozen) -> param(4, multiply)", 4),
    ],
)
def test_what_is_frozen_is_not_trained(text: str, trainable: int) -> None:
    assert net(text).counts.trainable == trainable
