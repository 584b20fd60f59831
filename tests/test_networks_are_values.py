"""A network cannot change, is equal to another with the same content, serves as a key and survives pickling."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields

import pytest

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Number
from symparams.errors import Source, SymparamsError
from symparams.layers import CATALOGUE
from symparams.model import conditions
from symparams.model.network import Network
from symparams.sources.declarations import declared
from symparams.sources.expansion import expanded
from symparams.sources.language import network
from symparams.sources.names import Names
from symparams.sources.placements import Bracket, Placed, Placement, Shared
from symparams.sources.reader import read_network
from symparams.sources.words import reserved_words
from tests.conftest import EXAMPLES
from tests.helpers import net

LETTERS = """
where H % 4 == 0, H >= W
range F in 8..64 step 8
let k = j + 2
def stage(f) = conv(f, k, same) as c -> bn -> relu
input(H, W, C) as x -> stage(F) as first -> [stage(F)] * N -> [conv(channels, 3, same) for i in 1..2]
-> [conv(8*2^i, 3, same) for i in 0..n] -> share(@first) -> { id | @x } -> concat -> timedistributed(flatten)
-> bidirectional(lstm(8, sequences)) -> attention(2)
"""
TEXTS = [
    "input(28, 28, 1) -> conv(32, 3x3, relu) -> conv(63, 3x3, relu)",
    "convention torch input(3, H, W) -> conv(8, 3) -> globalavgpool",
    "input(8) -> [dense(C) -> { id | dense(2*i) } -> concat for i in 1..n]",
    LETTERS.replace("-> share(@first) ", ""),
    "input(10) -> embedding(50, 8) as e -> dense(8) as a -> share(@a) -> tied(@e, bias=no)",
]


@pytest.fixture(params=TEXTS)
def one(request: pytest.FixtureRequest) -> Network:
    return net(request.param)


def test_equal_texts_make_equal_networks(one: Network, request: pytest.FixtureRequest) -> None:
    again = net(request.node.callspec.params["one"])
    assert again is not one
    assert again == one
    assert hash(again) == hash(one)
    assert len({one, again, net("input(8)")}) == 2


def test_what_differs_makes_other_networks() -> None:
    texts = [
        "input(n) -> dense(8)",
        "input(n) -> dense(9)",
        "input(n) -> dense(8) as x",
        "input(m) -> dense(8)",
        "let n = 4 input(n) -> dense(8)",
        "where n > 3 input(n) -> dense(8)",
        "range n in 4, 5 input(n) -> dense(8)",
        'model "A" input(n) -> dense(8)',
        "convention torch input(n) -> dense(8)",
        "input(n) -> dense(8, frozen)",
        "input(n) -> [dense(8)] * N",
    ]
    assert len({net(text) for text in texts}) == len(texts)


def test_pickled_networks_are_the_same(one: Network) -> None:
    plain = len(pickle.dumps(one))
    before = (one.counts, one.conditions, one.sources, [node.derived.work for node in one.nodes], hash(one))
    assert len(pickle.dumps(one)) == plain  # what was worked out is not taken along
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert hash(again) == hash(one)
    assert (again.counts, again.conditions, again.sources) == before[:3]
    assert [node.name for node in again.nodes] == [node.name for node in one.nodes]
    assert list(again.symbols.items()) == list(one.symbols.items())


def test_every_layer_can_be_pickled() -> None:
    for layer in {entry.layer for entry in CATALOGUE.values()}:
        made = net(layer.example)
        assert pickle.loads(pickle.dumps(made)) == made, layer


@pytest.mark.parametrize("name", ["vgg16-letters", "resnet50", "gpt2"])
def test_examples_are_values(name: str) -> None:
    source = Source(name, (EXAMPLES / f"{name}.arch").read_text("utf-8"))
    first, second = network(source), network(source)
    assert first == second
    assert hash(first) == hash(pickle.loads(pickle.dumps(second)))


def test_nothing_of_a_network_can_be_changed(one: Network) -> None:
    for record in (one, one.nodes[0], one.nodes[-1].derived, one.facts):
        for field in fields(record):
            with pytest.raises((FrozenInstanceError, AttributeError)):
                setattr(record, field.name, None)
    with pytest.raises(TypeError):
        one.symbols["x"] = None  # type: ignore[index]
    with pytest.raises(TypeError):
        one.ranges["x"] = None  # type: ignore[index]
    for container in (one.nodes, one.stated, one.conditions, one.nodes[-1].inputs, one.nodes[-1].repeats):
        assert isinstance(container, tuple)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        one.nodes[-1].layer.names = ()  # type: ignore[misc]


def test_what_is_said_of_a_layer_is_kept_by_what_it_is_said_of() -> None:
    one, other = net("input(8, 8, 3) -> conv(4, 3)"), net("input(8, 8, 3) -> conv(4, 3) -> flatten")
    assert one.nodes[1].derived is other.nodes[1].derived
    facts = net("where n > 0 input(n, 8, 3) -> conv(4, 3)"), net("where n > 9 input(n, 8, 3) -> conv(4, 3)")
    assert facts[0].nodes[1].derived != facts[1].nodes[1].derived


# ---------------------------------------------------------------- expanded without sizes, then placed


def placements(text: str) -> list[Placed]:
    source = Source("net.arch", text)
    found = declared(read_network(source), source, CATALOGUE)
    names = Names(source, found.lets, {}, reserved_words(CATALOGUE))
    return expanded(found.chains, names, Facts(), found.macros, CATALOGUE)


def test_expanding_knows_no_sizes() -> None:
    text = """
    def block(f) = conv(f, 9) as c -> { id | conv(channels, 1) -> relu } -> add
    input(2, 2, 3) as x -> [block(2*i, frozen) for i in 1..2] -> timedistributed(share(@x1))
    """.replace("input(2, 2, 3) as x", "input(2, 2, 3) -> dense(4) as x1")
    placed = placements(text)
    assert [(p.number, p.call.word, p.inputs) for p in placed if isinstance(p, Placement)] == [
        (1, "input", ()),
        (2, "dense", (1,)),
        (4, "conv", (2,)),  # 3 is the use of the macro
        (5, "conv", (4,)),
        (6, "relu", (5,)),
        (7, "add", (4, 6)),
        (9, "conv", (7,)),
        (10, "conv", (9,)),
        (11, "relu", (10,)),
        (12, "add", (9, 11)),
        (13, "dense", (12,)),
    ]
    last, conv = placed[-1], placed[6]
    assert isinstance(last, Placement)
    assert isinstance(conv, Placement)
    assert (last.shared, last.steps, last.frozen) == (Shared("x1", 2, copied=False), 1, False)
    assert (conv.name, conv.counted, conv.frozen, conv.copies) == ("c", True, True, (2,))
    assert [given.value for given in conv.call.given] == [Number(4), Number(9)]


def test_a_number_of_copies_with_letters_is_left_open() -> None:
    (_, bracket, after) = placements("input(8) -> [dense(i) -> [dense(3)] * 2 for i in 1..n] -> dense(2)")
    assert isinstance(bracket, Bracket)
    assert isinstance(after, Placement)
    assert after.inputs == (bracket.number,)
    assert [p.inputs for p in bracket.body if isinstance(p, Placement)] == [(2,), (3,), (4,)]
    assert (bracket.arrival, bracket.flow, bracket.end, bracket.variable) == (2, 1, 5, "i")


@pytest.mark.parametrize(
    "body",
    [
        "dense(8)",
        "dense(8) as a -> { id | dense(8) -> relu | @a } -> add",
        "{ id | @x } -> add",
        "dense(8) as a -> share(@a)",
        "{ id | share(@w) } -> add -> dense(8, frozen)",
        "[dense(8) -> [relu] * 2] * 3",
        "dense(channels) -> [id] * 4",
        "id",
        "@x -> dense(8)",
    ],
)
def test_copies_are_the_chain_written_out(body: str) -> None:
    start = "input(8) as x -> dense(8) as w -> dense(8)"
    if not body.startswith("@"):
        start, behind = f"{start} -> ", " -> "
        copies, written = (
            net(f"{start}[{body}] * 5 -> dense(3)"),
            net(start + behind.join([f"[{body}] * 1"] * 5 + ["dense(3)"])),
        )
    else:
        copies, written = net(f"{start} [{body}] * 5"), net("\n".join([start, *[f"[{body}] * 1"] * 5]))
    assert copies.nodes == written.nodes


def test_a_share_of_copies_takes_the_weights_of_each() -> None:
    made = net("def m = [dense(channels)] * K\ninput(8) -> m as a -> share(@a) as b -> dense(3)")
    assert [(node.name, node.shared) for node in made.nodes][1:3] == [("dense_1", None), ("b", "dense_1")]
    two = net("def m = [dense(8) as d -> relu] * N\ninput(4) -> dense(8) -> m as a -> share(@a)")
    assert [node.shared for node in two.nodes] == [None, None, None, None, "d_1", "relu_1"]


def test_the_second_copy_shares_with_the_second() -> None:
    made = net("def m = [dense(4)] * N\ninput(8) as x -> m as a\n@x -> share(@a)")
    assert [node.shared for node in made.nodes] == [None, None, None, "dense_1", "dense_2"]
    counted = net("def m = [dense(2)] * channels\ninput(2) as x -> m as a\n@x -> share(@a)")
    assert [node.shared for node in counted.nodes] == [None, None, None, "dense_1", "dense_2"]


def test_channels_may_say_how_often() -> None:
    made = net("input(3) -> [dense(channels + i) for i in 1..channels] -> [dense(2)] * (channels - 8)")
    assert [node.shape for node in made.nodes] == [(3,), (4,), (6,), (9,), (2,)]
    with pytest.raises(SymparamsError, match="the number of copies must be at least 0, not -2"):
        net("input(3) -> [dense(2)] * (channels - 5)")
    with pytest.raises(SymparamsError, match="copy 3 does not fit after the one before: conv_3: a 3x3 kernel does"):
        net("input(5, 5, 4) -> [conv(4, 3)] * channels")


def test_a_letter_of_copies_is_put_in_where_they_are_placed() -> None:
    made = net("def m(f) = dense(f/2)\ninput(8) -> [m(4*i) -> [dense(i + j) for j in 1..2] for i in 1..n]")
    assert [node.name for node in made.nodes if node.repeats] == ["copies_1", "dense_4", "dense_5", "dense_6"]
    assert [made.node(name).shape for name in ("dense_1", "dense_2", "dense_3")] == [(2,), (2,), (3,)]
    assert made.nodes[-1].shape == net("input(n + 2)").nodes[0].shape


# ---------------------------------------------------------------- time in proportion


def many_inputs(count: int) -> str:
    lines = [f"input(H{i}, W{i}, C{i}) -> conv(F{i}, k{i}) -> gap as g{i}" for i in range(count)]
    return "\n".join(lines) + "\n{ " + " | ".join(f"@g{i}" for i in range(count)) + " } -> concat"


def test_conditions_without_a_term_in_common_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[conditions.Condition] = []

    def implies(one: conditions.Condition, other: conditions.Condition, facts: Facts) -> bool:
        asked.append(other)
        return one == other

    monkeypatch.setattr(conditions, "implies", implies)
    assert len(net(many_inputs(20)).conditions) == 40
    assert len(asked) == 40  # the two of each layer, either way


def test_many_inputs_with_letters_of_their_own() -> None:
    made = net(many_inputs(200))
    assert len(made.conditions) == 400
    assert len(made.nodes) == 601


@pytest.mark.parametrize("backward", [False, True])
def test_a_thousand_letters_given_by_one_another(backward: bool) -> None:
    lets = [f"let F{i} = F{i - 1 or ''} + 1" for i in range(1, 1001)]
    made = net("\n".join(reversed(lets) if backward else lets) + "\ninput(8) -> dense(F1000) -> dense(2)")
    assert made.nodes[1].shape == net("input(8) -> dense(F + 1000)").nodes[1].shape
    assert len(made.symbols) == 1001


def test_letters_given_by_themselves_through_others() -> None:
    with pytest.raises(SymparamsError, match="a is given by itself: a -> b -> c -> a"):
        net("let a = b let b = c + 1 let c = a input(a)")
