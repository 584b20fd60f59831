"""The language: what is read is what was meant, and printing it loses nothing."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import Formula, Function, Number, Power, Quotient, Symbol, negative, product, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import Source, SymparamsError
from symparams.sources.printer import printed
from symparams.sources.reader import read_expression, read_network
from tests.conftest import EXAMPLES
from tests.helpers import expression, net, networks, value

LETTERS = st.sampled_from(["H", "C_in", "k", "alpha", "d_model", "x1"]).map(Symbol)
LEAVES = LETTERS | st.integers(0, 99).map(Number)


def larger(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(total),
        several.map(product),
        parts.map(negative),
        st.builds(Quotient, parts, parts),
        st.builds(Power, parts, st.integers(0, 3).map(Number)),
        parts.map(lambda p: Function("floor", (p,))),
        st.tuples(parts, parts).map(lambda pair: Function("mod", pair)),
        st.tuples(parts, parts).map(lambda pair: Function("max", pair)),
    )


FORMULAS = st.recursive(LEAVES, larger, max_leaves=12)


@given(FORMULAS)
def test_print_and_read_an_expression(formula: Formula) -> None:
    once = expression(shown(formula, SOURCE))
    assert expression(shown(once, SOURCE)) == once
    letters = {"H": 7, "C_in": 3, "k": 5, "alpha": 2, "d_model": 11, "x1": 13}
    try:
        meant = value(formula, letters)
    except (ZeroDivisionError, OverflowError, ValueError, TypeError):
        return
    assert value(once, letters) == meant


def bare(record: object) -> object:
    """A record without its places."""
    if isinstance(record, tuple) and hasattr(record, "_fields"):
        return type(record).__name__, [
            bare(v) for name, v in zip(record._fields, record, strict=True) if name not in ("at", "count_at")
        ]
    if isinstance(record, (tuple, list)):
        return [bare(v) for v in record]
    return record


def round_trip(text: str) -> None:
    first = read_network(Source("<test>", text))
    again = read_network(Source("<test>", printed(first)))
    assert bare(again) == bare(first)
    assert printed(again) == printed(first)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.arch")), ids=lambda p: p.stem)
def test_print_and_read_the_examples(path: object) -> None:
    assert hasattr(path, "read_text")
    round_trip(path.read_text())


@given(networks(letters=True))
def test_print_and_read_networks(text: str) -> None:
    round_trip(text)


def test_print_and_read_everything_the_language_has() -> None:
    round_trip(
        """
        model "All of it"  # a comment
        convention torch
        let k = 5 let d = 64*h
        range F in 1, 2^3, 8..64 step 8, 100..(100 + k) range step in 3
        where H >= 28, H % 4 == 0, d % h == 0, k != 4
        def se(c, r=16) = { id | globalavgpool -> dense(c/r, relu) -> dense(c, sigmoid) } -> multiply
        def block = { ln -> attention(h, memory=@enc) | id } -> add
        input(300x300x3) as x → conv(4*f, (k_h, 3), same, s=2, padding=((0, 1), (2, 3))) as enc
        -> [keep(2^-i // 3) for i in 0..n - 1] -> [[block] * L -> se(channels)] * (n - 1)
        -> bidirectional(lstm(64, sequences), sum)
        @x -> { @enc | id } -> concat("a title")
        """
    )


WORDS = "input conv dense add id share let where range step .. def model convention for in as channels same relu "
WORDS += "H k 3 0.5 3x3 28"
SIGNS = '-> ( ) [ ] { } | , = == >= % * / // ^ ** + - @ @x .. . "t" # \n frozen floor( min( keras torch'
TOKENS = st.sampled_from([*WORDS.split(), *SIGNS.split(" ")])


@given(st.text(max_size=80) | st.lists(TOKENS, max_size=30).map(" ".join))
@example("input(3) -> dense(" + "1+" * 3000 + "1)")
@example("input(3) -> dense(" + "-" * 3000 + "1)")
@example("input(3) -> dense(" + "2^" * 3000 + "1)")
@example("input(3) -> dense(" + "2/" * 3000 + "1)")
@example("(" * 10**5)
@example("[" * 99 + "]" * 99)
@example("input(" + "9" * 10**6 + ")")
def test_no_text_raises_anything_but_the_one_error(text: str) -> None:
    try:
        solution = sp.parse(text).solve()
        solution.to_markdown()
        solution.to_latex("textbook")
        solution.to_json()
    except SymparamsError as error:
        str(error)


@given(st.text(max_size=40))
def test_no_expression_raises_anything_but_the_one_error(text: str) -> None:
    try:
        read_expression(Source("<test>", text))
    except SymparamsError as error:
        str(error)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("2 + 3*k^2", "2 + 3*k^2"),
        ("k**2", "k^2"),
        ("−k · 3 × 2", "-k*3*2"),
        ("7 // 2", "floor(7/2)"),
        ("H % 4", "H % 4"),
        ("--3", "3"),
        ("0.25", "0.25"),
        ("a - (b - c)", "a - (b - c)"),
        ("a/(b*c)", "a/(b*c)"),
        ("a/b/c", "a/b/c"),
        ("a*(b/c)", "a*(b/c)"),
        ("2^3^2", "2^(3^2)"),
        ("(2^3)^2", "(2^3)^2"),
        ("-2^2", "-2^2"),
        ("(-2)^2", "(-2)^2"),
    ],
)
def test_expressions(text: str, reads: str) -> None:
    assert shown(expression(text), SOURCE) == reads


def names(text: str) -> list[str]:
    return [node.name for node in net(text).nodes]


def shape(text: str, name: str | None = None) -> list[object]:
    network = net(text)
    node = network.nodes[-1] if name is None else network.node(name)
    return [v if isinstance(v, int) else shown(v, SOURCE) for v in node.shape]


def test_layers_are_named_by_kind_and_counter_around_given_names() -> None:
    text = "input(9, 9, 1) -> conv(2, 3) -> conv(2, 3) as conv_2 -> conv(2, 3) -> relu"
    assert names(text) == ["input_1", "conv_1", "conv_2", "conv_3", "relu_1"]


def test_names_in_macros_and_copies_are_local() -> None:
    text = "def a = dense(4) as x -> { id | @x } -> add input(3) -> a -> a -> [dense(4) as y -> { @y | id } -> add] * 2"
    assert names(text) == ["input_1", "x_1", "add_1", "x_2", "add_2", "y_1", "add_3", "y_2", "add_4"]


def test_chains_make_a_graph() -> None:
    text = "input(4) as a input(4) as b { @a | @b } -> concat -> dense(3) as c @c -> dense(2) @c -> dense(1)"
    network = net(text)
    inputs = [[network.nodes[i].name for i in node.inputs] for node in network.nodes]
    assert inputs == [[], [], ["a", "b"], ["concat_1"], ["c"], ["c"]]


def test_values_of_let_set_and_parameters() -> None:
    assert shape("let k = 5 input(28, 28, 1) -> conv(2*k, k)") == [24, 24, 10]
    assert shape("let a = b + 1 let b = 3 input(a)") == [4]
    assert shape("def f(n, m=2*n) = dense(m) input(3) -> f(4)") == [8]
    assert shape("def f(n, m=2) = dense(n*m) input(3) -> f(m=5, n=4)") == [20]
    assert sp.parse("let k = 5 input(k)", k=7).layers[0].output_shape == (7,)
    assert sp.parse("input(k)", k="2*n").layers[0].output_shape == (sp.parse("input(n)").symbols["n"] * 2,)


def test_channels_are_what_arrives() -> None:
    assert shape("input(8, 8, 6) -> conv(channels/2, 1)") == [8, 8, 3]
    assert shape("convention torch input(6, 8, 8) -> conv(channels/2, 1)") == [3, 8, 8]
    assert shape("def f(c) = conv(4, 1) -> conv(c, 1) input(8, 8, 6) -> f(channels)") == [8, 8, 6]
    assert shape("input(8, 8, C) -> [conv(2*channels, 1)] * 3") == [8, 8, "8*C"]


def test_repetition() -> None:
    assert shape("input(3) -> [dense(2^i) for i in 2..4]") == [16]
    assert names("input(3) -> [dense(3)] * 0 -> relu") == ["input_1", "relu_1"]
    assert len(names("input(3) -> [[dense(3)] * 3 -> relu] * 2")) == 9


def test_facts_remove_floors() -> None:
    assert shape("input(H, 8, 1) -> maxpool(2) -> maxpool(2)") == ["floor(H/4)", 2, 1]
    assert shape("where H % 32 == 0 input(H, 8, 1) -> maxpool(2) -> maxpool(2)") == ["H/4", 2, 1]
    assert shape("where H % 4 == 3 input(H, 8, 1) -> maxpool(2) -> maxpool(2)") == ["H/4 - 3/4", 2, 1]
    assert shape("where H == 2*W input(H, W, 1) -> maxpool(2)") == ["W", "floor(W/2)", 1]
    assert shape("where d % h == 0 input(d) -> dense(d/h)") == ["d/h"]
    assert net("where d % h == 0 input(d) -> dense(d/h)").conditions == ()
    assert len(net("input(d) -> dense(d/h)").conditions) == 1


def conditions(text: str) -> list[str]:
    return [f"{shown(c.left, SOURCE)} {c.relation} {shown(c.right, SOURCE)}" for c in net(text).conditions]


def test_facts_work_together_whatever_their_order() -> None:
    for facts in ("H % 4 == 0, H % 6 == 0", "H % 6 == 0, H % 4 == 0"):
        assert shape(f"where {facts} input(H, 8, 1) -> maxpool(4) -> maxpool(3, same)") == ["H/12", 1, 1]
    assert shape("where 2*H % 8 == 4 input(H, 8, 1) -> maxpool(2) -> maxpool(2)") == ["H/4 - 1/2", 2, 1]
    for facts in ("H >= 10, H == W", "H == W, H >= 10"):
        assert conditions(f"where {facts} input(H, W, 1) -> conv(3, 9)") == []
    assert conditions("where W <= 100, H >= W input(3) -> dense(H - W + 1)") == []


def test_facts_say_no_more_than_they_say() -> None:
    assert conditions("where H > 2.5 input(H, H, 1) -> conv(1, 4)") == ["H >= 4"]
    assert conditions("where H/2 > 3 input(H, H, 1) -> conv(1, 8)") == ["H >= 8"]


def test_conditions_of_brackets_and_divisors() -> None:
    assert conditions("input(3) -> dense((H - 5)*(W - 5) + 1)") == ["(H - 5)*(W - 5) >= 0"]
    assert conditions("input(3) -> dense(W/(H - 5))") == ["H - 5 divides W", "H >= 6"]
    assert conditions("input(3) -> dense(0.5*H)") == ["2 divides H"]
    assert "2 divides H" in conditions("input(9, 9, 8) -> conv(0.5*H, 3, g=g)")
    assert conditions("input(16, 16, 3) -> conv(8, 3, s=q)") == []


def test_rates_and_factors_need_not_be_whole() -> None:
    assert conditions("input(3) -> dropout(a/4)") == ["4 >= a"]
    assert conditions("input(3) -> dropout(1/b)") == []
    assert conditions("input(3) -> rescaling(a/b)") == []
    assert conditions("input(3) -> dropout((a - 1)/b)") == ["b >= a - 1"]
    assert conditions("convention torch input(3, 9, 9) -> upsample(a - b)") == ["a >= b + 1"]
    with pytest.raises(SymparamsError, match=r"rate must be a rate from 0 to 1, not a \+ 1"):
        net("input(3) -> dropout(a + 1)")


def test_floors_stay_over_what_may_not_be_whole() -> None:
    assert shape("input(3) -> dense(floor(min(H/2, W/3)))") == ["floor(min(H/2, W/3))"]
    assert shape("input(3) -> dense(ceil(min(H, W)))") == ["min(H, W)"]


def test_a_time_distributed_layer_has_the_name_it_is_given() -> None:
    network = net("input(4, 2) -> timedistributed(dense(3)) as a -> timedistributed(relu, frozen) as b")
    assert [node.name for node in network.nodes] == ["input_1", "a", "b"]


def test_shared_and_frozen_weights() -> None:
    network = net("input(8) -> dense(8) as a -> share(@a) -> dense(3, frozen)")
    counts = [(node.counts.params, node.counts.trainable) for node in network.nodes]
    assert counts == [(0, 0), (72, 72), (0, 0), (27, 0)]
    assert (network.counts.params, network.counts.trainable, network.counts.non_trainable) == (99, 72, 27)
    twice = net("def tower(n) = dense(n) -> bn -> relu input(8) as x -> tower(4) as t @x -> share(@t)")
    assert [node.shared for node in twice.nodes] == [None, None, None, None, "dense_1", "bn_1", "relu_1"]
    assert twice.counts.params == 8 * 4 + 4 + 16
    assert net("def tower = dense(4) -> bn input(8) -> tower(frozen)").counts.trainable == 0


def test_aliases_of_the_frameworks() -> None:
    text = "input(28, 28, 1) -> Conv2D(8, 3) -> layers.MaxPooling2D(2) -> KERAS.LAYERS.FLATTEN -> keras.layers.Dense(3)"
    assert names(text) == ["input_1", "conv_1", "maxpool_1", "flatten_1", "dense_1"]
    text = "input(1, 28, 28) -> nn.Conv2d(1, 8, 3) -> MaxPool2d(2) -> NN.FLATTEN -> torch.nn.Linear(1352, 3) -> nn.ReLU"
    assert names(text) == ["input_1", "conv_1", "maxpool_1", "flatten_1", "dense_1", "relu_1"]


def test_a_layer_of_ones_own() -> None:
    from symparams.model.layer import Incoming, Layer, Rules
    from symparams.model.tensor import tensor

    @dataclasses.dataclass(frozen=True, slots=True)
    class Scale(Layer):
        """Multiplies each channel by a number: C_in parameters."""

        names = ("scale",)
        title = "Scale"
        example = "input(3) -> scale"

        def rules(self, *arriving: Incoming) -> Rules:
            (x,) = arriving
            return Rules(
                output=x.kept(),
                tensors=(tensor(x.convention, "scale", outputs=(x.C_in(),)),),
                because="each channel has one factor",
                shape_because="the shape stays",
                channels_are=None,
            )

    found = sp.parse("input(8, 8, 5) -> scale", catalogue={**sp.CATALOGUE, **sp.entries(Scale)})
    assert found.params == 5
    assert "Each channel has one factor." in found.solve("steps").to_markdown()
